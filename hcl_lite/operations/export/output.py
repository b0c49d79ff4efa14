"""The directory of an export: a list of what was written is kept in it, so that nothing else is ever written over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.files import make_directory, read_file, write_private

_LIST = ".hcl-lite-export.json"
_READABLE = 0o644


def put(directory: Path, files: Mapping[str, str]) -> None:
    """Write files, and take away those of the export before. Raises HclError, before anything is written, where there
    is a file that nobody has exported, or somebody has changed."""
    try:
        known = _known(directory)
        changed = [
            name for name in {**files, **known} if _is_others(directory / name, files.get(name), known.get(name))
        ]
        if changed:
            hint = "Move it, or export to another directory."
            raise HclError(Diagnostic(f"{directory / sorted(changed)[0]} is not as it was exported", hint=hint))
        make_directory(directory)
        digests = {name: _digest(text.encode()) for name, text in sorted(files.items())}
        write_private(directory / _LIST, json.dumps({**known, **digests}, indent=2).encode())  # a killed run goes on
        for name, text in files.items():
            make_directory((directory / name).parent)
            write_private(directory / name, text.encode())
            (directory / name).chmod(_READABLE)
        for name in known.keys() - files.keys():
            (directory / name).unlink(missing_ok=True)
        write_private(directory / _LIST, json.dumps(digests, indent=2).encode())
    except OSError as error:
        raise HclError(Diagnostic(f"Cannot write to {directory}", f"{error.strerror}.")) from error


def _known(directory: Path) -> dict[str, str]:
    """The digests of the files that were exported, by path. Raises HclError for a list that is none."""
    try:
        found = json.loads(read_file(directory / _LIST))
    except FileNotFoundError:
        return {}
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(one, str) and _is_below(name) for name, one in found.items()):
        hint = "Delete it with what was exported, or export to another directory."
        raise HclError(Diagnostic(f"{directory / _LIST} is no list of exported files", hint=hint))
    return found


def _is_below(name: str) -> bool:
    return not name.startswith("/") and ".." not in name.split("/")


def _is_others(path: Path, text: str | None, digest: str | None) -> bool:
    """Whether a file is there that is neither as it was exported nor as it will be."""
    try:
        there = _digest(read_file(path))
    except FileNotFoundError:
        return False
    return there not in (digest, None if text is None else _digest(text.encode()))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
