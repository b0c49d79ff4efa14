"""Secrets by declaration, at any depth: of an attribute, in a nested block, at a key of an open map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hcl_lite.core.places import Place
from hcl_lite.core.schema.attributes import Attr, Type, no_keys
from hcl_lite.core.schema.type_text import type_of
from hcl_lite.core.values import Secret, Value


def declared_secrets(attrs: Mapping[str, Attr], values: Value) -> Iterator[Place]:
    """Returns the places of values that are secret by `attrs`, in the order of `values`: every leaf of a secret
    attribute, every value at a secret key of an open map."""
    if not isinstance(values, Mapping):
        return
    for key, value in values.items():
        if key in attrs:
            yield from ((key, *place) for place in _in_attribute(attrs[key], value, values))


def _in_attribute(attr: Attr, value: Value, beside: Mapping[str, Value]) -> Iterator[Place]:
    if value is None:
        return
    if attr.secret:
        yield from _leaves(value)
    elif isinstance(attr.type, Type):
        yield from _in_type(type_of(attr), value, beside)


def _in_type(type_: Type, value: Value, beside: Mapping[str, Value]) -> Iterator[Place]:
    value = value.value if isinstance(value, Secret) else value
    if type_.name == "object":
        yield from declared_secrets(type_.attributes, value)
    elif type_.name == "map" and isinstance(value, Mapping):
        for path in type_.secret_keys(beside):
            yield from _at(value, tuple(path.split(".")))
    elif type_.items and isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from ((index, *place) for place in _in_type(type_.items[0], item, beside))


def _at(value: Value, keys: tuple[str, ...], above: Place = ()) -> Iterator[Place]:
    """Yields the places of the values at the end of `keys`; of a list on the way, those in the item that a number
    among them names, or else in each."""
    if isinstance(value, list | tuple) and keys and keys[0].isdecimal():
        index = int(keys[0])
        yield from _at(value[index], keys[1:], (*above, index)) if index < len(value) else ()
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _at(item, keys, (*above, index))
    elif not keys:
        yield from ((*above, *place) for place in _leaves(value) if value is not None)
    elif isinstance(value, Mapping) and keys[0] in value:
        yield from _at(value[keys[0]], keys[1:], (*above, keys[0]))


def _leaves(value: Value) -> Iterator[Place]:
    """A table has its keys in the open, and a secret at each; a list is one as a whole."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from ((key, *place) for place in _leaves(item))
    else:
        yield ()


def name_of(place: Place) -> str:
    """Returns the name of a secret: the path to it, such as settings.token."""
    return ".".join(map(str, place))


def holds_secrets(attr: Attr) -> bool:
    """Whether a value of the attribute may be a declared secret, or have one in it."""
    return attr.secret or type_holds_secrets(type_of(attr))


def type_holds_secrets(type_: Type) -> bool:
    """The same of a value of the type."""
    return (
        type_.secret_keys is not no_keys
        or any(map(holds_secrets, type_.attributes.values()))
        or any(map(type_holds_secrets, type_.items))
    )
