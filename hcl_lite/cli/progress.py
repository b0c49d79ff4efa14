"""A run as people see it: its plan, its progress, and what came of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

import click

from hcl_lite.cli.display import Print, displaying
from hcl_lite.cli.locking import tell_notice
from hcl_lite.cli.tracking import Tracker
from hcl_lite.cli.views import view
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.progress import Reached, Retry, Scheduled
from hcl_lite.operations.caller import Notice, Planned, Progress

if TYPE_CHECKING:
    from hcl_lite.engine.applying.progress import ApplyResult
    from hcl_lite.engine.plan import Plan

ShowPlan = Callable[[Planned], None]


class Shown:
    """Shows what an operation tells of itself, and how far it is: while servers are read, and while they are written
    to."""

    def __init__(self, show_plan: ShowPlan) -> None:
        self._show_plan = show_plan
        self._tracker = Tracker()
        self._print: Print | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Shown:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, at)

    def __call__(self, progress: Progress) -> None:
        self._tracker.note(progress)
        match progress:
            case Planned():
                self._end()
                self._show_plan(progress)
            case Notice():
                tell_notice(progress)
            case Reached():
                self._begin(sys.stderr)
            case Scheduled() if self._tracker.standing().total:
                self._begin(sys.stdout)
            case Scheduled() | Retry():
                pass
            case event:
                print_line = self._begin(sys.stdout)
                if line := view("event")(event):
                    print_line(line)

    def _begin(self, stream: TextIO) -> Print:
        if self._print is None:
            self._print = self._stack.enter_context(displaying(self._tracker, stream))
        return self._print

    def _end(self) -> None:
        self._stack.close()
        self._print = None

    def say(self, text: str) -> None:
        """Shows a sentence of its own, at the end."""
        click.echo(f"\n{text}")

    def problems(self, problems: Iterable[Diagnostic]) -> None:
        """Shows diagnostics."""
        click.echo("\n" + view("diagnostics")(problems), err=True)

    def finished(self, plan: Plan, result: ApplyResult | None, seconds: float, what: str) -> None:
        """Shows what came of a run; `what` it is begins the last line. None where there was nothing to do."""
        self._end()
        if result is None:
            return
        for problems in (result.warnings, result.failures):
            if problems:
                self.problems(problems)
        if result.skipped:
            click.echo("\n" + view("skipped")(result.skipped), err=True)
        if plan.writes:
            click.echo("\n" + view("applied")(result, seconds, what))
        elif plan.refresh_only and not plan.is_empty and not result.failures:
            click.echo("\nThe state is up to date.")
        if plan.is_partial:
            click.echo(view("partial")(plan))
        if result.outputs and not result.failures and not plan.destroy:
            click.echo("\n" + view("applied outputs")(dict(result.outputs)))
