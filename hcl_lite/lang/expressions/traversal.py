"""References followed into values, and values put where an expression looks for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hcl_lite.core.addrs import Address, Key, Kind
from hcl_lite.core.diags import did_you_mean
from hcl_lite.core.values import UNKNOWN, Secret, Value
from hcl_lite.lang.expressions.functions.arguments import kind_of
from hcl_lite.lang.expressions.model import ExpressionError, Path, Reference


def follow(value: Value, path: Path, reference: Reference) -> Value:
    """Returns the value at `path` in `value`: secret where that is inside of a secret. Raises ExpressionError."""
    for index, step in enumerate(path):
        if isinstance(value, Secret):
            try:
                return Secret(follow(value.value, path[index:], reference), value.made_of)
            except ExpressionError:
                raise cannot(reference, f'"{reference.text}" has nothing there; what it has is sensitive.') from None
        if value is UNKNOWN:
            return UNKNOWN
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list | tuple) and step in range(-len(value), len(value)):
            value = value[int(step)]
        else:
            raise cannot(
                reference, f'"{reference.text}" has nothing at "{step}". {_what_is_there(value, step)}'.rstrip()
            )
    return value


def _what_is_there(value: Value, step: str | int) -> str:
    """A sentence about a value that has no `step`."""
    if isinstance(value, Mapping):
        return did_you_mean(str(step), map(str, value))
    if isinstance(value, list | tuple):
        return f"It is a list of {len(value)}, counted from 0."
    return f"It is {kind_of(value)}."


def put(names: dict[str, Any], reference: Reference, value: Any) -> None:
    """Set `value` where the expression looks for it. Shorter references come first: what they put is not changed."""
    path = _steps(reference)
    place: dict[Any, Any] = names
    for step in path[:-1]:
        inner = place.get(step, {})
        if not isinstance(inner, dict):
            return  # a list, a collection, or what is unknown as a whole: all of it is there
        place[step] = dict(inner)
        place = place[step]
    if not isinstance(place.get(path[-1]), dict):
        place[path[-1]] = value


def _steps(reference: Reference) -> Path:
    """The path that leads to the reference's value inside an expression's names."""
    address = reference.address
    if address is None:
        return reference.path or (reference.text,)
    prefix = () if address.kind is Kind.RESOURCE else (address.kind.value,)
    typed = (address.type,) if address.type else ()
    return (*prefix, *typed, address.name, *reference.path)


def cannot(reference: Reference, message: str) -> ExpressionError:
    """The error of a reference that means nothing."""
    return ExpressionError(message, reference.at, len(reference.text))


def no_instance(collection: Address, key: str | int, keys: tuple[Key, ...]) -> str:
    """Returns the message for a key that a block with for_each or count does not have."""
    near = did_you_mean(str(key), map(str, keys))
    if not keys:
        near = "It has no instances."
    elif not near.startswith("Did"):
        near = f"Its instances are {', '.join(str(collection.at(known)) for known in keys[:3])}"
        near += "." if len(keys) <= 3 else " …"
    return f'{collection} has no instance "{key}". {near}'
