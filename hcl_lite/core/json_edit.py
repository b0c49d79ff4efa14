"""JSON text that is edited as people have written it: key order, indentation, line ends, numbers, escapes and the final
line end stay, as does every character of what does not change. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from hcl_lite.core.concrete import Member, Node, Spelling, apply_splices, splices
from hcl_lite.core.values import Value, finite

_BLANK = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?", re.ASCII)
_DECODER = json.JSONDecoder()
_WORDS = (("true", True), ("false", False), ("null", None))
_INDENT = re.compile(r"\n([ \t]+)[^ \t\r\n]")
_COLON = re.compile(r'"([ \t]*:[ \t]*)[^ \t\r\n]')
_COMMA = re.compile(r',([ \t]*)["\d\[{tfn-]')


def edit_json(text: str, wanted: Value) -> str:
    """Returns `text` with the value `wanted`. Raises ValueError for what is no JSON."""
    node = parse_json(text)
    return apply_splices(text, splices(text, node, wanted, spelling_of(text, node)))


def parse_json(text: str) -> Node:
    """Returns the concrete syntax of a JSON text; a byte order mark is none of it. Raises ValueError."""
    try:
        return _Scanner(text).document()
    except (IndexError, StopIteration) as error:
        raise ValueError("The JSON ends too early.") from error
    except RecursionError as error:
        raise ValueError("It is nested too deeply.") from error


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


class _Scanner:
    """One pass over the text; every method starts at `self.at` and leaves it behind what it read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 1 if text.startswith("\ufeff") else 0

    def document(self) -> Node:
        self.skip()
        node = self.value()
        self.skip()
        if self.at < len(self.text):
            raise ValueError(f"There is more after the JSON, at offset {self.at}.")
        return node

    def value(self) -> Node:
        start, head = self.at, self.text[self.at]
        if head == "{":
            members = self.members("}", self.entry)
            return Node(start, self.at, {str(one.key): one.node.value for one in members}, members)
        if head == "[":
            members = self.members("]", lambda index: Member(self.at, index, self.value()))
            return Node(start, self.at, [one.node.value for one in members], members)
        if head == '"':
            return Node(start, *self.string())
        for word, meaning in _WORDS:
            if self.text.startswith(word, start):
                self.at += len(word)
                return Node(start, self.at, meaning)
        return self.number()

    def string(self) -> tuple[int, str]:
        found, self.at = _DECODER.raw_decode(self.text, self.at)
        return self.at, found

    def number(self) -> Node:
        match = _NUMBER.match(self.text, self.at)
        if match is None:
            raise ValueError(f"Expected a value at offset {self.at}.")
        start, self.at = self.at, match.end()
        whole = match[1] is None and match[2] is None
        return Node(start, self.at, int(match[0]) if whole else finite(match[0]))

    def entry(self, _: int) -> Member:
        start = self.at
        if self.text[start] != '"':
            raise ValueError(f"Expected a key at offset {start}.")
        _, key = self.string()
        self.skip()
        self.expect(":")
        self.skip()
        return Member(start, key, self.value())

    def members(self, close: str, read: Any) -> tuple[Member, ...]:
        self.at += 1
        found: list[Member] = []
        self.skip()
        while self.text[self.at] != close:
            if found:
                self.expect(",")
                self.skip()
            found.append(read(len(found)))
            self.skip()
        self.at += 1
        return tuple(found)

    def expect(self, letter: str) -> None:
        if self.text[self.at] != letter:
            raise ValueError(f'Expected "{letter}" at offset {self.at}.')
        self.at += 1

    def skip(self) -> None:
        match = _BLANK.match(self.text, self.at)
        assert match is not None
        self.at = match.end()
