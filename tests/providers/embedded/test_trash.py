"""The trash of Grafana 11 with dashboardRestore, as the Dashboard API's document has it."""

from collections.abc import Callable
from typing import Any

import pytest

_TRASH = "/api/dashboards/uid/d/trash"


@pytest.fixture
def eleven(make_server: Callable[..., Any]) -> Any:
    """One dashboard in a folder, saved twice, and deleted."""
    server = make_server(version="11.6")
    server.ok("POST", "/api/folders", {"uid": "f", "title": "F"})
    server.save("d", "One", folder="f")
    server.save("d", "Two", folder="f")
    server.ok("DELETE", "/api/dashboards/uid/d")
    return server


def _listed(server: Any) -> list[tuple[str, bool]]:
    return [(hit["uid"], hit["isDeleted"]) for hit in server.ok("GET", "/api/search?deleted=true")]


def test_what_was_deleted_is_listed_apart(eleven: Any) -> None:
    """And not among the others; the settings say that there is a trash."""
    assert _listed(eleven) == [("d", True)]
    assert [hit["uid"] for hit in eleven.ok("GET", "/api/search")] == ["f"]
    assert eleven.ok("GET", "/api/frontend/settings")["featureToggles"] == {"dashboardRestore": True}


@pytest.mark.parametrize(("body", "folder"), [(None, "f"), ({"folderUid": "g"}, "g")])
def test_it_comes_back_with_its_history(eleven: Any, body: Any, folder: str) -> None:
    """Into its folder, or into another one."""
    eleven.ok("POST", "/api/folders", {"uid": "g", "title": "G"})
    answer = eleven.ok("PATCH", _TRASH, body)
    assert answer == {"title": "Two", "message": "Dashboard Two restored", "uid": "d"}
    assert eleven.ok("GET", "/api/dashboards/uid/d")["meta"]["folderUid"] == folder
    assert [one["version"] for one in eleven.ok("GET", "/api/dashboards/uid/d/versions")["versions"]] == [2, 1]
    assert (_listed(eleven), eleven("PATCH", _TRASH).status_code) == ([], 404)


def test_it_is_purged_once(eleven: Any) -> None:
    """And is gone with every version of it."""
    assert eleven.ok("DELETE", _TRASH) == {"title": "Two", "message": "Dashboard Two deleted", "uid": "d"}
    assert (_listed(eleven), eleven("DELETE", _TRASH).status_code, eleven("PATCH", _TRASH).status_code) == (
        [],
        404,
        404,
    )
    eleven.save("d", "New")
    assert [one["version"] for one in eleven.ok("GET", "/api/dashboards/uid/d/versions")["versions"]] == [1]


def test_a_folder_that_is_gone_is_said(eleven: Any) -> None:
    """It stays in the trash."""
    eleven.ok("DELETE", "/api/folders/f")
    assert eleven("PATCH", _TRASH).status_code == 400
    assert _listed(eleven) == [("d", True)]
