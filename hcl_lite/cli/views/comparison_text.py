"""Renders how the objects of one server differ from those of another, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from hcl_lite.cli.views.change_text import render_groups
from hcl_lite.cli.views.escaping import in_line
from hcl_lite.cli.views.grouping import gathered
from hcl_lite.cli.views.import_text import render_left_out
from hcl_lite.cli.views.json_text import render_value
from hcl_lite.cli.views.look import SHORT, Look
from hcl_lite.engine.planning.plan_file import encode_difference
from hcl_lite.operations.bulk_import.model import Found
from hcl_lite.operations.promotion.model import Comparison

FORMAT_VERSION = 1  # of the JSON


def render_comparison(comparison: Comparison, look: Look = SHORT) -> str:
    """A line for each object that differs, with what would have to change on the target; the counts at the end."""
    parts = [*_only(comparison.missing, "+", "green", f"is on {comparison.source} alone")]
    for one in comparison.differing:
        head = _head("~", "yellow", one.found, f"differs on {comparison.target}")
        groups = render_groups(gathered(one.differences), look)
        parts.append("\n".join([head, *(f"    {line}" for line in groups)]))
    parts += _only(comparison.extra, "-", "red", f"is on {comparison.target} alone")
    parts += render_left_out("Does not carry over:", comparison.obstacles)
    return "\n\n".join([*parts, _summary(comparison)])


def render_comparison_json(comparison: Comparison) -> str:
    """The same for programs; documented in docs/promotion.md."""
    return render_value(
        {
            "format_version": FORMAT_VERSION,
            "source": comparison.source,
            "target": comparison.target,
            "missing": [*map(_named, comparison.missing)],
            "differing": [
                {**_named(one.found), "differences": [*map(encode_difference, one.differences)]}
                for one in comparison.differing
            ],
            "extra": [*map(_named, comparison.extra)],
            "same": comparison.same,
            "obstacles": [{"object": one.what, "reason": one.reason} for one in comparison.obstacles],
        }
    )


def _only(found: Sequence[Found], mark: str, colour: str, verb: str) -> Iterator[str]:
    if found:
        yield "\n".join(_head(mark, colour, one, verb) for one in found)


def _head(mark: str, colour: str, found: Found, verb: str) -> str:
    own = () if found.type.part_of else (found.title or found.uid,)  # what is part of a folder is called as that
    way = "/".join([*found.path, *own])
    name = f"{found.type.name} {in_line(way)}"
    return f"{click.style(mark, fg=colour, bold=True)} {click.style(name, bold=True)} ({in_line(found.uid)}) {verb}"


def _summary(comparison: Comparison) -> str:
    if comparison.is_equal:
        return (
            click.style(f"{comparison.target} is as {comparison.source}", bold=True) + f": {comparison.same} the same."
        )
    counts = (
        f"{len(comparison.missing)} on {comparison.source} alone",
        f"{len(comparison.differing)} different",
        f"{len(comparison.extra)} on {comparison.target} alone",
        f"{comparison.same} the same",
    )
    return click.style(f"{comparison.source} and {comparison.target}", bold=True) + f": {', '.join(counts)}."


def _named(found: Found) -> Mapping[str, Any]:
    return {"type": found.type.name, "uid": found.uid, "title": found.title, "path": [*found.path]}
