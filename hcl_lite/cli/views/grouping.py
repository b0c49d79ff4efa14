"""Groups equal differences in many places of one object, and equal changes of many objects. Pure."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

from hcl_lite.cli.views.values import MARKS
from hcl_lite.core.values import Value
from hcl_lite.engine.diff import ABSENT, Difference
from hcl_lite.engine.plan import Action, Change
from hcl_lite.review.model import Row

MANY = 4
WORD = "the word"
_WORD = re.compile(r"\w+|\W")
_SHORTEST = 3  # a word that says something without what stands around it
_DURATION = re.compile(r"\d+(?:ms|[smhdwMy])")
# What moves by the same distance in all panels that stand below of what was put in.
_SHIFTED = ("gridPos.x", "gridPos.y")


@dataclass(frozen=True, slots=True)
class Group:
    """Differences that are the same but for their places: `what` is WORD or the end of their paths, which is `before`
    on one side and `after` on the other; or numbers of which all have become more by `shift`. One alone is only
    itself."""

    differences: tuple[Difference, ...]
    what: str = ""
    before: Value = ABSENT
    after: Value = ABSENT
    shift: int = 0

    @property
    def key(self) -> Hashable:
        """Equal for groups that tell the same, wherever it is."""
        return self.what, _text(self.before), _text(self.after), self.shift


def gathered(differences: Iterable[Difference]) -> Sequence[Group]:
    """In the order of the first of each; what is there fewer than MANY times stays by itself."""
    groups = [_alone(difference) for difference in differences]
    members = defaultdict[Hashable, list[Group]](list)
    for group in groups:
        members[group.key].append(group)
    result, told = [], set[Hashable]()
    for group in groups:
        same = members[group.key]
        if group.what == "" or len(same) < MANY:
            result.append(group)
        elif group.key not in told:
            told.add(group.key)
            result.append(replace(group, differences=tuple(d for one in same for d in one.differences)))
    return result


@dataclass(frozen=True, slots=True)
class Together:
    """Objects that are told together, which all have the same `groups`; `exact` says that their places are too."""

    rows: tuple[Row, ...]
    groups: Sequence[Group]
    exact: bool = True

    @property
    def changes(self) -> Sequence[Change]:
        return [row.change for row in self.rows]


def together(rows: Iterable[Row], *, exact: bool) -> Sequence[Together]:
    """In the order of the first of each. With `exact` the places have to be the same too."""
    alone = [Together((row,), gathered(row.change.differences)) for row in rows]
    members = defaultdict[Hashable, list[Together]](list)
    for one in alone:
        members[_signature(one, exact=exact)].append(one)
    result, told = [], set[Hashable]()
    for one in alone:
        signature = _signature(one, exact=exact)
        same = members[signature]
        if signature is None or len(same) < MANY:
            result.append(one)
        elif signature not in told:
            told.add(signature)
            first = same[0].changes[0].differences
            equal = all(other.changes[0].differences == first for other in same)
            result.append(Together(tuple(other.rows[0] for other in same), one.groups, equal))
    return result


def _signature(one: Together, *, exact: bool) -> Hashable:
    """Equal for changes that may be told together; None for one that may not."""
    change = one.changes[0]
    if change.action not in (Action.UPDATE, Action.REFRESH) or not change.differences or change.secrets:
        return None
    what: Hashable = frozenset(group.key for group in one.groups)
    if exact or any(not group.what for group in one.groups):
        what = _exactly(change.differences)
    whose = change.outside and (change.outside.revision.by, change.outside.revision.message)
    return change.address.type, change.reason, whose, change.note, change.drifted, _exactly(change.drift), what


def _exactly(differences: Iterable[Difference]) -> Hashable:
    return tuple((d.path, _text(d.before), _text(d.after), d.moved, d.to) for d in differences)


def _alone(difference: Difference) -> Group:
    before, after = difference.before, difference.after
    if difference.to:
        return Group((difference,))
    word = _word(before, after)
    if word is not None:
        return Group((difference,), WORD, *word)
    end = _end_of(difference.path)
    if end in _SHIFTED and type(before) is int and type(after) is int:
        return Group((difference,), end, shift=after - before)
    return Group((difference,), end, before, after)


def _word(before: Value, after: Value) -> tuple[str, str] | None:
    """The one word that is another one in a text, wherever it stands in it."""
    if not isinstance(before, str) or not isinstance(after, str) or before in MARKS or after in MARKS:
        return None
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) != len(new):
        return None
    changed = {(left, right) for left, right in zip(old, new, strict=True) if left != right}
    if len(changed) != 1 or len(old) == 1:
        return None
    left, right = changed.pop()
    is_duration = _DURATION.fullmatch(left) and _DURATION.fullmatch(right)
    return (left, right) if is_duration or min(len(left), len(right)) >= _SHORTEST else None


def _end_of(path: str) -> str:
    """Returns the path behind the last list item, or that item with its list."""
    return path.rpartition("].")[2]


def _text(value: Value) -> str:
    return "" if value is ABSENT else json.dumps(value, sort_keys=True)
