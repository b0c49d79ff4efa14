"""Bounds of time and memory for what runs in the main thread: an alarm that looks again and again.

C code hears no alarm. What it may cost is said before it runs (functions/costs, costs); should that be wrong, a ceiling
makes it fail for want of memory, and a thread of C, which needs no turn of Python's, ends the process.
"""

from __future__ import annotations

import contextlib
import faulthandler
import math
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType

from hcl_lite.lang.expressions.model import ExpressionError

MEMORY = 512 * 2**20  # bytes that the process may grow by
_TOGETHER = 4 * MEMORY  # bytes that all expressions of a run may make it grow by
_CEILING = 3 * MEMORY  # bytes of its data that it may grow by, also where no alarm is heard
_GRACE = 3.0  # seconds after which the process is ended
_TOGETHER_EACH = 0.002  # seconds; no expression without an alarm takes much in so little time
LOOKS_EACH = 0.1  # seconds
LOOKS_AGAIN = 1.0  # by then, what was stopped has been left


class Stopped(BaseException):
    """The expression takes too much; no Exception, which Jinja2 or a try() might swallow."""


class _Alarm:
    """Stops what is under way after `seconds`, or where the process has grown by too much."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.deadline = time.monotonic() + seconds
        self._bytes = process_bytes() + MEMORY

    def __call__(self, _: int, __: FrameType | None) -> None:
        late = time.monotonic() > self.deadline
        if late or process_bytes() > self._bytes:
            # Not the last time: Python drops what is raised while it collects garbage.
            signal.setitimer(signal.ITIMER_REAL, LOOKS_AGAIN, LOOKS_AGAIN)
            raise Stopped(reason(self.seconds, late=late))


def reason(seconds: float, *, late: bool) -> str:
    """The text about an expression that was stopped: it was `late`, or needed too much memory."""
    return f"It {f'takes more than {seconds:g} s' if late else 'needs too much memory'}, and was stopped."


def process_bytes() -> int:
    """The memory that this process has; where nothing tells that, the most that it ever had."""
    with contextlib.suppress(OSError), open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * resource.getpagesize()
    return _most_bytes()


def _most_bytes() -> int:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


class Together:
    """The memory for all expressions of a run: each is small enough, but they are kept, such as locals of many
    megabytes."""

    def __init__(self) -> None:
        self._bytes = _most_bytes() + _TOGETHER
        self._looks_at = 0.0
        self._is_spent = False

    @property
    def is_spent(self) -> bool:
        """Whether it is. It is asked before each expression, and the kernel takes as long to answer as a short one."""
        now = time.monotonic()
        if now >= self._looks_at:
            self._is_spent = _most_bytes() > self._bytes
            self._looks_at = now + _TOGETHER_EACH
        return self._is_spent


def has_alarm() -> bool:
    """Whether there is an alarm to be set: Python hears one in its main thread alone, and has but one."""
    return threading.current_thread() is threading.main_thread() and signal.getitimer(signal.ITIMER_REAL)[0] == 0


def is_limited() -> bool:
    """Whether an alarm is set for what this thread does."""
    is_main = threading.current_thread() is threading.main_thread()
    return is_main and isinstance(signal.getsignal(signal.SIGALRM), _Alarm)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Stops what is inside after `seconds`, where there `has_alarm`. Raises ExpressionError."""
    before = signal.signal(signal.SIGALRM, _Alarm(seconds))
    ceiling = _lower_ceiling()
    _watch(seconds + _GRACE)
    hook = sys.unraisablehook
    sys.unraisablehook = lambda dropped: None if dropped.exc_type is Stopped else hook(dropped)
    signal.setitimer(signal.ITIMER_REAL, LOOKS_EACH, LOOKS_EACH)
    try:
        yield
    except Stopped as stopped:
        raise ExpressionError(str(stopped)) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        sys.unraisablehook = hook
        _unwatch()
        resource.setrlimit(resource.RLIMIT_DATA, ceiling)


def _lower_ceiling() -> tuple[int, int]:
    """Let the process have so much more memory and no more; what to set again after that."""
    before = soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = _data() + _CEILING
    if sys.platform == "linux" and (soft == resource.RLIM_INFINITY or wanted < soft):
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))
    return before


def _data() -> int:
    with contextlib.suppress(OSError), open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[5]) * resource.getpagesize()
    return process_bytes()


def _watch(seconds: float) -> None:
    """End the process after `seconds`, with a word about it."""
    herald = _herald()
    if herald is not None:
        faulthandler.dump_traceback_later(seconds, exit=True, file=herald)


def _unwatch() -> None:
    faulthandler.cancel_dump_traceback_later()


_LAST_WORDS = """
Error: An expression takes more than 10 s, and was stopped

  It was in a step that cannot be left before its end, so the run was ended with it.

  → Run it with HCL_LITE_LOG=debug to see what was done before. What an apply had done is in its journal; the next run
    goes on from there.
"""


@cache
def _herald() -> int | None:
    """Returns the file descriptor that the thread which ends the process writes to: a child process prints the reason
    as soon as anything arrives.

    The thread can write nothing but where each thread of Python was, which nobody wants to read.
    """
    reader, writer = os.pipe()
    script = 'IFS= read -r line && printf "%s" "$1" >&2'
    try:
        os.posix_spawn(
            "/bin/sh",
            ["sh", "-c", script, "sh", _LAST_WORDS],
            {},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, reader, 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            ],
            setsigdef=[signal.SIGPIPE],
            setpgroup=0,
        )
    except OSError:
        os.close(writer)
        return None
    finally:
        os.close(reader)
    return writer


@contextmanager
def unlimited() -> Iterator[None]:
    """The clock stands while another program works, in the thread of the alarm."""
    alarm = signal.getsignal(signal.SIGALRM)
    if not isinstance(alarm, _Alarm):
        yield
        return
    left = alarm.deadline - time.monotonic()
    alarm.deadline = math.inf
    ceiling, hard = resource.getrlimit(resource.RLIMIT_DATA)
    _unwatch()
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))  # which programs inherit
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (ceiling, hard))
        alarm.deadline = time.monotonic() + left
        _watch(max(0.0, left) + _GRACE)
