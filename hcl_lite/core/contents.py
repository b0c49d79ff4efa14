"""The content of an object on a server, held against what was asked for. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from hcl_lite.core.equality import same
from hcl_lite.core.schema import Attr
from hcl_lite.core.values import Value, reveal


def without_unasked(attrs: Mapping[str, Attr], content: Value, wanted: Value) -> Value:
    """`content` without the attributes that the user left to the server."""
    if not isinstance(content, Mapping):
        return content
    return {
        key: value for key, value in content.items() if key in wanted or key not in attrs or not attrs[key].computed
    }


def holds(found: Value, sent: Value) -> bool:
    """Whether `found` is what was sent, as far as it was asked for.

    Below its attributes it may have more keys, which are settings that the server has filled in; lists have to be of
    one length.
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
