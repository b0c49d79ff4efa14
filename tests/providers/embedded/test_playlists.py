"""Playlists beyond what was recorded: each tried on a real 12.4.0."""

from typing import Any

import pytest

from providers.embedded import User

PATH = "/api/playlists"
BAD = (400, {"message": "bad request data", "traceID": ""})


def _answered(answer: Any) -> tuple[int, Any]:
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    "body", [{"name": 5}, [], {"name": ""}, {"name": "x", "items": "y"}, {"name": "x", "items": [{"type": 5}]}]
)
def test_a_body_that_is_none_is_refused_also_where_there_is_no_playlist(body: Any, server: Any) -> None:
    """Of what is not there too: the body is read first."""
    assert [_answered(server(method, path, body)) for method, path in (("POST", PATH), ("PUT", f"{PATH}/none"))] == [
        BAD,
        BAD,
    ]


@pytest.mark.parametrize(
    ("uid", "status", "message"),
    [
        ("mine", 409, 'playlists.playlist.grafana.app "mine" already exists'),
        ("u" * 254, 500, "invalid request key: name is too long"),
        (
            "my name",
            500,
            "invalid request key: name must consist of alphanumeric characters, '-', '_', ':' or '.' (e.g. 'MyName',  "
            r"or 'my.name',  or 'abc-123', regex used for validation is '^[a-zA-Z0-9:\-\_\.]*$')",
        ),
    ],
)
def test_a_uid_that_cannot_be_given_is_refused(uid: str, status: int, message: str, server: Any) -> None:
    """Taken, too long, or with a letter that no name has."""
    server.ok("POST", PATH, {"name": "A", "uid": "mine"})

    answer = server("POST", PATH, {"name": "B", "uid": uid})

    assert _answered(answer) == (status, {"message": message, "traceID": ""})


def test_what_is_left_out_is_empty_and_what_is_unknown_is_dropped(server: Any) -> None:
    """Types of items are not checked; an update replaces all, and keeps the uid of its path."""
    items = [{"type": "wrong", "value": "x", "title": "T", "order": 3}]
    made = server.ok("POST", PATH, {"name": "A", "uid": "mine", "interval": "5m", "items": items})

    changed = server.ok("PUT", f"{PATH}/mine", {"name": "B", "uid": "other"})

    assert made == {"uid": "mine", "name": "A", "interval": "5m", "items": [{"type": "wrong", "value": "x"}]}
    assert changed == server.ok("GET", f"{PATH}/mine") == {"uid": "mine", "name": "B", "interval": "", "items": []}


def test_the_list_is_by_uid_and_can_be_searched(server: Any) -> None:
    """Capitals come first; `limit` means nothing."""
    for uid, name in (("b", "Night"), ("a", "Day and night"), ("Z", "Day")):
        server.ok("POST", PATH, {"name": name, "uid": uid})

    found = {
        query: [one["uid"] for one in server.ok("GET", PATH + query)] for query in ("", "?query=NIGHT", "?limit=1")
    }

    assert found == {"": ["Z", "a", "b"], "?query=NIGHT": ["a", "b"], "?limit=1": ["Z", "a", "b"]}


def test_editors_write_and_everybody_reads_in_an_organisation_of_their_own(make_server: Any) -> None:
    """The refusal is the app platform's."""
    users = (User("ed", "p", {1: "Editor"}), User("vi", "p", {1: "Viewer"}), User("out", "p", {2: "Editor"}))
    server = make_server(users=users, orgs={1: "Main Org.", 2: "Other"})
    editor, viewer, outsider = (("ed", "p"), ("vi", "p"), ("out", "p"))
    server.ok("POST", PATH, {"name": "A", "uid": "a"}, auth=editor)

    assert server.ok("GET", f"{PATH}/a", auth=viewer)["name"] == "A"
    assert server.ok("GET", PATH, auth=outsider) == []
    assert _answered(server("DELETE", f"{PATH}/a", auth=viewer)) == (
        403,
        {
            "message": 'playlists.playlist.grafana.app "a" is forbidden: User "vi" cannot delete resource "playlists" '
            'in API group "playlist.grafana.app" in the namespace "default": Grafana org role (Viewer) didn\'t allow '
            "delete "
            "access on requested resource=playlists, path=/apis/playlist.grafana.app/v1/namespaces/default/playlists/a",
            "traceID": "",
        },
    )
    assert server.ok("POST", PATH, {"name": "The same uid", "uid": "a"}, auth=outsider)["uid"] == "a"
