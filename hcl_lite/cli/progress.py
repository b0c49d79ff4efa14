"""A run as people see it: its plan, its progress, and what came of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

import click

from hcl_lite.cli.locking import tell_notice
from hcl_lite.cli.terminal import unguarded
from hcl_lite.cli.views import view
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.progress import Reached, Retry, Scheduled
from hcl_lite.operations.caller import Notice, Planned, Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from hcl_lite.engine.applying.progress import ApplyResult, Event
    from hcl_lite.engine.plan import Plan

ShowPlan = Callable[[Planned], None]


class Shown:
    """Shows what an operation tells of itself; a bar is there from the first step to the end."""

    def __init__(self, show_plan: ShowPlan) -> None:
        self._show_plan = show_plan
        self._show_event: Callable[[Event], None] | None = None
        self._total = 0
        self._stack = ExitStack()

    def __enter__(self) -> Shown:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, at)

    def __call__(self, progress: Progress) -> None:
        match progress:
            case Planned():
                self._total = len(progress.plan.writes)
                self._show_plan(progress)
            case Notice():
                tell_notice(progress)
            case Reached() | Scheduled() | Retry():
                pass
            case event:
                if self._show_event is None:
                    self._show_event = self._begin()
                self._show_event(event)

    def say(self, text: str) -> None:
        """Shows a sentence of its own, at the end."""
        click.echo(f"\n{text}")

    def problems(self, problems: Iterable[Diagnostic]) -> None:
        """Shows diagnostics."""
        click.echo("\n" + view("diagnostics")(problems), err=True)

    def finished(self, plan: Plan, result: ApplyResult | None, seconds: float, what: str) -> None:
        """Shows what came of a run; `what` it is begins the last line. None where there was nothing to do."""
        self._stack.close()
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
        if result.outputs and not result.failures and not plan.destroy:
            click.echo("\n" + view("applied outputs")(dict(result.outputs)))

    def _begin(self) -> Callable[[Event], None]:
        if not sys.stdout.isatty() or not self._total:
            return _print_event
        from rich.text import Text  # noqa: PLC0415 - only where somebody looks

        bar, task = self._stack.enter_context(open_bar(sys.stdout, self._total, redirect_stderr=sys.stderr.isatty()))

        def show(event: Event) -> None:
            if event.phase == "begin":
                bar.update(task, description=str(event.address)[:48])
            if line := view("event")(event):
                bar.console.print(Text.from_ansi(line))
            if event.ends:
                bar.advance(task)

        return show


@contextmanager
def open_bar(stream: TextIO, total: int | None, *, redirect_stderr: bool = True) -> Iterator[tuple[Bar, TaskID]]:
    """A bar on the terminal `stream`, gone at the end, and the one task that it shows."""
    from rich.console import Console  # noqa: PLC0415 - only where somebody looks
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    plain = click.get_current_context().color is False
    columns: tuple[Any, ...] = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = Console(file=unguarded(stream), no_color=plain or None)
    with Bar(*columns, console=console, transient=True, redirect_stderr=redirect_stderr) as bar:
        yield bar, bar.add_task("", total=total)


def _print_event(event: Event) -> None:
    line = view("event")(event)
    if line:
        click.echo(line)
