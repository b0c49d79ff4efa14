"""The lock of a command that changes the state, with what is said about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from hcl_lite.cli.options import LockOptions
from state.workspace import Workspace


@contextmanager
def locked(store: Workspace, command: str, options: LockOptions) -> Iterator[None]:
    """Hold the lock, unless --lock=false says otherwise. Raises HclError that names the holder."""
    if not options.wanted:
        yield
        return
    with store.lock(command, options.timeout, lambda text: click.echo(text, err=True)):
        yield
