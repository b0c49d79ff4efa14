"""Who may do what: passwords, tokens, roles, organisations."""

from collections.abc import Callable
from typing import Any

import pytest

from providers.embedded import User

ADMIN = User("admin", "admin", server_admin=True)
VIEWER, EDITOR = User("viewer", "v", orgs={1: "Viewer"}), User("editor", "e", orgs={1: "Editor"})
SAVE = {"dashboard": {"title": "T", "uid": "x"}}
BOARDS = "/apis/dashboard.grafana.app/v1beta1/namespaces/{}/dashboards"


@pytest.fixture
def staffed(make_server: Callable[..., Any]) -> Any:
    """A server with an admin, an editor, a viewer and a dashboard."""
    server = make_server(users=(ADMIN, VIEWER, EDITOR), tokens={"robot": "Editor", "watcher": "Viewer"})
    server.save("d")
    return server


@pytest.mark.parametrize(
    ("headers", "message", "message_id"),
    [
        ({}, "Unauthorized", "auth.unauthorized"),
        ({"Authorization": b"Basic \xff\xff"}, "Unauthorized", "auth.unauthorized"),
        ({"Authorization": b"Bearer \xff\xff"}, "Invalid API key", "api-key.invalid"),
        ({"Authorization": "Basic garbled"}, "Unauthorized", "auth.unauthorized"),
        ({"Authorization": "Basic YWRtaW46bm8="}, "Invalid username or password", "password-auth.failed"),
        ({"Authorization": "Basic bm9ib2R5Og=="}, "Invalid username or password", "password-auth.failed"),
        ({"Authorization": "Bearer glsa_no"}, "Invalid API key", "api-key.invalid"),
    ],
)
def test_who_is_not_known_gets_401(server: Any, headers: dict[str, str], message: str, message_id: str) -> None:
    """Also for paths that are not there; health is for everybody."""
    wanted = {"extra": None, "message": message, "messageId": message_id, "statusCode": 401, "traceID": ""}

    answers = [server("GET", path, auth=None, headers=headers) for path in ("/api/org", "/api/no-such-thing")]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(401, wanted)] * 2
    assert server("GET", "/api/health", auth=None, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "viewer", "editor"),
    [
        ("GET", "/api/dashboards/uid/d", None, 200, 200),
        ("GET", "/api/datasources", None, 200, 200),
        ("POST", "/api/dashboards/db", SAVE, 403, 200),
        ("GET", "/api/dashboards/uid/d/versions", None, 403, 200),
        ("POST", "/api/folders", {"title": "F"}, 403, 200),
        ("POST", BOARDS.format("default"), {"metadata": {"name": "y"}, "spec": {"title": "Y"}}, 403, 201),
        ("POST", "/api/datasources", {"name": "x", "type": "loki", "access": "proxy"}, 403, 403),
        ("POST", "/api/serviceaccounts", {"name": "x"}, 403, 403),
        ("GET", "/api/orgs", None, 403, 403),
    ],
)
def test_roles_decide(staffed: Any, method: str, path: str, body: Any, viewer: int, editor: int) -> None:
    """Viewers read, editors write dashboards and folders, data sources are for admins."""
    statuses = [staffed(method, path, body, auth=who).status_code for who in (("viewer", "v"), ("editor", "e"))]

    assert statuses == [viewer, editor]


def test_a_refusal_names_the_permission(staffed: Any) -> None:
    """As 12.4.0 says it; the error id is random."""
    answer = staffed("POST", "/api/dashboards/db", SAVE, auth=("viewer", "v")).json()

    needs = "any of dashboards:create, dashboards:write"
    assert answer == {
        "accessErrorId": answer["accessErrorId"],
        "message": f"You'll need additional permissions to perform this action. Permissions needed: {needs}",
        "title": "Access denied",
    }


def test_tokens_of_the_options_have_their_role(staffed: Any) -> None:
    """They belong to service accounts, which is how authors are named in annotations."""
    assert staffed("POST", "/api/dashboards/db", SAVE, token="watcher").status_code == 403
    assert staffed("POST", "/api/dashboards/db", SAVE, token="robot").status_code == 200
    made = staffed.ok("GET", BOARDS.format("default") + "/x")["metadata"]["annotations"]
    assert made["grafana.app/createdBy"].startswith("service-account:")


def test_an_admin_makes_a_token_that_expires(make_server: Callable[..., Any], clock: Any) -> None:
    """The key is told once, and is good until its time is over."""
    server = make_server(clock=clock)
    account = server.ok("POST", "/api/serviceaccounts", {"name": "bot", "role": "Editor"})
    tokens = f"/api/serviceaccounts/{account['id']}/tokens"
    key = server.ok("POST", tokens, {"name": "t", "secondsToLive": 60})["key"]
    before = server.ok("GET", "/api/user", token=key)["login"]
    clock.now += 61
    after = server("GET", "/api/user", token=key)

    assert (before, after.status_code, after.json()["messageId"]) == ("sa-1-bot", 401, "api-key.expired")
    assert key not in server("GET", tokens).text
    assert server("POST", tokens, {"name": "t"}).json()["messageId"] == "serviceaccounts.ErrTokenAlreadyExists"
    assert server.ok("GET", "/api/serviceaccounts/search?query=BO")["totalCount"] == 1


def test_organisations_do_not_see_each_other(staffed: Any) -> None:
    """The header, or the namespace of the app platform, says which one is meant."""
    number = staffed.ok("POST", "/api/orgs", {"name": "Second"})["orgId"]
    there = {"X-Grafana-Org-Id": str(number)}
    staffed.ok("POST", "/api/dashboards/db", SAVE, headers=there)

    assert [hit["uid"] for hit in staffed.ok("GET", "/api/search")] == ["d"]
    assert [hit["uid"] for hit in staffed.ok("GET", "/api/search", headers=there)] == ["x"]
    listed = staffed.ok("GET", BOARDS.format(f"org-{number}"))["items"]
    assert [one["metadata"]["namespace"] for one in listed] == [f"org-{number}"]
    assert staffed("GET", BOARDS.format(f"org-{number}"), auth=("viewer", "v")).status_code == 403
    assert staffed("GET", BOARDS.format("org-77")).status_code == 500
    assert staffed("GET", "/api/org", headers={"X-Grafana-Org-Id": "77"}).status_code == 403
    assert staffed("GET", "/api/org", headers=there, token="robot").status_code == 401


def test_what_an_unknown_path_answers(server: Any) -> None:
    """404 for whoever is signed in, whatever the method."""
    answers = [server(method, "/api/search/none") for method in ("GET", "POST", "PATCH")]

    assert [(one.status_code, one.json()) for one in answers] == [(404, {"message": "Not found"})] * 3


def test_the_server_tells_its_version_and_namespace(server: Any) -> None:
    """What a client looks at first."""
    settings = server.ok("GET", "/api/frontend/settings")

    assert (settings["buildInfo"]["version"], settings["namespace"]) == ("12.4.0", "default")
    assert server.ok("GET", "/api/health")["version"] == "12.4.0"


@pytest.mark.parametrize(
    ("who", "lacking", "held"),
    [
        (("viewer", "v"), {"dashboards:create", "folders:write", "datasources:create"}, {"dashboards:read"}),
        (
            ("editor", "e"),
            {"datasources:write", "folders.permissions:write", "teams:create"},
            {"dashboards:write", "folders:create"},
        ),
        (
            ("admin", "admin"),
            set(),
            {
                "datasources:delete",
                "orgs.preferences:write",
                "folders.permissions:write",
                "teams:create",
                "teams:delete",
            },
        ),
    ],
)
def test_what_an_account_may_do_is_told(staffed: Any, who: tuple[str, str], lacking: set[str], held: set[str]) -> None:
    """What 12.4.0 told of such accounts (tried)."""
    told = staffed("GET", "/api/access-control/user/actions?reloadcache=true", auth=who).json()
    assert (lacking & told.keys(), held - told.keys(), set(told.values())) == (set(), set(), {True})
