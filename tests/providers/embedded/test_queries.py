"""POST /api/ds/query, the proxy and health, against a data source that is a small real server."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from providers.embedded import upstream as proxy
from tests.http_servers import Handler, serve_http

SERIES = {"metric": {"__name__": "up", "job": "a"}, "values": [[1420066800, "1"], [1420066815, "0.5"]]}
SPAN = {"from": "1420066800000", "to": "1420066860000"}


class Upstream(Handler):
    """A Prometheus of one series; it repeats what it was asked in the header X-Asked."""

    def respond(self, body: bytes) -> None:
        answer = {"status": "success", "data": {"resultType": "matrix", "result": [SERIES]}}
        headers = {
            "X-Asked": f"{self.command} {self.path} {self.headers.get('Authorization')}",
            "X-Tenant": self.headers.get("X-Scope", ""),
        }
        self.answer_json(200, answer, headers)


@pytest.fixture
def upstream() -> Iterator[str]:
    with serve_http(Upstream) as url:
        yield url


def add(server: Any, kind: str, url: str = "", **more: Any) -> None:
    server.ok(
        "POST", "/api/datasources", {"name": kind, "uid": kind, "type": kind, "access": "proxy", "url": url} | more
    )


@pytest.mark.parametrize(
    ("text", "frame_type", "values"),
    [
        ("1,2,3", "int64", [1, 2, 3]),
        ("1, 2.5,null", "float64", [1.0, 2.5, None]),
        ("1,x", "string", ["1", "x"]),
        ("-4", "int64", [-4]),
    ],
)
def test_csv_values_are_spread_over_the_span(server: Any, text: str, frame_type: str, values: list[Any]) -> None:
    """Evenly, the first at its start and the last at its end; the narrowest type that takes all."""
    add(server, "grafana-testdata-datasource")
    one = {"refId": "A", "datasource": {"uid": "grafana-testdata-datasource"}, "scenarioId": "csv_metric_values"}

    frame = server.ok("POST", "/api/ds/query", SPAN | {"queries": [one | {"stringInput": text}]})

    times = {1: [0], 2: [0, 60_000], 3: [0, 30_000, 60_000]}[len(values)]
    data = frame["results"]["A"]["frames"][0]
    assert data["data"]["values"] == [[1420066800000 + shift for shift in times], values]
    assert data["schema"]["fields"][1]["typeInfo"]["frame"] == frame_type


def test_prometheus_is_asked_for_real(server: Any, upstream: str) -> None:
    """Each series becomes a frame with its labels."""
    add(server, "prometheus", upstream)
    one = {"refId": "A", "datasource": {"uid": "prometheus"}, "expr": "up"}

    frame = server.ok("POST", "/api/ds/query", SPAN | {"queries": [one]})["results"]["A"]["frames"][0]

    assert frame["data"]["values"] == [[1420066800000, 1420066815000], [1.0, 0.5]]
    assert frame["schema"]["fields"][1]["labels"] == {"__name__": "up", "job": "a"}
    assert server.ok("GET", "/api/datasources/uid/prometheus/health")["status"] == "OK"


def test_the_proxy_signs_with_the_secrets_and_keeps_the_callers_own(server: Any, upstream: str) -> None:
    """Basic auth and headers of the data source go out; the Authorization for Grafana does not."""
    secrets = {"basicAuthPassword": "pw", "httpHeaderValue1": "tenant"}
    more = {"basicAuth": True, "basicAuthUser": "u", "secureJsonData": secrets}
    add(server, "prometheus", f"{upstream}/base", jsonData={"httpHeaderName1": "X-Scope"}, **more)

    by_id = server("GET", "/api/datasources/proxy/1/api/v1/query?query=up%2B1")
    by_uid = server("POST", "/api/datasources/proxy/uid/prometheus/x", {"a": 1})

    assert by_id.json()["data"]["result"] == [SERIES]
    assert by_id.headers["x-asked"] == "GET /base/api/v1/query?query=up%2B1 Basic dTpwdw=="
    assert (by_id.headers["x-tenant"], by_uid.headers["x-asked"]) == ("tenant", "POST /base/x Basic dTpwdw==")


def test_the_proxy_takes_headers_of_any_name_and_character(server: Any, upstream: str) -> None:
    """Also those that are called as what a request has, and secrets beyond ASCII; what comes back is handed on."""
    more = {"jsonData": {"httpHeaderName1": "X-Scope"}, "secureJsonData": {"httpHeaderValue1": "é"}}
    add(server, "prometheus", upstream, **more)
    odd: Any = {"query": "q", "body": "b", "method": "m", "path": "p", "call": "c", "source": "s", "X-Odd": b"\xff\xfe"}

    answer = server("GET", "/api/datasources/proxy/uid/prometheus/x", headers=odd)

    assert (answer.status_code, answer.headers["x-asked"]) == (200, "GET /x None")
    assert answer.headers["x-tenant"].encode("latin-1") in ("é".encode(), "é".encode("latin-1"))


def test_nobody_there_is_an_empty_502(server: Any) -> None:
    """For the proxy; a query says what went wrong, with status 400."""
    add(server, "prometheus", "http://127.0.0.1:9")

    proxied = server("GET", "/api/datasources/proxy/uid/prometheus/x")
    queried = server("POST", "/api/ds/query", SPAN | {"queries": [{"datasource": {"uid": "prometheus"}}]})

    assert (proxied.status_code, proxied.content) == (502, b"")
    assert (queried.status_code, queried.json()["results"]["A"]["status"]) == (400, 502)
    assert server("GET", "/api/datasources/uid/prometheus/health").status_code == 400


@pytest.mark.parametrize(
    ("queries", "status", "message"),
    [
        ([], 400, "No queries found"),
        ([{"refId": "A"}], 400, "Query does not contain a valid data source identifier"),
        ([{"datasource": {"uid": "none"}}], 404, "Data source not found"),
        ([{"datasource": {"uid": "odd"}}], 404, "Plugin not registered"),
    ],
)
def test_a_query_of_nothing_known_is_refused(server: Any, queries: Any, status: int, message: str) -> None:
    """In the words of 12.4.0."""
    add(server, "odd")

    answer = server("POST", "/api/ds/query", SPAN | {"queries": queries})

    assert (answer.status_code, answer.json()["message"]) == (status, message)


def test_a_type_that_cannot_be_queried_here_says_so(server: Any) -> None:
    """Rather than an empty result that looks like data."""
    add(server, "loki", "http://127.0.0.1:9")

    answer = server("POST", "/api/ds/query", SPAN | {"queries": [{"datasource": {"uid": "loki"}}]})

    assert (answer.status_code, answer.json()["results"]["A"]["error"]) == (
        400,
        "the embedded server cannot query data sources of type loki",
    )


class Endless(Handler):
    """A data source whose answers are no panel's; the path says how."""

    def respond(self, body: bytes) -> None:
        packed = gzip.compress(b" " * 5000)
        match self.path:
            case "/large":
                self.answer(200, b" " * 5000)
            case "/packed":
                self.answer(200, packed, {"Content-Encoding": "gzip"})
            case "/packed-twice":
                self.answer(200, gzip.compress(packed), {"Content-Encoding": "gzip, gzip"})
            case "/small":
                self.answer(203, gzip.compress(b" " * 4000), {"Content-Encoding": "gzip"})
            case "/slow":
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.rfile.read(1)  # until the proxy goes


@pytest.mark.parametrize(
    ("path", "status", "size"),
    [("large", 502, 0), ("packed", 502, 0), ("packed-twice", 502, 0), ("slow", 502, 0), ("small", 203, 4000)],
)
def test_an_answer_is_taken_within_limits(
    server: Any, monkeypatch: pytest.MonkeyPatch, path: str, status: int, size: int
) -> None:
    """Of bytes, unpacked, and of time for all of it; beyond them there is no answer, which is an empty 502."""
    monkeypatch.setattr(proxy, "_MAX_ANSWER", 4096)
    server.app.options = replace(server.app.options, upstream_timeout=0.2 if path == "slow" else 10)
    with serve_http(Endless) as url:
        add(server, "prometheus", url)

        answer = server("GET", f"/api/datasources/proxy/uid/prometheus/{path}")

    assert (answer.status_code, len(answer.content)) == (status, size)
    assert "content-encoding" not in answer.headers
