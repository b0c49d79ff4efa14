"""Undo where HeadSpin is: what can be taken back there, and what cannot."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from providers.headspin.client import make_client
from tests.conftest import Hcl
from tests.contexts import BARE

_PROVIDER = '[provider.headspin]\nurl = "embedded:headspin.db"\nauth = "embedded"\n'
_ORG = """
[resource.headspin_grafana.org]
reset_trigger = "1"

[provider.grafana]
url = "${headspin_grafana.org.grafana_url}"
auth = "${headspin_grafana.org.username}:${headspin_grafana.org.password}"
"""
_REST = """
[resource.grafana_dashboard.sessions]
uid = "sessions"
config = { title = "Sessions" }

[resource.headspin_dashboard.sessions]
name = "Sessions"
dashboard_uid = "${grafana_dashboard.sessions.uid}"
version = 1

[resource.headspin_dashboard.flows]
name = "User Flow Timeseries"
"""


def _get(path: str) -> Any:
    async def work() -> Any:
        client = make_client({"url": "embedded:headspin.db", "auth": "embedded"}, True, BARE)
        try:
            return await client.find(path)
        finally:
            await client.close()

    return asyncio.run(work())


def _dashboards() -> dict[str, Any]:
    listed = _get("/v0/grafana/dashboard/info")["dashboards"]
    return {item["name"]: (item["dashboard_uid"], item["version"]) for item in listed if item["allocated"]}


@pytest.fixture
def applied(hcl: Hcl) -> Hcl:
    """An organisation with a Grafana, and two dashboards in HeadSpin."""
    for text in (_ORG, _ORG + _REST):
        _apply(hcl, text)
    return hcl


def _apply(hcl: Hcl, text: str) -> None:
    Path("main.toml").write_text(_PROVIDER + text)
    outcome = hcl("apply", "--auto-approve")
    assert outcome.code == 0, outcome.err


def test_dashboards_that_were_registered_are_removed(applied: Hcl) -> None:
    """And the one in Grafana goes after HeadSpin's entry for it."""
    outcome = applied("undo", "--auto-approve")
    assert (outcome.code, outcome.err) == (0, "")
    assert _dashboards() == {}
    assert "3 to create" in applied("plan").out


@pytest.mark.parametrize(
    "change",
    [
        ("version = 1\n", "version = 0\n"),
        (_REST[_REST.index("[resource.headspin") :], ""),
        ('Sessions"\nd', 'Other"\nd'),
    ],
    ids=["registered again", "removed", "under another name"],
)
def test_dashboards_are_registered_as_they_were(applied: Hcl, change: tuple[str, str]) -> None:
    """By name, uid and version."""
    before = _dashboards()
    _apply(applied, _ORG + _REST.replace(*change))
    assert _dashboards() != before
    outcome = applied("undo", "--auto-approve")
    assert (outcome.code, outcome.err) == (0, "")
    assert _dashboards() == before


def test_credentials_that_were_reset_stay_so(applied: Hcl) -> None:
    """No password is in a backup, and HeadSpin takes none: refused for that object, said in words."""
    old = _get("/v0/grafana/info")["password"]
    _apply(applied, _ORG.replace('"1"', '"2"') + _REST.replace('title = "Sessions"', 'title = "S"'))
    outcome = applied("undo", "--auto-approve")
    assert outcome.code == 1
    assert (
        "headspin_grafana.org stays as it is\n\n  HeadSpin gives new credentials, and none that it gave before."
    ) in outcome.out
    assert '~ dashboard.title: "S" → "Sessions"' in outcome.out
    kept = "".join(path.read_text() for path in Path(".hcl-lite").rglob("*.json*"))
    assert [password for password in (old, _get("/v0/grafana/info")["password"]) if password in kept] == []


def test_a_grafana_that_was_allocated_stays(hcl: Hcl) -> None:
    """No call gives it back."""
    _apply(hcl, _ORG)
    outcome = hcl("undo", "--auto-approve")
    assert outcome.code == 1
    assert "HeadSpin has no call that gives Grafana back: it stays allocated." in outcome.out
    assert "headspin_grafana.org" in hcl("state", "list").out.split()
