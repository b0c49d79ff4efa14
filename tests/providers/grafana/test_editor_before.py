"""What the editors of 7.5 to 9 make of a dashboard that nobody changes in them, and what is somebody's change."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import respx

from providers.grafana.client import GrafanaClient
from providers.grafana.dashboard import DASHBOARD
from providers.grafana.editor.fill_ins import was_filled_in
from providers.transport.connection import Connection

Json = dict[str, Any]

_URL = "http://g.test"

_BUILT_IN: Json = {
    "builtIn": 1,
    "datasource": "-- Grafana --",
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
_SAVED: Json = {
    "annotations": {"list": [_BUILT_IN]},
    "editable": True,
    "gnetId": None,
    "graphTooltip": 0,
    "links": [],
    "panels": [],
    "schemaVersion": 27,
    "style": "dark",
    "tags": [],
    "templating": {"list": []},
    "time": {"from": "now-6h", "to": "now"},
    "timepicker": {},
    "timezone": "",
    "title": "T",
}
_OF_9: Json = {
    **{key: value for key, value in _SAVED.items() if key != "gnetId"},
    **{"fiscalYearStartMonth": 0, "liveNow": False, "refresh": "", "revision": 1, "weekStart": ""},
    "annotations": {"list": [{**_BUILT_IN, "datasource": {"type": "grafana", "uid": "-- Grafana --"}}]},
    "schemaVersion": 37,
}


def _showing(**panel: Any) -> Json:
    return {**_SAVED, "panels": [{"id": 1, "type": "graph", **panel}]}


_FILLED_IN: dict[str, tuple[Json, Json, tuple[int, ...]]] = {
    "all that a dashboard gets in 7.5": ({"title": "T", "schemaVersion": 27}, _SAVED, (7, 5, 5)),
    "all that a dashboard gets in 9": ({"title": "T", "schemaVersion": 30, "gnetId": None}, _OF_9, (9, 3, 1)),
    "when panels were repeated": ({**_SAVED, "iteration": 1}, {**_SAVED, "iteration": 1628000000001}, (8, 1, 2)),
    "the built-in annotation before others": (
        {**_SAVED, "annotations": {"list": [{"name": "mine"}]}},
        {**_SAVED, "annotations": {"list": [_BUILT_IN, {"name": "mine"}]}},
        (8, 5, 9),
    ),
    "what a panel gets": (
        _showing(),
        _showing(datasource=None, fieldConfig={"defaults": {}, "overrides": []}, pluginVersion="7.5.5"),
        (7, 5, 5),
    ),
    "what a panel loses": (
        _showing(title="", transparent=False, options={}, targets=[], gridPos={"x": 0, "y": 0, "w": 6, "h": 3}),
        _showing(),
        (7, 5, 5),
    ),
    "the version of a panel's plugin": (_showing(pluginVersion="6.7"), _showing(pluginVersion="9.0.0"), (9, 0, 0)),
}
_CHANGED: dict[str, tuple[Json, Json, tuple[int, ...]]] = {
    "an added value that is not the known one": ({"title": "T"}, {**_SAVED, "style": "light"}, (7, 5, 5)),
    "a title": (_SAVED, {**_SAVED, "title": "U"}, (7, 5, 5)),
    "a key that nobody knows": (_SAVED, {**_SAVED, "mine": 1}, (7, 5, 5)),
    "options of a plugin": (_showing(), _showing(options={"alertThreshold": True}), (7, 5, 5)),
    "a query": (_showing(targets=[{"refId": "A", "expr": "up"}]), _showing(), (7, 5, 5)),
    "what an editor leaves out, not by one": (
        _showing(title=""),
        {key: value for key, value in _showing().items() if key != "style"},
        (7, 5, 5),
    ),
    "an annotation that looks built in": (
        {"title": "T"},
        {**_SAVED, "annotations": {"list": [{**_BUILT_IN, "hide": False}]}},
        (7, 5, 5),
    ),
    "a time of repeats that is none": (_SAVED, {**_SAVED, "iteration": "now"}, (7, 5, 5)),
    "a lower schema version": (_SAVED, {**_SAVED, "schemaVersion": 16}, (7, 5, 5)),
    "the schema version of 12": (_SAVED, {**_SAVED, "schemaVersion": 42}, (9, 0, 0)),
    **{
        f"a save by a Grafana that was not read: {version}": ({"title": "T", "schemaVersion": 27}, _SAVED, version)
        for version in ((), (5, 4, 3), (7, 4, 9), (10, 1, 2), (11, 0, 0))
    },
}


@pytest.mark.parametrize("name", _FILLED_IN)
def test_what_the_editor_makes_of_what_it_saves_is_no_change(name: str) -> None:
    """By the sources of DashboardModel and PanelModel."""
    past, there, version = _FILLED_IN[name]
    assert was_filled_in(past, there, version)
    assert not was_filled_in(past, {**there, "tags": ["theirs"]}, version)


@pytest.mark.parametrize("name", _CHANGED)
def test_whatever_else_differs_is_somebodys_change(name: str) -> None:
    """So is each save by an editor that is not known."""
    assert not was_filled_in(*_CHANGED[name])


@pytest.mark.parametrize(("version", "told"), [("7.5.5", "saved in Grafana without a visible change"), ("10.1.2", "")])
def test_the_servers_version_says_which_editor_it_was(version: str, told: str) -> None:
    """It is the one of its own Grafana; a dashboard that has moved meanwhile is changed."""
    past = {"folder": "", "dashboard": {"title": "T", "schemaVersion": 27}}
    there = {"folder": "", "dashboard": _SAVED}

    async def ask() -> list[str]:
        client = GrafanaClient(Connection(_URL, "t", read_only=False, retries=0))
        try:
            return [await DASHBOARD.resaved(client, "d", past, {**there, "folder": folder}) for folder in ("", "f")]
        finally:
            await client.close()

    with respx.mock(base_url=_URL) as routes:
        routes.get("/api/frontend/settings").respond(json={"buildInfo": {"version": version}})
        assert asyncio.run(ask()) == [told, ""]
