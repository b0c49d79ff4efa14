"""The common part of apply, destroy and refresh: show the plan, ask, carry it out, report."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.locking import terminated
from hcl_lite.cli.progress import Shown
from hcl_lite.cli.prompts import agrees, check_somebody_is_there
from hcl_lite.cli.stream import Stream, streaming
from hcl_lite.cli.terminal import look_at, tell
from hcl_lite.cli.views import view
from hcl_lite.cli.views.look import Detail
from hcl_lite.core.diags import Diagnostic, HclError, TooManyDeletions
from hcl_lite.core.notices import notice
from hcl_lite.engine.applying.progress import ApplyResult
from hcl_lite.engine.plan import Plan
from hcl_lite.operations.caller import Caller, Planned
from hcl_lite.operations.requests import ApplyRequest
from hcl_lite.operations.stopping import Stopper


def carry_out(
    request: ApplyRequest,
    *,
    auto_approve: bool,
    detail: Detail,
    as_json: bool = False,
    question: str = "Carry out this plan?",
) -> int:
    """Run an apply from beginning to end; the exit code."""

    def show_plan(planned: Planned) -> None:
        if not planned.is_saved:
            click.echo(view("plan")(planned.plan, look_at(detail)))
        elif planned.plan.is_empty:
            click.echo(view("summary")(planned.plan))

    def check() -> None:
        otherwise = ", or a plan that was saved with: hcl-lite plan --out FILE"
        if as_json:
            raise HclError(_nobody_is_asked(request.command, otherwise))
        check_somebody_is_there(request.command, otherwise=otherwise)

    def approve(plan: Plan) -> bool:
        return agrees(view("question")(plan, question))

    asked = replace(request, options=replace(request.options, full=detail is Detail.FULL))

    def run(told: Shown | Stream) -> int:
        caller = Caller(told, stopping=by_signals, locking=terminated)
        asking = caller if auto_approve else replace(caller, approve=approve, check=check)
        try:
            applied = operations.apply(here(), asked, asking)
        except TooManyDeletions as error:
            told.problems(error.diagnostics)
            return ExitCode.TOO_MANY
        if applied.is_declined:
            click.echo("Nothing was changed.")
            return ExitCode.ERROR
        what = "Destroy" if applied.plan.destroy else "Apply"
        told.finished(applied.plan, applied.result, applied.seconds, what)
        return ExitCode.OK if applied.result is None else exit_code(applied.result)

    with streaming(request.command) if as_json else Shown(show_plan) as told:
        return run(told)


def exit_code(result: ApplyResult) -> int:
    """Returns the exit code of what came of a run."""
    if result.stopped:
        return ExitCode.INTERRUPTED
    return ExitCode.ERROR if result.failures or result.skipped else ExitCode.OK


def _nobody_is_asked(command: str, otherwise: str) -> Diagnostic:
    detail = "With --json its output is for a program, which answers no questions."
    return Diagnostic(f"{command} --json cannot ask for approval", detail, hint=f"Give --auto-approve{otherwise}")


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
        if sys.stderr.isatty():
            tell("")  # the line has ^C in it
        notice("Stopping: running calls are finished and saved. Once more stops at once.")

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
