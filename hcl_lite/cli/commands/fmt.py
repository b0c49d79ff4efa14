"""hcl-lite fmt: TOML files in the one canonical style."""

from __future__ import annotations

import contextlib
import difflib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.core.diags import Diagnostic, HclError, raise_if_errors
from hcl_lite.lang.toml.format import format_source
from hcl_lite.lang.toml.source import decode_source, read_bytes

_STDIN = Path("-")


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
    problems: list[Diagnostic] = []
    changed = False
    for path in _files(paths or (Path(),), recursive, problems):
        try:
            raw = sys.stdin.buffer.read() if path == _STDIN else _read(path)
            formatted = _format(raw, _name(path))
        except HclError as error:
            problems.extend(error.diagnostics)
            continue
        differs = formatted != raw
        changed = changed or differs
        if path == _STDIN and not (check or diff):
            click.echo(formatted, nl=False)
        elif differs:
            _report(path, raw, formatted, diff)
            if write and not check and path != _STDIN:
                _replace(path.resolve(), formatted)
    raise_if_errors(problems)
    return ExitCode.ERROR if check and changed else ExitCode.OK


def _files(paths: Iterable[Path], recursive: bool, problems: list[Diagnostic]) -> Iterator[Path]:
    """The files that are named, and those of the directories that are named."""
    for path in paths:
        if path.is_dir():
            top = path.resolve()
            # What a link leads to elsewhere is formatted where it lies, or where it is named.
            yield from sorted(file for file in _below(path, recursive) if file.resolve().is_relative_to(top))
        elif path == _STDIN or path.exists():
            yield path
        else:
            problems.append(Diagnostic(f'There is no file or directory "{path}"'))


def _below(directory: Path, recursive: bool) -> Iterator[Path]:
    for path in directory.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir() and recursive and not path.is_symlink():
            yield from _below(path, recursive)
        elif path.suffix == ".toml" and path.name != "pyproject.toml" and path.is_file():
            yield path


def _name(path: Path) -> str:
    return "<stdin>" if path == _STDIN else str(path)


def _read(path: Path) -> bytes:
    return read_bytes(path, str(path))


def _format(raw: bytes, name: str) -> bytes:
    return format_source(decode_source(raw, name)).encode()


def _report(path: Path, raw: bytes, formatted: bytes, diff: bool) -> None:
    """The name, or the difference, which has the name in it."""
    name = _name(path)
    if not diff:
        click.echo(name)
        return
    # Cut as bytes: only there a line ends with nothing but a line end.
    old, new = ([line.decode() for line in text.splitlines(keepends=True)] for text in (raw, formatted))
    for line in difflib.unified_diff(old, new, f"old/{name}", f"new/{name}"):
        click.echo(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n", nl=False)


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and leave it its mode."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        shutil.copymode(path, temporary)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
