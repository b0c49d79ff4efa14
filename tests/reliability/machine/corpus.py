"""Dashboards for the sensitivity machine: some that are here, and the real ones beside the project."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.reliability.machine.leaves import Board, board

_PROM = {"type": "prometheus", "uid": "${DS_PROM}"}
_PANEL = {
    "id": 1,
    "type": "timeseries",
    "title": "CPU",
    "description": "",
    "datasource": _PROM,
    "transparent": False,
    "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
    "fieldConfig": {
        "defaults": {
            "unit": "percent",
            "min": 0,
            "max": None,
            "custom": {"fillOpacity": 0, "lineWidth": 1, "spanNulls": False, "axisLabel": ""},
            "mappings": [],
            "thresholds": {
                "mode": "absolute",
                "steps": [{"color": "green", "value": None}, {"color": "red", "value": 80}],
            },
        },
        "overrides": [{"matcher": {"id": "byName", "options": "up"}, "properties": [{"id": "unit", "value": "short"}]}],
    },
    "options": {"legend": {"showLegend": True, "calcs": [], "displayMode": "list"}, "tooltip": {"mode": "single"}},
    "targets": [
        {"refId": "A", "expr": "rate(cpu[5m])", "instant": False, "legendFormat": "", "hide": False},
        {"refId": "B", "expr": "up", "exemplar": True, "interval": None},
    ],
    "links": [],
}
_ROW = {
    "id": 9,
    "type": "row",
    "title": "More",
    "collapsed": True,
    "panels": [{**_PANEL, "id": 10, "title": "In a row"}],
}
_VARIABLE = {
    "name": "job",
    "type": "query",
    "label": None,
    "hide": 0,
    "multi": False,
    "includeAll": True,
    "allValue": "",
    "query": {"query": "label_values(job)", "refId": "x"},
    "current": {},
    "options": [],
    "refresh": 1,
    "regex": "",
}
_CLASSIC: dict[str, Any] = {
    "title": "Whole",
    "tags": ["a", "b"],
    "editable": True,
    "graphTooltip": 0,
    "schemaVersion": 41,
    "style": "dark",
    "timezone": "",
    "weekStart": "",
    "fiscalYearStartMonth": 0,
    "liveNow": False,
    "iteration": 1700000000000,
    "refresh": "1m",
    "time": {"from": "now-6h", "to": "now"},
    "timepicker": {"refresh_intervals": ["5s", "10s"], "hidden": False},
    "templating": {"list": [_VARIABLE, {"name": "env", "type": "custom", "query": "a,b", "hide": 2}]},
    "annotations": {
        "list": [{"builtIn": 1, "name": "Annotations & Alerts", "enable": True, "hide": True, "type": "dashboard"}]
    },
    "links": [{"title": "Docs", "type": "link", "url": "http://x", "targetBlank": False, "tags": []}],
    "panels": [
        _PANEL,
        {**_PANEL, "id": 2, "title": "Memory"},
        _ROW,
        {"id": 4, "type": "text", "options": {"content": ""}},
    ],
}
_OLD: dict[str, Any] = {
    "title": "Old",
    "schemaVersion": 14,
    "rows": [
        {
            "title": "R",
            "height": "250px",
            "collapse": False,
            "panels": [{"id": 1, "type": "graph", "title": "", "targets": [{}], "nullPointMode": "null", "fill": 0}],
        },
        {"title": "", "panels": []},
    ],
    "hideControls": False,
    "sharedCrosshair": False,
}
_BARE: dict[str, Any] = {"title": "Bare"}
_SAME: dict[str, Any] = {
    "title": "Same names",
    "panels": [{"title": "P", "type": "text"}, {"title": "P", "type": "text"}, {"id": 3}, {"id": 3}],
}
_V2: dict[str, Any] = {
    "title": "Elements",
    "elements": {
        "panel-1": {
            "kind": "Panel",
            "spec": {
                "id": 1,
                "title": "CPU",
                "description": "",
                "links": [],
                "data": {"kind": "QueryGroup", "spec": {"queries": [], "transformations": [], "queryOptions": {}}},
                "vizConfig": {
                    "kind": "VizConfig",
                    "group": "timeseries",
                    "version": "",
                    "spec": {"options": {"a": False}, "fieldConfig": {"defaults": {}, "overrides": []}},
                },
            },
        }
    },
    "layout": {
        "kind": "GridLayout",
        "spec": {
            "items": [
                {
                    "kind": "GridLayoutItem",
                    "spec": {
                        "x": 0,
                        "y": 0,
                        "width": 12,
                        "height": 8,
                        "element": {"kind": "ElementReference", "name": "panel-1"},
                    },
                }
            ]
        },
    },
    "tags": [],
    "cursorSync": "Off",
    "preload": False,
    "liveNow": False,
    "editable": True,
    "links": [],
    "annotations": [],
    "variables": [],
    "timeSettings": {
        "from": "now-6h",
        "to": "now",
        "autoRefresh": "",
        "autoRefreshIntervals": ["5s"],
        "hideTimepicker": False,
        "fiscalYearStartMonth": 0,
    },
}


def _resource(version: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": f"dashboard.grafana.app/{version}",
        "kind": "Dashboard",
        "metadata": {"name": "x"},
        "spec": spec,
    }


def synthetic() -> list[Board]:
    """Each kind of place that dashboards have, in each form."""
    documents = {
        "whole": _CLASSIC,
        "old": _OLD,
        "bare": _BARE,
        "same": _SAME,
        "v1": _resource("v1beta1", _CLASSIC),
        "v0": _resource("v0alpha1", _CLASSIC),
    }
    return [
        board(f"{name}{n}", f"leaf-{name}-{n}", json.loads(json.dumps(d)))
        for n in range(4)
        for name, d in documents.items()
    ]


def real(folder: Path, most: int | None = None) -> list[Board]:
    """The dashboards beside the project, the small ones first."""
    found: list[Board] = []
    for path in sorted(folder.rglob("*.json"), key=lambda path: (path.stat().st_size, path)):
        document = json.loads(path.read_text())
        model = document.get("spec", document) if "apiVersion" in document else document
        if not isinstance(model, dict) or not model.get("title") or "elements" in model:
            continue
        name = re.sub(r"[^A-Za-z0-9_]", "_", f"{path.parent.name}_{path.stem}")
        found.append(board(name, f"leaf-{len(found)}", document))
        if most and len(found) == most:
            break
    return found
