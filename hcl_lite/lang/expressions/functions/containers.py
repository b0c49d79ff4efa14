"""Functions on lists and maps.

Two values are the same where their JSON says the same: 1 and 1.0 are, 1 and true are not. Sets are lists in order,
without doubles: numbers by size, texts by code points, other values by their JSON.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hcl_lite.core.values import Value
from hcl_lite.lang.expressions.functions.arguments import (
    MAX_ITEMS,
    FunctionError,
    Items,
    Table,
    is_list,
    items,
    kind_of,
    quote,
)
from hcl_lite.lang.expressions.functions.equality import distinct_of, in_order, key_of
from hcl_lite.lang.expressions.functions.structure import STRUCTURE


def flatten(list: Items) -> list[Value]:
    """The items of a list, those of the lists in it, and so on down."""
    flat = []
    waiting = [iter(list)]
    while waiting:
        for item in waiting[-1]:
            if is_list(item):
                waiting.append(iter(item))
                break
            flat.append(item)
        else:
            waiting.pop()
    return flat


def distinct(list: Items) -> list[Value]:
    """The items of a list, each once, where it stands first."""
    return [*distinct_of(list).values()]


def sort(list: Items) -> list[Value]:
    """The texts of a list by code points, or its numbers by size."""
    kinds = {kind_of(item) for item in list}
    if kinds <= {"a number"} or kinds <= {"a string"}:
        return sorted(list)
    raise FunctionError(f"sort() takes a list of texts or of numbers, not of {' and '.join(sorted(kinds))}.")


def toset(list: Items) -> list[Value]:
    """The items of a list in order, each once."""
    return in_order(list)


def contains(list: Items, value: Value) -> bool:
    """Whether the value is one of the list's."""
    return key_of(value) in distinct_of(list)


def index(list: Items, value: Value) -> int:
    """The position at which the value stands first in the list."""
    wanted = key_of(value)
    for at, item in enumerate(list):
        if key_of(item) == wanted:
            return at
    raise FunctionError("index() does not find the value in the list.", "contains() says whether it is there.")


def compact(list: Items) -> list[Value]:
    """The items of a list without nulls and empty texts."""
    return [item for item in list if item is not None and item != ""]


def coalesce(*values: Value) -> Value:
    """The first of the values that is neither null nor an empty text."""
    for value in values:
        if value is not None and value != "":
            return value
    raise FunctionError("coalesce() finds no value that is neither null nor empty.", "Give a last one that always is.")


def setunion(*sets: Items) -> list[Value]:
    """The values that are in any of the lists, as a set."""
    return in_order(itertools.chain(*sets))


def setintersection(first: Items, *others: Items) -> list[Value]:
    """The values that are in every one of the lists, as a set."""
    keys = [distinct_of(other).keys() for other in others]
    return in_order(item for key, item in distinct_of(first).items() if all(key in known for known in keys))


def setsubtract(first: Items, second: Items) -> list[Value]:
    """The values of the first list that are not in the second, as a set."""
    unwanted = distinct_of(second)
    return in_order(item for key, item in distinct_of(first).items() if key not in unwanted)


def setproduct(*lists: Items) -> list[list[Value]]:
    """Every list that takes one item of each of the lists."""
    if len(lists) < 2:
        raise FunctionError("setproduct() takes at least two lists.")
    if math.prod(map(len, lists)) * len(lists) > 2 * MAX_ITEMS:
        raise FunctionError(f"setproduct() makes at most {2 * MAX_ITEMS // len(lists)} items of {len(lists)} lists.")
    return [[*row] for row in itertools.product(*lists)]


def transpose(map: Table) -> dict[str, list[str]]:
    """A map of lists of texts turned round: the texts become keys, the keys texts."""
    turned: dict[str, list[str]] = {}
    for key, texts in map.items():
        for text in items(texts, f'map["{key}"]'):
            if not isinstance(text, str):
                raise FunctionError(f"transpose() takes lists of texts; {quote(key)} holds {kind_of(text)}.")
            turned.setdefault(text, []).append(key)
    return {text: sorted(turned[text]) for text in sorted(turned)}


def matchkeys(values: Items, keys: Items, wanted: Items) -> list[Value]:
    """The values whose key, at the same position, is one of those wanted."""
    if len(values) != len(keys):
        raise FunctionError(f"matchkeys() takes as many keys as values, not {len(keys)} for {len(values)}.")
    known = distinct_of(wanted)
    return [value for value, key in zip(values, keys, strict=True) if key_of(key) in known]


def alltrue(list: Items) -> bool:
    """Whether every item is true; so it is for an empty list."""
    return all(_truths("alltrue", list))


def anytrue(list: Items) -> bool:
    """Whether any item is true."""
    return any(_truths("anytrue", list))


def _truths(name: str, list: Iterable[Value]) -> list[bool]:
    for at, item in enumerate(list):
        if not isinstance(item, bool):
            raise FunctionError(f"{name}() takes a list of bools; the item at {at} is {kind_of(item)}.")
    return [*list]


CONTAINERS: Mapping[str, Callable[..., Any]] = {
    **STRUCTURE,
    **{
        function.__name__: function
        for function in (
            flatten,
            distinct,
            sort,
            toset,
            contains,
            index,
            compact,
            coalesce,
            setunion,
            setintersection,
            setsubtract,
            setproduct,
            transpose,
            matchkeys,
            alltrue,
            anytrue,
        )
    },
}
