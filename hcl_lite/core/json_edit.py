"""JSON text that is edited as people have written it: key order, indentation, line ends, numbers, escapes and the final
line end stay, as does every character of what does not change. Pure."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from hcl_lite.core.concrete import Member, Node, Spelling, apply_splices, splices
from hcl_lite.core.values import Value, finite, refuse_constant

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(parse_float=finite, parse_constant=refuse_constant)
_INDENT = re.compile(r"\n([ \t]+)[^ \t\r\n]")
_COLON = re.compile(r'"([ \t]*:[ \t]*)[^ \t\r\n]')
_COMMA = re.compile(r',([ \t]*)["\d\[{tfn-]')


def edit_json(text: str, wanted: Value) -> str:
    """Returns `text` with the value `wanted`. Raises ValueError for what is no JSON."""
    node = parse_json(text)
    return apply_splices(text, splices(text, node, wanted, spelling_of(text, node)))


def parse_json(text: str) -> Node:
    """Returns the concrete syntax of a JSON text; a byte order mark is none of it. Raises ValueError."""
    start = _after_blank(text, 1 if text.startswith("\ufeff") else 0)
    try:
        node = _node(text, start)
    except RecursionError as error:
        raise ValueError("It is nested too deeply.") from error
    end = _after_blank(text, node.end)
    if end < len(text):
        raise ValueError(f"There is more after the JSON, at offset {end}.")
    return node


def spelling_of(text: str, node: Node) -> Spelling:
    """Returns how a text spells JSON, so that what is new is spelled so too."""
    indent, colon = _INDENT.search(text), _COLON.search(text, _first_key(node))
    unit = indent[1] if indent is not None else None if node.members else "  "
    newline = "\r\n" if "\r\n" in text else "\n"
    spelled_colon = colon[1] if colon is not None else ": "
    commas = Counter(_COMMA.findall(text)).most_common(1)
    spelled_comma = f",{commas[0][0]}" if commas else ", " if spelled_colon.endswith(" ") else ","
    ascii_only = text.isascii() and "\\u" in text

    def scalar(value: Value) -> str:
        if isinstance(value, str) and not ascii_only:
            found = json.dumps(value, ensure_ascii=False)
            return found if found.isascii() or not _has_half(found) else json.dumps(value)
        return json.dumps(value)

    def spelled(value: Value, at: str | None) -> str:
        if not isinstance(value, Mapping | list | tuple) or not value:
            return scalar(value)
        is_table = isinstance(value, Mapping)
        opening, closing = ("{", "}") if is_table else ("[", "]")
        inner = None if at is None or unit is None else at + unit
        items: Any = value.items() if isinstance(value, Mapping) else ((None, item) for item in value)
        parts = [f"{scalar(key)}{spelled_colon}" * is_table + spelled(item, inner) for key, item in items]
        if inner is None:
            return f"{opening}{spelled_comma.join(parts)}{closing}"
        return f"{opening}{newline}{inner}{f',{newline}{inner}'.join(parts)}{newline}{at}{closing}"

    return Spelling(spelled, lambda key: f"{scalar(key)}{spelled_colon}", unit, newline, spelled_comma)


def _first_key(node: Node) -> int:
    return node.members[0].start if node.members else node.start


def _has_half(text: str) -> bool:
    """Whether there is half a character in a text, which UTF-8 lacks."""
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _node(text: str, start: int) -> Node:
    """The value at `start` of a text that is JSON from there on; what is in it is looked at when it is asked for."""
    value, end = _DECODER.raw_decode(text, start)
    if isinstance(value, dict):
        return Node(start, end, value, lambda: tuple(_entries(text, start)))
    if isinstance(value, list):
        return Node(start, end, value, lambda: tuple(_items(text, start)))
    return Node(start, end, value)


def _entries(text: str, start: int) -> Iterator[Member]:
    at = _after_blank(text, start + 1)
    while text[at] != "}":
        at = _after_blank(text, at + 1) if text[at] == "," else at
        key, end = _DECODER.raw_decode(text, at)
        node = _node(text, _after_blank(text, _after_blank(text, end) + 1))  # behind the colon
        yield Member(at, key, node)
        at = _after_blank(text, node.end)


def _items(text: str, start: int) -> Iterator[Member]:
    at = _after_blank(text, start + 1)
    for index in itertools.count():
        if text[at] == "]":
            return
        at = _after_blank(text, at + 1) if text[at] == "," else at
        node = _node(text, at)
        yield Member(at, index, node)
        at = _after_blank(text, node.end)


def _after_blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    assert match is not None
    return match.end()
