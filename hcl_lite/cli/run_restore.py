"""What undo and restore share: lock, plan from the backups, ask, carry out, report."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import click

from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.locking import locked
from hcl_lite.cli.progress import progress_of
from hcl_lite.cli.prompts import agrees, check_somebody_is_there
from hcl_lite.cli.run_apply import by_signals, report
from hcl_lite.cli.views.plan_text import render_plan, render_question
from hcl_lite.core.addrs import Address
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.planning import make_build
from hcl_lite.operations.project import Project, load_project
from hcl_lite.operations.requests import Inputs, LockOptions
from hcl_lite.operations.restoring import RestoreOptions, plan_restoration, restore
from state.backups import BackupStore, Run
from state.model import State


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
    project = load_project(here(), request.inputs)
    if not request.auto_approve:
        check_somebody_is_there(request.command)
    with locked(project.store, request.command, request.lock):
        return _carry_out(request, project)


def _carry_out(request: RestoreRequest, project: Project) -> int:
    state = project.store.read()
    run = request.choose(project.backups, state)
    build = run_async(lambda: make_build(project, state, destroy=True))
    options = RestoreOptions(request.is_undo, request.addresses, request.overwrite, request.full)
    restoration = run_async(lambda: plan_restoration(project, build, state, run, options))
    click.echo(f"Run {run.name}: {run.command}, {run.started:%Y-%m-%d %H:%M:%S} UTC.\n")
    told = restoration.steps or restoration.refused
    click.echo(render_plan(restoration.plan, full=request.full) if told else "There is nothing to do.")
    left = ExitCode.ERROR if restoration.refused else ExitCode.OK
    asks = bool(restoration.steps) and not request.auto_approve
    if asks and not agrees(render_question(restoration.plan, "Do this?")):
        click.echo("Nothing was changed.")
        return ExitCode.ERROR
    begun = time.monotonic()
    with progress_of(len(restoration.steps)) as progress:
        result = run_async(
            lambda: restore(
                project,
                build,
                state,
                run,
                restoration,
                command=request.command,
                undoing=request.is_undo,
                told=progress,
                stopping=by_signals,
            )
        )
    if not restoration.steps:
        return left
    return report(restoration.plan, result, time.monotonic() - begun, request.command.capitalize()) or left
