"""The uid that the JSON text of a dashboard gives, found without building what is in it: a plan without changes asks
for no more of most dashboards."""

from __future__ import annotations

from typing import Final

import msgspec

# Absent keys are empty; what is there is its JSON.
_Part = msgspec.Raw


class _Outer(msgspec.Struct, rename="camel", gc=False):
    """The keys that tell which form a dashboard has (model.py), and its uid."""

    uid: _Part = _Part()
    api_version: _Part = _Part()
    spec: _Part = _Part()
    metadata: _Part = _Part()
    elements: _Part = _Part()
    layout: _Part = _Part()


class _Metadata(msgspec.Struct, gc=False):
    name: str = ""


_OUTER: Final = msgspec.json.Decoder(_Outer)
_METADATA: Final = msgspec.json.Decoder(_Metadata)
_TEXT: Final = msgspec.json.Decoder(str)


def scan_uid(text: str) -> str | None:
    """The uid of the dashboard, whichever form it has; empty for none. None where it is no string, and for what is no
    JSON object: a parser says what is wrong with that."""
    try:
        outer = _OUTER.decode(text)
        if bytes(outer.api_version) and bytes(outer.spec):
            return _METADATA.decode(outer.metadata).name if bytes(outer.metadata) else ""
        if bytes(outer.elements).startswith(b"{") and bytes(outer.layout):
            return ""
        return _TEXT.decode(outer.uid) if bytes(outer.uid) else ""
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
