"""Measures of a run as frozen values: its calls and its stages. Nothing is measured unless somebody asks for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it was made; times are in seconds, `begun` and `ended` of time.monotonic().

    `connect` is until there was a connection, with TLS, 0 where there was one already; `send` until all was sent;
    `server` from then on until the answer began; `receive` until it had come. `status` is 0 where no answer came;
    `sent` and `received` are bytes of bodies on the wire. `step` is the address of the object that it was made for.
    """

    method: str
    path: str
    step: str
    status: int
    begun: float
    ended: float
    connect: float = 0.0
    send: float = 0.0
    server: float = 0.0
    receive: float = 0.0
    sent: int = 0
    received: int = 0

    @property
    def seconds(self) -> float:
        """The time that it took."""
        return self.ended - self.begun

    @property
    def network(self) -> float:
        """The part of it that bytes were on their way."""
        return self.connect + self.send + self.receive


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of a run, with the CPU time of this process in it."""

    name: str
    begun: float
    ended: float
    cpu: float


Measure: TypeAlias = Call | Stage
Note: TypeAlias = Callable[[Measure], None]

_NOTE: ContextVar[Note | None] = ContextVar("measuring", default=None)


@contextmanager
def measuring(note: Note) -> Iterator[None]:
    """Context manager: calls `note` with each call and each stage that ends inside."""
    token = _NOTE.set(note)
    try:
        yield
    finally:
        _NOTE.reset(token)


def measured_by() -> Note | None:
    """Returns who measures; None where nobody does."""
    return _NOTE.get()


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Context manager: what runs inside is the stage `name` of the run."""
    note = _NOTE.get()
    if note is None:
        yield
        return
    begun, cpu = time.monotonic(), time.process_time()
    try:
        yield
    finally:
        note(Stage(name, begun, time.monotonic(), time.process_time() - cpu))
