"""Equality of values, and the order of sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hcl_lite.core.values import Value, canonical_json
from hcl_lite.lang.expressions.functions.arguments import is_list, is_number


def key_of(value: Value) -> object:
    """A key that two values share where they are the same: 1 and 1.0 are, 1 and true are not."""
    if value is None or isinstance(value, str):
        return value
    return canonical_json(_normal(value))


def distinct_of(values: Iterable[Value]) -> dict[object, Value]:
    """Each value once, under its key, in the order in which they come."""
    found: dict[object, Value] = {}
    for value in values:
        found.setdefault(key_of(value), value)
    return found


def in_order(values: Iterable[Value]) -> list[Value]:
    """Each value once, in the order of sets: null, bools, numbers, texts, then what is put together."""
    return sorted(distinct_of(values).values(), key=_rank)


def _rank(value: Value) -> tuple[int, float, object]:
    if value is None:
        return 0, 0, ""
    if isinstance(value, bool):
        return 1, value, ""
    if is_number(value):
        return 2, value, ""
    if isinstance(value, str):
        return 3, 0, value
    return 4, 0, canonical_json(_normal(value)).decode("utf-8", "surrogatepass")


def _normal(value: Value) -> Value:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _normal(item) for key, item in value.items()}
    return [_normal(item) for item in value] if is_list(value) else value
