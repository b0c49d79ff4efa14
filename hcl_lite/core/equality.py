"""When two values are equal: the one notion of it, for files, objects on servers, hashes and differences. Pure.

Equal are values that no reader of their JSON can tell apart. Nothing is guessed: null is not absent, and "", [], {} and
false are values like others. A number is what a double makes of it, since that is what Grafana keeps (12.4.0 stores
9007199254740993 as 9007199254740992); true is no number. The order of keys means nothing, that of items does. A secret
equals what it holds; what is known only after apply equals nothing, itself neither.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from hcl_lite.core.values import Secret, Unknown, Value, content_hash

_EXACT = 2**53
"""Up to here a double holds every whole number."""


def same(left: Value, right: Value) -> bool:
    """Whether two values are equal."""
    if type(left) is str and type(right) is str:
        return left == right
    left, right = _open(left), _open(right)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return False
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return len(left) == len(right) and all(key in right and same(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and bool(left == right)


def frozen(value: Value) -> Hashable:
    """A key for a value: equal where, and only where, `same` holds."""
    value = _open(value)
    if isinstance(value, Mapping):
        return "object", frozenset((key, frozen(item)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return "list", tuple(map(frozen, value))
    if isinstance(value, bool):
        return "bool", value
    return object() if isinstance(value, Unknown) else value


def hash_of(value: Value) -> str:
    """A short name for a value that is wholly known: equal where, and only where, `same` holds.

    Raises TypeError where parts of it are known only after apply.
    """
    return content_hash(_canonical(value))


def _canonical(value: Value) -> Value:
    """`value` as plain JSON, each number in one spelling. Written out for speed: it sees every node of a dashboard."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is dict:
        return {key: item if type(item) is str else _canonical(item) for key, item in value.items()}
    if kind is list:
        return [item if type(item) is str else _canonical(item) for item in value]
    value = _open(value)
    if isinstance(value, Mapping):
        return {key: _canonical(item) for key, item in value.items()}
    return [*map(_canonical, value)] if isinstance(value, list | tuple) else value


def _open(value: Value) -> Value:
    """`value` without a secret around it; a number as the double that it is, in its shortest spelling."""
    while isinstance(value, Secret):
        value = value.value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if type(value) is int and not -_EXACT <= value <= _EXACT:
        try:
            return int(float(value))
        except OverflowError:  # no double holds it
            return value
    return value
