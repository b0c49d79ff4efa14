"""The progress of a run beside what it says: a table on a terminal, elsewhere a line while it says nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

import click

from hcl_lite.cli.heartbeat import heartbeat, interval
from hcl_lite.cli.terminal import unguarded
from hcl_lite.cli.tracking import Tracker
from hcl_lite.cli.views import view

_SECONDS = 12.0  # without a word
_DUMB = ("dumb", "unknown")
Print = Callable[[str], None]


def can_be_drawn_on(stream: TextIO) -> bool:
    """Whether `stream` is a terminal that moves its cursor."""
    return stream.isatty() and os.environ.get("TERM", "") not in _DUMB


@contextmanager
def displaying(tracker: Tracker, stream: TextIO) -> Iterator[Print]:
    """Context manager: shows how far the run is that `tracker` knows, and gives a function that prints a line of
    `stream`, which stays. On a terminal a table is below of these lines, and gone at the end; elsewhere a line on
    standard error says what goes on while none is printed."""
    if can_be_drawn_on(stream):
        with _table(tracker, stream) as print_line:
            yield print_line
        return
    is_quiet = False

    def say(line: str) -> None:
        nonlocal is_quiet
        is_quiet = False
        click.echo(line, file=stream)

    def beat() -> None:
        nonlocal is_quiet
        if is_quiet:
            click.echo(view("progress")(tracker.standing()), err=True)
        is_quiet = True

    with heartbeat(interval(_SECONDS) / 2, beat):
        yield say


@contextmanager
def _table(tracker: Tracker, stream: TextIO) -> Iterator[Print]:
    from rich.console import Console  # noqa: PLC0415 - only where somebody looks
    from rich.live import Live  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    colours = click.get_current_context().color
    console = Console(file=unguarded(stream), no_color=True if colours is False else None)
    table = view("progress", "table")
    with Live(
        get_renderable=lambda: table(tracker.standing(), console.width, console.height),
        console=console,
        transient=True,
        redirect_stdout=sys.stdout.isatty(),
        redirect_stderr=sys.stderr.isatty(),
    ):
        yield lambda line: console.print(Text.from_ansi(line), soft_wrap=True)
