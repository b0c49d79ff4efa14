"""Users, teams and service accounts by the names that people know: in permissions, and among the members of a team."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from providers.embedded import Fault
from providers.transport.errors import NotFound
from tests.conftest import Hcl, Server, real_server
from tests.whole.processes import served
from tests.whole.project import Project

_BASE = """
[resource.grafana_folder.f]
uid = "hold-folder"
title = "Hold"
"""
_MAP = """
[resource.grafana_folder_permission.p]
folder_uid = "${grafana_folder.f.uid}"
permissions = %s
"""
_ALL = """{
  Viewer = "View", "user:Hold-Ada" = "Edit", "team:Hold Search" = "Admin", "service_account:hold ci" = "View"
}"""
_ITEMS = """
[resource.grafana_folder_permission_item.u]
folder_uid = "${grafana_folder.f.uid}"
user = "ada@hold.example.org"
permission = "Edit"
[resource.grafana_folder_permission_item.t]
folder_uid = "${grafana_folder.f.uid}"
team = "Hold Search"
permission = "View"
[resource.grafana_folder_permission_item.s]
folder_uid = "${grafana_folder.f.uid}"
user = "service_account:hold ci"
permission = "Admin"
[resource.grafana_dashboard.d]
folder = "${grafana_folder.f.uid}"
config_json = '{"uid": "hold-dashboard", "title": "Hold"}'
[resource.grafana_dashboard_permission.d]
dashboard_uid = "${grafana_dashboard.d.uid}"
permissions = { "user:ada@hold.example.org" = "Edit" }
[resource.grafana_service_account.a]
name = "hold other"
[resource.grafana_service_account_permission.a]
service_account_id = "${grafana_service_account.a.service_account_id}"
permissions = { "team:Hold Search" = "Edit" }
[resource.grafana_service_account_permission_item.a]
service_account_id = "${grafana_service_account.b.service_account_id}"
user = "hold-ada"
permission = "Edit"
[resource.grafana_service_account.b]
name = "hold third"
"""


class People(Project):
    """A project, and a user, a team and a service account beside it."""

    def __init__(self, hcl: Hcl, server: Server, root: Path) -> None:
        super().__init__(hcl, server, root)
        user = {"login": "hold-ada", "email": "ada@hold.example.org", "name": "Ada", "password": "hold-secret-1"}
        self.user = server.call("POST", "/api/admin/users", user)["id"]
        self.team = server.call("POST", "/api/teams", {"name": "Hold Search"})["teamId"]
        account = {"name": "hold ci", "role": "Viewer"}
        self.account = server.call("POST", "/api/serviceaccounts", account)["id"]

    def leave(self) -> None:
        """Delete them again, as far as no test has."""
        there = f"/api/admin/users/{self.user}", f"/api/teams/{self.team}", f"/api/serviceaccounts/{self.account}"
        for path in there:
            with suppress(NotFound):
                self.server.call("DELETE", path)

    def profile(self, **changed: str) -> None:
        """Change the account of the user."""
        known = {"login": "hold-ada", "email": "ada@hold.example.org", "name": "Ada"}
        self.server.call("PUT", f"/api/users/{self.user}", {**known, **changed})

    def given(self, path: str = "/api/folders/hold-folder/permissions") -> dict[str, str]:
        """What users and teams may do, by their numbers."""
        found = [one for one in self.server.call("GET", path) if not one["inherited"] and not one.get("role")]
        names = (("user", "userId"), ("team", "teamId"))
        return {f"{name}:{one[key]}": one["permissionName"] for one in found for name, key in names if one[key]}

    def errors(self) -> str:
        """What a plan says that is refused."""
        outcome = self.hcl("plan")
        assert outcome.code == 1, outcome.out
        return outcome.err


@pytest.fixture(params=["embedded", pytest.param("real", marks=pytest.mark.real_grafana)])
def people(hcl: Hcl, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[People]:
    if request.param == "embedded":
        yield People(hcl, Server.embedded(tmp_path), tmp_path)
        return
    with real_server() as server:
        project = People(hcl, server, tmp_path)
        yield project
        project.destroy()
        project.leave()


@pytest.fixture
def embedded_people(hcl: Hcl, tmp_path: Path) -> People:
    return People(hcl, Server.embedded(tmp_path), tmp_path)


def test_names_are_compared_by_number(people: People) -> None:
    """The plan after an apply is empty; so it is where a name is written as a number, or another is written for who is
    called so since."""
    people.apply(_BASE + _MAP % _ALL)
    rules = {f"user:{people.user}": "Edit", f"team:{people.team}": "Admin", f"user:{people.account}": "View"}
    assert people.given() == rules
    by_number = f'{{ Viewer = "View", "user:{people.user}" = "Edit", "team:{people.team}" = "Admin", '
    by_number += f'"service_account:{people.account}" = "View" }}'
    people.write(_BASE + _MAP % by_number)
    people.run("plan", "--detailed-exitcode")
    people.server.call("PUT", f"/api/teams/{people.team}", {"name": "Hold Find"})
    people.profile(login="hold-lovelace")
    people.run("plan", "--detailed-exitcode")
    people.write(_BASE + _MAP % _ALL.replace("Hold Search", "Hold Find"))
    assert 'There is no user "Hold-Ada"' in people.errors()
    people.replace("Hold-Ada", "ada@hold.example.org")
    people.run("plan", "--detailed-exitcode")


def test_every_type_of_permission_takes_names(people: People) -> None:
    """Of folders, dashboards and service accounts, all of them and one alone; an import says the same."""
    people.apply(_BASE + _ITEMS)
    rules = people.given()
    assert rules.items() >= {(f"user:{people.user}", "Edit"), (f"team:{people.team}", "View")}
    assert rules[f"user:{people.account}"] == "Admin"
    assert people.given("/api/dashboards/uid/hold-dashboard/permissions") == {f"user:{people.user}": "Edit"}
    people.run("state", "rm", "grafana_folder_permission_item.s")
    people.run("import", "grafana_folder_permission_item.s", f"hold-folder:user:{people.account}")
    people.run("plan", "--detailed-exitcode")


def test_a_name_that_nobody_has_is_said_at_its_place(embedded_people: People) -> None:
    """With what is like it, and how to write one that looks like a number."""
    people = embedded_people
    people.server.call("POST", "/api/teams", {"name": "2024"})
    people.write(_BASE + _MAP % '{ "team:Hold Serch" = "View" }')
    assert people.errors() == (
        'Error: There is no team "Hold Serch"\n'
        "  at main.toml:11:17, in grafana_folder_permission.p\n"
        '    11 │ permissions = { "team:Hold Serch" = "View" }\n'
        "       │                 ^^^^^^^^^^^^^^^^^\n\n"
        '  Did you mean "Hold Search"?\n'
    )
    people.write(_BASE + _MAP % f'{{ "user:hold-ada" = "View", "user:{people.user}" = "Edit" }}')
    assert f"user:hold-ada and user:{people.user} are the same" in people.errors()
    people.apply(_BASE + _MAP % """{ 'team:"2024"' = "View" }""")
    team = people.server.call("GET", "/api/teams/search?name=2024")["teams"][0]["id"]
    assert people.given() == {f"team:{team}": "View"}
    people.write(_BASE + _MAP % """{ 'team:"2025"' = "View" }""")
    assert "Without the quotes it is a number." in people.errors()
    people.write(_BASE + _ITEMS.replace('team = "Hold Search"', "team = [2]"))
    assert "This is no team" in people.errors()


def test_what_the_same_run_makes_is_named_too(people: People) -> None:
    """By reference, and by its name alone: the plan knows that it comes, and the apply its number."""
    made = _BASE + '[resource.grafana_team.new]\nname = "Hold New"\n'
    people.write(made + _MAP % """'${{ "team:" ~ grafana_team.new.name: "Edit" }}'""" + _OF_NEW)
    assert "known after apply" in people.run("plan")
    people.apply()
    team = people.server.call("GET", "/api/teams/search?name=Hold%20New")["teams"][0]["id"]
    assert people.given() == {f"team:{team}": "Edit"}
    people.replace('name = "Hold New"', 'name = "Hold Newer"')
    people.replace('team = "Hold New"', 'team = "Hold Newer"')
    people.apply()
    assert people.given() == {f"team:{team}": "Edit"}


_OF_NEW = """
[resource.grafana_dashboard.d]
config_json = '{"uid": "hold-dashboard", "title": "Hold"}'
[resource.grafana_dashboard_permission_item.d]
dashboard_uid = "${grafana_dashboard.d.uid}"
team = "Hold New"
permission = "Edit"
"""


def test_members_of_a_team_are_named_by_login_or_address(people: People) -> None:
    """Compared by address, so that another login is no difference; one that the same run makes comes first."""
    members = '[resource.grafana_team.t]\nname = "Hold team"\nmembers = %s\n'
    new = '[resource.grafana_user.n]\nlogin = "hold-new"\nemail = "new@hold.example.org"\n'
    people.apply(members % '["hold-ada"]')
    people.profile(login="hold-lovelace")
    people.apply(members % '["hold-lovelace"]')
    people.write(members % '["Hold-Lovelace", "hold-nobody"]')
    said = people.errors()
    assert ('There is no user "hold-nobody"' in said, "main.toml:6:" in said) == (True, True), said
    people.apply(members % '["hold-lovelace"]')
    team = people.server.call("GET", "/api/teams/search?name=Hold%20team")["teams"][0]["id"]
    people.server.call("POST", f"/api/teams/{team}/members", {"userId": 1})
    people.run("pull")
    assert people.text == members % '["hold-lovelace", "admin@localhost"]'
    if people.server.url.startswith("embedded:"):  # the whole server's users are nobody's inventory
        people.apply(new + members % '["ada@hold.example.org", "hold-new"]')
        there = {one["email"] for one in people.server.call("GET", f"/api/teams/{team}/members")}
        assert there == {"ada@hold.example.org", "new@hold.example.org"}


def test_what_is_read_is_written_by_name(people: People) -> None:
    """By get, by import --all, and by pull, also what a colleague has given; a plan speaks of them so, too."""
    people.apply(_BASE + _MAP % _ALL + _ITEMS[_ITEMS.index("[resource.grafana_dashboard.d]") :])
    people.server.call("POST", "/api/access-control/folders/hold-folder/users/1", {"permission": "View"})
    people.server.call("POST", f"/api/access-control/folders/hold-folder/teams/{people.team}", {"permission": "Edit"})
    assert [paths for _, _, paths in people.plan()] == [
        ['permissions["team:Hold Search"]', 'permissions["user:admin"]']
    ]
    people.run("pull")
    people.run("plan", "--detailed-exitcode")
    assert '"user:Hold-Ada" = "Edit", "team:Hold Search" = "Edit"' in people.text
    assert '"user:admin" = "View"' in people.text
    told = people.run("get", "folder-permission", "hold-folder")
    wanted = ("Viewer", '"team:Hold Search"', '"user:admin"', '"user:hold-ada"', '"service_account:hold ci"')
    assert [one for one in wanted if one not in told] == []
    for block in ("folder_permission.p", "service_account_permission_item.a"):
        people.run("state", "rm", f"grafana_{block}")
    start = people.text.index("[resource.grafana_folder_permission.p]")
    people.write(people.text[:start])
    people.run("import", "--all", "--type", "folder_permission", "--type", "team")
    written = "".join(path.read_text() for path in people.root.glob("*permissions.toml"))
    assert "grafana_team." in written
    assert [one for one in ("user:hold-ada", "service_account:hold ci") if one not in written] == []
    people.run("apply", "--auto-approve")
    people.run("plan", "--detailed-exitcode")


@pytest.mark.parametrize(
    ("version", "holder", "said"),
    [
        ("7", "service_account:x", "A service account needs Grafana ≥ 9; this is 7.5"),
        ("7", "team:x", "Their server has no list of them."),
        ("12", "user:ada@example.org", "To see e-mail addresses takes org.users:read."),
        ("12", "team:x", "To list them takes teams:read."),
        ("12", "service_account:x", "To list them takes serviceaccounts:read."),
    ],
)
def test_what_cannot_be_looked_for_is_told(hcl: Hcl, tmp_path: Path, version: str, holder: str, said: str) -> None:
    """By an older Grafana, or by an account that may give permissions to a folder and no more."""
    with served(tmp_path / "grafana.db", version) as (server, app):
        if version == "12":
            app.faults.add(Fault("GET", "/api/org/users$", "status", status=403))
            app.faults.add(Fault("GET", "/(teams|serviceaccounts)/search", "status", status=403))
        project = Project(hcl, server, tmp_path)
        project.write(f'{_BASE}{_MAP % f"""{{ "{holder}" = "View" }}"""}')
        outcome = hcl("plan")
        assert (outcome.code, said in outcome.err, "main.toml:11:17" in outcome.err) == (1, True, True), outcome.err
        project.write(f'{_BASE}{_MAP % """{ "user:1" = "View" }"""}')
        project.apply()


def test_what_is_left_to_others_is_named_too(embedded_people: People) -> None:
    """In ignore_changes, as a plan shows it: whoever the block names, and whom it does not."""
    people = embedded_people
    ignored = (
        "lifecycle = { ignore_changes = ['permissions[\"user:hold-ada\"]', 'permissions[\"team:Hold Search\"]'] }\n"
    )
    people.apply(_BASE + _MAP % '{ "user:hold-ada" = "View", Viewer = "View" }' + ignored)
    path = "/api/access-control/folders/hold-folder"
    people.server.call("POST", f"{path}/users/{people.user}", {"permission": "Admin"})
    people.server.call("POST", f"{path}/teams/{people.team}", {"permission": "Edit"})
    people.run("plan", "--detailed-exitcode")
    people.replace('Viewer = "View"', 'Viewer = "Edit"')
    people.apply()
    assert people.given() == {f"user:{people.user}": "Admin", f"team:{people.team}": "Edit"}


def test_numbers_may_be_texts(embedded_people: People) -> None:
    """As Terraform has them; an account among the users, too."""
    people = embedded_people
    item = '[resource.grafana_folder_permission_item.%s]\nfolder_uid = "hold-folder"\n%s\npermission = "Edit"\n'
    blocks = item % ("t", f'team = "{people.team}"') + item % ("s", f'user = "service_account:{people.account}"')
    people.apply(_BASE + blocks)
    people.apply(_BASE + item % ("t", f"team = {people.team}") + item % ("s", f'user = "{people.account}"'))
    assert people.given().items() >= {(f"team:{people.team}", "Edit"), (f"user:{people.account}", "Edit")}


def test_names_are_asked_for_once_and_only_where_there_are_some(embedded_people: People) -> None:
    """One list of each kind for a plan, however many blocks; none for numbers."""
    people = embedded_people
    calls = _asked(people, '{ "user:hold-ada" = "View", "user:admin" = "Edit", "team:Hold Search" = "Edit" }')
    assert calls == {"/api/org/users": 1, "/api/teams/search": 1}
    assert _asked(people, f'{{ "user:{people.user}" = "View" }}') == {}


def _asked(people: People, permissions: str) -> dict[str, int]:
    """The lists of people that a plan of many folders asks for, each with how often."""
    folders = _BASE.replace("[resource.grafana_folder.f]", "[resource.grafana_folder.f]\ncount = 3")
    folders = folders.replace('"hold-folder"', '"hold-${count.index}"').replace('"Hold"', '"Hold ${count.index}"')
    block = (_MAP % permissions).replace("folder_uid", "count = 3\nfolder_uid").replace("f.uid", "f[count.index].uid")
    people.write(folders + block)
    outcome = people.hcl("--log-level=debug", "plan")
    assert outcome.code == 0, outcome.err
    found: dict[str, int] = {}
    for line in outcome.err.splitlines():
        for path in ("/api/org/users", "/api/teams/search", "/api/serviceaccounts"):
            if f"GET {people.server.url}{path}" in line or f" {path}" in line:
                found[path] = found.get(path, 0) + 1
    return found
