"""Where a state is kept: the protocol that every backend implements, and the ledger through which a run changes it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from hcl_lite.core.addrs import Address
from hcl_lite.core.values import JsonValue
from state.encryption import Cipher
from state.journal import Journal, depose_line, fail_line, intent_line, move_line, put_line, remove_line
from state.model import Draft, Identity, Record, State


class StateReader(Protocol):
    """Can read a state and nothing else: all that planning is given."""

    def read(self) -> State:
        """The state, with what an interrupted run has done. Raises HclError where it cannot be read."""


class StateStore(StateReader, Protocol):
    """A backend."""

    def write(self, state: State) -> None:
        """Replace the state, whole or not at all; the one before it is kept. Raises HclError."""

    def lock(self, command: str, timeout: float) -> AbstractContextManager[None]:
        """Keep all others from writing. Raises HclError that names the holder, after `timeout` seconds."""

    @property
    def journal_path(self) -> Path:
        """The journal of the run that is under way, on this machine."""

    @property
    def cipher(self) -> Cipher:
        """What state, journal and saved plans are sealed with."""


class Ledger:
    """The state of a run under way: every change is on disk before the method returns. One at a time, under a lock."""

    def __init__(self, store: StateStore, state: State) -> None:
        """Writes `state` first where it holds what an earlier run's journal said: that journal ends here."""
        self._store = store
        self._draft = Draft(state)
        self._base = state
        if store.journal_path.exists():
            self._base = replace(state, serial=state.serial + 1)
            store.write(self._base)
            store.journal_path.unlink()
        self._journal = Journal(store.journal_path, self._base, store.cipher)

    @property
    def state(self) -> State:
        return self._draft.state()

    async def intend(self, identity: Identity) -> None:
        self._draft.intend(identity)
        await self._journal.write(intent_line(identity))

    async def fail(self, identity: Identity) -> None:
        self._draft.fail(identity)
        await self._journal.write(fail_line(identity))

    async def put(self, record: Record) -> None:
        self._draft.put(record)
        await self._journal.write(put_line(record))

    async def depose(self, record: Record) -> None:
        self._draft.depose(record)
        await self._journal.write(depose_line(record))

    async def move(self, source: Address, target: Address) -> None:
        self._draft.move(source, target)
        await self._journal.write(move_line(source, target))

    async def remove(self, identity: Identity) -> None:
        self._draft.remove(identity)
        await self._journal.write(remove_line(identity))

    def close(self) -> None:
        """Leave the journal as it is, for the next run to go on from."""
        self._journal.close()

    def finish(self, outputs: Mapping[str, JsonValue] | None = None) -> State:
        """Write the state and end the journal; a run that changed nothing leaves the file as it is."""
        state = self._draft.state()
        if outputs is not None:
            state = replace(state, outputs=dict(outputs))
        changed = replace(state, serial=0) != replace(self._base, serial=0)
        if changed:
            state = replace(state, serial=self._base.serial + 1)
            self._store.write(state)
        self._journal.remove()
        return state
