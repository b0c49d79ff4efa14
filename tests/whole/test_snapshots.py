"""Snapshots: made of a dashboard, replaced by any change, left alone once they have expired."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from providers.embedded import Options, create_app
from tests.conftest import Hcl, Server
from tests.whole.processes import serving
from tests.whole.project import plan_changes

_DASHBOARD = {"uid": "shot", "title": "Shot", "panels": [{"id": 1, "type": "text", "title": "Hello"}]}


def _write(root: Path, server: Server, more: str = "", dashboard: dict[str, Any] = _DASHBOARD) -> None:
    (root / "shot.json").write_text(json.dumps(dashboard))
    (root / "main.toml").write_text(
        server.provider
        + "[resource.grafana_dashboard.shot]\nconfig_json = '${file(\"shot.json\")}'\n"
        + '[resource.grafana_snapshot.shot]\ndashboard = "${grafana_dashboard.shot.config_json}"\n'
        + more
    )


def _actions(hcl: Hcl) -> dict[str, str]:
    return {change["address"]: change["action"] for change in plan_changes(hcl)}


def test_a_snapshot_holds_the_dashboard_and_is_gone_after_destroy(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Made after its dashboard; its key is chosen by chance, and known to the state."""
    _write(tmp_path, server, 'name = "For the auditors"\nexpires = 3600\n')
    assert hcl("apply", "--auto-approve").code == 0
    assert _actions(hcl) == {}
    (listed,) = server.call("GET", "/api/dashboard/snapshots")
    assert listed["name"] == "For the auditors"
    shown = server.call("GET", f"/api/snapshots/{listed['key']}")["dashboard"]
    assert (shown["title"], shown["panels"]) == (_DASHBOARD["title"], _DASHBOARD["panels"])
    assert hcl("destroy", "--auto-approve").code == 0
    assert server.call("GET", "/api/dashboard/snapshots") == []


@pytest.mark.parametrize("change", ["name", "dashboard"])
def test_any_change_makes_another_snapshot(hcl: Hcl, server: Server, tmp_path: Path, change: str) -> None:
    """The old one is deleted; there is one snapshot afterwards, with the new content."""
    _write(tmp_path, server)
    assert hcl("apply", "--auto-approve").code == 0
    if change == "name":
        _write(tmp_path, server, 'name = "Other"\n')
        assert _actions(hcl) == {"grafana_snapshot.shot": "replace"}
    else:
        _write(tmp_path, server, dashboard={**_DASHBOARD, "title": "Other"})
        assert _actions(hcl) == {"grafana_dashboard.shot": "update", "grafana_snapshot.shot": "replace"}
    assert hcl("apply", "--auto-approve").code == 0
    assert _actions(hcl) == {}
    (listed,) = server.call("GET", "/api/dashboard/snapshots")
    assert listed["name"] == "Other"
    assert hcl("destroy", "--auto-approve").code == 0


def test_a_delete_key_of_ones_own_is_sent_and_kept_nowhere(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Whoever knows it can delete the snapshot without logging in; state, plan and output do not tell it."""
    key, delete_key = "own-key-1", "planted-delete-key"
    _write(tmp_path, server, f'key = "{key}"\ndelete_key = "{delete_key}"\n')
    planned = hcl("plan", "--out", "p")
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    assert server.call("GET", f"/api/snapshots/{key}")["dashboard"]["title"] == "Shot"
    written = [path for path in tmp_path.iterdir() if path.suffix != ".toml" and not path.name.startswith("grafana.db")]
    texts = [path.read_text() for path in written if path.is_file()]
    assert not any(delete_key in text for text in [*texts, planned.out, applied.out, hcl("show").out])
    assert _actions(hcl) == {}
    server.call("GET", f"/api/snapshots-delete/{delete_key}")
    assert _actions(hcl) == {"grafana_snapshot.shot": "create"}
    assert hcl("destroy", "--auto-approve").code == 0


def test_a_plan_says_that_a_snapshot_leaves_the_server(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """Whoever reads it should know; the embedded server sends none anywhere."""
    block = '[resource.grafana_snapshot.out]\ndashboard = { title = "Out" }\nexternal = true\n'
    (tmp_path / "main.toml").write_text(embedded.provider + block)
    assert "+ external: true" in hcl("plan").out


def test_an_expired_snapshot_is_made_again_only_when_asked(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """It has had its time: the plan says so and does nothing, until recreate_when_expired or --replace."""
    _write(tmp_path, embedded, "expires = 1\n")
    assert hcl("apply", "--auto-approve").code == 0
    expires = json.loads(hcl("show", "--json").out)["records"][1]["attributes"]["expires_at"]
    while time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()) <= expires:
        time.sleep(0.05)
    assert _actions(hcl) == {}
    assert "It has expired." in hcl("plan").out
    replaced = hcl("plan", "--replace", "grafana_snapshot.shot").out
    assert "1 to create" in replaced
    _write(tmp_path, embedded, "expires = 1\nrecreate_when_expired = true\n")
    assert _actions(hcl) == {"grafana_snapshot.shot": "create"}


def test_a_snapshot_that_is_deleted_before_its_time_is_made_again(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Gone is gone: like any other object."""
    _write(tmp_path, server, "expires = 3600\n")
    assert hcl("apply", "--auto-approve").code == 0
    (listed,) = server.call("GET", "/api/dashboard/snapshots")
    server.call("DELETE", f"/api/snapshots/{listed['key']}")
    assert _actions(hcl) == {"grafana_snapshot.shot": "create"}
    assert hcl("apply", "--auto-approve").code == 0
    assert _actions(hcl) == {}
    assert hcl("destroy", "--auto-approve").code == 0


@pytest.mark.parametrize(
    ("version", "is_public", "said"),
    [
        ("5.4.3", False, "Snapshot deleted."),
        ("12.4.0", True, "Snapshot deleted."),
        ("12.4.0", False, "[snapshots] public_mode = true"),
    ],
)
def test_who_knows_the_delete_key_need_not_sign_in(
    hcl: Hcl, tmp_path: Path, version: str, is_public: bool, said: str
) -> None:
    """Where the server takes it so; and once."""
    with serving(create_app(tmp_path / "g.db", options=Options(version=version, public_snapshots=is_public))) as url:
        server = Server(url, "admin:admin")
        server.call("POST", "/api/dashboards/db", {"dashboard": {"uid": "d", "title": "Shot"}})
        made = server.call("POST", "/api/snapshots", {"dashboard": {"uid": "d", "title": "Shot"}})
        first = hcl("snapshot", "delete", "--url", url, "--delete-key", made["deleteKey"])
        again = hcl("snapshot", "delete", "--url", url, "--delete-key", made["deleteKey"])
        left = server.call("GET", "/api/dashboard/snapshots")
    failed = said != "Snapshot deleted."
    assert (first.code, said in first.out + first.err, len(left)) == (
        failed,
        True,
        failed,
    )
    assert (again.code, "There is no such snapshot" in again.err) == (1, not failed)
