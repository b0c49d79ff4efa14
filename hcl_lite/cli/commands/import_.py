"""hcl-lite import: take over an object that exists already."""

from __future__ import annotations

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.locking import CALLER
from hcl_lite.cli.options import ADDRESS, lock_options, variable_options
from hcl_lite.cli.views import view
from hcl_lite.core.addrs import Address
from hcl_lite.operations.requests import Inputs, LockOptions


@click.command(name="import")
@click.argument("address", type=ADDRESS)
@click.argument("name", metavar="ID")
@variable_options
@lock_options
def command(address: Address, name: str, inputs: Inputs, lock: LockOptions) -> int:
    """Take over the object ID as the one that the block ADDRESS stands for.

    ID is a uid; of a snapshot, its key; of a data source, also name:NAME or id:NUMBER. Nothing is changed on the
    server: the next plan shows where it differs.
    """
    imported = operations.import_object(here(), inputs, address, name, lock, CALLER)
    if imported.warnings:
        click.echo(view("diagnostics")(imported.warnings), err=True)
    click.echo(f"{address} now stands for {imported.record.uid}. See what differs with: hcl-lite plan")
    return ExitCode.OK
