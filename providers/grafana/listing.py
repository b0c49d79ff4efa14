"""Folders and dashboards that there are, each with its title and the folder that it lies in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from hcl_lite.core.schema import Listed, Search
from providers.grafana.client import GrafanaClient
from providers.grafana.generations.slug_dashboards import SlugDashboards
from providers.grafana.generations.table import generation_of
from providers.grafana.paging import search_pages


async def list_found(client: GrafanaClient, type_: Literal["dash-db", "dash-folder"]) -> Sequence[Listed]:
    """GET /api/search by pages (5 to 12.4). That of 3 tells no uids, so each dashboard is read; it has no folders."""
    generation = await generation_of(client)
    if isinstance(generation.dashboards, SlugDashboards):
        titled = await generation.dashboards.titles(client) if type_ == "dash-db" else {}
        return [Listed(uid, title) for title, uid in titled.items()]
    what = "the dashboards" if type_ == "dash-db" else "the folders"
    return [_listed(hit) async for hits in search_pages(client, what, {"type": type_}) for hit in hits]


def _listed(hit: Mapping[str, Any]) -> Listed:
    return Listed(hit["uid"], hit["title"], hit.get("folderUid") or "", (str(hit["id"]),) if hit.get("id") else ())


async def search_dashboards(client: GrafanaClient, search: Search) -> Sequence[Listed]:
    """GET /api/search with a query and a tag (3 to 12.4); the other tags are looked for in what it finds. That of 3
    tells no uids, and has each title once."""
    asked = {"type": "dash-db", "query": search.query, "tag": next(iter(search.tags), "")}
    pages = search_pages(client, "the dashboards", {key: value for key, value in asked.items() if value})
    hits = [hit async for page in pages for hit in page if set(search.tags) <= set(hit["tags"])]
    if isinstance((await generation_of(client)).dashboards, SlugDashboards):
        titles = {hit["title"] for hit in hits}
        return [one for one in await list_found(client, "dash-db") if one.title in titles]
    return [_listed(hit) for hit in hits]
