"""Whether what a server has is what it was sent: it may have filled in more. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from hcl_lite.core.values import Value, reveal


def holds(found: Value, sent: Value) -> bool:
    """Whether everything in `sent` is in `found`; what is empty equals what is absent, and `found` may have more keys.

    Lists have to be of one length: what a server adds are settings that were left out, not items.
    """
    sent = reveal(sent)
    if isinstance(sent, Mapping) and isinstance(found, Mapping):
        return all(holds(found.get(key), value) for key, value in sent.items())
    if isinstance(sent, list) and isinstance(found, list | tuple):
        return len(sent) == len(found) and all(map(holds, found, sent))
    return (_is_empty(found) and _is_empty(sent)) or (
        found == sent and isinstance(found, bool) == isinstance(sent, bool)
    )


def _is_empty(value: Value) -> bool:
    """Also a table of nothing but what is empty: servers fill that in for nothing."""
    if isinstance(value, Mapping):
        return all(map(_is_empty, value.values()))
    return value is None or value is False or value == "" or value == []
