"""import --all: with its progress, and what came of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.locking import CALLER
from hcl_lite.cli.progress import open_bar
from hcl_lite.cli.views import view
from hcl_lite.core.progress import Reached
from hcl_lite.core.run_context import RunContext
from hcl_lite.operations.bulk_import.model import Report, Selection, Start
from hcl_lite.operations.bulk_import.templates import Style
from hcl_lite.operations.bulk_import.wanted import Wanted
from hcl_lite.operations.caller import Caller, Progress
from hcl_lite.operations.requests import Inputs, LockOptions

Say = Callable[[Reached], None]


def run_bulk_import(
    selection: Selection,
    style: Style,
    into: Path | None,
    inputs: Inputs,
    lock: LockOptions,
    *,
    is_dry_run: bool,
    updates: bool,
) -> int:
    """Take over what is on the servers of the configuration here, or of that in `into`; the exit code."""
    context = here() if into is None else replace(here(), directory=here().directory / into)
    start = Start() if into is not None and not is_dry_run else None
    return bring_in(context, selection, style, start, inputs, lock, is_dry_run=is_dry_run, updates=updates)


def bring_in(
    context: RunContext,
    selection: Selection,
    style: Style,
    start: Start | None,
    inputs: Inputs,
    lock: LockOptions,
    *,
    is_dry_run: bool = False,
    updates: bool = False,
) -> int:
    """The same for the configuration of `context`, which begins with `start` where there is none."""
    with telling() as caller:
        report = operations.import_all(
            context, inputs, selection, lock, caller, style=style, is_dry_run=is_dry_run, begins=start, updates=updates
        )
    return show_report(report)


def run_single_import(
    wanted: Wanted, id_: str, style: Style, inputs: Inputs, lock: LockOptions, *, is_dry_run: bool
) -> int:
    """Take over one object, with a block for it; the exit code."""
    with telling() as caller:
        report = operations.import_and_write(
            here(), inputs, wanted, id_, lock, caller, style=style, is_dry_run=is_dry_run
        )
    return show_report(report)


def show_report(report: Report) -> int:
    """Shows what was taken over, with the plan at the end; the exit code."""
    click.echo(view("imported")(report))
    if report.problems:
        click.echo("\n" + view("diagnostics")(report.problems), err=True)
        return ExitCode.ERROR
    click.echo("\n" + (view("plan")(report.plan) if report.plan is not None else "Nothing was written."))
    return ExitCode.OK


@contextmanager
def telling() -> Iterator[Caller]:
    """A caller that shows how far the work is."""
    with _progress() as say:

        def tell(progress: Progress) -> None:
            if isinstance(progress, Reached):
                say(progress)
            else:
                CALLER.told(progress)

        yield replace(CALLER, told=tell)


@contextmanager
def _progress() -> Iterator[Say]:
    """A bar on a terminal, elsewhere a line for each thing that is done."""
    if not sys.stderr.isatty():
        yield _say_once()
        return
    with open_bar(sys.stderr, None) as (bar, task):
        yield lambda reached: bar.update(
            task, description=reached.what[:60], completed=reached.done, total=reached.total or None
        )


def _say_once() -> Say:
    said: set[str] = set()

    def say(reached: Reached) -> None:
        if reached.what not in said:
            said.add(reached.what)
            total = f" {reached.total} objects" if reached.total else ""
            click.echo(f"{reached.what}{total} …", err=True)

    return say
