"""diff and copy: what staging has, beside production and brought there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.cli.exit_codes import ExitCode
from tests.conftest import Hcl, Server
from tests.whole.project import plan_changes

PROVIDERS = """\
[provider.staging]
type = "grafana"
url  = "embedded:staging.db"

[provider.production]
type = "grafana"
url  = "embedded:production.db"
"""


@pytest.fixture
def staging(tmp_path: Path) -> Server:
    """A Grafana with a data source, nested folders, two dashboards and a team that permissions name."""
    server = Server(f"embedded:{tmp_path / 'staging.db'}", "admin:admin")
    _fill(server, "stg", {"api": "rate(x[5m])", "db": "up"})
    team = server.call("POST", "/api/teams", {"name": "Ops"})["teamId"]
    items = [{"role": "Viewer", "permission": 1}, {"teamId": team, "permission": 2}]
    server.call("POST", "/api/folders/stg-team/permissions", {"items": items})
    return server


@pytest.fixture
def production(tmp_path: Path, staging: Server) -> Server:
    """Another one, whose folders and data source have uids of their own."""
    (tmp_path / "main.toml").write_text(PROVIDERS)
    server = Server(f"embedded:{tmp_path / 'production.db'}", "admin:admin")
    _fill(server, "prd", {"api": "rate(x[1m])", "old": "up"})
    return server


def _fill(server: Server, name: str, boards: dict[str, str]) -> None:
    source = {"uid": f"{name}-prom", "name": "Metrics", "type": "prometheus", "url": f"http://{name}:9090"}
    server.call("POST", "/api/datasources", {**source, "access": "proxy"})
    server.call("POST", "/api/folders", {"uid": f"{name}-team", "title": "Team"})
    server.call("POST", "/api/folders", {"uid": f"{name}-svc", "title": "Services", "parentUid": f"{name}-team"})
    for uid, expr in boards.items():
        body = {"dashboard": _board(uid, f"{name}-prom", expr), "folderUid": f"{name}-svc"}
        server.call("POST", "/api/dashboards/db", body)


def _board(uid: str, source: str, expr: str) -> dict[str, Any]:
    datasource = {"type": "prometheus", "uid": source}
    target = {"refId": "A", "expr": expr, "datasource": datasource}
    panel = {"id": 1, "type": "timeseries", "title": "CPU", "datasource": datasource, "targets": [target]}
    return {"uid": uid, "title": uid.upper(), "panels": [panel]}


def _spec(server: Server, uid: str) -> dict[str, Any]:
    spec: dict[str, Any] = server.call("GET", f"/api/dashboards/uid/{uid}")["dashboard"]
    return {key: spec[key] for key in ("uid", "title", "panels")}


def test_what_differs_is_told_by_what_people_know_it_by(hcl: Hcl, production: Server) -> None:
    """Objects with uids of their own are the same where their titles and places are; what they name counts likewise."""
    outcome = hcl("diff", "staging", "production")
    assert outcome.code == ExitCode.CHANGES, outcome.err
    assert (
        outcome.out
        == """\
+ grafana_dashboard Team/Services/DB (db) is on staging alone
+ grafana_folder_permission Team (stg-team) is on staging alone
+ grafana_team Ops (1) is on staging alone

~ grafana_data_source Metrics (stg-prom) differs on production
    ~ url: "http://prd:9090" → "http://stg:9090"

~ grafana_dashboard Team/Services/API (api) differs on production
    ~ dashboard.panels["CPU"].targets["A"].expr: "rate(x[1m])" → "rate(x[5m])"

- grafana_dashboard Team/Services/OLD (old) is on production alone

Does not carry over:
  production has no number yet for grafana_team 1 "Ops", which it names:
    grafana_folder_permission stg-team "Team"

staging and production: 3 on staging alone, 2 different, 1 on production alone, 2 the same.
"""
    )


def test_what_is_copied_is_applied_and_then_the_same(hcl: Hcl, production: Server, staging: Server) -> None:
    """Folders that are there are taken over, dashboards come with the data sources of the target; the target's own data
    source stays; nothing is written to a server before the apply."""
    before = [staging.inventory(), production.inventory()]
    copied = hcl("copy", "--from", "staging", "--to", "production", "--folder", "Team")
    assert copied.code == 0, copied.err
    assert "Plan: 1 to create, 1 to update, 0 to delete." in copied.out
    assert [staging.inventory(), production.inventory()] == before
    assert hcl("apply", "--auto-approve").code == 0
    assert plan_changes(hcl) == []
    assert _spec(production, "db") == _board("db", "prd-prom", "up")
    assert _spec(production, "api") == _board("api", "prd-prom", "rate(x[5m])")
    assert production.call("GET", "/api/datasources/uid/prd-prom")["url"] == "http://prd:9090"
    differing = json.loads(hcl("diff", "staging", "production", "--type", "dashboard", "--json").out)
    assert differing == {
        "format_version": 1,
        "source": "staging",
        "target": "production",
        "missing": [],
        "differing": [],
        "extra": [{"type": "grafana_dashboard", "uid": "old", "title": "OLD", "path": ["Team", "Services"]}],
        "same": 2,
        "obstacles": [],
    }


def test_the_file_of_a_copy_is_that_of_the_source(hcl: Hcl, production: Server, tmp_path: Path) -> None:
    """Its block says what the data sources are on the target."""
    assert hcl("copy", "--from", "staging", "--to", "production", "--type", "dashboard").code == 0
    written = json.loads((tmp_path / "production/dashboards/team/services/db.json").read_text())
    assert written == _board("db", "stg-prom", "up")
    assert 'data_sources = { stg-prom = "prd-prom" }' in (tmp_path / "production_dashboards.toml").read_text()


def test_a_second_copy_leaves_what_is_managed_to_its_blocks(hcl: Hcl, production: Server, tmp_path: Path) -> None:
    """It says so, and touches no file."""
    assert hcl("copy", "--from", "staging", "--to", "production", "--folder", "Team").code == 0
    assert hcl("apply", "--auto-approve").code == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.toml")}
    again = hcl("copy", "--from", "staging", "--to", "production", "--folder", "Team")
    assert again.code == 0, again.err
    assert "a block manages it on production already:" in again.out
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.toml")} == before


def test_a_counterpart_can_be_named(hcl: Hcl, production: Server) -> None:
    """By uid or title; nothing else is then the counterpart of either."""
    production.call(
        "POST", "/api/datasources", {"uid": "other", "name": "Other", "type": "prometheus", "access": "proxy"}
    )
    outcome = hcl("diff", "staging", "production", "--type", "data_source", "--map", "Metrics=other")
    assert outcome.code == ExitCode.CHANGES
    assert (
        outcome.out
        == """\
~ grafana_data_source Metrics (stg-prom) differs on production
    ~ name: "Other" → "Metrics"
    ~ url: "" → "http://stg:9090"
    ~ is_default: false → true

- grafana_data_source Metrics (prd-prom) is on production alone

staging and production: 0 on staging alone, 1 different, 1 on production alone, 0 the same.
"""
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["diff", "staging", "staging"], "staging and staging are one and the same"),
        (["diff", "staging", "elsewhere"], 'There is no provider "elsewhere"'),
        (["diff", "staging", "production", "--type", "boat"], 'There is no resource type "boat"'),
        (["diff", "staging", "production", "--folder", "Boat"], 'There is no folder "Boat"'),
        (["copy", "--from", "staging", "--to", "production", "--map", "a"], "--map takes A=B, not 'a'."),
    ],
)
def test_what_cannot_be_meant_is_told(hcl: Hcl, production: Server, words: list[str], said: str) -> None:
    """Before anything is read of the servers, or written."""
    outcome = hcl(*words)
    assert outcome.code in (ExitCode.ERROR, ExitCode.USAGE)
    assert said in outcome.err


def test_a_permission_goes_to_the_same_person(hcl: Hcl, staging: Server, production: Server, tmp_path: Path) -> None:
    """Who has another number there, where that is somebody else's."""
    for server, logins in ((staging, ["ada"]), (production, ["bob", "ada"])):
        for login in logins:
            server.call("POST", "/api/admin/users", {"login": login, "email": f"{login}@x.test", "password": "secret"})
    numbers = {
        server.url: server.call("GET", "/api/users/lookup?loginOrEmail=ada")["id"] for server in (staging, production)
    }
    assert numbers[staging.url] != numbers[production.url]
    items = [{"userId": numbers[staging.url], "permission": 2}]
    staging.call("POST", "/api/folders/stg-svc/permissions", {"items": items})
    assert hcl("copy", "--from", "staging", "--to", "production", "--type", "folder_permission").code == 0
    assert hcl("apply", "--auto-approve").code == 0
    given = production.call("GET", "/api/folders/prd-svc/permissions")
    assert [one["userLogin"] for one in given if one.get("userId") and not one["inherited"]] == ["ada"]
