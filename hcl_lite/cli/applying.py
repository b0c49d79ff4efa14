"""What apply, destroy and refresh share: lock, plan or take a plan, ask, carry out, report."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import click

from hcl_lite import __version__
from hcl_lite.cli.asking import agrees, check_somebody_is_there
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.locking import locked
from hcl_lite.cli.logs import log_event, log_problems
from hcl_lite.cli.options import Inputs, LockOptions
from hcl_lite.cli.progress import progress_of
from hcl_lite.cli.views.apply_text import APPLY, DESTROY, render_outputs, render_result, render_skipped
from hcl_lite.cli.views.diagnostics import render_diagnostics
from hcl_lite.cli.views.plan_text import render_plan, render_question, render_summary, too_many_deletions
from hcl_lite.core.diags import Diagnostic, HclError, raise_if_errors
from hcl_lite.engine.apply import Applier, ApplyResult, Event
from hcl_lite.engine.backing_up import BackingUp
from hcl_lite.engine.changes import Plan
from hcl_lite.engine.freshness import check_files, check_given, check_plans, check_state, check_unused
from hcl_lite.engine.graph import Build
from hcl_lite.engine.options import Options
from hcl_lite.engine.session import Session
from hcl_lite.operations.project import Project, load_project, make_plan, run_async
from state.model import State
from state.store import Ledger
from state.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ApplyRequest:
    """What the user asked for. `plan` is a saved one; `question` is asked before anything is changed."""

    inputs: Inputs
    options: Options
    plan: Plan | None = None
    auto_approve: bool = False
    parallelism: int = 10
    lock: LockOptions = field(default_factory=LockOptions)
    command: str = "apply"
    question: str = "Carry out this plan?"
    max_destroy: int | None = None
    full: bool = False


def carry_out(request: ApplyRequest) -> int:
    """Run an apply from beginning to end; the exit code."""
    project = load_project(request.inputs)
    if request.plan is None and not request.auto_approve:
        check_somebody_is_there(request.command, otherwise=", or a plan that was saved with: hcl-lite plan --out FILE")
    with locked(project.store, request.command, request.lock):
        return _carry_out(request, project)


def _carry_out(request: ApplyRequest, project: Project) -> int:
    """Plan and apply have an event loop each: none runs while the user is asked, so that Ctrl-C ends the question."""
    state = project.store.read()
    if request.plan is None:
        plan, build = run_async(lambda: make_plan(project, state, replace(request.options, full=request.full)))
        click.echo(render_plan(plan, full=request.full))
    else:
        plan, build = _freshened(request.plan, project, state)
        if plan.is_empty:
            click.echo(render_summary(plan))
    if plan.is_settled and not state.pending and not project.store.journal.exists():
        return ExitCode.OK
    raise_if_errors(plan.refusals)
    if request.max_destroy is not None and len(plan.deleted) > request.max_destroy:
        click.echo("\n" + render_diagnostics([too_many_deletions(plan, request.max_destroy)]), err=True)
        return ExitCode.TOO_MANY
    question = render_question(plan, request.question)
    if not plan.is_empty and request.plan is None and not request.auto_approve and not agrees(question):
        click.echo("Nothing was changed.")
        return ExitCode.ERROR
    begun = time.monotonic()
    result = run_async(lambda: _apply(request, project, build, plan, state))
    return report(plan, result, time.monotonic() - begun)


async def _apply(request: ApplyRequest, project: Project, build: Build, plan: Plan, state: State) -> ApplyResult:
    session = Session(build.config, project.providers, read_only=plan.refresh_only)
    ledger = Ledger(project.store, state, request.command)
    log = project.backups.begin(request.command, state.lineage)
    backing_up = BackingUp(plan, log, ledger, session.resource_type)
    session.around, session.gives_up = backing_up.around, backing_up.gives_up
    try:
        with progress_of(len(plan.writes)) as progress:

            def told(event: Event) -> None:
                log_event(event)
                progress(event)

            if plan.id:
                await ledger.begin(plan.id)
            applier = Applier(build, plan, session, ledger, request.parallelism, told)
            with stopping(applier.stop, session, project.store):
                return await applier.run()
    finally:
        log.close()
        await session.close()


def _freshened(plan: Plan, project: Project, state: State) -> tuple[Plan, Build]:
    """A saved plan with what was read to check it, and its graph. Raises HclError where it is not what would be planned
    now."""
    if plan.version != __version__:
        detail = f"It was saved by hcl-lite {plan.version}; this is {__version__}."
        raise HclError(Diagnostic("The saved plan is of another version of hcl-lite", detail, hint="Plan again."))
    check_unused(plan, state)
    check_state(plan, state)
    check_files(plan, project.files(), os.environ)
    options = Options(plan.destroy, plan.refresh, plan.refresh_only, plan.targets, plan.replacing)
    now, build = run_async(lambda: make_plan(project, state, options))
    check_given(plan, now, os.environ)
    check_plans(plan, now)
    return replace(plan, copies=now.copies, warnings=now.warnings), build


def report(plan: Plan, result: ApplyResult, seconds: float, what: str = "") -> int:
    """Say what came of a run; the exit code. `what` it is begins the last line: an apply or a destroy, if it is neither
    undo nor restore."""
    what = what or (DESTROY if plan.destroy else APPLY)
    log_problems((*result.warnings, *result.failures))
    if result.warnings:
        click.echo("\n" + render_diagnostics(result.warnings), err=True)
    if result.failures:
        click.echo("\n" + render_diagnostics(result.failures), err=True)
    if result.skipped:
        click.echo("\n" + render_skipped(result.skipped), err=True)
    if plan.writes:
        click.echo("\n" + render_result(result, seconds, what))
    elif plan.refresh_only and not plan.is_empty and not result.failures:
        click.echo("\nThe state is up to date.")
    if result.outputs and not result.failures and not plan.destroy:
        click.echo("\n" + render_outputs(dict(result.outputs)))
    if result.stopped:
        return ExitCode.INTERRUPTED
    return ExitCode.ERROR if result.failures or result.skipped else ExitCode.OK


@contextmanager
def stopping(stop: asyncio.Event, session: Session, store: Workspace) -> Iterator[None]:
    """Ctrl-C and SIGTERM: the first lets running calls finish and be saved, and tries none again; the second ends the
    process at once.

    Ending at once loses nothing: every intent and every result so far is in the journal.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()

    def interrupt() -> None:
        if stop.is_set() and task is not None:
            task.cancel()
            return
        stop.set()
        session.stop_waiting()
        store.stop_waiting()
        click.echo("\nStopping: running calls are finished and saved. Once more stops at once.", err=True)

    handled = [signal.SIGINT, signal.SIGTERM]
    try:
        for number in handled:
            loop.add_signal_handler(number, interrupt)
    except (NotImplementedError, RuntimeError, ValueError):  # not on this system, or not in the main thread
        handled = []
    try:
        yield
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        for number in handled:
            loop.remove_signal_handler(number)
