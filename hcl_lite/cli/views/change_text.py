"""Renders the change of one object, or the same change of many, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import click

from hcl_lite.cli.views.difference_text import render_change, render_difference, sign
from hcl_lite.cli.views.escaping import escaped, in_json, in_line
from hcl_lite.cli.views.grouping import WORD, Group, Together, gathered, together
from hcl_lite.cli.views.outline_text import render_contents
from hcl_lite.cli.views.texts import unseen_escaped
from hcl_lite.engine.diff import ABSENT, Difference, diff
from hcl_lite.engine.plan import MAKES, WRITES, Action, Change, Fate, OutputChange, Outside, Plan

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
_MOST_GROUPS = 50
_MOST_PLACES = 10
_MOST_OUTLINED = 10  # new objects
# What a person knows an object by, where the state remembers it.
_KNOWN_BY = ("title", "name", "type", "folder", "url")


def has_many_new(plan: Plan) -> bool:
    """Whether so many objects are new that nobody reads what lies in each."""
    outlines = [change.outline for change in plan.changes if change.action in MAKES]
    return None in outlines or sum(1 for outline in outlines if outline) > _MOST_OUTLINED


def render_changes(plan: Plan, *, full: bool) -> Iterator[str]:
    """A block for each change that a person should see; one for many that are the same."""
    shown = [change for change in plan.changes if _is_shown(change, plan)]
    folders = _folders(plan)
    outlined = full or not has_many_new(plan)
    for one in together(shown, exact=full):
        lines = [line for change in one.changes for line in _header(change)]
        if len(one.changes) == 1:
            change = one.changes[0]
            lines += _reasons(one, folders, full=full)
            lines += render_groups(one.groups, full=full)
            lines += render_contents(change, full=full) if outlined else ()
            lines += _render_secrets(change)
        else:
            lines += _reasons(one, folders, full=full)
            lines.append(f"the same in each of these {len(one.changes)}:")
            lines += render_groups(one.groups, full=full) if one.exact else _render_everywhere(one)
        heads = len(one.changes)
        yield "\n".join([*lines[:heads], *(f"    {line}" for line in lines[heads:])])


def render_output(output: OutputChange, *, full: bool) -> str:
    """An output, by what of it differs."""
    differences: Sequence[Difference] = [Difference(output.name, output.before, output.after)]
    if output.before is not ABSENT and output.after is not ABSENT:
        differences = diff({output.name: output.before}, {output.name: output.after}) or differences
    return "\n".join(f"  {line}" for line in render_groups(gathered(differences), full=full))


def _is_shown(change: Change, plan: Plan) -> bool:
    told = change.note or change.secrets
    if change.action in WRITES or told or change.action in (Action.READ, Action.RELEASE):
        return True
    return plan.refresh_only and change.action in (Action.REFRESH, Action.FORGET)


def _header(change: Change) -> Iterator[str]:
    mark, colour, verb = _SIGNS.get(change.action, ("·", "cyan", "stays as it is"))
    if change.action is Action.REFRESH and change.drifted:
        verb = "will be brought up to date in the state"
    places = [f"{change.place.file}:{change.place.line}"] if change.place else []
    where = in_line(f"  ({', '.join([*places, *change.files])})") if places else ""
    name = f"{change.address}{' (replaced before)' if change.deposed else ''}"
    yield (
        f"{click.style(mark, fg=colour, bold=True)} {click.style(name, bold=True)} {verb}{click.style(where, dim=True)}"
    )


def _folders(plan: Plan) -> Mapping[tuple[str, str], str]:
    """The titles of the folders that are managed here, by provider and uid."""
    records = (change.record for change in plan.changes if change.record is not None)
    titled = ((one, one.attributes.get("title")) for one in records if one.address.type.endswith("_folder"))
    return {(record.provider, record.uid): title for record, title in titled if isinstance(title, str)}


def _reasons(one: Together, folders: Mapping[tuple[str, str], str], *, full: bool) -> Iterator[str]:
    change = one.changes[0]
    if change.reason:
        outside = _outside([other.outside for other in one.changes if other.outside is not None])
        reason = change.reason if outside is None else outside.told(change.reason)
        yield click.style(f"because {in_line(reason)}", fg="yellow" if change.drifted else None)
    yield from (f"there: {line}" for line in render_groups(gathered(change.drift), full=full))
    if change.note:
        yield escaped(change.note)
    if change.action is Action.DELETE and change.record:
        yield f"uid: {in_json(change.uid)}"
        known = change.record.attributes
        for key in _KNOWN_BY:
            if known.get(key):
                title = folders.get((change.provider, str(known[key])), "") if key == "folder" else ""
                yield f"{key}: {in_json(known[key])}{f' ({in_line(title)})' if title else ''}"


def _outside(found: Sequence[Outside]) -> Outside | None:
    """Returns the common part of several changes made outside: the same author, over some time; None for none."""
    if len(set(found)) <= 1:
        return found[0] if found else None
    times = sorted(one.revision.at for one in found)
    return Outside(replace(found[0].revision, at=" to ".join(dict.fromkeys((times[0], times[-1])))))


def render_groups(groups: Sequence[Group], *, full: bool) -> Iterator[str]:
    """Renders differences, equal ones together."""
    shown = groups if full else groups[:_MOST_GROUPS]
    for group in shown:
        if len(group.differences) == 1:
            yield from render_difference(group.differences[0], full=full)
        else:
            yield from _render_group(group, full=full)
    left = sum(len(group.differences) for group in groups[len(shown) :])
    if left:
        yield f"… and {left} more {'difference' if left == 1 else 'differences'}: --full shows them"


def _render_group(group: Group, *, full: bool) -> Iterator[str]:
    """Renders one difference in many places, with these places."""
    places = [unseen_escaped(difference.path) for difference in group.differences]
    *first, last = _told(group, full=full)
    yield from first
    yield f"{last}, in {len(places)} places:"
    shown = places if full else places[:_MOST_PLACES]
    yield from (f"    {place}" for place in shown)
    if len(shown) < len(places):
        yield f"    … and {len(places) - len(shown)} more places: --full shows them"


def _render_everywhere(one: Together) -> Iterator[str]:
    """Renders the differences in other places that many objects share."""
    counts: dict[object, int] = {}
    for change in one.changes:
        for group in gathered(change.differences):
            counts[group.key] = counts.get(group.key, 0) + len(group.differences)
    told = set()
    for group in one.groups:
        if group.key not in told:
            told.add(group.key)
            *first, last = _told(group, full=False)
            yield from first
            yield f"{last}, in {counts[group.key]} places: --full shows them"


def _told(group: Group, *, full: bool) -> Iterable[str]:
    """The difference of a group without its places."""
    before, after = group.before, group.after
    if group.shift:
        return [f"{sign('~')} {unseen_escaped(group.what)}: {group.shift:+d}"]
    if before is not ABSENT and after is not ABSENT:
        what = WORD if group.what == WORD else f"{unseen_escaped(group.what)}:"
        return render_change(what, before, after, full=full)
    return render_difference(Difference(group.what, before, after), full=full)


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
