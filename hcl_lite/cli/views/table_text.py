"""Rows for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

import click

from hcl_lite.cli.views.escaping import in_line
from hcl_lite.core.values import JsonValue


def render_table(rows: Sequence[Mapping[str, JsonValue]]) -> str:
    """Columns by the keys of the rows, which have the same; a column that says nothing is left out."""
    keys = [key for key in rows[0] if any(row[key] for row in rows)]
    return render_columns([(key.replace("_", " "), [_shown(row[key]) for row in rows]) for key in keys])


def render_columns(columns: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Each with a title; as wide as what is in it."""
    widths = [max(map(len, (title, *cells))) for title, cells in columns]
    lines = zip_longest(*((title, *cells) for title, cells in columns), fillvalue="")
    shown = ["  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([click.style(shown[0], bold=True), *shown[1:]]) if shown else ""


def _shown(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return in_line(str(value)) if value else ""
