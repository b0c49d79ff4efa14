"""Functions that only move values about: what is in the lists and maps may be anything, and is never looked into.

So they may be given values that are known only after an apply, and marked secrets. Whether flatten() may open a value
that is such a leaf cannot be known, so it is not one of these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hcl_lite.core.diags import did_you_mean
from hcl_lite.core.values import Value
from hcl_lite.lang.expressions.functions.arguments import FunctionError, Items, Table, items, kind_of, quote, table


def merge(*maps: Table) -> dict[str, Value]:
    """One map with the keys of all the maps; where several have a key, the last counts."""
    return {key: value for map in maps for key, value in map.items()}


def concat(*lists: Items) -> list[Value]:
    """One list with the items of all the lists."""
    return [item for list in lists for item in list]


def keys(map: Table) -> list[str]:
    """The keys of a map in order."""
    return sorted(map)


def values(map: Table) -> list[Value]:
    """The values of a map in the order of their keys."""
    return [map[key] for key in sorted(map)]


def zipmap(keys: Items, values: Items) -> dict[str, Value]:
    """A map of the keys and, each at the same position, the values."""
    if len(keys) != len(values):
        raise FunctionError(f"zipmap() takes as many values as keys, not {len(values)} for {len(keys)}.")
    for at, key in enumerate(keys):
        if not isinstance(key, str):
            raise FunctionError(f"zipmap() takes texts as keys; the key at {at} is {kind_of(key)}.")
    return dict(zip(keys, values, strict=True))


def lookup(map: Table, key: str, default: Value = ...) -> Value:
    """The value of a map at a key; `default` where it has none."""
    if key in map:
        return map[key]
    if default is ...:
        hint = did_you_mean(key, map) or "A third argument is taken where the key is missing."
        raise FunctionError(f"The map has nothing at {quote(key)}.", hint)
    return default


def element(list: Items, index: int) -> Value:
    """The item at a position, counted round and round: after the last comes the first again."""
    if not list:
        raise FunctionError("element() cannot take an item of an empty list.")
    return list[index % len(list)]


def slice(list: Items, start: int, end: int) -> list[Value]:
    """The items from one position to before another."""
    if not 0 <= start <= end <= len(list):
        raise FunctionError(f"slice() cannot go from {start} to {end} in a list of {len(list)}.")
    return [*list[start:end]]


def reverse(list: Items) -> list[Value]:
    """The items of a list, the last first."""
    return [*reversed(list)]


def length(value: Value) -> int:
    """How many items a list or a map has, or characters a text."""
    if isinstance(value, Mapping | str):
        return len(value)
    return len(items(value, "value, or a map or a text"))


def chunklist(list: Items, size: int) -> list[list[Value]]:
    """The items of a list in lists of `size`; the last may be shorter."""
    if size < 1:
        raise FunctionError(f"chunklist() takes a size from 1 on, not {size}.")
    return [[*list[at : at + size]] for at in range(0, len(list), size)]


def coalescelist(*lists: Items) -> list[Value]:
    """The first of the lists that is not empty."""
    for list in lists:
        if list:
            return [*list]
    raise FunctionError("coalescelist() finds no list that is not empty.", "Give a last one that always has items.")


def one(list: Items) -> Value:
    """The only item of a list, or null where the list is empty."""
    if len(list) > 1:
        raise FunctionError(f"one() takes a list of at most one item; this has {len(list)}.")
    return list[0] if list else None


def tolist(value: Value) -> list[Value]:
    """The value as a list."""
    return [*items(value, "value")]


def tomap(value: Value) -> dict[str, Value]:
    """The value as a map."""
    return dict(table(value, "value"))


STRUCTURE: Mapping[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        merge,
        concat,
        keys,
        values,
        zipmap,
        lookup,
        element,
        slice,
        reverse,
        length,
        chunklist,
        coalescelist,
        one,
        tolist,
        tomap,
    )
}
