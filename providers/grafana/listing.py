"""Folders and dashboards that there are, each with its title and the folder that it lies in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from hcl_lite.core.schema import Listed
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
    return [
        Listed(hit["uid"], hit["title"], hit.get("folderUid") or "")
        async for hits in search_pages(client, what, {"type": type_})
        for hit in hits
    ]
