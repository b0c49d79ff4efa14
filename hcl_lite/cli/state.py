"""hcl-lite state: list, show, move and forget objects of the state. No server is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import ADDRESS, lock_options
from hcl_lite.core.addrs import Address, in_order
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean

if TYPE_CHECKING:
    from state.model import Record, State
    from state.store import StateStore


@click.group(name="state")
def command() -> None:
    """List, show, move and forget objects of the state."""


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

    def move(state: State) -> State:
        record = _find(state, source)
        if target in state.records:
            raise HclError(Diagnostic(f"{target} stands for {state.records[target].uid} already"))
        if target.type != source.type:
            raise HclError(Diagnostic("An object keeps its type", f"{source.type} cannot become {target.type}."))
        moved = {target if a == source else a: _renamed(r, source, target) for a, r in state.records.items()}
        return replace(state, records={**moved, target: _renamed(replace(record, address=target), source, target)})

    _change("state mv", lock_timeout, move)
    click.echo(f"{source} is now {target}.")
    return ExitCode.OK


@command.command()
@click.argument("addresses", nargs=-1, required=True, type=ADDRESS)
@lock_options
def rm(addresses: tuple[Address, ...], lock_timeout: float) -> int:
    """Forget objects. They stay on their server."""

    def forget(state: State) -> State:
        for address in addresses:
            _find(state, address)
        return replace(state, records={a: r for a, r in state.records.items() if a not in addresses})

    _change("state rm", lock_timeout, forget)
    for address in addresses:
        click.echo(f"{address} is no longer managed here.")
    return ExitCode.OK


def _change(command_name: str, lock_timeout: float, change: Callable[[State], State]) -> None:
    store = _store()
    with store.lock(command_name, lock_timeout):
        state = change(store.read())
        store.write(replace(state, serial=state.serial + 1))
        store.journal_path.unlink(missing_ok=True)


def _renamed(record: Record, source: Address, target: Address) -> Record:
    return replace(record, dependencies=tuple(target if a == source else a for a in record.dependencies))


def _find(state: State, address: Address) -> Record:
    record = state.records.get(address)
    if record is None:
        raise HclError(
            Diagnostic(f"The state has no {address}", did_you_mean(str(address), (str(a) for a in state.records)))
        )
    return record


def _store() -> StateStore:
    from hcl_lite.cli.workspace import load_store  # noqa: PLC0415 - loaded where it is used

    return load_store()
