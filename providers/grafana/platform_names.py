"""Names of objects of the app platform: as uids of the state, and as Grafana makes them of titles. Pure."""

from __future__ import annotations

import base64
from typing import Final

Kind = tuple[str, str]
"""The group and the kind, such as playlist.grafana.app and Playlist: the same in all versions of the group."""

APP_RESOURCE: Final = "grafana_app_resource"
ALERTING: Final = "notifications.alerting.grafana.app"
RECEIVER: Final[Kind] = (ALERTING, "Receiver")


def uid_of(group: str, kind: str, name: str) -> str:
    """Returns the uid of an object, without the version of the API, in each of which it is the same."""
    return f"{group}:{kind}:{name}"


def parts_of(uid: str) -> tuple[str, str, str]:
    """Returns the group, the kind and the name of a uid."""
    group, _, rest = uid.partition(":")
    kind, _, name = rest.partition(":")
    return group, kind, name


def encoded_title(title: str) -> str:
    """Returns the name that is made of a title: base64 without padding, as of `empty` ZW1wdHk (12.4.0)."""
    return base64.urlsafe_b64encode(title.encode()).decode().rstrip("=")


def decoded_title(name: str) -> str:
    """Returns the title that a name is made of; empty for a name that is not."""
    try:
        return base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode()
    except ValueError:
        return ""
