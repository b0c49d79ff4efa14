"""The functions that expressions may call, by Terraform's names where Terraform has them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hcl_lite.core.values import JsonValue


class FunctionError(Exception):
    """A function cannot do what it was asked; the message says why, `hint` what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


Functions = Mapping[str, Callable[..., Any]]
STRUCTURAL: frozenset[str] = frozenset()


def make_functions(root: Path) -> Functions:
    """The functions of a configuration whose relative paths start at `root`."""
    return {"file": lambda path: _file(root, path), "jsondecode": _jsondecode, "jsonencode": _jsonencode}


def _file(root: Path, path: str) -> str:
    """The text of a file, never interpolated: dashboards use ${x} for themselves."""
    if not isinstance(path, str):
        raise FunctionError(f"file() takes a path in a string, not {path!r}.")
    full = root / Path(path).expanduser()
    try:
        return full.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FunctionError(f'"{path}" is not UTF-8 text (byte {error.start}).') from error
    except ValueError as error:
        raise FunctionError(f"{path!r} cannot be a path: {error}.") from error
    except OSError as error:
        raise FunctionError(f'Cannot read "{path}": {error.strerror}.', _nearest_file(full, path)) from error


def _nearest_file(full: Path, path: str) -> str:
    try:
        names = [entry.name for entry in full.parent.iterdir()]
    except OSError:
        return f'There is no directory "{Path(path).parent}" either; paths start at the directory of the configuration.'
    near = difflib.get_close_matches(full.name, names, n=1)
    return f'Did you mean "{Path(path).with_name(near[0])}"?' if near else ""


def _jsondecode(text: str) -> JsonValue:
    try:
        return json.loads(text)  # type: ignore[no-any-return]
    except (ValueError, TypeError, RecursionError) as error:
        raise FunctionError(f"jsondecode() was given text that is not JSON: {error}.") from error


def _jsonencode(value: JsonValue) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise FunctionError(f"jsonencode() cannot encode this: {error}.") from error
