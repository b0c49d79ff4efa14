"""A plan for people: what will be done to what, each difference on a line."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Iterable, Iterator

import click

from hcl_lite.cli.views.diagnostics import render_diagnostics
from hcl_lite.cli.views.escaping import escaped, in_json, in_line
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.values import Value
from hcl_lite.engine.changes import WRITES, Action, Change, Fate, OutputChange, Plan
from hcl_lite.engine.diff import ABSENT, Difference

_SIGNS = {
    Action.CREATE: ("+", "green", "will be created"),
    Action.UPDATE: ("~", "yellow", "will be updated"),
    Action.REPLACE: ("±", "magenta", "will be replaced"),
    Action.DELETE: ("-", "red", "will be deleted"),
    Action.READ: ("≤", "cyan", "will be read during apply"),
    Action.REFRESH: ("·", "cyan", "is up to date; only the state changes"),
    Action.FORGET: ("·", "cyan", "is gone from the server, and will be from the state"),
    Action.RELEASE: ("·", "yellow", "will be forgotten; the object stays on the server"),
}
_FATES = {
    Fate.SET: ("+", "green", "set"),
    Fate.ROTATED: ("~", "yellow", "rotated"),
    Fate.REMOVED: ("-", "red", "removed"),
    Fate.UNKNOWN: ("~", "yellow", "known after apply"),
    Fate.KEPT: (" ", None, "kept: not managed here"),
}
_MOST_DIFFERENCES = 50
_WIDE = 60
_MANY = 4  # deletions that a summary tells by type
_MOST_NAMES = 20
# Of both sides together: to compare more line by line takes too long.
_MOST_LINES = 400
_MOST_CHARACTERS = 40_000
_WORDS = ("(known after apply)", "(sensitive)")  # what conceal() puts in the place of a value


def render_plan(plan: Plan) -> str:
    """The whole plan."""
    parts = [_render_change(change, plan) for change in plan.changes]
    blocks = [part for part in parts if part]
    if plan.outputs:
        blocks.append("\n".join(["Outputs:", *(_render_output(output) for output in plan.outputs)]))
    if plan.warnings:
        blocks.append(render_diagnostics(plan.warnings))
    head = ""
    if not plan.is_empty:
        head = "The state will change:\n\n" if plan.refresh_only else "hcl-lite will do this:\n\n"
    return head + "\n\n".join([*blocks, render_summary(plan)])


def render_summary(plan: Plan) -> str:
    """One line: how much of what."""
    if plan.refresh_only:
        changed = plan.count(Action.REFRESH, Action.FORGET)
        return f"Refresh: {changed} to bring up to date." if changed else "No changes. The state is up to date."
    released = plan.count(Action.RELEASE)
    if plan.destroy and not plan.writes and not released:
        return click.style("No objects to delete.", bold=True, fg="green") + " Nothing is managed here."
    if not plan.writes and not plan.outputs and not released:
        return click.style("No changes.", bold=True, fg="green") + " Grafana is as the configuration says."
    replaced = plan.count(Action.REPLACE)
    gone = f"{plan.count(Action.DELETE)} to delete"
    summary = (
        click.style("Plan:", bold=True)
        + f" {plan.count(Action.CREATE)} to create, {plan.count(Action.UPDATE)} to update, "
        + (f"{replaced} to replace, " if replaced else "")
        + (click.style(gone, bold=True, fg="red") if plan.count(Action.DELETE) else gone)
        + (f", {released} to forget." if released else ".")
    )
    return f"{summary}\n{_render_deletions(plan)}" if len(plan.deleted) >= _MANY else summary


def render_question(plan: Plan, question: str) -> str:
    """`question`, after how much is deleted if the answer is yes."""
    number = len(plan.deleted)
    gone = "1 object is deleted." if number == 1 else f"{number} objects are deleted."
    return f"{click.style(gone, bold=True, fg='red')} {question}" if number else question


def _render_deletions(plan: Plan) -> str:
    """What goes, by type."""
    counts = Counter(change.address.type for change in plan.deletions)
    number = len(plan.deleted)
    if number > counts.total():
        counts["not managed here"] = number - counts.total()
    types = ", ".join(f"{count} {type_}" for type_, count in counts.most_common())
    replaced = plan.count(Action.REPLACE)
    again = f", {replaced} of them to be made anew" if replaced else ""
    return click.style(f"{number} objects are deleted{again}: {types}.", bold=True, fg="red")


def too_many_deletions(plan: Plan, most: int) -> Diagnostic:
    """What is said of a plan that deletes more than --max-destroy allows."""
    names = plan.deleted
    left = len(names) - _MOST_NAMES
    return Diagnostic(
        f"The plan deletes {len(names)} {'object' if len(names) == 1 else 'objects'}, and --max-destroy allows {most}",
        "\n".join([*names[:_MOST_NAMES], *([f"and {left} more"] if left > 0 else [])]),
        hint="Nothing was changed. If all of them are to go, allow as many.",
    )


def _render_change(change: Change, plan: Plan) -> str:
    told = change.note or change.secrets
    shown = change.action in WRITES or told or change.action in (Action.READ, Action.RELEASE)
    if not shown and not (plan.refresh_only and change.action in (Action.REFRESH, Action.FORGET)):
        return ""
    sign, colour, verb = _SIGNS.get(change.action, ("·", "cyan", "stays as it is"))
    where = in_line(f"  ({change.place.file}:{change.place.line})") if change.place else ""
    name = f"{change.address}{' (replaced before)' if change.deposed else ''}"
    lines = [
        f"{click.style(sign, fg=colour, bold=True)} {click.style(name, bold=True)} {verb}{click.style(where, dim=True)}"
    ]
    if change.because:
        lines.append(click.style(f"    because {in_line(change.because)}", fg="yellow" if change.drifted else None))
    if change.note:
        lines.append(f"    {escaped(change.note)}")
    if change.action is Action.DELETE and change.record:
        lines.append(f"    uid: {in_json(change.uid)}")
    lines += [f"    {line}" for line in _render_differences(change.differences)]
    lines += [f"    {line}" for line in _render_secrets(change)]
    return "\n".join(lines)


def _render_differences(differences: Iterable[Difference]) -> Iterator[str]:
    found = list(differences)
    for difference in found[:_MOST_DIFFERENCES]:
        yield from _render_difference(difference)
    if len(found) > _MOST_DIFFERENCES:
        yield f"… and {len(found) - _MOST_DIFFERENCES} more differences"


def _render_difference(difference: Difference) -> Iterator[str]:
    path, before, after = in_line(difference.path), difference.before, difference.after
    if difference.moved:
        moved = in_line(f"{', '.join(difference.moved)} {difference.to}")
        yield f"{click.style('~', fg='yellow')} {path} (order): {moved}"
    elif difference.to:
        yield f"{click.style('~', fg='yellow')} {path}: moved to {in_line(difference.to)}"
    elif before is ABSENT:
        yield f"{click.style('+', fg='green')} {path}: {_value(after)}"
    elif after is ABSENT:
        yield f"{click.style('-', fg='red')} {path}: {_value(before)}"
    elif isinstance(before, str) and isinstance(after, str) and _has_lines_to_compare(before, after):
        yield f"{click.style('~', fg='yellow')} {path}:"
        yield from _render_lines(before, after)
    elif (
        isinstance(before, str)
        and isinstance(after, str)
        and max(len(before), len(after)) > _WIDE
        and after not in _WORDS
    ):
        left, right = _around_change(before, after)
        yield f"{click.style('~', fg='yellow')} {path}:"
        yield f"    {click.style('- ' + left, fg='red')}"
        yield f"    {click.style('+ ' + right, fg='green')}"
    else:
        yield f"{click.style('~', fg='yellow')} {path}: {_value(before)} → {_value(after)}"


def _has_lines_to_compare(before: str, after: str) -> bool:
    """Whether there are several lines, and no more than can be compared with each other in a moment."""
    both = before + after if len(before) + len(after) <= _MOST_CHARACTERS else ""
    return 1 <= both.count("\n") <= _MOST_LINES


def _render_lines(before: str, after: str) -> Iterator[str]:
    for line in difflib.ndiff(before.splitlines(), after.splitlines()):
        if line[0] in "+-":
            yield "    " + click.style(escaped(line.rstrip()), fg="green" if line[0] == "+" else "red")


def _around_change(before: str, after: str) -> tuple[str, str]:
    """Both texts without the long parts that they share at their ends."""
    start = next(
        (i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    longest = min(len(before), len(after)) - start
    end = next((i for i in range(longest) if before[-1 - i] != after[-1 - i]), longest)
    left = max(0, start - _WIDE // 2)
    head = "…" if left else ""

    def cut(text: str) -> str:
        right = min(len(text), len(text) - end + _WIDE // 2)
        return f'"{head}{in_line(text[left:right])}{"…" if right < len(text) else ""}"'

    return cut(before), cut(after)


def _render_secrets(change: Change) -> Iterator[str]:
    for name, fate in change.secrets.items():
        sign, colour, word = _FATES[fate]
        yield f"{click.style(sign, fg=colour)} {in_line(name)}: (sensitive, {word})"
    if change.action is not Action.UPDATE or change.record is None:
        return
    # The server gives no secret back: that somebody has saved the object is all there is to know.
    outside = ", may have changed outside" if change.seen != change.record.version else ""
    for name in change.record.secrets:
        if name not in change.secrets:
            yield f"  {in_line(name)}: (sensitive, unchanged{outside})"


def _render_output(output: OutputChange) -> str:
    return "\n".join(f"  {line}" for line in _render_difference(Difference(output.name, output.before, output.after)))


def _value(value: Value) -> str:
    """One line of JSON, cut where it is long; what is not known or not to be seen by its name."""
    if isinstance(value, str) and value in _WORDS:
        return value
    if isinstance(value, dict):
        named = next((value[key] for key in ("title", "name", "refId") if isinstance(value.get(key), str)), None)
        if named is not None and len(json.dumps(value)) > _WIDE:
            return f'{{… "{in_line(named)}", {len(value)} keys}}'
    if value is ABSENT:
        return "(absent)"
    text = in_json(value)
    return text if len(text) <= 2 * _WIDE else text[: 2 * _WIDE - 1] + "…"
