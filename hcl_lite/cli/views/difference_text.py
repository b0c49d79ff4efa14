"""A difference for people: one line, or the lines of two texts that differ, or what is new."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import click

from hcl_lite.cli.views.look import Detail, Look
from hcl_lite.cli.views.outline import is_short, outline
from hcl_lite.cli.views.texts import apart, compared, in_one_line, unseen_escaped, visible
from hcl_lite.cli.views.values import MARKS
from hcl_lite.cli.views.values import in_one_line as value_line
from hcl_lite.cli.views.words import marked_lines, marked_pair
from hcl_lite.core.values import Value
from hcl_lite.engine.diff import ABSENT, Difference

_MOST_NAMES = 8
_COLOURS = {"+": "green", "-": "red", "~": "yellow"}


def render_difference(difference: Difference, look: Look) -> Iterator[str]:
    """Its lines, without indentation."""
    path = unseen_escaped(difference.path)
    if difference.moved:
        yield f"{sign('~')} {path} (order): {_order(difference, look)}"
    elif difference.to:
        yield f"{sign('~')} {path}: moved to {unseen_escaped(difference.to)}"
    elif difference.before is ABSENT:
        yield from _one_side("+", path, difference.after, look)
    elif difference.after is ABSENT:
        yield from _one_side("-", path, difference.before, look)
    else:
        yield from render_change(f"{path}:", difference.before, difference.after, look)


def render_change(what: str, before: Value, after: Value, look: Look) -> Iterator[str]:
    """Both sides of a value that becomes another one; they never look the same, but where neither is to be seen."""
    texts = isinstance(before, str) and isinstance(after, str) and before not in MARKS and after not in MARKS
    if not (is_short(before) and is_short(after)):  # nothing becomes a list of variables, say
        yield f"{sign('~')} {what}"
        if [*_extent(before, look)] == [*_extent(after, look)]:
            look = replace(look, detail=Detail.FULL)
        yield from _sided("-", before, look)
        yield from _sided("+", after, look)
    elif not texts:
        left, right = (value_line(side, look.most) for side in (before, after))
        if left == right:
            left, right = value_line(before), value_line(after)
        yield f"{sign('~')} {what} {left} → {right}"
    elif in_one_line(before, after):
        left, right = marked_pair(*apart(before, after, visible))
        yield f"{sign('~')} {what} {left} → {right}"
    else:
        yield f"{sign('~')} {what}"
        lines = compared(before, after, full=look.full)
        for side, line in marked_lines(lines, what.rstrip(":"), coloured=look.coloured):
            yield f"    {sign(side)} {line}" if side else f"    {line}"


def sign(text: str) -> str:
    """+, - or ~ in its colour."""
    return click.style(text, fg=_COLOURS[text])


def _one_side(what: str, path: str, value: Value, look: Look) -> Iterator[str]:
    if is_short(value):
        yield f"{sign(what)} {path}: {value_line(value, look.most and 2 * look.most)}"
        return
    yield f"{sign(what)} {path}:"
    yield from (f"    {line}" for line in outline(value, look))


def _sided(side: str, value: Value, look: Look) -> Iterator[str]:
    yield from ("    " + click.style(f"{side} {line}", fg=_COLOURS[side]) for line in _extent(value, look))


def _extent(value: Value, look: Look) -> Iterator[str]:
    """Yields the lines of a value on one side."""
    yield from [value_line(value, look.most)] if is_short(value) else outline(value, look)


def _order(difference: Difference, look: Look) -> str:
    names = difference.moved if look.full else difference.moved[:_MOST_NAMES]
    left = len(difference.moved) - len(names)
    more = f" and {left} more (--full shows them)" if left else ""
    return unseen_escaped(f"{', '.join(names)}{more} {difference.to}")
