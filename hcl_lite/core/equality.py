"""When two values are equal: exactly. Nothing empty is taken for absent, and null is a value.

Numbers are equal by their value, however they are written; true is no number; the order of an object's keys is
nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from hcl_lite.core.values import UNKNOWN, Secret, Value


def same(left: Value, right: Value) -> bool:
    """Whether both are the same; a secret is what is in it, and what is UNKNOWN is the same as nothing."""
    if isinstance(left, Secret):
        left = left.value
    if isinstance(right, Secret):
        right = right.value
    if isinstance(left, Mapping):
        return (
            isinstance(right, Mapping)
            and len(left) == len(right)
            and all(key in right and same(item, right[key]) for key, item in left.items())
        )
    if isinstance(left, list | tuple):
        return isinstance(right, list | tuple) and len(left) == len(right) and all(map(same, left, right))
    return isinstance(left, bool) == isinstance(right, bool) and left is not UNKNOWN and bool(left == right)


def frozen(value: Value) -> Hashable:
    """A key for `value`: equal where, and only where, the values are the same."""
    if isinstance(value, Secret):
        return frozen(value.value)
    if isinstance(value, Mapping):
        return "object", frozenset((key, frozen(item)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return "list", tuple(map(frozen, value))
    if isinstance(value, bool):
        return "bool", value
    return object() if value is UNKNOWN else value
