"""What a person does between two plans, and what the second plan makes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Hcl, Server
from tests.whole.blocks import DASHBOARD, DATA_SOURCE, FOLDERS, IN_TEAM
from tests.whole.project import Project

_DASHBOARD: dict[str, Any] = {
    "uid": "api",
    "title": "API",
    "panels": [
        {"id": 1, "type": "timeseries", "title": "CPU", "targets": [{"refId": "A", "expr": "up"}]},
        {"id": 2, "type": "text", "title": "Notes"},
    ],
}
_API = f"""
[resource.grafana_dashboard.api]
{IN_TEAM}config_json = '${{file("api.json")}}'
"""
_MAIN = DATA_SOURCE + FOLDERS + _API + DASHBOARD


def _write_dashboard(project: Project, **changes: Any) -> None:
    (project.root / "api.json").write_text(json.dumps({**_DASHBOARD, **changes}, indent=1))


@pytest.fixture
def project(hcl: Hcl, server: Server, tmp_path: Path) -> Iterator[Project]:
    made = Project(hcl, server, tmp_path)
    _write_dashboard(made)
    made.apply(_MAIN)
    yield made
    made.destroy()


def test_a_changed_file_is_an_update_of_that_dashboard_alone(project: Project) -> None:
    """One panel's query: one difference, at its readable path; formatting alone is none."""
    changed = json.loads(json.dumps(_DASHBOARD))
    changed["panels"][0]["targets"][0]["expr"] = "rate(up[5m])"
    _write_dashboard(project, **changed)
    assert project.plan() == [
        ("grafana_dashboard.api", "update", ['dashboard.panels["CPU"].targets["A"].expr']),
    ]
    project.apply()
    (project.root / "api.json").write_text(json.dumps(changed, sort_keys=True, indent=7))
    assert project.plan() == []


def test_a_deleted_block_is_a_deletion_of_its_object_alone(project: Project) -> None:
    """The block of one dashboard is taken out: it is deleted, everything else stays."""
    project.write(_MAIN[: _MAIN.index("[resource.grafana_dashboard.web]")])
    assert project.plan() == [("grafana_dashboard.web", "delete", [])]
    project.apply()
    assert "web" not in project.server.inventory()["dashboards"]


def test_a_changed_folder_is_a_move(project: Project) -> None:
    """The dashboard keeps its identity and its history; the folder that is no longer declared goes after it."""
    before = project.server.call("GET", "/api/dashboards/uid/api")["dashboard"]["id"]
    moved = _MAIN.replace("grafana_folder.team.uid", "grafana_folder.other.uid")
    start, end = moved.index("[resource.grafana_folder.team]"), moved.index("[resource.grafana_folder.other]")
    project.write(moved[:start] + moved[end:])
    assert project.plan() == [
        ("grafana_dashboard.api", "update", ["folder"]),
        ("grafana_dashboard.web", "update", ["folder"]),
        ("grafana_folder.team", "delete", []),
    ]
    project.apply()
    after = project.server.call("GET", "/api/dashboards/uid/api")
    assert (after["dashboard"]["id"], after["meta"]["folderUid"]) == (before, "other")


def test_a_folder_with_another_uid_is_made_before_the_old_one_goes(project: Project) -> None:
    """A replaced folder takes its dashboards along: none is deleted."""
    before = project.server.call("GET", "/api/dashboards/uid/api")["dashboard"]["id"]
    project.write(_MAIN.replace('uid = "team"', 'uid = "team-2"'))
    assert ("grafana_folder.team", "replace", []) in project.plan()
    project.apply()
    after = project.server.call("GET", "/api/dashboards/uid/api")
    assert (after["dashboard"]["id"], after["meta"]["folderUid"]) == (before, "team-2")
    assert project.server.inventory()["folders"] == ["other", "team-2"]


def test_a_folder_moves_below_another_and_back(project: Project) -> None:
    """parent_folder_uid is a move of the folder, with all that is in it."""
    nested = _MAIN.replace('uid = "team"', 'uid = "team"\nparent_folder_uid = "${grafana_folder.other.uid}"')
    project.write(nested)
    assert project.plan() == [("grafana_folder.team", "update", ["parent_folder_uid"])]
    project.apply()
    assert project.server.call("GET", "/api/folders/team")["parentUid"] == "other"
    project.write(_MAIN)
    project.apply()
    assert not project.server.call("GET", "/api/folders/team").get("parentUid")


def test_a_renamed_block_keeps_its_object(project: Project) -> None:
    """The uid says that it is the same: only the state changes."""
    before = project.server.call("GET", "/api/dashboards/uid/web")["dashboard"]["id"]
    project.write(_MAIN.replace("[resource.grafana_dashboard.web]", "[resource.grafana_dashboard.site]"))
    assert project.plan() == []
    assert "It is known as grafana_dashboard.web until now." in project.hcl("plan").out
    project.apply()
    assert "grafana_dashboard.site" in project.hcl("state", "list").out.split()
    assert "grafana_dashboard.web" not in project.hcl("state", "list").out.split()
    assert project.server.call("GET", "/api/dashboards/uid/web")["dashboard"]["id"] == before


def test_what_was_deleted_on_the_server_is_made_again(project: Project) -> None:
    """The plan says why."""
    project.server.call("DELETE", "/api/dashboards/uid/web")
    assert project.plan() == [("grafana_dashboard.web", "create", [])]
    assert "because it was deleted outside of hcl-lite" in project.hcl("plan").out
    project.apply()


def test_what_was_made_anew_on_the_server_with_other_content_is_noticed(project: Project) -> None:
    """Same uid, same version number, but another object: the version alone would not tell."""
    project.server.call("DELETE", "/api/dashboards/uid/web")
    project.server.call(
        "POST",
        "/api/dashboards/db",
        {"dashboard": {"uid": "web", "title": "Impostor", "panels": []}, "folderUid": "team"},
    )
    assert project.plan() == [("grafana_dashboard.web", "update", ["dashboard.title"])]
    project.apply()


@pytest.mark.parametrize(
    ("on_drift", "code", "title"), [("overwrite", 0, "Web"), ("keep", 0, "Edited"), ("fail", 1, "Edited")]
)
def test_on_drift_decides_about_a_colleagues_change(project: Project, on_drift: str, code: int, title: str) -> None:
    """overwrite repairs it, keep leaves it, fail stops the run."""
    project.write(_MAIN.replace('"panels": []}\'\n', f'"panels": []}}\'\non_drift = "{on_drift}"\n'))
    project.apply()
    live = project.server.call("GET", "/api/dashboards/uid/web")
    edited = {"dashboard": {**live["dashboard"], "title": "Edited"}, "folderUid": "team"}
    project.server.call("POST", "/api/dashboards/db", edited)
    outcome = project.hcl("apply", "--auto-approve")
    assert outcome.code == code
    assert project.server.call("GET", "/api/dashboards/uid/web")["dashboard"]["title"] == title
    project.write(_MAIN)


def test_a_save_without_a_change_is_no_drift(project: Project) -> None:
    """Somebody saved and undid: the version has moved, the content has not."""
    live = project.server.call("GET", "/api/dashboards/uid/web")["dashboard"]
    for title in ("Other", "Web"):
        now = project.server.call("GET", "/api/dashboards/uid/web")["dashboard"]["version"]
        edited = {"dashboard": {**live, "title": title, "version": now}, "folderUid": "team"}
        project.server.call("POST", "/api/dashboards/db", edited)
    assert project.plan() == []


def test_an_import_of_what_was_made_by_hand_plans_nothing(project: Project) -> None:
    """The matching block: an empty plan; with on differing from it, just that difference."""
    document = {"uid": "hand", "title": "By hand", "tags": ["x"], "panels": [{"id": 1, "type": "text", "title": "T"}]}
    project.server.call("POST", "/api/dashboards/db", {"dashboard": document, "folderUid": "team"})
    block = '[resource.grafana_dashboard.hand]\nfolder = "team"\nconfig_json = \'' + json.dumps(document) + "'\n"
    project.write(_MAIN + block)
    imported = project.hcl("import", "grafana_dashboard.hand", "hand")
    assert imported.code == 0, imported.err
    assert project.plan() == []
    project.write(_MAIN + block.replace('"By hand"', '"By hcl-lite"'))
    assert project.plan() == [("grafana_dashboard.hand", "update", ["dashboard.title"])]


@pytest.mark.parametrize(
    ("address", "uid", "says"),
    [
        ("grafana_dashboard.nowhere", "x", "grafana_dashboard.nowhere is not declared"),
        ("grafana_dashboard.web", "web", "grafana_dashboard.web stands for web already"),
    ],
    ids=["no block", "managed already"],
)
def test_an_import_that_cannot_be_is_refused(project: Project, address: str, uid: str, says: str) -> None:
    """With what to do instead; the state stays."""
    before = project.hcl("show", "--json").out
    outcome = project.hcl("import", address, uid)
    assert outcome.code == 1
    assert says in outcome.err
    assert project.hcl("show", "--json").out == before


def test_a_data_source_that_moves_in_the_ui_is_repaired(project: Project) -> None:
    """Whatever of it the configuration speaks of; that it became the default in between is nobody's business."""
    live = project.server.call("GET", "/api/datasources/uid/prom")
    project.server.call("PUT", "/api/datasources/uid/prom", {**live, "url": "http://y:2", "isDefault": True})
    assert project.plan() == [("grafana_data_source.prom", "update", ["url"])]
    project.apply()
    assert project.server.call("GET", "/api/datasources/uid/prom")["isDefault"] is True


def test_targets_limit_a_plan_to_themselves_and_what_they_need(project: Project) -> None:
    """A change elsewhere is left alone."""
    _write_dashboard(project, title="New")
    project.write(
        _MAIN.replace('title = "Other"', 'title = "Other two"').replace('title = "Team"', 'title = "Team two"')
    )
    assert project.plan("-target=grafana_dashboard.api") == [
        ("grafana_folder.team", "update", ["title"]),
        ("grafana_dashboard.api", "update", ["dashboard.title"]),
    ]
    assert project.hcl("apply", "--auto-approve", "-target", "grafana_dashboard.api").code == 0
    assert project.plan() == [("grafana_folder.other", "update", ["title"])]


def test_refresh_only_takes_note_of_drift_and_changes_nothing(project: Project) -> None:
    """The state learns what is there; the next plan still shows what it would undo."""
    project.server.call("DELETE", "/api/dashboards/uid/web")
    live = project.server.call("GET", "/api/dashboards/uid/api")
    edited = {"dashboard": {**live["dashboard"], "title": "Edited"}, "folderUid": "team"}
    project.server.call("POST", "/api/dashboards/db", edited)
    assert project.hcl("plan", "--refresh-only", "--detailed-exitcode").code == 2
    assert project.hcl("refresh").code == 0
    assert "grafana_dashboard.web" not in project.hcl("state", "list").out
    assert project.server.call("GET", "/api/dashboards/uid/api")["dashboard"]["title"] == "Edited"
    assert project.plan() == [
        ("grafana_dashboard.api", "update", ["dashboard.title"]),
        ("grafana_dashboard.web", "create", []),
    ]
    project.apply()


def test_a_plan_without_refresh_trusts_the_state(project: Project) -> None:
    """-refresh=false: what changed on the server is not looked for, what changed in the configuration is seen."""
    project.server.call("DELETE", "/api/dashboards/uid/web")
    assert project.plan("-refresh=false") == []
    _write_dashboard(project, title="New")
    assert project.plan("-refresh=false") == [("grafana_dashboard.api", "update", ["dashboard.title"])]


def test_a_saved_plan_is_carried_out_once_and_as_it_is(project: Project) -> None:
    """It is applied without asking; used again, or with other files, it is refused."""
    _write_dashboard(project, title="New")
    assert project.plan() != []
    assert project.hcl("apply", "p").code == 0
    again = project.hcl("apply", "p")
    assert again.code == 1
    assert "The saved plan was carried out already" in again.err
    _write_dashboard(project, title="Newer")
    assert project.plan() != []
    _write_dashboard(project, title="Newest")
    other = project.hcl("apply", "p")
    assert other.code == 1
    assert "grafana_dashboard.api: its arguments, or a file that they name, have changed." in other.err
    assert project.server.call("GET", "/api/dashboards/uid/api")["dashboard"]["title"] == "New"


def test_state_mv_and_rm_change_the_state_alone(project: Project) -> None:
    """mv renames, rm forgets; what depended on the old name depends on the new one."""
    assert project.hcl("state", "mv", "grafana_folder.team", "grafana_folder.crew").code == 0
    shown = project.hcl("state", "show", "grafana_dashboard.web").out
    assert "needs: grafana_folder.crew" in shown
    assert project.hcl("state", "mv", "grafana_folder.crew", "grafana_folder.team").code == 0
    assert project.hcl("state", "rm", "grafana_dashboard.web").code == 0
    assert "web" in project.server.inventory()["dashboards"]
    assert project.hcl("state", "rm", "grafana_dashboard.web").code == 1
    assert project.hcl("import", "grafana_dashboard.web", "web").code == 0
    assert project.plan() == []


def test_an_object_that_changes_its_provider_is_made_there_and_deleted_here(
    hcl: Hcl, embedded: Server, tmp_path: Path
) -> None:
    """Two Grafanas: the dashboard goes from the one to the other, and nothing is left behind."""
    other = Server(f"embedded:{tmp_path / 'other.db'}", "admin:admin")
    block = '[resource.grafana_dashboard.d]\nconfig_json = \'{"uid": "d", "title": "D"}\'\n'
    providers = embedded.provider + other.provider.replace("[provider.grafana]", '[provider.second]\ntype = "grafana"')
    (tmp_path / "main.toml").write_text(providers + block)
    assert hcl("apply", "--auto-approve").code == 0
    (tmp_path / "main.toml").write_text(providers + block + 'provider = "second"\n')
    planned = hcl("plan").out
    assert "because it moves from provider grafana to second" in planned
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    assert (embedded.inventory()["dashboards"], other.inventory()["dashboards"]) == ([], ["d"])
    assert hcl("plan", "--detailed-exitcode").code == 0


def test_what_goes_is_told_with_who_has_worked_on_it_since(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Where its block is gone, it is made anew, or all is destroyed, also after a refresh; of no other one."""
    project = Project(hcl, server, tmp_path)
    blocks = "".join(
        f'[resource.grafana_dashboard.{n}]\nconfig = {{ uid = "since-{n}", title = "{n}" }}\n' for n in "ab"
    )
    project.apply(blocks)
    model = server.call("GET", "/api/dashboards/uid/since-a")["dashboard"]
    server.call("POST", "/api/dashboards/db", {"dashboard": {**model, "tags": ["t"]}, "message": "my work"})
    told = re.compile(r"It was saved outside of hcl-lite by admin, .* UTC, version \d+ → \d+: \"my work\"\.")
    replaced = project.run("plan", "--replace", "grafana_dashboard.a", "--replace", "grafana_dashboard.b")
    other = blocks.replace('"since-a"', '"since-c"')
    project.write(other)
    assert [len(told.findall(said)) for said in (replaced, project.run("plan"))] == [1, 1]
    project.write("")
    assert len(told.findall(project.run("plan"))) == 1
    project.write(blocks)
    project.run("refresh")
    assert len(told.findall(project.run("plan", "--destroy"))) == 1
    project.destroy()
