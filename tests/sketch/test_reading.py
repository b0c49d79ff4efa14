"""Tiles of dashboards of every form, and of what is none."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hcl_lite.sketch import COLUMNS, Sketch, sketch_of


def _places(dashboard: Any) -> list[tuple[str, str, str, tuple[int, int, int, int], bool]]:
    tiles = sketch_of(dashboard).tiles
    return [(tile.kind, tile.key, tile.title, (tile.x, tile.y, tile.w, tile.h), tile.hidden) for tile in tiles]


def _panel(id_: Any, title: str, x: Any = 0, y: Any = 0, w: Any = 12, h: Any = 8, **more: Any) -> dict[str, Any]:
    return {"id": id_, "title": title, "type": "graph", "gridPos": {"x": x, "y": y, "w": w, "h": h}, **more}


def test_panels_fall_up_as_in_grafana() -> None:
    """To what is above them in their columns, whatever the gap; the order of the file does not matter."""
    dashboard = {"panels": [_panel(3, "c", 0, 900), _panel(1, "a"), _panel(2, "b", 12, 2, h=20)]}
    assert _places(dashboard) == [
        ("panel", "1", "a", (0, 0, 12, 8), False),
        ("panel", "2", "b", (12, 0, 12, 20), False),
        ("panel", "3", "c", (0, 8, 12, 8), False),
    ]


def test_a_collapsed_row_has_its_panels_in_it() -> None:
    """They are shown below it, and what follows below them; what follows an open row lies in the dashboard's list."""
    closed = _panel(4, "Closed", y=9, type="row", collapsed=True, panels=[_panel(5, "in", 6, 10, h=4)])
    dashboard = {
        "panels": [
            _panel(1, "a"),
            _panel(2, "Open", y=8, type="row"),
            _panel(3, "b", y=9, h=3),
            closed | {"gridPos": {"y": 12}},
            _panel(6, "after", y=13),
        ]
    }
    assert _places(dashboard) == [
        ("panel", "1", "a", (0, 0, 12, 8), False),
        ("row", "2", "Open", (0, 8, 24, 1), False),
        ("panel", "3", "b", (0, 9, 12, 3), False),
        ("row", "4", "Closed", (0, 12, 24, 1), True),
        ("panel", "5", "in", (6, 13, 12, 4), True),
        ("panel", "6", "after", (0, 17, 12, 8), False),
    ]


def test_rows_of_before_the_grid_have_twelve_columns() -> None:
    """A panel follows the one before it; heights are pixels, of the row or of the panel (3.2, 4)."""
    rows = [
        {
            "height": "190px",
            "panels": [{"id": 1, "span": 8}, {"id": 2, "span": 4, "height": 76}, {"id": 3, "span": 12}],
        },
        {"title": "Second", "showTitle": True, "collapse": True, "height": 250, "panels": [{"id": 4, "span": "6"}]},
    ]
    assert _places({"rows": rows}) == [
        ("row", "row-0", "", (0, 0, 24, 1), False),
        ("panel", "1", "", (0, 1, 16, 5), False),
        ("panel", "2", "", (16, 1, 8, 3), False),
        ("panel", "3", "", (0, 6, 24, 5), False),
        ("row", "row-1", "Second", (0, 11, 24, 1), True),
        ("panel", "4", "", (0, 12, 12, 7), True),
    ]


def _item(kind: str, name: str, **place: Any) -> dict[str, Any]:
    return {"kind": kind, "spec": {**place, "element": {"kind": "ElementReference", "name": name}}}


def test_layouts_of_elements_lie_within_each_other() -> None:
    """Tabs with rows, a grid and an automatic grid (v2beta1)."""
    element = {"kind": "Panel", "spec": {"id": 1, "title": "A", "vizConfig": {"kind": "VizConfig", "group": "stat"}}}
    grid = {"kind": "GridLayout", "spec": {"items": [_item("GridLayoutItem", "a", x=12, y=3, width=6, height=4)]}}
    items = [_item("AutoGridLayoutItem", name) for name in ("b", "c", "d")]
    auto = {"kind": "AutoGridLayout", "spec": {"maxColumnCount": 2, "rowHeightMode": "short", "items": items}}
    row = {"kind": "RowsLayoutRow", "spec": {"title": "Row", "collapse": True, "layout": auto}}
    rows = {"kind": "RowsLayout", "spec": {"rows": [row, {"spec": {"hideHeader": True, "layout": grid}}]}}
    tabs = [{"spec": {"title": "First", "layout": rows}}, {"spec": {"title": "Second"}}]
    dashboard = {"elements": {"a": element}, "layout": {"kind": "TabsLayout", "spec": {"tabs": tabs}}}

    assert _places(dashboard) == [
        ("tab", "tab-0-0", "First", (0, 0, 24, 1), False),
        ("row", "row-1-0", "Row", (0, 1, 24, 1), True),
        ("panel", "b", "b", (0, 2, 12, 5), True),
        ("panel", "c", "c", (12, 2, 12, 5), True),
        ("panel", "d", "d", (0, 7, 12, 5), True),
        ("panel", "a", "A", (12, 12, 6, 4), False),
        ("tab", "tab-0-1", "Second", (0, 16, 24, 1), False),
    ]
    assert [tile.type for tile in sketch_of(dashboard).panels] == ["", "", "", "stat"]


def test_each_tile_has_a_key_of_its_own() -> None:
    """People give ids twice, or none."""
    dashboard = {"panels": [_panel(1, "a"), _panel(1, "b"), _panel(None, "c"), _panel([2], "d")]}
    assert [tile.key for tile in sketch_of(dashboard).tiles] == ["1", "1~2", "panel", "panel~2"]


_ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                _KEYS := [
                    *(
                        "panels",
                        "rows",
                        "elements",
                        "layout",
                        "spec",
                        "kind",
                        "items",
                        "tabs",
                        "gridPos",
                        "x",
                        "y",
                        "w",
                        "h",
                        "span",
                    ),
                    *(
                        "width",
                        "height",
                        "title",
                        "type",
                        "id",
                        "element",
                        "name",
                        "collapsed",
                        "maxColumnCount",
                        "rowHeight",
                    ),
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)
_NUMBERS = st.sampled_from([None, True, "7", "x", -1, 0, 1e300, float("nan"), float("inf"), 10**400, 3, 25, [], {}])
_PANELS = st.lists(st.builds(_panel, _ODD, st.text(max_size=3), _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS), max_size=8)


@settings(max_examples=60)
@given(_ODD | st.builds(lambda panels, rows: {"panels": panels, "rows": [{"panels": rows}]}, _PANELS, _PANELS))
def test_no_dashboard_is_too_odd(dashboard: Any) -> None:
    """Every tile is in the grid, and none on top of another."""
    assert _faults(sketch_of(dashboard)) == []


def test_five_thousand_panels_are_laid_out() -> None:
    """All of them, also where they all say that they are in the same place."""
    sketch = sketch_of({"panels": [_panel(number, "p", w=5, h=2) for number in range(5000)]})
    assert (len(sketch.panels), sketch.height, _faults(sketch)) == (5000, 10_000, [])


def test_real_dashboards_are_shown_whole(shared: Path) -> None:
    """Each of their panels is a tile."""
    seen = 0
    for path in sorted((shared / "data/dashboards").rglob("*.json")):
        document = json.loads(path.read_text())
        spec = document.get("spec", document)
        sketch = sketch_of(spec)
        assert _faults(sketch) == [], path
        if "elements" not in spec:
            assert len(sketch.panels) == sum(1 for _ in _listed(spec)), path
        seen += 1
    assert seen > 50


def _listed(holder: dict[str, Any]) -> Any:
    for panel in holder.get("panels") or ():
        if panel.get("type") != "row":
            yield panel
        yield from _listed(panel)
    for row in holder.get("rows") or ():
        yield from _listed(row)


def _faults(sketch: Sketch) -> list[str]:
    """Tiles that lie outside of the grid, or on top of another."""
    faults = [
        f"{tile} is not in the grid"
        for tile in sketch.tiles
        if tile.x < 0
        or tile.w < 1
        or tile.x + tile.w > COLUMNS
        or tile.y < 0
        or tile.h < 1
        or tile.y + tile.h > sketch.height
    ]
    for column in range(COLUMNS):
        there = sorted((one.y, one.y + one.h) for one in sketch.tiles if one.x <= column < one.x + one.w)
        faults += [f"{one} and {two} in {column}" for one, two in pairwise(there) if one[1] > two[0]]
    return faults


@pytest.mark.parametrize("nothing", [None, [], "text", 5, {}, {"panels": {}}, {"elements": {}, "layout": []}])
def test_nothing_has_no_tiles(nothing: Any) -> None:
    """Not even a height."""
    assert sketch_of(nothing) == Sketch((), 0)
