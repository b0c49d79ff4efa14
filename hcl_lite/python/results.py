"""Results of operations for Python: frozen values without secrets, whose text is that of the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hcl_lite.cli.views.apply_text import render_result
from hcl_lite.cli.views.look import FULL, SHORT
from hcl_lite.cli.views.plain import unstyled
from hcl_lite.cli.views.plan_text import render_plan, render_summary
from hcl_lite.core.diags import Diagnostic, HclError, Place
from hcl_lite.engine.applying.progress import ApplyResult
from hcl_lite.engine.diff import Difference
from hcl_lite.engine.plan import Plan as EnginePlan
from hcl_lite.engine.skipped_servers import SkippedServer


@dataclass(frozen=True, slots=True)
class Change:
    """The planned change of one object. `action` is create, update, replace, delete, read, refresh, forget, release or
    no-op; `differences` are those of an update, `secrets` the fate of each secret that it writes."""

    address: str
    action: str
    uid: str = ""
    reason: str = ""
    note: str = ""
    differences: tuple[Difference, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes that an apply would make. `changes` are of all objects but those that stay as they are; `outputs`
    those that change, by name, before and after. `errors` are reasons why an apply would be refused. `skipped_servers`
    are those that could not be reached and are left out. str() is the text of the command line."""

    summary: str
    is_empty: bool
    changes: tuple[Change, ...]
    outputs: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    warnings: tuple[Diagnostic, ...] = ()
    errors: tuple[Diagnostic, ...] = ()
    skipped_servers: tuple[SkippedServer, ...] = ()
    made: EnginePlan = field(default_factory=lambda: EnginePlan(()), repr=False, compare=False)

    @property
    def is_partial(self) -> bool:
        """Whether it does not look at all that is managed, since a server could not be reached."""
        return bool(self.skipped_servers)

    @property
    def counts(self) -> Mapping[str, int]:
        """The number of objects for each action."""
        counts: dict[str, int] = {}
        for change in self.changes:
            counts[change.action] = counts.get(change.action, 0) + 1
        return counts

    def text(self, *, full: bool = False) -> str:
        """Returns the text of the command line, without colours; `full` with every key and place."""
        return unstyled(render_plan(self.made, FULL if full else SHORT))

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Applied:
    """The result of an apply, destroy, refresh, restore or undo. `counts` are the numbers of changed objects by action;
    sensitive `outputs` are "(sensitive)". It `is_declined` where `approve` returned False."""

    plan: Plan
    summary: str
    counts: Mapping[str, int] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    failures: tuple[Diagnostic, ...] = ()
    skipped: tuple[str, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    seconds: float = 0.0
    is_declined: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether all of the plan was carried out."""
        return not (self.failures or self.skipped or self.is_declined)

    def __str__(self) -> str:
        return self.summary


class ApplyFailed(HclError):
    """Not all of a plan could be carried out; `result` says what was, the diagnostics what was not and why."""

    def __init__(self, result: Applied) -> None:
        super().__init__(*result.failures)
        self.result = result

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.result,)


@dataclass(frozen=True, slots=True)
class Pulled:
    """The result of a pull: the addresses of what came into files, and `files` by name, each as a unified diff.
    `conflicts` are the places that nobody has decided, `untaken` what else stays out and why, `gone` the addresses of
    what is no longer on its server. `plan` is None for a dry run. str() is the text of the command line."""

    addresses: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()
    untaken: tuple[Diagnostic, ...] = ()
    gone: tuple[str, ...] = ()
    has_changes: bool = False
    is_whole: bool = True
    plan: Plan | None = None
    text: str = field(default="", repr=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Validation:
    """A configuration that is valid: how much of it there is, and what is no mistake for certain."""

    resources: int
    files: int
    warnings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class TestRun:
    """The result of one run of a test file; without problems it has passed."""

    __test__ = False  # pytest is to take it for no test of its own

    file: str
    name: str
    problems: tuple[Diagnostic, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True)
class StateObject:
    """The record of an object in the state; of `secrets` just the names."""

    address: str
    uid: str
    provider: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """A run that can be taken back, or restored from: how many objects it has created, updated and deleted."""

    name: str
    command: str
    started: datetime
    counts: Mapping[str, int] = field(default_factory=dict)
    is_undone: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """An event: a wait, such as for the lock of another run, or what is left to do by hand."""

    text: str


@dataclass(frozen=True, slots=True)
class Planned:
    """An event: the plan is made, nothing is changed yet."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Step:
    """An event: `phase` is begin, done, fail, skip (since what it needs has failed) or stay (not called for)."""

    phase: str
    address: str
    action: str
    uid: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Reached:
    """An event: the progress of one part of the work, `done` of `total`, which is 0 where it is not known."""

    what: str
    done: int = 0
    total: int = 0


Event = Notice | Planned | Step | Reached


def summary_of(plan: EnginePlan) -> str:
    """Returns the summary line of a plan, without colours."""
    return unstyled(render_summary(plan))


def end_of(result: ApplyResult, seconds: float, what: str) -> str:
    """The last words on a run, without colours."""
    return unstyled(render_result(result, seconds, what))
