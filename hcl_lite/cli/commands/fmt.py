"""hcl-lite fmt: TOML files in the one canonical style."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.views import view
from hcl_lite.operations.requests import STANDARD_INPUT, FormatRequest

if TYPE_CHECKING:  # what is loaded when it is called
    from hcl_lite.operations.formatting import Formatted


@click.command(name="fmt")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where something would change.")
@click.option("--diff", is_flag=True, help="Show what changes.")
@click.option("--recursive", is_flag=True, help="Also in the directories below; hidden ones are left out.")
@click.option("--write/--no-write", default=True, help="Write the files (default), or only name them.")
def command(paths: tuple[Path, ...], check: bool, diff: bool, recursive: bool, write: bool) -> int:
    """Bring the TOML files of this directory, or PATHS, into the one style.

    The names of changed files are printed. Comments, and the spelling of values, stay as they are. The path - formats
    standard input to standard output.
    """
    show = view("formatted", "diff" if diff else "text")

    def tell(formatted: Formatted) -> None:
        if formatted.path == STANDARD_INPUT and not (check or diff):
            click.echo(formatted.after, nl=False)
        elif formatted.is_changed:
            click.echo(show(formatted))

    given = sys.stdin.buffer.read() if STANDARD_INPUT in paths else b""
    changed = operations.format_files(here(), FormatRequest(paths, recursive, write and not check, given), tell)
    return ExitCode.ERROR if check and changed else ExitCode.OK
