"""Rows for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from hcl_lite.cli.views.escaping import in_line
from hcl_lite.core.values import JsonValue


def render_table(rows: Sequence[Mapping[str, JsonValue]]) -> str:
    """Columns by the keys of the rows, which have the same; a column that says nothing is left out."""
    keys = [key for key in rows[0] if any(row[key] for row in rows)]
    lines = [[key.replace("_", " ") for key in keys], *([_shown(row[key]) for key in keys] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(keys))]
    shown = ["  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([click.style(shown[0], bold=True), *shown[1:]])


def _shown(value: JsonValue) -> str:
    return in_line(str(value)) if value else ""
