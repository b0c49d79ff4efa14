"""Equality of values: one definition for files, objects on servers, hashes and differences. Pure.

Equal are values that no reader of their JSON can tell apart. Nothing is guessed: null is not absent, and "", [], {} and
false are values like others. A number is what a double makes of it, since that is what Grafana keeps (12.4.0 stores
9007199254740993 as 9007199254740992); true is no number. The order of keys means nothing, that of items does. A secret
equals what it holds; what is known only after apply equals nothing, itself neither.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from hcl_lite.core.values import (
    AS_ZEROS,
    Secret,
    Unknown,
    Value,
    canonical_json,
    may_have_exponent,
    spell_json,
    text_hash,
)

_EXACT = 2**53
"""Up to here a double holds every whole number."""


def same(left: Value, right: Value) -> bool:
    """Whether two values are equal."""
    kind = type(left)
    if kind is type(right):  # as most are, of plain JSON
        if kind is str:
            return bool(left == right)
        if kind is dict:
            return len(left) == len(right) and _are_same_objects(left, right)
        if kind is list:
            return len(left) == len(right) and (_are_spelled_alike(left, right) or all(map(same, left, right)))
    left, right = _open(left), _open(right)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return False
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return len(left) == len(right) and all(key in right and same(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and bool(left == right)


def _are_same_objects(left: dict[str, Value], right: dict[str, Value]) -> bool:
    """The same of two objects with as many keys: by what is no list and no object first, which takes the least."""
    inner: list[str] = []
    for key, value in left.items():
        if key not in right:
            return False
        if type(value) is dict or type(value) is list:
            inner.append(key)
        elif not same(value, right[key]):
            return False
    if len(inner) > 1 and _are_spelled_alike(left, right):
        return True
    return all(same(left[key], right[key]) for key in inner)


def _are_spelled_alike(left: Value, right: Value) -> bool:
    """Whether two values have the same JSON, and so are equal; others may be, too. Takes a tenth of the time of going
    through all of them."""
    try:
        return spell_json(left, sort_keys=True) == spell_json(right, sort_keys=True)
    except TypeError:  # secrets in them, what is not known, or what that cannot spell
        return False


def frozen(value: Value) -> Hashable:
    """Returns a hashable key of a value; keys are equal where, and only where, `same` is true."""
    value = _open(value)
    if isinstance(value, Mapping):
        return "object", frozenset((key, frozen(item)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return "list", tuple(map(frozen, value))
    if isinstance(value, bool):
        return "bool", value
    return object() if isinstance(value, Unknown) else value


def hash_of(value: Value) -> str:
    """Returns the hash of a value without unknown parts; hashes are equal where, and only where, `same` is true.

    Raises TypeError for unknown parts.
    """
    try:
        text = spell_json(value, sort_keys=True)
    except TypeError:  # secrets in it, or what that cannot spell
        return text_hash(canonical_json(_canonical(value)))
    return text_hash(canonical_json(_canonical(value)) if _may_respell(text) else text)


_WHOLE = (b".0,", b".0]", b".0}")


def _may_respell(text: bytes) -> bool:
    """Whether there may be a number in JSON of ours that has another spelling too: a whole float, one with an exponent,
    or without where json gives one, or with more digits than each double has. Rare in a dashboard, whose every node
    would have to be looked at."""
    zeros = text.translate(AS_ZEROS)
    return (
        (b".0" in text and (text.endswith(b".0") or b"0.0000" in text or any(whole in text for whole in _WHOLE)))
        or may_have_exponent(zeros)
        or b"0" * 16 in zeros
    )


def _canonical(value: Value) -> Value:
    """`value` as plain JSON, each number in one spelling."""
    value = _open(value)
    if isinstance(value, Mapping):
        return {key: _canonical(item) for key, item in value.items()}
    return [*map(_canonical, value)] if isinstance(value, list | tuple) else value


def _open(value: Value) -> Value:
    """`value` without a secret around it; a number as the double that it is, in its shortest spelling."""
    while isinstance(value, Secret):
        value = value.value
    return as_double(value) if isinstance(value, float | int) and not isinstance(value, bool) else value


def as_double(number: int | float) -> int | float:
    """Returns the double nearest to a number, in its shortest spelling."""
    if isinstance(number, float):
        return int(number) if number.is_integer() else number
    if -_EXACT <= number <= _EXACT:
        return number
    try:
        return int(float(number))
    except OverflowError:  # no double holds it
        return number
