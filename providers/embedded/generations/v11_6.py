"""Grafana 11.6 with the feature toggle dashboardRestore, by the Dashboard API's document: none was recorded.

It answers as 12.4.0 without the app platform, and keeps deleted dashboards where that document has them.
"""

from typing import Any, Final

import orjson
from starlette.responses import Response

from providers.embedded import admin, auth, search, snapshots, wire
from providers.embedded.generations import v12_4
from providers.embedded.generations.common import unknown_route
from providers.embedded.generations.generation import Generation
from providers.embedded.objects import Entry
from providers.embedded.routing import Call, Route

_TRASH = "/api/dashboards/uid/{uid}/trash"


def get_settings(call: Call) -> Response:
    """GET /api/frontend/settings: as 12.4.0, with the toggle."""
    settings: dict[str, Any] = orjson.loads(bytes(admin.get_settings(call).body))
    return wire.answer({**settings, "featureToggles": {"dashboardRestore": True}}, content_type=wire.CHARSET)


def find(call: Call) -> Response:
    """GET /api/search: with deleted=true, the deleted dashboards by title."""
    if call.query("deleted") != "true":
        return search.search(call)
    hits = sorted(call.objects.trash("dashboards"), key=lambda entry: entry.title.lower())
    limit = call.query_int("limit", 1000)
    start = (call.query_int("page", 1) - 1) * limit
    return wire.answer([{**search.make_hit(entry, {}), "isDeleted": True} for entry in hits[start : start + limit]])


def restore(call: Call) -> Response:
    """PATCH /api/dashboards/uid/:uid/trash {"folderUid": …}: with id and history, into that folder or its own."""
    entry = _deleted(call)
    command = call.json() if call.body else {}
    folder = wire.read_field(command, "folderUid", str) or entry.folder
    if folder and call.objects.get("folders", folder) is None:
        raise wire.refuse(400, "folder not found")
    call.objects.restore(entry, folder)
    return _done(entry, "restored")


def purge(call: Call) -> Response:
    """DELETE /api/dashboards/uid/:uid/trash."""
    entry = _deleted(call)
    call.objects.purge(entry)
    return _done(entry, "deleted")


def _deleted(call: Call) -> Entry:
    for entry in call.objects.trash("dashboards"):
        if entry.name == call.params["uid"]:
            return entry
    raise wire.refuse(404, "Dashboard not found")


def _done(entry: Entry, what: str) -> Response:
    return wire.answer({"title": entry.title, "message": f"Dashboard {entry.title} {what}", "uid": entry.name})


GENERATION: Final = Generation(
    "11.6.0",
    (
        Route("GET", "/api/frontend/settings", get_settings, "None"),
        Route("GET", "/api/search", find, "Viewer", "dashboards:read"),
        Route("PATCH", _TRASH, restore, "Editor", "dashboards:create", writes=True),
        Route("DELETE", _TRASH, purge, "Editor", "dashboards:delete", writes=True),
        *v12_4.CLASSIC,
    ),
    auth.WORDING,
    unknown_route,
    snapshots.PUBLIC_ROUTES,
)
