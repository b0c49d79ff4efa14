"""Blocks of a configuration as TOML text that people read and go on with: nested tables below their headers, lists of
tables as blocks, short tables in one line, texts of several lines as such. tomlkit spells keys and values.

What comes out is in the style of `fmt` once `format_source` has aligned it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import tomlkit

from hcl_lite.core.places import Place

_WIDTH = 100  # characters of a line, beyond which a list takes several
_SHORT = 72  # characters of a table in one line
_MOST_IN_LINE = 3  # keys of a table in one line


@dataclass(frozen=True, slots=True)
class Code:
    """An expression, written as it is: ${grafana_folder.team.uid}. All other texts are no expressions."""

    text: str


Written = Any
"""JSON with Code in it."""

NULL = Code("${none}")
"""TOML has no null."""


def write_block(
    header: Sequence[str], arguments: Mapping[str, Written], comments: Mapping[Place, Sequence[str]] | None = None
) -> str:
    """The block `[resource.TYPE.NAME]` with its nested blocks. `comments` are lines for the end of the table at a place
    in `arguments`, () being the block itself."""
    return "\n".join(_table(tuple(header), (), arguments, comments or {}, "[", "]")) + "\n"


def write_item(header: str, arguments: Mapping[str, Written]) -> str:
    """One of a list of blocks, such as [[import]]."""
    return "\n".join(_table((header,), (), arguments, {}, "[[", "]]")) + "\n"


def write_list_item(header: Sequence[str], arguments: Mapping[str, Written]) -> str:
    """One of a list of tables within a block: [[resource.TYPE.NAME.rule]]."""
    return "\n".join(_table(tuple(header), (), arguments, {}, "[[", "]]")) + "\n"


def write_value(value: Written) -> str:
    """A value in one line, as far as it is not too long."""
    return _value(value)


def write_text(text: str) -> str:
    """A text as it is, also with expressions in it: over several lines where it has several."""
    return _text(text, may_break=True)


def write_key(key: str) -> str:
    """A key, in quotes where it needs them."""
    return _key(key)


def escaped(text: str) -> str:
    """A text that is no expression, whatever is in it."""
    return text.replace("${", "$${")


def _table(
    header: tuple[str, ...],
    place: Place,
    values: Mapping[str, Written],
    comments: Mapping[Place, Sequence[str]],
    opening: str,
    closing: str,
) -> Iterator[str]:
    """A table with those below it: what fits in a line first, since whatever comes after a header is of that."""
    below = {
        key: value
        for key, value in values.items()
        if _is_block(value, any(where[: len(place) + 1] == (*place, key) for where in comments))
    }
    said = [f"# {line}".rstrip() for line in comments.get(place, ())]
    if not place or opening == "[[" or said or len(below) < len(values):
        yield opening + ".".join(map(_key, header)) + closing
    yield from (f"{_key(key)} = {_value(value)}" for key, value in values.items() if key not in below)
    yield from said
    for key, value in below.items():
        if isinstance(value, Mapping):
            yield ""
            yield from _table((*header, key), (*place, key), value, comments, "[", "]")
        else:
            for index, item in enumerate(value):
                yield ""
                yield from _table((*header, key), (*place, key, index), item, comments, "[[", "]]")


def _is_block(value: Written, is_commented: bool) -> bool:
    """Whether a value stands below a header of its own."""
    if isinstance(value, Mapping):
        return is_commented or (bool(value) and not _is_short(value))
    return _is_list(value) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _is_short(table: Mapping[str, Written]) -> bool:
    """Whether a table is read at a glance in one line."""
    if len(table) > _MOST_IN_LINE or any(_holds_more(item) for item in table.values()):
        return False
    line = _value(table)
    return len(line) <= _SHORT and "\n" not in line


def _holds_more(value: Written) -> bool:
    """Whether a value in a table is more than a scalar or a few of them."""
    if _is_list(value):
        return len(value) > _MOST_IN_LINE or any(isinstance(item, Mapping) or _is_list(item) for item in value)
    return isinstance(value, Mapping)


def _is_list(value: Written) -> TypeGuard[Sequence[Written]]:
    return isinstance(value, list | tuple)


def _value(value: Written, depth: int = 0) -> str:
    """A value as it stands after `=`, in one line where that is not too long."""
    if isinstance(value, Mapping):
        items = ", ".join(f"{_key(key)} = {_value(item, depth + 1)}" for key, item in value.items())
        return f"{{ {items} }}" if items else "{}"
    if _is_list(value):
        parts = [_value(item, depth + 1) for item in value]
        line = f"[{', '.join(parts)}]"
        if depth or len(line) <= _WIDTH:
            return line
        return "\n".join(["[", *(f"  {part}," for part in parts), "]"])
    if value is None:
        return _text(NULL.text)
    if isinstance(value, Code):
        return _text(value.text)
    return _text(escaped(value), depth == 0) if isinstance(value, str) else tomlkit.item(value).as_string()


def _text(text: str, may_break: bool = False) -> str:
    """A string: in single quotes where it has double ones, over several lines where it has several."""
    is_printable = all(char.isprintable() or char in "\n\t" for char in text)
    if may_break and "\n" in text.rstrip("\n") and not text.startswith("\n"):
        # The line end after the quotes is none of the text; a backslash at the end of a line would take up the next.
        is_plain = is_printable and "'''" not in text and not text.endswith("'") and ("\\" in text or '"' in text)
        if is_plain:
            return f"'''\n{text}'''"
        return '"""\n' + tomlkit.string(text, multiline=True).as_string()[3:]
    if '"' in text and "'" not in text and "\n" not in text and is_printable:
        return tomlkit.string(text, literal=True).as_string()
    return tomlkit.string(text).as_string()


def _key(key: str) -> str:
    return tomlkit.key(key).as_string()
