"""hcl-lite import: take over an object that exists already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import ADDRESS, lock_options, variable_options
from hcl_lite.core.addrs import Address
from hcl_lite.operations.requests import Inputs, LockOptions

if TYPE_CHECKING:
    from hcl_lite.core.diags import Diagnostic
    from state.model import Record


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
    from hcl_lite.cli.locking import locked  # noqa: PLC0415 - loaded where it is used
    from hcl_lite.cli.views.diagnostics import render_diagnostics  # noqa: PLC0415
    from hcl_lite.engine.open_providers import Session  # noqa: PLC0415
    from hcl_lite.engine.planning.import_ import adopt  # noqa: PLC0415
    from hcl_lite.engine.server_faults import told_of_faults  # noqa: PLC0415
    from hcl_lite.operations.event_loop import run_async  # noqa: PLC0415 - the engine is loaded where it is used
    from hcl_lite.operations.planning import make_build  # noqa: PLC0415 - the engine is loaded where it is used
    from hcl_lite.operations.project import load_project  # noqa: PLC0415 - the engine is loaded where it is used
    from state.store import Ledger  # noqa: PLC0415

    project = load_project(here(), inputs)
    warnings: list[Diagnostic] = []

    async def work() -> Record:
        state = project.store.read()
        build = await make_build(project, state)
        session = Session(build.config, project.providers, project.context, read_only=True)
        try:
            with told_of_faults(build.config):
                record = await adopt(build, state, session, address, name, warnings.append)
        finally:
            await session.close()
        ledger = Ledger(project.store, state, "import")
        await ledger.put(record)
        ledger.finish()
        return record

    with locked(project.store, "import", lock):
        record = run_async(work)
    if warnings:
        click.echo(render_diagnostics(warnings), err=True)
    click.echo(f"{address} now stands for {record.uid}. See what differs with: hcl-lite plan")
    return ExitCode.OK
