"""hcl-lite restore: list the runs that were backed up, and put objects back as they were before one of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import ADDRESS, lock_options, restoring_options
from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean
from hcl_lite.operations.requests import Inputs, LockOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hcl_lite.core.values import JsonValue
    from state.backups import BackupStore, Run
    from state.model import State


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
        return _list(as_json)
    from hcl_lite.cli.run_restore import RestoreRequest, carry_out  # noqa: PLC0415 - the engine is loaded where it is used

    def choose(backups: BackupStore, state: State) -> Run:
        return _chosen(backups, state, run, addresses)

    return carry_out(RestoreRequest(inputs, "restore", choose, addresses, overwrite, auto_approve, lock, full))


def _list(as_json: bool) -> int:
    from hcl_lite.cli.views.table_text import render_table  # noqa: PLC0415
    from hcl_lite.operations.project import load_project  # noqa: PLC0415 - loaded where it is used

    project = load_project(here(), Inputs())
    rows = [_row(run) for run in project.backups.list(project.store.read().lineage)]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    else:
        click.echo(render_table(rows) if rows else "There are no backups: no run has changed anything.")
    return ExitCode.OK


def _row(run: Run) -> Mapping[str, JsonValue]:
    from state.backups import Write  # noqa: PLC0415 - loaded where it is used

    counts = {str(write): run.count(write) for write in Write}
    return {"run": run.name, "command": run.command, **counts, "undone": "yes" if run.is_undone else ""}


def _chosen(backups: BackupStore, state: State, name: str, addresses: tuple[Address, ...]) -> Run:
    """The run of that name. Raises HclError where there is none, or where it has nothing of an address."""
    runs = backups.list(state.lineage)
    found = [run for run in runs if run.name.startswith(name)]
    if len(found) != 1:
        several = f"It is the beginning of {', '.join(run.name for run in found)}." if found else ""
        hint = "hcl-lite restore lists the runs."
        what = f'There is no run "{name}"' if not found else f'"{name}" is the beginning of several runs'
        raise HclError(Diagnostic(what, several or did_you_mean(name, (run.name for run in runs)), hint=hint))
    kept = [entry.identity.address for entry in found[0].entries if entry.file]
    for address in addresses:
        if not any(address.covers(other) for other in kept):
            made = any(address.covers(entry.identity.address) for entry in found[0].entries)
            detail = (
                "The run made it: there is nothing from before." if made else did_you_mean(str(address), map(str, kept))
            )
            raise HclError(Diagnostic(f"Run {found[0].name} has no backup of {address}", detail))
    return found[0]
