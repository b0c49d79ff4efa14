"""Teams, users and organisations beyond what was recorded: each tried on a real 12.4.0."""

from typing import Any

import pytest

from providers.embedded import User

TEAMS, USERS = "/api/teams", "/api/admin/users"
EDITOR = ("editor", "pass-word")


def _answered(answer: Any) -> tuple[int, Any]:
    return answer.status_code, answer.json()


@pytest.fixture
def peopled(server: Any) -> Any:
    """A server with a team `A` (1), and an editor (2) beside the admin (1)."""
    server.ok("POST", TEAMS, {"name": "A", "email": "a@x.org"})
    server.ok("POST", USERS, {"login": "editor", "email": "Editor@x.org", "password": "pass-word"})
    server.ok("PATCH", "/api/org/users/2", {"role": "Editor"})
    return server


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("GET", "/api/teams/none", None, 404, "Not found"),
        ("PUT", "/api/teams/none", {"name": "n"}, 404, "Not found"),
        ("DELETE", "/api/teams/none", None, 404, "Not found"),
        ("GET", "/api/teams/none/members", None, 404, "Not found"),
        ("PUT", "/api/teams/1", {"name": 5}, 400, "bad request data"),
        ("POST", "/api/teams", {"name": "A"}, 409, "Team name taken"),
        ("POST", "/api/teams/9/members", {"userId": 2}, 404, "Team not found"),
        ("POST", "/api/teams/1/members", {"userId": 99}, 500, "Failed to add Member to Team"),
        ("POST", "/api/teams/1/members", {}, 400, "bad request data"),
        ("POST", "/api/teams/1/members", {"userId": "x"}, 400, "bad request data"),
        ("PUT", "/api/teams/1/members", {"members": "x"}, 400, "bad request data"),
        ("PUT", "/api/teams/1/members", {"members": ["editor"]}, 404, "user not found"),
        ("PUT", "/api/teams/1/members/2", {"permission": 4}, 404, "Team member not found."),
        ("DELETE", "/api/teams/1/members/2", None, 404, "Team member not found"),
        ("DELETE", "/api/teams/1/members/99", None, 500, "Failed to remove Member from Team"),
        ("PUT", "/api/teams/1/preferences", {"theme": "none"}, 400, "Invalid theme"),
        ("PUT", "/api/teams/1/preferences", {"homeDashboardUID": "none"}, 404, "Dashboard not found"),
        ("PUT", "/api/users/2", {"login": "admin"}, 500, "Failed to update user"),
        ("PUT", "/api/users/99", {"login": "z"}, 500, "Failed to update user"),
        ("PUT", "/api/admin/users/1/permissions", {}, 400, "cannot remove last grafana admin"),
        ("PATCH", "/api/org/users/99", {"role": "Viewer"}, 500, "Failed update org user"),
        ("DELETE", "/api/org/users/1", None, 400, "Cannot remove last organization admin"),
        ("PUT", "/api/orgs/9", {"name": "n"}, 500, "Failed to update organization"),
    ],
)
def test_what_cannot_be_done_is_refused(
    method: str, path: str, body: Any, status: int, message: str, peopled: Any
) -> None:
    """With the status and the message of the real one."""
    answer = peopled(method, path, body)

    assert (answer.status_code, answer.json()["message"]) == (status, message)


def test_what_is_asked_of_a_number_that_no_team_has(peopled: Any) -> None:
    """12.4.0 does not look for the team here."""
    assert peopled.ok("GET", "/api/teams/9/members") == []
    assert peopled.ok("GET", "/api/teams/9/preferences") == {}


def test_an_update_leaves_the_name_that_it_does_not_give_and_empties_the_email(peopled: Any) -> None:
    """As UPDATE does that passes over an empty name."""
    peopled.ok("PUT", "/api/teams/1", {})

    team = peopled.ok("GET", "/api/teams/1")

    assert (team["name"], team["email"], team["memberCount"]) == ("A", "", 1)
    assert _answered(peopled("PUT", "/api/teams/1", {"name": "A"}))[0] == 200
    peopled.ok("POST", TEAMS, {"name": "B"})
    assert _answered(peopled("PUT", "/api/teams/2", {"name": "A"})) == (400, {"message": "Team name taken"})


def test_teams_are_searched_by_name_by_a_part_of_it_by_number_and_in_pages(server: Any) -> None:
    """In order of their names; `teamId` is not in the count."""
    for name in ("b", "A", "B"):
        server.ok("POST", TEAMS, {"name": name})

    def found(query: str) -> tuple[list[str], int]:
        answer = server.ok("GET", f"/api/teams/search{query}")
        return [team["name"] for team in answer["teams"]], answer["totalCount"]

    queries = ("", "?name=b", "?query=b", "?page=2&perpage=1", "?teamId=2&teamId=1")
    assert {query: found(query) for query in queries} == {
        "": (["A", "B", "b"], 3),
        "?name=b": (["b"], 1),
        "?query=b": (["B", "b"], 2),
        "?page=2&perpage=1": (["B"], 3),
        "?teamId=2&teamId=1": (["A", "b"], 3),
    }


def test_members_are_replaced_by_email_and_keep_their_membership(peopled: Any) -> None:
    """Whoever is not named leaves; who is deleted is in no team any more."""
    peopled.ok("POST", "/api/teams/1/members", {"userId": 2})
    before = {one["login"]: one["uid"] for one in peopled.ok("GET", "/api/teams/1/members")}

    peopled.ok("PUT", "/api/teams/1/members", {"members": ["admin@localhost"], "admins": ["editor@x.org"]})

    after = peopled.ok("GET", "/api/teams/1/members")
    assert {one["login"]: one["uid"] for one in after} == before
    assert [(one["login"], one["permission"]) for one in after] == [("admin", 0), ("editor", 4)]
    assert [team["name"] for team in peopled.ok("GET", "/api/users/2/teams")] == ["A"]
    peopled.ok("DELETE", f"{USERS}/2")
    assert [one["login"] for one in peopled.ok("GET", "/api/teams/1/members")] == ["admin"]


def test_a_user_signs_in_with_the_password_that_was_given_last_while_not_disabled(peopled: Any) -> None:
    """Disabled is answered like not signed in."""
    assert peopled.ok("GET", "/api/user", auth=EDITOR)["login"] == "editor"
    peopled.ok("PUT", f"{USERS}/2/password", {"password": "another"})
    peopled.ok("POST", f"{USERS}/2/disable")

    assert peopled("GET", "/api/user", auth=EDITOR).json()["messageId"] == "password-auth.failed"
    assert peopled("GET", "/api/user", auth=("editor", "another")).json()["messageId"] == "identity.disabled"
    peopled.ok("POST", f"{USERS}/2/enable")
    assert peopled("GET", "/api/user", auth=("editor", "another")).status_code == 200


def test_who_leaves_the_last_organisation_is_deleted(peopled: Any) -> None:
    """Who is in another one still is not."""
    peopled.ok("POST", "/api/orgs", {"name": "Other"})
    peopled.ok("POST", "/api/orgs/2/users", {"loginOrEmail": "EDITOR", "role": "Viewer"})

    left = [peopled.ok("DELETE", path) for path in ("/api/orgs/2/users/2", "/api/org/users/2")]

    assert left == [{"message": "User removed from organization"}, {"message": "User deleted"}]
    assert _answered(peopled("GET", "/api/users/2")) == (404, {"message": "user not found"})


@pytest.mark.parametrize(
    ("method", "path", "needs"),
    [
        ("GET", "/api/teams/search", "teams:read"),
        ("GET", "/api/teams/1", "teams:read"),
        ("POST", "/api/teams", "teams:create"),
        ("PUT", "/api/teams/1", "teams:write"),
        ("DELETE", "/api/teams/1", "teams:delete"),
        ("GET", "/api/teams/1/members", "teams.permissions:read"),
        ("PUT", "/api/teams/1/members", "teams.permissions:write"),
        ("GET", "/api/teams/1/preferences", "teams:read"),
        ("GET", "/api/users", "users:read"),
        ("POST", "/api/admin/users", "users:create"),
        ("DELETE", "/api/admin/users/1", "users:delete"),
        ("GET", "/api/org/users", "org.users:read"),
        ("PATCH", "/api/org/users/1", "org.users:write"),
        ("GET", "/api/orgs/1/users", "org.users:read"),
        ("DELETE", "/api/orgs/1", "orgs:delete"),
    ],
)
def test_editors_are_told_what_they_lack(method: str, path: str, needs: str, make_server: Any) -> None:
    """The permission is named."""
    server = make_server(users=(User("ed", "p", {1: "Editor"}),))

    answer = server(method, path, {}, auth=("ed", "p"))

    message = f"You'll need additional permissions to perform this action. Permissions needed: {needs}"
    assert (answer.status_code, answer.json()["message"]) == (403, message)
