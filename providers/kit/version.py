"""Version strategies: what tells that an object was changed since it was read. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from hcl_lite.core.schema import Version


class VersionOf(Protocol):
    """Tells the version of an object of the wire."""

    def __call__(self, wire: Mapping[str, Any]) -> Version: ...


@dataclass(frozen=True, slots=True)
class Field:
    """A key that the server counts on, such as version."""

    key: str = "version"

    def __call__(self, wire: Mapping[str, Any]) -> Version:
        return {self.key: wire[self.key]}


@dataclass(frozen=True, slots=True)
class ResourceVersion:
    """The resourceVersion of the app platform, which counts every write and with which an older write is refused
    (12.4.0)."""

    def __call__(self, wire: Mapping[str, Any]) -> Version:
        return {"resourceVersion": wire["metadata"]["resourceVersion"]}


@dataclass(frozen=True, slots=True)
class Fields:
    """Several keys together."""

    keys: tuple[str, ...]

    def __call__(self, wire: Mapping[str, Any]) -> Version:
        return {key: wire[key] for key in self.keys}


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest of all that is there, `beside` what changes by itself; or `of` these keys alone."""

    beside: Collection[str] = ()
    of: Collection[str] = ()

    def __call__(self, wire: Mapping[str, Any]) -> Version:
        told = {key: value for key, value in wire.items() if key not in self.beside and (key in self.of or not self.of)}
        return {"digest": digest_of(told)}


def digest_of(document: Mapping[str, Any]) -> str:
    """Returns a digest that stands for the version of an object whose server counts none."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16]
