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


@dataclass(eq=False)
class _UnderWay:
    """An expression of one thread, which is stopped at `deadline`, or where the process is larger than `most_bytes`."""

    seconds: float
    thread: int = field(default_factory=threading.get_ident)
    most_bytes: int = field(default_factory=lambda: limits.process_bytes() + limits.MEMORY)
    deadline: float = math.inf  # until it has begun
    is_over: bool = False
    why: str = ""


class _Watcher:
    """The thread that looks at the expressions of all others; it waits while there are none.

    What it raises may come at any step of the other thread, so also between the taking of a lock and the place that
    gives it back: an expression is begun and left without locks, by single assignments, which come before what is
    read after them (as the interpreter's lock has it).
    """

    def __init__(self) -> None:
        import ctypes  # noqa: PLC0415 - the command line, whose expressions are in its main thread, has no use for it

        # Raises a class in a thread as soon as that runs its next step; None takes back what was not raised yet.
        self._raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
        self._raise_in.argtypes = (ctypes.c_ulong, ctypes.c_void_p)
        self._under_way: dict[int, _UnderWay] = {}
        self._looked_at: _UnderWay | None = None
        self._wake = threading.Event()
        self._hook = sys.unraisablehook
        threading.Thread(target=self._watch, name="hcl-lite-limits", daemon=True).start()

    def current(self) -> _UnderWay | None:
        """Returns the expression that is under way in this thread."""
        return self._under_way.get(threading.get_ident())

    def enter(self, expression: _UnderWay) -> None:
        """Look at an expression of this thread from now on; nothing is raised in it before it has a deadline."""
        self._under_way[expression.thread] = expression
        self._wake.set()

    def leave(self, expression: _UnderWay) -> None:
        """Look at it no more; when this returns, nothing is raised any more on its account. May be called again."""
        expression.is_over = True
        while self._looked_at is expression:
            time.sleep(0)
        if expression.why:
            self._raise_in(expression.thread, None)
        if self.current() is expression:
            del self._under_way[expression.thread]

    def _watch(self) -> None:
        while True:
            self._wake.clear()
            if not self._under_way:
                self._restore_hook()
                self._wake.wait()
            self._set_hook()
            time.sleep(limits.LOOKS_EACH)
            self._look(time.monotonic())

    def _look(self, now: float) -> None:
        size = limits.process_bytes()
        for expression in list(self._under_way.values()):
            late = now > expression.deadline
            if late or (size > expression.most_bytes and expression.deadline != math.inf):
                self._stop(expression, limits.reason(expression.seconds, late=late))
                # Not the last time: Python drops what is raised while it collects garbage.
                expression.deadline = now + limits.LOOKS_AGAIN
                expression.most_bytes = size + limits.MEMORY

    def _stop(self, expression: _UnderWay, why: str) -> None:
        self._looked_at = expression
        if not expression.is_over:
            expression.why = expression.why or why
            self._raise_in(expression.thread, id(limits.Stopped))
        self._looked_at = None

    def _set_hook(self) -> None:
        """Keep quiet about what Python drops of our own: it is raised again a moment later. Others' is told."""
        if sys.unraisablehook != self._tell:
            self._hook, sys.unraisablehook = sys.unraisablehook, self._tell

    def _restore_hook(self) -> None:
        if sys.unraisablehook == self._tell:
            sys.unraisablehook = self._hook

    def _tell(self, dropped: sys.UnraisableHookArgs) -> None:
        if dropped.exc_type is not limits.Stopped:
            self._hook(dropped)


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
            expression.deadline = time.monotonic() + seconds
            return work()
        finally:
            expression.is_over = True  # here too: by then the call below may be stopped before its first step
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
    expression.deadline = math.inf
    try:
        yield
    finally:
        expression.deadline = time.monotonic() + left
