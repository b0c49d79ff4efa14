"""GET /api/search as it was up to 7.5: a part of the title, tags, folders by id."""

from typing import Any

from starlette.responses import Response

from providers.embedded.generations.traits import Traits
from providers.embedded.objects import Entry
from providers.embedded.routing import Call

_DEFAULT_LIMIT = 1000
_MAX_LIMIT = 5000


def search(traits: Traits, call: Call) -> Response:
    """Searches by title without regard to case, folders first within the results (3.2.1, 5.4.3, 7.5.5).

    `query` is found anywhere in the title. 5.4.3 has no pages, and cuts a search for tags by id (search-tag).
    """
    limit = call.query_int("limit", _DEFAULT_LIMIT)
    if limit > _MAX_LIMIT:
        traits.object_to("search-limit")
    folders = {folder.name: folder for folder in call.objects.all("folders")}
    hits = [entry for entry in _candidates(call, folders) if _matches(call, entry, folders)]
    by_id = traits.tagged_cut_by_id and bool(call.query_list("tag"))
    hits.sort(key=lambda entry: entry.id)
    if not by_id:
        hits.sort(key=lambda entry: entry.title.lower())
    start = (call.query_int("page", 1) - 1) * limit if traits.search_has_pages else 0
    page = hits[start : start + limit]
    page.sort(key=lambda entry: (entry.kind == "dashboards", entry.title.lower()))
    return traits.answer("search", [_hit(traits, entry, folders) for entry in page])


def _candidates(call: Call, folders: dict[str, Entry]) -> list[Entry]:
    kind = call.query("type")
    found = [] if kind == "dash-db" else list(folders.values())
    return found + ([] if kind == "dash-folder" else call.objects.all("dashboards"))


def _matches(call: Call, entry: Entry, folders: dict[str, Entry]) -> bool:
    if call.query("query").lower() not in entry.title.lower() or call.query("starred") == "true":
        return False
    if not set(call.query_list("tag")) <= set(entry.tags):
        return False
    ids = call.query_list("dashboardIds")
    if ids and str(entry.id) not in ids:
        return False
    places = call.query_list("folderIds")
    place = folders[entry.folder].id if entry.folder in folders else 0
    return not places or str(place) in places


def _hit(traits: Traits, entry: Entry, folders: dict[str, Entry]) -> dict[str, Any]:
    slug = traits.make_slug(entry.title)
    is_folder = entry.kind == "folders"
    hit = {
        "id": entry.id,
        "uid": entry.name,
        "title": entry.title,
        "uri": f"db/{slug}",
        "url": f"/dashboards/f/{entry.name}/{slug}" if is_folder else f"/d/{entry.name}/{slug}",
        "slug": "",
        "type": "dash-folder" if is_folder else "dash-db",
        "tags": entry.tags,
        "isStarred": False,
        **_place(traits, folders.get(entry.folder)),
        "sortMeta": 0,
    }
    return traits.shape("hit", hit)


def _place(traits: Traits, folder: Entry | None) -> dict[str, Any]:
    """Only hits that are in a folder have these keys (not recorded)."""
    if folder is None:
        return {}
    return {
        "folderId": folder.id,
        "folderUid": folder.name,
        "folderTitle": folder.title,
        "folderUrl": f"/dashboards/f/{folder.name}/{traits.make_slug(folder.title)}",
    }
