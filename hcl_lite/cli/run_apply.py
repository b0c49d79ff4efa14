"""What apply, destroy and refresh share: lock, plan or take a plan, ask, carry out, report."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import click

from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.locking import locked
from hcl_lite.cli.progress import progress_of
from hcl_lite.cli.prompts import agrees, check_somebody_is_there
from hcl_lite.cli.views.apply_text import APPLY, DESTROY, render_outputs, render_result, render_skipped
from hcl_lite.cli.views.diagnostics import render_diagnostics
from hcl_lite.cli.views.plan_text import render_plan, render_question, render_summary, too_many_deletions
from hcl_lite.core.diags import raise_if_errors
from hcl_lite.engine.applying.applier import ApplyResult
from hcl_lite.engine.plan import Plan
from hcl_lite.engine.planning.options import Options
from hcl_lite.operations.applying import apply_plan, check_fresh
from hcl_lite.operations.event_loop import run_async
from hcl_lite.operations.planning import make_plan
from hcl_lite.operations.project import Project, load_project
from hcl_lite.operations.requests import Inputs, LockOptions
from hcl_lite.operations.run_log import log_problems
from hcl_lite.operations.stopping import Stopper


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
    project = load_project(here(), request.inputs)
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
        saved = request.plan
        plan, build = run_async(lambda: check_fresh(saved, project, state))
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
    with progress_of(len(plan.writes)) as progress:
        result = run_async(
            lambda: apply_plan(
                project,
                build,
                plan,
                state,
                command=request.command,
                parallelism=request.parallelism,
                told=progress,
                stopping=by_signals,
            )
        )
    return report(plan, result, time.monotonic() - begun)


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
def by_signals(stopper: Stopper) -> Iterator[None]:
    """Ctrl-C and SIGTERM: the first lets running calls finish and be saved, and tries none again; the second ends the
    process at once.

    Ending at once loses nothing: every intent and every result so far is in the journal.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()

    def interrupt() -> None:
        if stopper.is_stopped and task is not None:
            task.cancel()
            return
        stopper.stop()
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
