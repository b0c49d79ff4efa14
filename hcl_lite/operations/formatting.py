"""fmt: TOML files in the one canonical style."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hcl_lite.core.diags import Diagnostic, HclError, raise_if_errors
from hcl_lite.core.run_context import RunContext
from hcl_lite.lang.toml.format import format_source
from hcl_lite.lang.toml.source import decode_source, read_bytes
from hcl_lite.operations.operation import operation
from hcl_lite.operations.requests import STANDARD_INPUT, FormatRequest


@dataclass(frozen=True, slots=True)
class Formatted:
    """An event: a file as it was, and in the style."""

    path: Path
    before: bytes
    after: bytes

    @property
    def name(self) -> str:
        """The name for people."""
        return "<stdin>" if self.path == STANDARD_INPUT else str(self.path)

    @property
    def is_changed(self) -> bool:
        """Whether the file was not in the style."""
        return self.before != self.after


@operation
def format_files(context: RunContext, request: FormatRequest, told: Callable[[Formatted], None]) -> int:
    """Formats files, and returns how many were not in the style; `told` hears of each before it is written. Raises
    HclError, once all are done, for those that cannot be formatted."""
    problems: list[Diagnostic] = []
    changed = 0
    for path in _files(context.directory, request, problems):
        try:
            formatted = _format(context.directory, path, request)
        except HclError as error:
            problems.extend(error.diagnostics)
            continue
        told(formatted)
        changed += formatted.is_changed
        if formatted.is_changed and request.is_written and path != STANDARD_INPUT:
            _replace((context.directory / path).resolve(), formatted.after)
    raise_if_errors(problems)
    return changed


def _format(root: Path, path: Path, request: FormatRequest) -> Formatted:
    raw = request.given if path == STANDARD_INPUT else read_bytes(root / path, str(path))
    name = Formatted(path, raw, raw).name
    return Formatted(path, raw, format_source(decode_source(raw, name)).encode())


def _files(root: Path, request: FormatRequest, problems: list[Diagnostic]) -> Iterator[Path]:
    """The files that are named, and those of the directories that are named, as paths from `root`."""
    for path in request.paths or (Path("."),):
        if (root / path).is_dir():
            top = (root / path).resolve()
            found = sorted(_below(root, path, request.recursive))
            # What a link leads to elsewhere is formatted where it lies, or where it is named.
            yield from (file for file in found if (root / file).resolve().is_relative_to(top))
        elif path == STANDARD_INPUT or (root / path).exists():
            yield path
        else:
            problems.append(Diagnostic(f'There is no file or directory "{path}"'))


def _below(root: Path, directory: Path, recursive: bool) -> Iterator[Path]:
    for found in (root / directory).iterdir():
        path = directory / found.name
        if found.name.startswith("."):
            continue
        if found.is_dir() and recursive and not found.is_symlink():
            yield from _below(root, path, recursive)
        elif found.suffix == ".toml" and found.name != "pyproject.toml" and found.is_file():
            yield path


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
