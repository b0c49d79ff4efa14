"""Revisions: the author, time and message of a version, as far as a Grafana tells. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hcl_lite.core.schema import Revision

NOBODY = "Anonymous"
"""What the classic API says of an object that was never changed (12.4), and of one that no account has changed."""

_GROUP = "grafana.app"


def revision_of_meta(meta: Mapping[str, Any], message: object = "") -> Revision:
    """Returns the revision in a dashboard's meta, or in a folder, of the classic API (3.2 to 12.4)."""
    by = _text(meta.get("updatedBy"))
    if by in ("", NOBODY):
        by = _text(meta.get("createdBy"))
    return Revision("" if by == NOBODY else by, _moment(meta.get("updated") or meta.get("created")), _text(message))


def revision_of_metadata(metadata: Mapping[str, Any]) -> Revision:
    """Returns the revision in metadata of the app platform (12.4), where accounts are user:UID."""
    found = metadata.get("annotations")
    told = found if isinstance(found, Mapping) else {}
    by = told.get(f"{_GROUP}/updatedBy") or told.get(f"{_GROUP}/createdBy")
    at = told.get(f"{_GROUP}/updatedTimestamp") or metadata.get("creationTimestamp")
    return Revision(_text(by), _moment(at), _text(told.get(f"{_GROUP}/message")))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _moment(value: object) -> str:
    """A time of the wire in UTC, to the second; empty for what is none, and for Go's zero."""
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError:
        return ""
    if moment.tzinfo is None or moment.year == 1:
        return ""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
