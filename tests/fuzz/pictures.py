"""Dashboards and snapshots that are drawn: whatever they hold, it is no error, and none of it is markup."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson

from hcl_lite.sketch import compare, draw, sketch_of, thumbnail
from providers.embedded.pages.panels import draw_panel
from providers.embedded.pages.queries import annotations_of, description_of, links_of, queries_of, variables_of

_DASHBOARD = Path(__file__).resolve().parent.parent.parent / "examples/quickstart/dashboards/hosts.json"
_FIELDS = [{"name": "Time", "type": "time"}, {"name": "Value", "type": "number", "labels": {"job": "a"}, "config": {}}]
_FRAME = {
    "schema": {"fields": _FIELDS},
    "data": {"values": [[1, 2, 3], [1, None, 3]], "entities": [None, {"NaN": [1]}]},
}
_OLD = [{"target": "a", "datapoints": [[1, 1000], [2, 2000]]}, {"columns": [{"text": "a"}], "rows": [[1]]}]
_TYPES = ("timeseries", "stat", "gauge", "bargauge", "piechart", "heatmap", "state-timeline", "table")
_PANELS = [
    {"type": type_, "targets": [{"snapshot": [_FRAME]}], "fieldConfig": {"defaults": {"unit": "s"}}} for type_ in _TYPES
]
_ITEM = {"kind": "GridLayoutItem", "spec": {"x": 0, "y": 0, "width": 6, "height": 3, "element": {"name": "a"}}}
_LAYOUT = {"kind": "GridLayout", "spec": {"items": [_ITEM]}}
_ELEMENT = {"kind": "Panel", "spec": {"title": "A", "vizConfig": {"group": "stat"}, "data": {"spec": {"queries": []}}}}

SEEDS = (
    _DASHBOARD.read_bytes(),
    json.dumps({"panels": [*_PANELS, {"type": "graph", "snapshotData": _OLD}], "links": [{"url": "x"}]}).encode(),
    json.dumps({"rows": [{"height": "250px", "collapse": True, "panels": [{"span": 4, "title": "a"}]}]}).encode(),
    json.dumps(
        {
            "elements": {"a": _ELEMENT},
            "layout": {"kind": "RowsLayout", "spec": {"rows": [{"spec": {"layout": _LAYOUT}}]}},
        }
    ).encode(),
)


def draw_pictures(data: bytes) -> None:
    """Everything that the pages of the embedded server make of a dashboard's JSON."""
    try:
        dashboard: Any = orjson.loads(data)
    except orjson.JSONDecodeError:
        return
    sketch = sketch_of(dashboard)
    marks = compare(sketch_of(json.loads(SEEDS[0])), sketch)
    drawn = [draw(sketch, marks=marks, links={tile.key: tile.title for tile in sketch.tiles}), thumbnail(sketch)]
    for tile in sketch.tiles:
        drawn.append(draw_panel(tile))
        queries_of(tile.model, {})
        description_of(tile.model)
    for parts in (variables_of, annotations_of, links_of):
        parts(dashboard if isinstance(dashboard, dict) else {})
    assert "<script" not in "".join(drawn).lower()
