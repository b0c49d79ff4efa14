"""hcl-lite pull: bring what was changed in Grafana back into the files."""

from __future__ import annotations

import click

from hcl_lite.cli.options import ADDRESS, lock_options, variable_options
from hcl_lite.cli.run_pull import run_pull
from hcl_lite.core.addrs import Address
from hcl_lite.operations.pulling.merge import Side
from hcl_lite.operations.pulling.model import PullRequest
from hcl_lite.operations.requests import Inputs, LockOptions


@click.command(name="pull")
@click.argument("addresses", metavar="[ADDRESS]...", nargs=-1, type=ADDRESS)
@click.option("--ours", "side", flag_value="ours", help="Where both sides have changed, what the files say stays.")
@click.option("--theirs", "side", flag_value="theirs", help="Where both have changed, what is on the server is taken.")
@click.option(
    "--literal", "writes_literals", is_flag=True, help="Write values in place of expressions that give others."
)
@click.option("--new", "takes_new", is_flag=True, help="Take over what nobody manages in managed folders, too.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Show what would change in the files, and write nothing.")
@click.option("--check", "is_check", is_flag=True, help="Write nothing; exit code 2 where there is something to pull.")
@variable_options
@lock_options
def command(
    addresses: tuple[Address, ...],
    side: str | None,
    writes_literals: bool,
    takes_new: bool,
    is_dry_run: bool,
    is_check: bool,
    inputs: Inputs,
    lock: LockOptions,
) -> int:
    """Bring what was changed in Grafana back into the files that the blocks at ADDRESS, or all blocks, are made of.

    Only what was changed is written: all else in a file stays as it is. Where both sides have changed the same, --ours
    and --theirs decide, or whoever sits at the terminal; else the files stay as they are there, and the exit code is 1.
    Nothing is changed on the server. The command ends with a plan.
    """
    chosen = Side(side) if side else None
    only_looks = is_dry_run or is_check
    request = PullRequest(inputs, addresses, chosen, writes_literals, takes_new, only_looks, lock)
    return run_pull(request, is_check=is_check)
