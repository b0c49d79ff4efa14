"""hcl-lite state: look at the state and change it, alone. No Grafana is called."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.locking import CALLER
from hcl_lite.cli.options import ADDRESS, lock_options
from hcl_lite.cli.views import view
from hcl_lite.core.addrs import Address, in_order
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.operations.requests import LockOptions


@click.group(name="state")
def command() -> None:
    """Look at the state and change it, alone. No Grafana is called."""


@command.command(name="list")
@click.argument("prefix", required=False, default="")
def list_(prefix: str) -> int:
    """The addresses of all objects, or of those that begin with PREFIX."""
    for address in in_order(operations.read_state(here()).records):
        if str(address).startswith(prefix):
            click.echo(str(address))
    return ExitCode.OK


@command.command()
@click.argument("address", type=ADDRESS)
def show(address: Address) -> int:
    """What is remembered of one object."""
    click.echo(view("record")(operations.find_record(here(), address)))
    return ExitCode.OK


@command.command()
@click.argument("source", type=ADDRESS)
@click.argument("target", type=ADDRESS)
@lock_options
def mv(source: Address, target: Address, lock: LockOptions) -> int:
    """Let TARGET stand for the object that SOURCE stands for."""
    operations.move(here(), source, target, lock, CALLER)
    click.echo(f"{source} is now {target}.")
    return ExitCode.OK


@command.command()
@click.argument("addresses", nargs=-1, required=True, type=ADDRESS)
@lock_options
def rm(addresses: tuple[Address, ...], lock: LockOptions) -> int:
    """Forget objects. They stay on their server."""
    operations.forget(here(), addresses, lock, CALLER)
    for address in addresses:
        click.echo(f"{address} is no longer managed here.")
    return ExitCode.OK


@command.command()
def pull() -> int:
    """Print the state, as its file has it."""
    click.echo(operations.pull(here()).decode(), nl=False)
    return ExitCode.OK


@command.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--force", is_flag=True, help="Also over a newer state, or one of another lineage.")
@lock_options
def push(file: Path, force: bool, lock: LockOptions) -> int:
    """Replace the state with that in FILE; - is standard input."""
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else (here().directory / file).read_bytes()
    except OSError as error:
        raise HclError(Diagnostic(f"Cannot read {file}", f"{error.strerror}.")) from error
    place, state = operations.push(here(), data, str(file), lock, CALLER, force=force)
    click.echo(f"{place} has serial {state.serial} now.")
    return ExitCode.OK


@command.command()
@lock_options
def encrypt(lock: LockOptions) -> int:
    """Write the state under the key of [hcl_lite.encryption]: the first time, or after the key has changed.

    Earlier states, which are not, are deleted.
    """
    operations.encrypt(here(), lock, CALLER)
    click.echo("The state is encrypted. Plans that were saved before it have to be made again.")
    return ExitCode.OK


@command.command()
@lock_options
def decrypt(lock: LockOptions) -> int:
    """Write the state as it is, without encryption; then take [hcl_lite.encryption] out of the configuration."""
    operations.decrypt(here(), lock, CALLER)
    click.echo("The state is not encrypted any more. Take [hcl_lite.encryption] out of the configuration now.")
    return ExitCode.OK


@command.command()
def history() -> int:
    """The states that are kept, oldest first, and when each was written."""
    place, versions = operations.history(here())
    for version in versions:
        click.echo(f"{version.serial:>8}  {version.written}")
    if not versions:
        click.echo(f"No history is kept at {place}.", err=True)
    return ExitCode.OK


@command.command()
@click.argument("serial", type=click.IntRange(0))
@lock_options
def rollback(serial: int, lock: LockOptions) -> int:
    """Bring back the state that had SERIAL, as a new one. Nothing is changed on any server."""
    state = operations.rollback(here(), serial, lock, CALLER)
    click.echo(f"Serial {serial} is back, as serial {state.serial}. See what differs with: hcl-lite plan")
    return ExitCode.OK
