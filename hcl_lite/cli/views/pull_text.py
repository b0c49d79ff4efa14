"""Renders what came of a pull as text: what is in files now, what both sides have changed, what stays out and why."""

from __future__ import annotations

from collections.abc import Iterator

import click

from hcl_lite.cli.views.difference_text import render_difference
from hcl_lite.cli.views.escaping import in_line
from hcl_lite.cli.views.import_text import render_report as render_new
from hcl_lite.cli.views.look import SHORT
from hcl_lite.cli.views.values import in_one_line
from hcl_lite.core.values import Value
from hcl_lite.engine.diff import ABSENT
from hcl_lite.operations.pulling.model import Contested, Pulled, PullReport, Untaken

_LONG = 200


def render_pull(report: PullReport) -> str:
    """All but the plan."""
    parts = [
        _summary(report),
        *map(_pulled, report.pulled),
        *_section("Changed on both sides:", [render_contested(one) for one in report.contested]),
        *_section("Not taken over:", [_untaken(one) for one in report.untaken]),
        *_gone(report),
        *_files(report),
        *([render_new(report.new)] if report.new is not None else []),
    ]
    return "\n\n".join(part for part in parts if part)


def render_contested(one: Contested) -> str:
    """A conflict, with all sides of it."""
    taken = f" {one.taken.value} was taken" if one.taken is not None else ""
    sides = (("last applied", one.base), ("ours", one.ours), ("theirs", one.theirs))
    lines = [f"  {one.address} {in_line(one.path)}:{taken}"]
    lines += [f"    {name}: {_value(value)}" for name, value in sides if name != "last applied" or value is not ABSENT]
    return "\n".join(lines)


def _summary(report: PullReport) -> str:
    if not report.has_changes:
        return "Nothing to pull: the files have what is on the server."
    number = len(report.pulled)
    if not number:
        return click.style("Nothing of it came into the files.", bold=True) if not report.new else ""
    what = "1 object" if number == 1 else f"{number} objects"
    return click.style(f"{what} {'would be' if report.is_dry_run else ''} pulled.".replace("  ", " "), bold=True)


def _pulled(one: Pulled) -> str:
    head = f"{click.style(str(one.address), bold=True)}: {in_line(one.outside)}"
    lines = [f"  {line}" for difference in one.differences for line in render_difference(difference, SHORT)]
    return "\n".join([head, *lines])


def _section(head: str, parts: list[str]) -> Iterator[str]:
    if parts:
        yield "\n".join([head, *parts])


def _untaken(one: Untaken) -> str:
    place = f"{one.place}: " if one.place is not None else ""
    path = f" {in_line(one.path)}" if one.path else ""
    lines = [f"  {place}{one.address}{path}: {in_line(one.reason)}"]
    if one.patch:
        lines += [f"    {in_line(line)}" for line in one.patch.splitlines()]
    else:
        lines += [f"    {line}" for change in one.differences for line in render_difference(change, SHORT)]
    return "\n".join(lines)


def _gone(report: PullReport) -> Iterator[str]:
    if report.gone:
        head = "Gone from the server:"
        hint = "  hcl-lite apply makes them again; where they are to stay away, delete the block and: hcl-lite state rm"
        yield "\n".join([head, *(f"  {address}" for address in report.gone), hint])


def _files(report: PullReport) -> Iterator[str]:
    if report.is_dry_run:
        yield from ("\n".join(map(_coloured, text.splitlines())) for text in report.files.values())
    elif report.files:
        yield "\n".join(["Written:", *(f"  {in_line(name)}" for name in report.files)])


def _coloured(line: str) -> str:
    colour = {"+": "green", "-": "red"}.get(line[:1])
    text = in_line(line)
    return click.style(text, fg=colour) if colour else text


def _value(value: Value) -> str:
    return "(nothing)" if value is ABSENT else in_one_line(value, _LONG)
