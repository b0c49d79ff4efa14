"""Versions of a dashboard by its number, as 5.4.3 and 7.5.5 have them by their source; they were not recorded."""

from typing import Any

import orjson
from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.dashboards import as_v0alpha1
from providers.embedded.generations import binding
from providers.embedded.generations.dashboards import find_by_number, find_same_title, saved
from providers.embedded.generations.traits import Traits
from providers.embedded.objects import Draft, Entry
from providers.embedded.routing import Call
from providers.embedded.versions import FIRST_MESSAGE, find_version, restored_from, restoring_message


def list_versions(traits: Traits, call: Call) -> Response:
    """GET /api/dashboards/id/:id/versions?limit=&start= (5.4.3, 7.5.5): one list, newest first."""
    entry = find_by_number(traits, call)
    start = call.query_int("start", 0)
    history = call.objects.history("dashboards", entry.name)[start : start + call.query_int("limit", 1000)]
    return wire.answer([_version(call, version) for version in history])


def restore_version(traits: Traits, call: Call) -> Response:
    """POST /api/dashboards/id/:id/restore {"version": N} (5.4.3, 7.5.5): a new version, in the folder of now."""
    live = find_by_number(traits, call)
    number = binding.field(call.json(), "version", int)
    version = find_version(call, live, number)
    if version is None:
        raise wire.refuse(404, "Dashboard version not found")
    spec = orjson.loads(as_v0alpha1(call, version))
    other = find_same_title(traits, call, version.title, live.folder)
    if other is not None and (other.kind, other.name) != (live.kind, live.name):
        traits.object_to("dashboard-name-taken")
    draft = Draft(spec, folder=live.folder, message=restoring_message(number))
    return saved(traits, call.objects.update(live, draft, call.author, live.generation + 1))


def _version(call: Call, version: Entry) -> dict[str, Any]:
    return {
        "id": version.rv,
        "dashboardId": version.id,
        "parentVersion": version.generation - 1,
        "restoredFrom": restored_from(version),
        "version": version.generation,
        "created": wire.timestamp(version.saved),
        "createdBy": call.accounts.login_of(version.updated_by or version.created_by),
        "message": version.message or (FIRST_MESSAGE if version.generation == 1 else ""),
    }
