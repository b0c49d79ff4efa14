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
from hcl_lite.cli.display import Print, can_be_drawn_on, displaying
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.locking import CALLER
from hcl_lite.cli.tracking import Tracker
from hcl_lite.cli.views import view
from hcl_lite.core.progress import Reached
from hcl_lite.core.run_context import RunContext
from hcl_lite.operations.bulk_import.model import Report, Selection, Start
from hcl_lite.operations.bulk_import.templates import Style
from hcl_lite.operations.bulk_import.wanted import Wanted
from hcl_lite.operations.caller import Caller, Progress
from hcl_lite.operations.requests import Inputs, LockOptions


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
    """A caller that shows how far the work is: a bar on a terminal, elsewhere a line for each thing that is done."""
    tracker = Tracker()
    with displaying(tracker, sys.stderr) as print_line:
        say = None if can_be_drawn_on(sys.stderr) else _say_once(print_line)

        def tell(progress: Progress) -> None:
            tracker.note(progress)
            if not isinstance(progress, Reached):
                CALLER.told(progress)
            elif say is not None:
                say(progress)

        yield replace(CALLER, told=tell)


def _say_once(print_line: Print) -> Callable[[Reached], None]:
    said: set[str] = set()

    def say(reached: Reached) -> None:
        if reached.what not in said:
            said.add(reached.what)
            total = f" {reached.total} objects" if reached.total else ""
            print_line(f"{reached.what}{total} …")

    return say
