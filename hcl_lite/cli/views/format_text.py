"""Renders files that were brought into the style."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from hcl_lite.operations.formatting import Formatted


def render_formatted(formatted: Formatted) -> str:
    """The name of the file."""
    return formatted.name


def render_formatted_diff(formatted: Formatted) -> str:
    """The unified difference, which has the name of the file in it."""
    # Cut as bytes: only there a line ends with nothing but a line end.
    texts = (formatted.before, formatted.after)
    old, new = ([line.decode() for line in text.splitlines(keepends=True)] for text in texts)
    name = formatted.name
    return "".join(_ended(difflib.unified_diff(old, new, f"old/{name}", f"new/{name}"))).removesuffix("\n")


def _ended(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
