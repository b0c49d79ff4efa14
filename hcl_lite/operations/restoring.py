"""Runs taken back, and objects put back, from what was kept of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean
from hcl_lite.core.progress import telling_progress
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.values import UNKNOWN
from hcl_lite.engine.applying.progress import ApplyResult, Event
from hcl_lite.engine.graph import Build
from hcl_lite.engine.moves import destination
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.prerequisites import prepare
from hcl_lite.engine.restoring.restore_plan import Restoration
from hcl_lite.engine.restoring.restore_planner import RestorePlanner
from hcl_lite.engine.restoring.restorer import Restorer
from hcl_lite.engine.server_faults import faults_as_diagnostics
from hcl_lite.lang.evaluation.expand import provider_address
from hcl_lite.operations.caller import Caller, Planned
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.locking import locked
from hcl_lite.operations.operation import operation, without_secrets
from hcl_lite.operations.planning import make_build
from hcl_lite.operations.project import Project, load_project
from hcl_lite.operations.requests import Inputs, RestoreRequest
from hcl_lite.operations.run_log import log_problems
from hcl_lite.operations.stopping import Stopper, Stopping
from hcl_lite.operations.writing import writing
from state.backups import BackupStore, Run
from state.model import State


@dataclass(frozen=True, slots=True)
class Restored:
    """The result of a restore or an undo. `result` is None where it `is_declined`."""

    run: Run
    restoration: Restoration
    result: ApplyResult | None = None
    seconds: float = 0.0
    is_declined: bool = False


@operation
def restore(context: RunContext, request: RestoreRequest, caller: Caller) -> Restored:
    """Plan from the backups, ask, and carry out. What fails on the way is in the result. Raises HclError, and
    ProviderError, where nothing could be begun."""
    project = load_project(context, request.inputs)
    caller.check()
    with locked(project.store, request.command, request.lock, caller):
        return _restore(project, request, caller)


def _restore(project: Project, request: RestoreRequest, caller: Caller) -> Restored:
    state = project.store.read()
    run = _chosen(project.backups, state, request)
    build = run_async(lambda: make_build(project, state, destroy=True))
    options = RestoreOptions(not request.run, request.addresses, request.overwrite, request.full)
    restoration = run_async(lambda: plan_restoration(project, build, state, run, options))
    caller.told(without_secrets(Planned(restoration.plan, run)))
    if restoration.steps and not caller.approve(restoration.plan):
        return Restored(run, restoration, is_declined=True)
    begun = time.monotonic()
    with telling_progress(caller.told):
        result = run_async(
            lambda: carry_out(
                project,
                build,
                state,
                run,
                restoration,
                command=request.command,
                undoing=options.undoing,
                told=caller.told,
                stopping=caller.stopping,
            )
        )
    if restoration.steps:
        log_problems((*result.warnings, *result.failures))
    return Restored(run, restoration, result, time.monotonic() - begun)


@operation
def list_runs(context: RunContext) -> Sequence[Run]:
    """The runs that can be restored from, the newest first. Raises HclError."""
    project = load_project(context, Inputs(missing=lambda *_: UNKNOWN))
    return tuple(project.backups.list(project.store.read().lineage))


def _chosen(backups: BackupStore, state: State, request: RestoreRequest) -> Run:
    runs = backups.list(state.lineage)
    return _named(runs, request.run, request.addresses) if request.run else _last(runs, backups.place)


def _last(found: Sequence[Run], place: str) -> Run:
    """The newest run that was no undo. Raises HclError where there is none to be undone."""
    runs = [run for run in found if run.command != "undo" and run.has_changed]
    if not runs:
        detail = f"{place} has no run on this state."
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


def _named(runs: Sequence[Run], name: str, addresses: tuple[Address, ...]) -> Run:
    """The run of that name. Raises HclError where there is none, or where it has nothing of an address."""
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


@dataclass(frozen=True, slots=True)
class RestoreOptions:
    """Which changes of a run are taken back: all of them with `undoing`, else those of the objects at `addresses`; with
    `overwrite` also of objects that somebody has changed since. `full` shows every key in the plan."""

    undoing: bool
    addresses: tuple[Address, ...] = ()
    overwrite: bool = False
    full: bool = False


async def plan_restoration(
    project: Project, build: Build, state: State, run: Run, options: RestoreOptions
) -> Restoration:
    """Returns the steps of a restoration, with the plan to show. Raises HclError, and ProviderError."""
    session = Session(build.config, project.providers, project.context, read_only=True)
    try:
        with faults_as_diagnostics(build.config):
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


async def carry_out(
    project: Project,
    build: Build,
    state: State,
    run: Run,
    restoration: Restoration,
    *,
    command: str,
    undoing: bool,
    told: Callable[[Event], None],
    stopping: Stopping,
) -> ApplyResult:
    """Carries out a restoration with the state locked; `told` receives an event for each step. Raises HclError, and
    ProviderError, where nothing could be begun."""
    async with writing(project, build, restoration.plan, state, command) as ours:
        with ours.ledger.ended_by_errors(), faults_as_diagnostics(build.config):
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
