"""A difference for people: one line, or the lines of two texts that differ, or what is new."""

from __future__ import annotations

from collections.abc import Iterator

import click

from hcl_lite.cli.views.outline import is_short, outline
from hcl_lite.cli.views.texts import apart, compared, in_one_line, unseen_escaped, visible
from hcl_lite.cli.views.values import MARKS
from hcl_lite.cli.views.values import in_one_line as value_line
from hcl_lite.core.values import Value
from hcl_lite.engine.diff import ABSENT, Difference

_LONG = 120
_MOST_NAMES = 8
_COLOURS = {"+": "green", "-": "red", "~": "yellow"}


def render_difference(difference: Difference, *, full: bool) -> Iterator[str]:
    """Its lines, without indentation."""
    path = unseen_escaped(difference.path)
    if difference.moved:
        yield f"{sign('~')} {path} (order): {_order(difference, full=full)}"
    elif difference.to:
        yield f"{sign('~')} {path}: moved to {unseen_escaped(difference.to)}"
    elif difference.before is ABSENT:
        yield from _one_side("+", path, difference.after, full=full)
    elif difference.after is ABSENT:
        yield from _one_side("-", path, difference.before, full=full)
    else:
        yield from render_change(f"{path}:", difference.before, difference.after, full=full)


def render_change(what: str, before: Value, after: Value, *, full: bool) -> Iterator[str]:
    """Both sides of a value that becomes another one; they never look the same, but where neither is to be seen."""
    texts = isinstance(before, str) and isinstance(after, str) and before not in MARKS and after not in MARKS
    if not (is_short(before) and is_short(after)):  # nothing becomes a list of variables, say
        yield f"{sign('~')} {what}"
        yield from _sided("-", before, full=full)
        yield from _sided("+", after, full=full)
    elif not texts:
        left, right = (value_line(side, None if full else _LONG) for side in (before, after))
        if left == right:
            left, right = value_line(before), value_line(after)
        yield f"{sign('~')} {what} {left} → {right}"
    elif in_one_line(before, after):
        left, right = apart(before, after, visible)
        yield f"{sign('~')} {what} {left} → {right}"
    else:
        yield f"{sign('~')} {what}"
        for side, line in compared(before, after, full=full):
            yield "    " + (click.style(f"{side} {line}", fg=_COLOURS[side]) if side else line)


def sign(text: str) -> str:
    """+, - or ~ in its colour."""
    return click.style(text, fg=_COLOURS[text])


def _one_side(what: str, path: str, value: Value, *, full: bool) -> Iterator[str]:
    if is_short(value):
        yield f"{sign(what)} {path}: {value_line(value, None if full else 2 * _LONG)}"
        return
    yield f"{sign(what)} {path}:"
    yield from (f"    {line}" for line in outline(value, full=full))


def _sided(side: str, value: Value, *, full: bool) -> Iterator[str]:
    lines = [value_line(value, None if full else _LONG)] if is_short(value) else outline(value, full=full)
    yield from ("    " + click.style(f"{side} {line}", fg=_COLOURS[side]) for line in lines)


def _order(difference: Difference, *, full: bool) -> str:
    names = difference.moved if full else difference.moved[:_MOST_NAMES]
    left = len(difference.moved) - len(names)
    more = f" and {left} more (--full shows them)" if left else ""
    return unseen_escaped(f"{', '.join(names)}{more} {difference.to}")
