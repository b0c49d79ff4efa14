"""Data blocks of folders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hcl_lite.core.schema import Attr, ValueProblem
from hcl_lite.core.values import JsonValue
from providers.grafana.client import GrafanaClient
from providers.grafana.generations.table import require
from providers.grafana.lookups.finding import Values, nothing, one_of, rows
from providers.grafana.paging import search_pages
from providers.grafana.paths import folder_path
from providers.kit.lookup import Lookup


async def _find_folder(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/folders/:uid, or the one folder of /api/search that has the title."""
    await require(client, lambda generation: generation.folders, "A folder")
    key = one_of(values, "uid", "title")
    uid = values.get("uid")
    if key == "title":
        params = {"type": "dash-folder", "query": str(values["title"]), "limit": "1000"}
        found = await client.get("/api/search", params)
        uids = [item["uid"] for item in found if item["title"] == values["title"]]
        if len(uids) > 1:
            raise ValueProblem(
                "title", f'There are {len(uids)} folders "{values["title"]}"', "uids: " + ", ".join(uids)
            )
        uid = uids[0] if uids else None
    wire = await client.find(folder_path(str(uid))) if uid else None
    if wire is None:
        known = [item["title"] for item in await client.get("/api/search", {"type": "dash-folder", "limit": "1000"})]
        raise nothing(key, values[key], "folder", known)
    return {
        "uid": wire["uid"],
        "title": wire["title"],
        "id": wire["id"],
        "url": wire["url"],
        "parent_folder_uid": wire.get("parentUid", ""),
    }


async def _find_folders(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/search, by pages (5 to 12.4)."""
    await require(client, lambda generation: generation.folders, "A folder")
    parent, query = values.get("parent_folder_uid"), values.get("query")
    asked = {"type": "dash-folder", **({"query": str(query)} if query else {})}
    hits = [hit async for page in search_pages(client, "the folders", asked) for hit in page]
    folders = rows(hits, _LISTED, "title", "uid")
    told = [{**one, "parent_folder_uid": one["parent_folder_uid"] or ""} for one in folders]
    return {"folders": [one for one in told if parent is None or one["parent_folder_uid"] == parent]}


_LISTED: Final = {"uid": "uid", "id": "id", "title": "title", "url": "url", "parent_folder_uid": "folderUid"}

FOLDER = Lookup(
    "grafana_folder",
    "A folder that is there already.",
    {
        "uid": Attr(computed=True, optional=True, doc="Find it by this,"),
        "title": Attr(computed=True, optional=True, doc="or by this."),
        "id": Attr("number", computed=True),
        "url": Attr(computed=True),
        "parent_folder_uid": Attr(computed=True),
    },
    _find_folder,
)
FOLDERS = Lookup(
    "grafana_folders",
    "The folders that the account may see.",
    {
        "query": Attr(doc="Only those that the server finds by it: words of the title."),
        "parent_folder_uid": Attr(doc="Only those right in this folder; empty for those in none."),
        "folders": Attr("list(any)", computed=True, doc="By title; each with uid, id, title, url, parent_folder_uid."),
    },
    _find_folders,
)
