"""Values between their attributes' names and the keys of a server's JSON, and their normal form for comparing. Pure.

At the top level an attribute without `wire` is not on the wire; in a nested block its key is its name then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hcl_lite.core.contents import in_order
from hcl_lite.core.places import Place, without
from hcl_lite.core.schema.attributes import Attr, Type
from hcl_lite.core.schema.type_text import type_of
from hcl_lite.core.values import UNKNOWN, JsonValue, Secret, Value, canonical_json, is_unknown, reveal

Json = dict[str, Any]
Change = Callable[[Type, Value], Value]

_EMPTY: Mapping[str, JsonValue] = {"string": "", "bool": False, "list": [], "set": [], "map": {}}


def to_wire(attrs: Mapping[str, Attr], values: Mapping[str, Value]) -> Json:
    """`values` by the keys of the wire: what steers hcl-lite is left out."""
    sent = ((attr, values[key]) for key, attr in attrs.items() if attr.wire and not attr.client_only and key in values)
    return {attr.wire: _nested(attr, value, _sent) for attr, value in sent}


def from_wire(attrs: Mapping[str, Attr], wire: Mapping[str, Any]) -> dict[str, Any]:
    """An object of the wire by attribute names, as far as they are declared."""
    told = ((key, attr) for key, attr in attrs.items() if attr.wire and not attr.write_only)
    found = ((key, attr) for key, attr in told if attr.wire in wire)
    return {key: _nested(attr, wire[attr.wire], _found) for key, attr in found}


def filled(attrs: Mapping[str, Attr], values: Mapping[str, Value]) -> dict[str, Value]:
    """`values` with the defaults of what is left out, also in nested blocks; null is left out."""
    given = {key: _nested(attrs[key], v, _filled) if key in attrs else v for key, v in values.items() if v is not None}
    return {**{key: attr.default for key, attr in attrs.items() if attr.default is not None}, **given}


def comparable(attr: Attr, value: Value) -> Value:
    """The normal form of a value of an attribute. One that is not given is kept as its default, or the server's, or the
    empty value of its type, from which no answer tells it apart (3.2 to 12.4)."""
    given = attr.implied if value is None else value
    if given is None:
        return _EMPTY.get(type_of(attr).name)
    return _normal(type_of(attr), given)


def as_given_in(type_: Type, normal: Value, given: Value) -> Value:
    """A `normal` form without what its nested blocks have only because nobody gave it."""
    if isinstance(normal, Mapping) and isinstance(given, Mapping) and type_.attributes:
        kept = {key: attr for key, attr in type_.attributes.items() if key in normal and given.get(key) is not None}
        return {key: as_given_in(type_of(attr), normal[key], given[key]) for key, attr in kept.items()}
    lists = isinstance(normal, list) and isinstance(given, list | tuple) and len(normal) == len(given)
    if lists and type_.name == "list" and type_.items:
        return [as_given_in(type_.items[0], one, other) for one, other in zip(normal, given, strict=True)]
    return normal


def wire_places(attrs: Mapping[str, Attr], place: Place) -> Iterator[Place]:
    """Yields the places on the wire of the value at `place`."""
    attr = attrs.get(str(place[0])) if place else None
    yield place if attr is None else (attr.wire, *_below(type_of(attr), place[1:]))


def without_redacted(type_: Type, value: Value) -> Value:
    """`value` without what only stands for a secret in it."""
    return without(value, [*redacted_in(type_, value)])


def redacted_in(type_: Type, value: Value) -> Iterator[Place]:
    """The places where there is something that stands for a secret, as the type declares it."""
    for place, inner, leaf in _leaves(type_, value):
        if inner is not None and inner.redacted and leaf == inner.redacted:
            yield place


def has_marks(type_: Type) -> bool:
    """Whether an answer may have what stands for a secret."""
    nested = (type_of(attr) for attr in type_.attributes.values())
    return bool(type_.redacted) or any(map(has_marks, (*nested, *type_.items)))


def has_blocks(type_: Type) -> bool:
    """Whether a value is a nested block, or has some in it: what such a block leaves out is told as its default."""
    return bool(type_.attributes) or any(map(has_blocks, type_.items))


def _leaves(type_: Type, value: Value, above: Type | None = None) -> Iterator[tuple[Place, Type | None, Value]]:
    """Each leaf with its place and the open map that it is in."""
    above = type_ if type_.name == "map" else above
    if isinstance(value, Mapping):
        for key, item in value.items():
            attr = type_.attributes.get(key)
            inner = type_of(attr) if attr is not None else type_.items[0] if type_.items else type_
            yield from (((key, *place), outer, leaf) for place, outer, leaf in _leaves(inner, item, above))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            inner = type_.items[0] if type_.items else type_
            yield from (((index, *place), outer, leaf) for place, outer, leaf in _leaves(inner, item, above))
    else:
        yield (), above, value


# --- what becomes of the value of one type ----------------------------------------------------------------------------


def _nested(attr: Attr, value: Value, change: Change) -> Value:
    """Applies `change` to a value of a type that may have blocks in it; returns another value as it is."""
    return change(attr.type, value) if isinstance(attr.type, Type) else value


def _sent(type_: Type, value: Value) -> Value:
    if type_.name == "object" and isinstance(value, Mapping):
        given = ((key, attr) for key, attr in type_.attributes.items() if value.get(key) is not None)
        return {_key(key, attr): _sent(type_of(attr), value[key]) for key, attr in given if not attr.client_only}
    if type_.sent is not None and not isinstance(value, Secret) and not is_unknown(value):
        return type_.sent(value)
    return _each(type_, value, _sent)


def _found(type_: Type, value: Value) -> Value:
    if type_.name == "object" and isinstance(value, Mapping):
        there = ((key, attr) for key, attr in type_.attributes.items() if value.get(_key(key, attr)) is not None)
        told = ((key, attr) for key, attr in there if not (attr.client_only or attr.write_only))
        return {key: _found(type_of(attr), value[_key(key, attr)]) for key, attr in told}
    if type_.normal is not None and _is_of_another_kind(type_, value):
        return type_.normal(value)
    return _each(type_, value, _found)


def _is_of_another_kind(type_: Type, value: Value) -> bool:
    """Whether a server has a number as text, or the text of a time as a number."""
    return isinstance(value, str) if type_.name == "number" else isinstance(value, int | float)


def _filled(type_: Type, value: Value) -> Value:
    if type_.name == "object" and isinstance(value, Mapping):
        return filled(type_.attributes, value)
    return _each(type_, value, _filled)


def _normal(type_: Type, value: Value) -> Value:
    if value is UNKNOWN or value is None:
        return value
    if isinstance(value, Secret):
        return Secret(_normal(type_, value.value), value.made_of)
    if type_.normal is not None:
        try:
            return type_.normal(value)
        except ValueError:
            return value
    if type_.name == "object" and isinstance(value, Mapping):
        return compared(type_.attributes, value)
    made = _each(type_, value, _normal)
    return _ordered(made) if type_.name == "set" and isinstance(made, list) else made


def compared(attrs: Mapping[str, Attr], values: Mapping[str, Value]) -> dict[str, Value]:
    """The normal form of a block: what is left to the server as far as it is given, all other arguments always."""
    apart = {key for key, attr in attrs.items() if attr.client_only or attr.secret or attr.write_only}
    open_ = {key: attr for key, attr in attrs.items() if attr.settable and key not in apart}
    given = {key: attr for key, attr in open_.items() if key in values or not attr.computed}
    return {key: comparable(attr, values.get(key)) for key, attr in given.items()}


def _ordered(items: list[Value]) -> list[Value]:
    """A set in the one order that it has."""
    if is_unknown(items):
        return items
    return [*in_order([*{canonical_json(reveal(item)): item for item in items}.values()])]


def _each(type_: Type, value: Value, change: Change) -> Value:
    """`value` with what `change` makes of each item of it."""
    if isinstance(value, Secret):
        return Secret(change(type_, value.value), value.made_of)
    if not type_.items:
        return value
    if isinstance(value, Mapping):
        return {key: change(type_.items[0], item) for key, item in value.items()}
    return [change(type_.items[0], item) for item in value] if isinstance(value, list | tuple) else value


def _key(name: str, attr: Attr) -> str:
    return attr.wire or name


def _below(type_: Type, place: Place) -> Place:
    """`place` in a value of the type, by keys of the wire."""
    if not place:
        return ()
    attr = type_.attributes.get(str(place[0]))
    if attr is not None:
        return (_key(str(place[0]), attr), *_below(type_of(attr), place[1:]))
    return (place[0], *(_below(type_.items[0], place[1:]) if type_.items else place[1:]))
