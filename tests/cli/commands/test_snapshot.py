"""hcl-lite snapshot: what is there, without a configuration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Hcl, Server

_DASHBOARD = {"uid": "d", "title": "Shown", "panels": [{"id": 1, "type": "text", "title": "Hello"}]}


@pytest.fixture
def snapped(embedded: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server with two snapshots, which the environment names."""
    embedded.call("POST", "/api/dashboards/db", {"dashboard": _DASHBOARD})
    for key, name in (("k1", "First 100% real"), ("k2", "Second")):
        body = {"dashboard": _DASHBOARD, "name": name, "key": key, "deleteKey": f"delete-{key}"}
        embedded.call("POST", "/api/snapshots", body)
    monkeypatch.setenv("GRAFANA_URL", embedded.url)
    return embedded


@pytest.mark.parametrize(
    ("args", "keys"),
    [([], ["k1", "k2"]), (["--query", "FIRST 100%"], ["k1"]), (["--limit", "1"], ["k1"]), (["--query", "x"], [])],
    ids=["all", "query", "limit", "none"],
)
@pytest.mark.usefixtures("snapped")
def test_snapshots_are_listed(hcl: Hcl, args: list[str], keys: list[str]) -> None:
    """One a line, or as the server says it; by what is in their names."""
    assert [line.split()[0] for line in hcl("snapshot", "list", *args).out.splitlines()] == keys
    assert [item["key"] for item in json.loads(hcl("snapshot", "list", "--json", *args).out)] == keys


@pytest.mark.usefixtures("snapped")
def test_a_snapshot_is_shown(hcl: Hcl) -> None:
    """Its panels, and whether they have data; as JSON, all of it."""
    shown = hcl("snapshot", "show", "k1").out
    assert (shown.startswith("Shown  (made "), '  text "Hello": no data in it' in shown) == (True, True)
    assert json.loads(hcl("snapshot", "show", "k1", "--json").out)["dashboard"]["title"] == "Shown"
    missing = hcl("snapshot", "show", "none")
    assert (missing.code, 'There is no snapshot with key "none"' in missing.err) == (1, True)


def test_the_configuration_may_say_which_grafana(hcl: Hcl, snapped: Server, tmp_path: Path) -> None:
    """By its one provider, or by --provider; --url needs none."""
    (tmp_path / "main.toml").write_text(
        f'[provider.grafana]\nurl = "{snapped.url}"\n[provider.other]\ntype = "grafana"\nurl = "http://127.0.0.1:9"\n'
    )
    assert "Which Grafana?" in hcl("snapshot", "list").err
    assert hcl("snapshot", "list", "--provider", "grafana", "--query", "Second").out.startswith("k2 ")
    assert hcl("snapshot", "list", "--url", snapped.url, "--query", "Second").out.startswith("k2 ")


@pytest.mark.parametrize("by", [("k1",), ("--delete-key", "delete-k1")], ids=["key", "delete key"])
def test_a_snapshot_is_deleted_once(hcl: Hcl, snapped: Server, by: tuple[str, ...]) -> None:
    """By either of its keys."""
    first, second = hcl("snapshot", "delete", *by), hcl("snapshot", "delete", *by)
    assert (first.code, first.out) == (0, "Snapshot deleted.\n")
    assert (second.code, "There is no such snapshot" in second.err) == (1, True)
    assert [item["key"] for item in snapped.call("GET", "/api/dashboard/snapshots")] == ["k2"]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["delete"], 3, "Give either KEY or --delete-key."),
        (["delete", "k", "--delete-key", "d"], 3, "Give either KEY or --delete-key."),
        (["list"], 1, "Give --url, or set GRAFANA_URL."),
        (["list", "--url", "ftp://x"], 1, '"ftp://x" is not a URL'),
    ],
)
def test_what_is_missing_is_said(hcl: Hcl, args: list[str], code: int, said: str) -> None:
    """Before anything is called."""
    outcome = hcl("snapshot", *args)
    assert (outcome.code, said in outcome.err) == (code, True), outcome.err
