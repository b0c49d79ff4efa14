"""Edit operations that turn one document into another. Pure.

Edits address places by keys and positions; engine.diff shows them with labels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from hcl_lite.core.equality import frozen, same
from hcl_lite.core.labels import names_of, title_of
from hcl_lite.core.pairing import is_same_item, likeness, pair, unmoved
from hcl_lite.core.values import Value

Location = tuple[str | int, ...]

# What an item can leave for another one of its kind, and stay what it is: of Grafana the lists of panels and of what a
# layout holds, and the elements of v2, for another key.
_MOVABLE = ("panels", "items", "elements")


class Absent:
    """The type of ABSENT, which stands for no value."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "(absent)"


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class Edit:
    """One operation: a value changed, added (no `old`), removed (no `new`), or moved within its list or to another
    list. Changes inside of a moved item are edits of their own."""

    old: Location | None
    new: Location | None
    before: Value = ABSENT
    after: Value = ABSENT
    moved: Literal["", "in its list", "to another list"] = ""


def edits(before: Value, after: Value) -> Sequence[Edit]:
    """Returns the edits from `before` to `after`; empty where both are equal. A moved item is neither added nor
    removed."""
    return _with_relocations(list(_compare((), (), before, after)))


def _compare(old: Location, new: Location, before: Value, after: Value) -> Iterator[Edit]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*before, *(key for key in after if key not in before)]:
            if key not in after:
                yield Edit((*old, key), None, before[key], ABSENT)
            elif key not in before:
                yield Edit(None, (*new, key), ABSENT, after[key])
            elif not same(before[key], after[key]):
                yield from _compare((*old, key), (*new, key), before[key], after[key])
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield from _compare_lists(old, new, before, after)
    elif not same(before, after):
        yield Edit(old, new, before, after)


def _compare_lists(old: Location, new: Location, before: Sequence[Value], after: Sequence[Value]) -> Iterator[Edit]:
    """In the order of `after`; what goes stands where it was."""
    pairs = dict(pair(before, after))
    stay = unmoved(list(pairs.items()))
    places: list[tuple[int, int, int]] = [(new_at, 1, old_at) for old_at, new_at in pairs.items()]
    paired = set(pairs.values())
    places += [(index, 1, -1) for index in range(len(after)) if index not in paired]
    following = len(after)
    for index in reversed(range(len(before))):
        if index in stay:
            following = pairs[index]
        elif index not in pairs:
            places.append((following, 0, index))
    for new_at, kept, old_at in sorted(places):
        if not kept:
            yield Edit((*old, old_at), None, before[old_at], ABSENT)
        elif old_at < 0:
            yield Edit(None, (*new, new_at), ABSENT, after[new_at])
        else:
            if old_at not in stay:
                yield Edit((*old, old_at), (*new, new_at), moved="in its list")
            if not same(before[old_at], after[new_at]):
                yield from _compare((*old, old_at), (*new, new_at), before[old_at], after[new_at])


@dataclass(frozen=True, slots=True)
class _Item:
    """An item of a list that is gone, or new, or lies in something that is: `edit` is the number of that edit."""

    location: Location
    value: Mapping[str, Value]
    edit: int


def _with_relocations(found: Sequence[Edit]) -> Sequence[Edit]:
    """`found`, where an item that goes from one list and comes into another has moved."""
    gone = [
        item for index, edit in enumerate(found) if edit.new is None for item in _items(edit.old, edit.before, index)
    ]
    come = [
        item for index, edit in enumerate(found) if edit.old is None for item in _items(edit.new, edit.after, index)
    ]
    pairs = list(_relocated(gone, come)) if gone and come else []
    if not pairs:
        return found
    left = {item.location for item, _ in pairs}
    arrived = {item.location for _, item in pairs}
    result: list[Edit] = []
    for index, edit in enumerate(found):
        if edit.new is None and edit.old not in left:
            result.append(replace(edit, before=_without(edit.old, edit.before, left)))
        elif edit.old is None and edit.new not in arrived:
            result.append(replace(edit, after=_without(edit.new, edit.after, arrived)))
        elif edit.old is not None and edit.new is not None:
            result.append(edit)
        for item, there in pairs:
            if there.edit == index:
                result.append(Edit(item.location, there.location, moved="to another list"))
                result += _compare(item.location, there.location, item.value, there.value)
    return result


def _items(location: Location | None, value: Value, edit: int) -> Iterator[_Item]:
    """The items of movable lists in a value that goes or comes, itself among them; none of one that is found."""
    assert location is not None
    if len(location) > 1 and location[-2] in _MOVABLE and isinstance(value, Mapping) and title_of(value):
        yield _Item(location, value, edit)
    below = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in below:
        if isinstance(inner, Mapping | list):
            yield from _items((*location, step), inner, edit)


def _relocated(gone: Sequence[_Item], come: Sequence[_Item]) -> Iterator[tuple[_Item, _Item]]:
    """Items that are the same in both: equal, or with the same names. What lies in one that is found moves with it."""
    left, arrived = _Taken(), _Taken()
    for key_of in (_equality, _identity):
        places = defaultdict[Hashable, list[_Item]](list)
        for item in reversed(come):
            places[key_of(item)].append(item)
        for item in gone:
            there = places[key_of(item)]
            while there and arrived.touches(there[-1].location):
                there.pop()
            if not there or left.touches(item.location):
                continue
            if is_same_item(item.value, there[-1].value, likeness(item.value, there[-1].value)):
                left.add(item.location)
                arrived.add(there[-1].location)
                yield item, there.pop()


class _Taken:
    """Places that are spoken for, with what lies in them and what they lie in."""

    def __init__(self) -> None:
        self.places: set[Location] = set()
        self.above: set[Location] = set()

    def add(self, location: Location) -> None:
        self.places.add(location)
        self.above.update(location[:end] for end in range(1, len(location)))

    def touches(self, location: Location) -> bool:
        return location in self.above or any(location[:end] in self.places for end in range(1, len(location) + 1))


def _equality(item: _Item) -> Hashable:
    return item.location[-2], frozen(item.value)


def _identity(item: _Item) -> Hashable:
    return item.location[-2], frozenset(names_of(item.value).items())


def _without(location: Location | None, value: Value, left: set[Location]) -> Value:
    """`value` without the items that have moved out of it, or into it."""
    assert location is not None
    if isinstance(value, Mapping):
        return {key: _without((*location, key), item, left) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [
            _without((*location, index), item, left)
            for index, item in enumerate(value)
            if (*location, index) not in left
        ]
    return value
