"""Kinds of the app platform that have something of their own."""

from __future__ import annotations

import pytest

from hcl_lite.core.values import UNKNOWN, Value
from providers.grafana.platform_kinds import secret_settings

_ALERTING, _PLAYLISTS = "notifications.alerting.grafana.app/v0alpha1", "playlist.grafana.app/v1"


@pytest.mark.parametrize(
    ("api_version", "kind", "are_secret"),
    [
        (_ALERTING, "Receiver", True),
        (UNKNOWN, "Receiver", True),
        (_ALERTING, UNKNOWN, True),
        (UNKNOWN, UNKNOWN, True),
        (_ALERTING, "TimeInterval", False),
        (_PLAYLISTS, UNKNOWN, False),
        (UNKNOWN, "Playlist", False),
    ],
)
def test_settings_of_what_may_be_a_receiver_are_secret(api_version: Value, kind: Value, are_secret: bool) -> None:
    """Also while it is not known yet whether it is one."""
    spec = {"title": "T", "integrations": [{"type": "slack", "settings": {"url": "https://hooks.invalid/secret"}}]}
    found = secret_settings({"api_version": api_version, "kind": kind, "spec": spec})
    assert ("integrations.0.settings.url" in found) is are_secret
