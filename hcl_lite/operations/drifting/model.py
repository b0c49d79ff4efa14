"""Requests and results of a look for drift. Frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.schema import Revision
from hcl_lite.engine.diff import Difference
from hcl_lite.engine.plan import Outside
from hcl_lite.operations.bulk_import.model import LeftOut


@dataclass(frozen=True, slots=True)
class Drifted:
    """A managed object that is not as the last apply left it, or is gone (`is_gone`). `differences` are what others
    have changed, as far as it is known; `has_secrets` says that its secrets may have changed too,
    which no server tells."""

    address: Address
    provider: str
    uid: str
    title: str = ""
    reason: str = ""
    outside: Outside | None = None
    differences: tuple[Difference, ...] = ()
    has_secrets: bool = False
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """An object that nobody manages here, in a folder that is managed, or anywhere where all are asked for: `path` are
    the titles of what it lies in."""

    provider: str
    type: str
    uid: str
    title: str = ""
    path: tuple[str, ...] = ()
    revision: Revision = field(default_factory=Revision)


@dataclass(frozen=True, slots=True)
class Unseen:
    """A provider that could not be looked at, with how many objects of it that concerns, and why."""

    provider: str
    objects: int
    problems: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """The result of a look for drift: `in_step` is the number of managed objects without drift, `left` what could not
    be listed."""

    changed: Sequence[Drifted] = ()
    unmanaged: Sequence[Unmanaged] = ()
    unseen: tuple[Unseen, ...] = ()
    left: Sequence[LeftOut] = ()
    in_step: int = 0
    requests: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether all that was looked at is in step."""
        return not self.changed and not self.unmanaged
