"""hcl-lite state: look at the state and change it, alone. No Grafana is called."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import ADDRESS, lock_options
from hcl_lite.core.addrs import Address, in_order
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean
from hcl_lite.operations.requests import LockOptions

if TYPE_CHECKING:
    from state.encryption import Cipher
    from state.model import Identity, Record, State
    from state.store import Ledger
    from state.workspace import Workspace


@click.group(name="state")
def command() -> None:
    """Look at the state and change it, alone. No Grafana is called."""


@command.command(name="list")
@click.argument("prefix", required=False, default="")
def list_(prefix: str) -> int:
    """The addresses of all objects, or of those that begin with PREFIX."""
    state = _store().read()
    for address in in_order(state.records):
        if str(address).startswith(prefix):
            click.echo(str(address))
    return ExitCode.OK


@command.command()
@click.argument("address", type=ADDRESS)
def show(address: Address) -> int:
    """What is remembered of one object."""
    from hcl_lite.cli.views.state_text import render_record  # noqa: PLC0415 - loaded where it is used

    click.echo(render_record(_find(_store().read(), address)))
    return ExitCode.OK


@command.command()
@click.argument("source", type=ADDRESS)
@click.argument("target", type=ADDRESS)
@lock_options
def mv(source: Address, target: Address, lock: LockOptions) -> int:
    """Let TARGET stand for the object that SOURCE stands for."""
    if (target.kind, target.type) != (source.kind, source.type):
        raise HclError(Diagnostic("An object keeps its type", f"{source} cannot become {target}."))

    async def move(ledger: Ledger) -> None:
        _find(ledger.state, source)
        if target in ledger.state.records:
            raise HclError(Diagnostic(f"{target} stands for {ledger.state.records[target].uid} already"))
        await ledger.move(source, target)

    _change("state mv", lock, move)
    click.echo(f"{source} is now {target}.")
    return ExitCode.OK


@command.command()
@click.argument("addresses", nargs=-1, required=True, type=ADDRESS)
@lock_options
def rm(addresses: tuple[Address, ...], lock: LockOptions) -> int:
    """Forget objects. They stay on their server."""

    async def forget(ledger: Ledger) -> None:
        for identity in [found for address in addresses for found in _identities(ledger.state, address)]:
            await ledger.remove(identity)

    _change("state rm", lock, forget)
    for address in addresses:
        click.echo(f"{address} is no longer managed here.")
    return ExitCode.OK


@command.command()
def pull() -> int:
    """Print the state, as its file has it."""
    from state.file import encode  # noqa: PLC0415 - loaded where it is used

    click.echo(encode(_store().read()).decode(), nl=False)
    return ExitCode.OK


@command.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--force", is_flag=True, help="Also over a newer state, or one of another lineage.")
@lock_options
def push(file: Path, force: bool, lock: LockOptions) -> int:
    """Replace the state with that in FILE; - is standard input."""
    from hcl_lite.cli.locking import locked  # noqa: PLC0415 - loaded where it is used

    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise HclError(Diagnostic(f"Cannot read {file}", f"{error.strerror}.")) from error
    store = _store()
    state = store.decode(data, str(file))
    with locked(store, "state push", lock):
        store.push(state, force)
    click.echo(f"{store.place} has serial {state.serial} now.")
    return ExitCode.OK


@command.command()
@lock_options
def encrypt(lock: LockOptions) -> int:
    """Write the state under the key of [hcl_lite.encryption]: the first time, or after the key has changed.

    Earlier states, which are not, are deleted.
    """
    from hcl_lite.operations.project import load_store  # noqa: PLC0415 - loaded where it is used
    from state.encryption import Sealing  # noqa: PLC0415

    store = load_store(here())
    cipher = store.cipher
    if not isinstance(cipher, Sealing):
        hint = 'Put [hcl_lite.encryption] with key = "env:NAME" into the configuration.'
        raise HclError(Diagnostic("The configuration names no key to encrypt the state with", hint=hint))
    store.cipher = replace(cipher, accept_plain=True)
    _reseal("state encrypt", lock, store, cipher)
    click.echo("The state is encrypted. Plans that were saved before it have to be made again.")
    return ExitCode.OK


@command.command()
@lock_options
def decrypt(lock: LockOptions) -> int:
    """Write the state as it is, without encryption; then take [hcl_lite.encryption] out of the configuration."""
    from hcl_lite.operations.project import load_store  # noqa: PLC0415 - loaded where it is used
    from state.encryption import Plain  # noqa: PLC0415

    _reseal("state decrypt", lock, load_store(here()), Plain())
    click.echo("The state is not encrypted any more. Take [hcl_lite.encryption] out of the configuration now.")
    return ExitCode.OK


def _reseal(command_name: str, lock: LockOptions, store: Workspace, cipher: Cipher) -> None:
    """The state and the backups of this directory, written anew with `cipher`."""
    from hcl_lite.cli.locking import locked  # noqa: PLC0415
    from hcl_lite.operations.backend import open_backups  # noqa: PLC0415 - loaded where it is used

    with locked(store, command_name, lock):
        backups = open_backups(store, here())
        store.reseal(cipher)
        backups.reseal(cipher)


@command.command()
def history() -> int:
    """The states that are kept, oldest first, and when each was written."""
    store = _store()
    versions = store.history()
    for version in versions:
        click.echo(f"{version.serial:>8}  {version.written}")
    if not versions:
        click.echo(f"No history is kept at {store.place}.", err=True)
    return ExitCode.OK


@command.command()
@click.argument("serial", type=click.IntRange(0))
@lock_options
def rollback(serial: int, lock: LockOptions) -> int:
    """Bring back the state that had SERIAL, as a new one. Nothing is changed on any server."""
    from hcl_lite.cli.locking import locked  # noqa: PLC0415 - loaded where it is used

    store = _store()
    with locked(store, "state rollback", lock):
        state = store.rollback(serial)
    click.echo(f"Serial {serial} is back, as serial {state.serial}. See what differs with: hcl-lite plan")
    return ExitCode.OK


def _change(command_name: str, lock: LockOptions, change: Callable[[Ledger], Awaitable[None]]) -> None:
    """Change the state as every run does: by the journal, after what an interrupted run has left there."""
    from hcl_lite.cli.locking import locked  # noqa: PLC0415 - loaded where it is used
    from hcl_lite.operations.event_loop import run_async  # noqa: PLC0415 - loaded where it is used
    from state.store import Ledger  # noqa: PLC0415

    store = _store()

    async def work() -> None:
        ledger = Ledger(store, store.read())
        try:
            await change(ledger)
        finally:
            ledger.finish()

    with locked(store, command_name, lock):
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


def _store() -> Workspace:
    from hcl_lite.operations.project import load_store  # noqa: PLC0415 - loaded where it is used

    return load_store(here())
