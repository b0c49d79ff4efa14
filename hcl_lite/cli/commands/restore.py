"""hcl-lite restore: list the runs that were backed up, and put objects back as they were before one of them."""

from __future__ import annotations

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import ADDRESS, lock_options, restoring_options
from hcl_lite.cli.run_restore import carry_out
from hcl_lite.cli.views import form, view
from hcl_lite.core.addrs import Address
from hcl_lite.operations.requests import Inputs, LockOptions, RestoreRequest


@click.command(name="restore")
@click.argument("run", required=False)
@click.argument("addresses", metavar="[ADDRESS]...", nargs=-1, type=ADDRESS)
@click.option("--json", "as_json", is_flag=True, help="The list as JSON.")
@restoring_options
@lock_options
def command(
    run: str | None,
    addresses: tuple[Address, ...],
    as_json: bool,
    inputs: Inputs,
    overwrite: bool,
    auto_approve: bool,
    full: bool,
    lock: LockOptions,
) -> int:
    """Put the objects at ADDRESS back as they were before RUN, or all that it updated or deleted.

    Without RUN, list the runs; the beginning of a name will do for it. What somebody has changed since stays as it is,
    and secrets stay as they are.
    """
    if run is None:
        click.echo(view("runs", form(as_json))(operations.list_runs(here())))
        return ExitCode.OK
    return carry_out(RestoreRequest(inputs, run, addresses, overwrite, full, lock), auto_approve=auto_approve)
