"""Objects of a type as a list tells of them: identity, title, place, and what is short and open among their values."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from hcl_lite.core.redaction import has_password
from hcl_lite.core.schema import Attr, Listed
from hcl_lite.core.values import JsonValue, Value
from providers.kit.declaration import Declaration, Values
from providers.kit.wire import Json, from_wire


def listed(type_: Declaration, wire: Json) -> Listed:
    """An object of the wire of a list."""
    known = from_wire(type_.attrs, type_.from_wire(wire))
    title = known.get(type_.distinct) if type_.distinct else wire.get(type_.title)
    keys = tuple(str(wire[key]) for key in type_.ids.keys if wire.get(key))
    return Listed(
        type_.identity.of(known),
        str(title or ""),
        str(wire.get(type_.folder) or ""),
        keys,
        _told(type_, known),
        type_.whole(known),
        type_.own(wire),
    )


def names_of(type_: Declaration, wires: Sequence[Json]) -> Mapping[str, str]:
    """The uids of objects by their names, of which a server has each but once."""
    return {f'{type_.distinct} "{one.title}"': one.uid for one in (listed(type_, wire) for wire in wires)}


def holders_alone(type_: Declaration, wires: Sequence[Json]) -> Iterator[tuple[str, str]]:
    """Yields the uid of the object that has what an exclusive attribute gives to but one of them, by attribute."""
    for key, attr in type_.attrs.items():
        having = (wire for wire in wires if attr.exclusive and wire.get(attr.wire) is True)
        yield from ((key, type_.uid_of(type_.from_wire(wire))) for wire in itertools.islice(having, 1))


def _told(type_: Declaration, known: Values) -> Mapping[str, JsonValue]:
    """The values that are short and open."""
    return {key: value for key, value in known.items() if _is_short(value) and _is_open(type_.attrs[key])}


def _is_short(value: Value) -> bool:
    """Whether a value is a scalar without a password in it."""
    return isinstance(value, str | int | float) and not (isinstance(value, str) and has_password(value))


def _is_open(attr: Attr) -> bool:
    return not (attr.secret or attr.body)
