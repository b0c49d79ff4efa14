"""hcl-lite state: list, show, move and forget objects of the state. No server is called."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import ADDRESS, lock_options
from hcl_lite.core.addrs import Address, in_order
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean

if TYPE_CHECKING:
    from state.model import Identity, Record, State
    from state.store import Ledger, StateStore


@click.group(name="state")
def command() -> None:
    """List, show, move and forget objects of the state; encrypt it."""


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
def mv(source: Address, target: Address, lock_timeout: float) -> int:
    """Let TARGET stand for the object that SOURCE stands for."""
    if (target.kind, target.type) != (source.kind, source.type):
        raise HclError(Diagnostic("An object keeps its type", f"{source} cannot become {target}."))

    async def move(ledger: Ledger) -> None:
        _find(ledger.state, source)
        if target in ledger.state.records:
            raise HclError(Diagnostic(f"{target} stands for {ledger.state.records[target].uid} already"))
        await ledger.move(source, target)

    _change("state mv", lock_timeout, move)
    click.echo(f"{source} is now {target}.")
    return ExitCode.OK


@command.command()
@click.argument("addresses", nargs=-1, required=True, type=ADDRESS)
@lock_options
def rm(addresses: tuple[Address, ...], lock_timeout: float) -> int:
    """Forget objects. They stay on their server."""

    async def forget(ledger: Ledger) -> None:
        for identity in [found for address in addresses for found in _identities(ledger.state, address)]:
            await ledger.remove(identity)

    _change("state rm", lock_timeout, forget)
    for address in addresses:
        click.echo(f"{address} is no longer managed here.")
    return ExitCode.OK


@command.command()
@lock_options
def encrypt(lock_timeout: float) -> int:
    """Write the state under the key of [hcl_lite.encryption]: the first time, or after the key has changed."""
    from hcl_lite.cli.project import load_store  # noqa: PLC0415 - loaded where it is used
    from state.encryption import Cipher, Sealing  # noqa: PLC0415

    def accepting(cipher: Cipher) -> Cipher:
        if isinstance(cipher, Sealing):
            return replace(cipher, accept_plain=True)
        hint = 'Put [hcl_lite.encryption] with key = "env:NAME" into the configuration.'
        raise HclError(Diagnostic("The configuration names no key to encrypt the state with", hint=hint))

    _rewrite("state encrypt", lock_timeout, load_store(accepting), load_store())
    click.echo("The state is encrypted. Plans that were saved before it have to be made again.")
    return ExitCode.OK


@command.command()
@lock_options
def decrypt(lock_timeout: float) -> int:
    """Write the state as it is, without encryption; then take [hcl_lite.encryption] out of the configuration."""
    from hcl_lite.cli.project import load_store  # noqa: PLC0415 - loaded where it is used
    from state.encryption import Plain  # noqa: PLC0415

    _rewrite("state decrypt", lock_timeout, load_store(), load_store(lambda _: Plain()))
    click.echo("The state is not encrypted any more. Take [hcl_lite.encryption] out of the configuration now.")
    return ExitCode.OK


def _rewrite(command_name: str, lock_timeout: float, source: StateStore, target: StateStore) -> None:
    """The state as `source` reads it, written by `target`; what an interrupted run has left is in it then."""
    with source.lock(command_name, lock_timeout):
        state = source.read()
        for _ in range(2):  # the second time, so that the copy of the state before it is as the new one
            state = replace(state, serial=state.serial + 1)
            target.write(state)
        source.journal_path.unlink(missing_ok=True)


def _change(command_name: str, lock_timeout: float, change: Callable[[Ledger], Awaitable[None]]) -> None:
    """Change the state as every run does: by the journal, after what an interrupted run has left there."""
    from hcl_lite.cli.project import run_async  # noqa: PLC0415 - loaded where it is used
    from state.store import Ledger  # noqa: PLC0415

    store = _store()

    async def work() -> None:
        ledger = Ledger(store, store.read())
        try:
            await change(ledger)
        finally:
            ledger.finish()

    with store.lock(command_name, lock_timeout):
        run_async(work)


def _identities(state: State, address: Address) -> list[Identity]:
    """Every object that the address stands for: also one to be deleted, and one that an ended run may have made."""
    found = [record.identity for record in state.all_records() if record.address == address]
    found += [identity for identity in state.pending if identity.address == address]
    return found or [_find(state, address).identity]


def _find(state: State, address: Address) -> Record:
    record = state.records.get(address)
    if record is None:
        raise HclError(
            Diagnostic(f"The state has no {address}", did_you_mean(str(address), (str(a) for a in state.records)))
        )
    return record


def _store() -> StateStore:
    from hcl_lite.cli.project import load_store  # noqa: PLC0415 - loaded where it is used

    return load_store()
