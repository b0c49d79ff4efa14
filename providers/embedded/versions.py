"""A dashboard's versions: listing, reading, restoring, as 12.4.0 answers."""

import re
from typing import Any

import orjson
from starlette.responses import Response

from providers.embedded import paging, wire
from providers.embedded.dashboards import as_v0alpha1, find_dashboard, saved_answer, store_draft
from providers.embedded.doubles import dump_doubles
from providers.embedded.objects import Draft, Entry, managed_fields
from providers.embedded.routing import Call, Route

_RESTORED = re.compile(r"Restored from version (\d+)")
FIRST_MESSAGE = "Initial save"


def list_versions(call: Call) -> Response:
    """GET /api/dashboards/uid/:uid/versions?limit=&continueToken= (12.4.0): newest first.

    A save that changed nothing but its message is listed with the number of the version before it. The first
    version's message reads "Initial save" here, and the message that was sent in the route of one version.
    """
    entry = find_dashboard(call, call.params["uid"])
    token = paging.read_token(call.query("continueToken"))
    if token is None:
        raise wire.refuse(404, f"No versions found for dashboardId {entry.id}")
    offset = token.offset
    history = call.objects.history("dashboards", entry.name)
    limit = call.query_int("limit", len(history) or 1)
    page = history[offset : offset + limit]
    following = paging.make_token(offset + limit, page[-1].rv) if offset + limit < len(history) else ""
    listed = [{**describe(call, one), **listed_author(call, one)} for one in page]
    return wire.answer({"continueToken": following, "versions": listed})


def get_version(call: Call) -> Response:
    """GET /api/dashboards/uid/:uid/versions/:version (12.4.0): a version that is not there is a 500."""
    entry = find_dashboard(call, call.params["uid"])
    if not re.fullmatch(r"\d{1,9}", call.params["version"]):
        raise wire.refuse(500, "Internal Server Error")
    number = int(call.params["version"])
    version = find_version(call, entry, number)
    if version is None:
        raise wire.refuse(500, f"Dashboard version {number} not found for dashboardId {entry.id}")
    return wire.answer(describe(call, version))


def restore_version(call: Call) -> Response:
    """POST /api/dashboards/uid/:uid/restore {"version": N} (12.4.0): a new version, in the folder of now."""
    uid = call.params["uid"]
    command = call.json()
    number = wire.read_field(command, "version", int)
    if not number:
        raise wire.refuse(400, "bad request data")
    live = call.objects.get("dashboards", uid)
    if live is None:
        raise wire.refuse(404, f'dashboards.dashboard.grafana.app "{uid}" not found')
    version = find_version(call, live, number)
    if version is None:
        raise wire.refuse(404, "Dashboard not found")
    body = as_v0alpha1(call, version)
    if body == as_v0alpha1(call, live):
        raise wire.refuse(400, "Current dashboard is identical to the specified version")
    spec = orjson.loads(body)
    fields = managed_fields(spec | dict.fromkeys(("id", "uid", "version")))
    draft = Draft(spec, folder=live.folder, message=restoring_message(number), fields=fields)
    return saved_answer(store_draft(call, live, uid, draft))


def find_version(call: Call, entry: Entry, number: int) -> Entry | None:
    """The version of a dashboard with that number."""
    history = call.objects.history("dashboards", entry.name)
    return next((version for version in history if version.generation == number), None)


def restoring_message(number: int) -> str:
    """The message of a version that was made by restoring the one with that number (5.4 to 12.4)."""
    return f"Restored from version {number}"


def restored_from(version: Entry) -> int:
    """The number of the version that it restores; 0 for one that was saved otherwise."""
    restored = _RESTORED.fullmatch(version.message)
    return int(restored[1]) if restored else 0


def describe(call: Call, version: Entry, **told: int) -> dict[str, Any]:
    """Returns a version with its model, and in that what is `told` beside."""
    touched = version.updated is not None
    spec = orjson.loads(as_v0alpha1(call, version)) | {"uid": version.name, "version": version.generation, **told}
    return {
        "id": version.generation,
        "dashboardId": version.id,
        "uid": version.name,
        "parentVersion": version.generation - 1,
        "restoredFrom": restored_from(version),
        "version": version.generation,
        "created": wire.timestamp(version.saved),
        "message": version.message,
        "data": orjson.Fragment(dump_doubles(spec)),
        "createdBy": call.accounts.login_of(version.updated_by) if touched else "Anonymous",
    }


def listed_author(call: Call, version: Entry) -> dict[str, str]:
    """Returns the author, and the message of a first version, as lists have them."""
    author = call.accounts.login_of(version.updated_by or version.created_by)
    return {"createdBy": author} | ({"message": FIRST_MESSAGE} if version.generation == 1 else {})


_NEEDS = "dashboards:write"

ROUTES = (
    Route("GET", "/api/dashboards/uid/{uid}/versions", list_versions, "Editor", _NEEDS),
    Route("GET", "/api/dashboards/uid/{uid}/versions/{version}", get_version, "Editor", _NEEDS),
    Route("POST", "/api/dashboards/uid/{uid}/restore", restore_version, "Editor", _NEEDS, writes=True),
)
