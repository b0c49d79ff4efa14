"""The Data Source API: what is sent where, by which version, and what is made of each answer."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from hcl_lite.core.schema import Live, ProviderError, ValueProblem
from providers.grafana.client import make_client
from providers.grafana.data_source import DATA_SOURCE
from providers.transport.errors import (
    ApiError,
    Denied,
    Invalid,
    NotFound,
    NotJson,
    Precondition,
    RateLimited,
    ServerFault,
    Unauthorized,
)
from tests.contexts import BARE
from tests.providers.fakes import FakeGrafana

_WIRE = {
    "id": 7,
    "uid": "s",
    "name": "S",
    "type": "loki",
    "access": "proxy",
    "url": "http://l",
    "user": "",
    "database": "",
    "basicAuth": False,
    "isDefault": False,
    "readOnly": False,
    "jsonData": None,
    "secureJsonFields": {"b": True, "a": True},
    "version": 4,
}
_DESCRIBED = {
    "uid": "s",
    "name": "S",
    "id": 7,
    "type": "loki",
    "url": "http://l",
    "access_mode": "proxy",
    "database_name": "",
    "username": "",
    "basic_auth_enabled": False,
    "is_default": False,
    "read_only": False,
    "json_data": {},
}


def _on(version: str, **answers: Any) -> FakeGrafana:
    settings = {"buildInfo": {"version": version}, "namespace": "default"}
    return FakeGrafana(**{"GET /api/frontend/settings": settings, **answers})


def _look_up(grafana: FakeGrafana, type_: str, **values: Any) -> Any:
    return grafana.run(lambda provider: provider.lookup(type_, values))


# --- what is there ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "path"), [({"uid": "s"}, "uid/s"), ({"name": "S"}, "name/S"), ({"id": 7}, "7")])
def test_a_data_source_is_found_by_each_of_its_names(by: dict[str, Any], path: str) -> None:
    """With the names of its secrets, and nothing of what they are."""
    found = _look_up(FakeGrafana(**{f"GET /api/datasources/{path}": _WIRE}), "grafana_data_source", **by)
    whole = {"basic_auth_username": None, "with_credentials": None, "version": 4, "secure_json_fields": ["a", "b"]}
    assert found == {**_DESCRIBED, **whole}


@pytest.mark.parametrize(("type_", "names"), [(None, ["S", "T"]), ("loki", ["S"]), ("postgres", ["T"]), ("x", [])])
def test_data_sources_are_listed_by_type(type_: str | None, names: list[str]) -> None:
    """By any of its names; what 12.4 leaves out of the list is not made up."""
    other = {**_WIRE, "name": "T", "type": "grafana-postgresql-datasource"}
    grafana = FakeGrafana(**{"GET /api/datasources": [[_WIRE, other]]})
    found = _look_up(grafana, "grafana_data_sources", type=type_)["data_sources"]
    assert [one["name"] for one in found] == names
    assert all(one.keys() == _DESCRIBED.keys() for one in found)


def test_the_number_of_a_data_source_is_told_by_its_name() -> None:
    """GET /api/datasources/id/:name."""
    grafana = FakeGrafana(**{"GET /api/datasources/id/A B": {"id": 7}})
    assert _look_up(grafana, "grafana_data_source_id", name="A B") == {"id": 7}
    with pytest.raises(ValueProblem, match='no data source with name "C"'):
        _look_up(grafana, "grafana_data_source_id", name="C")


# --- what is written --------------------------------------------------------------------------------------------------


def test_an_update_goes_by_number_where_there_is_no_route_for_uids() -> None:
    """7.5 has no PUT /api/datasources/uid/:uid."""
    there = [_WIRE, {**_WIRE, "version": 5}]
    grafana = _on("7.5.5", **{"GET /api/datasources/uid/s": there, "PUT /api/datasources/7": {"datasource": _WIRE}})
    values = DATA_SOURCE.complete("a", "n", {"uid": "s", "name": "S", "type": "loki", "url": "http://l"}, "")
    grafana.run(lambda provider: provider.update("grafana_data_source", "s", values, {"id": 7, "version": 4}))
    assert [call for call, _ in grafana.writes()] == ["PUT /api/datasources/7"]


# --- health -----------------------------------------------------------------------------------------------------------

_HEALTH = "GET /api/datasources/uid/s/health"


def _health(answer: httpx.Response) -> Any:
    class _Healthy(FakeGrafana):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            assert request.headers["X-Grafana-NoCache"] == "true"
            return answer

    try:
        return _Healthy().run(lambda provider: provider.check_health("grafana_data_source", "s"))
    except ProviderError as error:
        return error


_NO_ROUTE = "This Grafana cannot check a data source: it has no route for that."


@pytest.mark.parametrize(
    ("answer", "warning"),
    [
        (httpx.Response(200, json={"message": "Data source is working", "status": "OK"}), ""),
        (httpx.Response(404, json={"message": "Not found"}), _NO_ROUTE),
        (httpx.Response(404, text="404 page not found\n"), _NO_ROUTE),
    ],
    ids=["12.4", "7.5", "3.2"],
)
def test_what_is_well_or_cannot_be_told_does_not_fail(answer: httpx.Response, warning: str) -> None:
    """A server without the route is warned of."""
    assert _health(answer) == warning


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (httpx.Response(400, json={"message": "connection refused", "status": "ERROR"}), Invalid, "connection refused"),
        (httpx.Response(200, json={"message": "not so well", "status": "ERROR"}), Invalid, "not so well"),
        (
            httpx.Response(404, json={"messageId": "plugin.notRegistered", "message": "Plugin not registered"}),
            NotFound,
            "Plugin not registered",
        ),
        (
            httpx.Response(500, json={"messageId": "plugin.unavailable", "message": "Plugin unavailable"}),
            ServerFault,
            "Plugin unavailable",
        ),
        (httpx.Response(200, text="<html>"), NotJson, "not JSON"),
        (httpx.Response(403, json={"message": "no"}), Denied, "no"),
    ],
)
def test_what_is_not_well_fails_in_the_servers_words(answer: httpx.Response, kind: type[ApiError], says: str) -> None:
    """As 12.4 has them."""
    error = _health(answer)
    assert (type(error), says in str(error)) == (kind, True)


# --- queries ----------------------------------------------------------------------------------------------------------

_LABELS = {"__name__": "up", "job": "self"}
_FRAME = {
    "schema": {
        "refId": "A",
        "fields": [{"name": "Time", "type": "time"}, {"name": "up", "type": "number", "labels": _LABELS}],
    },
    "data": {"values": [[1, 2], [1, None]], "entities": [None, {"NaN": [1]}]},
}
_FIELDS = [
    {"name": "Time", "type": "time", "labels": {}, "values": [1, 2]},
    {"name": "up", "type": "number", "labels": _LABELS, "values": [1, None]},
]


def test_a_query_gives_frames_as_lists() -> None:
    """POST /api/ds/query, by uid; what is in the table goes with it, but not to another data source."""
    answers = {"POST /api/ds/query": {"results": {"A": {"status": 200, "frames": [_FRAME]}}}}
    grafana = FakeGrafana(**answers)
    query = {"instant": True, "datasource": {"uid": "other"}}
    found = _look_up(grafana, "grafana_query", data_source="s", expr="up", query=query, **{"from": "now-5m"})
    assert found == {"frames": [{"name": "", "fields": _FIELDS}]}
    sent = {"refId": "A", "maxDataPoints": 100, "expr": "up", "instant": True, "datasource": {"uid": "s"}}
    assert grafana.writes() == [("POST /api/ds/query", {"from": "now-5m", "to": "now", "queries": [sent]})]


def test_a_query_without_data_is_no_error() -> None:
    """12.4 leaves it out of the answer."""
    grafana = FakeGrafana(**{"POST /api/ds/query": {"results": {}}})
    assert _look_up(grafana, "grafana_query", data_source="s", query={"refId": "B"}) == {"frames": []}


def test_older_servers_are_asked_by_number_and_answer_in_series_and_tables() -> None:
    """POST /api/tsdb/query, as in the document."""
    result = {
        "refId": "A",
        "series": [{"name": "Opened", "points": [[109, 10], [122, 20]], "tags": {"a": "b"}}],
        "tables": [{"columns": [{"text": "one"}, {"text": "two"}], "rows": [[1, 2], [3, 4]]}],
    }
    answers = {"GET /api/datasources/uid/s": _WIRE, "POST /api/tsdb/query": {"results": {"A": result}}}
    grafana = _on("7.5.5", **answers)
    found = _look_up(grafana, "grafana_query", data_source="s", query={"rawSql": "SELECT 1"})
    series = [
        {"name": "time", "type": "time", "labels": {}, "values": [10, 20]},
        {"name": "Opened", "type": "number", "labels": {"a": "b"}, "values": [109, 122]},
    ]
    table = [
        {"name": "one", "type": "", "labels": {}, "values": [1, 3]},
        {"name": "two", "type": "", "labels": {}, "values": [2, 4]},
    ]
    assert found == {"frames": [{"name": "Opened", "fields": series}, {"name": "", "fields": table}]}
    (_, body) = grafana.writes()[0]
    assert body["queries"] == [
        {"refId": "A", "maxDataPoints": 100, "rawSql": "SELECT 1", "datasource": {"uid": "s"}, "datasourceId": 7}
    ]


@pytest.mark.parametrize("status", [200, 207])
def test_a_query_that_fails_fails(status: int) -> None:
    """Also where the answer as a whole is a success."""

    class _Failing(FakeGrafana):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            if request.method == "GET":
                return super().__call__(request)
            return httpx.Response(status, json={"results": {"A": {"error": "parse error", "status": 400}}})

    with pytest.raises(Invalid, match="parse error"):
        _look_up(_Failing(), "grafana_query", data_source="s", expr="up{")


def test_a_query_says_what_it_asks() -> None:
    """expr or query."""
    with pytest.raises(ValueProblem, match="Give expr or query"):
        _look_up(FakeGrafana(), "grafana_query", data_source="s")


@pytest.mark.parametrize(("version", "path"), [("12.4.0", "uid/s"), ("7.5.5", "7")])
def test_a_get_is_passed_on_by_the_proxy(version: str, path: str) -> None:
    """By uid, or by number where there is no route for uids."""
    call = f"GET /api/datasources/proxy/{path}/api/v1/query"
    grafana = _on(version, **{"GET /api/datasources/uid/s": _WIRE, call: {"status": "success"}})
    values = {"data_source": "s", "path": "/api/v1/query", "params": {"query": "up"}}
    assert _look_up(grafana, "grafana_data_source_proxy", **values) == {"answer": {"status": "success"}}
    assert grafana.writes() == []


def _proxied(answer: httpx.Response) -> Any:
    class _Passing(FakeGrafana):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            return answer if "/proxy/" in request.url.path else super().__call__(request)

    return _look_up(_Passing(), "grafana_data_source_proxy", data_source="s", path="-/healthy")["answer"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(200, text="Prometheus is Healthy.\n"), "Prometheus is Healthy.\n"),
        (httpx.Response(204), ""),
        (httpx.Response(200, json=["a"]), ["a"]),
    ],
    ids=["text", "nothing", "JSON"],
)
def test_what_a_data_source_says_in_plain_is_its_answer(answer: httpx.Response, expected: Any) -> None:
    """Not every route of a data source gives JSON."""
    assert _proxied(answer) == expected


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(200, html="<html>"), httpx.Response(404, html="<html>"), httpx.Response(302)],
    ids=["page", "page of a 404", "redirect"],
)
def test_a_page_is_no_answer_of_a_data_source(answer: httpx.Response) -> None:
    """It may be one for signing in; Grafana's own url is not what is to be looked at first."""
    with pytest.raises(ApiError) as caught:
        _proxied(answer)
    assert "It is the data source that answers so" in caught.value.hint


@pytest.mark.parametrize("path", ["../../../../api/org", "a/../b", "a?b=c", "a#b"])
def test_the_path_of_a_proxy_call_stays_below_the_data_source(path: str) -> None:
    """Before anything is sent."""
    grafana = FakeGrafana()
    with pytest.raises(ValueProblem, match="is not a path"):
        _look_up(grafana, "grafana_data_source_proxy", data_source="s", path=path)
    assert grafana.sent == []


def test_a_plan_may_query_and_nothing_else() -> None:
    """The two routes of the document, for a client that is opened read-only."""
    connection = make_client({"url": "http://g.test"}, True, BARE).connection
    routes = {f"/api/datasources{path}" for path in ("", "/1", "/uid/s", "/proxy/1/x", "/proxy/uid/s/x")}
    routes |= {"/api/ds/query", "/api/tsdb/query", "/api/dashboards/db", "/api/folders", "/api/snapshots"}
    passed = {
        (method, path)
        for method in ("POST", "PUT", "PATCH", "DELETE")
        for path in routes
        if connection.reads(method, path)
    }
    assert passed == {("POST", "/api/ds/query"), ("POST", "/api/tsdb/query")}


# --- errors -----------------------------------------------------------------------------------------------------------

_KINDS: dict[int, type[ApiError]] = {
    400: Invalid,
    401: Unauthorized,
    403: Denied,
    404: NotFound,
    409: Precondition,
    412: Precondition,
    422: Invalid,
    429: RateLimited,
    500: ServerFault,
    502: ServerFault,
    503: ServerFault,
}


@pytest.mark.parametrize("status", _KINDS)
@pytest.mark.parametrize(
    ("body", "says"), [("", "an empty answer"), ("<html>Bad</html>", "not JSON"), ('{"message": "m"}', ": m")]
)
def test_each_status_is_an_error_of_the_tree_whatever_the_body(status: int, body: str, says: str) -> None:
    """HTML of a proxy, nothing, or JSON."""

    class _Refusing(FakeGrafana):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            known = request.url.path == "/api/frontend/settings"
            return super().__call__(request) if known else httpx.Response(status, text=body)

    values = DATA_SOURCE.complete("a", "n", {"uid": "s", "name": "S", "type": "loki"}, "")
    if status == 404:
        assert _Refusing().run(lambda p: p.read("grafana_data_source", "s")) is None
        return
    with pytest.raises(_KINDS[status], match=says):
        _Refusing().run(lambda p: p.read("grafana_data_source", "s"))
    with pytest.raises(_KINDS[status], match=says):
        _Refusing().run(lambda p: p.create("grafana_data_source", values))


def test_a_write_with_an_empty_answer_is_the_servers_fault() -> None:
    """And no data source."""

    class _Silent(FakeGrafana):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            return super().__call__(request) if request.method == "GET" else httpx.Response(200)

    values = DATA_SOURCE.complete("a", "n", {"uid": "s", "name": "S", "type": "loki"}, "")
    with pytest.raises(ApiError, match="not what a Grafana gives"):
        _Silent().run(lambda p: p.create("grafana_data_source", values))


def test_deleting_what_is_gone_is_done() -> None:
    """404 is what was wanted."""
    grafana = FakeGrafana()
    grafana.run(lambda p: p.delete("grafana_data_source", "s", {}))
    assert grafana.writes() == [("DELETE /api/datasources/uid/s", None)]
    assert isinstance(DATA_SOURCE.live(_WIRE), Live)
