"""The one style of TOML files: text in, text out; every comment and every value's own spelling stay.

Written here, since no library does it: tomlkit keeps a style but has none to give, toml-sort reorders and knows no
alignment, and taplo and tombi are programs, not libraries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeAlias

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.lang.toml.locate import BARE_KEY, SCALAR, STRINGS
from hcl_lite.lang.toml.source import SourceFile

_SPACE = re.compile(r"[ \t]*")
_COMMENT = re.compile(r"#[^\n]*")
_BREAK = re.compile(r"\n[ \t]*(\n)?[ \t\n]*")
_INDENT = "  "


def format_source(source: SourceFile) -> str:
    """The text of `source` in canonical style: reads the same, and formatting it again changes nothing."""
    try:
        statements = _Scanner(source.text).document()
    except RecursionError as error:
        raise HclError(
            Diagnostic(f"{source.name} is nested too deeply", "No configuration needs this many levels.")
        ) from error
    rows = [row for statement in _spaced(statements) for row in statement]
    lines = _with_notes(_aligned(rows))
    return "\n".join(lines) + "\n" if lines else ""


# --- what is written ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Note:
    """A comment, and the column where it stood."""

    text: str
    column: int


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line's worth of a collection: a value with its comment, a comment alone, or neither: a blank line."""

    key: str = ""
    value: _Value = ""
    note: _Note | None = None


@dataclass(frozen=True, slots=True)
class _Collection:
    """An array or an inline table. `spread`: over several lines, one entry on each; `head`: a comment after `[`."""

    opening: str
    entries: tuple[_Entry, ...]
    head: _Note | None
    spread: bool

    @property
    def closing(self) -> str:
        return "]" if self.opening == "[" else "}"

    @property
    def tall(self) -> bool:
        """Whether it has several lines, or something in it has."""
        return self.spread or any(isinstance(e.value, _Collection) and e.value.tall for e in self.entries)


_Value: TypeAlias = "str | _Collection"
_BLANK = _Entry()


@dataclass(frozen=True, slots=True)
class _Row:
    """A line to be written, without its line end. `key` is set where `text` is only the value, on the same line."""

    text: str
    note: _Note | None = None
    key: str = ""
    header: bool = False

    @property
    def is_blank(self) -> bool:
        return not self.text

    @property
    def is_comment(self) -> bool:
        return self.text.startswith("#")


_Rows: TypeAlias = list[_Row]


class _Scanner:
    """One pass over text that tomli accepts; every method starts at `self.at` and leaves it behind what it read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def document(self) -> list[_Rows]:
        """The rows of each statement; a blank line is a statement too."""
        statements: list[_Rows] = []
        while self.skip_space() < len(self.text):
            statements.append(self.statement())
            self.at += 1  # the line end
        return statements

    def statement(self) -> _Rows:
        if self.next() == "\n":
            return [_Row("")]
        if self.next() == "#":
            return [_Row(self.take(_COMMENT).rstrip(" \t"))]
        rows = [self.header()] if self.next() == "[" else _render(self.pair(), "")
        return [*rows[:-1], replace(rows[-1], note=self.note())]

    def header(self) -> _Row:
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        key = self.key()
        self.at += brackets
        return _Row("[" * brackets + key + "]" * brackets, header=True)

    def pair(self) -> _Entry:
        key = self.key()
        self.at += 1  # =
        self.skip_space()
        return _Entry(key, self.value())

    def key(self) -> str:
        """A dotted key without inner blanks, its parts as they are spelled."""
        parts: list[str] = []
        while True:
            self.skip_space()
            parts.append(self.take(STRINGS.get(self.next(), BARE_KEY)))
            self.skip_space()
            if self.next() != ".":
                return ".".join(parts)
            self.at += 1

    def value(self) -> _Value:
        head = self.next()
        if head in "[{":
            return self.collection(head)
        if head in "\"'":
            return self.take(STRINGS[head * 3 if self.text.startswith(head * 3, self.at) else head])
        scalar = self.take(SCALAR)
        self.at -= len(scalar) - len(scalar.rstrip(" \t"))
        return scalar.rstrip(" \t")

    def collection(self, opening: str) -> _Collection:
        self.at += 1
        head: _Note | None = None
        entries: list[_Entry] = []
        spread = broken = blank = False
        while self.skip_space() and self.next() not in "]}":
            if self.next() == ",":
                self.at += 1
            elif self.next() == "\n":
                blank = self.take(_BREAK).count("\n") > 1 or blank
                spread = broken = True
            elif self.next() == "#" and not broken and entries:
                entries[-1] = replace(entries[-1], note=self.comment())
            elif self.next() == "#" and not broken:
                head = self.comment()
            else:
                entries += [_BLANK] if blank and entries else []
                entries += [self.entry(opening)]
                broken = blank = False
        self.at += 1
        return _make_collection(opening, tuple(entries), head, spread)

    def entry(self, opening: str) -> _Entry:
        if self.next() == "#":
            return _Entry(note=self.comment())
        return self.pair() if opening == "{" else _Entry(value=self.value())

    def note(self) -> _Note | None:
        self.skip_space()
        return self.comment() if self.next() == "#" else None

    def comment(self) -> _Note:
        column = self.at - (self.text.rfind("\n", 0, self.at) + 1)
        return _Note(self.take(_COMMENT).rstrip(" \t"), column)

    def next(self) -> str:
        """The character to be read; a line end at the end of the text."""
        return self.text[self.at : self.at + 1] or "\n"

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        assert match is not None, "tomli accepts what this does not"
        self.at = match.end()
        return match[0]

    def skip_space(self) -> int:
        self.take(_SPACE)
        return self.at


def _make_collection(opening: str, entries: tuple[_Entry, ...], head: _Note | None, spread: bool) -> _Collection:
    """Arrays take several lines where something in them does; an inline table cannot, before TOML 1.1."""
    whole = _Collection(opening, entries, head, spread)
    return replace(whole, spread=bool(entries or head) and (spread or (opening == "[" and whole.tall)))


# --- how it is laid out ---------------------------------------------------------------------------------------------


def _render(entry: _Entry, indent: str) -> _Rows:
    """An entry from its first line to its last, without what comes before and after it."""
    rows = [_Row(entry.value)] if isinstance(entry.value, str) else _render_collection(entry.value, indent)
    if not entry.key:
        return rows
    if len(rows) == 1 and "\n" not in rows[0].text:
        return [replace(rows[0], key=entry.key)]
    return _joined([_Row(f"{entry.key} = ")], rows)


def _render_collection(collection: _Collection, indent: str) -> _Rows:
    if not collection.entries and not collection.spread:
        return [_Row(collection.opening + collection.closing)]
    if collection.spread:
        return _render_spread(collection, indent)
    blank = " " if collection.opening == "{" else ""
    rows = [_Row(collection.opening + blank)]
    for index, entry in enumerate(collection.entries):
        rows = _joined(rows, [_Row(", ")] if index else [], _whole(_render(entry, indent)))
    return _joined(rows, [_Row(blank + collection.closing)])


def _render_spread(collection: _Collection, indent: str) -> _Rows:
    inner = indent + _INDENT
    rows = [_Row(collection.opening, collection.head)]
    for entry in collection.entries:
        if entry == _BLANK:
            rows += [_Row("")]
        elif not entry.value and entry.note:
            rows += [_Row(inner + entry.note.text)]
        else:
            rows += _item(entry, inner)
    return [*rows, _Row(indent + collection.closing)]


def _item(entry: _Entry, indent: str) -> _Rows:
    """An entry on lines of its own, with its comma and its comment."""
    first, *rest = _render(entry, indent)
    first = replace(first, key=indent + first.key) if first.key else replace(first, text=indent + first.text)
    *others, last = [first, *rest]
    return [*others, replace(last, text=last.text + ",", note=entry.note)]


def _joined(*parts: _Rows) -> _Rows:
    """Rows after rows, the last line of one going on with the first of the next."""
    rows: _Rows = []
    for part in parts:
        if rows and part:
            rows[-1:] = [replace(part[0], text=rows[-1].text + part[0].text)]
            rows += part[1:]
        else:
            rows += part
    return rows


def _whole(rows: _Rows) -> _Rows:
    """Rows with the key in the text, where there is nothing to align it with."""
    return [_Row(f"{row.key} = {row.text}", row.note, header=row.header) if row.key else row for row in rows]


def _spaced(statements: Iterable[_Rows]) -> list[_Rows]:
    """At most one blank line in a row; one before each header, above the comment that belongs to it."""
    result: list[_Rows] = []
    for statement in statements:
        if statement[0].header:
            start = len(result)
            while start and result[start - 1][0].is_comment:
                start -= 1
            if start and not result[start - 1][0].is_blank:
                result.insert(start, [_Row("")])
        if not statement[0].is_blank or (result and not result[-1][0].is_blank):
            result.append(statement)
    return result[:-1] if result and result[-1][0].is_blank else result


def _aligned(rows: Iterable[_Row]) -> _Rows:
    """The `=` of consecutive lines in one column."""
    result: _Rows = []
    for is_pair, run in groupby(rows, key=lambda row: bool(row.key)):
        pairs = list(run)
        width = max(len(row.key) for row in pairs)
        result += [replace(row, key="", text=f"{row.key:<{width}} = {row.text}") for row in pairs] if is_pair else pairs
    return result


def _with_notes(rows: Sequence[_Row]) -> list[str]:
    """Rows with their comments, in one column again where they were in one."""
    lines: list[str] = []
    start = 0
    while start < len(rows):
        end = start + 1
        while end < len(rows) and _goes_on(rows[end - 1], rows[end]):
            end += 1
        width = max(_width(row) for row in rows[start:end])
        lines += [_with_note(row, width) for row in rows[start:end]]
        start = end
    return lines


def _goes_on(above: _Row, row: _Row) -> bool:
    """Whether the comment of `row` stood right below that of the row above."""
    return bool(above.note and row.note) and above.note.column == row.note.column and "\n" not in row.text  # type: ignore[union-attr]


def _with_note(row: _Row, width: int) -> str:
    return row.text if row.note is None else row.text + " " * (width - _width(row) + 2) + row.note.text


def _width(row: _Row) -> int:
    return len(row.text.rpartition("\n")[2])
