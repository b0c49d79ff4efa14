"""The files of a foreign format: found and read within limits, and never by a link that leads out of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.files import LeadsOut, read_file

_MOST_FILES = 20_000
_MOST_BYTES = 16 * 1024 * 1024  # of one file
_DEEPEST = 40  # directories
_SKIPPED = ("node_modules", "vendor", "__pycache__")


class Unreadable(Exception):
    """A file that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The files below `root`, or one file of it, by their paths from there: `a/b.json`, in order. `prefix` is
    what stands before those paths for people."""

    root: Path
    names: Sequence[str]
    prefix: str = ""

    def of(self, *endings: str, under: str = "") -> Iterator[str]:
        """The files with one of these endings, below a directory."""
        start = f"{under}/" if under else ""
        return (name for name in self.names if name.startswith(start) and name.lower().endswith(endings))

    def read(self, name: str) -> str:
        """The text of a file. Raises Unreadable."""
        try:
            data = read_file(self.root / name, _MOST_BYTES, below=[Path(os.path.realpath(self.root))])
            return data.decode()
        except LeadsOut:
            raise Unreadable("it is a link that leads out of the directory") from None
        except OSError as error:
            raise Unreadable(f"it cannot be read: {error.strerror}") from error
        except UnicodeDecodeError:
            raise Unreadable("it is no text in UTF-8") from None

    def where(self, name: str, line: int = 0) -> str:
        """A place, for people."""
        path = str(PurePosixPath(self.prefix) / name) if self.prefix else name
        return f"{path}:{line}" if line else path


def open_tree(path: Path, shown: str) -> Tree:
    """The files below a directory, or the one at `path`; `shown` is how the user has named it. Raises HclError."""
    if path.is_file():
        return Tree(path.parent, [path.name], str(PurePosixPath(shown).parent))
    if not path.is_dir():
        hint = "Give the directory with the files, or one file."
        raise HclError(Diagnostic(f"There is nothing at {shown}", hint=hint))
    names = []
    for name in _walk(path, "", 0):
        names.append(name)
        if len(names) > _MOST_FILES:
            detail = f"There are more than {_MOST_FILES} files in it."
            raise HclError(Diagnostic(f"{shown} is too large", detail, hint="Give a directory below it."))
    return Tree(path, sorted(names), shown)


def _walk(directory: Path, prefix: str, depth: int) -> Iterator[str]:
    """Files, but for hidden ones; links to directories are not followed, so that no way leads round."""
    if depth > _DEEPEST:
        return
    try:
        entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
    except OSError as error:
        raise HclError(Diagnostic(f"Cannot read {directory}", f"{error.strerror}.")) from error
    for entry in entries:
        if entry.name.startswith(".") or entry.name in _SKIPPED or not _is_text(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), f"{prefix}{entry.name}/", depth + 1)
        elif entry.is_file():
            yield f"{prefix}{entry.name}"


def _is_text(name: str) -> bool:
    """Whether a name is one in UTF-8: others cannot be told of."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
