"""GET /api/search, as 12.4.0 answers."""

from typing import Any

from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.dashboards import dashboard_url, folder_url
from providers.embedded.objects import Entry
from providers.embedded.routing import Call, Route
from providers.embedded.slug import make_slug

_DEFAULT_LIMIT = 1000
_MAX_LIMIT = 5000
_ROOT = "general"
_TYPES = ("", "dash-db", "dash-folder")


def search(call: Call) -> Response:
    """Searches by title without regard to case; unless `sort` is given, the folders of a *page* come first (12.4.0)."""
    limit = call.query_int("limit", _DEFAULT_LIMIT)
    if limit > _MAX_LIMIT:
        message = f"Limit is above maximum allowed ({_MAX_LIMIT}), use page parameter to access hits beyond limit"
        raise wire.refuse(422, message)
    if call.query("type") not in _TYPES:
        raise wire.refuse(500, "Search failed")
    folders = {folder.name: folder for folder in call.objects.all("folders")}
    hits = [entry for entry in _candidates(call, folders) if _matches(call, entry)]
    hits.sort(key=lambda entry: entry.rv)
    hits.sort(key=lambda entry: entry.title.lower(), reverse=call.query("sort") == "alpha-desc")
    start = (call.query_int("page", 1) - 1) * limit
    page = hits[start : start + limit]
    if not call.query("sort"):
        page.sort(key=lambda entry: entry.kind == "dashboards")
    return wire.answer([make_hit(entry, folders) for entry in page])


def _candidates(call: Call, folders: dict[str, Entry]) -> list[Entry]:
    kind = call.query("type")
    found: list[Entry] = []
    if kind != "dash-db":
        found += folders.values()
    if kind != "dash-folder":
        found += call.objects.all("dashboards")
    return found


def _matches(call: Call, entry: Entry) -> bool:
    title = entry.title.lower()
    wanted = call.query("query").lower()
    if wanted != "*" and any(word not in title for word in wanted.split()):
        return False
    if call.query("starred") == "true" or not set(call.request.query_params.getlist("tag")) <= set(entry.tags):
        return False
    uids = call.query_list("dashboardUIDs") + call.query_list("dashboardUID")
    if uids and (entry.name not in uids or entry.kind != "dashboards"):
        return False
    ids = call.query_list("dashboardIds")
    if ids and str(entry.id) not in ids:
        return False
    folders = call.query_list("folderUIDs")
    return not folders or (entry.folder or _ROOT) in folders


def make_hit(entry: Entry, folders: dict[str, Entry]) -> dict[str, Any]:
    """One line of the answer; `folders` by uid."""
    is_folder = entry.kind == "folders"
    return {
        "id": entry.id,
        "uid": entry.name,
        "orgId": entry.org,
        "title": entry.title,
        "uri": f"db/{make_slug(entry.title)}",
        "url": folder_url(entry.name, entry.title) if is_folder else dashboard_url(entry),
        "slug": "",
        "type": "dash-folder" if is_folder else "dash-db",
        "tags": entry.tags,
        "isStarred": False,
        **_place(entry, folders),
        "sortMeta": 0,
        "isDeleted": False,
    }


def _place(entry: Entry, folders: dict[str, Entry]) -> dict[str, Any]:
    if not entry.folder:
        return {}
    folder = folders.get(entry.folder)
    if folder is None:
        return {"folderUid": entry.folder, "folderUrl": folder_url(entry.folder, "")}
    return {
        "folderId": folder.id,
        "folderUid": folder.name,
        "folderTitle": folder.title,
        "folderUrl": folder_url(folder.name, folder.title),
    }


ROUTES = (Route("GET", "/api/search", search, "Viewer", "dashboards:read"),)
