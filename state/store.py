"""The state of a run: what it reads and writes through, and the ledger through which it changes it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Protocol

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.schema import ProviderError
from hcl_lite.core.values import JsonValue
from state.backend import Log
from state.encryption import Cipher
from state.journal import (
    Journal,
    Line,
    arrange_line,
    depose_line,
    fail_line,
    intent_line,
    move_line,
    plan_line,
    put_line,
    remove_line,
)
from state.model import Draft, Identity, Intent, Move, Record, State

_AHEAD = 32


class StateReader(Protocol):
    """Can read a state and nothing else: all that planning is given."""

    def read(self) -> State:
        """The state, with what an interrupted run has done. Raises HclError where it cannot be read."""


class StateStore(StateReader, Protocol):
    """A place for one state."""

    def write(self, state: State) -> None:
        """Replace the state, whole or not at all, unless somebody else has written since. Raises HclError."""

    def rescue(self, state: State) -> str:
        """Keep a state that could not be written, where more than the journal is called for; what the user can do."""

    @property
    def journal(self) -> Log:
        """The journal of the run that is under way."""

    @property
    def saves_every(self) -> float:
        """Seconds between writes while a run goes on; infinite where the journal is as safe as the state."""

    @property
    def cipher(self) -> Cipher:
        """The cipher of state, journal and saved plans."""


class Ledger:
    """The state of a run under way, one at a time under a lock: every change goes into the journal, an intent before
    the method returns.

    Every method raises HclError where the disk does not take it. What has been done on a server is kept in memory all
    the same, for the end of the run to write.
    """

    def __init__(self, store: StateStore, state: State, command: str = "") -> None:
        """Writes `state` first where it holds what an earlier run's journal said: that journal ends here. `command` is
        what runs."""
        self._store = store
        self._draft = Draft(state)
        self._base = state
        self._serial = state.serial
        self._saved = time.monotonic()
        self._saving = False
        if store.journal.exists():
            self._base = self._next(state)
            self._write(self._base)
            store.journal.remove()
        self._journal = Journal(store.journal, self._base, store.cipher, command)

    @property
    def state(self) -> State:
        return self._draft.state()

    def record_at(self, address: Address) -> Record | None:
        """Returns what is remembered at an address; None for nothing."""
        return self._draft.record_at(address)

    def records_of(self, is_wanted: Callable[[str], bool]) -> Iterable[Record]:
        """Returns the records of the resource types that are wanted, without what is deposed or pending."""
        return self._draft.records_of(is_wanted)

    @property
    def ahead(self) -> int:
        """The number of writes beyond the parallelism that may wait for their intents, so that no call waits for a
        sync."""
        return _AHEAD if self._store.journal.pause else 0

    async def begin(self, plan: str) -> None:
        """A saved plan is about to be carried out, so that it is not carried out again."""
        self._draft.begin(plan)
        await self._note(plan_line(plan))

    @asynccontextmanager
    async def writing(self, intent: Intent) -> AsyncIterator[None]:
        """Around a write, which is noted before on disk; the note stays where nobody can tell whether it was done."""
        await self.intend(intent)
        try:
            yield
        except ProviderError as error:
            if not error.unclear:
                await self.fail(intent.identity)
            raise

    async def intend(self, intent: Intent) -> None:
        """A write is about to be made; where this fails it is not."""
        self._draft.intend(intent)
        await self._journal.write(intent_line(intent))
        await self._save_now_and_then()

    async def fail(self, identity: Identity) -> None:
        self._draft.fail(identity)
        await self._note(fail_line(identity))

    async def put(self, record: Record) -> None:
        self._draft.put(record)
        await self._note(put_line(record))

    async def depose(self, record: Record) -> None:
        self._draft.depose(record)
        await self._note(depose_line(record))

    async def move(self, source: Address, target: Address) -> None:
        self._draft.move(source, target)
        await self._note(move_line(source, target))

    async def arrange(self, moves: Sequence[Move]) -> None:
        self._draft.arrange(moves)
        await self._note(arrange_line(moves))

    async def remove(self, identity: Identity) -> None:
        self._draft.remove(identity)
        await self._note(remove_line(identity))

    async def _note(self, line: Line) -> None:
        await self._journal.note(line)
        await self._save_now_and_then()

    async def _save_now_and_then(self) -> None:
        if time.monotonic() - self._saved >= self._store.saves_every and not self._saving:
            self._saving = True
            try:
                await self._save()
            finally:
                self._saving, self._saved = False, time.monotonic()

    async def _save(self) -> None:
        """Write the state so far: the disk with the journal may not outlive this run.

        That this fails is said at the end, when it fails once more.
        """
        state = self._next(self.state)
        await self._journal.mark(state)
        with contextlib.suppress(HclError):
            await asyncio.to_thread(self._store.write, state)
            self._base = state

    @contextmanager
    def ended_by_errors(self) -> Iterator[None]:
        """Around what a run does before its first write: where that fails, no run has ended early."""
        try:
            yield
        except BaseException:
            self.finish()
            raise

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
            state = self._next(state)
            try:
                self._write(state)
            except HclError:
                self._journal.end()
                raise
        self._journal.remove()
        return state

    def _next(self, state: State) -> State:
        """`state` with a serial that no write of this run had, also none that failed: it may have come through."""
        self._serial += 1
        return replace(state, serial=self._serial)

    def _write(self, state: State) -> None:
        try:
            self._store.write(state)
        except HclError as error:
            advice = Diagnostic("The state of this run was not written", hint=self._store.rescue(state))
            raise HclError(*error.diagnostics, advice) from error
