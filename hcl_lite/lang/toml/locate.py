"""Locations of each key and value in a TOML text: tomli reads the values, this finds their places.

Takes text that tomli has accepted, with `\n` line ends, so nothing is checked here a second time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
SCALAR = re.compile(r"[^,\]}\n#]+")
STRINGS: Mapping[str, re.Pattern[str]] = {
    '"""': re.compile(r'"""(?:[^\\"]|\\[\s\S]|"{1,2}(?!"))*"{3,5}'),
    "'''": re.compile(r"'''(?:[^']|'{1,2}(?!'))*'{3,5}"),
    '"': re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    "'": re.compile(r"'[^'\n]*'"),
}
_ESCAPES: Mapping[str, str] = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|(.))")
_FOLDED = re.compile(r"\\[ \t]*\n[ \t\n]*")  # a backslash at the end of a line swallows what blanks come after it


@dataclass(frozen=True, slots=True)
class Spot:
    """Offsets into the text: of the key (of a table: the last part of its header), and of the value."""

    key: int
    key_end: int
    value: int
    value_end: int


def locate(text: str) -> Mapping[KeyPath, Spot]:
    """The spot of every table, key and array item of `text`, by its path, such as ("resource", "t", "n", "tags", 0)."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.spots


def offset_in_literal(literal: str, offset: int) -> int:
    """Returns the offset in the TOML `literal` of the character at `offset` of the string that was read from it."""
    quote = literal[0]
    marks = 3 if literal.startswith(quote * 3) and len(literal) >= 6 else 1
    at = marks + (1 if marks == 3 and literal[3:4] == "\n" else 0)
    if quote == "'":
        return at + offset
    while True:
        folded = _FOLDED.match(literal, at) if marks == 3 else None
        if folded is not None:
            at = folded.end()
            continue
        if offset == 0 or at >= len(literal):
            return at
        escape = _ESCAPE.match(literal, at)
        at = escape.end() if escape else at + 1
        offset -= 1


class _Scanner:
    """One pass over the text; every method starts at `self.at` and leaves it behind what it read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.spots: dict[KeyPath, Spot] = {}
        self.array_sizes: dict[KeyPath, int] = {}

    def document(self) -> None:
        table: KeyPath = ()
        while self.skip(_BLANK) and self.at < len(self.text):
            if self.text.startswith("[[", self.at):
                table = self.header(2)
            elif self.text[self.at] == "[":
                table = self.header(1)
            else:
                self.pair(table)

    def header(self, brackets: int) -> KeyPath:
        self.at += brackets
        parts = self.key()
        self.at += brackets
        path: KeyPath = ()
        for name, start, end in parts[:-1]:
            path = self.into_last((*path, name))
            self.spots.setdefault(path, Spot(start, end, start, end))
        name, start, end = parts[-1]
        path = (*path, name)
        if brackets == 2:
            self.spots.setdefault(path, Spot(start, end, start, end))
            index = self.array_sizes.get(path, 0)
            self.array_sizes[path] = index + 1
            path = (*path, index)
        self.spots[path] = Spot(start, end, start, end)
        return path

    def into_last(self, path: KeyPath) -> KeyPath:
        size = self.array_sizes.get(path)
        return path if size is None else (*path, size - 1)

    def pair(self, table: KeyPath) -> None:
        parts = self.key()
        self.at += 1  # =
        self.skip(_SPACE)
        path = table
        for name, start, end in parts[:-1]:
            path = (*path, name)
            self.spots.setdefault(path, Spot(start, end, start, end))
        name, start, end = parts[-1]
        self.value((*path, name), start, end)

    def key(self) -> list[tuple[str, int, int]]:
        """A dotted key: each part with its offsets."""
        parts: list[tuple[str, int, int]] = []
        while True:
            self.skip(_SPACE)
            start = self.at
            quote = self.text[start]
            if quote in "\"'":
                self.skip(STRINGS[quote])
                name = self.text[start + 1 : self.at - 1]
                name = _ESCAPE.sub(_unescape, name) if quote == '"' else name
            else:
                self.skip(BARE_KEY)
                name = self.text[start : self.at]
            parts.append((name, start, self.at))
            self.skip(_SPACE)
            if self.text[self.at] != ".":
                return parts
            self.at += 1

    def value(self, path: KeyPath, key: int, key_end: int) -> None:
        start = self.at
        head = self.text[start]
        if head == "[":
            self.items("]", lambda index: self.value((*path, index), self.at, self.at))
        elif head == "{":
            self.items("}", lambda _: self.pair(path))
        elif head in "\"'":
            quote = head * 3 if self.text.startswith(head * 3, start) else head
            self.skip(STRINGS[quote])
        else:
            self.skip(SCALAR)
            self.at = start + len(self.text[start : self.at].rstrip())
        self.spots[path] = Spot(key, key_end, start, self.at)

    def items(self, close: str, item: Callable[[int], None]) -> None:
        self.at += 1
        index = 0
        while self.skip(_BLANK) and self.text[self.at] != close:
            item(index)
            index += 1
            self.skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1

    def skip(self, pattern: re.Pattern[str]) -> bool:
        match = pattern.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
        return True


def _unescape(match: re.Match[str]) -> str:
    code = match.group(1) or match.group(2) or match.group(3)
    return chr(int(code, 16)) if code else _ESCAPES[match.group(4)]
