"""Files of a configuration that a pull edits: read once, edited in memory, and put in place whole where nobody has
changed them meanwhile."""

from __future__ import annotations

import difflib
import itertools
import os
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.files import read_file, write_private
from hcl_lite.core.json_edit import edit_json
from hcl_lite.lang.toml.edit import edit_toml
from hcl_lite.lang.toml.locate import KeyPath

_MARK = "\ufeff"  # of the byte order, before a text
_CONTEXT = 3  # lines of a diff around what has changed
_HUNK = re.compile(r"([-+])(\d+)")
_KEPT = ".hcl-lite"  # what is fetched and kept there is nobody's to edit


class CannotEdit(Exception):
    """A file that is not to be edited, or cannot be; the message says why."""


@dataclass(slots=True)
class Files:
    """The files below `root` that are edited, by their path."""

    root: Path
    before: dict[Path, str] = field(default_factory=dict)
    after: dict[Path, str] = field(default_factory=dict)
    parsed: dict[Path, tuple[str, Any]] = field(default_factory=dict)
    """TOML files with the texts that they were parsed from: many blocks are in one."""

    def text(self, path: Path) -> str:
        """The text of a file as it is to be. Raises CannotEdit."""
        path = Path(os.path.normpath(path))
        if path not in self.after:
            self.before[path] = self.after[path] = self._read(path)
        return self.after[path]

    def put(self, path: Path, text: str) -> None:
        """`text` is to be the whole of a file. Raises CannotEdit."""
        self.text(path)
        self.after[Path(os.path.normpath(path))] = text

    def edit_json(self, path: Path, wanted: Any) -> None:
        """A JSON file is to have the value `wanted`. Raises CannotEdit."""
        try:
            self.put(path, edit_json(self.text(path), wanted))
        except (ValueError, RecursionError) as error:
            raise CannotEdit(f"{self.name(path)} cannot be edited: {error}") from error

    def table(self, path: Path, keys: KeyPath) -> Any:
        """The value at `keys` in a TOML file, as it is written. Raises CannotEdit."""
        text = self.text(path)
        if self.parsed.get(path, ("",))[0] is not text:
            self.parsed[path] = text, tomli.loads(text.removeprefix(_MARK).replace("\r\n", "\n"))
        value = self.parsed[path][1]
        for key in keys:
            value = value[key]
        return value

    def edit_toml(self, path: Path, keys: KeyPath, wanted: Any) -> None:
        """The value at `keys` in a TOML file is to be `wanted`. Raises CannotEdit."""
        try:
            text = self.text(path)
            mark = _MARK if text.startswith(_MARK) else ""
            self.put(path, mark + edit_toml(text.removeprefix(mark), keys, wanted))
        except (ValueError, KeyError, RecursionError) as error:
            raise CannotEdit(f"{self.name(path)} is written in a way that cannot be edited here: {error}") from error

    def name(self, path: Path) -> str:
        """A path as people know it."""
        return os.path.relpath(path, self.root)

    @property
    def changed(self) -> Mapping[Path, str]:
        """Returns the texts to be written, by path."""
        return {path: text for path, text in self.after.items() if text != self.before[path]}

    @property
    def differences(self) -> Mapping[str, str]:
        """The same as unified diffs, by name."""
        return {
            self.name(path): _unified(self.before[path], text, self.name(path)) for path, text in self.changed.items()
        }

    def write(self) -> None:
        """Put the changed files in place, each whole. Raises HclError for one that somebody has changed meanwhile: what
        was written before stays, and the next pull goes on."""
        for path, text in self.changed.items():
            try:
                if _decoded(read_file(path)) != self.before[path]:
                    hint = "It is left as it is. Run hcl-lite pull once more."
                    raise HclError(Diagnostic(f"{self.name(path)} has changed while it was edited", hint=hint))
                write_private(path, _encoded(text))
            except OSError as error:
                raise HclError(Diagnostic(f"Cannot write {self.name(path)}", f"{error.strerror}.")) from error

    def _read(self, path: Path) -> str:
        real = Path(os.path.realpath(path))
        root = Path(os.path.realpath(self.root))
        if not real.is_relative_to(root) or _KEPT in real.relative_to(root).parts:
            raise CannotEdit(f"{self.name(path)} lies outside of the configuration")
        try:
            mode = os.stat(path).st_mode
            if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(path, os.W_OK):
                raise CannotEdit(f"{self.name(path)} is read-only")
            return _decoded(read_file(path))
        except UnicodeDecodeError as error:
            raise CannotEdit(f"{self.name(path)} is not UTF-8") from error
        except OSError as error:
            raise CannotEdit(f"{self.name(path)} cannot be read: {error.strerror}") from error


def _decoded(data: bytes) -> str:
    return data.decode("utf-8")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8")


def _unified(before: str, after: str, name: str) -> str:
    """A unified diff; what is alike at the beginning and at the end is not compared, which takes long."""
    old, new = before.splitlines(True), after.splitlines(True)
    ahead = max(0, _alike(old, new) - _CONTEXT)
    behind = max(0, _alike(old[:ahead:-1], new[:ahead:-1]) - _CONTEXT)
    cut_old, cut_new = old[ahead : len(old) - behind], new[ahead : len(new) - behind]
    diff = difflib.unified_diff(cut_old, cut_new, f"a/{name}", f"b/{name}", n=_CONTEXT)
    moved = (_moved(line, ahead) if line.startswith("@@") else line for line in diff)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in moved)


def _moved(head: str, lines: int) -> str:
    """The head of a hunk that stands so many lines further down."""
    return _HUNK.sub(lambda match: f"{match[1]}{int(match[2]) + lines}", head)


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """Returns the number of lines that are the same at the beginning."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
