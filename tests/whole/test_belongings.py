"""What belongs to a folder or a dashboard goes and comes with it, wherever somebody has moved it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_FOLDER = """
[resource.grafana_folder.f]
uid = "belong-f"
title = "F"
[resource.grafana_folder_permission.f]
folder_uid = "${grafana_folder.f.uid}"
permissions = { Viewer = "Edit" }
"""
_DASHBOARD = """
[resource.grafana_dashboard.d]
config_json = '{"uid": "belong-d", "title": "D"}'
[resource.grafana_dashboard_permission.d]
dashboard_uid = "belong-d"
permissions = { Viewer = "Edit" }
"""
_TRIGGER = """
[resource.grafana_dashboard.t]
config_json = '{"uid": "belong-t", "title": "One"}'
"""
_TRIGGERED = '[resource.grafana_folder.f.lifecycle]\nreplace_triggered_by = ["grafana_dashboard.t"]\n'
_KEYED = """
[module.m]
source = "./m"
for_each = ["x", "y"]
inputs = { key = "${each.key}" }
"""
_MODULE = """
[variable.key]
[resource.grafana_folder.f]
uid = "belong-${var.key}"
title = "${var.key}"
[resource.grafana_folder_permission.f]
folder_uid = "belong-${var.key}"
permissions = { Viewer = "Edit" }
"""


@pytest.fixture
def project(hcl: Hcl, server: Server, tmp_path: Path) -> Project:
    return Project(hcl, server, tmp_path)


def _rules(server: Server, kind: str, uid: str) -> list[tuple[str, int]]:
    """Which permissions were given to an object itself."""
    route = {"folder": f"/api/folders/{uid}", "dashboard": f"/api/dashboards/uid/{uid}"}[kind]
    items: list[dict[str, Any]] = server.call("GET", f"{route}/permissions")
    return [(item.get("role") or item["userLogin"], item["permission"]) for item in items if not item.get("inherited")]


_OURS = [("Viewer", 2)]


def test_permissions_of_a_replaced_object_are_set_in_the_same_run(project: Project, server: Server) -> None:
    """For each way of replacing one; `apply` sees that nothing is left to do after it."""
    project.apply(_FOLDER + _DASHBOARD)
    for address in ("grafana_folder.f", "grafana_dashboard.d"):
        part = address.replace(".", "_permission.")
        planned = project.plan("--replace", address)
        assert planned == [(address, "replace", []), (part, "replace", [])]
        project.run("apply", "--auto-approve", "p")
        project.run("plan", "--detailed-exitcode")
        project.run("apply", "--auto-approve", "--replace", address, "--target", address)
        project.run("plan", "--detailed-exitcode")
    project.apply(_FOLDER + _DASHBOARD + _TRIGGER + _TRIGGERED)
    project.apply(project.text.replace("One", "Two"))
    assert _rules(server, "folder", "belong-f") == _OURS
    project.apply(project.text.replace("belong-f", "belong-g").replace("belong-d", "belong-e"))
    found = [_rules(server, "folder", "belong-g"), _rules(server, "dashboard", "belong-e")]
    assert found == [_OURS, _OURS]
    project.destroy()


def test_permissions_of_instances_in_modules_come_with_them(project: Project, server: Server, tmp_path: Path) -> None:
    """By a bare uid, too: nothing but that says what they are part of."""
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.toml").write_text(_MODULE)
    project.apply(_KEYED)
    project.run("apply", "--auto-approve", "--replace", 'module.m["x"]')
    project.run("plan", "--detailed-exitcode")
    project.run("apply", "--auto-approve", "--replace", 'module.m["y"].grafana_folder.f')
    project.run("plan", "--detailed-exitcode")
    assert [_rules(server, "folder", uid) for uid in ("belong-x", "belong-y")] == [_OURS, _OURS]
    project.destroy()


def test_permissions_of_what_was_deleted_outside_come_back_with_it(project: Project, server: Server) -> None:
    """A folder is made anew, a dashboard comes from the trash."""
    project.apply(_FOLDER + _DASHBOARD)
    server.call("DELETE", "/api/folders/belong-f")
    server.call("DELETE", "/api/dashboards/uid/belong-d")
    project.apply()
    found = [_rules(server, "folder", "belong-f"), _rules(server, "dashboard", "belong-d")]
    assert found == [_OURS, _OURS]
    project.destroy()


def test_permissions_are_taken_from_a_folder_where_it_will_be(project: Project, server: Server) -> None:
    """What is left behind is that of a new folder there, by an apply as by an undo."""
    above = '[resource.grafana_folder.a]\nuid = "belong-a"\ntitle = "A"\n'
    inside = above + _FOLDER.replace('"F"\n', '"F"\nparent_folder_uid = "belong-a"\n')
    outside = above + '[resource.grafana_folder.f]\nuid = "belong-f"\ntitle = "F"\n'
    project.apply(outside)
    new = sorted(_rules(server, "folder", "belong-f")[-2:])  # after the maker, who is not given them again
    project.apply(inside)
    project.run("undo", "--auto-approve")
    assert sorted(_rules(server, "folder", "belong-f")[-2:]) == new  # in the order in which it came to know the roles
    project.apply()
    project.write(outside)
    project.run("apply", "--auto-approve")
    assert sorted(_rules(server, "folder", "belong-f")[-2:]) == new  # in the order in which it came to know the roles
    project.destroy()


_TWO = """
[resource.grafana_folder.a]
uid = "belong-a"
title = "A"
[resource.grafana_folder.b]
uid = "belong-b"
title = "B"
"""
_IN_A = """
[resource.grafana_dashboard.d]
folder = "${grafana_folder.a.uid}"
config_json = '{"uid": "belong-d", "title": "D"}'
"""


def _move_by_hand(server: Server) -> None:
    """The dashboard into b, as a colleague saves it there."""
    body = {"dashboard": {"uid": "belong-d", "title": "D"}, "folderUid": "belong-b", "overwrite": True}
    server.call("POST", "/api/dashboards/db", body)


@pytest.mark.parametrize("by", ["destroy", "apply", "moved out"])
def test_a_folder_goes_after_what_somebody_moved_into_it(project: Project, server: Server, by: str) -> None:
    """Whatever the state remembers of it; what this run moves elsewhere is moved before."""
    project.apply(_TWO + _IN_A)
    _move_by_hand(server)
    server.call("POST", "/api/folders/belong-a/move", {"parentUid": "belong-b"})
    if by == "destroy":
        project.destroy()
    elif by == "apply":
        project.apply("")
    else:
        only_a = _TWO.partition("[resource.grafana_folder.b]")[0]
        project.apply(only_a + _IN_A)
        assert server.call("GET", "/api/dashboards/uid/belong-d")["meta"]["folderUid"] == "belong-a"
        project.destroy()


def test_what_is_managed_and_stays_is_not_taken_along_by_force(project: Project, server: Server, hcl: Hcl) -> None:
    """force_destroy is for what nobody manages here; the deep one counts too."""
    forced = _TWO.replace('title = "B"', 'title = "B"\nforce_destroy = true')
    project.apply(forced + _IN_A.replace("config_json", 'on_drift = "keep"\nconfig_json'))
    server.call("POST", "/api/folders", {"uid": "belong-deep", "title": "Deep", "parentUid": "belong-b"})
    body = {"dashboard": {"uid": "belong-d", "title": "D"}, "folderUid": "belong-deep", "overwrite": True}
    server.call("POST", "/api/dashboards/db", body)
    project.replace('[resource.grafana_folder.b]\nuid = "belong-b"\ntitle = "B"\nforce_destroy = true\n', "")

    outcome = hcl("plan")

    assert outcome.code == 1
    assert "grafana_folder.b cannot be deleted while it holds what stays" in outcome.err
    assert 'grafana_dashboard.d (dashboard "D")' in outcome.err
    project.replace('on_drift = "keep"\n', "")
    project.apply()
    project.destroy()


def test_what_undo_brings_back_is_under_the_addresses_of_now(project: Project, hcl: Hcl) -> None:
    """The folder's block was renamed in the run that is taken back, or another time."""
    both = _TWO.partition("[resource.grafana_folder.b]")[0] + _IN_A
    project.apply(both)
    project.apply(both.replace("grafana_folder.a", "grafana_folder.g").replace('"D"', '"D2"'))
    project.run("undo", "--auto-approve")
    needs = {record["address"]: record["dependencies"] for record in project.state()["records"]}
    assert needs["grafana_dashboard.d"] == ["grafana_folder.g"]
    project.destroy()
