"""One workspace: a state in a backend, with what all backends have in common.

Reading takes in what an interrupted run has left in its journal. Writing never goes over what somebody else has
written. A lock is waited for, and says who holds it.
"""

from __future__ import annotations

import contextlib
import math
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.files import read_file, write_private
from state.backend import DEFAULT_WORKSPACE, Changed, Log, NotKept, Storage, Stored, Version
from state.encryption import Cipher, Plain, is_sealed
from state.file import decode, encode
from state.file_log import FileLog
from state.journal import Left, left_in, replay
from state.lock import LockInfo, describe_run
from state.model import State

# Beside the configuration, as Terraform's errored.tfstate is.
_ERRORED = "errored.hcl-lite-state.json"

_BROKEN = "hcl-lite state history lists the states before it, and hcl-lite state rollback SERIAL brings one back."

Notice = Callable[[str], None]


class Workspace:
    """Implements state.store.StateStore on any backend.

    `home` is the directory for what belongs to this machine, in that of the configuration; `written` is called
    after each write.
    """

    def __init__(
        self,
        storage: Storage,
        home: Path,
        name: str = DEFAULT_WORKSPACE,
        cipher: Cipher | None = None,
        written: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self.storage = storage
        self._home = home
        self._errored = home.parent / _ERRORED
        self.cipher = cipher or Plain()
        self._written = written
        self._known: Stored | None = None
        self._looked = False
        self._unsure = b""
        self._has_taken_up = False
        self._notice: Notice = lambda text: None
        self.journal = self._find_journal()
        self._left = b""

    @property
    def place(self) -> str:
        """The place of the state, for people."""
        return self.storage.name

    @property
    def is_remote(self) -> bool:
        """Whether it outlives this machine's disk."""
        return self.storage.path is None

    @property
    def saves_every(self) -> float:
        is_local = isinstance(self.journal, FileLog)
        return 20.0 if self.is_remote and is_local else math.inf  # Terraform's interval

    @property
    def left(self) -> Left | None:
        """Which run had left its journal, or was writing it, when the state was read last."""
        return left_in(self._left, self.cipher)

    def _find_journal(self) -> Log:
        """Beside the state; on this machine where the backend has no place for it."""
        return self.storage.log() or self._journal_here()

    def _journal_here(self) -> FileLog:
        # The name of the storage is in the file's: a journal must not be taken for one of another backend's.
        name = f"{self.name}-{uuid.uuid5(uuid.NAMESPACE_URL, self.storage.name)}.journal"
        return FileLog(self._home / "journals" / name)

    def read(self) -> State:
        """The state, with what an interrupted run has done. Raises HclError, also for a workspace that was not made."""
        state = self.read_if_there()
        if state is not None:
            return state
        if self.name != DEFAULT_WORKSPACE:
            hint = f"hcl-lite workspace new {self.name} makes it, hcl-lite workspace select chooses another."
            raise HclError(
                Diagnostic(f'There is no workspace "{self.name}"', f"Nothing is at {self.place}.", hint=hint)
            )
        return self._replayed(State.new())

    def read_if_there(self) -> State | None:
        """The same; None for a workspace that was never written."""
        # The journal first: a run that ends in between has written a state by which that is known to be old.
        self._left = self.journal.read()
        here = self._journal_here()
        if not self._left and here.exists():  # of an hcl-lite that kept them all on its machine
            self.journal, self._left = here, here.read()
        stored = self._look()
        return self._replayed(self._decode(stored)) if stored is not None else None

    def _replayed(self, state: State) -> State:
        replayed = replay(state, self._left, self.journal, self.cipher)
        self._has_taken_up = replayed is not state
        return replayed

    def write(self, state: State, force: bool = False) -> None:
        """Replace the state. With `force`, also one of another lineage, or with a higher serial."""
        stored = self._known if self._looked else self._look()
        if stored is not None and not force:
            _check_succession(self._decode(stored), state, self.storage.name)
        self._put(state, stored)
        self._clear_rescued(state)

    def _encode(self, state: State) -> bytes:
        return self.cipher.seal(encode(state), "state", state.serial)

    def _decode(self, stored: Stored) -> State:
        return decode(self.cipher.open(stored.data, "state", self.place), self.place, _BROKEN)

    def decode(self, data: bytes, name: str) -> State:
        """A state from elsewhere: as it is, or sealed with this one's key. Raises HclError, which calls it `name`."""
        return decode(self.cipher.open(data, "state", name) if is_sealed(data) else data, name)

    def reseal(self, cipher: Cipher) -> None:
        """Write the state anew, under `cipher`, with what an interrupted run has left.

        The states before it are forgotten: they are sealed as they were written, or not at all.
        """
        state = self.read()
        self.cipher = cipher
        self._put(replace(state, serial=state.serial + 1), self._known)
        self.storage.forget([version.serial for version in self.storage.versions()[:-1]])
        self.journal.remove()

    def _put(self, state: State, stored: Stored | None) -> None:
        """Write, unless something else than `stored` is there. A write whose answer was lost is found again."""
        data = self._encode(state)
        before, self._unsure = self._unsure, data
        try:
            revision = self.storage.write(data, state.serial, stored.revision if stored else "")
        except NotKept as lost:
            revision = lost.revision
            self._notice(f"The state is written; serial {state.serial} is missing in its history: {lost.reason}")
        except Changed:
            now = self.storage.read()
            if now is not None and now.data == data:
                revision = now.revision
            elif now is not None and before and now.data == before:
                self._put(state, now)
                return
            else:
                raise HclError(_changed(self.storage.name)) from None
        self._known, self._looked, self._unsure = Stored(data, revision), True, b""
        self._written()

    def _look(self) -> Stored | None:
        self._known, self._looked = self.storage.read(), True
        return self._known

    def rescue(self, state: State) -> str:
        """Writes the state to a file that can be pushed, where the backend is elsewhere and the journal may not last.
        Returns a sentence on where it is."""
        where = "here " if isinstance(self.journal, FileLog) else ""
        safe = f"What was done is in {self.journal.name}; the next run {where}goes on from there."
        if self.is_remote:
            with contextlib.suppress(OSError):
                write_private(self._errored, self._encode(state))
                return f"{safe} It is in {self._errored} too: from elsewhere, hcl-lite state push {self._errored}"
        return safe

    def _clear_rescued(self, state: State) -> None:
        """Removes the file of `rescue` once it is taken up; a file with another state is left alone."""
        if not self._errored.exists():
            return
        with contextlib.suppress(OSError, HclError):
            rescued = self.decode(read_file(self._errored), str(self._errored))
            goes_on = self._has_taken_up and rescued.lineage == state.lineage and rescued.serial <= state.serial
            if goes_on or replace(rescued, serial=0) == replace(state, serial=0):
                self._errored.unlink()

    # --- history ------------------------------------------------------------------------------------------------------

    def history(self) -> Sequence[Version]:
        """Oldest first."""
        return self.storage.versions()

    def version(self, serial: int) -> State:
        """One state of the history. Raises HclError where it is not there."""
        data = self.storage.version(serial)
        if data is None:
            kept = ", ".join(str(version.serial) for version in self.storage.versions())
            detail = f"Kept: {kept}." if kept else "This backend keeps no history."
            raise HclError(Diagnostic(f"{self.storage.name} has no serial {serial}", detail))
        name = f"serial {serial} of {self.storage.name}"
        return decode(self.cipher.open(data, "state", name), name)

    def rollback(self, serial: int) -> State:
        """Bring back one state of the history as a new one, also where the current one cannot be read."""
        if self.journal.exists():
            raise HclError(self._left_behind())
        state = self.version(serial)
        latest = max((version.serial for version in self.storage.versions()), default=serial)
        stored = self._look()
        if stored is not None:
            with contextlib.suppress(HclError):
                latest = max(latest, self._decode(stored).serial)
        state = replace(state, serial=latest + 1)
        self._put(state, stored)
        return state

    def push(self, state: State, force: bool) -> None:
        """Put `state` here from elsewhere: what write() refuses, and what a journal would change, is refused."""
        left = self.journal.read()
        if left and replay(state, left, self.journal, self.cipher) != state:
            raise HclError(self._left_behind())
        self.write(state, force)
        if left:
            self.journal.remove()  # `state` has it all

    def _left_behind(self) -> Diagnostic:
        return Diagnostic(
            "An interrupted run has left its journal here",
            f"{self.journal.name} says what was done after the state that is stored.",
            hint=f"hcl-lite refresh works it into the state. {self.journal.way_out}",
        )

    # --- lock ---------------------------------------------------------------------------------------------------------

    @contextmanager
    def lock(self, command: str, timeout: float, notice: Notice = lambda text: None) -> Iterator[None]:
        """Keep all others from writing. `notice` is told of a wait, of a lock taken over, and of one that stays."""
        info = describe_run(command)
        self._acquire(info, timeout, notice)
        self._looked, self.journal = False, self._find_journal()  # what was read before may be old
        self._notice = notice
        try:
            yield
        finally:
            try:
                self.storage.release(info.id)
            except HclError as error:
                notice(_not_released(info, error))

    def stop_waiting(self) -> None:
        """A call to the backend that fails from now on is not tried again: somebody wants the run to end."""
        self.storage.stop_waiting()

    def _acquire(self, info: LockInfo, timeout: float, notice: Notice) -> None:
        until, pause, told = time.monotonic() + timeout, 0.1, False
        while True:
            claim = self.storage.acquire(info)
            if claim.taken_from is not None:
                notice(f"{claim.taken_from} ended without releasing its lock, which is taken over.")
            if claim.held_by is None:
                return
            left = until - time.monotonic()
            if left <= 0:
                raise HclError(self._locked(claim.held_by, claim.ends_with_run))
            if not told:
                notice(f"Waiting for the lock of {self.storage.name}: {claim.held_by}.")
                told = True
            time.sleep(min(pause, left))
            pause = min(pause * 1.5, 2.0)

    def _locked(self, holder: LockInfo, ends_with_run: bool) -> Diagnostic:
        end = "It ends with that run, however that ends." if ends_with_run else _how_to_unlock(holder)
        return Diagnostic(
            "The state is locked",
            f"{holder} is changing {self.place}." + (f"\nLock ID: {holder.id}" if holder.id else ""),
            hint=f"Wait for it, or say how long to wait with --lock-timeout. {end}",
        )


def _changed(name: str) -> Diagnostic:
    return Diagnostic(
        f"{name} was changed by another run",
        "Nothing was written over it: what is there now is not what this run has read.",
        hint="Look at it with: hcl-lite state history, hcl-lite state pull",
    )


def _how_to_unlock(holder: LockInfo) -> str:
    return f"Once it is certain that this run has ended: hcl-lite force-unlock {holder.id or 'ID'}"


def _not_released(info: LockInfo, error: HclError) -> str:
    first = error.diagnostics[0]
    said = f"{first.summary}: {first.detail}" if first.detail else f"{first.summary}."
    here = "The next run on this machine takes it over. Elsewhere, once" if info.process else "Once"
    way_out = f"{here} it is certain that this run has ended: hcl-lite force-unlock {info.id}"
    return f"The lock {info.id} could not be released. {said}\n{way_out}"


def _check_succession(stored: State, state: State, name: str) -> None:
    """Raises HclError where `state` does not follow what is stored."""
    if stored.lineage != state.lineage:
        detail = f"Its lineage is {stored.lineage}, that of the one to be written {state.lineage}."
        raise HclError(Diagnostic(f"{name} holds another state", detail, hint="Nothing was written over it."))
    if stored.serial >= state.serial:
        detail = f"Its serial is {stored.serial}, that of the one to be written {state.serial}."
        raise HclError(Diagnostic(f"{name} holds a newer state", detail, hint="Nothing was written over it."))
