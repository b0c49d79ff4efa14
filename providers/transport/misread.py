"""Answers that make no sense: which call the one was of.

What reads an answer reads it in the task that has made the call. So each task has its last call, and where
several work for one, each says for itself of which call the answer is that it cannot read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, TypeVar

T = TypeVar("T")

FAULTS: Final = (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError)
"""What reading a document of another shape raises."""


@dataclass(frozen=True, slots=True)
class Called:
    """A call to a server."""

    method: str
    url: str
    request_id: str


_LAST: ContextVar[Called | None] = ContextVar("last call", default=None)


class Misread(Exception):
    """An answer that cannot be read: `fault` is what came of trying, `call` the call, where it is known."""

    def __init__(self, fault: Exception, call: Called | None) -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.call = call


def note_call(call: Called) -> None:
    """Notes the call that this task makes, whose answer it reads from now on."""
    _LAST.set(call)


def last_call() -> Called | None:
    """The last call of this task."""
    return _LAST.get()


@contextmanager
def reading() -> Iterator[None]:
    """Around calls and what reads their answers. Raises Misread in place of one of FAULTS."""
    _LAST.set(None)
    try:
        yield
    except FAULTS as fault:
        raise Misread(fault, _LAST.get()) from fault


async def read(work: Coroutine[Any, Any, T]) -> T:
    """Returns the result of `work`, which may be a task of its own."""
    with reading():
        return await work


async def read_all(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Returns the results of all `work`, side by side. Each reads its own answers: for this task they belong to no one
    call."""
    found = await asyncio.gather(*map(read, work))
    _LAST.set(None)
    return found
