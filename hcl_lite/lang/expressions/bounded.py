"""Bounds of time and memory for an expression, in whichever thread it is evaluated.

The main thread has an alarm (limits). For others, as those of plans that are called from Python, a thread looks at all
expressions under way, and raises in those that take too much. That stops what Python runs, and no single step of C,
whose costs are bounded before it begins (functions/costs, costs): the process is not this library's to be ended, nor to
be given a ceiling of memory.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from hcl_lite.lang.expressions import limits
from hcl_lite.lang.expressions.model import ExpressionError

T = TypeVar("T")


@dataclass
class _UnderWay:
    """An expression of one thread, which is stopped at `deadline`, or where the process is larger than `most_bytes`."""

    seconds: float
    thread: int = field(default_factory=threading.get_ident)
    most_bytes: int = field(default_factory=lambda: limits.process_bytes() + limits.MEMORY)
    deadline: float = 0.0
    why: str = ""

    def __post_init__(self) -> None:
        self.deadline = time.monotonic() + self.seconds


class _Watcher:
    """The thread that looks at the expressions of all others; it waits while there are none."""

    def __init__(self) -> None:
        import ctypes  # noqa: PLC0415 - the command line, whose expressions are in its main thread, has no use for it

        # Raises a class in a thread as soon as that runs its next step; None takes back what was not raised yet.
        self._raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
        self._raise_in.argtypes = (ctypes.c_ulong, ctypes.c_void_p)
        self._changed = threading.Condition(threading.Lock())
        self._under_way: dict[int, _UnderWay] = {}
        self._is_idle = False
        self._hook = sys.unraisablehook
        threading.Thread(target=self._watch, name="hcl-lite-limits", daemon=True).start()

    def current(self) -> _UnderWay | None:
        """Returns the expression that is under way in this thread."""
        return self._under_way.get(threading.get_ident())

    def enter(self, expression: _UnderWay) -> None:
        """Look at an expression of this thread from now on."""
        with self._changed:
            if not self._under_way:
                self._hook, sys.unraisablehook = sys.unraisablehook, self._told
            self._under_way[expression.thread] = expression
            if self._is_idle:
                self._changed.notify()

    def leave(self, expression: _UnderWay) -> None:
        """Look at it no more; when this returns, nothing is raised any more on its account. May be called twice."""
        with self._changed:
            if self._under_way.pop(expression.thread, None) is not None and expression.why:
                self._raise_in(expression.thread, None)
            if not self._under_way and sys.unraisablehook == self._told:
                sys.unraisablehook = self._hook

    def _told(self, dropped: sys.UnraisableHookArgs) -> None:
        """Tells of what Python drops, but for our own: what is raised in the callback of a weak reference is raised
        again a moment later."""
        if dropped.exc_type is not limits.Stopped:
            self._hook(dropped)

    def set_deadline(self, expression: _UnderWay, deadline: float) -> None:
        """Give an expression another deadline."""
        with self._changed:
            expression.deadline = deadline

    def _watch(self) -> None:
        with self._changed:
            while True:
                self._is_idle = not self._under_way
                self._changed.wait(None if self._is_idle else limits.LOOKS_EACH)
                self._look(time.monotonic())

    def _look(self, now: float) -> None:
        size = limits.process_bytes() if self._under_way else 0
        for expression in self._under_way.values():
            late = now > expression.deadline
            if late or (size > expression.most_bytes and expression.deadline != math.inf):
                expression.why = expression.why or limits.reason(expression.seconds, late=late)
                # Not the last time: Python drops what is raised while it collects garbage.
                expression.deadline = now + limits.LOOKS_AGAIN
                expression.most_bytes = size + limits.MEMORY
                self._raise_in(expression.thread, id(limits.Stopped))


@cache
def _watcher(process: int) -> _Watcher:  # one that was forked has none of its parent's threads
    return _Watcher()


def within(seconds: float, work: Callable[[], T]) -> T:
    """Returns what `work` returns, which is stopped after `seconds`, or where it makes the process grow by too much;
    within another call the outer one's bounds count. Raises ExpressionError."""
    if limits.has_alarm():
        with limits.limited(seconds):
            return work()
    if limits.is_limited():
        return work()
    watcher = _watcher(os.getpid())
    if watcher.current() is not None:
        return work()
    expression = _UnderWay(seconds)
    watcher.enter(expression)
    # It may be raised at any step, also where it is no longer wanted: so left twice, and by no context manager.
    try:
        try:
            return work()
        finally:
            watcher.leave(expression)
    except limits.Stopped:
        watcher.leave(expression)
        raise ExpressionError(expression.why) from None


def unlimited() -> AbstractContextManager[None]:
    """The clock stands while another program works."""
    if limits.is_limited():
        return limits.unlimited()
    return _unwatched(_watcher(os.getpid()))


@contextmanager
def _unwatched(watcher: _Watcher) -> Iterator[None]:
    expression = watcher.current()
    if expression is None:
        yield
        return
    left = expression.deadline - time.monotonic()
    watcher.set_deadline(expression, math.inf)
    try:
        yield
    finally:
        watcher.set_deadline(expression, time.monotonic() + left)
