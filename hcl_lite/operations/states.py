"""The state looked at and changed, alone: no server of a provider is called."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.values import JsonValue
from hcl_lite.lang.config.config import load_config
from hcl_lite.operations.backend import load_store, open_backups
from hcl_lite.operations.caller import Caller
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.locking import locked
from hcl_lite.operations.operation import operation
from hcl_lite.operations.requests import LockOptions
from state.backend import Version
from state.encryption import Cipher, Plain, Sealing
from state.file import encode
from state.model import Identity, Record, State
from state.store import Ledger
from state.workspace import Workspace


@operation
def read_state(context: RunContext) -> State:
    """The state, with what an interrupted run has done; also where the configuration is gone. Raises HclError."""
    return load_store(context).read()


@operation
def read_outputs(context: RunContext) -> Mapping[str, JsonValue]:
    """The outputs of the last apply, but for sensitive ones, which are not stored. Raises HclError."""
    return load_store(context).read().outputs


@operation
def list_addresses(context: RunContext) -> Sequence[str]:
    """Addresses of the configuration and the state, for a shell's completion; none where they cannot be read."""
    found: set[str] = set()
    with suppress(HclError):
        found |= {str(address) for address in load_config(context.directory).blocks if address.type}
    with suppress(HclError):
        found |= {str(address) for address in load_store(context).read().records}
    return sorted(found)


@operation
def find_record(context: RunContext, address: Address) -> Record:
    """Returns the record of one object. Raises HclError where there is none."""
    return _find(load_store(context).read(), address)


@operation
def move(context: RunContext, source: Address, target: Address, lock: LockOptions, caller: Caller) -> None:
    """Let `target` stand for the object that `source` stands for. Raises HclError."""
    if (target.kind, target.type) != (source.kind, source.type):
        raise HclError(Diagnostic("An object keeps its type", f"{source} cannot become {target}."))

    async def work(ledger: Ledger) -> None:
        _find(ledger.state, source)
        if target in ledger.state.records:
            raise HclError(Diagnostic(f"{target} stands for {ledger.state.records[target].uid} already"))
        await ledger.move(source, target)

    _change(load_store(context), "state mv", lock, caller, work)


@operation
def forget(context: RunContext, addresses: Sequence[Address], lock: LockOptions, caller: Caller) -> None:
    """Take objects out of the state; they stay on their servers. Raises HclError for one that is not there."""

    async def work(ledger: Ledger) -> None:
        for identity in [found for address in addresses for found in _identities(ledger.state, address)]:
            await ledger.remove(identity)

    _change(load_store(context), "state rm", lock, caller, work)


@operation
def pull(context: RunContext) -> bytes:
    """The state, as its file has it. Raises HclError."""
    return encode(load_store(context).read())


@operation
def push(
    context: RunContext, data: bytes, name: str, lock: LockOptions, caller: Caller, *, force: bool = False
) -> tuple[str, State]:
    """Replace the state with that in `data`, which messages call `name`; with `force` also a newer one, or one of
    another lineage. Where it is, and what it is now. Raises HclError."""
    store = load_store(context)
    state = store.decode(data, name)
    with locked(store, "state push", lock, caller):
        store.push(state, force)
    return store.place, state


@operation
def encrypt(context: RunContext, lock: LockOptions, caller: Caller) -> None:
    """Write the state and the backups under the key of [hcl_lite.encryption]; earlier states are deleted. Raises
    HclError."""
    store = load_store(context)
    cipher = store.cipher
    if not isinstance(cipher, Sealing):
        hint = 'Put [hcl_lite.encryption] with key = "env:NAME" into the configuration.'
        raise HclError(Diagnostic("The configuration names no key to encrypt the state with", hint=hint))
    store.cipher = replace(cipher, accept_plain=True)
    _reseal(context, store, "state encrypt", cipher, lock, caller)


@operation
def decrypt(context: RunContext, lock: LockOptions, caller: Caller) -> None:
    """Write the state and the backups as they are, without encryption. Raises HclError."""
    _reseal(context, load_store(context), "state decrypt", Plain(), lock, caller)


@operation
def history(context: RunContext) -> tuple[str, Sequence[Version]]:
    """Returns the place of the state, and the versions that are kept there, oldest first. Raises HclError."""
    store = load_store(context)
    return store.place, tuple(store.history())


@operation
def rollback(context: RunContext, serial: int, lock: LockOptions, caller: Caller) -> State:
    """Bring back the state that had `serial`, as a new one. Raises HclError."""
    store = load_store(context)
    with locked(store, "state rollback", lock, caller):
        return store.rollback(serial)


@operation
def find_place(context: RunContext) -> str:
    """Returns the place of the state, for people. Raises HclError."""
    return load_store(context).place


@operation
def unlock(context: RunContext, lock_id: str) -> bool:
    """End the lock of a run that is gone; whether that run has left its journal. Raises HclError for another lock."""
    store = load_store(context)
    store.storage.release(lock_id)
    return store.journal.exists()


def _reseal(
    context: RunContext, store: Workspace, command: str, cipher: Cipher, lock: LockOptions, caller: Caller
) -> None:
    with locked(store, command, lock, caller):
        backups = open_backups(store, context)
        store.reseal(cipher)
        backups.reseal(cipher)


def _change(
    store: Workspace, command: str, lock: LockOptions, caller: Caller, change: Callable[[Ledger], Awaitable[None]]
) -> None:
    """Change the state as every run does: by the journal, after what an interrupted run has left there."""

    async def work() -> None:
        ledger = Ledger(store, store.read())
        try:
            await change(ledger)
        finally:
            ledger.finish()

    with locked(store, command, lock, caller):
        run_async(work)


def _identities(state: State, address: Address) -> list[Identity]:
    """Every object that the address stands for: also one to be deleted, and one that an ended run may have made."""
    found = [record.identity for record in state.all_records() if record.address == address]
    return found or [_find(state, address).identity]


def _find(state: State, address: Address) -> Record:
    record = state.records.get(address)
    if record is None:
        raise HclError(
            Diagnostic(f"The state has no {address}", did_you_mean(str(address), (str(a) for a in state.records)))
        )
    return record
