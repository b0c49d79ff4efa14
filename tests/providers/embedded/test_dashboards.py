"""The classic dashboard routes: what is stored, what is refused, versions."""

import re
from typing import Any

import pytest

SAVE = "/api/dashboards/db"
STALE = {"message": "The dashboard has been changed by someone else", "status": "version-mismatch"}


def test_a_dashboard_comes_back_as_sent_plus_id_uid_and_version(server: Any) -> None:
    """Nothing but the server's own three keys is added, and nothing is lost, nulls included."""
    sent = {"title": "T", "panels": [{"id": 1, "x": None, "y": 1.5}], "tags": ["b", "a"], "refresh": False, "z": {}}
    saved = server.ok("POST", SAVE, {"dashboard": sent | {"uid": "d", "id": None, "version": 7}})

    got = server.ok("GET", "/api/dashboards/uid/d")["dashboard"]

    assert got == sent | {"id": saved["id"], "uid": "d", "version": 1}


def test_numbers_are_stored_as_doubles(server: Any) -> None:
    """And printed as 12.4.0 does it, in lists and objects too, in every form."""
    sent = [1.0, {"y": 9007199254740993}, -9007199254740993, 2**63, -1e20, 1e21, 1.5e300, 1e-7, 1e-6, 0.00001, True]
    printed = (
        '"x":[1,{"y":9007199254740992},-9007199254740992,9223372036854776000,-100000000000000000000,1e+21,1.5e+300,'
        "1e-7,0.000001,0.00001,true]"
    )
    server.save("d", x=sent)
    platform = "/apis/dashboard.grafana.app/{}/namespaces/default/dashboards/d"
    for path in ("/api/dashboards/uid/d", platform.format("v0alpha1"), platform.format("v1beta1")):
        assert printed in server("GET", path).text


@pytest.mark.parametrize(
    ("refresh", "stored"),
    [("1s", "5s"), ("500ms", "5s"), ("xx", "5s"), ("0s", "5s"), ("1m", "1m"), ("", ""), ("auto", "auto"), (True, True)],
)
def test_a_refresh_below_the_minimum_is_raised_to_it(server: Any, refresh: Any, stored: Any) -> None:
    """Without a word; what is no text stays."""
    server.save("d", refresh=refresh)
    assert server.ok("GET", "/api/dashboards/uid/d")["dashboard"]["refresh"] == stored


@pytest.mark.parametrize(("method", "path"), [("PATCH", "uid/d/trash"), ("DELETE", "uid/d/trash"), ("GET", "db/t")])
def test_routes_that_12_4_does_not_have(server: Any, method: str, path: str) -> None:
    """Of the trash and by slug: 404, though the dashboard is there or deleted."""
    server.save("d", "T")
    for _ in range(2):
        answer = server(method, f"/api/dashboards/{path}")
        assert (answer.status_code, answer.json()) == (404, {"message": "Not found"})
        server("DELETE", "/api/dashboards/uid/d")


def test_a_dashboard_without_uid_gets_a_uuid(server: Any) -> None:
    """12.4.0 gives dashboards UUIDs, not short uids."""
    saved = server.ok("POST", SAVE, {"dashboard": {"title": "Nameless"}})

    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", saved["uid"])
    assert saved == saved | {"slug": "nameless", "url": f"/d/{saved['uid']}/nameless", "version": 1, "folderUid": ""}


@pytest.mark.parametrize(
    ("command", "status", "body"),
    [
        pytest.param({}, 400, {"message": "bad request data"}, id="no dashboard"),
        pytest.param([1], 400, {"message": "bad request data"}, id="no object"),
        pytest.param({"dashboard": {"title": "T"}, "message": 5}, 400, {"message": "bad request data"}, id="type"),
        pytest.param(
            {"dashboard": {"title": " "}},
            400,
            {"message": "Dashboard title cannot be empty", "status": "empty-name"},
            id="empty title",
        ),
        pytest.param(
            {"dashboard": {"title": "T", "uid": "a.b"}}, 400, {"message": "uid contains illegal characters"}, id="uid"
        ),
        pytest.param(
            {"dashboard": {"title": "T", "uid": "u" * 41}},
            400,
            {"message": "uid too long, max 40 characters"},
            id="long uid",
        ),
        pytest.param(
            {"dashboard": {"title": "T"}, "message": "m" * 501},
            400,
            {"message": "message too long, max 500 characters"},
            id="long message",
        ),
        pytest.param(
            {"dashboard": {"title": "T"}, "folderUid": "none"}, 400, {"message": "folder not found"}, id="folder uid"
        ),
        pytest.param(
            {"dashboard": {"title": "T"}, "folderId": 5}, 400, {"message": "folder not found"}, id="folder id"
        ),
        pytest.param(
            {"dashboard": {"title": "T"}, "folderUid": "general"},
            404,
            {"message": 'folders.folder.grafana.app "general" not found'},
            id="general",
        ),
        pytest.param(
            {"dashboard": {"title": "T", "id": 5}},
            404,
            {"message": "Dashboard not found", "status": "not-found"},
            id="unknown id",
        ),
        pytest.param(
            {"dashboard": {"title": "T"}, "isFolder": True},
            400,
            {"message": "Use folders endpoint for saving folders."},
            id="folder",
        ),
    ],
)
def test_a_bad_save_is_refused(server: Any, command: Any, status: int, body: Any) -> None:
    """Each with the status and the words of 12.4.0, and nothing is stored."""
    answer = server("POST", SAVE, command)

    assert (answer.status_code, answer.json()) == (status, body)
    assert server.ok("GET", "/api/search") == []


@pytest.mark.parametrize(
    ("version", "overwrite", "status"),
    [(2, False, 200), (1, False, 412), (3, False, 412), (None, False, 412), (1, True, 200)],
)
def test_a_save_needs_the_live_version_or_overwrite(server: Any, version: Any, overwrite: bool, status: int) -> None:
    """No version counts as version 0."""
    server.save("d", "one")
    server.save("d", "two")
    sent = {"title": "three", "uid": "d"} | ({} if version is None else {"version": version})

    answer = server("POST", SAVE, {"dashboard": sent, "overwrite": overwrite})

    assert answer.status_code == status
    assert answer.json() == (STALE if status == 412 else answer.json() | {"version": 3})


def test_an_unchanged_save_keeps_the_version_and_a_move_does_not(server: Any) -> None:
    """Content and folder count, the message does not; a save without folder moves to the root."""
    server.ok("POST", "/api/folders", {"title": "F", "uid": "f"})
    steps = [{"folder": "f"}, {"folder": "f"}, {"folder": ""}, {"folder": "", "tags": ["x"]}]

    assert [server.save("d", **step)["version"] for step in steps] == [1, 1, 2, 3]


def test_a_known_id_with_another_uid_makes_a_second_dashboard_of_that_id(server: Any) -> None:
    """Seen on 12.4.0: the first one stays as it is; a uid that another dashboard has is refused."""
    first, second = server.save("first"), server.save("second")
    command = {"dashboard": {"title": "T", "id": first["id"], "uid": "third"}, "overwrite": True}

    third = server.ok("POST", SAVE, command)
    clash = server("POST", SAVE, {"dashboard": {"title": "T", "id": first["id"], "uid": "second"}, "overwrite": True})

    assert (third["id"], third["version"]) == (first["id"], 1)
    assert (clash.status_code, clash.json()) == (400, {"message": "A dashboard with the same uid already exists"})
    assert server.ok("GET", "/api/dashboards/uid/first")["meta"]["version"] == 1
    assert second["id"] != first["id"]


def test_versions_are_listed_newest_first_in_pages(server: Any) -> None:
    """The token of one page leads to the next; the first version is called an initial save."""
    for title in ("one", "two", "three"):
        server.ok("POST", SAVE, {"dashboard": {"title": title, "uid": "d"}, "overwrite": True, "message": f"m-{title}"})

    first = server.ok("GET", "/api/dashboards/uid/d/versions?limit=2")
    second = server.ok("GET", f"/api/dashboards/uid/d/versions?limit=2&continueToken={first['continueToken']}")

    listed = [(one["version"], one["parentVersion"], one["message"]) for one in first["versions"] + second["versions"]]
    assert listed == [(3, 2, "m-three"), (2, 1, "m-two"), (1, 0, "Initial save")]
    assert second["continueToken"] == ""


def test_restoring_makes_a_new_version_of_the_old_content(server: Any) -> None:
    """It is told from where; restoring what is live already is refused."""
    server.save("d", "one", tags=["old"])
    server.save("d", "two")

    restored = server.ok("POST", "/api/dashboards/uid/d/restore", {"version": 1})
    again = server("POST", "/api/dashboards/uid/d/restore", {"version": 3})

    newest = server.ok("GET", "/api/dashboards/uid/d/versions")["versions"][0]
    assert (restored["version"], restored["slug"]) == (3, "one")
    assert (newest["restoredFrom"], newest["message"]) == (1, "Restored from version 1")
    assert newest["data"] == {"title": "one", "tags": ["old"], "uid": "d", "version": 3}
    assert (again.status_code, again.json()["message"]) == (
        400,
        "Current dashboard is identical to the specified version",
    )


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("none/versions", 404, "Dashboard not found"),
        ("d/versions?continueToken=bad", 404, "No versions found for dashboardId {id}"),
        ("d/versions/9", 500, "Dashboard version 9 not found for dashboardId {id}"),
        ("d/versions/x", 500, "Internal Server Error"),
        ("none", 404, "Dashboard not found"),
    ],
)
def test_what_is_not_there_is_said(server: Any, path: str, status: int, message: str) -> None:
    """A version that is not there is a 500 on 12.4.0."""
    saved = server.save("d")

    answer = server("GET", f"/api/dashboards/uid/{path}")

    assert (answer.status_code, answer.json()) == (status, {"message": message.format(id=saved["id"])})


def test_authors_are_named_after_the_first_change(server: Any) -> None:
    """12.4.0 answers Anonymous for a dashboard that was never updated."""
    server.save("d", "one")
    before = server.ok("GET", "/api/dashboards/uid/d")["meta"]
    server.save("d", "two")
    after = server.ok("GET", "/api/dashboards/uid/d")["meta"]

    assert (before["createdBy"], before["updatedBy"]) == ("Anonymous", "Anonymous")
    assert (after["createdBy"], after["updatedBy"]) == ("admin", "admin")


def test_tags_are_counted_most_used_first(server: Any) -> None:
    """What is no list of texts counts as no tags."""
    server.save("a", tags=["x", "y"])
    server.save("b", tags=["y"])
    server.save("c", tags="z")

    assert server.ok("GET", "/api/dashboards/tags") == [{"term": "y", "count": 2}, {"term": "x", "count": 1}]
