"""Marks in the values of the world: what the files refer to there, and what a server has to hold in their places.

`@@id:3@@` and `@@uid:3@@` are of the thing with this tag, `@@secret:s1@@` is a sensitive variable.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_MARK = re.compile(r"@@(id|uid|secret):(\w+)@@")


def replaced(value: Any, of: Callable[[str, str], str]) -> Any:
    """The value with something for each mark in it, told by what kind of mark it is, and its name."""
    if isinstance(value, str):
        return _MARK.sub(lambda mark: of(mark[1], mark[2]), value)
    if isinstance(value, list):
        return [replaced(item, of) for item in value]
    if isinstance(value, dict):
        return {key: replaced(item, of) for key, item in value.items()}
    return value


def marked(value: Any, kind: str = "") -> bool:
    """Whether there is a mark in a value, of a kind."""
    found: list[str] = []

    def note(what: str, name: str) -> str:
        found.append(what)
        return name

    replaced(value, note)
    return kind in found if kind else bool(found)
