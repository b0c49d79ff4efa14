"""hcl-lite import: take over an object that exists already."""

from __future__ import annotations

import click

from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import ADDRESS, Inputs, LockOptions, lock_options, variable_options
from hcl_lite.core.addrs import Address


@click.command(name="import")
@click.argument("address", type=ADDRESS)
@click.argument("uid", metavar="ID")
@variable_options
@lock_options
def command(address: Address, uid: str, inputs: Inputs, lock: LockOptions) -> int:
    """Take over the object ID as the one that the block ADDRESS stands for.

    ID is a uid; of a snapshot, its key. Nothing is changed on the server: the next plan shows where it differs.
    """
    from hcl_lite.cli.locking import locked  # noqa: PLC0415 - loaded where it is used
    from hcl_lite.cli.project import load_project, make_build, run_async  # noqa: PLC0415 - the engine is loaded where it is used
    from hcl_lite.engine.adopt import adopt  # noqa: PLC0415
    from hcl_lite.engine.session import Session  # noqa: PLC0415
    from state.store import Ledger  # noqa: PLC0415

    project = load_project(inputs)

    async def work() -> None:
        state = project.store.read()
        build = await make_build(project, state)
        session = Session(build.config, project.providers, read_only=True)
        try:
            record = await adopt(build, state, session, address, uid)
        finally:
            await session.close()
        ledger = Ledger(project.store, state)
        await ledger.put(record)
        ledger.finish()

    with locked(project.store, "import", lock):
        run_async(work)
    click.echo(f"{address} now stands for {uid}. See what differs with: hcl-lite plan")
    return ExitCode.OK
