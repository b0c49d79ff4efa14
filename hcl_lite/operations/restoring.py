"""Runs taken back, and objects put back, from what was kept of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hcl_lite.core.addrs import Address
from hcl_lite.engine.applying.applier import ApplyResult, Event
from hcl_lite.engine.graph import Build
from hcl_lite.engine.moves import destination
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.prerequisites import prepare
from hcl_lite.engine.restoring.restore_plan import Restoration
from hcl_lite.engine.restoring.restore_planner import RestorePlanner
from hcl_lite.engine.restoring.restorer import Restorer
from hcl_lite.engine.server_faults import told_of_faults
from hcl_lite.lang.evaluation.expand import provider_address
from hcl_lite.operations.project import Project
from hcl_lite.operations.stopping import Stopper, Stopping, unstopped
from hcl_lite.operations.writing import unheard, writing
from state.backups import Run
from state.model import State


@dataclass(frozen=True, slots=True)
class RestoreOptions:
    """What of a run is taken back: all of it with `undoing`, else the objects at `addresses`; with `overwrite` also
    what somebody has changed since. `full` tells every key in the plan."""

    undoing: bool
    addresses: tuple[Address, ...] = ()
    overwrite: bool = False
    full: bool = False


async def plan_restoration(
    project: Project, build: Build, state: State, run: Run, options: RestoreOptions
) -> Restoration:
    """What it takes, with the plan to show. Raises HclError, and ProviderError."""
    session = Session(build.config, project.providers, project.context, read_only=True)
    try:
        with told_of_faults(build.config):
            await _open(session, build, state, run)
            return await RestorePlanner(
                project.backups,
                run,
                state,
                session,
                undoing=options.undoing,
                overwrite=options.overwrite,
                addresses=options.addresses,
                moved=lambda address: destination(address, build.config),
                full=options.full,
            ).make()
    finally:
        await session.close()


async def restore(
    project: Project,
    build: Build,
    state: State,
    run: Run,
    restoration: Restoration,
    *,
    command: str,
    undoing: bool,
    told: Callable[[Event], None] = unheard,
    stopping: Stopping = unstopped,
) -> ApplyResult:
    """What came of it, with the state locked; `told` hears of each step. Raises HclError, and ProviderError, where
    nothing could be begun."""
    async with writing(project, build, restoration.plan, state, command) as ours:
        with ours.ledger.ended_by_errors(), told_of_faults(build.config):
            await _open(ours.session, build, state, run)
        restorer = Restorer(restoration, ours.session, ours.ledger, undoing, progress=told)
        restorer.note = lambda entry, end, after: ours.backups.mark(run, entry, end, after)
        with stopping(Stopper(restorer.stop, ours.session, project.store)):
            return await restorer.run()


async def _open(session: Session, build: Build, state: State, run: Run) -> None:
    """Open the providers that the run changed objects of. Raises HclError for one that is no longer declared."""
    for name in dict.fromkeys(entry.identity.provider for entry in run.entries):
        if provider_address(name) in build.config.blocks:
            await prepare(build, state, session, provider_address(name))
        session.get(name)
