"""Attributes that no update changes though they are no identity: another value means another object. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hcl_lite.core.equality import same
from hcl_lite.core.schema import ResourceType
from hcl_lite.core.values import UNKNOWN, Value

Values = Mapping[str, Value]


def changed_fixed(type_: ResourceType, values: Values, known: Values) -> Sequence[str]:
    """Returns the attributes that replace an object and have, or may have, another value in completed `values` than in
    its `known` attributes. What an object is identified by, and what is left to its server, is none of them."""
    fixed = [key for key, attr in type_.attrs.items() if attr.replaces and not attr.computed and not type_.immutable]
    moved = [key for key in fixed if values.get(key) is UNKNOWN or not same(values.get(key), known.get(key))]
    if not moved:
        return ()
    wanted = type_.content(values)
    there = type_.content({**values, **{key: known.get(key) for key in moved}})
    return [key for key in moved if key in wanted and not same(wanted[key], there[key])]


def replaced_for(type_: ResourceType, values: Values, known: Values) -> str:
    """Returns why an object with `known` attributes has to be replaced, or may have to be; empty for no reason."""
    for key in changed_fixed(type_, values, known):
        if values.get(key) is UNKNOWN:
            return f"{key} is known only after apply; if it is {_told(known.get(key))} then, it is not replaced"
        return f"{key} changes from {_told(known.get(key))} to {_told(values.get(key))}, and no update changes it"
    return ""


def _told(value: Value) -> str:
    return "nothing" if value is None or value == "" else str(value)
