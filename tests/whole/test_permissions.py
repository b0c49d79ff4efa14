"""grafana_folder_permission and grafana_dashboard_permission, beside colleagues who give permissions too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from providers.embedded import Fault
from providers.embedded.faults import FaultKind
from tests.conftest import AfterTheLastLook, Hcl, Server, real_server
from tests.whole.processes import served
from tests.whole.project import Project

_OBJECTS = {
    "team": '[resource.grafana_folder.team]\nuid = "team"\ntitle = "Team"\n',
    "nested": """
[resource.grafana_folder.nested]
uid = "nested"
title = "Nested"
parent_folder_uid = "${grafana_folder.team.uid}"
""",
    "top": """
[resource.grafana_dashboard.top]
config_json = '{"uid": "top", "title": "Top"}'
""",
    "inside": """
[resource.grafana_dashboard.inside]
folder = "${grafana_folder.team.uid}"
config_json = '{"uid": "inside", "title": "Inside"}'
""",
}
_EDITORS = '{ Editor = "Admin" }'
_BOTH = '{ Viewer = "Edit", Editor = "Admin" }'
_AS_NEW = '{ Viewer = "View", Editor = "Edit" }'
_NEW = {("Editor", 2), ("Viewer", 1)}


class PermissionsProject(Project):
    """A project with an object that permissions are given to."""

    def __init__(self, hcl: Hcl, server: Server, root: Path, name: str) -> None:
        super().__init__(hcl, server, root)
        self.name = name
        self.kind = "folder" if name in ("team", "nested") else "dashboard"
        self.initial = _NEW if name in ("team", "top") else set()

    def write_permissions(self, permissions: str = "") -> None:
        objects = _OBJECTS["team"] + (_OBJECTS[self.name] if self.name != "team" else "")
        block = f"""
[resource.grafana_{self.kind}_permission.p]
{self.kind}_uid = "${{grafana_{self.kind}.{self.name}.uid}}"
permissions = {permissions}
"""
        self.write(objects + (block if permissions else ""))

    def permit(self, permissions: str = "") -> str:
        """Apply; the plan after it is empty."""
        self.write_permissions(permissions)
        return self.apply()

    def set(self, *items: dict[str, Any]) -> None:
        """What a colleague does in the UI."""
        self.server.call("POST", self._path(), {"items": list(items)})

    def live(self) -> set[tuple[str, int]]:
        """What the object itself lets each role do."""
        found = [item for item in self.server.call("GET", self._path()) if not item["inherited"]]
        return {(item["role"], item["permission"]) for item in found if item.get("role")}

    def _path(self) -> str:
        if self.kind == "folder":
            return f"/api/folders/{self.name}/permissions"
        by_uid = f"/api/dashboards/uid/{self.name}"
        if not self.server.url.endswith(("=5", "=7")):
            return f"{by_uid}/permissions"
        return f"/api/dashboards/id/{self.server.call('GET', by_uid)['dashboard']['id']}/permissions"


def _on(version: str, *names: str) -> list[Any]:
    marks = (pytest.mark.real_grafana,) if version == "real" else ()
    return [pytest.param((version, name), id=f"{name} in {version}", marks=marks) for name in names]


def _open(hcl: Hcl, root: Path, version: str, name: str) -> Iterator[PermissionsProject]:
    if version != "real":
        yield PermissionsProject(hcl, Server.embedded(root, version), root, name)
        return
    with real_server() as server:
        project = PermissionsProject(hcl, server, root, name)
        yield project
        project.destroy()


@pytest.fixture(
    params=[
        *_on("5", "team", "top", "inside"),
        *_on("7", "team", "top", "inside"),
        *_on("12", *_OBJECTS),
        *_on("real", *_OBJECTS),
    ]
)
def project(hcl: Hcl, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[PermissionsProject]:
    yield from _open(hcl, tmp_path, *request.param)


@pytest.fixture(params=[*_on("5", "team"), *_on("12", "team"), *_on("real", "team")])
def team(hcl: Hcl, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[PermissionsProject]:
    yield from _open(hcl, tmp_path, *request.param)


@pytest.fixture
def project_12(hcl: Hcl, tmp_path: Path) -> PermissionsProject:
    return PermissionsProject(hcl, Server.embedded(tmp_path, "12"), tmp_path, "team")


def test_whoever_is_left_out_may_not(project: PermissionsProject) -> None:
    """All permissions of an object are one; without the block they are those of a new one."""
    project.permit()
    assert project.live() == project.initial
    project.permit(_EDITORS)
    assert project.live() == {("Editor", 4)}
    project.permit(_BOTH)
    assert project.live() == {("Viewer", 2), ("Editor", 4)}
    project.permit()
    assert project.live() == project.initial
    project.permit(_EDITORS)
    project.destroy()
    project.permit(_EDITORS)


@pytest.mark.parametrize("chosen", ["{}", _AS_NEW])
def test_what_is_written_may_be_what_is_new(project: PermissionsProject, chosen: str) -> None:
    """Then it is kept so, whatever colleagues do."""
    project.permit(chosen)
    project.set({"role": "Viewer", "permission": 4})
    assert "changed outside" in project.run("plan")
    project.permit(chosen)
    assert project.live() == (set() if chosen == "{}" else _NEW)


def test_what_a_colleague_permits_is_drift(project: PermissionsProject) -> None:
    """Shown, and taken back; a reset in the UI too."""
    project.permit(_EDITORS)
    project.set({"role": "Editor", "permission": 4}, {"role": "Viewer", "permission": 4})
    assert "changed outside" in project.run("plan")
    project.permit(_EDITORS)
    project.set(*({"role": role, "permission": level} for role, level in project.initial))
    assert "changed outside" in project.run("plan")
    project.permit(_EDITORS)
    assert project.live() == {("Editor", 4)}


def test_permissions_that_are_there_are_taken_over_by_asking(project: PermissionsProject) -> None:
    """By import, or on_exists."""
    project.permit()
    project.set({"role": "Viewer", "permission": 4})
    project.write_permissions(_BOTH)
    assert "exists already" in project.hcl("plan").err
    project.run("import", f"grafana_{project.kind}_permission.p", project.name)
    project.permit(_BOTH)


def test_a_change_between_plan_and_apply_is_not_written_over(
    team: PermissionsProject, after_the_last_look: AfterTheLastLook
) -> None:
    """POST looks at no version."""
    team.permit(_EDITORS)
    team.write_permissions(_BOTH)
    team.run("plan", "--out", "p.plan")
    after_the_last_look(lambda: team.set({"role": "Viewer", "permission": 4}))
    assert "changed by someone else since the plan" in team.hcl("apply", "p.plan").err
    assert team.live() == {("Viewer", 4)}


@pytest.mark.parametrize(
    "project", [*_on("7", "inside"), *_on("12", "nested", "inside"), *_on("real", "nested", "inside")], indirect=True
)
def test_what_moves_is_given_permissions_in_the_same_apply(project: PermissionsProject) -> None:
    """Into a folder, and out of it: what it was given where it was new is nobody's choice there either."""
    main = project.root / "main.toml"
    for first, then in (_at_the_top, str), (str, _at_the_top):
        for permissions, placed in ("", first), (_EDITORS, then):
            project.write_permissions(permissions)
            main.write_text(placed(main.read_text()))
            project.run("apply", "--auto-approve")
        project.run("plan", "--detailed-exitcode")
        assert project.live() == {("Editor", 4)}
        project.run("destroy", "--auto-approve")


def _at_the_top(text: str) -> str:
    return re.sub(r"^(parent_folder_uid|folder) = .*\n", "", text, flags=re.MULTILINE)


def test_a_plan_says_who_may_what_after_a_deletion(project_12: PermissionsProject) -> None:
    """A folder that was closed is open then; not where it goes too."""
    project_12.permit("{}")
    assert "viewers view it then" not in project_12.run("plan", "--destroy")
    project_12.write_permissions()
    assert "viewers view it then" in project_12.run("plan")


@pytest.mark.parametrize("team", [*_on("12", "team"), *_on("real", "team")], indirect=True)
def test_nothing_is_opened_before_it_is_deleted(team: PermissionsProject) -> None:
    """A folder whose deletion is refused, since colleagues have put something into it, stays closed."""
    team.permit("{}")
    model = {"uid": "theirs", "title": "Theirs"}
    team.server.call("POST", "/api/dashboards/db", {"dashboard": model, "folderUid": "team"})
    try:
        assert "Theirs" in team.hcl("destroy", "--auto-approve").err
        assert team.live() == set()
    finally:
        team.server.call("DELETE", "/api/dashboards/uid/theirs")


def test_a_grant_to_another_than_the_maker_is_a_choice(hcl: Hcl, tmp_path: Path) -> None:
    """In a folder, where it is all that there is."""
    project = PermissionsProject(hcl, Server.embedded(tmp_path, "12"), tmp_path, "nested")
    project.permit()
    someone = project.server.call("POST", "/api/serviceaccounts", {"name": "someone", "role": "Viewer"})["id"]
    project.set({"userId": 1, "permission": 4})
    project.write_permissions(_BOTH)
    assert "grafana_folder_permission.p will be created" in project.run("plan")
    project.set({"userId": someone, "permission": 4})
    assert "exists already" in project.hcl("plan").err


def test_an_apply_is_undone(team: PermissionsProject) -> None:
    """As every other; a destroy, too."""
    team.permit(_EDITORS)
    team.permit(_BOTH)
    team.run("undo", "--auto-approve")
    assert team.live() == {("Editor", 4)}
    team.run("destroy", "--auto-approve")
    team.run("undo", "--auto-approve")
    assert team.live() == {("Editor", 4)}
    team.permit(_EDITORS)


def test_permissions_go_with_what_they_are_for(team: PermissionsProject) -> None:
    """A folder that a colleague deletes is made again, with its permissions."""
    team.permit(_EDITORS)
    team.server.call("DELETE", "/api/folders/team")
    team.permit(_EDITORS)
    assert team.live() == {("Editor", 4)}


def test_permissions_of_a_user_are_by_number(team: PermissionsProject) -> None:
    """Also where that is all there is to tell them from those of a new folder."""
    for level in ("View", "Admin", "Edit"):
        team.permit(f'{{ "user:1" = "{level}" }}')
        found = team.server.call("GET", "/api/folders/team/permissions")
        assert [(item["userId"], item["permissionName"]) for item in found] == [(1, level)]


@pytest.mark.parametrize("kind", ["drop", "drop-after"])
def test_a_lost_answer_is_found_out_about(hcl: Hcl, tmp_path: Path, kind: FaultKind) -> None:
    """What Grafana gives to whatever is new too: it is what was sent, not somebody's reset."""
    with served(tmp_path / "grafana.db") as (server, app):
        project = PermissionsProject(hcl, server, tmp_path, "team")
        for permissions, live in (
            (_EDITORS, {("Editor", 4)}),
            (_AS_NEW, _NEW),
            (_EDITORS, {("Editor", 4)}),
            ("", _NEW),
        ):
            app.faults.add(Fault("POST", "/permissions$", kind, times=1))
            project.permit(permissions)
            assert (project.live(), list(app.faults)) == (live, [])


@pytest.mark.parametrize(
    ("permissions", "says"),
    [
        ('["Viewer"]', "has the wrong type"),
        ("{ Viewer = 1 }", "has the wrong type"),
        ('{ Viewer = "view" }', 'There is no permission "view"'),
        ('{ Owner = "View" }', '"Owner" is nobody who could be given a permission'),
        ('{ "team:" = "View" }', '"team:" is nobody who could be given a permission'),
    ],
)
def test_what_is_no_permission_is_said_at_its_place(
    project_12: PermissionsProject, permissions: str, says: str
) -> None:
    """Before anything is asked of a server."""
    project_12.write_permissions(permissions)
    outcome = project_12.hcl("plan")
    assert (outcome.code, says in outcome.err, "main.toml:" in outcome.err) == (1, True, True), outcome.err


def test_a_team_that_is_not_there_is_the_servers_fault_to_name(team: PermissionsProject) -> None:
    """With method, URL and status; the folder has been made, and its permissions are asked for again."""
    team.write_permissions('{ "team:999999" = "View" }')
    outcome = team.hcl("apply", "--auto-approve")
    assert outcome.code == 1
    assert all(part in outcome.err for part in ("POST", "/api/folders/team/permissions", "500")), outcome.err
    team.permit(_EDITORS)


@pytest.mark.parametrize("kind", ["folder", "dashboard"])
def test_a_server_that_knows_no_permissions_is_told(hcl: Hcl, tmp_path: Path, kind: str) -> None:
    """3.2"""
    server = Server.embedded(tmp_path, "3")
    (tmp_path / "main.toml").write_text(
        f'{server.provider}[resource.grafana_{kind}_permission.p]\n{kind}_uid = "x"\npermissions = {{}}\n'
    )
    outcome = hcl("plan")
    assert outcome.code == 1
    assert outcome.err.startswith("Error: A permission needs Grafana ≥ 5; this is 3.2.1\n  at main.toml:")


def test_the_root_has_permissions_too(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """None at first, of which it can be given some; without the block it has none again (12.4.0)."""
    project = Project(hcl, server, tmp_path)
    text = f'[resource.grafana_folder_permission.p]\nfolder_uid = "general"\npermissions = {_BOTH}\n'
    project.apply(text)
    found = project.server.call("GET", "/api/folders/general/permissions")
    assert {(rule["role"], rule["permission"], rule["uid"]) for rule in found} == {
        ("Viewer", 2, "general"),
        ("Editor", 4, "general"),
    }
    project.apply(text.replace(_BOTH, _EDITORS))
    project.destroy()
    assert project.server.call("GET", "/api/folders/general/permissions") == []


def test_the_root_of_an_older_grafana_has_none(hcl: Hcl, tmp_path: Path) -> None:
    """Said at its place."""
    project = Project(hcl, Server.embedded(tmp_path, "7.5"), tmp_path)
    project.write(f'[resource.grafana_folder_permission.p]\nfolder_uid = "general"\npermissions = {_BOTH}\n')
    assert "A permission of the root needs Grafana ≥ 12; this is 7.5" in project.hcl("plan").err


_OTHERS = """
[resource.grafana_folder.f]
uid = "it-folder"
title = "IT folder"
[resource.grafana_team.t]
name = "IT team"
[resource.grafana_service_account.s]
name = "IT account"
[resource.grafana_folder_permission_item.s]
folder_uid = "${grafana_folder.f.uid}"
user = "${grafana_service_account.s.service_account_id}"
permission = "View"
[resource.grafana_folder_permission_item.r]
folder_uid = "${grafana_folder.f.uid}"
role = "Viewer"
permission = "Edit"
"""
_OF_TEAM = """
[resource.grafana_folder_permission_item.t]
folder_uid = "${grafana_folder.f.uid}"
team = "${grafana_team.t.team_id}"
permission = "Edit"
"""
_ITEMS = _OTHERS + _OF_TEAM
_WHOLE = """
[resource.grafana_folder_permission.p]
folder_uid = "${grafana_folder.f.uid}"
permissions = { Viewer = "View" }
"""


def test_one_permission_is_managed_alone(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Those of others stay; whoever manages all of them too is told; what a colleague takes away is given again.
    A team that is named by number goes before its permission does."""
    project, path = Project(hcl, server, tmp_path), "/api/access-control/folders/it-folder"
    project.write(_ITEMS + _WHOLE)
    assert "is a piece of what grafana_folder_permission.p manages as a whole" in hcl("plan").err
    project.apply(_ITEMS)
    server.call("POST", f"{path}/builtInRoles/Editor", {"permission": "Admin"})
    server.call("POST", f"{path}/builtInRoles/Viewer", {"permission": ""})
    assert "grafana_folder_permission_item.r will be created" in project.run("plan")
    project.apply(_ITEMS)
    given = [(one["roleName"].split(":")[1], one["permission"]) for one in server.call("GET", path) if one["isManaged"]]
    everybody = [("builtins", "Admin"), ("builtins", "Edit"), ("teams", "Edit"), ("users", "Admin"), ("users", "View")]
    assert sorted(given) == everybody
    asked = project.run("import", "--all", "--dry-run", "--type", "folder_permission")
    assert "it-folder" not in asked
    asked = project.run("import", "--all", "--dry-run", "--type", "folder_permission_item")
    assert "3 were managed here before" in asked
    project.write(_ITEMS.replace('role = "Viewer"', 'role = "Viewer"\nuser = 1'))
    assert "A permission is given to one holder" in hcl("plan").err
    project.write(_OTHERS)
    project.run("state", "rm", "grafana_folder_permission_item.t")
    project.run("import", "--all", "--type", "folder_permission_item")
    written = (tmp_path / "folder_permission_items.toml").read_text()
    assert 'team       = "${grafana_team.t.team_id}"' in written
    number = server.call("GET", "/api/teams/search?name=IT%20team")["teams"][0]["id"]
    (tmp_path / "folder_permission_items.toml").write_text(written.replace('"${grafana_team.t.team_id}"', str(number)))
    project.apply()
    project.destroy()
