"""Comparison of the content of an object with the desired one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hcl_lite.core.equality import same
from hcl_lite.core.pairing import pair
from hcl_lite.core.schema import Attr
from hcl_lite.core.schema.attributes import Type
from hcl_lite.core.values import Value, canonical_json, is_unknown, reveal


def without_unasked(attrs: Mapping[str, Attr], content: Value, wanted: Value) -> Value:
    """Returns `content` without what the user leaves to the server: computed attributes that are not given, at any
    depth, and keys that the server adds to maps."""
    if not isinstance(content, Mapping):
        return content
    given = wanted if isinstance(wanted, Mapping) else {}
    return {
        key: _asked(attrs[key].type, value, given.get(key)) if key in attrs else value
        for key, value in content.items()
        if key in given or key not in attrs or not attrs[key].computed
    }


def _asked(type_: str | Type, content: Value, wanted: Value) -> Value:
    """The same of the value of one attribute; only a nested block has anything that could be left out."""
    if not isinstance(type_, Type) or content is None:
        return content
    if type_.name == "object":
        return without_unasked(type_.attributes, content, wanted)
    if type_.name == "map" and isinstance(content, Mapping):
        given = wanted if isinstance(wanted, Mapping) else {}
        return {key: value for key, value in content.items() if key in given or key not in type_.server_keys}
    if type_.items and isinstance(content, list | tuple):
        items = wanted if isinstance(wanted, list | tuple) else ()
        if not any(_has_unasked(inner) for inner in type_.items):
            return content
        same_item = dict(pair(content, items))
        asked = [
            _asked(type_.items[0], item, items[same_item[n]] if n in same_item else None)
            for n, item in enumerate(content)
        ]
        return in_order(asked) if type_.name == "set" else asked
    return content


def in_order(items: Sequence[Value]) -> Sequence[Value]:
    """The items of a set in the one order that they have; as they are while one is not known."""
    return items if is_unknown(items) else sorted(items, key=lambda item: canonical_json(reveal(item)))


def _has_unasked(type_: Type) -> bool:
    """Whether values of the type may have anything in them that is left to the server."""
    return bool(type_.server_keys) or any(
        attr.computed or (isinstance(attr.type, Type) and _has_unasked(attr.type)) for attr in type_.attributes.values()
    )


def holds(found: Value, sent: Value) -> bool:
    """Whether `found` has everything that was `sent`.

    Below its attributes it may have more keys: settings that the server has filled in. Lists have to be of the same
    length.
    """
    sent = reveal(sent)
    if isinstance(sent, Mapping) and isinstance(found, Mapping) and found.keys() != sent.keys():
        return False
    return _holds(found, sent)


def _holds(found: Value, sent: Value) -> bool:
    if isinstance(sent, Mapping) and isinstance(found, Mapping):
        return all(key in found and _holds(found[key], value) for key, value in sent.items())
    if isinstance(sent, list) and isinstance(found, list | tuple):
        return len(sent) == len(found) and all(map(_holds, found, sent))
    return same(found, sent)
