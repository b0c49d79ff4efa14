"""Bounds of time and memory for what runs in this process: an alarm that looks again and again."""

from __future__ import annotations

import math
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from hcl_lite.lang.expression import ExpressionError

_MEMORY = 2 * 2**30  # bytes that the process may grow by
_LOOKS_EACH = 0.1  # seconds
_LOOKS_AGAIN = 1.0  # by then, what was stopped has been left


class _Stopped(BaseException):
    """The expression takes too much; no Exception, which Jinja2 or a try() might swallow."""


class _Alarm:
    """Stops what is under way after `seconds`, or where the process has grown by too much."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.deadline = time.monotonic() + seconds
        self._bytes = _bytes() + _MEMORY

    def __call__(self, _: int, __: FrameType | None) -> None:
        late = time.monotonic() > self.deadline
        if late or _bytes() > self._bytes:
            # Not the last time: Python drops what is raised while it collects garbage.
            signal.setitimer(signal.ITIMER_REAL, _LOOKS_AGAIN, _LOOKS_AGAIN)
            why = f"takes more than {self.seconds:g} s" if late else "needs too much memory"
            raise _Stopped(f"It {why}, and was stopped.")


def _bytes() -> int:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Stops what is inside after `seconds`; only in the main thread, where alone Python hears an alarm.

    Raises ExpressionError.
    """
    if (
        threading.current_thread() is not threading.main_thread()
        or not hasattr(signal, "setitimer")
        or signal.getitimer(signal.ITIMER_REAL)[0] > 0
    ):
        yield
        return
    before = signal.signal(signal.SIGALRM, _Alarm(seconds))
    hook = sys.unraisablehook
    sys.unraisablehook = lambda dropped: None if dropped.exc_type is _Stopped else hook(dropped)
    signal.setitimer(signal.ITIMER_REAL, _LOOKS_EACH, _LOOKS_EACH)
    try:
        yield
    except _Stopped as stopped:
        raise ExpressionError(str(stopped)) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        sys.unraisablehook = hook


@contextmanager
def unlimited() -> Iterator[None]:
    """The clock stands while another program works."""
    alarm = signal.getsignal(signal.SIGALRM)
    if not isinstance(alarm, _Alarm):
        yield
        return
    left = alarm.deadline - time.monotonic()
    alarm.deadline = math.inf
    try:
        yield
    finally:
        alarm.deadline = time.monotonic() + left
