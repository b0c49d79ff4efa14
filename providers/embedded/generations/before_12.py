"""The differences of 11.0.0 from 12.4.0, but for people and alerting: dashboards, folders, data sources, snapshots."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import orjson
from starlette.responses import Response

from providers.embedded import dashboards, snapshots, versions, wire
from providers.embedded.generations import titles
from providers.embedded.generations.adapting import (
    Adaptation,
    Answer,
    adding,
    both,
    lacking,
    refusing,
    shaped,
)
from providers.embedded.generations.common import authorship
from providers.embedded.generations.homes import TIMES
from providers.embedded.generations.traits import Refusal
from providers.embedded.objects import Entry
from providers.embedded.routing import Call

_STALE_FOLDER: Final = Refusal(412, "the folder has been changed by someone else", "version-mismatch")
_NO_FOLDER: Final = Refusal(404, "folder not found", "not-found")
_IN_LOCATION: Final = "a folder with the same name already exists in the current location"
# Refusals that name no trace: those that were made without a cause.
_UNTRACED: Final = frozenset(
    {
        *("Data source not found", "folder not found", "folder title cannot be empty", "user not found"),
        *("Annotation not found", "Validation error, need specify either username or email"),
        *("folder cannot be deleted: folder contains alert rules", "Unable to find datasource plugin"),
        *("To use this service, you need to activate nested folder feature.",),
        *("uid contains illegal characters", "uid too long, max 40 characters"),
        *("a folder or dashboard in the general folder with the same name already exists", _IN_LOCATION),
        *("Failed to delete organization. ID not found", "Failed to delete Team. ID not found"),
        *("Password is missing or too short", "User is already added to this team"),
    }
)


def traced(call: Call, answer: Answer) -> Answer:
    """A refusal with the `traceID` that most of 10.1.2 and 11.0.0 have, empty as it is without tracing."""
    body = answer.body
    without = not isinstance(body, dict) or "message" not in body or "status" in body
    if without or (answer.message in _UNTRACED and call.request.scope["path"] != "/api/ds/query"):
        return answer
    return replace(answer, body={**body, "traceID": ""})


# --- dashboards and folders -------------------------------------------------------------------------------------------


def get_dashboard(call: Call, **more: object) -> Response:
    """GET /api/dashboards/uid/:uid (11.0.0): whoever made it is told at once; `more` are further keys of meta."""
    entry = dashboards.find_dashboard(call, call.params["uid"])
    meta = dashboards.make_meta(call, entry) | authorship(call, entry) | more
    del meta["apiVersion"]
    head = {"id": entry.id, "uid": entry.name, "version": entry.generation}
    dashboard = orjson.Fragment(dashboards.splice(head, dashboards.as_v0alpha1(call, entry)))
    return wire.answer({"meta": meta, "dashboard": dashboard})


def delete_dashboard(call: Call) -> Response:
    """DELETE /api/dashboards/uid/:uid (10.1.2, 11.0.0): for good."""
    entry = dashboards.find_dashboard(call, call.params["uid"])
    call.objects.remove(entry, call.author)
    return wire.answer({"id": entry.id, "message": f"Dashboard {entry.title} deleted", "title": entry.title})


def list_versions(call: Call) -> Response:
    """GET /api/dashboards/uid/:uid/versions?limit=&start= (10.1.2, 11.0.0): one list, newest first; models of all but
    the first have the dashboard's number."""
    entry = dashboards.find_dashboard(call, call.params["uid"])
    start = call.query_int("start", 0)
    history = call.objects.history("dashboards", entry.name)[start : start + call.query_int("limit", 1000)]
    return wire.answer([_version(call, one) for one in history])


def _version(call: Call, version: Entry) -> dict[str, Any]:
    number = {} if version.generation == 1 else {"id": version.id}
    shown = versions.describe(call, version, **number) | versions.listed_author(call, version)
    return shown | {"id": call.objects.count_saves(version.rv)}


def _numbered(call: Call, folder: dict[str, Any]) -> dict[str, Any]:
    """A folder as the table of folders has it, where it has another number than among dashboards, and no version."""
    number = call.objects.count_made("folders", folder["id"])
    known = {key: value for key, value in folder.items() if key != "version"}
    return known | {"id": number, "orgId": 0} | _ANONYMOUS


def _parents(call: Call, answer: Answer) -> Answer:
    line = answer.body.get("parents") if answer.succeeds else None
    if not line:
        return answer
    return replace(answer, body={**answer.body, "parents": [_numbered(call, one) for one in line]})


def _moved(call: Call, answer: Answer) -> Answer:
    return replace(answer, body=_numbered(call, answer.body)) if answer.succeeds else answer


_ANONYMOUS: Final = {"createdBy": "Anonymous", "updatedBy": "Anonymous"}
_FOLDER: Final = both(adding(orgId=0), _parents, adding(**_ANONYMOUS))
_NEW_FOLDER: Final = both(adding(orgId=0), _parents, shaped(lambda folder: folder | {"updatedBy": folder["createdBy"]}))
_DASHBOARDS: Final[Mapping[str, Adaptation]] = {
    "POST /api/dashboards/db": Adaptation(before=titles.keeping_titles_apart(titles.is_equal, titles.make_short_uid)),
    "GET /api/dashboards/home": Adaptation(adding("dashboard.timepicker", time_options=TIMES)),
    "GET /api/search": Adaptation(lacking("orgId", "isDeleted")),
    "GET /api/folders/{uid}": Adaptation(_FOLDER),
    "GET /api/folders/id/{id:int}": Adaptation(_FOLDER),
    "POST /api/folders": Adaptation(
        both(
            titles.folders_once(_IN_LOCATION, "folders"),
            _NEW_FOLDER,
            refusing({_STALE_FOLDER.message: _STALE_FOLDER}),
        )
    ),
    "PUT /api/folders/{uid}": Adaptation(
        both(
            titles.folders_once(_IN_LOCATION, "folders"),
            _FOLDER,
            refusing({"The dashboard has been changed by someone else": _STALE_FOLDER}),
        )
    ),
    "POST /api/folders/{uid}/move": Adaptation(both(titles.folders_once(_IN_LOCATION, "folders"), _moved)),
    "DELETE /api/folders/{uid}": Adaptation(
        lambda call, answer: _folder_missing(answer) if answer.status == 404 else answer
    ),
}


def _folder_missing(answer: Answer) -> Answer:
    return replace(answer, body={"message": _NO_FOLDER.message, "status": _NO_FOLDER.status})


# --- data sources and snapshots ---------------------------------------------------------------------------------------


def create_snapshot(call: Call) -> Response:
    """POST /api/snapshots (10.1.2, 11.0.0): of any dashboard, be it stored or not."""
    command = snapshots.read_command(call)
    if command.get("external"):
        raise wire.refuse(403, "External dashboard creation is disabled", wire.CHARSET, traceID="")
    uid = command["dashboard"].get("uid")
    return snapshots.keep(call, command, f"/d/{uid}" if isinstance(uid, str) else "/d/")


def _logo(source: dict[str, Any]) -> dict[str, Any]:
    return source | {"typeLogoUrl": source["typeLogoUrl"].replace("public/plugins/", "public/app/plugins/datasource/")}


def _logos(body: Any) -> Any:
    return [_logo(one) for one in body] if isinstance(body, list) else _logo(body)


_SOURCES: Final = "/api/datasources"
_SOURCE: Final = Adaptation(both(lacking("apiVersion"), shaped(_logos)))
_WRITTEN_SOURCE: Final = Adaptation(
    both(
        lacking("apiVersion", within="datasource"),
        shaped(lambda body: body | {"datasource": _logo(body["datasource"])}),
    )
)
_DATA_SOURCES: Final[Mapping[str, Adaptation]] = {
    f"GET {_SOURCES}": Adaptation(shaped(_logos)),
    f"POST {_SOURCES}": _WRITTEN_SOURCE,
    f"GET {_SOURCES}/uid/{{uid}}": _SOURCE,
    f"PUT {_SOURCES}/uid/{{uid}}": _WRITTEN_SOURCE,
    f"GET {_SOURCES}/name/{{name:path}}": _SOURCE,
    f"GET {_SOURCES}/{{id}}": _SOURCE,
    f"PUT {_SOURCES}/{{id}}": _WRITTEN_SOURCE,
}

ADAPTATIONS: Final[Mapping[str, Adaptation]] = {**_DASHBOARDS, **_DATA_SOURCES}
