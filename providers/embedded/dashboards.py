"""The classic dashboard routes under /api/dashboards, as 12.4.0 answers them."""

import re
from typing import Any

import orjson
from starlette.responses import Response

from providers.embedded import convert, wire
from providers.embedded.doubles import dump_doubles
from providers.embedded.home import HOME
from providers.embedded.ids import new_uuid
from providers.embedded.objects import Draft, Entry, managed_fields
from providers.embedded.preferences import find_home
from providers.embedded.refresh import MINIMUM, is_too_short
from providers.embedded.routing import Call, Route
from providers.embedded.slug import make_slug

UID = re.compile(r"[a-zA-Z0-9\-_]*")
UID_MAX = 40
_TITLE_MAX = 5000
_MESSAGE_MAX = 500
_SERVER_KEYS = ("id", "uid", "version")


def save_dashboard(call: Call) -> Response:
    """POST /api/dashboards/db (12.4.0): 412 `version-mismatch` where the sent version is not the live one.

    No check of titles within a folder; a dashboard sent without folder moves to the root. A refresh below the minimum
    is stored as the minimum.
    """
    command = call.json()
    dashboard = command.get("dashboard")
    if dashboard is None:
        raise wire.refuse(400, "bad request data")
    overwrite = wire.read_field(command, "overwrite", bool)
    message = wire.read_field(command, "message", str)
    if wire.read_field(command, "isFolder", bool):
        raise wire.refuse(400, "Use folders endpoint for saving folders.")
    dashboard = dashboard if isinstance(dashboard, dict) else {}
    title = _checked_title(dashboard)
    uid = dashboard["uid"].strip() if isinstance(dashboard.get("uid"), str) else ""
    check_uid(uid)
    if len(message) > _MESSAGE_MAX:
        raise wire.refuse(400, f"message too long, max {_MESSAGE_MAX} characters")
    folder = _checked_folder(call, command)
    live, number = _find_live(call, dashboard, uid)
    if live is not None and is_provisioned(live):
        raise wire.refuse(400, "Cannot save provisioned dashboard")
    if live is not None and not overwrite and live.generation != _number(dashboard.get("version")):
        raise wire.refuse(412, "The dashboard has been changed by someone else", status="version-mismatch")
    spec = {key: value for key, value in dashboard.items() if key not in _SERVER_KEYS} | {"title": title}
    if is_too_short(spec.get("refresh")):
        spec["refresh"] = MINIMUM
    sent = spec | dict.fromkeys(("uid", "version", "id") if live else ("uid", "version"))
    draft = Draft(spec, folder=folder, message=message, fields=managed_fields(sent))
    name = uid or (call.options.make_uid or new_uuid)()
    return saved_answer(store_draft(call, live, name, draft, number))


def store_draft(call: Call, live: Entry | None, name: str, draft: Draft, number: int = 0) -> Entry:
    """Create or update a dashboard written through the classic API; a new one may be told its `number`."""
    if live is None:
        return call.objects.create("dashboards", name, draft, call.author, number)
    kept = Draft(
        draft.spec,
        folder=draft.folder,
        message=draft.message,
        labels=live.labels,
        annotations=live.annotations,
        manager=draft.manager,
        fields=draft.fields,
    )
    return call.objects.update(live, kept, call.author)


def get_dashboard(call: Call) -> Response:
    """GET /api/dashboards/uid/:uid (12.4.0): always as v0alpha1, whatever it was written as."""
    entry = find_dashboard(call, call.params["uid"])
    spec = as_v0alpha1(call, entry)
    head = {"id": entry.id, "uid": entry.name, "version": entry.generation}
    dashboard = orjson.Fragment(splice(head, spec))
    return wire.answer({"meta": make_meta(call, entry), "dashboard": dashboard})


def delete_dashboard(call: Call) -> Response:
    """DELETE /api/dashboards/uid/:uid (12.4.0): into the trash."""
    entry = find_dashboard(call, call.params["uid"])
    if is_provisioned(entry):
        raise wire.refuse(400, "provisioned dashboard cannot be deleted")
    call.objects.remove(entry, call.author)
    message = f"Dashboard {entry.title} deleted"
    return wire.answer({"message": message, "title": entry.title, "uid": entry.name})


def get_home(call: Call) -> Response:
    """GET /api/dashboards/home (12.4.0): first steps are for admins; of a chosen one the path (source)."""
    home = find_home(call)
    if home is not None:
        return wire.answer({"redirectUri": dashboard_url(home)})
    meta, dashboard = HOME["meta"], HOME["dashboard"]
    panels = [one for one in dashboard["panels"] if one["type"] != "gettingstarted" or call.identity.can("Admin")]
    meta = {**meta, "canEdit": call.identity.can("Editor")}
    return wire.answer({"meta": meta, "dashboard": {**dashboard, "panels": panels}})


def list_tags(call: Call) -> Response:
    """GET /api/dashboards/tags (12.4.0): the most used first."""
    ordered = sorted(count_tags(call).items(), key=lambda item: (-item[1], item[0]))
    return wire.answer([{"term": tag, "count": count} for tag, count in ordered], content_type=wire.CHARSET)


def count_tags(call: Call) -> dict[str, int]:
    """Each tag, and how many dashboards have it."""
    counts: dict[str, int] = {}
    for entry in call.objects.all("dashboards"):
        for tag in set(entry.tags):
            counts[tag] = counts.get(tag, 0) + 1
    return counts


def is_provisioned(entry: Entry) -> bool:
    """Whether it comes from a file of the server's: its metadata says so, which the app platform lets anybody set."""
    return entry.annotations.get("grafana.app/managedBy") == "classic-file-provisioning"


def find_dashboard(call: Call, uid: str) -> Entry:
    """Returns the dashboard, or refuses with 404."""
    entry = call.objects.get("dashboards", uid)
    if entry is None:
        raise wire.refuse(404, "Dashboard not found")
    return entry


def as_v0alpha1(call: Call, entry: Entry) -> bytes:
    """The body as a classic dashboard without id, uid and version."""
    body = call.objects.body(entry)
    if not entry.api_version.startswith("v2"):
        return body
    return dump_doubles(convert.to_classic(orjson.loads(body)))


def dashboard_url(entry: Entry) -> str:
    """Returns the path of a dashboard's page."""
    return f"/d/{entry.name}/{make_slug(entry.title)}"


def folder_url(uid: str, title: str) -> str:
    """Returns the path of a folder's page."""
    return f"/dashboards/f/{uid}/{make_slug(title)}"


def check_uid(uid: str) -> None:
    """Refuse (400) a uid that 12.4.0 does not take, for dashboards of either API."""
    if not UID.fullmatch(uid):
        raise wire.refuse(400, "uid contains illegal characters")
    if len(uid) > UID_MAX:
        raise wire.refuse(400, f"uid too long, max {UID_MAX} characters")


def _checked_title(dashboard: dict[str, Any]) -> str:
    title = dashboard.get("title")
    title = title.strip() if isinstance(title, str) else ""
    if not title:
        raise wire.refuse(400, "Dashboard title cannot be empty", status="empty-name")
    if len(title) > _TITLE_MAX:
        message = "Dashboard title cannot contain more than 5 000 characters"
        raise wire.refuse(400, message, status="title-too-long")
    return title


def _checked_folder(call: Call, command: dict[str, Any]) -> str:
    uid = wire.read_field(command, "folderUid", str)
    if uid:
        if call.objects.get("folders", uid) is not None:
            return uid
        if uid == "general":
            raise wire.refuse(404, 'folders.folder.grafana.app "general" not found')
        raise wire.refuse(400, "folder not found")
    number = wire.read_field(command, "folderId", int)
    if number == 0:
        return ""
    folder = call.objects.by_id("folders", number)
    if folder is None:
        raise wire.refuse(400, "folder not found")
    return folder.name


def _find_live(call: Call, dashboard: dict[str, Any], uid: str) -> tuple[Entry | None, int]:
    """The dashboard that a save changes, and the `id` it was sent with.

    A known id with a new uid makes a second dashboard of the same id and leaves the first as it is (12.4.0).
    """
    by_uid = call.objects.get("dashboards", uid) if uid else None
    number = _number(dashboard.get("id"))
    if number == 0:
        return by_uid, 0
    by_id = call.objects.by_id("dashboards", number)
    if by_id is None:
        raise wire.refuse(404, "Dashboard not found", status="not-found")
    if by_uid is not None and by_uid.name != by_id.name:
        raise wire.refuse(400, "A dashboard with the same uid already exists")
    return (by_uid if uid else by_id), number


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0


def saved_answer(entry: Entry) -> Response:
    """Returns the answer of a save and of a restore."""
    saved = {
        "folderUid": entry.folder,
        "id": entry.id,
        "slug": make_slug(entry.title),
        "status": "success",
        "uid": entry.name,
        "url": dashboard_url(entry),
        "version": entry.generation,
    }
    return wire.answer(saved)


def splice(head: dict[str, Any], spec: bytes) -> bytes:
    """The JSON object `spec` with the keys of `head` before its own."""
    start = orjson.dumps(head)
    return start if spec == b"{}" else start[:-1] + b"," + spec[1:]


def make_meta(call: Call, entry: Entry) -> dict[str, Any]:
    """`createdBy` is Anonymous until the first change, as 12.4.0 answers for what was never updated."""
    may_edit, is_admin = call.identity.can("Editor"), call.may_admin(entry.created_by)
    folder = call.objects.get("folders", entry.folder) if entry.folder else None
    touched = entry.updated is not None
    allowed = {"canAdd": may_edit, "canEdit": may_edit, "canDelete": may_edit}
    return {
        "type": "db",
        "canSave": may_edit,
        "canEdit": may_edit,
        "canAdmin": is_admin,
        "canStar": True,
        "canDelete": may_edit,
        "slug": make_slug(entry.title),
        "url": dashboard_url(entry),
        "expires": wire.ZERO_TIME,
        "created": wire.timestamp(entry.created),
        "updated": wire.timestamp(entry.saved),
        "updatedBy": call.accounts.login_of(entry.updated_by) if touched else "Anonymous",
        "createdBy": call.accounts.login_of(entry.created_by) if touched else "Anonymous",
        "version": entry.generation,
        "hasAcl": False,
        "isFolder": False,
        "apiVersion": "v0alpha1",
        "folderId": folder.id if folder else 0,
        "folderUid": entry.folder,
        "folderTitle": folder.title if folder else "General",
        "folderUrl": folder_url(folder.name, folder.title) if folder else "",
        "provisioned": is_provisioned(entry),
        "provisionedExternalId": "",
        "annotationsPermissions": {"dashboard": allowed, "organization": allowed},
    }


_WRITE = "any of dashboards:create, dashboards:write"

ROUTES = (
    Route("POST", "/api/dashboards/db", save_dashboard, "Editor", _WRITE, writes=True),
    Route("GET", "/api/dashboards/home", get_home, "None"),
    Route("GET", "/api/dashboards/tags", list_tags, "Viewer", "dashboards:read"),
    Route("GET", "/api/dashboards/uid/{uid}", get_dashboard, "Viewer", "dashboards:read"),
    Route("DELETE", "/api/dashboards/uid/{uid}", delete_dashboard, "Editor", "dashboards:delete", writes=True),
)
