"""Correlations and stars beyond what was recorded: each tried on a real 12.4.0, but for stars."""

from typing import Any

import pytest

PATH = "/api/datasources/uid/a/correlations"
NOTHING = "At least one of label, description or config is required"


@pytest.fixture
def correlated(server: Any) -> Any:
    """A server with the data sources `a` and `b`."""
    for uid in ("a", "b"):
        server.ok("POST", "/api/datasources", {"name": uid, "uid": uid, "type": "loki", "access": "proxy", "url": "u"})
    return server


def _make(server: Any, **command: Any) -> Any:
    return server.ok("POST", PATH, {"targetUID": "b", "type": "query", "config": {"field": "m"}, **command})["result"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("POST", PATH, {"targetUID": "none", "type": "query"}, 404, "Data source not found"),
        ("POST", PATH, {"targetUID": "b"}, 400, "bad request data"),
        ("POST", PATH, {"targetUID": "b", "type": "x"}, 400, "bad request data"),
        ("POST", PATH.replace("/a/", "/none/"), {"targetUID": "b", "type": "query"}, 404, "Data source not found"),
        ("GET", PATH.replace("/a/", "/none/"), None, 404, "Source data source not found"),
        ("GET", f"{PATH}/none", None, 404, "Correlation not found"),
        ("PATCH", f"{PATH}/none", {"label": "x"}, 404, "Correlation not found"),
        ("PATCH", f"{PATH}/none", {}, 400, NOTHING),
        ("PATCH", f"{PATH}/none", {"config": {"transformations": []}}, 400, NOTHING),
    ],
)
def test_what_cannot_be_done_is_refused(
    method: str, path: str, body: Any, status: int, message: str, correlated: Any
) -> None:
    """With the status and the message of the real one."""
    answer = correlated(method, path, body)

    assert (answer.status_code, answer.json()["message"]) == (status, message)


def test_a_patch_keeps_what_it_does_not_give_and_an_external_one_has_no_target(correlated: Any) -> None:
    """Those of data sources that are gone are not listed."""
    made = _make(correlated, label="L", config={"field": "m", "target": {"x": 1}})
    external = correlated.ok("POST", PATH, {"type": "external", "config": {"target": {"url": "u"}}})["result"]

    changed = correlated.ok("PATCH", f"{PATH}/{made['uid']}", {"description": "D", "config": {"field": "z"}})["result"]
    correlated.ok("DELETE", "/api/datasources/uid/b")

    assert (changed["label"], changed["description"], changed["config"]) == (
        "L",
        "D",
        {"field": "z", "target": {"x": 1}},
    )
    assert (external["targetUID"], external["config"]) == (None, {"field": "", "target": {"url": "u"}})
    assert [one["uid"] for one in correlated.ok("GET", PATH)] == [external["uid"]]


def test_the_list_of_all_is_in_pages(correlated: Any) -> None:
    """And of the asked sources."""
    uids = [_make(correlated)["uid"] for _ in range(3)]

    answer = correlated.ok("GET", "/api/datasources/correlations?limit=2&page=2&sourceUID=a")

    assert [one["uid"] for one in answer.pop("correlations")] == uids[2:]
    assert answer == {"totalCount": 3, "page": 2, "limit": 2}


def test_a_star_is_given_once_and_only_for_what_is_there(server: Any) -> None:
    """To each their own."""
    server.save("d")
    for _ in range(2):
        server.ok("POST", "/api/user/stars/dashboard/uid/d")

    assert server.ok("GET", "/api/user/stars") == ["d"]
    assert server("POST", "/api/user/stars/dashboard/uid/none").status_code == 404
