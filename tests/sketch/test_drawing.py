"""Sketches as HTML, and the marks of what differs."""

from __future__ import annotations

import re
from typing import Any

from hcl_lite.sketch import compare, draw, glyphs, sketch_of, style, thumbnail


def _dashboard(*panels: dict[str, Any]) -> dict[str, Any]:
    return {"panels": [{"type": "stat", "gridPos": {"x": 0, "y": 0, "w": 6, "h": 4}, **panel} for panel in panels]}


_HOSTILE = "</b><script>alert(1)</script>\"' onload=x"


def test_what_differs_is_marked() -> None:
    """By key; what was moved is otherwise the same."""
    moved = {"id": 3, "gridPos": {"x": 12, "y": 0, "w": 6, "h": 4}}
    before = sketch_of(_dashboard({"id": 1}, {"id": 2, "title": "old"}, {"id": 3, "gridPos": {"x": 6}}, {"id": 4}))
    after = sketch_of(_dashboard({"id": 1}, {"id": 2, "title": "new", "gridPos": {"x": 18, "w": 6}}, moved, {"id": 5}))
    assert compare(before, after) == {"2": "changed", "3": "moved", "4": "removed", "5": "added"}
    assert compare(after, after) == {}


def test_a_tile_leads_to_its_panel() -> None:
    """Where a link is given; with its place in percent of the width, and its mark in words."""
    drawn = draw(sketch_of(_dashboard({"id": 1, "title": "A & B"})), marks={"1": "moved"}, links={"1": "#one"})
    assert drawn == (
        '<svg class="sketch" width="100%" height="64" role="group"><foreignObject x="0%" y="0" width="25%" height="64">'
        '<a class="tile panel moved" title="A &amp; B · stat · moved" href="#one"><span><b>A &amp; B</b><em>moved</em>'
        '</span><i>stat</i><svg class="glyph" aria-hidden="true"><use href="#glyph-number"/></svg></a>'
        "</foreignObject></svg>"
    )


def test_no_text_of_a_dashboard_is_html() -> None:
    """Neither titles nor types nor links, in any place."""
    sketch = sketch_of(_dashboard({"id": _HOSTILE, "title": _HOSTILE, "type": _HOSTILE}))
    drawn = draw(sketch, marks={_HOSTILE: "added"}, links={_HOSTILE: _HOSTILE}) + thumbnail(sketch)
    assert "<script" not in drawn
    assert re.findall(r' on\w+="', drawn) == []


def test_every_symbol_that_is_referred_to_is_there() -> None:
    """And nothing has a style of its own, which a page would have to allow."""
    types = ("timeseries", "barchart", "heatmap", "state-timeline", "table", "text", "stat", "gauge", "bargauge")
    sketch = sketch_of(_dashboard(*({"type": type_} for type_ in (*types, "piechart", "nodeGraph", "unheard-of"))))
    drawn = draw(sketch)
    known = set(re.findall(r'<symbol id="([^"]+)"', glyphs()))
    assert set(re.findall(r'<use href="#([^"]+)"', drawn)) == known
    assert "style=" not in drawn + glyphs()
    assert ".sketch .tile" in style()


def test_many_tiles_are_drawn_plainly() -> None:
    """So that a page of 5,000 panels can be opened."""
    drawn = draw(sketch_of(_dashboard(*({"id": number, "title": "t"} for number in range(5000)))))
    assert (drawn.count("<foreignObject"), drawn.count("<use")) == (5000, 0)
    assert len(drawn) < 1_000_000
