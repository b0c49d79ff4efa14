"""The lock of an operation that changes the state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hcl_lite.operations.caller import Caller, Notice
from hcl_lite.operations.requests import LockOptions

if TYPE_CHECKING:
    from state.workspace import Workspace


@contextmanager
def locked(store: Workspace, command: str, options: LockOptions, caller: Caller) -> Iterator[None]:
    """Hold the lock, unless `options` say otherwise. Raises HclError that names the holder."""
    if not options.wanted:
        yield
        return
    with caller.locking(), store.lock(command, options.timeout, lambda text: caller.told(Notice(text))):
        yield
