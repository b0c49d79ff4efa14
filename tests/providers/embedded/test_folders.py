"""The classic folder routes: nesting, versions, moves, deletion with everything inside."""

from typing import Any

import pytest


@pytest.fixture
def nested(server: Any) -> Any:
    """a > b > c, a dashboard in each of a and c, and one at the root."""
    for uid, parent in (("a", ""), ("b", "a"), ("c", "b")):
        server.ok("POST", "/api/folders", {"title": uid.upper(), "uid": uid, "parentUid": parent})
    server.save("in-a", folder="a")
    server.save("in-c", folder="c")
    server.save("outside")
    return server


def test_a_folder_tells_its_line_of_parents(nested: Any) -> None:
    """Outermost first; each with the folder above it."""
    folder = nested.ok("GET", "/api/folders/c")

    assert folder["parentUid"] == "b"
    assert [(one["uid"], one.get("parentUid")) for one in folder["parents"]] == [("a", None), ("b", "a")]


def test_lists_are_of_one_level(nested: Any) -> None:
    """Without parentUid the root; without version."""
    nested.ok("POST", "/api/folders", {"title": "aa", "uid": "x"})
    ids = {uid: nested.ok("GET", f"/api/folders/{uid}")["id"] for uid in ("a", "b", "x")}

    assert nested.ok("GET", "/api/folders") == [
        {"id": ids["a"], "uid": "a", "title": "A"},
        {"id": ids["x"], "uid": "x", "title": "aa"},
    ]
    assert nested.ok("GET", "/api/folders?parentUid=a") == [
        {"id": ids["b"], "uid": "b", "title": "B", "parentUid": "a"}
    ]
    assert [one["uid"] for one in nested.ok("GET", "/api/folders?limit=1&page=2")] == ["x"]


def test_deleting_a_folder_deletes_everything_in_it(nested: Any) -> None:
    """Nested folders and their dashboards too; what is outside stays."""
    counts = nested.ok("GET", "/api/folders/a/counts")

    gone = nested.ok("DELETE", "/api/folders/a")

    assert counts == {"alertrule": 0, "dashboard": 2, "folder": 2, "librarypanel": 0}
    assert gone == {"message": "Folder deleted"}
    assert [hit["uid"] for hit in nested.ok("GET", "/api/search")] == ["outside"]
    assert nested("GET", "/api/folders/c").status_code == 404


def test_a_move_is_a_new_version_and_keeps_what_is_inside(nested: Any) -> None:
    """Moving to where it is already changes nothing."""
    moves = [nested.ok("POST", "/api/folders/c/move", {"parentUid": to})["version"] for to in ("a", "a", "")]

    assert moves == [2, 2, 3]
    assert nested.ok("GET", "/api/dashboards/uid/in-c")["meta"]["folderUid"] == "c"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "answer"),
    [
        ("POST", "", {"uid": "x"}, 400, {"message": "folder title cannot be empty"}),
        ("POST", "", {"title": "T", "uid": "a"}, 412, {"message": "the folder has been changed by someone else"}),
        ("POST", "", {"title": "T", "uid": "u" * 41}, 400, {"message": "uid too long, max 40 characters"}),
        ("POST", "", {"title": "T", "uid": "x y"}, 400, {"message": "uid contains illegal characters"}),
        ("POST", "", {"title": 5}, 400, {"message": "bad request data"}),
        ("GET", "/none", None, 404, {"message": "folder not found", "status": "not-found"}),
        ("GET", "?parentUid=none", None, 404, {"message": "folder not found", "status": "not-found"}),
        ("PUT", "/a", {"title": "T"}, 412, {"message": "The dashboard has been changed by someone else"}),
        ("PUT", "/a", {"title": "", "overwrite": True}, 400, {"message": "Dashboard title cannot be empty"}),
        ("DELETE", "/none", None, 404, {"message": 'folders.folder.grafana.app "none" not found'}),
        ("POST", "/a/move", {"parentUid": "none"}, 404, {"message": "folder not found", "status": "not-found"}),
        (
            "POST",
            "/a/move",
            {"parentUid": "c"},
            500,
            {"message": "cannot move folder under its own descendant, this would create a circular reference"},
        ),
    ],
)
def test_what_does_not_go_is_refused(
    nested: Any, method: str, path: str, body: Any, status: int, answer: dict[str, str]
) -> None:
    """In the words of 12.4.0."""
    got = nested(method, f"/api/folders{path}", body)

    assert (got.status_code, got.json()) == (status, answer)


def test_a_second_folder_of_the_same_title_is_accepted(nested: Any) -> None:
    """Up to 7.5 this was a 412; the uid made up for it is a short one."""
    twin = nested.ok("POST", "/api/folders", {"title": "A"})

    assert len(twin["uid"]) == 14
    assert twin["url"] == f"/dashboards/f/{twin['uid']}/a"


def test_a_parent_that_does_not_exist_is_taken(server: Any) -> None:
    """12.4.0 does not look: the folder then hangs in the air."""
    server.ok("POST", "/api/folders", {"title": "T", "uid": "x", "parentUid": "none"})

    assert server.ok("GET", "/api/folders/x")["parentUid"] == "none"
    assert server.ok("GET", "/api/folders") == []
