"""hcl-lite force-unlock: end the lock of a run that is gone."""

from __future__ import annotations

import click

from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode


@click.command(name="force-unlock")
@click.argument("lock_id", metavar="ID")
@click.option("--force", is_flag=True, help="Do not ask.")
def command(lock_id: str, force: bool) -> int:
    """End the lock ID, which the message about it names.

    If its run is still going on, two may change the same objects: make sure that it has ended.
    """
    from hcl_lite.cli.prompts import is_agreed  # noqa: PLC0415 - loaded where it is used
    from hcl_lite.operations.project import load_store  # noqa: PLC0415

    store = load_store(here())
    question = f"End the lock {lock_id} of {store.place}? Its run must have ended."
    if not is_agreed(question, "force-unlock", force, "--force"):
        return ExitCode.ERROR
    store.storage.release(lock_id)
    click.echo(f"{store.place} is unlocked.")
    if store.journal.exists():
        click.echo("The run has left its journal: the next plan tells what it did, the next apply goes on from there.")
    return ExitCode.OK
