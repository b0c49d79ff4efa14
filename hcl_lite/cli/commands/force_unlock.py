"""hcl-lite force-unlock: end the lock of a run that is gone."""

from __future__ import annotations

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.prompts import is_agreed


@click.command(name="force-unlock")
@click.argument("lock_id", metavar="ID")
@click.option("--force", is_flag=True, help="Do not ask.")
def command(lock_id: str, force: bool) -> int:
    """End the lock ID, which the message about it names.

    If its run is still going on, two may change the same objects: make sure that it has ended.
    """
    place = operations.find_place(here())
    question = f"End the lock {lock_id} of {place}? Its run must have ended."
    if not is_agreed(question, "force-unlock", force, "--force"):
        return ExitCode.ERROR
    left = operations.unlock(here(), lock_id)
    click.echo(f"{place} is unlocked.")
    if left:
        click.echo("The run has left its journal: the next plan tells what it did, the next apply goes on from there.")
    return ExitCode.OK
