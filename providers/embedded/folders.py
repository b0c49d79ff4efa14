"""The classic folder routes under /api/folders, as 12.4.0 answers them."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from providers.embedded import alerting, ids, library, wire
from providers.embedded.dashboards import folder_url
from providers.embedded.objects import Draft, Entry, below, parents
from providers.embedded.routing import Call, Route

_UID_MAX = 40
ROOT = "general"
_DEFAULT_LIMIT = 1000
_STALE = "The dashboard has been changed by someone else"
_FIELDS: Final[Mapping[str, Any]] = {"f:description": {}, "f:title": {}}


def list_folders(call: Call) -> Response:
    """GET /api/folders?parentUid=&limit=&page= (12.4.0): one level, by title, without version."""
    parent = call.query("parentUid")
    if parent:
        find_folder(call, parent)
    level = call.objects.children("folders", parent)
    level.sort(key=lambda folder: (folder.title.lower(), folder.rv))
    limit = call.query_int("limit", _DEFAULT_LIMIT)
    start = (call.query_int("page", 1) - 1) * limit
    return wire.answer([_short(folder) for folder in level[start : start + limit]])


def create_folder(call: Call) -> Response:
    """POST /api/folders (12.4.0): a uid in use is a 412; a parent that does not exist is taken as it is."""
    command = call.json()
    title = _text(command, "title").strip()
    uid = _text(command, "uid")
    if not title:
        raise wire.refuse(400, "folder title cannot be empty")
    if uid == ROOT:
        raise wire.refuse(500, "Folder API error: invalid uid for folder provided")
    if message := uid_problem(uid):
        raise message
    if uid and call.objects.get("folders", uid) is not None:
        raise wire.refuse(412, "the folder has been changed by someone else")
    spec = {"title": title, "description": _text(command, "description")}
    draft = Draft(spec, folder=_text(command, "parentUid"), api_version="v1beta1", fields=_FIELDS)
    name = uid or ids.new_short_uid(call.store.now())
    return wire.answer(_folder(call, call.objects.create("folders", name, draft, call.author)))


def get_folder(call: Call) -> Response:
    """GET /api/folders/:uid (12.4.0), with the line of parents; `general` is the root."""
    if call.params["uid"] == ROOT:
        return wire.answer(_root(call))
    return wire.answer(_folder(call, find_folder(call, call.params["uid"])))


def get_folder_by_id(call: Call) -> Response:
    """GET /api/folders/id/:id (12.4.0)."""
    folder = call.objects.by_id("folders", call.params["id"])
    if folder is None:
        raise _not_found()
    return wire.answer(_folder(call, folder))


def update_folder(call: Call) -> Response:
    """PUT /api/folders/:uid (12.4.0): 412 unless `version` is the live one or `overwrite` is set."""
    folder = find_folder(call, call.params["uid"])
    command = call.json()
    if not command.get("overwrite") and command.get("version") != folder.generation:
        raise wire.refuse(412, _STALE)
    spec = call.objects.spec(folder)
    title = _text(command, "title").strip() if "title" in command else folder.title
    if not title:
        raise wire.refuse(400, "Dashboard title cannot be empty")
    spec |= {"title": title, "description": command.get("description", spec.get("description", ""))}
    return wire.answer(_folder(call, _change(call, folder, spec, folder.folder)))


def move_folder(call: Call) -> Response:
    """POST /api/folders/:uid/move {"parentUid": ""} (12.4.0): into itself or below itself is a 500."""
    folder = find_folder(call, call.params["uid"])
    parent = _text(call.json(), "parentUid")
    if parent:
        above = find_folder(call, parent)
        if folder.name in [above.name, *(one.name for one in parents(call.objects, above))]:
            message = "cannot move folder under its own descendant, this would create a circular reference"
            raise wire.refuse(500, message)
    return wire.answer(_folder(call, _change(call, folder, call.objects.spec(folder), parent)))


def delete_folder(call: Call) -> Response:
    """DELETE /api/folders/:uid?forceDeleteRules= (12.4.0): everything in it goes too, however deep; dashboards go to
    the trash, and alert rules keep the folder unless they are to go."""
    uid = call.params["uid"]
    folder = call.objects.get("folders", uid)
    if folder is None:
        raise wire.refuse(404, f'folders.folder.grafana.app "{uid}" not found')
    folders, dashboards = below(call.objects, uid)
    rules = alerting.rules_in(call, {uid, *(one.name for one in folders)})
    if rules and call.query("forceDeleteRules") != "true":
        raise wire.refuse_id(400, "folder.not-empty", "Folder cannot be deleted: folder is not empty")
    alerting.delete_rules(call, rules)
    library.delete_panels(call, library.panels_in(call, {uid, *(one.name for one in folders)}))
    for entry in [*dashboards, *reversed(folders), folder]:
        call.objects.remove(entry, call.author)
    return wire.answer({"message": "Folder deleted"})


def count_contents(call: Call) -> Response:
    """GET /api/folders/:uid/counts (12.4.0): everything below, however deep; an unknown folder holds nothing."""
    folders, dashboards = below(call.objects, call.params["uid"])
    within = {call.params["uid"], *(one.name for one in folders)}
    rules, panels = alerting.rules_in(call, within), library.panels_in(call, within)
    counts = {
        "alertrule": len(rules),
        "dashboard": len(dashboards),
        "folder": len(folders),
        "librarypanel": len(panels),
    }
    return wire.answer(counts)


def find_folder(call: Call, uid: str) -> Entry:
    """Returns the folder, or refuses with 404."""
    folder = call.objects.get("folders", uid)
    if folder is None:
        raise _not_found()
    return folder


def uid_problem(uid: str) -> wire.Refused | None:
    """Returns 12.4.0's refusal of a folder's uid, None for a valid one."""
    if "/" in uid:
        reason = f"metadata.name: Invalid value: \"{uid}\": may not contain '/'"
        return wire.refuse(422, f'Folder.folder.grafana.app "{uid}" is invalid: {reason}')
    if len(uid) > _UID_MAX:
        return wire.refuse(400, f"uid too long, max {_UID_MAX} characters")
    if not all((letter.isalnum() and letter.isascii()) or letter in "-_" for letter in uid):
        return wire.refuse(400, "uid contains illegal characters")
    return None


def _change(call: Call, folder: Entry, spec: dict[str, Any], parent: str) -> Entry:
    draft = Draft(
        spec,
        folder=parent,
        labels=folder.labels,
        annotations=folder.annotations,
        api_version=folder.api_version,
        fields=_FIELDS,
    )
    return call.objects.update(folder, draft, call.author)


def _text(command: dict[str, Any], key: str) -> str:
    value = command.get(key) or ""
    if not isinstance(value, str):
        raise wire.refuse(400, "bad request data")
    return value


def _not_found() -> wire.Refused:
    return wire.refuse(404, "folder not found", status="not-found")


def _short(folder: Entry) -> dict[str, Any]:
    short: dict[str, Any] = {"id": folder.id, "uid": folder.name, "title": folder.title}
    return short | ({"parentUid": folder.folder} if folder.folder else {})


def _folder(call: Call, folder: Entry) -> dict[str, Any]:
    line = parents(call.objects, folder)
    above = {"parents": [_alone(call, one) for one in line]} if line else {}
    return _alone(call, folder) | above


def _alone(call: Call, folder: Entry) -> dict[str, Any]:
    """`updatedBy` is Anonymous until the first change (12.4.0)."""
    may_edit = call.identity.can("Editor")
    touched = folder.updated is not None
    answer = {
        "id": folder.id,
        "uid": folder.name,
        "orgId": folder.org,
        "title": folder.title,
        "url": folder_url(folder.name, folder.title),
        "hasAcl": False,
        "canSave": may_edit,
        "canEdit": may_edit,
        "canAdmin": call.may_admin(folder.created_by),
        "canDelete": may_edit,
        "createdBy": call.accounts.login_of(folder.created_by),
        "created": wire.timestamp(folder.created),
        "updatedBy": call.accounts.login_of(folder.updated_by) if touched else "Anonymous",
        "updated": wire.timestamp(folder.saved),
        "version": folder.generation,
    }
    return answer | ({"parentUid": folder.folder} if folder.folder else {})


def _root(call: Call) -> dict[str, Any]:
    may_edit = call.identity.can("Editor")
    return {
        "id": 0,
        "uid": ROOT,
        "orgId": 0,
        "title": "Dashboards",
        "url": "",
        "hasAcl": False,
        "canSave": may_edit,
        "canEdit": may_edit,
        "canAdmin": call.identity.can("Admin"),
        "canDelete": may_edit,
        "createdBy": "Anonymous",
        "created": wire.ZERO_TIME,
        "updatedBy": "Anonymous",
        "updated": wire.ZERO_TIME,
    }


ROUTES = (
    Route("GET", "/api/folders", list_folders, "Viewer", "folders:read"),
    Route("POST", "/api/folders", create_folder, "Editor", "folders:create", writes=True),
    Route("GET", "/api/folders/id/{id:int}", get_folder_by_id, "Viewer", "folders:read"),
    Route("GET", "/api/folders/{uid}", get_folder, "Viewer", "folders:read"),
    Route("PUT", "/api/folders/{uid}", update_folder, "Editor", "folders:write", writes=True),
    Route("DELETE", "/api/folders/{uid}", delete_folder, "Editor", "folders:delete", writes=True),
    Route("POST", "/api/folders/{uid}/move", move_folder, "Editor", "folders:write", writes=True),
    Route("GET", "/api/folders/{uid}/counts", count_contents, "Viewer", "folders:read"),
)
