"""Paths into a JSON document, as people write them and as diffs show them: `panels[title=CPU].gridPos`.

| step            | what it selects                                                             |
|-----------------|-----------------------------------------------------------------------------|
| name, ["name"]  | a key of an object; in a list, the item that has this title, name, refId …  |
| [3]             | an item of a list, by its position, or by its id where the items have ids   |
| [key=value]     | the items of a list whose key has this value                                |
| ["name", id 7]  | the one of several of that name; [id=7, index 2] is by its position too     |
| [*], *          | every item, or every key                                                    |
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hcl_lite.core.labels import names_of, title_of
from hcl_lite.core.pairing import pair

Json = Mapping[str, Any]

_NAME = re.compile(r"[A-Za-z_$@][A-Za-z0-9_$@/-]*")
_BRACKET = re.compile(
    r"\[\s*(?:(?P<all>\*)|(?P<index>\d+)|\"(?P<quoted>(?:[^\"\\]|\\.)*)\""
    r"|(?P<key>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?:\"(?P<text>(?:[^\"\\]|\\.)*)\"|(?P<bare>[^\],\"]+)))\s*"
    r"(?:,\s*(?P<by>[A-Za-z_][A-Za-z0-9_]*)\s+(?:\"(?P<told>(?:[^\"\\]|\\.)*)\"|(?P<number>-?\d+))\s*)?\]"
)


class PathProblem(ValueError):
    """A text that is not a path; `at` is the offset of the first wrong character."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


@dataclass(frozen=True, slots=True)
class Selector:
    """The step [key=value]; the value is text."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Told:
    """A step to one of several items that `step` selects: the one whose `key` has this value as text; "index" is its
    position."""

    step: str | Selector
    key: str
    value: str


class Everything:
    """The step [*]."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Everything)

    def __hash__(self) -> int:
        return hash(Everything)

    def __repr__(self) -> str:
        return "[*]"


Step = str | int | Selector | Told | Everything


@dataclass(frozen=True, slots=True)
class ObjectPath:
    """A parsed path; `text` as written."""

    text: str
    steps: tuple[Step, ...]


def parse_path(text: str) -> ObjectPath:
    """Parses a path. Raises PathProblem."""
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
    """Returns `wanted` with the values at the path taken from `live`, also where only one of them has the place."""
    if not steps:
        return live
    step, below = steps[0], steps[1:]
    if isinstance(wanted, Mapping) and isinstance(live, Mapping):
        result = dict(wanted)
        for key in _keys(wanted, step) | _keys(live, step):
            _keep_at(result, key, wanted, live, below)
        return result
    if isinstance(wanted, list | tuple) and isinstance(live, list | tuple):
        pairs = dict(_pairs(wanted, live, step, below))
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


def _pairs(wanted: Sequence[Any], live: Sequence[Any], step: Step, below: Sequence[Step]) -> Iterator[tuple[int, int]]:
    """Positions in `wanted` of the selected items, with those of the same items in `live`: which these are does not
    rest on the values at `below`, since they are the ones that others may change."""
    if isinstance(step, int) and not _has_ids(wanted):
        yield from ((step, step) for _ in range(step < min(len(wanted), len(live))))
        return
    selected = _selected(step, wanted)
    rest = [[_without(item, below) for item in items] for items in (wanted, live)] if below else [wanted, live]
    yield from ((index, same) for index, same in pair(*rest) if index in selected)


def _without(value: Any, steps: Sequence[Step]) -> Any:
    """Returns `value` without the values at a path through objects; itself where the path goes through a list."""
    step, below = steps[0], steps[1:]
    if not isinstance(value, Mapping):
        return value
    keys = _keys(value, step)
    if not below:
        return {key: one for key, one in value.items() if key not in keys}
    return {key: _without(one, below) if key in keys else one for key, one in value.items()}


def _selected(step: Step, items: Sequence[Any]) -> set[int]:
    """The positions of the items that a step means; a name those of that title, or where none has it, of that name."""
    match step:
        case Everything():
            return set(range(len(items)))
        case int():
            numbers = [item["id"] for item in items] if _has_ids(items) else range(len(items))
            return {i for i, number in enumerate(numbers) if number == step}
        case Selector(key, value):
            return {
                i
                for i, item in enumerate(items)
                if isinstance(item, Mapping) and key in item and _text(item[key]) == value
            }
        case Told(inner, "index", value):
            return {i for i in _selected(inner, items) if str(i) == value}
        case Told(inner, key, value):
            return {i for i in _selected(inner, items) if _text(names_of(items[i]).get(key)) == value}
    titled = {i for i, item in enumerate(items) if title_of(item) == step}
    return titled or {i for i, item in enumerate(items) if step in names_of(item).values()}


def _has_ids(items: Sequence[Any]) -> bool:
    return bool(items) and all(isinstance(item, Mapping) and isinstance(item.get("id"), int) for item in items)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


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
    step: str | Selector
    if match["quoted"] is not None:
        step = _unquoted(match["quoted"])
    else:
        value = _unquoted(match["text"]) if match["text"] is not None else match["bare"].strip()
        step = Selector(match["key"], value)
    if match["by"] is None:
        return step, match.end()
    told = match["number"] if match["number"] is not None else _unquoted(match["told"])
    return Told(step, match["by"], told), match.end()


def _unquoted(text: str) -> str:
    """Decodes the text between quotes as JSON; where it is not JSON, a backslash only escapes the next character."""
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return re.sub(r"\\(.)", r"\1", text)
