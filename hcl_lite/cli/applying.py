"""What apply, destroy and refresh share: lock, plan or take a plan, ask, carry out, report."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import click

from hcl_lite.cli.asking import agrees, check_somebody_is_there
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.locking import locked
from hcl_lite.cli.logs import log_event, log_problems
from hcl_lite.cli.options import Inputs, LockOptions
from hcl_lite.cli.project import Project, load_project, make_build, make_plan, run_async
from hcl_lite.cli.terminal import unguarded
from hcl_lite.cli.views.apply_text import render_event, render_outputs, render_result, render_skipped
from hcl_lite.cli.views.diagnostics import render_diagnostics
from hcl_lite.cli.views.plan_text import render_plan, render_summary
from hcl_lite.core.addrs import Kind, in_order
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.engine.apply import Applier, ApplyResult, Event
from hcl_lite.engine.changes import Plan
from hcl_lite.engine.graph import Build
from hcl_lite.engine.options import Options
from hcl_lite.engine.session import Session
from hcl_lite.engine.steps import changes_of
from state.model import State
from state.store import Ledger


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
        plan, build = run_async(lambda: make_plan(project, state, request.options))
        click.echo(render_plan(plan))
    else:
        plan = request.plan
        build = run_async(lambda: make_build(project, state, plan.destroy))
        _check_fresh(plan, state)
        _check_instances(plan, build)
        if plan.is_empty:
            click.echo(render_summary(plan))
    if plan.is_settled and not state.pending and not project.store.journal_path.exists():
        return ExitCode.OK
    if not plan.is_empty and request.plan is None and not request.auto_approve and not agrees(request.question):
        click.echo("Nothing was changed.")
        return ExitCode.ERROR
    begun = time.monotonic()
    result = run_async(lambda: _apply(request, project, build, plan, state))
    return _report(plan, result, time.monotonic() - begun)


async def _apply(request: ApplyRequest, project: Project, build: Build, plan: Plan, state: State) -> ApplyResult:
    session = Session(build.config, project.providers, read_only=False)
    total = len(plan.writes)
    try:
        with _progress(total) as progress:

            def told(event: Event) -> None:
                log_event(event)
                progress(event)

            applier = Applier(build, plan, session, Ledger(project.store, state), request.parallelism, told)
            with _stopping(applier.stop):
                return await applier.run()
    finally:
        await session.close()


def _check_fresh(plan: Plan, state: State) -> None:
    if (plan.lineage, plan.serial) == (state.lineage, state.serial):
        return
    if plan.serial == 0 and state.serial == 0 and not state.records:
        return  # no state yet, then as now: a lineage is only chosen when the first one is written
    which = "The plan is of another state." if plan.lineage != state.lineage else "The state has changed since."
    raise HclError(
        Diagnostic(
            "The saved plan is stale",
            f"{which} Plan: serial {plan.serial}; state: serial {state.serial}.",
            hint="Plan again.",
        )
    )


def _check_instances(plan: Plan, build: Build) -> None:
    """The keys of for_each may come from files and lookups, which are read again."""
    if plan.destroy or plan.refresh_only:
        return
    planned = set(changes_of(plan))
    declared = {block.address for block in build.config.of_kind(Kind.RESOURCE)}
    aimed = {a for a in declared if any(target.covers(a) for target in plan.targets)} if plan.targets else declared
    come, gone = in_order(aimed - planned), in_order(a for a in planned - declared if a.kind is Kind.RESOURCE)
    if come or gone:
        lines = [f"{a} was not declared then." for a in come] + [f"{a} is no longer declared." for a in gone]
        raise HclError(
            Diagnostic("The plan no longer fits the configuration", "\n".join(lines[:5]), hint="Plan again.")
        )


def _report(plan: Plan, result: ApplyResult, seconds: float) -> int:
    log_problems((*result.warnings, *result.failures))
    if result.warnings:
        click.echo("\n" + render_diagnostics(result.warnings), err=True)
    if result.failures:
        click.echo("\n" + render_diagnostics(result.failures), err=True)
    if result.skipped:
        click.echo("\n" + render_skipped(result.skipped), err=True)
    if plan.writes:
        click.echo("\n" + render_result(result, seconds))
    elif plan.refresh_only and not plan.is_empty and not result.failures:
        click.echo("\nThe state is up to date.")
    if result.outputs and not result.failures and not plan.destroy:
        click.echo("\n" + render_outputs(dict(result.outputs)))
    if result.stopped:
        return ExitCode.INTERRUPTED
    return ExitCode.ERROR if result.failures or result.skipped else ExitCode.OK


@contextmanager
def _stopping(stop: asyncio.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM: the first lets running calls finish and be saved, the second ends the process at once.

    Ending at once loses nothing: every intent and every result so far is in the journal.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()

    def interrupt() -> None:
        if stop.is_set() and task is not None:
            task.cancel()
            return
        stop.set()
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


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Event], None]]:
    """A bar on a terminal, plain lines elsewhere."""
    if not sys.stdout.isatty() or not total:
        yield _print_event
        return
    from rich.console import Console  # noqa: PLC0415 - only where somebody looks
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    plain = click.get_current_context().color is False
    columns: tuple[Any, ...] = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(file=unguarded(sys.stdout), no_color=plain or None), transient=True) as bar:
        task = bar.add_task("Applying", total=total)

        def show(event: Event) -> None:
            if event.phase == "begin":
                bar.update(task, description=str(event.address)[:48])
                return
            bar.console.print(Text.from_ansi(render_event(event)))
            if not (event.uid and event.phase == "done"):
                bar.advance(task)

        yield show


def _print_event(event: Event) -> None:
    line = render_event(event)
    if line:
        click.echo(line)
