"""The secrets of an object that its server keeps and does not give back; each is named by the way to it. Pure.

They are no part of what is compared; the engine tells by fingerprints which are other ones, and sends them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from hcl_lite.core.paths import Everything, ObjectPath
from hcl_lite.core.places import Place, at, without
from hcl_lite.core.schema.attributes import Attr, Type, no_keys
from hcl_lite.core.schema.secrecy import declared_secrets, name_of, type_holds_secrets
from hcl_lite.core.schema.type_text import type_of
from hcl_lite.core.values import UNKNOWN, Secret, Value, reveal

Values = Mapping[str, Value]


def secrets_of(attrs: Mapping[str, Attr], values: Values) -> Value:
    """The secret texts in `values` by name: UNKNOWN for one that only the apply can tell; for all of them, where what
    they lie in is not known."""
    if any(values.get(key) is UNKNOWN and type_holds_secrets(type_of(attr)) for key, attr in attrs.items()):
        return UNKNOWN
    return {name_of(place): _text(at(values, place)) for place in declared_secrets(attrs, values)}


def with_secrets(attrs: Mapping[str, Attr], values: Values, secrets: Mapping[str, Value]) -> Values:
    """`values` with these secrets and no other: an empty text is one that is to be removed."""
    given = {name_of(place): place for place in declared_secrets(attrs, values)}
    made: Value = without(values, [place for name, place in given.items() if name not in secrets])
    for name, text in secrets.items():
        place = given.get(name)
        if place is None:
            place = _place_of(attrs, name)
            gone_with = text == "" and not attrs[str(place[0])].secret and at(made, place[:-1]) is None
            made = made if gone_with else put(made, place, text)
        elif _text(at(values, place)) != text:
            made = put(made, place, text if text is UNKNOWN else Secret(text))
    declared = {*declared_secrets(attrs, made)}
    empty = [_place_of(attrs, name) for name, text in secrets.items() if text == ""]
    gone = [place for place in empty if place not in declared]
    return without(made, gone)  # type: ignore[no-any-return]


def leaves_secret(attrs: Mapping[str, Attr], path: ObjectPath, name: str) -> bool:
    """Whether `path`, an entry of ignore_changes, leads to the secret `name`, or to what it lies in."""
    place = _place_of(attrs, name)
    return len(path.steps) <= len(place) and all(
        isinstance(step, Everything) or str(step) == str(key) for step, key in zip(path.steps, place, strict=False)
    )


def opened(attrs: Mapping[str, Attr], values: Values) -> dict[str, Value]:
    """`values` where what may have declared secrets in it is open: a table that is secret as a whole has its leaves as
    secrets."""
    return {
        key: _opened(value) if key in attrs and type_holds_secrets(type_of(attrs[key])) else value
        for key, value in values.items()
    }


def _opened(value: Value) -> Value:
    if not isinstance(value, Secret):
        return value
    inner = value.value
    if isinstance(inner, Mapping):
        return {key: _opened(Secret(item, value.made_of)) for key, item in inner.items()}
    if isinstance(inner, list | tuple):
        return [_opened(Secret(item, value.made_of)) for item in inner]
    return value if inner is not UNKNOWN and inner is not None else inner


def _place_of(attrs: Mapping[str, Attr], name: str) -> Place:
    """The place that name_of gives this name to."""
    key, _, rest = name.partition(".")
    return (key, *(_below(type_of(attrs[key]), rest) if rest and key in attrs else (rest,) if rest else ()))


def _below(type_: Type, name: str) -> Place:
    key, _, rest = name.partition(".")
    if type_.name in ("list", "set") and key.isdigit():
        return (int(key), *(_below(type_.items[0], rest) if rest else ()))
    if type_.name == "object":
        attr = type_.attributes.get(key)
        return (key, *(_below(type_of(attr), rest) if rest and attr is not None else (rest,) if rest else ()))
    if type_.secret_keys is no_keys:
        return (name,)
    return tuple(int(step) if step.isdecimal() else step for step in name.split("."))


def put(value: Value, place: Place, leaf: Value) -> Value:
    """`value` with `leaf` at `place`, in tables that are made on the way; nothing where an item of a list is gone."""
    if not place:
        return leaf
    step, rest = place[0], place[1:]
    if isinstance(value, Mapping) or (value is None and isinstance(step, str)):
        table, key = value or {}, str(step)
        return {**table, key: put(table.get(key), rest, leaf)}
    if isinstance(value, list | tuple) and isinstance(step, int) and step < len(value):
        return [put(item, rest, leaf) if n == step else item for n, item in enumerate(value)]
    return value


def _text(value: Value) -> Value:
    found = reveal(value)
    return found if found is UNKNOWN or isinstance(found, str) else json.dumps(found, sort_keys=True)
