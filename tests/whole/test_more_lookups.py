"""Lookups of teams, users, organisations, service accounts, folders, dashboards, library panels and alerting."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Hcl, Server

_PANEL = {"kind": 1, "name": "Looked up panel", "model": {"type": "text", "title": "P"}}
_USE = {"id": 1, "type": "text", "libraryPanel": {"uid": "looked-panel", "name": "Looked up panel"}}
_RULE = {
    **{"uid": "looked-rule", "title": "Looked rule", "folderUID": "looked", "ruleGroup": "Looked group"},
    **{"orgID": 1, "condition": "A", "for": "1m", "noDataState": "OK", "execErrState": "OK"},
    "data": [
        {
            **{"refId": "A", "datasourceUid": "__expr__", "relativeTimeRange": {"from": 600, "to": 0}},
            "model": {"refId": "A", "type": "math", "expression": "1"},
        }
    ],
}


@pytest.fixture
def furnished(server: Server) -> Iterator[Mapping[str, Any]]:
    """The numbers of what somebody has made: a user, a team with them, an organisation, a service account, and in a
    folder a dashboard, a library panel and a rule."""
    user = {"login": "looked", "email": "looked@example.org", "name": "Looked Up", "password": "looked-s3cr3t"}
    numbers = {"user": server.call("POST", "/api/admin/users", user)["id"]}
    numbers["team"] = server.call("POST", "/api/teams", {"name": "Looked team", "email": "team@example.org"})["teamId"]
    server.call("POST", f"/api/teams/{numbers['team']}/members", {"userId": numbers["user"]})
    numbers["org"] = server.call("POST", "/api/orgs", {"name": "Looked org"})["orgId"]
    account = {"name": "looked-account", "role": "Editor"}
    numbers["account"] = server.call("POST", "/api/serviceaccounts", account)["id"]
    for uid, title, parent in (("looked", "Looked", ""), ("looked-in", "Looked in", "looked")):
        server.call("POST", "/api/folders", {"uid": uid, "title": title, "parentUid": parent})
    server.call("POST", "/api/library-elements", {**_PANEL, "uid": "looked-panel", "folderUid": "looked"})
    for uid, tags, folder in (("looked-a", ["looked", "x"], "looked"), ("looked-b", ["looked"], "")):
        dashboard = {"uid": uid, "title": uid, "tags": tags, "panels": [_USE] if folder else []}
        server.call("POST", "/api/dashboards/db", {"dashboard": dashboard, "folderUid": folder})
    point = {"uid": "looked-point", "name": "Looked point", "type": "email", "settings": {"addresses": "a@example.org"}}
    server.call("POST", "/api/v1/provisioning/contact-points", point)
    server.call("POST", "/api/v1/provisioning/alert-rules", _RULE)
    yield numbers
    for path in (
        *("v1/provisioning/alert-rules/looked-rule", "v1/provisioning/contact-points/looked-point"),
        *("dashboards/uid/looked-a", "library-elements/looked-panel", "dashboards/uid/looked-b", "folders/looked"),
        *(f"serviceaccounts/{numbers['account']}", f"orgs/{numbers['org']}", f"teams/{numbers['team']}"),
        f"admin/users/{numbers['user']}",
    ):
        server.call("DELETE", f"/api/{path}")


_BLOCKS = """
[data.grafana_team.by_name]
name = "Looked team"
[data.grafana_team.by_id]
team_id = "${data.grafana_team.by_name.team_id}"
[data.grafana_teams.t]
query = "looked"
[data.grafana_user.by_login]
login = "looked"
[data.grafana_user.by_email]
email = "LOOKED@example.org"
[data.grafana_user.by_id]
user_id = "${data.grafana_user.by_login.user_id}"
[data.grafana_users.u]
[data.grafana_organization_user.m]
login = "looked"
[data.grafana_organization_users.here]
[data.grafana_organization_users.there]
organization_name = "Looked org"
[data.grafana_organization.o]
name = "Looked org"
[data.grafana_organizations.o]
[data.grafana_service_account.a]
name = "looked-account"
[data.grafana_service_accounts.a]
[data.grafana_folders.f]
parent_folder_uid = "looked"
[data.grafana_folders.q]
query = "looked"
[data.grafana_dashboards.tagged]
tags = ["looked", "x"]
[data.grafana_dashboards.root]
folder_uids = ["general"]
tags = ["looked"]
[data.grafana_dashboards.one]
query = "looked-"
limit = 1
[data.grafana_library_panel.p]
name = "Looked up panel"
[data.grafana_library_panels.p]
folder_uids = ["looked"]
[data.grafana_contact_points.c]
name = "Looked point"
[data.grafana_rule_groups.g]
folder_uid = "looked"
"""


def _outputs(hcl: Hcl, server: Server, path: Path, wanted: Mapping[str, str]) -> Mapping[str, Any]:
    """The values of expressions on lookups, after an apply."""
    outputs = "".join(f'[output.o{i}]\nvalue = "${{{one}}}"\n' for i, one in enumerate(wanted.values()))
    (path / "main.toml").write_text(server.provider + _BLOCKS + outputs)
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    found = json.loads(hcl("output", "--json").out)
    return {key: found[f"o{i}"] for i, key in enumerate(wanted)}


def test_lookups_find_people_and_content(
    hcl: Hcl, server: Server, furnished: Mapping[str, Any], tmp_path: Path
) -> None:
    """By each argument that they take, one or all of them."""
    user, team = furnished["user"], furnished["team"]
    org, account = furnished["org"], furnished["account"]
    of_user = {"user_id": user, "login": "looked", "email": "looked@example.org", "name": "Looked Up"}
    of_listed = {"id": user, **{key: value for key, value in of_user.items() if key != "user_id"}}
    of_team = {"team_id": team, "name": "Looked team", "email": "team@example.org", "member_count": 2}
    of_account = {"service_account_id": account, "name": "looked-account", "role": "Editor", "is_disabled": False}
    expected: Mapping[str, tuple[str, Any]] = {
        "team": ("data.grafana_team.by_name.members", ["admin@localhost", "looked@example.org"]),
        "team's logins": ("data.grafana_team.by_id.logins", ["admin", "looked"]),
        "teams": ("data.grafana_teams.t.teams", [of_team]),
        "user by login": ("data.grafana_user.by_login.user_id", user),
        "user by email": ("data.grafana_user.by_email.login", "looked"),
        "user by number": ("data.grafana_user.by_id.name", "Looked Up"),
        "no admin": ("data.grafana_user.by_id.is_admin", False),
        "users": ("data.grafana_users.u.users", [{**of_listed, "is_admin": False, "is_disabled": False}]),
        "member": ("data.grafana_organization_user.m.role", "Viewer"),
        "members": ("data.grafana_organization_users.here.users", [{**of_user, "role": "Viewer"}]),
        "members elsewhere": ("data.grafana_organization_users.there.emails", ["admin@localhost"]),
        "organization": ("data.grafana_organization.o.admins", ["admin@localhost"]),
        "its number": ("data.grafana_organization.o.org_id", org),
        "organizations": ("data.grafana_organizations.o.organizations", [{"org_id": org, "name": "Looked org"}]),
        "service account": ("data.grafana_service_account.a.service_account_id", account),
        "service accounts": ("data.grafana_service_accounts.a.service_accounts", [of_account]),
        "folders": ("data.grafana_folders.f.folders | map(attribute='uid') | list", ["looked-in"]),
        "folders by query": (
            "data.grafana_folders.q.folders | map(attribute='parent_folder_uid') | list",
            ["", "looked"],
        ),
        "dashboards by tags": (
            "data.grafana_dashboards.tagged.dashboards",
            [{"uid": "looked-a", "tags": ["looked", "x"], "folder_uid": "looked", "folder_title": "Looked"}],
        ),
        "dashboards by folder": ("data.grafana_dashboards.root.dashboards | map(attribute='uid') | list", ["looked-b"]),
        "one dashboard": ("data.grafana_dashboards.one.dashboards | map(attribute='uid') | list", ["looked-a"]),
        "library panel": ("data.grafana_library_panel.p.uid", "looked-panel"),
        "its folder": ("data.grafana_library_panel.p.folder_name", "Looked"),
        "its dashboards": ("data.grafana_library_panel.p.dashboard_uids", ["looked-a"]),
        "library panels": (
            "data.grafana_library_panels.p.panels",
            [{"uid": "looked-panel", "name": "Looked up panel", "folder_uid": "looked", "type": "text", "version": 1}],
        ),
        "contact points": (
            "data.grafana_contact_points.c.contact_points",
            [{"uid": "looked-point", "name": "Looked point", "type": "email", "provenance": "api"}],
        ),
        "rule groups": (
            "data.grafana_rule_groups.g.rule_groups",
            [
                {
                    **{"folder_uid": "looked", "name": "Looked group"},
                    "rules": [{"uid": "looked-rule", "name": "Looked rule", "is_paused": False}],
                }
            ],
        ),
    }
    found = _outputs(hcl, server, tmp_path, {key: expression for key, (expression, _) in expected.items()})
    wanted = {key: value for key, (_, value) in expected.items()}
    assert {key: _as_far_as(wanted[key], value) for key, value in found.items()} == wanted


def _as_far_as(wanted: Any, found: Any) -> Any:
    """Of objects in a list those that are ours, with the keys that are looked at."""
    if not isinstance(found, list) or not found or not isinstance(found[0], dict):
        return found
    ours = (one for one in found if "looked" in json.dumps(one).lower())
    return [{key: value for key, value in one.items() if key in wanted[0]} for one in ours]


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ('grafana_team.x]\nname = "Nobody"', ['There is no team with name "Nobody"']),
        ("grafana_team.x]\nteam_id = 987654", ['There is no team with team_id "987654"']),
        ('grafana_team.x]\nname = "a"\nteam_id = 1', ["Give one of name, team_id"]),
        ('grafana_user.x]\nlogin = "nobody"', ['There is no user with login "nobody"']),
        ("grafana_user.x]", ["Give one of login, email, user_id"]),
        (
            'grafana_organization_user.x]\nlogin = "nobody"',
            ['There is no user of the organisation with login "nobody"', "There are: "],
        ),
        ('grafana_organization.x]\nname = "No org"', ['no organization with name "No org"', "There are: Main Org."]),
        (
            'grafana_organization_users.x]\norganization_name = "No org"',
            ['There is no organization with organization_name "No org"'],
        ),
        ('grafana_service_account.x]\nname = "no"', ['There is no service account with name "no"']),
        ('grafana_library_panel.x]\nname = "no"', ['There is no library panel with name "no"']),
        ("grafana_dashboards.x]\nlimit = 0", ["limit cannot be 0"]),
    ],
)
def test_what_is_not_there_is_told_with_what_is(
    hcl: Hcl, embedded: Server, tmp_path: Path, block: str, says: list[str]
) -> None:
    """At the argument."""
    (tmp_path / "main.toml").write_text(f"{embedded.provider}[data.{block}\n")
    outcome = hcl("plan")
    assert outcome.code == 1
    assert [phrase for phrase in says if phrase not in outcome.err] == []
    assert "at main.toml:" in outcome.err
