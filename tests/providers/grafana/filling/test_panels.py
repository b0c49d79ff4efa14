"""Panels in rows and without, and what becomes of repeated ones."""

from __future__ import annotations

from typing import Any

import pytest

from providers.grafana.filling.panels import expand, list_panels, with_panels
from providers.grafana.filling.variables import Variable

_NESTED: dict[str, Any] = {
    "panels": [
        {"id": 1},
        {"id": 2, "type": "row", "panels": [{"id": 3}, {"id": 4}], "repeat": "v"},
        {"id": 5},
    ]
}
_OLD: dict[str, Any] = {"rows": [{"title": "r", "panels": [{"id": 1}]}, {"panels": [{"id": 2}]}]}
_VALUES = {"v": Variable("v", ("a", "b", "c"), ("A", "B", "C"), many=True)}


def test_panels_are_found_and_put_back_in_their_places() -> None:
    """In rows of either schema; rows do not repeat what has its data."""
    assert [panel["id"] for panel in list_panels(_NESTED)] == [1, 3, 4, 5]
    assert [panel["id"] for panel in list_panels(_OLD)] == [1, 2]
    assert with_panels(_OLD, list_panels(_OLD)) == _OLD
    assert with_panels(_NESTED, iter([{"n": n} for n in range(4)])) == {
        "panels": [{"n": 0}, {"id": 2, "type": "row", "panels": [{"n": 1}, {"n": 2}]}, {"n": 3}]
    }


@pytest.mark.parametrize(
    ("more", "places", "below"),
    [
        ({}, [(0, 0, 8), (8, 0, 8), (16, 0, 8)], 5),
        ({"maxPerRow": 2}, [(0, 0, 12), (12, 0, 12), (0, 5, 12)], 10),
        ({"repeatDirection": "v"}, [(2, 0, 6), (2, 5, 6), (2, 10, 6)], 15),
    ],
)
def test_a_repeated_panel_is_several(more: dict[str, Any], places: list[tuple[int, int, int]], below: int) -> None:
    """One for each value, beside or below each other; what lies below moves down."""
    panel = {"id": 1, "repeat": "v", "title": "$v", "gridPos": {"x": 2, "y": 0, "w": 6, "h": 5}, **more}
    dashboard = {"panels": [panel, {"id": 7, "gridPos": {"x": 0, "y": 5, "w": 24, "h": 1}}]}

    *copies, last = expand(dashboard, _VALUES)["panels"]

    assert [(c["gridPos"]["x"], c["gridPos"]["y"], c["gridPos"]["w"]) for c in copies] == places
    assert [(c["id"], c["scopedVars"]["v"]["value"], c["title"]) for c in copies] == [
        (1, "a", "$v"),
        (8, "b", "$v"),
        (9, "c", "$v"),
    ]
    assert last["gridPos"]["y"] == below


def test_a_panel_repeated_by_nothing_known_stays() -> None:
    """As it is, and in its place."""
    dashboard = {"panels": [{"id": 1, "repeat": "gone"}]}
    assert expand(dashboard, _VALUES) == dashboard
