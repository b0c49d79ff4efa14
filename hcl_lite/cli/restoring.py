"""What undo and restore share: lock, plan from the backups, ask, carry out, report."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import click

from hcl_lite.cli.applying import report, stopping
from hcl_lite.cli.asking import agrees, check_somebody_is_there
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.locking import locked
from hcl_lite.cli.options import Inputs, LockOptions
from hcl_lite.cli.progress import progress_of
from hcl_lite.cli.views.plan_text import render_plan, render_question
from hcl_lite.core.addrs import Address
from hcl_lite.engine.apply import ApplyResult
from hcl_lite.engine.backing_up import BackingUp
from hcl_lite.engine.graph import Build
from hcl_lite.engine.moves import destination
from hcl_lite.engine.preparing import prepare
from hcl_lite.engine.restoration import Restoration
from hcl_lite.engine.restoration_planner import RestorePlanner
from hcl_lite.engine.restorer import Restorer
from hcl_lite.engine.server_faults import told_of_faults
from hcl_lite.engine.session import Session
from hcl_lite.lang.expand import provider_address
from hcl_lite.operations.project import Project, load_project, make_build, run_async
from state.backups import BackupStore, Run
from state.model import State
from state.store import Ledger


@dataclass(frozen=True, slots=True)
class RestoreRequest:
    """What the user asked for: `choose` gives the run, or raises HclError."""

    inputs: Inputs
    command: str
    choose: Callable[[BackupStore, State], Run]
    addresses: tuple[Address, ...] = ()
    overwrite: bool = False
    auto_approve: bool = False
    lock: LockOptions = field(default_factory=LockOptions)
    full: bool = False

    @property
    def is_undo(self) -> bool:
        return self.command == "undo"


def carry_out(request: RestoreRequest) -> int:
    """Take back a run, or put back objects, from beginning to end; the exit code."""
    project = load_project(request.inputs)
    if not request.auto_approve:
        check_somebody_is_there(request.command)
    with locked(project.store, request.command, request.lock):
        return _carry_out(request, project)


def _carry_out(request: RestoreRequest, project: Project) -> int:
    state = project.store.read()
    run = request.choose(project.backups, state)
    build = run_async(lambda: make_build(project, state, destroy=True))
    restoration = run_async(lambda: _plan(request, project, build, state, run))
    click.echo(f"Run {run.name}: {run.command}, {run.started:%Y-%m-%d %H:%M:%S} UTC.\n")
    told = restoration.steps or restoration.refused
    click.echo(render_plan(restoration.plan, full=request.full) if told else "There is nothing to do.")
    left = ExitCode.ERROR if restoration.refused else ExitCode.OK
    asks = bool(restoration.steps) and not request.auto_approve
    if asks and not agrees(render_question(restoration.plan, "Do this?")):
        click.echo("Nothing was changed.")
        return ExitCode.ERROR
    begun = time.monotonic()
    result = run_async(lambda: _restore(request, project, build, state, run, restoration))
    if not restoration.steps:
        return left
    return report(restoration.plan, result, time.monotonic() - begun, request.command.capitalize()) or left


async def _plan(request: RestoreRequest, project: Project, build: Build, state: State, run: Run) -> Restoration:
    session = Session(build.config, project.providers, read_only=True)
    try:
        with told_of_faults(build.config):
            await _open(session, build, state, run)
            return await RestorePlanner(
                project.backups,
                run,
                state,
                session,
                undoing=request.is_undo,
                overwrite=request.overwrite,
                addresses=request.addresses,
                moved=lambda address: destination(address, build.config),
                full=request.full,
            ).make()
    finally:
        await session.close()


async def _restore(
    request: RestoreRequest, project: Project, build: Build, state: State, run: Run, restoration: Restoration
) -> ApplyResult:
    session = Session(build.config, project.providers, read_only=False)
    ledger = Ledger(project.store, state, request.command)
    backups = project.backups
    log = backups.begin(request.command, state.lineage)
    backing_up = BackingUp(restoration.plan, log, ledger, session.resource_type)
    session.around, session.gives_up = backing_up.around, backing_up.gives_up
    try:
        with ledger.ended_by_errors(), told_of_faults(build.config):
            await _open(session, build, state, run)
        with progress_of(len(restoration.steps)) as progress:
            restorer = Restorer(restoration, session, ledger, request.is_undo, progress=progress)
            restorer.note = lambda entry, end, after: backups.mark(run, entry, end, after)
            with stopping(restorer.stop, session, project.store):
                return await restorer.run()
    finally:
        log.close()
        backups.close()
        await session.close()


async def _open(session: Session, build: Build, state: State, run: Run) -> None:
    """Open the providers that the run changed objects of. Raises HclError for one that is no longer declared."""
    for name in dict.fromkeys(entry.identity.provider for entry in run.entries):
        if provider_address(name) in build.config.blocks:
            await prepare(build, state, session, provider_address(name))
        session.get(name)
