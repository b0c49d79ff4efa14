"""Changes in the words of people: the title and the folder of their objects, and whether more or less is allowed by
them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from hcl_lite.core.redaction import redact
from hcl_lite.core.schema import ResourceType
from hcl_lite.core.values import Value
from hcl_lite.engine.diff import ABSENT, Difference
from hcl_lite.engine.plan import GOES, Access, Action, Change

Levels = Mapping[str, Sequence[str]]


def described(change: Change, type_: ResourceType, values: Mapping[str, Value]) -> Change:
    """Returns `change` with the title and the folder of its object, of which `values` are the completed arguments, or
    what is remembered; and with what becomes of who may do what."""
    told = type_.described(values)
    access = access_of(change, type_)
    return replace(change, title=redact(told.title), folder=redact(told.folder), access=access)


def access_of(change: Change, type_: ResourceType) -> Access | None:
    """Returns what a change does to who may do what; None for nothing, and where nothing is said of it. An object that
    is a list of all there is takes away as it gives."""
    levels = type_.capabilities.grants
    if not levels or change.action not in (Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE):
        return None
    if change.action is Action.REPLACE or (type_.part_of and change.action is not Action.UPDATE):
        return Access.CHANGES
    if change.action in GOES:
        return Access.CLOSES
    found = {one for difference in change.differences for one in _said_by(difference, levels)}
    if not found:
        return None
    return found.pop() if len(found) == 1 else Access.CHANGES


def _said_by(difference: Difference, levels: Levels) -> Iterator[Access]:
    name = difference.path.partition(".")[0].partition("[")[0]
    if name not in levels or difference.to:
        return
    before, after = difference.before, difference.after
    if before is ABSENT or after is ABSENT:
        gone = after is ABSENT
        rank = _rank(before if gone else after, levels[name])
        if rank != 0 and (before, after) != (ABSENT, []):
            yield Access.CLOSES if gone else Access.OPENS
        return
    old, new = _rank(before, levels[name]), _rank(after, levels[name])
    if old is None or new is None:
        yield Access.CHANGES
    elif old != new:
        yield Access.OPENS if new > old else Access.CLOSES


def _rank(value: Value, levels: Sequence[str]) -> int | None:
    """The place of a value among the levels, 0 for the one that allows nothing; None for no level."""
    text = str(value).casefold()
    return next((place for place, level in enumerate(levels) if level.casefold() == text), None)
