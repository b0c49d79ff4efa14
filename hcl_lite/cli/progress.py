"""The progress of a run: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from hcl_lite.cli.terminal import unguarded
from hcl_lite.cli.views.apply_text import render_event
from hcl_lite.engine.applying.applier import Event


@contextmanager
def progress_of(total: int) -> Iterator[Callable[[Event], None]]:
    """Shows the events of a run that is to change `total` objects."""
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
    console = Console(file=unguarded(sys.stdout), no_color=plain or None)
    with Progress(*columns, console=console, transient=True, redirect_stderr=sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=total)

        def show(event: Event) -> None:
            if event.phase == "begin":
                bar.update(task, description=str(event.address)[:48])
            if line := render_event(event):
                bar.console.print(Text.from_ansi(line))
            if event.ends:
                bar.advance(task)

        yield show


def _print_event(event: Event) -> None:
    line = render_event(event)
    if line:
        click.echo(line)
