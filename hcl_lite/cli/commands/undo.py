"""hcl-lite undo: take back what the last run changed."""

from __future__ import annotations

import click

from hcl_lite.cli.options import lock_options, restoring_options
from hcl_lite.cli.run_restore import carry_out
from hcl_lite.operations.requests import Inputs, LockOptions, RestoreRequest


@click.command(name="undo")
@restoring_options
@lock_options
def command(inputs: Inputs, overwrite: bool, auto_approve: bool, full: bool, lock: LockOptions) -> int:
    """Take back what the last apply, destroy or restore on this machine has changed.

    What it made is deleted, what it updated is put back, what it deleted is made again with its uid. What somebody has
    changed since stays as it is, and secrets stay as they are. The configuration is not touched: the next plan shows
    how the objects differ from it.
    """
    request = RestoreRequest(inputs, overwrite=overwrite, full=full, lock=lock)
    return carry_out(request, auto_approve=auto_approve)
