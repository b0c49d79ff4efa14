"""Renders the parts of an object that is to be created: a line for each part, and for each of its queries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hcl_lite.cli.views.difference_text import render_difference, sign
from hcl_lite.cli.views.look import Look
from hcl_lite.cli.views.texts import unseen_escaped
from hcl_lite.cli.views.values import in_one_line
from hcl_lite.engine.diff import ABSENT, Difference
from hcl_lite.engine.plan import MAKES, Change

_LONG = 100
_MOST = 60


def render_contents(change: Change, look: Look) -> Iterator[str]:
    """The parts of a new object, as far as the plan has them; with `full` every key, where it was made for that."""
    if change.action not in MAKES:
        return
    if look.full and change.body:
        for key, value in json.loads(change.body).items():
            yield from render_difference(Difference(key, ABSENT, value), look)
        return
    parts = list((change.outline or {}).items())
    shown = parts if look.full else parts[:_MOST]
    for path, part in shown:
        yield from _part(path, part, look)
    if len(shown) < len(parts):
        yield f"… and {len(parts) - len(shown)} more: --full shows them"
    elif look.full and parts:
        yield "… every key is shown by: hcl-lite plan --full"


def _part(path: str, part: Any, look: Look) -> Iterator[str]:
    source = _word(part.get("datasource"))
    title = _title(part.get("title"))
    words = [_word(part.get("type")), "" if path.endswith(f"[{title}]") else title, _place(part.get("gridPos")), source]
    told = ", ".join(word for word in words if word)
    text = _text(part.get("text"), look)
    yield f"{sign('+')} {unseen_escaped(path)}: {': '.join(word for word in (told, text) if word) or '{}'}"
    for query in part.get("queries") or ():
        own = _word(query.get("datasource"))
        own = f"({own})" if own not in ("", source) else ""
        head = " ".join(word for word in (_word(query.get("refId")), own) if word)
        if line := ": ".join(word for word in (head, _text(query.get("query"), look)) if word):
            yield f"      {line}"


def _word(value: Any) -> str:
    return unseen_escaped(value) if isinstance(value, str) else "" if value is None else in_one_line(value, _LONG)


def _title(value: Any) -> str:
    return "" if value is None else in_one_line(value, _LONG)


def _place(value: Any) -> str:
    """A place in the grid, such as: 12×8 at 0,4."""
    if not isinstance(value, Mapping):
        return ""
    width, height, left, top = (_word(value.get(key)) for key in ("w", "h", "x", "y"))
    size = f"{width}×{height}" if width and height else ""
    return f"{size} at {left},{top}" if size and left and top else size


def _text(value: Any, look: Look) -> str:
    text = _word(value)
    return text if look.full or len(text) <= _LONG else f"{text[: _LONG - 1]}…"
