"""Queries of a real Prometheus: each expected answer is what 12.4.0 gave for the same query and data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.prometheus import START, run_prometheus

_UP = {"__name__": "test_total", "job": "c"}
_FULL = 'test_total{job="c"}'


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One for all tests: nothing changes it."""
    with run_prometheus(tmp_path_factory.mktemp("prometheus")) as url:
        yield url


@pytest.fixture
def ask(server: Any, prometheus: str) -> Any:
    """Asks one query over ten minutes: the status, and the result of it."""
    server.ok("POST", "/api/datasources", {"name": "P", "uid": "p", "type": "prometheus", "url": prometheus} | _PROXY)

    def call(**query: Any) -> tuple[int, Any]:
        span = {"from": str((START + 600) * 1000), "to": str((START + 1200) * 1000 + 5_000)}
        body = span | {"queries": [{"refId": "A", "datasource": {"uid": "p"}, **query}]}
        answer = server("POST", "/api/ds/query", body)
        return answer.status_code, answer.json()["results"]["A"]

    return call


_PROXY = {"access": "proxy"}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"expr": _FULL}, f"{_FULL}\nStep: 15s"),
        ({"expr": _FULL, "maxDataPoints": 5}, f"{_FULL}\nStep: 2m0s"),
        ({"expr": _FULL, "maxDataPoints": 500, "intervalMs": 500, "interval": "250ms"}, f"{_FULL}\nStep: 1s"),
        ({"expr": _FULL, "maxDataPoints": 5, "intervalFactor": 2}, f"{_FULL}\nStep: 4m0s"),
        ({"expr": _FULL, "interval": "1h"}, f"{_FULL}\nStep: 1h0m0s"),
        ({"expr": "rate(x[$__rate_interval]) * $__interval_ms"}, "rate(x[1m0s]) * 15000\nStep: 15s"),
        ({"expr": "rate(x[${__interval}]) * ${__range_s}", "interval": "2m"}, "rate(x[2m]) * 605\nStep: 2m0s"),
        (
            {"expr": "rate(x[$__rate_interval])", "interval": "$__interval", "intervalMs": 30_000, "maxDataPoints": 10},
            "rate(x[4m0s])\nStep: 1m0s",
        ),
        ({"expr": "x", "interval": "$__rate_interval", "maxDataPoints": 5}, "x\nStep: 2m15s"),
    ],
)
def test_the_step_and_what_rests_on_it(ask: Any, query: dict[str, Any], said: str) -> None:
    """By range, points, the query's own least step and the data source's scrape interval."""
    _, result = ask(**query)
    assert result["frames"][0]["schema"]["meta"]["executedQueryString"] == f"Expr: {said}"


@pytest.mark.parametrize(
    ("query", "name", "labels", "shown"),
    [
        ({"expr": _FULL}, "test_total", _UP, _FULL),
        ({"expr": _FULL, "legendFormat": "{{ job }} {{none}}x"}, "test_total", _UP, "c x"),
        ({"expr": _FULL, "legendFormat": "__auto"}, "test_total", _UP, None),
        ({"expr": f"-{_FULL}"}, "Value", {"job": "c"}, '{job="c"}'),
        ({"expr": "vector(1)"}, "Value", {}, "vector(1)"),
        ({"expr": "vector(1)", "legendFormat": "__auto"}, "Value", {}, "vector(1)"),
    ],
)
def test_what_a_series_is_called(
    ask: Any, query: dict[str, Any], name: str, labels: dict[str, str], shown: str | None
) -> None:
    """Its field by the metric, what is shown by the legend."""
    _, result = ask(**query)
    field = result["frames"][0]["schema"]["fields"][1]
    assert (field["name"], field["labels"], field.get("config", {}).get("displayNameFromDS")) == (name, labels, shown)


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ({"expr": _FULL}, [("timeseries-multi", "matrix", 41)]),
        ({"expr": _FULL, "instant": True}, [("numeric-multi", "vector", 1)]),
        ({"expr": "test_total", "instant": True}, [("numeric-multi", "vector", 1), ("numeric-multi", "vector", 1)]),
        (
            {"expr": _FULL, "instant": True, "range": True},
            [("timeseries-multi", "matrix", 41), ("numeric-multi", "vector", 1)],
        ),
        ({"expr": f"{_FULL}[1m]", "instant": True}, [("timeseries-multi", "matrix", 4)]),
        ({"expr": "1", "instant": True}, [("numeric-multi", "scalar", 1)]),
        ({"expr": '"x"', "instant": True}, [("timeseries-multi", "string", 1)]),
    ],
)
def test_what_kind_of_answer_it_is(ask: Any, query: dict[str, Any], kinds: list[tuple[str, str, int]]) -> None:
    """Series or numbers, as often as there are times."""
    status, result = ask(**query)
    metas = [(frame["schema"]["meta"], len(frame["data"]["values"][0])) for frame in result["frames"]]
    assert (status, result["status"]) == (200, 200)
    assert [(meta["type"], meta["custom"]["resultType"], count) for meta, count in metas] == kinds


@pytest.mark.parametrize(
    ("expr", "entity"), [("test_odd", "NaN"), ("vector(1)/0", "Inf"), ("vector(-1)/0", "NegInf"), ("vector(1)", None)]
)
def test_what_json_has_no_number_for(ask: Any, expr: str, entity: str | None) -> None:
    """Null, and named beside the values."""
    _, result = ask(expr=expr, instant=True)
    data = result["frames"][0]["data"]
    assert data.get("entities") == ([None, {entity: [0]}] if entity else None)
    assert (data["values"][1] == [None]) == bool(entity)


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ({"expr": "nothing_such"}, 200, None),
        ({"expr": "sum("}, 400, "bad_data: 1:5: parse error: unclosed left parenthesis"),
        ({}, 400, "bad_data: 1:1: parse error: no expression found in input"),
    ],
)
def test_nothing_is_a_frame_without_fields(ask: Any, query: Any, status: int, error: str | None) -> None:
    """Also beside an error."""
    answered, result = ask(**query)
    (frame,) = result["frames"]
    assert (answered, result["status"], result.get("error")) == (status, status, error)
    assert (frame["schema"]["fields"], frame["data"]) == ([], {"values": []})
