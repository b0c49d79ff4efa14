"""What Grafana's editor makes of a dashboard that nobody changes in it, and what is somebody's change all the same."""

from __future__ import annotations

from typing import Any

import pytest

from providers.grafana.editor.fill_ins import is_filled_in
from providers.grafana.editor.panels import PANELS

_BUILT_IN = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
_EMPTY: dict[str, Any] = {
    "annotations": {"list": [_BUILT_IN]},
    "editable": True,
    "fiscalYearStartMonth": 0,
    "graphTooltip": 0,
    "links": [],
    "panels": [],
    "preload": False,
    "schemaVersion": 42,
    "tags": [],
    "templating": {"list": []},
    "time": {"from": "now-6h", "to": "now"},
    "timepicker": {},
    "timezone": "browser",
    "title": "T",
    "weekStart": "",
}


def _with_panel(**panel: Any) -> dict[str, Any]:
    return {**_EMPTY, "panels": [{"id": 1, "type": "timeseries", "title": "P", **panel}]}


def _with_variable(**variable: Any) -> dict[str, Any]:
    return {**_EMPTY, "templating": {"list": [{"name": "v", "type": "custom", **variable}]}}


def _with_steps(*steps: Any) -> dict[str, Any]:
    return _with_panel(fieldConfig={"defaults": {"thresholds": {"mode": "absolute", "steps": [*steps]}}})


_ROW = {"type": "row", "id": 2, "gridPos": {"h": 1, "w": 24, "x": 0, "y": 0}, "collapsed": False, "panels": []}

_FILLED_IN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "all that every dashboard gets": ({"title": "T"}, _EMPTY),
    "a schema version that is raised": ({**_EMPTY, "schemaVersion": 39}, _EMPTY),
    "a time zone": ({**_EMPTY, "timezone": ""}, _EMPTY),
    "liveNow, which is off": ({**_EMPTY, "liveNow": False}, _EMPTY),
    "the version of a plugin": (_with_panel(pluginVersion="9.1.2"), _with_panel(pluginVersion="12.4.0")),
    "all that a panel gets": (_with_panel(), _with_panel(**PANELS["timeseries"], pluginVersion="12.4.0")),
    "a part of the options": (
        _with_panel(options={"tooltip": {"mode": "multi"}}),
        _with_panel(options={"tooltip": {"mode": "multi", "sort": "none"}}),
    ),
    "a query that is not hidden": (
        _with_panel(targets=[{"refId": "A", "hide": False}]),
        _with_panel(targets=[{"refId": "A"}]),
    ),
    "the number of the first threshold": (
        _with_steps({"color": "green", "value": None}),
        _with_steps({"color": "green", "value": 0}),
    ),
    "a row with queries": (
        {**_EMPTY, "panels": [{**_ROW, "targets": [{"refId": "A"}], "datasource": {"uid": "p"}}]},
        {**_EMPTY, "panels": [_ROW]},
    ),
    "a panel in a row": (
        {**_EMPTY, "panels": [{**_ROW, "panels": [{"type": "stat"}]}]},
        {**_EMPTY, "panels": [{**_ROW, "panels": [{"type": "stat", "title": ""}]}]},
    ),
    "a constant, which is always hidden": (
        _with_variable(type="constant", hide=0, skipUrlSync=False),
        _with_variable(type="constant", hide=2, skipUrlSync=True),
    ),
    "what a variable loses": (
        _with_variable(hide=0, skipUrlSync=False, current={"text": "a", "value": "a", "selected": True}),
        _with_variable(current={"text": "a", "value": "a"}, valuesFormat="csv"),
    ),
}

_CHANGED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "another value": (_EMPTY, {**_EMPTY, "editable": False}),
    "an added value that is not the known one": ({"title": "T"}, {**_EMPTY, "graphTooltip": 1}),
    "a key that nobody knows": (_EMPTY, {**_EMPTY, "mine": False}),
    "what no editor leaves out": (_EMPTY, {key: _EMPTY[key] for key in _EMPTY if key != "weekStart"}),
    "what an editor leaves out, not by one": (
        {**_with_panel(description=""), "preload": None},
        {key: value for key, value in _with_panel().items() if key != "preload"},
    ),
    "the version of another plugin": (_with_panel(pluginVersion="1"), _with_panel(pluginVersion="2")),
    "a panel more": (_EMPTY, _with_panel()),
    "panels in another order": (
        {**_EMPTY, "panels": [{"type": "stat", "id": 1}, {"type": "stat", "id": 2}]},
        {**_EMPTY, "panels": [{"type": "stat", "id": 2}, {"type": "stat", "id": 1}]},
    ),
    "an option of another type of panel": (_with_panel(options={}), _with_panel(options={"textMode": "auto"})),
    "a variable's value": (_with_variable(current={"text": "a"}), _with_variable(current={"text": "b"})),
    "a query that is shown again": (
        _with_panel(targets=[{"refId": "A", "hide": True}]),
        _with_panel(targets=[{"refId": "A"}]),
    ),
    "a lower schema version": (_EMPTY, {**_EMPTY, "schemaVersion": 41}),
    "true for 1": ({**_EMPTY, "graphTooltip": 1}, {**_EMPTY, "graphTooltip": True}),
}


@pytest.mark.parametrize("name", _FILLED_IN)
def test_what_the_editor_makes_of_what_it_saves_is_no_change(name: str) -> None:
    """Each seen in what the frontend of 12.4.0 saves of real dashboards."""
    assert is_filled_in(*_FILLED_IN[name], "12.4.0")


@pytest.mark.parametrize("name", _CHANGED)
def test_whatever_else_differs_is_somebodys_change(name: str) -> None:
    """Also beside what the editor fills in."""
    assert not is_filled_in(*_CHANGED[name], "12.4.0")
    assert not is_filled_in({"title": "T", "x": _CHANGED[name][0]}, {**_EMPTY, "x": _CHANGED[name][1]}, "12.4.0")


@pytest.mark.parametrize("name", _FILLED_IN)
def test_a_change_beside_what_is_filled_in_is_one(name: str) -> None:
    """Whatever the editor has made of the rest."""
    past, there = _FILLED_IN[name]
    assert not is_filled_in(past, {**there, "title": "Another"}, "12.4.0")
