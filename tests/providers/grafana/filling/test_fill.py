"""The calls that fill a dashboard, and what comes of their answers."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from hcl_lite.core.schema import ProviderError
from providers.grafana.client import GrafanaClient
from providers.grafana.filling.fill import Filled, fill_dashboard
from providers.transport.connection import Connection

_NOW = datetime(2026, 1, 1, 6, tzinfo=UTC)
_FRAME = {"schema": {"refId": "A", "fields": []}, "data": {"values": []}}
_MODEL = {"type": "stat", "title": "Kept", "datasource": {"uid": "prom"}, "targets": [{"refId": "A", "expr": "lib"}]}


def _fill(*panels: dict[str, Any], version: str = "12.4.0", **answers: Any) -> Filled:
    """A dashboard of `panels`, filled by a Grafana whose queries give one frame, but for "bad" ones."""

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path in answers:
            return httpx.Response(answers[path], json={"message": "fault"})
        if path == "/api/frontend/settings":
            sources = {"Prom": {"uid": "prom", "type": "prometheus"}}
            return httpx.Response(
                200,
                json={"buildInfo": {"version": version}, "datasources": sources, "defaultDatasource": "Prom"},
            )
        if path == "/api/library-elements/kept":
            return httpx.Response(200, json={"result": {"model": _MODEL}})
        if path == "/api/ds/query":
            queries = json.loads(request.content)["queries"]
            results = {
                q["refId"]: {"error": "parse error", "status": 400} if q["expr"] == "bad" else {"frames": [_FRAME]}
                for q in queries
            }
            return httpx.Response(400 if "parse error" in str(results) else 200, json={"results": results})
        return httpx.Response(404, json={"message": "not found"})

    async def main() -> Filled:
        connection = Connection("http://g.test", "t", read_only=False, retries=0)
        client = GrafanaClient(connection, httpx.MockTransport(answer))
        try:
            dashboard = {"title": "D", "panels": list(panels), "time": {"from": "now-1h", "to": "now"}}
            return await fill_dashboard(client, dashboard, {}, _NOW)
        finally:
            await client.close()

    return asyncio.run(main())


def _panel(id_: int, expr: str = "up", **more: Any) -> dict[str, Any]:
    return {"id": id_, "type": "stat", "title": f"P{id_}", "targets": [{"refId": "A", "expr": expr}], **more}


def _data(panel: Any) -> Any:
    return panel["targets"][0].get("snapshot")


def test_a_filled_dashboard_is_of_one_time() -> None:
    """And each panel has its data; one without queries is as it was."""
    text = {"id": 2, "type": "text", "links": [{"url": "x"}]}
    filled = _fill(_panel(1), text)
    first, second = filled.dashboard["panels"]
    assert filled.dashboard["time"] == {"from": "2026-01-01T05:00:00.000Z", "to": "2026-01-01T06:00:00.000Z"}
    assert (_data(first), second, filled.problems) == ([_FRAME], {**text, "links": []}, ())


def test_a_library_panel_is_filled_like_the_others() -> None:
    """It comes with what it is, since those who see the snapshot may not see the library."""
    there = {"id": 4, "gridPos": {"x": 1}, "libraryPanel": {"uid": "kept"}}
    (panel,) = _fill(there).dashboard["panels"]
    assert {key: panel[key] for key in ("id", "gridPos", "type", "title")} == {
        "id": 4,
        "gridPos": {"x": 1},
        "type": "stat",
        "title": "Kept",
    }
    assert (_data(panel), "libraryPanel" in panel) == ([_FRAME], False)


def test_a_panel_shows_the_data_of_another() -> None:
    """Of whichever order."""
    shared = {"id": 1, "datasource": {"uid": "-- Dashboard --"}, "targets": [{"refId": "A", "panelId": 2}]}
    assert [_data(panel) for panel in _fill(shared, _panel(2)).dashboard["panels"]] == [[_FRAME], [_FRAME]]


@pytest.mark.parametrize(
    ("panel", "problem"),
    [
        (_panel(1, "bad"), 'panel 1 "P1": A: parse error'),
        (_panel(1, datasource={"uid": "gone"}), 'panel 1 "P1": there is no data source "gone"'),
        (_panel(1, libraryPanel={"uid": "gone"}), 'panel 1 "P1": there is no library panel "gone"'),
        (
            {"id": 1, "datasource": {"uid": "-- Dashboard --"}, "targets": [{"panelId": 9}]},
            'panel 1 "": it shows the data of panel 9, which has none',
        ),
    ],
)
def test_what_cannot_be_filled_is_empty_and_said(panel: dict[str, Any], problem: str) -> None:
    """The others are filled."""
    filled = _fill(panel, _panel(2))
    assert filled.problems == (problem,)
    assert [_data(panel) for panel in filled.dashboard["panels"]] == [[], [_FRAME]]


@pytest.mark.parametrize("status", [401, 429])
def test_what_is_wrong_with_the_account_is_no_panels_trouble(status: int) -> None:
    """Nothing can be filled then."""
    with pytest.raises(ProviderError):
        _fill(_panel(1), **{"/api/ds/query": status})
