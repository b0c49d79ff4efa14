"""drift: what a colleague has done since the last apply, told to a scheduled job."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import hcl_lite
from tests.conftest import Hcl, Server
from tests.whole.project import Project

_ALL = """
[resource.grafana_folder.team]
uid = "drift-team"
title = "Drift team"
[resource.grafana_folder.below]
uid = "drift-below"
title = "Below"
parent_folder_uid = "${grafana_folder.team.uid}"
[resource.grafana_dashboard.api]
folder = "${grafana_folder.team.uid}"
config = { title = "Drift API", uid = "drift-api" }
[resource.grafana_dashboard.moved]
config = { title = "Drift moved", uid = "drift-moved" }
[resource.grafana_data_source.prom]
uid = "drift-prom"
name = "Drift Prometheus"
type = "prometheus"
url = "http://x.invalid"
[resource.grafana_data_source.loki]
uid = "drift-loki"
name = "Drift Loki"
type = "loki"
url = "http://x.invalid"
basic_auth_enabled = true
basic_auth_username = "me"
secure_json_data = { basicAuthPassword = "env:DRIFT_SECRET" }
[resource.grafana_folder_permission.team]
folder_uid = "${grafana_folder.team.uid}"
permissions = { Viewer = "View" }
[resource.grafana_team.sre]
name = "Drift SRE"
members = []
"""


def _look(hcl: Hcl, *args: str, code: int = 2) -> dict[str, Any]:
    outcome = hcl("drift", "--format", "json", *args)
    assert outcome.code == code, outcome.out + outcome.err
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def _save(server: Server, uid: str, title: str, folder: str, message: str = "", **more: Any) -> None:
    body = {"dashboard": {"uid": uid, "title": title, **more}, "folderUid": folder, "message": message}
    server.call("POST", "/api/dashboards/db", {**body, "overwrite": True})


def _work_beside(server: Server, tmp_path: Path) -> None:
    """What a colleague does in an afternoon."""
    _save(server, "drift-api", "Drift API", "drift-team", "more | room @all", tags=["x"])
    _save(server, "drift-moved", "Drift moved", "drift-team")
    _save(server, "drift-hand", "By hand", "drift-below", "tried")
    _save(server, "drift-elsewhere", "Elsewhere", "")
    server.call("PUT", "/api/folders/drift-below", {"title": "Renamed", "overwrite": True})
    server.call("DELETE", "/api/datasources/uid/drift-prom")
    items = [{"role": "Viewer", "permission": 2}]
    server.call("POST", "/api/folders/drift-team/permissions", {"items": items})
    state = json.loads((tmp_path / "hcl-lite.state.json").read_text())
    team = next(one["uid"] for one in state["records"] if one["address"] == "grafana_team.sre")
    server.call("POST", f"/api/teams/{team}/members", {"userId": 1})
    loki = server.call("GET", "/api/datasources/uid/drift-loki")
    secret = {"secureJsonData": {"basicAuthPassword": "rotated-elsewhere"}}
    server.call("PUT", "/api/datasources/uid/drift-loki", {**loki, **secret})


def test_what_a_colleague_did_is_told(
    hcl: Hcl, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every object with what has become of it, who and why as far as the server tells; nothing is written."""
    monkeypatch.setenv("DRIFT_SECRET", "a-secret-of-ours")
    project = Project(hcl, server, tmp_path)
    project.apply(_ALL)
    assert _look(hcl, code=0)["in_step"] == 8
    _work_beside(server, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.glob("*.json")}
    found = _look(hcl)
    changed = {one["address"]: one for one in found["changed"]}
    assert {address: [d["path"] for d in one["differences"]] for address, one in changed.items()} == {
        "grafana_dashboard.api": ["dashboard.tags"],
        "grafana_dashboard.moved": ["folder"],
        "grafana_folder.below": ["title"],
        "grafana_folder_permission.team": ["permissions.Viewer"],
        "grafana_team.sre": ["members[0]"],
        "grafana_data_source.loki": [],
    }
    api = changed["grafana_dashboard.api"]
    assert (api["by"], api["message"], api["version_before"], api["version_now"]) == ("admin", "more | room @all", 1, 2)
    assert [a for a, one in changed.items() if one["secrets_may_have_changed"]] == ["grafana_data_source.loki"]
    assert [one["address"] for one in found["gone"]] == ["grafana_data_source.prom"]
    [hand] = found["unmanaged"]
    assert (hand["title"], hand["path"], hand["message"]) == ("By hand", ["Drift team", "Renamed"], "tried")
    assert hand["by"]  # of what is new 12.4 tells the account's uid alone
    everywhere = {one["uid"] for one in _look(hcl, "--all")["unmanaged"]}
    assert {"drift-hand", "drift-elsewhere"} <= everywhere
    told = hcl("drift").out
    for text in ("changed outside of hcl-lite by admin", 'version 1 → 2: "more | room @all"', "6 changed outside"):
        assert text in told
    assert "a-secret-of-ours" not in told
    assert {path: path.read_bytes() for path in tmp_path.glob("*.json")} == before
    project.run("refresh")
    assert len(_look(hcl)["changed"]) >= 5
    drift = hcl_lite.drift(tmp_path)
    assert (drift.is_empty, "grafana_dashboard.api" in {one.address for one in drift.changed}) == (False, True)
    project.apply()
    assert _look(hcl)["changed"] == []
    for uid in ("drift-hand", "drift-elsewhere"):
        server.call("DELETE", f"/api/dashboards/uid/{uid}")
    project.destroy()


def test_a_server_that_is_down_hides_nothing_of_another(hcl: Hcl, tmp_path: Path) -> None:
    """It is named, with how many objects that concerns; the exit code is 1."""
    first, second = Server.embedded(tmp_path), 'type = "grafana"\nretries = 0\nauth = "admin:admin"\nurl = '
    blocks = '[resource.grafana_folder.a]\nuid = "a"\ntitle = "A"\n'
    blocks += '[resource.grafana_folder.b]\nprovider = "other"\ntitle = "B"\n'
    (tmp_path / "main.toml").write_text(f'{first.provider}[provider.other]\n{second}"embedded:other.db"\n{blocks}')
    assert hcl("apply", "--auto-approve").code == 0
    first.call("PUT", "/api/folders/a", {"title": "Renamed", "overwrite": True})
    (tmp_path / "main.toml").write_text(f'{first.provider}[provider.other]\n{second}"http://127.0.0.1:9"\n{blocks}')
    found = _look(hcl, code=1)
    assert [one["address"] for one in found["changed"]] == ["grafana_folder.a"]
    assert [(one["provider"], one["objects"]) for one in found["unseen"]] == [("other", 1)]
    outcome = hcl("drift")
    assert ("provider other: 1 managed object" in outcome.out, "127.0.0.1:9" in outcome.err) == (True, True)
