"""Paths into a JSON document, as people write them and as diffs show them: `panels[title=CPU].gridPos`.

| step            | what it selects                                                             |
|-----------------|-----------------------------------------------------------------------------|
| name, ["name"]  | a key of an object; in a list, the item that has this title, name, refId …  |
| [3]             | an item of a list, by its position, or by its id where the items have ids   |
| [key=value]     | the items of a list whose key has this value                                |
| [*], *          | every item, or every key                                                    |
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

# What a person calls an item of a list by, the best first; diffs use the same.
LABELS = ("title", "name", "refId", "text", "key", "uid", "id", "value")

_NAME = re.compile(r"[A-Za-z_$@][A-Za-z0-9_$@/-]*")
_BRACKET = re.compile(
    r"\[\s*(?:(?P<all>\*)|(?P<index>\d+)|\"(?P<quoted>(?:[^\"\\]|\\.)*)\"(?:,[^\]]*)?"
    r"|(?P<key>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?:\"(?P<text>(?:[^\"\\]|\\.)*)\"|(?P<bare>[^\]\"]+)))\s*\]"
)


class PathProblem(ValueError):
    """A text that is not a path; `at` is the offset where it ends to be one."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


@dataclass(frozen=True, slots=True)
class Selector:
    """[key=value]; the value as text."""

    key: str
    value: str


class Everything:
    """[*]"""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Everything)

    def __hash__(self) -> int:
        return hash(Everything)

    def __repr__(self) -> str:
        return "[*]"


Step = str | int | Selector | Everything


@dataclass(frozen=True, slots=True)
class ObjectPath:
    """`text` as written."""

    text: str
    steps: tuple[Step, ...]


def parse_path(text: str) -> ObjectPath:
    """Read a path. Raises PathProblem."""
    steps: list[Step] = []
    at = 0
    while at < len(text):
        if text[at] == "[":
            step, at = _bracket(text, at)
        else:
            if steps:
                if text[at] != ".":
                    raise PathProblem(f'Expected "." or "[", found "{text[at]}".', at)
                at += 1
            step, at = _name(text, at)
        steps.append(step)
    if not steps:
        raise PathProblem("It is empty.", 0)
    return ObjectPath(text, tuple(steps))


def keep(wanted: Any, live: Any, steps: Sequence[Step]) -> Any:
    """`wanted` with what lies at the path taken from `live`, also where it is only in one of the two."""
    if not steps:
        return live
    step, below = steps[0], steps[1:]
    if isinstance(wanted, Mapping) and isinstance(live, Mapping):
        result = dict(wanted)
        for key in _keys(wanted, step) | _keys(live, step):
            _keep_at(result, key, wanted, live, below)
        return result
    if isinstance(wanted, list | tuple) and isinstance(live, list | tuple):
        pairs = dict(_pairs(wanted, live, step))
        return [keep(item, live[pairs[index]], below) if index in pairs else item for index, item in enumerate(wanted)]
    return wanted


def _keep_at(
    result: dict[str, Any], key: str, wanted: Mapping[str, Any], live: Mapping[str, Any], below: Sequence[Step]
) -> None:
    if key in wanted and key in live:
        result[key] = keep(wanted[key], live[key], below)
    elif below:
        return  # only one side has what the path leads through
    elif key in live:
        result[key] = live[key]
    else:
        del result[key]


def _keys(value: Mapping[str, Any], step: Step) -> set[str]:
    if isinstance(step, Everything):
        return set(value)
    return {str(step)} & set(value) if isinstance(step, str | int) else set()


def _pairs(wanted: Sequence[Any], live: Sequence[Any], step: Step) -> Iterator[tuple[int, int]]:
    """Positions in `wanted` of the selected items, with those of the same items in `live`."""
    for index, item in enumerate(wanted):
        if not _selects(step, index, item, wanted):
            continue
        if isinstance(step, int) and not _has_ids(wanted):
            same = [index] if index < len(live) else []
        else:
            same = [other for other, found in enumerate(live) if _is_same(item, found)]
            if not _is_named(item) and index < len(live) and not _is_named(live[index]):
                same = [index]
        if same:
            yield index, same[0]


def _selects(step: Step, index: int, item: Any, among: Sequence[Any]) -> bool:
    match step:
        case Everything():
            return True
        case Selector(key, value):
            return isinstance(item, Mapping) and key in item and _text(item[key]) == value
        case int():
            return item.get("id") == step if _has_ids(among) else index == step
    return isinstance(item, Mapping) and any(item.get(label) == step for label in LABELS)


def _has_ids(items: Sequence[Any]) -> bool:
    return bool(items) and all(isinstance(item, Mapping) and isinstance(item.get("id"), int) for item in items)


def _is_same(item: Any, other: Any) -> bool:
    """Whether two items of a list are the same thing: by the first of what names both of them."""
    if not isinstance(item, Mapping) or not isinstance(other, Mapping):
        return bool(item == other)
    for label in ("id", "uid", *LABELS):
        if item.get(label) is not None and other.get(label) is not None:
            return bool(item[label] == other[label])
    return False


def _is_named(item: Any) -> bool:
    """Whether anything tells an item of a list from others; where nothing does, its position has to."""
    return not isinstance(item, Mapping) or any(item.get(label) is not None for label in LABELS)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else {True: "true", False: "false"}.get(value, str(value))


def _name(text: str, at: int) -> tuple[Step, int]:
    if text[at : at + 1] == "*":
        return Everything(), at + 1
    match = _NAME.match(text, at)
    if match is None:
        found = f'"{text[at]}"' if at < len(text) else "the end"
        raise PathProblem(f"Expected a key, found {found}.", min(at, len(text) - 1) if text else 0)
    return match[0], match.end()


def _bracket(text: str, at: int) -> tuple[Step, int]:
    match = _BRACKET.match(text, at)
    if match is None:
        raise PathProblem('Expected [3], ["name"], [key=value] or [*].', at)
    if match["all"]:
        return Everything(), match.end()
    if match["index"] is not None:
        return int(match["index"]), match.end()
    if match["quoted"] is not None:
        return _unquoted(match["quoted"]), match.end()
    value = _unquoted(match["text"]) if match["text"] is not None else match["bare"].strip()
    return Selector(match["key"], value), match.end()


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
