"""Counts the requests of a piece of work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Tally:
    """The number of requests sent so far."""

    requests: int = 0


_TALLY: ContextVar[Tally | None] = ContextVar("tally", default=None)


@contextmanager
def counting_requests() -> Iterator[Tally]:
    """Counts the requests of all clients that are used inside of the block, also by tasks that begin there."""
    tally = Tally()
    token = _TALLY.set(tally)
    try:
        yield tally
    finally:
        _TALLY.reset(token)


def count_request() -> None:
    """One is sent."""
    tally = _TALLY.get()
    if tally is not None:
        tally.requests += 1
