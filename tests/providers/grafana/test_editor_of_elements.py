"""What Grafana's editor makes of a dashboard of v2 that nobody changes in it, and what is somebody's change."""

from __future__ import annotations

from typing import Any

import pytest

from providers.grafana.editor.fill_ins import is_filled_in
from providers.grafana.editor.panels import PANELS

Json = dict[str, Any]

_TIMES: Json = {
    "autoRefresh": "",
    "autoRefreshIntervals": ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"],
    "fiscalYearStartMonth": 0,
    "from": "now-6h",
    "hideTimepicker": False,
    "timezone": "browser",
    "to": "now",
}
_EMPTY: Json = {
    "annotations": [],
    "cursorSync": "Off",
    "editable": True,
    "elements": {},
    "layout": {"kind": "GridLayout", "spec": {"items": []}},
    "links": [],
    "liveNow": False,
    "preload": False,
    "tags": [],
    "timeSettings": _TIMES,
    "title": "T",
    "variables": [],
}
_DATA_QUERY: Json = {"group": "", "kind": "DataQuery", "spec": {}, "version": "v0"}
_BUILT_IN_SPEC: Json = {
    "builtIn": True,
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
}
_BUILT_IN_QUERY: Json = {**_DATA_QUERY, "group": "grafana", "datasource": {"name": "-- Grafana --"}}


def _but(**keys: Any) -> Json:
    return {**_EMPTY, **keys}


def _without(*keys: str) -> Json:
    return {key: value for key, value in _EMPTY.items() if key not in keys}


def _annotated(**spec: Any) -> Json:
    return _but(annotations=[{"kind": "AnnotationQuery", "spec": {**_BUILT_IN_SPEC, "query": _BUILT_IN_QUERY, **spec}}])


def _query(refers_to: str = "A", **spec: Any) -> Json:
    return {"kind": "PanelQuery", "spec": {"hidden": False, "query": {**_DATA_QUERY, **spec}, "refId": refers_to}}


def _showing(
    config: Json | None = None, options: Json | None = None, queries: list[Json] | None = None, **spec: Any
) -> Json:
    data = {"queries": [_query()] if queries is None else queries, "transformations": [], "queryOptions": options or {}}
    shown = config or {"spec": {"options": {}, "fieldConfig": {"defaults": {}, "overrides": []}}}
    panel = {
        **{"id": 1, "title": "P", "description": "", "links": [], **spec},
        "data": {"kind": "QueryGroup", "spec": data},
        "vizConfig": {"kind": "VizConfig", "group": "timeseries", "version": "", **shown},
    }
    return _but(elements={"panel-1": {"kind": "Panel", "spec": panel}})


def _fields(defaults: Json, *overrides: Json) -> Json:
    return {"spec": {"options": {}, "fieldConfig": {"defaults": defaults, "overrides": [*overrides]}}}


def _first(value: Any) -> Json:
    return {"mode": "absolute", "steps": [{"color": "green", "value": value}, {"color": "red", "value": 80}]}


def _overriding(value: Any) -> Json:
    return _showing(_fields({}, {"matcher": {}, "properties": [{"id": "thresholds", "value": _first(value)}]}))


def _varying(kind: str, **spec: Any) -> Json:
    return _but(variables=[{"kind": kind, "spec": {"name": "v", **spec}}])


def _laid_out(kind: str, key: str, *specs: Json, **spec: Any) -> Json:
    listed = [{"kind": f"{kind}{'Item' if key == 'items' else key.title()[:-1]}", "spec": one} for one in specs]
    return {"kind": kind, "spec": {key: listed, **spec}}


def _in_a_row(*heights: int, **spec: Any) -> Json:
    grid = _laid_out("GridLayout", "items", *({"x": 0, "y": y, "width": 8, "height": 4} for y in heights))
    return _but(layout=_laid_out("RowsLayout", "rows", {"title": "R", "layout": grid, **spec}))


def _repeated(width: int, direction: str, **repeat: Any) -> Json:
    place = {"x": 0, "y": 0, "width": width, "height": 4}
    repeated = {"mode": "variable", "value": "v", "direction": direction, **repeat}
    return _but(layout=_laid_out("GridLayout", "items", {**place, "repeat": repeated}))


_NO_CONDITIONS: Json = {
    "kind": "ConditionalRenderingGroup",
    "spec": {"condition": "and", "items": [], "visibility": "show"},
}

_FILLED_IN: dict[str, tuple[Json, Json]] = {
    "what the server alone does not fill in": (
        {**_without("liveNow"), "links": None, "tags": None, "description": ""},
        _EMPTY,
    ),
    "times": (
        _but(timeSettings={**_TIMES, "autoRefreshIntervals": None, "timezone": ""}),
        _EMPTY,
    ),
    "a time zone": (
        _but(timeSettings={key: value for key, value in _TIMES.items() if key != "timezone"}),
        _EMPTY,
    ),
    "the tags of a link": (_but(links=[{"title": "L", "tags": None}]), _but(links=[{"title": "L", "tags": []}])),
    "the built-in annotation": (_EMPTY, _annotated()),
    "what an annotation loses": (
        _annotated(legacyOptions={"type": "dashboard"}, filter={"ids": []}, mappings={}),
        _annotated(),
    ),
    "the kind of an annotation among other options": (
        _annotated(legacyOptions={"type": "dashboard", "limit": 1}),
        _annotated(legacyOptions={"limit": 1}),
    ),
    "the version of a query": (
        _showing(queries=[_query(version="1")]),
        _showing(queries=[_query(version="v0")]),
    ),
    "a query where there is none": (_showing(queries=[]), _showing(queries=[_query()])),
    "a null in a query": (
        _showing(queries=[_query(spec={"expr": "up", "step": None})]),
        _showing(queries=[_query(spec={"expr": "up"})]),
    ),
    "what the options of queries lose": (
        _showing(options={"interval": "", "cacheTimeout": "", "queryCachingTTL": 0, "hideTimeOverride": False}),
        _showing(),
    ),
    "a background that is there": (_showing(transparent=False), _showing()),
    "all that a panel gets": (_showing(), _showing({"version": "12.4.0", "spec": PANELS["timeseries"]})),
    "the number of the first threshold": (
        _showing(_fields({"thresholds": _first(None)})),
        _showing(_fields({"thresholds": _first(0)})),
    ),
    "the number of the first threshold of an override": (_overriding(None), _overriding(0)),
    "what a custom variable gets and loses": (
        _varying("CustomVariable", allValue="", hide=""),
        _varying("CustomVariable", valuesFormat="csv", hide="dontHide"),
    ),
    "what a query variable gets and loses": (
        _varying("QueryVariable", query={**_DATA_QUERY, "version": ""}, refresh="", sort="", staticOptions=[]),
        _varying("QueryVariable", query=_DATA_QUERY, refresh="never", sort="disabled", regexApplyTo="value"),
    ),
    "when a data source variable is refreshed": (
        _varying("DatasourceVariable", refresh="never"),
        _varying("DatasourceVariable", refresh="onDashboardLoad"),
    ),
    "when an interval is refreshed": (
        _varying("IntervalVariable", refresh="never"),
        _varying("IntervalVariable", refresh="onTimeRangeChanged"),
    ),
    "lists of filters": (
        _varying("AdhocVariable", baseFilters=None, defaultKeys=None),
        _varying("AdhocVariable", baseFilters=[], defaultKeys=[]),
    ),
    "a row counted from its top": (_in_a_row(9, 13), _in_a_row(0, 4, collapse=False)),
    "a rendering without conditions": (_in_a_row(0, conditionalRendering=_NO_CONDITIONS), _in_a_row(0)),
    "the width of what is repeated in a line": (_repeated(8, "h", maxPerRow=0), _repeated(24, "h")),
    "an automatic grid": (
        _but(layout=_laid_out("AutoGridLayout", "items", {}, columnWidthMode="wide", columnWidth=3, fillScreen=False)),
        _but(layout=_laid_out("AutoGridLayout", "items", {}, columnWidthMode="wide", maxColumnCount=3)),
    ),
    "tabs": (
        _but(layout=_laid_out("TabsLayout", "tabs", {"layout": _in_a_row(3)["layout"]})),
        _but(layout=_laid_out("TabsLayout", "tabs", {"layout": _in_a_row(0)["layout"], "title": "New tab"})),
    ),
}
_CHANGED: dict[str, tuple[Json, Json]] = {
    "a value": (_EMPTY, _but(preload=True)),
    "a key that nobody knows": (_EMPTY, _but(mine=False)),
    "what an editor leaves out, not by one": (_but(description=""), _without("liveNow")),
    "a null that an editor leaves out, not by one": (_but(mine=None), _without("liveNow")),
    "an annotation that looks built in": (
        _EMPTY,
        _annotated(name="Mine"),
    ),
    "the second built-in annotation": (
        _annotated(),
        _but(annotations=_annotated()["annotations"] * 2),
    ),
    "an element less": (_showing(), _EMPTY),
    "another name of an element": (_showing(), _but(elements={"panel-2": _showing()["elements"]["panel-1"]})),
    "a query": (_showing(queries=[]), _showing(queries=[_query(group="prometheus")])),
    "a query less": (_showing(queries=[_query(), _query("B")]), _showing()),
    "a hidden query": (
        _showing(),
        _showing(queries=[{"kind": "PanelQuery", "spec": {**_query()["spec"], "hidden": 1}}]),
    ),
    "an option of another type of panel": (_showing(), _showing({"spec": PANELS["stat"]})),
    "the version of another plugin": (_showing(), _showing({**_fields({}), "version": "9"})),
    "a threshold": (
        _showing(_fields({"thresholds": _first(5)})),
        _showing(_fields({"thresholds": _first(0)})),
    ),
    "a comparison in time": (_showing(options={"timeCompare": "1d"}), _showing()),
    "panels that have moved in a row": (_in_a_row(9, 13), _in_a_row(0, 5)),
    "a panel that has moved in a grid": (
        _but(layout=_laid_out("GridLayout", "items", {"y": 3})),
        _but(layout=_laid_out("GridLayout", "items", {"y": 0})),
    ),
    "a row that is closed": (_in_a_row(0), _in_a_row(0, collapse=True)),
    "the width of what is repeated in a column": (_repeated(8, "v"), _repeated(24, "v")),
    "a layout of another kind": (_in_a_row(), _but(layout={"kind": "TabsLayout", "spec": {"tabs": []}})),
    "a width that counts": (
        _but(layout=_laid_out("AutoGridLayout", "items", columnWidthMode="custom", columnWidth=3, maxColumnCount=3)),
        _but(layout=_laid_out("AutoGridLayout", "items", columnWidthMode="custom", maxColumnCount=3)),
    ),
    "the values of a variable": (
        _varying("IntervalVariable", query="1m, 5m"),
        _varying("IntervalVariable", query="1m,5m"),
    ),
    "a form of before": ({"title": "T", "panels": []}, _EMPTY),
}


@pytest.mark.parametrize("name", _FILLED_IN)
def test_what_the_editor_makes_of_what_it_saves_is_no_change(name: str) -> None:
    """By the frontend's sources of 12.4.0, which say how it reads and writes v2."""
    past, there = _FILLED_IN[name]
    assert is_filled_in(past, there, "12.4.0")
    assert is_filled_in(there, there, "12.4.0")
    assert not is_filled_in(past, {**there, "title": "Another"}, "12.4.0")


@pytest.mark.parametrize("name", _CHANGED)
def test_whatever_else_differs_is_somebodys_change(name: str) -> None:
    """Also where the editor loses it without a word, as the table does not know it."""
    assert not is_filled_in(*_CHANGED[name], "12.4.0")


def test_what_v2alpha1_has_instead_is_known_too() -> None:
    """The server gives v2alpha1 of what the editor has stored as v2beta1."""

    def panel(version: str, queries: list[Json], options: Json) -> Json:
        fields: Json = {"defaults": {}, "overrides": []}
        config = {"kind": "stat", "spec": {"pluginVersion": version, "options": options, "fieldConfig": fields}}
        data = {"kind": "QueryGroup", "spec": {"queries": queries, "transformations": [], "queryOptions": {}}}
        return _but(elements={"p": {"kind": "Panel", "spec": {"id": 1, "data": data, "vizConfig": config}}})

    query = {"kind": "PanelQuery", "spec": {"hidden": False, "query": {"kind": "", "spec": {}}, "refId": "A"}}
    options = PANELS["stat"]["options"]
    assert is_filled_in(panel("", [], {}), panel("12.4.0", [query], options), "12.4.0")
    assert not is_filled_in(panel("", [], {}), panel("12.4.0", [query], {**options, "mine": 1}), "12.4.0")
