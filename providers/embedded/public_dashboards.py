"""Public dashboards under /api/dashboards, as 12.4.0 answers: each is below its dashboard, and outlives it."""

import re
import uuid
from typing import Any, Final

from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.items import Draft, Item, Items
from providers.embedded.objects import Entry
from providers.embedded.routing import Call, Route
from providers.embedded.slug import make_slug

_PER_PAGE: Final = 1000
_FLAGS: Final = ("timeSelectionEnabled", "isEnabled", "annotationsEnabled")
_SHARES: Final = ("", "public", "email")
_UID: Final = re.compile(r"[a-zA-Z0-9\-_]{1,40}")


def list_all(call: Call) -> Response:
    """GET /api/dashboards/public-dashboards?page=&perpage= (12.4.0): by title, of dashboards that are there."""
    page, size = call.query_int("page", 1), call.query_int("perpage", _PER_PAGE)
    there = ((one, call.objects.get("dashboards", one.name)) for one in _items(call).all())
    found = sorted((_listed(one, entry) for one, entry in there if entry is not None), key=lambda shown: shown["title"])
    shown = found[(page - 1) * size : page * size]
    return wire.answer({"publicDashboards": shown, "totalCount": len(found), "page": page, "perPage": size})


def get(call: Call) -> Response:
    """GET /api/dashboards/uid/:uid/public-dashboards (12.4.0): also of a dashboard that is gone."""
    if not _UID.fullmatch(call.params["uid"]):
        raise _refuse(400, "identifierNotSet", "No Uid for dashboard specified")
    item = _items(call).by_name(call.params["uid"])
    if item is None or item.body["share"] == "email":
        raise _missing()
    return wire.answer(_show(item))


def create(call: Call) -> Response:
    """POST /api/dashboards/uid/:uid/public-dashboards (12.4.0): once for a dashboard."""
    command = _command(call)
    uid, token = (wire.read_field(command, key, str) for key in ("uid", "accessToken"))
    if uid and not _UID.fullmatch(uid):
        raise _invalid()
    if token and not _is_uuid(token):
        raise _refuse(400, "invalidAccessToken", "Invalid access token")
    share = _share(command)
    name = _dashboard(call).name
    if _items(call).by_name(name) is not None:
        raise _refuse(400, "dashboardIsPublic", "Dashboard is already public")
    if uid and _items(call).get(uid) is not None:
        raise _refuse(400, "uidExists", "Dashboard Uid already exists")
    if token and any(one.body["accessToken"] == token for one in _items(call).all()):
        raise _refuse(400, "accessTokenExists", "Dashboard Access Token already exists")
    flags = {**dict.fromkeys(_FLAGS, False), **_flags(command)}
    body = {"accessToken": token or uuid.uuid4().hex, **flags, "share": share or "public"}
    return wire.answer(_show(_items(call).add(Draft(body, uid, name), call.identity.account.id)))


def update(call: Call) -> Response:
    """PATCH /api/dashboards/uid/:uid/public-dashboards/:uid (12.4.0): what is not sent stays; uid and token do so."""
    command = _command(call)
    share = _share(command)
    old = _own(call, _dashboard(call).name)
    body = {**old.body, **_flags(command), **({"share": share} if share else {})}
    return wire.answer(_show(_items(call).replace(old, Draft(body, name=old.name), call.identity.account.id)))


def delete(call: Call) -> Response:
    """DELETE /api/dashboards/uid/:uid/public-dashboards/:uid (12.4.0): the dashboard may be gone."""
    _items(call).remove(_own(call, call.params["uid"]))
    return Response(status_code=200)


def _command(call: Call) -> dict[str, Any]:
    try:
        return call.json()
    except wire.Refused:
        raise _refuse(400, "badRequest", "BadRequest") from None


def _flags(command: dict[str, Any]) -> dict[str, bool]:
    return {key: wire.read_field(command, key, bool) for key in _FLAGS if command.get(key) is not None}


def _share(command: dict[str, Any]) -> str:
    share = wire.read_field(command, "share", str)
    if share not in _SHARES:
        raise _refuse(400, "invalidShareType", "Invalid share type")
    return share


def _is_uuid(text: str) -> bool:
    try:
        return uuid.UUID(text).hex != ""
    except ValueError:
        return False


def _dashboard(call: Call) -> Entry:
    entry = call.objects.get("dashboards", call.params["uid"])
    if entry is None:
        raise _refuse(404, "dashboardNotFound", "Dashboard not found")
    return entry


def _own(call: Call, dashboard: str) -> Item:
    """The one that the route names, which has to be of this dashboard."""
    item = _items(call).get(call.params["key"])
    if item is None:
        raise _missing()
    if item.name != dashboard:
        raise _invalid()
    return item


def _items(call: Call) -> Items:
    return Items(call.store, call.identity.org, "public dashboard")


def _show(item: Item) -> dict[str, Any]:
    return {
        "uid": item.uid,
        "dashboardUid": item.name,
        "createdBy": item.created_by,
        "updatedBy": item.updated_by,
        "createdAt": wire.timestamp(item.created),
        "updatedAt": wire.timestamp(item.updated),
        **item.body,
    }


def _listed(item: Item, entry: Entry) -> dict[str, Any]:
    told = {"uid": item.uid, "dashboardUid": item.name, "title": entry.title, "slug": make_slug(entry.title)}
    return {**told, "accessToken": item.body["accessToken"], "isEnabled": item.body["isEnabled"]}


def _refuse(status: int, word: str, message: str) -> wire.Refused:
    return wire.refuse_id(status, f"publicdashboards.{word}", message)


def _missing() -> wire.Refused:
    return _refuse(404, "notFound", "Dashboard not found")


def _invalid() -> wire.Refused:
    return _refuse(400, "invalidUid", "Invalid Uid")


_OF: Final = "/api/dashboards/uid/{uid}/public-dashboards"
_WRITE: Final = "dashboards.public:write"
ROUTES: Final = (
    Route("GET", "/api/dashboards/public-dashboards", list_all, "None"),
    Route("GET", _OF, get, "Viewer", "dashboards:read"),
    Route("POST", _OF, create, "Admin", _WRITE, writes=True),
    Route("PATCH", f"{_OF}/{{key}}", update, "Admin", _WRITE, writes=True),
    Route("DELETE", f"{_OF}/{{key}}", delete, "Admin", _WRITE, writes=True),
)
