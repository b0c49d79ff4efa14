"""The lint rules, one by one, on dashboards of every form."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from hcl_lite.core.places import Place
from hcl_lite.core.schema import LintedBlock
from providers.grafana.dashboard import DASHBOARD
from providers.grafana.linting.rules import LINT

pytest.importorskip("promql_parser")
_ALL = [rule.name for rule in LINT.rules if not rule.online]
_PROMETHEUS = {"type": "prometheus", "uid": "p"}
_SOURCES = [
    LintedBlock("grafana_data_source", {}, {"uid": "p", "name": "Metrics", "type": "prometheus", "is_default": True}),
    LintedBlock("grafana_data_source", {"name": "Logs"}, {"name": "Logs"}, is_lookup=True),
]
_TWICE = 'Panel "P" has more than one query with the refId "A"'
_WITHOUT = "A panel has no data source for a query without a refId"
Found = Sequence[tuple[str, Place, str]]


def _found(config: Any, *rules: str, context: Sequence[LintedBlock] = _SOURCES) -> Found:
    given = {"config_json": json.dumps(config)}
    block = LintedBlock("grafana_dashboard", given, DASHBOARD.complete("grafana_dashboard.d", "d", given, ""))
    found = LINT.find(block, context, rules or _ALL)
    return [(one.rule, one.place, one.message) for one in found]


def _dashboard(*panels: Mapping[str, Any], **more: Any) -> Mapping[str, Any]:
    return {"title": "T", "panels": [*panels], **more}


def _panel(**more: Any) -> Mapping[str, Any]:
    return {"type": "timeseries", "title": "P", "datasource": _PROMETHEUS, **more}


def _query(expr: str, **more: Any) -> Mapping[str, Any]:
    return {"refId": "A", "expr": expr, **more}


def _cell(x: float, y: float, w: float, h: float) -> Mapping[str, float]:
    return {"x": x, "y": y, "w": w, "h": h}


def _variables(*names: str, **more: Any) -> Mapping[str, Any]:
    return {"templating": {"list": [{"name": name, "type": "custom", "query": "a", **more} for name in names]}}


_CASES: Mapping[str, tuple[Any, Found]] = {
    "a variable in a query, a title, a link and a repetition": (
        _dashboard(
            _panel(title="$a [[b]]", links=[{"url": "/d/x?var-c=${c:raw}"}], repeat="d", targets=[_query('x{e="$e"}')])
        ),
        [
            ("undefined-variable", ("panels", 0, "repeat"), "d"),
            ("undefined-variable", ("panels", 0, "title"), "a"),
            ("undefined-variable", ("panels", 0, "title"), "b"),
            ("undefined-variable", ("panels", 0, "links", 0, "url"), "c"),
            ("undefined-variable", ("panels", 0, "targets", 0, "expr"), "e"),
        ],
    ),
    "variables that are defined, Grafana's, and no variables": (
        _dashboard(
            _panel(title="$a", targets=[_query('label_replace(x{a="$a"}[$__interval], "b", "$1", "c", "(.*)")')]),
            {"type": "text", "options": {"content": "$HOME"}},
            _panel(datasource={"type": "grafana-mongodb-datasource", "uid": "p"}, targets=[{"query": "{$match: 1}"}]),
            _panel(datasource={"type": "__expr__", "uid": "__expr__"}, targets=[{"expression": "$A + ${B}"}]),
            _panel(datasource={"type": "influxdb", "uid": "p"}, targets=[{"query": "$timeFilter", "alias": "$tag_x"}]),
            _panel(datasource={"type": "postgres", "uid": "p"}, targets=[{"rawSql": "SELECT 1", "query": "$old"}]),
            _panel(repeatPanelId=1, scopedVars={"own": {}}, title="$own"),
            **_variables("a"),
        ),
        [("promql-syntax", ("panels", 0, "targets", 0, "expr"), "This is not PromQL")],
    ),
    "queries that name no data source": (
        _dashboard(
            {"type": "stat", "title": "S", "targets": [_query("x"), {**_query("y"), "refId": "B"}, {"refId": "C"}]},
            {"type": "text", "targets": [_query("x")]},
            _panel(datasource={"uid": "-- Mixed --"}, targets=[_query("x", datasource=_PROMETHEUS), _query("y")]),
            _panel(datasource="default", targets=[_query("x")]),
            annotations={"list": [{"name": "n", "expr": "x"}, {"builtIn": 1, "name": "b"}]},
            **_variables("v", type="query", datasource=None),
        ),
        [
            ("query-without-data-source", ("panels", 0, "targets", 0), 'Panel "S" has no data source for queries A, B'),
            ("query-without-data-source", ("panels", 2, "targets", 1), 'Panel "P" has no data source for query A'),
            ("query-without-data-source", ("templating", "list", 0), 'The variable "v" asks no data source'),
            ("query-without-data-source", ("annotations", "list", 0), "A query of annotations has no data source"),
            ("duplicate-ref-id", ("panels", 2, "targets", 1, "refId"), _TWICE),
        ],
    ),
    "data sources that no block declares": (
        _dashboard(
            _panel(targets=[_query("x")]),
            _panel(datasource="Logs", targets=[_query("x")]),
            _panel(datasource={"type": "loki", "uid": "other"}, targets=[_query("x")]),
            _panel(datasource={"type": "loki", "uid": "$v"}, targets=[_query("x")]),
            _panel(datasource="-- Grafana --", targets=[{"queryType": "randomWalk"}]),
            **_variables("v"),
        ),
        [("undeclared-data-source", ("panels", 2, "datasource"), 'No block declares the data source "other"')],
    ),
    "ids and positions": (
        _dashboard(
            _panel(id=1, gridPos=_cell(0, 0, 12, 8)),
            _panel(id=1, title="Q", gridPos=_cell(12, 0, 12, 8)),
            _panel(id=2, title="R", gridPos=_cell(6, 4, 12, 8)),
            _panel(id=3, title="S", gridPos=_cell(20, 8, 5, 2)),
            _panel(id=4, title="T", gridPos=_cell(0, 20, 0, 2)),
            {
                "type": "row",
                "id": 5,
                "gridPos": _cell(0, 30, 24, 1),
                "panels": [
                    _panel(id=6, gridPos=_cell(0, 0, 12, 8)),
                    _panel(id=7, repeatPanelId=6, gridPos=_cell(0, 0, 9, 9)),
                ],
            },
        ),
        [
            ("duplicate-panel-id", ("panels", 1, "id"), 'Panel "Q" has the id 1, as has panel "P"'),
            ("overlapping-panels", ("panels", 2, "gridPos"), 'Panel "R" overlaps panel "P"'),
            ("panel-outside-grid", ("panels", 3, "gridPos"), 'Panel "S" is wider than the grid'),
            ("panel-outside-grid", ("panels", 4, "gridPos"), 'Panel "T" has no size'),
        ],
    ),
    "rows of schema version 15 and before, and panel types of that time": (
        {
            "title": "T",
            "rows": [{"panels": [{"id": 1, "type": "graph", "title": "G", "span": 12, "datasource": "Metrics"}]}],
        },
        [
            (
                "deprecated-panel",
                ("rows", 0, "panels", 0, "type"),
                'Panel "G" is of the type "graph", which Grafana has removed',
            )
        ],
    ),
    "PromQL for a data source that is known by its block, a variable or an input": (
        _dashboard(
            _panel(datasource={"uid": "p"}, targets=[_query("rate(x[5m]")]),
            _panel(datasource="Metrics", targets=[_query("rate(x[5m]")]),
            _panel(datasource="${v}", targets=[_query("rate(x[5m]")]),
            _panel(datasource="$v", targets=[_query("rate(x[5m])")]),
            _panel(datasource={"type": "loki", "uid": "l"}, targets=[_query('{a="b"} |= "c"')]),
            _panel(datasource="unknown", targets=[_query("rate(x[5m]")]),
            **{"templating": {"list": [{"name": "v", "type": "datasource", "query": "prometheus"}]}},
        ),
        [("promql-syntax", ("panels", index, "targets", 0, "expr"), "This is not PromQL") for index in range(3)]
        + [("undeclared-data-source", ("panels", 4, "datasource"), 'No block declares the data source "l"')]
        + [("undeclared-data-source", ("panels", 5, "datasource"), 'No block declares the data source "unknown"')],
    ),
    "a refresh of less than a pixel": (
        _dashboard(refresh="10s", time={"from": "now-7d", "to": "now"}),
        [("frequent-refresh", ("refresh",), "The dashboard refreshes every 10s and shows 7 days")],
    ),
    "a refresh that Grafana refuses": (
        _dashboard(refresh="1s"),
        [("frequent-refresh", ("refresh",), "The dashboard refreshes every 1s")],
    ),
    "a refresh that is worth it": (_dashboard(refresh="10s", time={"from": "now-6h", "to": "now"}), []),
    "what has other types than Grafana's": (
        {
            "title": "T",
            "panels": [1, {"id": [], "gridPos": [], "targets": {"a": 1}, "type": 1}, {"targets": [[], {"expr": 1}]}],
            "templating": {"list": {"name": 1}},
            "annotations": [],
            "refresh": {},
            "time": "now",
            "__inputs": 3,
        },
        [("query-without-data-source", ("panels", 2, "targets", 1), _WITHOUT)],
    ),
}


def _said(found: Found) -> Found:
    """Of a message about a variable the name alone."""
    cut = 'The dashboard uses the variable "'
    return [
        (rule, place, text.removeprefix(cut).partition('"')[0] if text.startswith(cut) else text)
        for rule, place, text in found
    ]


@pytest.mark.parametrize("case", _CASES)
def test_rules_find_what_they_are_for(case: str) -> None:
    """And nothing else."""
    config, expected = _CASES[case]
    assert sorted(_said(_found(config)), key=repr) == sorted(expected, key=repr)


def _element(id_: int, expr: str, chart: str = "timeseries", **query: Any) -> Mapping[str, Any]:
    kind = {"kind": "DataQuery", "group": "prometheus", "datasource": {"name": "p"}, "spec": {"expr": expr}, **query}
    queries = [{"kind": "PanelQuery", "spec": {"refId": "A", "query": kind}}]
    data = {"kind": "QueryGroup", "spec": {"queries": queries}}
    spec = {"id": id_, "title": f"P{id_}", "data": data, "vizConfig": {"kind": "VizConfig", "group": chart, "spec": {}}}
    return {"kind": "Panel", "spec": spec}


def _item(name: str, x: int, y: int, width: int, height: int, **more: Any) -> Mapping[str, Any]:
    cell = {"x": x, "y": y, "width": width, "height": height, "element": {"kind": "ElementReference", "name": name}}
    return {"kind": "GridLayoutItem", "spec": {**cell, **more}}


_SPEC = {
    "title": "T",
    "elements": {
        "a": _element(1, 'rate(x{a="$a", b="$b"}[5m]'),
        "b": _element(1, "x", "graph", datasource=None, group=""),
        "c": _element(2, "x"),
    },
    "layout": {
        "kind": "RowsLayout",
        "spec": {
            "rows": [
                {
                    "kind": "RowsLayoutRow",
                    "spec": {
                        "repeat": {"mode": "variable", "value": "r"},
                        "layout": {
                            "kind": "GridLayout",
                            "spec": {"items": [_item("a", 0, 0, 12, 8), _item("b", 6, 0, 12, 8)]},
                        },
                    },
                },
                {
                    "kind": "RowsLayoutRow",
                    "spec": {"layout": {"kind": "GridLayout", "spec": {"items": [_item("c", 0, 0, 30, 8)]}}},
                },
            ]
        },
    },
    "variables": [{"kind": "CustomVariable", "spec": {"name": "a"}}],
    "annotations": [],
    "timeSettings": {"from": "now-30d", "to": "now", "autoRefresh": "1m"},
}
_GRID_OF_ROW = ("layout", "spec", "rows", 0, "spec", "layout", "spec", "items")
_FOUND_IN_SPEC: Found = [
    ("undefined-variable", ("layout", "spec", "rows", 0, "spec", "repeat", "value"), "r"),
    (
        "undefined-variable",
        ("elements", "a", "spec", "data", "spec", "queries", 0, "spec", "query", "spec", "expr"),
        "b",
    ),
    (
        "query-without-data-source",
        ("elements", "b", "spec", "data", "spec", "queries", 0, "spec", "query", "spec"),
        'Panel "P1" has no data source for query A',
    ),
    ("duplicate-panel-id", ("elements", "b", "spec", "id"), 'Panel "P1" has the id 1, as has panel "P1"'),
    ("overlapping-panels", (*_GRID_OF_ROW, 1, "spec"), 'Panel "P1" overlaps panel "P1"'),
    (
        "panel-outside-grid",
        ("layout", "spec", "rows", 1, "spec", "layout", "spec", "items", 0, "spec"),
        'Panel "P2" is wider than the grid',
    ),
    (
        "deprecated-panel",
        ("elements", "b", "spec", "vizConfig", "group"),
        'Panel "P1" is of the type "graph", which Grafana has removed',
    ),
    (
        "promql-syntax",
        ("elements", "a", "spec", "data", "spec", "queries", 0, "spec", "query", "spec", "expr"),
        "This is not PromQL",
    ),
    ("frequent-refresh", ("timeSettings", "autoRefresh"), "The dashboard refreshes every 1m and shows 30 days"),
]


@pytest.mark.parametrize("is_resource", [False, True])
def test_rules_read_elements_and_layouts(is_resource: bool) -> None:
    """Of a bare v2 spec, and of a resource, whose places begin with its spec."""
    resource = {"apiVersion": "dashboard.grafana.app/v2beta1", "kind": "Dashboard", "metadata": {}, "spec": _SPEC}
    found = _said(_found(resource if is_resource else _SPEC))
    above = ("spec",) if is_resource else ()
    assert found == [(rule, (*above, *place), message) for rule, place, message in _FOUND_IN_SPEC]


def test_a_data_source_whose_uid_is_not_known_may_be_any() -> None:
    """So nothing is said of undeclared ones."""
    context = [*_SOURCES, LintedBlock("grafana_data_source", {}, {"uid": "q", "name": None, "type": "loki"})]
    config = _dashboard(_panel(datasource="other", targets=[_query("x")]))
    assert _found(config, "undeclared-data-source", context=context) == []


def test_the_queries_of_alert_rules_are_read_too() -> None:
    """In a group and by themselves; their model is a table, or JSON text."""
    bad = {"ref_id": "A", "datasource_uid": "p", "model": {"expr": "rate(x[5m]"}}
    data = [bad, {**bad, "ref_id": "B", "model": '{"expr": "x +"}'}, {"ref_id": "C", "datasource_uid": "__expr__"}]
    group = LintedBlock("grafana_rule_group", {}, {"rule": [{"data": data}]})
    alone = LintedBlock("grafana_alert_rule", {}, {"data": data})
    found = [
        (one.rule, one.attribute, one.place) for block in (group, alone) for one in LINT.find(block, _SOURCES, _ALL)
    ]
    assert found == [
        ("promql-syntax", "rule", (0, "data", 0, "model", "expr")),
        ("promql-syntax", "rule", (0, "data", 1, "model", "expr")),
        ("promql-syntax", "data", (0, "model", "expr")),
        ("promql-syntax", "data", (1, "model", "expr")),
    ]


def test_a_library_panel_has_the_variables_of_its_dashboards() -> None:
    """So nothing is said of them; of its queries and its type as of those of a dashboard."""
    panel = _panel(type="graph", title="$a", targets=[_query('rate(x{a="$a"}[5m]')])
    block = LintedBlock("grafana_library_panel", {"model_json": json.dumps(panel)}, {})
    assert [(one.rule, one.attribute, one.place) for one in LINT.find(block, _SOURCES, _ALL)] == [
        ("deprecated-panel", "model_json", ("type",)),
        ("promql-syntax", "model_json", ("targets", 0, "expr")),
    ]
