"""The lock of a command that changes the state, with what is said about it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import click

from hcl_lite.operations.requests import LockOptions
from state.workspace import Workspace


@contextmanager
def locked(store: Workspace, command: str, options: LockOptions) -> Iterator[None]:
    """Hold the lock, unless --lock=false says otherwise. Raises HclError that names the holder."""
    if not options.wanted:
        yield
        return
    with _terminated(), store.lock(command, options.timeout, lambda text: click.echo(text, err=True)):
        yield


@contextmanager
def _terminated() -> Iterator[None]:
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
