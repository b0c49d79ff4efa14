"""Renders the change of one object, or the same change of many, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import click

from hcl_lite.cli.views.difference_text import render_change, render_difference, sign
from hcl_lite.cli.views.escaping import escaped, in_json, in_line
from hcl_lite.cli.views.grouping import WORD, Group, Together, gathered, together
from hcl_lite.cli.views.look import Look
from hcl_lite.cli.views.outline_text import render_contents
from hcl_lite.cli.views.texts import unseen_escaped
from hcl_lite.engine.diff import ABSENT, Difference, diff
from hcl_lite.engine.plan import MAKES, Action, Change, Fate, OutputChange, Outside
from hcl_lite.review.model import Review, Row

SIGNS = {
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
_MOST_GROUPS = 50
_MOST_PLACES = 10
_MOST_OUTLINED = 10  # new objects
# What a person knows an object by, where the state remembers it.
_KNOWN_BY = ("title", "name", "type", "folder", "url")


def has_many_new(review: Review) -> bool:
    """Whether so many objects are new that nobody reads what lies in each."""
    outlines = [row.change.outline for row in review.rows if row.change.action in MAKES]
    return None in outlines or sum(1 for outline in outlines if outline) > _MOST_OUTLINED


@dataclass(frozen=True, slots=True)
class Block:
    """Text on one object, or on many that change in the same way: a line for each of `rows`, and the `lines`
    that all of them have in common."""

    rows: Sequence[Row]
    heads: Sequence[str]
    lines: Sequence[str]


def blocks_of(review: Review, look: Look) -> Iterator[Block]:
    """Yields what is said of each object, in the order of the plan."""
    outlined = look.full or not has_many_new(review)
    for one in together(review.rows, exact=look.full):
        lines = [*_reasons(one, look)]
        if len(one.rows) == 1:
            change = one.rows[0].change
            lines += render_groups(one.groups, look)
            lines += render_contents(change, look) if outlined else ()
            lines += _render_secrets(change)
        else:
            lines.append(f"the same in each of these {len(one.rows)}:")
            lines += render_groups(one.groups, look) if one.exact else _render_everywhere(one, look)
        yield Block(one.rows, [line for row in one.rows for line in _header(row)], lines)


def render_rows(review: Review, look: Look) -> Iterator[str]:
    """Yields the text of each block."""
    for block in blocks_of(review, look):
        yield "\n".join([*block.heads, *(f"    {line}" for line in block.lines)])


def render_output(output: OutputChange, look: Look) -> str:
    """An output, by what of it differs."""
    differences: Sequence[Difference] = [Difference(output.name, output.before, output.after)]
    if output.before is not ABSENT and output.after is not ABSENT:
        differences = diff({output.name: output.before}, {output.name: output.after}) or differences
    return "\n".join(f"  {line}" for line in render_groups(gathered(differences), look))


def _header(row: Row) -> Iterator[str]:
    change = row.change
    mark, colour, verb = SIGNS.get(change.action, ("·", "cyan", "stays as it is"))
    if change.action is Action.REFRESH and change.drifted:
        verb = "will be brought up to date in the state"
    places = [f"{change.place.file}:{change.place.line}"] if change.place else []
    where = in_line(f"  ({', '.join([*places, *change.files])})") if places else ""
    name = f"{change.address}{' (replaced before)' if change.deposed else ''}"
    yield (
        f"{click.style(mark, fg=colour, bold=True)} {click.style(name, bold=True)} {verb}{click.style(where, dim=True)}"
    )


def _reasons(one: Together, look: Look) -> Iterator[str]:
    row, change = one.rows[0], one.changes[0]
    if change.reason:
        outside = _outside([other.outside for other in one.changes if other.outside is not None])
        reason = change.reason if outside is None else outside.told(change.reason)
        yield click.style(f"because {in_line(reason)}", fg="yellow" if change.drifted else None)
    yield from (f"there: {line}" for line in render_groups(gathered(change.drift), look))
    if change.note:
        yield escaped(change.note)
    if change.action is Action.DELETE and change.record:
        yield f"uid: {in_json(change.uid)}"
        known = change.record.attributes
        for key in _KNOWN_BY:
            if known.get(key):
                titled = key == "folder" and row.folder.title not in ("", known[key])
                yield f"{key}: {in_json(known[key])}{f' ({in_line(row.folder.title)})' if titled else ''}"


def _outside(found: Sequence[Outside]) -> Outside | None:
    """Returns the common part of several changes made outside: the same author, over some time; None for none."""
    if len(set(found)) <= 1:
        return found[0] if found else None
    times = sorted(one.revision.at for one in found)
    return Outside(replace(found[0].revision, at=" to ".join(dict.fromkeys((times[0], times[-1])))))


def render_groups(groups: Sequence[Group], look: Look) -> Iterator[str]:
    """Renders differences, equal ones together."""
    shown = groups if look.full else groups[:_MOST_GROUPS]
    for group in shown:
        if len(group.differences) == 1:
            yield from render_difference(group.differences[0], look)
        else:
            yield from _render_group(group, look)
    left = sum(len(group.differences) for group in groups[len(shown) :])
    if left:
        yield f"… and {left} more {'difference' if left == 1 else 'differences'}: --full shows them"


def _render_group(group: Group, look: Look) -> Iterator[str]:
    """Renders one difference in many places, with these places."""
    places = [unseen_escaped(difference.path) for difference in group.differences]
    *first, last = _told(group, look)
    yield from first
    yield f"{last}, in {len(places)} places:"
    shown = places if look.full else places[:_MOST_PLACES]
    yield from (f"    {place}" for place in shown)
    if len(shown) < len(places):
        yield f"    … and {len(places) - len(shown)} more places: --full shows them"


def _render_everywhere(one: Together, look: Look) -> Iterator[str]:
    """Renders the differences in other places that many objects share."""
    counts: dict[object, int] = {}
    for change in one.changes:
        for group in gathered(change.differences):
            counts[group.key] = counts.get(group.key, 0) + len(group.differences)
    told = set()
    for group in one.groups:
        if group.key not in told:
            told.add(group.key)
            *first, last = _told(group, look)
            yield from first
            yield f"{last}, in {counts[group.key]} places: --full shows them"


def _told(group: Group, look: Look) -> Iterable[str]:
    """The difference of a group without its places."""
    before, after = group.before, group.after
    if group.shift:
        return [f"{sign('~')} {unseen_escaped(group.what)}: {group.shift:+d}"]
    if before is not ABSENT and after is not ABSENT:
        what = WORD if group.what == WORD else f"{unseen_escaped(group.what)}:"
        return render_change(what, before, after, look)
    return render_difference(Difference(group.what, before, after), look)


def _render_secrets(change: Change) -> Iterator[str]:
    for name, fate in change.secrets.items():
        mark, colour, word = _FATES[fate]
        yield f"{click.style(mark, fg=colour)} {in_line(name)}: (sensitive, {word})"
    if change.action is not Action.UPDATE or change.record is None:
        return
    # The server gives no secret back: that somebody has saved the object is all there is to know.
    outside = ", may have changed outside" if change.expected_version != change.record.version else ""
    for name in change.record.secrets:
        if name not in change.secrets:
            yield f"  {in_line(name)}: (sensitive, unchanged{outside})"
