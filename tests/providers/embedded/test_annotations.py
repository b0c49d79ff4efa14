"""Annotations and service accounts beyond what was recorded: each tried on a real 12.4.0."""

from typing import Any

import pytest

PATH = "/api/annotations"


@pytest.fixture
def annotated(server: Any, clock: Any) -> Any:
    """A server with three annotations: of now, over a span with tags, of a panel."""
    server.save("home")
    server.ok("POST", PATH, {"text": "a"})
    server.ok("POST", PATH, {"text": "b", "time": 1700000000000, "timeEnd": 1600000000000, "tags": ["t", "u:v"]})
    server.ok("POST", PATH, {"text": "c", "dashboardUID": "home", "panelId": 3, "time": 1700000000001})
    return server


def test_annotations_are_searched_the_latest_first(annotated: Any) -> None:
    """By tags, dashboard, panel and span; those of a deleted dashboard are gone."""

    def found(query: str) -> str:
        return "".join(one["text"] for one in annotated.ok("GET", f"{PATH}{query}"))

    queries = {
        "": "acb",
        "?limit=1": "a",
        "?tags=t&tags=u:v": "b",
        "?tags=t&tags=z": "",
        "?tags=t&tags=z&matchAny=true": "b",
        "?dashboardUID=home": "c",
        "?panelId=3": "c",
        "?from=1700000000001&to=1700000000001": "c",
    }
    assert {query: found(query) for query in queries} == queries
    annotated.ok("DELETE", "/api/dashboards/uid/home")
    assert found("") == "ab"


def test_an_update_empties_tags_and_a_patch_keeps_them(annotated: Any) -> None:
    """Times stay in both where they are not given, and are told in order."""
    annotated.ok("PATCH", f"{PATH}/2", {"text": "n"})
    patched = annotated.ok("GET", f"{PATH}/2")
    annotated.ok("PUT", f"{PATH}/2", {"text": "m"})
    updated = annotated.ok("GET", f"{PATH}/2")

    assert (patched["text"], patched["tags"], patched["time"]) == ("n", ["t", "u:v"], 1600000000000)
    assert (updated["text"], "tags" in updated, updated["timeEnd"]) == ("m", False, 1700000000000)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("POST", PATH, {"text": "a", "dashboardUID": "none"}, 500, "Error while checking annotation permissions"),
        ("POST", PATH, {"text": 5}, 400, "bad request data"),
        ("PUT", f"{PATH}/99", {"text": "a"}, 404, "Annotation not found"),
        ("PATCH", f"{PATH}/99", {"text": "a"}, 404, "Annotation not found"),
        ("GET", f"{PATH}/x", None, 400, "annotationId is invalid"),
        ("PATCH", "/api/serviceaccounts/2", {"role": "King"}, 400, "Bad request data"),
        ("PATCH", "/api/serviceaccounts/9", {"name": "x"}, 404, "service account not found"),
        ("DELETE", "/api/serviceaccounts/2/tokens/9", None, 404, "service account token not found"),
    ],
)
def test_what_cannot_be_done_is_refused(
    method: str, path: str, body: Any, status: int, message: str, server: Any
) -> None:
    """With the status and the message of the real one."""
    server.ok("POST", "/api/serviceaccounts", {"name": "s"})

    answer = server(method, path, body)

    assert (answer.status_code, answer.json()["message"]) == (status, message)


def test_a_token_ends_with_its_account_and_is_not_let_in_while_that_is_disabled(server: Any) -> None:
    """A patch of nothing changes nothing."""
    number = server.ok("POST", "/api/serviceaccounts", {"name": "s", "role": "Editor"})["id"]
    path = f"/api/serviceaccounts/{number}"
    key = server.ok("POST", f"{path}/tokens", {"name": "t"})["key"]

    assert server.ok("PATCH", path, {})["serviceaccount"]["role"] == "Editor"
    server.ok("PATCH", path, {"isDisabled": True})
    disabled = server("GET", "/api/user", token=key).json()["messageId"]
    server.ok("PATCH", path, {"isDisabled": False})
    allowed = server("GET", "/api/user", token=key).status_code
    server.ok("DELETE", path)

    assert (disabled, allowed) == ("identity.disabled", 200)
    assert server("GET", "/api/user", token=key).json()["messageId"] == "api-key.invalid"
