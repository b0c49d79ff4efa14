"""Ending a run in good order, from outside of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from hcl_lite.engine.open_providers import Session
    from state.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Stopper:
    """Stops a run: calls that are under way are finished and saved, none is begun or tried again."""

    stopped: asyncio.Event
    session: Session
    store: Workspace

    @property
    def is_stopped(self) -> bool:
        return self.stopped.is_set()

    def stop(self) -> None:
        self.stopped.set()
        self.session.stop_waiting()
        self.store.stop_waiting()


Stopping = Callable[[Stopper], AbstractContextManager[None]]
"""Around a run, inside of its event loop: who may stop it, and how."""


def unstopped(_: Stopper) -> AbstractContextManager[None]:
    """Nobody stops it."""
    return nullcontext()
