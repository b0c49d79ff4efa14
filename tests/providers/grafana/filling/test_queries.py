"""Which requests the panels of a dashboard make."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from providers.grafana.filling.queries import Context, PanelQueries, panel_queries
from providers.grafana.filling.sources import Sources, read_sources
from providers.grafana.filling.times import TimeRange
from providers.grafana.filling.variables import Unfillable, Variable

_NOW = datetime(2026, 1, 1, 6, tzinfo=UTC)
_SETTINGS: dict[str, Any] = {
    "defaultDatasource": "Prom",
    "datasources": {
        "-- Mixed --": {"type": "datasource", "name": "-- Mixed --"},
        "-- Grafana --": {"id": -1, "uid": "grafana", "type": "datasource"},
        "Prom": {"id": 1, "uid": "prom", "type": "prometheus", "jsonData": {"timeInterval": "30s"}},
        "PG": {"id": 2, "uid": "pg", "type": "grafana-postgresql-datasource"},
        "Test": {"id": 3, "uid": "test", "type": "grafana-testdata-datasource"},
        "Loki": {"id": 4, "uid": "loki", "type": "loki"},
    },
}
_SOURCES: Sources = read_sources(_SETTINGS)
_CONTEXT = Context(
    times=TimeRange(datetime(2026, 1, 1, tzinfo=UTC), _NOW, relative=True),
    now=_NOW,
    zone=UTC,
    variables={
        "ds": Variable("ds", ("prom",), ("Prom",)),
        "job": Variable("job", ("a.b", "c"), ("a.b", "c"), many=True),
    },
    sources=_SOURCES,
    filtered=frozenset({"loki"}),
)
_MIXED = {"uid": "-- Mixed --"}
_MATH = {"refId": "C", "datasource": {"type": "__expr__", "uid": "__expr__"}, "type": "math", "expression": "$A"}


def _asked(panel: dict[str, Any]) -> list[list[tuple[str, str]]]:
    """The refId and data source of each query, by request."""
    requests = panel_queries(panel, _CONTEXT).requests
    return [[(q["refId"], q["datasource"]["uid"]) for q in request["queries"]] for request in requests]


def _one(panel: dict[str, Any]) -> dict[str, Any]:
    (request,) = panel_queries(panel, _CONTEXT).requests
    return {"from": int(request["from"]), "to": int(request["to"]), **request["queries"][0]}


def _target(ref: str, uid: str | None = None, **more: Any) -> dict[str, Any]:
    return {"refId": ref, "expr": "up", **({"datasource": {"uid": uid}} if uid else {}), **more}


@pytest.mark.parametrize(
    ("panel", "asked"),
    [
        ({"type": "text", "targets": [_target("A")]}, []),
        ({"type": "stat"}, []),
        ({"targets": []}, []),
        ({"targets": [{"refId": "A"}]}, []),  # Prometheus' frontend sends no query without text
        ({"targets": [_target("A", hide=True)]}, []),
        ({"targets": [{"refId": "A", "queryType": "snapshot", "snapshot": []}]}, []),
        ({"targets": [_target("A")]}, [[("A", "prom")]]),
        ({"targets": [_target("A")], "datasource": None}, [[("A", "prom")]]),
        ({"targets": [_target("A")], "datasource": "PG"}, []),
        ({"targets": [_target("A")], "datasource": "Test"}, [[("A", "test")]]),
        ({"targets": [_target("A")], "datasource": {"type": "grafana-testdata-datasource"}}, [[("A", "test")]]),
        ({"targets": [_target("A")], "datasource": {"uid": "${ds}"}}, [[("A", "prom")]]),
        ({"targets": [_target("A", "prom")], "datasource": {"uid": "test"}}, [[("A", "test")]]),
        ({"targets": [_target("A", "test"), _target("B")]}, [[("A", "test"), ("B", "test")]]),
        ({"targets": [{"expr": "up"}, {"expr": "up"}]}, [[("A", "prom"), ("B", "prom")]]),
        (
            {"targets": [_target("A", "test"), _target("B", "prom"), _target("C", "test")], "datasource": _MIXED},
            [[("A", "test"), ("C", "test")], [("B", "prom")]],
        ),
        ({"targets": [_target("A"), _target("B", "test")], "datasource": _MIXED}, [[("A", "prom")], [("B", "test")]]),
        (
            {"targets": [_target("A", "prom", hide=True), _MATH], "datasource": {"uid": "prom"}},
            [[("A", "prom"), ("C", "__expr__")]],
        ),
    ],
)
def test_what_a_panel_asks_for(panel: dict[str, Any], asked: list[list[tuple[str, str]]]) -> None:
    """By data source; together with what expressions need; nothing for what has no data."""
    assert _asked({"type": "timeseries", **panel}) == asked


def test_a_query_as_it_is_sent() -> None:
    """Variables by the format of its text; what only the backend of Prometheus knows is left to it."""
    expr = 'rate(up{job=~"$job"}[$__rate_interval]) > $__interval_ms * $__from'
    target = {"refId": "A", "expr": expr, "legendFormat": "$job", "datasource": "${ds}", "range": True}
    assert _one({"targets": [target], "gridPos": {"w": 12}}) == {
        "from": 1767225600000,
        "to": 1767247200000,
        "refId": "A",
        "expr": 'rate(up{job=~"(a\\\\.b|c)"}[$__rate_interval]) > $__interval_ms * 1767225600000',
        "legendFormat": "{a.b,c}",
        "range": True,
        "datasource": {"type": "prometheus", "uid": "prom"},
        "datasourceId": 1,
        "intervalMs": 30_000,
        "maxDataPoints": 960,
    }


@pytest.mark.parametrize(
    ("panel", "expected"),
    [
        ({"maxDataPoints": 100}, {"maxDataPoints": 100, "intervalMs": 300_000}),
        ({"maxDataPoints": "100"}, {"maxDataPoints": 100}),
        ({"interval": "2h"}, {"intervalMs": 7_200_000}),
        ({"interval": ">2h"}, {"intervalMs": 7_200_000}),
        ({"timeFrom": "1h"}, {"from": 1767243600000, "to": 1767247200000}),
        ({"timeShift": "1h"}, {"from": 1767222000000, "to": 1767243600000}),
        ({"scopedVars": {"job": {"text": "c", "value": "c"}}}, {"rawSql": "select 'c' 5m 1767225600000"}),
    ],
)
def test_what_a_panel_says_of_its_queries(panel: dict[str, Any], expected: dict[str, Any]) -> None:
    """Points, interval, its own times, the value that it is a copy for."""
    target = {"refId": "A", "rawSql": "select $job $__interval $__from"}
    sent = _one({"targets": [target], "datasource": {"uid": "pg"}, "maxDataPoints": 100, **panel})
    assert {key: sent[key] for key in expected} == expected


def test_a_panel_of_another_panels_data_asks_for_nothing() -> None:
    """It says whose."""
    target = {"refId": "A", "datasource": {"uid": "-- Dashboard --"}, "panelId": 3}
    assert panel_queries({"targets": [target]}, _CONTEXT) == PanelQueries(shared=3)


@pytest.mark.parametrize(
    ("panel", "why"),
    [
        ({"datasource": {"uid": "gone"}}, 'there is no data source "gone"'),
        ({"datasource": {"uid": "-- Dashboard --"}}, "it shows another panel's data, and does not say whose"),
        ({"datasource": {"uid": "loki"}}, "the ad hoc filters of Loki can only be applied by Grafana's frontend"),
        ({"timeFrom": "long ago"}, 'its own time range is not understood: "now-long ago" is not a time'),
        ({"interval": "often"}, '"often" is not an interval, such as 15s or 1m'),
    ],
)
def test_what_cannot_be_asked(panel: dict[str, Any], why: str) -> None:
    """In words for whoever reads the diagnostic."""
    with pytest.raises(Unfillable) as caught:
        panel_queries({"targets": [_target("A")], **panel}, _CONTEXT)
    assert why in str(caught.value)
