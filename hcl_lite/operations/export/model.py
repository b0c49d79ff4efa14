"""Requests and results of an export. Frozen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hcl_lite.core.addrs import Address
from hcl_lite.operations.bulk_import.model import LeftOut


@dataclass(frozen=True, slots=True)
class Export:
    """The request of an export: files of a `format` into `directory`. `place` is where that will lie on the server, for
    provisioning; `selector` the labels of the Grafana, and `secret` the Secret, for the operator."""

    format: str
    directory: str
    place: str = "/etc/grafana/provisioning"
    selector: Mapping[str, str] = field(default_factory=lambda: {"dashboards": "grafana"})
    secret: str = "grafana-secrets"


@dataclass(frozen=True, slots=True)
class Exported:
    """A managed object: `document` is what Grafana's API tells of it, `text` the JSON of its body, `folder` the uid of
    its folder and `path` the titles on the way to it. `secrets` are the environment variables in place of its secrets,
    by name."""

    address: Address
    uid: str
    title: str
    document: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    folder: str = ""
    path: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """Its type."""
        return self.address.type


@dataclass(frozen=True, slots=True)
class Written:
    """The files of an export, by path, and what could not be said in them; `variables` are those that the files refer
    to."""

    files: Mapping[str, str] = field(default_factory=dict)
    left: Sequence[LeftOut] = ()
    variables: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ExportReport:
    """The files that were written, how many objects are in them, what could not be said, and the variables that the
    files have in place of secrets."""

    files: Sequence[str] = ()
    count: int = 0
    left: Sequence[LeftOut] = ()
    variables: Sequence[str] = ()


Writer = Callable[[Sequence[Exported], Export], Written]
"""What writes a format."""
