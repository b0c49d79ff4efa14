"""hcl-lite undo: take back what the last run changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hcl_lite.cli.options import lock_options, restoring_options
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.operations.requests import Inputs, LockOptions

if TYPE_CHECKING:
    from state.backups import BackupStore, Run
    from state.model import State


@click.command(name="undo")
@restoring_options
@lock_options
def command(inputs: Inputs, overwrite: bool, auto_approve: bool, full: bool, lock: LockOptions) -> int:
    """Take back what the last apply, destroy or restore on this machine has changed.

    What it made is deleted, what it updated is put back, what it deleted is made again with its uid. What somebody has
    changed since stays as it is, and secrets stay as they are. The configuration is not touched: the next plan shows
    how the objects differ from it.
    """
    from hcl_lite.cli.run_restore import RestoreRequest, carry_out  # noqa: PLC0415 - the engine is loaded where it is used

    return carry_out(
        RestoreRequest(inputs, "undo", _last, overwrite=overwrite, auto_approve=auto_approve, lock=lock, full=full)
    )


def _last(backups: BackupStore, state: State) -> Run:
    """The newest run that was no undo. Raises HclError where there is none to be undone."""
    runs = [run for run in backups.list(state.lineage) if run.command != "undo" and run.has_changed]
    if not runs:
        detail = f"{backups.place} has no run on this state."
        hint = "It is written by every run that changes something, unless [hcl_lite] backups is 0."
        raise HclError(Diagnostic("There is nothing to undo", detail, hint=hint))
    last = runs[0]
    if last.is_undone:
        told = f"The {last.command} of {last.started:%Y-%m-%d %H:%M:%S} UTC is undone already"
        hint = (
            "To go further back: hcl-lite restore lists the runs, hcl-lite restore RUN puts back what was before one."
        )
        raise HclError(Diagnostic(told, "Undo takes back the last run only.", hint=hint))
    return last
