"""What lies in a dashboard, of each form and age, in a few words each."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcl_lite.core.values import UNKNOWN, Secret
from providers.grafana.outline import outline_of

_PROM = {"type": "prometheus", "uid": "abc"}
_GRID = {"h": 8, "w": 12, "x": 0, "y": 4}
_CASES: dict[str, tuple[Any, Any]] = {
    "a panel": (
        {
            "panels": [
                {
                    "id": 1,
                    "type": "timeseries",
                    "title": "CPU",
                    "gridPos": _GRID,
                    "datasource": _PROM,
                    "targets": [{"refId": "A", "expr": "up", "legendFormat": "x"}, {"refId": "B", "datasource": "x"}],
                    "options": {"legend": {}},
                }
            ]
        },
        {
            'panels["CPU"]': {
                "id": 1,
                "type": "timeseries",
                "title": "CPU",
                "gridPos": {"w": 12, "h": 8, "x": 0, "y": 4},
                "datasource": "prometheus abc",
                "queries": [
                    {"refId": "A", "query": "up"},
                    {"refId": "B", "datasource": "x"},
                ],
            }
        },
    ),
    "panels in rows, as they are now and before schema version 16": (
        {
            "panels": [{"type": "row", "title": "R", "panels": [{"type": "text", "title": "T"}]}],
            "rows": [{"title": "Old", "panels": [{"type": "graph", "title": t, "span": 6} for t in "GH"]}],
        },
        {
            'panels["R"]': {"type": "row", "title": "R"},
            'panels["R"].panels["T"]': {"type": "text", "title": "T"},
            'rows["Old"].panels["G"]': {"type": "graph", "title": "G", "gridPos": {"w": 12, "h": 7, "x": 0, "y": 0}},
            'rows["Old"].panels["H"]': {"type": "graph", "title": "H", "gridPos": {"w": 12, "h": 7, "x": 12, "y": 0}},
        },
    ),
    "what is not a panel": (
        {
            "templating": {
                "list": [
                    {"name": "job", "type": "query", "datasource": _PROM, "query": {"query": "label_values(job)"}},
                    {"name": "env", "type": "custom", "query": "a,b"},
                ]
            },
            "annotations": {"list": [{"name": "Deploys", "datasource": "-- Grafana --", "expr": "changes(x[1m])"}]},
            "links": [{"title": "Runbook", "type": "link", "url": "https://x.org"}],
        },
        {
            'templating.list["job"]': {"type": "query", "datasource": "prometheus abc", "text": "label_values(job)"},
            'templating.list["env"]': {"type": "custom", "text": "a,b"},
            'annotations.list["Deploys"]': {"datasource": "-- Grafana --", "text": "changes(x[1m])"},
            'links["Runbook"]': {"type": "link", "text": "https://x.org"},
        },
    ),
    "other data sources' queries": (
        {"panels": [{"title": "Q", "targets": [{"rawSql": "SELECT 1"}, {"refId": "B", "dimensions": {"a": 1}}]}]},
        {
            'panels["Q"]': {
                "title": "Q",
                "queries": [
                    {"query": "SELECT 1"},
                    {"refId": "B", "query": '{"dimensions": {"a": 1}}'},
                ],
            }
        },
    ),
    "a library panel, and a data source of Grafana's own": (
        {
            "panels": [
                {"title": "L", "libraryPanel": {"uid": "l", "name": "Shared"}},
                {"title": "M", "type": "stat", "datasource": {"type": "datasource", "uid": "-- Mixed --"}},
            ]
        },
        {
            'panels["L"]': {"type": "library panel", "title": "L", "text": "Shared"},
            'panels["M"]': {"type": "stat", "title": "M", "datasource": "-- Mixed --"},
        },
    ),
    "elements of v2": (
        {
            "elements": {
                "panel-1": {
                    "kind": "Panel",
                    "spec": {
                        "title": "CPU",
                        "vizConfig": {"kind": "VizConfig", "group": "timeseries"},
                        "data": {
                            "spec": {
                                "queries": [
                                    {
                                        "spec": {
                                            "refId": "A",
                                            "query": {
                                                "kind": "DataQuery",
                                                "group": "prometheus",
                                                "datasource": {"name": "abc"},
                                                "spec": {"expr": "up"},
                                            },
                                        }
                                    }
                                ]
                            }
                        },
                    },
                }
            },
            "layout": {
                "kind": "GridLayout",
                "spec": {
                    "items": [{"spec": {"x": 0, "y": 4, "width": 12, "height": 8, "element": {"name": "panel-1"}}}]
                },
            },
            "variables": [{"kind": "CustomVariable", "spec": {"name": "env", "query": "a,b"}}],
        },
        {
            "elements.panel-1": {
                "type": "timeseries",
                "title": "CPU",
                "gridPos": {"w": 12, "h": 8, "x": 0, "y": 4},
                "queries": [{"refId": "A", "datasource": "prometheus abc", "query": "up"}],
            },
            'variables["env"]': {"type": "CustomVariable", "text": "a,b"},
        },
    ),
    "elements of v2 in rows and automatic grids": (
        {
            "elements": {
                name: {"kind": "Panel", "spec": {"title": name, "vizConfig": {"group": "stat"}}}
                for name in ("a", "b", "c")
            },
            "layout": {
                "kind": "RowsLayout",
                "spec": {
                    "rows": [
                        {
                            "spec": {
                                "title": "One",
                                "layout": {
                                    "kind": "AutoGridLayout",
                                    "spec": {"items": [{"spec": {"element": {"name": name}}} for name in ("a", "b")]},
                                },
                            }
                        },
                        {
                            "spec": {
                                "title": "Two",
                                "layout": {
                                    "kind": "GridLayout",
                                    "spec": {
                                        "items": [
                                            {
                                                "spec": {
                                                    "x": 0,
                                                    "y": 0,
                                                    "width": 6,
                                                    "height": 4,
                                                    "element": {"name": "c"},
                                                }
                                            }
                                        ]
                                    },
                                },
                            }
                        },
                    ]
                },
            },
        },
        {
            "elements.a": {"type": "stat", "title": "a", "gridPos": {"w": 12, "h": 9, "x": 0, "y": 1}},
            "elements.b": {"type": "stat", "title": "b", "gridPos": {"w": 12, "h": 9, "x": 12, "y": 1}},
            "elements.c": {"type": "stat", "title": "c", "gridPos": {"w": 6, "h": 4, "x": 0, "y": 11}},
        },
    ),
    "secrets, and what is not known yet": (
        {
            "rows": UNKNOWN,
            "panels": [{"title": "P", "type": UNKNOWN, "targets": [{"expr": UNKNOWN, "refId": Secret("x")}]}],
            "links": [
                {"title": "A", "type": UNKNOWN, "url": Secret("hidden")},
                {"title": "B", "url": f"http://u:{'p' * 400}@x"},
            ],
        },
        {
            'panels["P"]': {
                "type": "(known after apply)",
                "title": "P",
                "queries": [{"refId": "(sensitive)", "query": "(known after apply)"}],
            },
            'links["A"]': {"type": "(known after apply)", "text": "(sensitive)"},
            'links["B"]': {"text": "http://u:(sensitive)@x"},
        },
    ),
    "nothing that is known": (UNKNOWN, {}),
}


@pytest.mark.parametrize(("spec", "told"), _CASES.values(), ids=_CASES)
def test_each_part_is_told_by_what_it_is(spec: Any, told: Any) -> None:
    """By the path by which differences are, too."""
    assert dict(outline_of(spec)) == told


_KEYS = st.sampled_from(
    [
        *("panels", "rows", "type", "title", "gridPos", "datasource", "targets", "refId", "expr", "query", "uid"),
        *("templating", "annotations", "list", "links", "elements", "layout", "spec", "element", "name", "vizConfig"),
        *("group", "data", "queries", "libraryPanel", "w", "h", "variables", "definition", "url"),
    ]
)
_ANYTHING: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=5),
    max_leaves=20,
)


@given(_ANYTHING)
def test_nothing_that_is_no_dashboard_stands_in_the_way(spec: Any) -> None:
    """Whatever has these keys: what is told fits into a saved plan."""
    assert json.loads(json.dumps(told := dict(outline_of(spec)))) == told
