"""Declarations of lookups: kinds of data blocks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Generic

from hcl_lite.core.schema import Attr
from hcl_lite.core.values import JsonValue
from providers.kit.extras import Client, Values


@dataclass(frozen=True, slots=True)
class Lookup(Generic[Client]):
    """A kind of data block: `find` gives its attributes, or raises ValueProblem where nothing matches."""

    name: str
    doc: str
    attrs: Mapping[str, Attr]
    find: Callable[[Client, Values], Awaitable[Mapping[str, JsonValue]]]
