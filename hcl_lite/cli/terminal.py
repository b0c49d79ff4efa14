"""Standard output and error, guarded: nothing that a file or a server says can steer the terminal of who reads it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

import click

from hcl_lite.cli.views.escaping import on_terminal
from hcl_lite.cli.views.look import Detail, Look

_NARROWEST = 60  # characters that a value has at least


class _Guarded:
    """A text stream whose text is escaped on its way to a terminal; everything else is that of `stream`."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        self.stream.write(on_terminal(text))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def guarded_terminal() -> Iterator[None]:
    """Inside, whatever is written to a terminal is escaped. Files and pipes get every byte that is meant for them."""
    before = sys.stdout, sys.stderr
    out, err = (cast(TextIO, _Guarded(stream)) if stream.isatty() else stream for stream in before)
    sys.stdout, sys.stderr = out, err
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def look_at(detail: Detail) -> Look:
    """Returns how much is shown, in colours and as wide as standard output is."""
    is_terminal = sys.stdout.isatty()
    colours = click.get_current_context().color
    coloured = is_terminal if colours is None else colours
    if not is_terminal:
        return Look(detail, coloured=coloured)
    return Look(detail, max(_NARROWEST, shutil.get_terminal_size().columns), coloured)


def look_of(full: bool) -> Look:
    """Returns the same for what is shown in short or in full."""
    return look_at(Detail.FULL if full else Detail.SUMMARY)


def tell(text: str) -> None:
    """Prints a line to standard error, above a table that may be drawn there: what is found by its own way to the
    stream, as click does, would be written into it."""
    click.echo(text, file=sys.stderr)


def unguarded(stream: TextIO) -> TextIO:
    """For a library that moves the cursor: what it is given to show has to be escaped before."""
    return stream.stream if isinstance(stream, _Guarded) else stream
