"""Typed access to the keys of a foreign table; errors have the line. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hcl_lite.operations.migrate.documents import Malformed, Table


def line_of(value: Any) -> int:
    """The line of a table; 0 for what is none."""
    return value.line if isinstance(value, Table) else 0


def text(table: Mapping[str, Any], key: str, default: str = "") -> str:
    """A text, or a number as one. Raises Malformed."""
    value = table.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _wrong(table, key, "a text")
    return str(value)


def required(table: Mapping[str, Any], key: str) -> str:
    """A text that has to be there. Raises Malformed."""
    found = text(table, key)
    if not found:
        raise Malformed(f"it has no {key}", line_of(table) or 1)
    return found


def number(table: Mapping[str, Any], key: str, default: int = 0) -> int:
    """A whole number. Raises Malformed."""
    value = table.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(table, key, "a whole number")
    return value


def is_true(table: Mapping[str, Any], key: str) -> bool:
    """true or false. Raises Malformed."""
    value = table.get(key)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise _wrong(table, key, "true or false")
    return value


def table(of: Mapping[str, Any], key: str) -> Table:
    """A table, empty where there is none. Raises Malformed."""
    value = of.get(key)
    if value is None:
        return Table()
    if not isinstance(value, Table):
        raise _wrong(of, key, "a table")
    return value


def items(of: Mapping[str, Any], key: str) -> Iterator[Any]:
    """The items of a list. Raises Malformed."""
    value = of.get(key)
    if value is not None and not isinstance(value, list):
        raise _wrong(of, key, "a list")
    yield from value or ()


def tables(of: Mapping[str, Any], key: str) -> Iterator[Table]:
    """The tables of a list. Raises Malformed."""
    for item in items(of, key):
        if not isinstance(item, Table):
            raise _wrong(of, key, "a list of tables")
        yield item


def _wrong(of: Mapping[str, Any], key: str, expected: str) -> Malformed:
    return Malformed(f"its {key} is no {expected.removeprefix('a ')}: expected {expected}", line_of(of) or 1)
