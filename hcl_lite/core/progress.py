"""Progress of a run as frozen values, and the way by which what lies deep in a run tells of it.

The caller of a run receives them by `telling_progress`. What is told belongs to a step: the address of the object that
is worked on, where `in_step` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TypeAlias

from hcl_lite.core.addrs import Address


@dataclass(frozen=True, slots=True)
class Reached:
    """The progress of one part of the work: `done` of `total`, 0 where that is not known."""

    what: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Scheduled:
    """The objects that a run is about to write, in their order, each with those that it waits for."""

    waits: Mapping[Address, tuple[Address, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retry:
    """A call that failed for `reason` and is made again in `seconds`; `step` is the address that it is made for."""

    method: str
    url: str
    reason: str
    seconds: float
    step: str = ""


Told: TypeAlias = Reached | Scheduled | Retry

_TELL: ContextVar[Callable[[Told], None] | None] = ContextVar("tell_progress", default=None)
_STEP: ContextVar[str] = ContextVar("step", default="")


@contextmanager
def telling_progress(tell: Callable[[Told], None]) -> Iterator[None]:
    """Context manager: calls `tell` with the progress of what runs inside."""
    token = _TELL.set(tell)
    try:
        yield
    finally:
        _TELL.reset(token)


def tell_progress(told: Told) -> None:
    """Sends `told` to the caller of this run; without a caller it is dropped."""
    tell = _TELL.get()
    if tell is not None:
        tell(told)


@dataclass
class Counter:
    """Tells how far one part of the work is, object by object; nothing of work that has none."""

    what: str
    total: int
    done: int = 0

    def __post_init__(self) -> None:
        self._tell()

    def count(self) -> None:
        """Counts one more object as done."""
        self.done += 1
        self._tell()

    def _tell(self) -> None:
        if self.total:
            tell_progress(Reached(self.what, self.done, self.total))


@contextmanager
def in_step(address: Address) -> Iterator[None]:
    """Context manager: what runs inside is done for the object at `address`."""
    token = _STEP.set(str(address))
    try:
        yield
    finally:
        _STEP.reset(token)


@contextmanager
def outside_steps() -> Iterator[None]:
    """Context manager: what is begun inside is done for several objects, whichever has asked for it first."""
    token = _STEP.set("")
    try:
        yield
    finally:
        _STEP.reset(token)


def current_step() -> str:
    """Returns the address that is worked on; empty outside of a step."""
    return _STEP.get()
