"""GET /api/search: filters, order, paging."""

from typing import Any

import pytest


@pytest.fixture
def filled(server: Any) -> Any:
    """Two folders, one in the other, and three dashboards."""
    server.ok("POST", "/api/folders", {"title": "Zoo", "uid": "zoo"})
    server.ok("POST", "/api/folders", {"title": "Ape", "uid": "ape", "parentUid": "zoo"})
    server.save("b", "beta", folder="ape", tags=["t", "s"])
    server.save("a", "Alpha", tags=["t"])
    server.save("a2", "alpha", folder="zoo")
    return server


@pytest.mark.parametrize(
    ("query", "uids"),
    [
        ("", ["ape", "zoo", "a", "a2", "b"]),
        ("sort=alpha-asc", ["a", "a2", "ape", "b", "zoo"]),
        ("sort=alpha-desc", ["zoo", "b", "ape", "a", "a2"]),
        ("type=dash-folder", ["ape", "zoo"]),
        ("type=dash-db", ["a", "a2", "b"]),
        ("query=ALPH", ["a", "a2"]),
        ("query=*", ["ape", "zoo", "a", "a2", "b"]),
        ("query=nothing", []),
        ("tag=t", ["a", "b"]),
        ("tag=t&tag=s", ["b"]),
        ("folderUIDs=zoo", ["ape", "a2"]),
        ("folderUIDs=general", ["zoo", "a"]),
        ("dashboardUIDs=b&dashboardUIDs=a", ["a", "b"]),
        ("limit=2", ["a", "a2"]),
        ("limit=2&page=2", ["ape", "b"]),
        ("limit=2&page=4", []),
        ("limit=0", ["ape", "zoo", "a", "a2", "b"]),
    ],
)
def test_hits_and_their_order(filled: Any, query: str, uids: list[str]) -> None:
    """A page is cut by title, and only then its folders go first: so pages must be put together before comparing."""
    assert [hit["uid"] for hit in filled.ok("GET", f"/api/search?{query}")] == uids


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        (
            "limit=5001",
            422,
            "Limit is above maximum allowed (5000), use page parameter to access hits beyond limit",
        ),
        ("type=nonsense", 500, "Search failed"),
    ],
)
def test_a_bad_search_is_refused(server: Any, query: str, status: int, message: str) -> None:
    """Limits above 5000 and unknown types, as on 12.4.0."""
    answer = server("GET", f"/api/search?{query}")

    assert (answer.status_code, answer.json()) == (status, {"message": message})


def test_a_hit_in_a_folder_names_the_folder(filled: Any) -> None:
    """The four folder keys are there in a folder, and absent at the root."""
    hit = filled.ok("GET", "/api/search?dashboardUIDs=b")[0]
    folder = filled.ok("GET", "/api/folders/ape")

    assert hit == {
        "id": hit["id"],
        "uid": "b",
        "orgId": 1,
        "title": "beta",
        "uri": "db/beta",
        "url": "/d/b/beta",
        "slug": "",
        "type": "dash-db",
        "tags": ["s", "t"],
        "isStarred": False,
        "folderId": folder["id"],
        "folderUid": "ape",
        "folderTitle": "Ape",
        "folderUrl": "/dashboards/f/ape/ape",
        "sortMeta": 0,
        "isDeleted": False,
    }
