"""Library panels under /api/library-elements, as 12.4.0 answers: in a folder, versioned, named by dashboards."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.avatars import avatar
from providers.embedded.collection import Collection
from providers.embedded.items import Draft, Item, Items
from providers.embedded.objects import Entry
from providers.embedded.routing import Call, Route

KIND: Final = "library element"
_KINDS: Final = (1, 2)
_UID_MAX: Final = 40
_PER_PAGE: Final = 100
_UNSIGNED: Final = {"id": 0, "name": "", "avatarUrl": ""}


def patch(call: Call) -> Response:
    """PATCH /api/library-elements/:uid (12.4.0): 412 unless `version` is the live one. A name or model that is left out
    stays. Without a folder the answer says that it is in the root, and it stays where it is."""
    command = call.json()
    old = LIBRARY.require(call)
    if command.get("version") != old.version:
        raise wire.refuse(412, "the library element has been changed by someone else")
    model = {"description": old.body["model"]["description"], **(command.get("model") or old.body["model"])}
    draft = _draft(call, wire.read_field(command, "name", str) or old.name, old.uid, model, command)
    told, stays = draft.body["folderUid"], draft.body["folderUid"] or old.body["folderUid"]
    kept = replace(draft, body={**draft.body, "folderUid": stays})
    new = LIBRARY.items(call).replace(old, kept, call.identity.account.id)
    return LIBRARY.answer({"result": _alone(call, replace(new, body={**new.body, "folderUid": told}))})


def find_named(call: Call) -> Response:
    """GET /api/library-elements/name/:name (12.4.0)."""
    found = [item for item in LIBRARY.items(call).all() if item.name == call.params["name"]]
    if not found:
        raise _missing("")
    return LIBRARY.answer({"result": [_alone(call, item) for item in sorted(found, key=lambda item: item.uid)]})


def list_connections(call: Call) -> Response:
    """GET /api/library-elements/:uid/connections/ (12.4.0): the dashboards that show it."""
    item = LIBRARY.require(call)
    users = [
        {
            "id": entry.id,
            "kind": 1,
            "elementId": item.id,
            "connectionId": entry.id,
            "connectionUid": entry.name,
            "created": wire.timestamp(entry.created),
            "createdBy": _person(call, item.created_by),
        }
        for entry in users_of(call, item)
    ]
    return LIBRARY.answer({"result": users})


def users_of(call: Call, item: Item) -> list[Entry]:
    """The dashboards that show a library panel."""
    dashboards = call.objects.all("dashboards")
    return [entry for entry in dashboards if item.uid in _named_in(call.objects.spec(entry))]


def panels_in(call: Call, folders: set[str]) -> list[Item]:
    """The library panels in any of `folders`."""
    return [item for item in LIBRARY.items(call).all() if item.body["folderUid"] in folders]


def delete_panels(call: Call, panels: Sequence[Item]) -> None:
    """Library panels go with their folder, also those that dashboards show (12.4.0)."""
    for item in panels:
        LIBRARY.items(call).remove(item)


def _named_in(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _named_in(item)
    elif isinstance(value, dict):
        panel = value.get("libraryPanel")
        if isinstance(panel, dict):
            yield str(panel.get("uid"))
        for item in value.values():
            yield from _named_in(item)


def _parse(call: Call) -> Draft:
    command = call.json()
    if command.get("kind") not in _KINDS:
        raise wire.refuse(500, "Failed to create library element")
    uid = wire.read_field(command, "uid", str)
    if len(uid) > _UID_MAX:
        raise wire.refuse(400, f"uid too long, max {_UID_MAX} characters")
    if not all((letter.isalnum() and letter.isascii()) or letter in "-_" for letter in uid):
        raise wire.refuse(400, "uid contains illegal characters")
    return _draft(call, wire.read_field(command, "name", str), uid, command.get("model") or {}, command)


def _draft(call: Call, name: str, uid: str, model: dict[str, Any], command: dict[str, Any]) -> Draft:
    folder = wire.read_field(command, "folderUid", str)
    if folder and call.objects.get("folders", folder) is None:
        raise wire.refuse(400, "failed to get folder")
    whole = {"type": "", "description": "", **{key: value for key, value in model.items() if value is not None}}
    body = {"folderUid": folder, "kind": command["kind"], "model": dict(sorted(whole.items()))}
    return Draft(body, uid, name)


def _admit(call: Call, draft: Draft, old: Item | None) -> Draft:
    if draft.uid and LIBRARY.items(call).get(draft.uid) is not None:
        raise wire.refuse(400, "library element with that name or UID already exists")
    return draft


def _show(call: Call, item: Item) -> dict[str, Any]:
    return {"result": _alone(call, item)}


def get(call: Call) -> Response:
    """GET /api/library-elements/:uid (12.4.0): one of the root is in a folder "general" here alone."""
    shown = _alone(call, LIBRARY.require(call))
    if not shown["folderUid"]:
        root = {"folderName": "General", "folderUid": "general"}
        shown |= {"folderUid": "general", "meta": {**shown["meta"], **root}}
    return LIBRARY.answer({"result": shown})


def _alone(call: Call, item: Item) -> dict[str, Any]:
    body = item.body
    folder = call.objects.get("folders", body["folderUid"]) if body["folderUid"] else None
    return {
        "id": item.id,
        "orgId": item.org,
        "folderId": folder.id if folder else 0,
        "folderUid": body["folderUid"],
        "uid": item.uid,
        "name": item.name,
        "kind": body["kind"],
        "type": body["model"]["type"],
        "description": body["model"]["description"],
        "model": body["model"],
        "version": item.version,
        "meta": {
            "folderName": folder.title if folder else "",
            "folderUid": body["folderUid"],
            "connectedDashboards": 0,
            "created": wire.timestamp(item.created),
            "updated": wire.timestamp(item.updated),
            "createdBy": _person(call, item.created_by),
            "updatedBy": _person(call, item.updated_by),
        },
    }


def _person(call: Call, number: int) -> dict[str, Any]:
    maker = call.accounts.by_id(number)
    return {"id": maker.id, "name": maker.login, "avatarUrl": avatar(maker.email)} if maker else _UNSIGNED


def _listed(_: Collection, call: Call, items: Sequence[Item]) -> dict[str, Any]:
    """A page of those of a kind, or in some folders, by name."""
    kind, folders = call.query_int("kind", 0), [uid for uid in call.query("folderFilterUIDs").split(",") if uid]
    page, size = call.query_int("page", 1), call.query_int("perPage", _PER_PAGE)
    found = sorted(
        (
            item
            for item in items
            if kind in (0, item.body["kind"]) and (not folders or item.body["folderUid"] in folders)
        ),
        key=lambda item: item.name,
    )
    shown = [_alone(call, item) for item in found[(page - 1) * size : page * size]]
    return {"result": {"totalCount": len(found), "elements": shown, "page": page, "perPage": size}}


def _missing(_: str) -> wire.Refused:
    return wire.refuse(404, "library element could not be found")


_PATH: Final = "/api/library-elements"

LIBRARY: Final = Collection(
    kind=KIND,
    path=_PATH,
    access={
        "list": ("Viewer", "library.panels:read"),
        "create": ("Editor", "library.panels:create"),
        "delete": ("Editor", "library.panels:delete"),
    },
    parse=_parse,
    admit=_admit,
    find=Items.get,
    show=_show,
    listed=_listed,
    missing=_missing,
    answers={"delete": lambda item: wire.answer({"id": item.id, "message": "Library element deleted"})},
)

ROUTES: Final = (
    Route("GET", f"{_PATH}/name/{{name}}", find_named, "Viewer", "library.panels:read"),
    Route("GET", f"{_PATH}/{{key}}/connections/", list_connections, "Viewer", "library.panels:read"),
    *LIBRARY.routes,
    Route("GET", f"{_PATH}/{{key}}", get, "Viewer", "library.panels:read"),
    Route("PATCH", f"{_PATH}/{{key}}", patch, "Editor", "library.panels:write", writes=True),
)
