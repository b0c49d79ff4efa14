"""Preferences of an organisation: its home dashboard, theme and time zone. By documentation and source."""

import json
from typing import Any

from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.objects import Entry
from providers.embedded.routing import Call, Route

PATH = "/api/org/preferences"
_BY_UID = {"homeDashboardUID": "", "theme": "", "timezone": "", "weekStart": ""}
_BY_NUMBER = {"homeDashboardId": 0, "theme": "", "timezone": ""}
_THEMES = ("", "light", "dark", "system")


def get(call: Call) -> Response:
    """GET /api/org/preferences (9 to 12.4)."""
    return wire.answer({**_BY_UID, **_stored(call)})


def put(call: Call) -> Response:
    """PUT /api/org/preferences (9 to 12.4): what is left out is as if it had never been set, but a home stays."""
    command = {"homeDashboardUID": None, **call.json()}
    uid = wire.read_field(command, "homeDashboardUID", str)
    if uid and call.objects.get("dashboards", uid) is None:
        raise wire.refuse(404, "Dashboard not found")
    if command["homeDashboardUID"] is None:
        command["homeDashboardUID"] = _stored(call).get("homeDashboardUID", "")
    return _store(call, command, _BY_UID)


def get_by_number(call: Call) -> Response:
    """GET /api/org/preferences (3 to 8)."""
    return wire.answer({**_BY_NUMBER, **_stored(call)})


def put_by_number(call: Call) -> Response:
    """PUT /api/org/preferences (3 to 8): any number will do."""
    return _store(call, call.json(), _BY_NUMBER)


def find_home(call: Call) -> Entry | None:
    """The dashboard that the organisation has chosen as its home, while it is there."""
    stored = _stored(call)
    if uid := stored.get("homeDashboardUID"):
        return call.objects.get("dashboards", uid)
    return call.objects.by_id("dashboards", stored.get("homeDashboardId") or 0)


def _store(call: Call, command: dict[str, Any], known: dict[str, Any]) -> Response:
    chosen = {key: wire.read_field(command, key, type(empty)) for key, empty in known.items()}
    if chosen["theme"] not in _THEMES:
        raise wire.refuse(400, "Invalid theme")
    call.store.run("insert or replace into preference values (?, ?)", call.identity.org, json.dumps(chosen))
    return wire.answer({"message": "Preferences updated"})


def _stored(call: Call) -> dict[str, Any]:
    row = call.store.row("select body from preference where org = ?", call.identity.org)
    return json.loads(row["body"]) if row else {}


ROUTES = (
    Route("GET", PATH, get, "Admin", "orgs.preferences:read"),
    Route("PUT", PATH, put, "Admin", "orgs.preferences:write", writes=True),
)
ROUTES_BY_NUMBER = (
    Route("GET", PATH, get_by_number, "Admin"),
    Route("PUT", PATH, put_by_number, "Admin", writes=True),
)
