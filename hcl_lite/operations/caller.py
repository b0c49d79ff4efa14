"""The interface between an operation and its caller while it runs: events, and the question for approval."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from hcl_lite.core.progress import Reached, Retry, Scheduled
from hcl_lite.operations.stopping import Stopping, unstopped

if TYPE_CHECKING:  # what changes the state alone loads no engine
    from hcl_lite.engine.applying.progress import Event
    from hcl_lite.engine.plan import Plan
    from state.backups import Run


@dataclass(frozen=True, slots=True)
class Notice:
    """A wait, such as for the lock of another run, or what is left to do by hand."""

    text: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan is made, and nothing is changed yet. `run` is the one that is taken back, or restored from."""

    plan: Plan
    run: Run | None = None
    is_saved: bool = False


Progress: TypeAlias = "Notice | Planned | Event | Reached | Scheduled | Retry"
"""What an operation tells of itself, in the order in which it happens."""


def unheard(_: Progress) -> None:
    """Nobody is told."""


def always(_: Plan) -> bool:
    """Whatever is planned is carried out."""
    return True


def nothing() -> None:
    """There is nothing to check."""


@dataclass(frozen=True, slots=True)
class Caller:
    """`told` hears of all that happens. `approve` says whether a plan that changes something is carried out; `check` is
    called before the state is locked, and raises HclError where `approve` could not be answered. `stopping` is around
    what is carried out, `locking` around the lock."""

    told: Callable[[Progress], None] = unheard
    approve: Callable[[Plan], bool] = always
    check: Callable[[], None] = nothing
    stopping: Stopping = unstopped
    locking: Callable[[], AbstractContextManager[None]] = nullcontext


UNHEARD = Caller()
"""Of a run that nobody watches, and that asks nothing."""
