"""Two contents compared: what differs, by paths that a person recognises. Pure.

Items of a list are paired by what names them (id, refId, name, title …), so that a panel moved or put in between does
not make all that follow look changed. What is empty equals what is absent: servers and editors fill in the one for the
other.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hcl_lite.core.values import UNKNOWN, Secret, Value, canonical_json, conceal, content_hash, reveal

_NAMES = ("id", "uid", "refId", "key", "name", "title", "text", "value")
_LABELS = ("title", "name", "refId", "text", "key", "uid", "id", "value")


class Absent:
    """The type of ABSENT: nothing there."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "(absent)"


ABSENT = Absent()
_NOTHING: tuple[Value, ...] = (None, ABSENT, {}, [])


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two contents differ. `path` reads like `panels["CPU"].title`; values are fit to be shown."""

    path: str
    before: Value
    after: Value


def diff(before: Value, after: Value) -> tuple[Difference, ...]:
    """What would have to change in `before` to make it `after`, in the order of the documents."""
    return tuple(_compare("", before, after))


def same(before: Value, after: Value) -> bool:
    """Whether nothing differs."""
    return next(_compare("", before, after), None) is None


def hash_of(content: Value) -> str:
    """The hash of a content that is wholly known: equal where, and only where, `diff` finds nothing."""
    return content_hash(_normal_item(content))


def _normal(value: Value) -> Value:
    """`value` without what is empty. Written out for speed: it sees every node of every dashboard that is written."""
    if isinstance(value, dict):
        kept = {}
        for key, item in value.items():
            if not isinstance(item, str):
                item = _normal(item)
            if not _is_empty(item):
                kept[key] = item
        return kept
    if isinstance(value, list):
        return [_normal_item(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _normal(reveal(value)) if isinstance(value, Secret) else value


def _normal_item(value: Value) -> Value:
    """`value` where it keeps its place though it is empty: as an item of a list, or as the whole."""
    value = _normal(value)
    return None if _is_empty(value) else value


def _is_empty(value: Value) -> bool:
    if isinstance(value, str):
        return not value
    return value is False or value in _NOTHING


def _compare(path: str, before: Value, after: Value) -> Iterator[Difference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from _compare(_join(path, key), before.get(key, ABSENT), after.get(key, ABSENT))
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield from _compare_lists(path, before, after)
    elif after is UNKNOWN:
        yield Difference(path, conceal(before), conceal(after))
    elif isinstance(after, Secret):
        if not same(before, reveal(after)):
            yield Difference(path, before if before is ABSENT else conceal(after), conceal(after))
    elif not _equal(before, after):
        yield Difference(path, conceal(before), conceal(after))


def _equal(before: Value, after: Value) -> bool:
    if _is_empty(before) and _is_empty(after):
        return True
    if isinstance(before, Mapping | list) or isinstance(after, Mapping | list):
        return _is_empty(_normal(before)) and _is_empty(_normal(after))
    return (type(before) is type(after) and before == after) or _equal_numbers(before, after)


def _equal_numbers(before: Value, after: Value) -> bool:
    numbers = isinstance(before, int | float) and isinstance(after, int | float)
    return numbers and not isinstance(before, bool) and not isinstance(after, bool) and before == after


def _compare_lists(path: str, before: Sequence[Value], after: Sequence[Value]) -> Iterator[Difference]:
    name = _common_name(before, after)
    if name:
        yield from _compare_named(path, name, before, after)
        return
    for old, new in _align(before, after):
        if old is not None and new is not None:
            yield from _compare(f"{path}[{new}]", before[old], after[new])
        elif old is not None:
            yield Difference(f"{path}[{old}]", conceal(before[old]), ABSENT)
        elif new is not None:
            yield Difference(f"{path}[{new}]", ABSENT, conceal(after[new]))


def _compare_named(path: str, name: str, before: Sequence[Value], after: Sequence[Value]) -> Iterator[Difference]:
    old = {item[name]: item for item in before}
    new = {item[name]: item for item in after}
    for key in [*old, *(key for key in new if key not in old)]:
        label = _label(new.get(key, old.get(key)), name, [*old.values()] if key in old else [*new.values()])
        if key in old and key in new:
            yield from _compare(f"{path}[{label}]", old[key], new[key])
        else:
            yield Difference(f"{path}[{label}]", conceal(old.get(key, ABSENT)), conceal(new.get(key, ABSENT)))
    kept_before, kept_after = [k for k in old if k in new], [k for k in new if k in old]
    if kept_before != kept_after:
        yield Difference(f"{path} (order)", kept_before, kept_after)


def _common_name(before: Sequence[Value], after: Sequence[Value]) -> str:
    """The key that every item of both lists has, and by which each list tells its items apart."""
    both = [*before, *after]
    if not both or not all(isinstance(item, Mapping) for item in both):
        return ""
    for name in _NAMES:
        if all(isinstance(item.get(name), str | int) for item in both) and all(
            len({item[name] for item in side}) == len(side) for side in (before, after)
        ):
            return name
    return ""


def _label(item: Value, name: str, among: list[Value]) -> str:
    """What a person calls the item: its title where no other has it, with what names it where one does."""
    for label in _LABELS:
        text = item.get(label)
        if isinstance(text, str) and text:
            alone = sum(1 for other in among if other.get(label) == text) <= 1
            return _quote(text) if alone else f"{_quote(text)}, {name} {item[name]}"
    return str(item[name])


def _align(before: Sequence[Value], after: Sequence[Value]) -> list[tuple[int | None, int | None]]:
    """Positions of items that belong together, None where an item has no counterpart."""
    if len(before) == len(after):
        return [(index, index) for index in range(len(before))]
    left = [canonical_json(conceal(_normal(item))) for item in before]
    right = [canonical_json(conceal(_normal(item))) for item in after]
    pairs: list[tuple[int | None, int | None]] = []
    for _, i1, i2, j1, j2 in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        paired = min(i2 - i1, j2 - j1)
        pairs += [(i1 + k, j1 + k) for k in range(paired)]
        pairs += [(i, None) for i in range(i1 + paired, i2)]
        pairs += [(None, j) for j in range(j1 + paired, j2)]
    return pairs


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _join(path: str, key: str) -> str:
    step = key if key.replace("_", "a").replace("-", "a").isalnum() else f"[{_quote(key)}]"
    return f"{path}{'' if not path or step[0] == '[' else '.'}{step}"
