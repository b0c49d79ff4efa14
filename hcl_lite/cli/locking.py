"""The lock of a command that changes the state, with what is said about it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

import click

from hcl_lite.operations.caller import Caller, Notice, Progress
from hcl_lite.operations.locking import locked as locked_for
from hcl_lite.operations.requests import LockOptions

if TYPE_CHECKING:
    from state.workspace import Workspace


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
        click.echo(progress.text, err=True)


CALLER = Caller(tell_notice, locking=terminated)
"""Of a command that changes the state and asks nothing."""


def locked(store: Workspace, command: str, options: LockOptions) -> AbstractContextManager[None]:
    """Hold the lock, unless --lock=false says otherwise. Raises HclError that names the holder."""
    return locked_for(store, command, options, CALLER)
