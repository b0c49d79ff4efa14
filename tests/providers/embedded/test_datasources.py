"""The data source routes, and that secrets stay where they are."""

from typing import Any

import pytest

PROM = {"name": "prom", "uid": "p", "type": "prometheus", "access": "proxy", "url": "http://127.0.0.1:9"}
SECRET = "s3cr3t-test-only"


def test_a_data_source_is_answered_in_full_by_every_name_it_has(server: Any) -> None:
    """By id, uid and name the same; the list leaves out version and secureJsonFields and adds typeName."""
    made = server.ok("POST", "/api/datasources", PROM | {"jsonData": {"httpMethod": "POST"}})["datasource"]

    assert made == {
        "id": 1,
        "uid": "p",
        "orgId": 1,
        "name": "prom",
        "type": "prometheus",
        "typeLogoUrl": "public/plugins/prometheus/img/prometheus_logo.svg",
        "access": "proxy",
        "url": "http://127.0.0.1:9",
        "user": "",
        "database": "",
        "basicAuth": False,
        "basicAuthUser": "",
        "withCredentials": False,
        "isDefault": True,
        "jsonData": {"httpMethod": "POST"},
        "secureJsonFields": {},
        "version": 1,
        "readOnly": False,
        "apiVersion": "",
    }
    assert [server.ok("GET", f"/api/datasources/{path}") for path in ("1", "uid/p", "name/prom")] == [made] * 3
    assert server.ok("GET", "/api/datasources/id/prom") == {"id": 1}
    listed = server.ok("GET", "/api/datasources")[0]
    assert made.keys() - listed.keys() == {
        "basicAuthUser",
        "withCredentials",
        "secureJsonFields",
        "version",
        "apiVersion",
    }
    assert listed["typeName"] == "Prometheus"


def test_secrets_are_kept_and_never_answered(server: Any) -> None:
    """Only their names come back; what is not sent again stays, what is sent empty goes."""
    made = server("POST", "/api/datasources", PROM | {"secureJsonData": {"a": SECRET, "b": SECRET}})
    updated = server("PUT", "/api/datasources/uid/p", PROM | {"secureJsonData": {"a": "", "c": SECRET}})
    answers = [made, updated, *(server("GET", f"/api/datasources{path}") for path in ("", "/1", "/uid/p"))]

    assert updated.json()["datasource"]["secureJsonFields"] == {"b": True, "c": True}
    assert not any(SECRET in answer.text for answer in answers)


def test_the_version_after_an_update_is_one_more_than_the_one_sent(server: Any) -> None:
    """An old version is accepted; none sent is 0 (12.4.0)."""
    server.ok("POST", "/api/datasources", PROM)
    sent: list[dict[str, int]] = [{}, {"version": 1}, {"version": 99}, {}]

    versions = [server.ok("PUT", "/api/datasources/1", PROM | more)["datasource"]["version"] for more in sent]

    assert versions == [1, 2, 100, 1]


def test_one_default_and_the_first_one_is_it(server: Any) -> None:
    """An update without isDefault takes it away and gives it to nobody."""
    for name, default in (("one", False), ("two", False), ("three", True)):
        server.ok("POST", "/api/datasources", PROM | {"name": name, "uid": name, "isDefault": default})
    defaults = {one["name"]: one["isDefault"] for one in server.ok("GET", "/api/datasources")}
    server.ok("PUT", "/api/datasources/uid/three", PROM | {"name": "three", "uid": "three"})

    assert defaults == {"one": False, "two": False, "three": True}
    assert not any(one["isDefault"] for one in server.ok("GET", "/api/datasources"))


@pytest.mark.parametrize(
    ("given", "stored"), [("postgres", "grafana-postgresql-datasource"), ("testdata", "grafana-testdata-datasource")]
)
def test_renamed_types_come_back_under_their_new_name(server: Any, given: str, stored: str) -> None:
    """12.4.0 rewrites them when they are written."""
    made = server.ok("POST", "/api/datasources", PROM | {"type": given})

    assert made["datasource"]["type"] == stored


def test_a_name_may_hold_anything(server: Any) -> None:
    """Slashes, quotes and letters outside ASCII are found again by name."""
    name = 'a/b "c" ü'
    server.ok("POST", "/api/datasources", PROM | {"name": name})

    assert server.ok("GET", "/api/datasources/name/a%2Fb%20%22c%22%20%C3%BC")["name"] == name
    assert server.ok("DELETE", "/api/datasources/name/a%2Fb%20%22c%22%20%C3%BC") == {
        "id": 1,
        "message": "Data source deleted",
    }


BAD_URL = {"message": "Validation error, invalid URL"}
NOT_FOUND = {"message": "Data source not found"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "answer"),
    [
        ("POST", "", {"name": "x", "access": "proxy"}, 400, {"message": "bad request data"}),
        ("POST", "", PROM, 409, {"message": "data source with the same name already exists"}),
        ("POST", "", PROM | {"name": "x"}, 409, {"message": "data source with the same uid already exists"}),
        ("POST", "", PROM | {"name": "x", "uid": "y", "url": "::no url"}, 400, BAD_URL),
        (
            "POST",
            "",
            PROM | {"name": "x", "uid": "a b"},
            400,
            {"statusCode": 400, "messageId": "datasource.uidInvalid", "message": "Invalid datasource UID."},
        ),
        ("PUT", "/uid/p", PROM | {"url": ""}, 400, BAD_URL),
        ("PUT", "/uid/p", PROM | {"uid": "q"}, 500, {"message": "Failed to update datasource"}),
        ("PUT", "/99", {"name": "x", "type": "prometheus", "access": "proxy"}, 400, BAD_URL),
        ("PUT", "/99", PROM, 404, NOT_FOUND),
        ("GET", "/99", None, 404, NOT_FOUND),
        ("GET", "/uid/none", None, 404, NOT_FOUND),
        ("DELETE", "/uid/none", None, 404, NOT_FOUND),
        ("DELETE", "/abc", None, 400, {"message": "id is invalid"}),
    ],
)
def test_what_does_not_go_is_refused(server: Any, method: str, path: str, body: Any, status: int, answer: Any) -> None:
    """In the words of 12.4.0, with one data source there."""
    server.ok("POST", "/api/datasources", PROM)

    got = server(method, f"/api/datasources{path}", body)

    assert (got.status_code, got.json()) == (status, answer)
