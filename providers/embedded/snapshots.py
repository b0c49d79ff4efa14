"""Snapshots under /api/snapshots, as 12.4.0 answers."""

import sqlite3
from typing import Any

import orjson
from starlette.responses import Response

from providers.embedded import ids, wire
from providers.embedded.routing import Call, Route

_FIFTY_YEARS = 60 * 60 * 24 * 365 * 50
_DEFAULT_LIMIT = 1000
DELETED = "Snapshot deleted. It might take an hour before it's cleared from any CDN caches."


def create(call: Call) -> Response:
    """POST /api/snapshots (12.4.0): the dashboard must exist; no `expires`, or none above 0, is fifty years."""
    command = read_command(call)
    dashboard = command["dashboard"]
    if not call.identity.can("Editor"):
        raise wire.refuse(403, "forbidden", wire.CHARSET)
    uid = dashboard.get("uid")
    if not isinstance(uid, str) or call.objects.get("dashboards", uid) is None:
        raise wire.refuse(400, "Dashboard not found", wire.CHARSET, traceID="")
    if command.get("external"):  # as with external_enabled = false: nothing leaves this server
        raise wire.refuse(403, "External dashboard creation is disabled", wire.CHARSET, traceID="")
    return keep(call, command, f"/d/{uid}")


def create_public(call: Call) -> Response:
    """POST /api/snapshots with [snapshots] public_mode (12.4.0): for everybody, of any dashboard."""
    return keep(call, read_command(call), "")


def keep(call: Call, command: dict[str, Any], original_url: str) -> Response:
    """Store a snapshot under keys of the client's choice, or new ones; a key in use is refused."""
    dashboard = command["dashboard"]
    key, delete_key = command.get("key") or ids.new_key(), command.get("deleteKey") or ids.new_key()
    if find(call, "key", key) is not None or find(call, "delete_key", delete_key) is not None:
        raise wire.refuse(500, "Failed to create snapshot", wire.CHARSET, traceID="")
    body = dashboard | {"snapshot": {**_dict(dashboard.get("snapshot")), "originalUrl": original_url}}
    store(call, command, key, delete_key, body)
    return wire.answer(links(call, key, delete_key), content_type=wire.CHARSET)


def store(call: Call, command: dict[str, Any], key: str, delete_key: str, body: dict[str, Any]) -> int:
    """Keep a snapshot of `body` as `command` says; its id."""
    now = call.store.now()
    seconds = command.get("expires") or 0
    values = {
        "org": call.who.org if call.who else 0,
        "account": call.who.account.id if call.who else 0,
        "name": command.get("name") or "Unnamed snapshot",
        "key": key,
        "delete_key": delete_key,
        "external": False,
        "expires": now + (seconds if seconds > 0 else _FIFTY_YEARS),
        "created": now,
        "body": orjson.dumps(body, option=orjson.OPT_SORT_KEYS),
    }
    return call.store.insert("snapshot", values)


def links(call: Call, key: str, delete_key: str) -> dict[str, Any]:
    """Returns the answer to the creation of a snapshot."""
    return {
        "key": key,
        "deleteKey": delete_key,
        "url": f"{call.root_url}dashboard/snapshot/{key}",
        "deleteUrl": f"{call.root_url}api/snapshots-delete/{delete_key}",
    }


def get(call: Call) -> Response:
    """GET /api/snapshots/:key (12.4.0), signed in or not; an expired one is not found."""
    row = find(call, "key", call.params["key"])
    if row is None:
        raise _not_found()
    if row["expires"] < call.store.now():
        raise wire.refuse(404, "Dashboard snapshot not found")
    body = {"meta": meta_of(row), "dashboard": orjson.Fragment(row["body"])}
    return wire.answer(body, headers={"Cache-Control": "public, max-age=3600"})


def delete(call: Call) -> Response:
    """DELETE /api/snapshots/:key (12.4.0)."""
    row = find(call, "key", call.params["key"])
    if row is None:
        raise _not_found()
    if row["org"] != call.identity.org:
        raise wire.refuse(401, "OrgID mismatch")
    remove(call, row)
    return wire.answer({"id": row["id"], "message": DELETED})


def delete_by_key(call: Call) -> Response:
    """GET /api/snapshots-delete/:deleteKey (12.4.0): needs signing in but in public mode, and no permission."""
    row = find(call, "delete_key", call.params["key"])
    if row is None:
        raise wire.refuse(404, "Snapshot not found")
    remove(call, row)
    return wire.answer({"message": DELETED})


def list_all(call: Call) -> Response:
    """GET /api/dashboard/snapshots?query=&limit= (12.4.0): in order of creation; others than admins see their own.

    `query` is a whole name, in SQL's LIKE: with % and _, without regard to case (on SQLite).
    """
    listed = [_listed(row) for row in visible(call, call.query("query") or "%")]
    return wire.answer(listed[: call.query_int("limit", _DEFAULT_LIMIT)])


def visible(call: Call, like: str = "%") -> list[sqlite3.Row]:
    """The snapshots that a caller may list; expired ones are swept, as the server's clean-up job does."""
    call.store.run("delete from snapshot where expires < ?", call.store.now())
    rows = call.store.rows("select * from snapshot where org = ? and name like ? order by id", call.identity.org, like)
    mine = call.identity.account.id
    return [row for row in rows if call.identity.can("Admin") or row["account"] == mine]


def read_command(call: Call) -> dict[str, Any]:
    """Returns the body of a POST, or refuses it."""
    refused = wire.refuse(400, "bad request data", wire.CHARSET, traceID="")
    try:
        command = wire.parse_object(call.body)
    except wire.Refused:
        raise refused from None
    texts = all(isinstance(command.get(key) or "", str) for key in ("name", "key", "deleteKey"))
    numbers = isinstance(command.get("expires") or 0, int)
    if not texts or not numbers or not isinstance(command.get("dashboard"), dict):
        raise refused
    return command


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def find(call: Call, column: str, value: str) -> sqlite3.Row | None:
    """The snapshot with a `key` or `delete_key`, of whatever organisation."""
    return call.store.row(f"select * from snapshot where {column} = ?", value)


def remove(call: Call, row: sqlite3.Row) -> None:
    """Delete a snapshot."""
    call.store.run("delete from snapshot where id = ?", row["id"])


def _not_found() -> wire.Refused:
    return wire.refuse_id(404, "dashboardsnapshots.not-found", "Snapshot not found")


def _listed(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "name": row["name"],
        "key": row["key"],
        "external": bool(row["external"]),
        "externalUrl": "",
        "expires": wire.timestamp(row["expires"]),
        "created": wire.timestamp(row["created"]),
        "updated": wire.timestamp(row["created"]),
    }


def meta_of(row: sqlite3.Row) -> dict[str, Any]:
    """The `meta` beside a snapshot's dashboard."""
    return {
        "isSnapshot": True,
        "type": "snapshot",
        "canSave": False,
        "canEdit": False,
        "canAdmin": False,
        "canStar": False,
        "canDelete": False,
        "slug": "",
        "url": "",
        "expires": wire.timestamp(row["expires"]),
        "created": wire.timestamp(row["created"]),
        "updated": wire.ZERO_TIME,
        "updatedBy": "",
        "createdBy": "",
        "version": 0,
        "hasAcl": False,
        "isFolder": False,
        "folderId": 0,
        "folderUid": "",
        "folderTitle": "",
        "folderUrl": "",
        "provisioned": False,
        "provisionedExternalId": "",
        "annotationsPermissions": None,
    }


PUBLIC_ROUTES = (
    Route("POST", "/api/snapshots", create_public, anonymous=True, writes=True),
    Route("GET", "/api/snapshots-delete/{key}", delete_by_key, anonymous=True, writes=True),
)

ROUTES = (
    Route("POST", "/api/snapshots", create, "Viewer", "snapshots:create", writes=True),
    Route("GET", "/api/snapshots/{key}", get, anonymous=True),
    Route("DELETE", "/api/snapshots/{key}", delete, "Editor", "snapshots:delete", writes=True),
    Route("GET", "/api/snapshots-delete/{key}", delete_by_key, "None", writes=True),
    Route("GET", "/api/dashboard/snapshots", list_all, "Viewer", "snapshots:read", writes=True),
)
