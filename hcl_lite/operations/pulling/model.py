"""Requests and results of a pull."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, Place
from hcl_lite.core.values import Value
from hcl_lite.engine.diff import Difference
from hcl_lite.engine.plan import Plan
from hcl_lite.operations.bulk_import.model import Report as NewObjects
from hcl_lite.operations.pulling.merge import Side
from hcl_lite.operations.requests import Inputs, LockOptions


@dataclass(frozen=True, slots=True)
class PullRequest:
    """The request of a pull: of the objects at `addresses`, all where none is named.

    `side` decides every conflict, None for none. With `writes_literals` a value takes the place of an expression that
    no longer gives it; with `takes_new` what nobody manages in managed folders is taken over too. `is_dry_run` writes
    nothing.
    """

    inputs: Inputs = field(default_factory=Inputs)
    addresses: tuple[Address, ...] = ()
    side: Side | None = None
    writes_literals: bool = False
    takes_new: bool = False
    is_dry_run: bool = False
    lock: LockOptions = field(default_factory=LockOptions)


@dataclass(frozen=True, slots=True)
class Contested:
    """A place of an object that both sides have changed, fit to be shown: ABSENT for no value. `taken` is whose value
    is in the files now, None where nobody has decided: that of the files then."""

    address: Address
    path: str
    base: Value
    ours: Value
    theirs: Value
    taken: Side | None = None


Ask = Callable[[Contested], Side | None]
"""The person who decides conflicts, one by one."""


def ask_nobody(_: Contested) -> Side | None:
    """Nobody is there to decide."""
    return None


@dataclass(frozen=True, slots=True)
class Pulled:
    """An object, and what of it came into files, as differences from what they had; `outside` says who has changed
    it."""

    address: Address
    differences: tuple[Difference, ...]
    outside: str = ""


@dataclass(frozen=True, slots=True)
class Untaken:
    """A change that stays out of the files, with the reason; `place` is where it would be, `patch` what would have to
    change there, in a form for people."""

    address: Address
    reason: str
    path: str = ""
    place: Place | None = None
    differences: tuple[Difference, ...] = ()
    patch: str = ""


@dataclass(frozen=True, slots=True)
class PullReport:
    """The result of a pull.

    `files` are the changed ones by name, each as a unified diff; `gone` are objects that are no longer on their server;
    `new` is what was taken over beside. `plan` is that for the configuration as it is now, None for a dry run, and
    where it cannot be made, as `problems` say.
    """

    pulled: tuple[Pulled, ...] = ()
    contested: tuple[Contested, ...] = ()
    untaken: tuple[Untaken, ...] = ()
    gone: tuple[Address, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    new: NewObjects | None = None
    is_dry_run: bool = False
    plan: Plan | None = None
    problems: tuple[Diagnostic, ...] = ()

    @property
    def has_changes(self) -> bool:
        """Whether the servers have what the files have not."""
        news = self.new is not None and bool(self.new.files)
        return bool(self.pulled or self.contested or self.untaken or self.gone or news)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left that a person has to do."""
        undecided = any(one.taken is None for one in self.contested)
        return not (undecided or self.untaken or self.gone or self.problems)
