"""Requests and results of `diff` and `copy`. Frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a command that only names them loads no engine
    from hcl_lite.engine.diff import Difference
    from hcl_lite.operations.bulk_import.model import Found, LeftOut, Selection


@dataclass(frozen=True, slots=True)
class Promotion:
    """From which provider to which, and which objects of the first. `named` are counterparts that the user names: the
    uid or title of an object there, by that here."""

    source: str
    target: str
    selection: Selection
    named: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Differing:
    """An object that is on both servers: `differences` are what an update would change on the target."""

    found: Found
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The objects of two servers beside each other: `missing` are those that the target lacks, `extra` those that it
    has alone, `same` the number of those that are equal. `obstacles` are what does not carry over."""

    source: str
    target: str
    missing: Sequence[Found] = ()
    extra: Sequence[Found] = ()
    differing: Sequence[Differing] = ()
    same: int = 0
    obstacles: Sequence[LeftOut] = ()

    @property
    def is_equal(self) -> bool:
        """Whether nothing of what was asked for differs."""
        return not (self.missing or self.extra or self.differing)
