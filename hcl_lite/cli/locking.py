"""The lock of a command that changes the state, with what is said about it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from hcl_lite.cli.terminal import tell
from hcl_lite.operations.caller import Caller, Notice, Progress


@contextmanager
def terminated() -> Iterator[None]:
    """SIGTERM is what Ctrl-C is: CI ends its jobs by it, and a lock that stayed would keep out the next one."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def tell_notice(progress: Progress) -> None:
    """Say on standard error what is waited for."""
    if isinstance(progress, Notice):
        tell(progress.text)


CALLER = Caller(tell_notice, locking=terminated)
"""Of a command that changes the state and asks nothing."""
