"""Snapshots: keys, expiry, deletion with and without signing in."""

from collections.abc import Callable
from typing import Any

import pytest

DASHBOARD = {"title": "S", "uid": "d", "panels": [1]}
GONE = {"statusCode": 404, "messageId": "dashboardsnapshots.not-found", "message": "Snapshot not found"}


@pytest.fixture
def snapping(make_server: Callable[..., Any], clock: Any) -> Any:
    """A server with a dashboard to take snapshots of, and a clock that a test can move."""
    server = make_server(clock=clock)
    server.save("d")
    return server


def test_a_snapshot_is_for_everybody_and_its_deletion_for_those_signed_in(snapping: Any) -> None:
    """Reading needs no sign-in; a delete key alone is not enough (401 on 7.5.5 and 12.4.0)."""
    made = snapping.ok("POST", "/api/snapshots", {"dashboard": DASHBOARD, "key": "k", "deleteKey": "dk"})
    read = snapping("GET", "/api/snapshots/k", auth=None)
    unsigned = snapping("GET", "/api/snapshots-delete/dk", auth=None)
    deleted = snapping("GET", "/api/snapshots-delete/dk")

    assert made == {
        "key": "k",
        "deleteKey": "dk",
        "url": "http://embedded/dashboard/snapshot/k",
        "deleteUrl": "http://embedded/api/snapshots-delete/dk",
    }
    assert read.json()["dashboard"] == DASHBOARD | {"snapshot": {"originalUrl": "/d/d"}}
    assert (read.json()["meta"]["isSnapshot"], unsigned.status_code, deleted.status_code) == (True, 401, 200)
    assert snapping("GET", "/api/snapshots/k").json() == GONE


def test_an_expired_snapshot_is_not_found(snapping: Any, clock: Any) -> None:
    """And leaves the list; one without expiry lasts fifty years."""
    snapping.ok("POST", "/api/snapshots", {"dashboard": DASHBOARD, "key": "short", "expires": 60})
    snapping.ok("POST", "/api/snapshots", {"dashboard": DASHBOARD, "key": "long", "expires": -5})
    clock.now += 61

    expired = snapping("GET", "/api/snapshots/short")

    assert (expired.status_code, expired.json()) == (404, {"message": "Dashboard snapshot not found"})
    assert [one["key"] for one in snapping.ok("GET", "/api/dashboard/snapshots")] == ["long"]


def test_the_list_is_filtered_by_name_and_cut(snapping: Any) -> None:
    """In order of creation; `query` is the whole name, in SQL's LIKE."""
    for name in ("Alpha", "beta", "alphabet"):
        snapping.ok("POST", "/api/snapshots", {"dashboard": DASHBOARD, "name": name})
    names = {
        query: [one["name"] for one in snapping.ok("GET", f"/api/dashboard/snapshots?{query}")]
        for query in ("", "query=ALPHA", "query=%25alpha%25", "query=_eta", "limit=2", "query=none")
    }

    assert names == {
        "": ["Alpha", "beta", "alphabet"],
        "query=ALPHA": ["Alpha"],
        "query=%25alpha%25": ["Alpha", "alphabet"],
        "query=_eta": ["beta"],
        "limit=2": ["Alpha", "beta"],
        "query=none": [],
    }


def test_in_public_mode_nobody_signs_in(make_server: Callable[..., Any]) -> None:
    """To make a snapshot of any dashboard, and to delete it by its delete key."""
    public = make_server(public_snapshots=True)

    made = public("POST", "/api/snapshots", {"dashboard": {"title": "Any"}, "key": "k", "deleteKey": "dk"}, auth=None)
    first, second = (public("GET", "/api/snapshots-delete/dk", auth=None).status_code for _ in range(2))

    assert (made.status_code, first, second) == (200, 200, 404)


@pytest.mark.parametrize(
    ("command", "status", "message"),
    [
        ({"name": "x"}, 400, "bad request data"),
        ({"dashboard": {"title": "T"}}, 400, "Dashboard not found"),
        ({"dashboard": DASHBOARD, "key": "taken"}, 500, "Failed to create snapshot"),
        ({"dashboard": DASHBOARD, "expires": "1"}, 400, "bad request data"),
        ({"dashboard": DASHBOARD, "external": True}, 403, "External dashboard creation is disabled"),
    ],
)
def test_a_bad_snapshot_is_refused(snapping: Any, command: Any, status: int, message: str) -> None:
    """A snapshot needs a dashboard that is there (older servers take any)."""
    snapping.ok("POST", "/api/snapshots", {"dashboard": DASHBOARD, "key": "taken"})

    answer = snapping("POST", "/api/snapshots", command)

    assert (answer.status_code, answer.json()) == (status, {"message": message, "traceID": ""})


def test_deleting_by_key_answers_the_id(snapping: Any) -> None:
    """And once only."""
    snapping.ok("POST", "/api/snapshots", {"dashboard": DASHBOARD, "key": "k"})

    first, second = snapping("DELETE", "/api/snapshots/k"), snapping("DELETE", "/api/snapshots/k")

    assert (first.json()["id"], second.json()) == (1, GONE)
