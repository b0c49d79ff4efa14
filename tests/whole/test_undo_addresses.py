"""What undo and restore bring back stands at an address of now, and needs what it needed by the names of now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_LIST = """
[variable.n]
type = "list(string)"
default = ["a", "b", "c"]

[resource.grafana_folder.f]
count = "${length(var.n)}"
uid = "f-${var.n[count.index]}"
title = "F ${var.n[count.index]}"

[resource.grafana_dashboard.d]
count = "${length(var.n)}"
folder = "${grafana_folder.f[count.index].uid}"
config_json = '{"uid": "d-${var.n[count.index]}", "title": "D ${var.n[count.index]}"}'

[resource.grafana_folder_permission.p]
count = "${length(var.n)}"
folder_uid = "${grafana_folder.f[count.index].uid}"
permissions = { Viewer = "View" }
"""
_MAP = """
[variable.n]
type = "map(string)"
default = { x = "a", y = "b" }

[resource.grafana_data_source.s]
for_each = "${var.n}"
uid = "s-${each.value}"
name = "S ${each.value}"
type = "loki"
url = "http://x:1"
"""
_ONE = """
[resource.grafana_data_source.s]
uid = "one"
name = "S"
type = "loki"
url = "http://x:1"
"""


@pytest.fixture
def project(hcl: Hcl, server: Server, tmp_path: Path) -> Project:
    return Project(hcl, server, tmp_path)


async def _ended(*_: object) -> bool:
    raise KeyboardInterrupt


def _needs(project: Project, type_: str) -> dict[str, list[str]]:
    """What each object of a type needs, by uid, as the state has it: by the uids of what it needs."""
    records = project.state()["records"]
    uids = {record["address"]: record["uid"] for record in records}
    assert len(uids) == len(records)
    return {r["uid"]: sorted(uids[one] for one in r["dependencies"]) for r in records if r["address"].startswith(type_)}


def test_what_left_a_list_comes_back_at_a_free_address(project: Project) -> None:
    """Its number stands for another by now. The plan says so; with the old list there is nothing to do."""
    project.apply(_LIST)
    project.replace('["a", "b", "c"]', '["b", "c"]')
    project.apply()

    out = project.run("undo", "--auto-approve")

    assert 'It was grafana_folder.f[0], which stands for "f-b" now.' in out
    folders = ["f-a", "f-b", "f-c"]
    assert _needs(project, "grafana_dashboard") == {"d-a": folders, "d-b": folders[1:], "d-c": folders[1:]}
    project.replace('["b", "c"]', '["a", "b", "c"]')
    assert project.plan() == []
    project.apply()
    assert _needs(project, "grafana_dashboard") == {"d-a": folders, "d-b": folders, "d-c": folders}
    project.destroy()


def test_what_was_replaced_by_a_key_comes_back_beside_it(project: Project) -> None:
    """for_each: the key has another value, and the object that it stood for has its name again."""
    project.apply(_MAP)
    project.replace('x = "a", y = "b"', 'x = "c", y = "a"')
    project.apply()
    project.run("undo", "--auto-approve")
    project.replace('x = "c", y = "a"', 'x = "a", y = "b"')
    assert project.plan() == []
    project.destroy()


@pytest.mark.parametrize("ends", [False, True], ids=["at once", "after a run that ended"])
def test_a_replaced_object_comes_back_with_its_name(
    project: Project, monkeypatch: pytest.MonkeyPatch, *, ends: bool
) -> None:
    """The other one, which has the name, goes; also where an undo ended when that had another name. A second undo has
    nothing to do."""
    project.apply(_ONE)
    project.replace('"one"', '"two"')
    project.apply()
    if ends:
        with monkeypatch.context() as ending:
            ending.setattr("hcl_lite.engine.restoring.restorer.Restorer._visit", _ended)
            assert project.hcl("undo", "--auto-approve").code == 130
        assert project.server.call("GET", "/api/datasources/uid/two")["name"] != "S"
    project.run("undo", "--auto-approve")
    assert "is undone already" in project.hcl("undo", "--auto-approve").err
    project.replace('"two"', '"one"')
    assert project.plan() == []
    project.destroy()


_MOVED = """
[resource.grafana_folder.a]
uid = "f-a"
title = "A"

[resource.grafana_folder.b]
uid = "f-b"
title = "B"

[resource.grafana_dashboard.d]
folder = "${grafana_folder.a.uid}"
config_json = '{"uid": "d", "title": "D"}'
"""


@pytest.mark.parametrize("goes", ["updated", "deleted"])
def test_what_an_object_needed_is_known_under_its_new_name(project: Project, goes: str) -> None:
    """The run moved the dashboard to another folder, or deleted it; the folder's block has another name since."""
    project.apply(_MOVED)
    if goes == "updated":
        project.replace("grafana_folder.a.uid", "grafana_folder.b.uid")
    else:
        project.write(project.text.partition("[resource.grafana_dashboard.d]")[0])
    project.apply()
    project.run("state", "mv", "grafana_folder.a", "grafana_folder.x")
    project.run("undo", "--auto-approve")
    needs = {record["address"]: record["dependencies"] for record in project.state()["records"]}
    assert needs["grafana_dashboard.d"] == ["grafana_folder.x"]
    project.write(_MOVED.replace("grafana_folder.a", "grafana_folder.x"))
    assert project.plan() == []
    project.destroy()


_BLOCK = """
[resource.grafana_folder.NAME]
uid = "f-UID"
title = "F"
"""
_MOVE = '\n[[moved]]\nfrom = "grafana_folder.a"\nto = "grafana_folder.b"\n'


def test_what_was_deleted_follows_moves(project: Project) -> None:
    """Also where the new name stands for another one: no plan is refused after it."""
    one, other = _BLOCK.replace("NAME", "a").replace("UID", "a"), _BLOCK.replace("NAME", "b").replace("UID", "b")
    project.apply(one)
    project.apply("")
    project.write(_MOVE)
    project.run("undo", "--auto-approve")
    assert project.run("state", "list").split() == ["grafana_folder.b"]
    project.apply(other.replace('"F"', '"G"') + _MOVE)
    run = json.loads(project.run("restore", "--json"))[0]["run"]
    project.run("restore", run, "--auto-approve")
    assert project.run("state", "list").split() == ["grafana_folder.b", "grafana_folder.b[0]"]
    assert [action for _, action, _ in project.plan()] == ["delete"]
    project.destroy()


def _rules(project: Project, uid: str) -> list[tuple[str, int]]:
    found = project.server.call("GET", f"/api/folders/{uid}/permissions")
    return sorted((rule["role"], rule["permission"]) for rule in found if rule.get("role"))


def test_permissions_that_went_to_another_folder_come_back(project: Project) -> None:
    """Both folders are there all the while, with permissions of their own."""
    text = _MOVED + '[resource.grafana_folder_permission.p]\nfolder_uid = "f-a"\npermissions = { Viewer = "Edit" }\n'
    project.apply(text)
    project.apply(text.replace('folder_uid = "f-a"', 'folder_uid = "f-b"'))
    assert (_rules(project, "f-b"), _rules(project, "f-a")) == ([("Viewer", 2)], [("Editor", 2), ("Viewer", 1)])
    project.run("undo", "--auto-approve")
    assert (_rules(project, "f-a"), _rules(project, "f-b")) == ([("Viewer", 2)], [("Editor", 2), ("Viewer", 1)])
    project.write(text)
    assert project.plan() == []
    project.destroy()


def test_what_lay_in_a_folder_that_is_gone_stays_where_it_is(project: Project) -> None:
    """The plan says so, and what to do; then a second undo has what was left."""
    project.apply(_MOVED)
    project.replace("grafana_folder.a.uid", "grafana_folder.b.uid")
    project.apply()
    project.server.call("DELETE", "/api/folders/f-a")
    for _ in range(2):
        outcome = project.hcl("undo", "--auto-approve")
        assert (outcome.code, outcome.err) == (1, "")
        assert "Warning: grafana_dashboard.d stays as it is\n" in outcome.out
        assert '  grafana_folder "f-a", which it belongs to, was deleted since.\n' in outcome.out
    project.apply()
    project.run("restore", json.loads(project.run("restore", "--json"))[1]["run"], "--auto-approve")
    project.write(_MOVED)
    assert project.plan() == []
    project.destroy()
