"""Titles of folders and dashboards, of which a server up to 11 has each but once in a folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from providers.grafana.client import GrafanaClient
from providers.grafana.generations.slug_dashboards import SlugDashboards
from providers.grafana.generations.table import generation_of

_MOST = 5000  # what /api/search gives at the most


def known_by_title(title: str, folder: str) -> str:
    """What people tell a folder or dashboard apart by; `folder` is the uid of the one that it is in, empty for none."""
    return f'title "{title}" in folder "{folder}"' if folder else f'title "{title}"'


async def titles_on(client: GrafanaClient, type_: Literal["dash-db", "dash-folder"]) -> Mapping[str, str] | None:
    """uids by title, where titles are unique, otherwise None: 5 to 11 (412 and 409 by recordings of 5.4 and 7.5).

    GET /api/search. That of 3 tells no uids, so each dashboard is read; it goes by slugs, which are made of titles.
    """
    generation = await generation_of(client)
    if generation.app_platform or not (generation.folders or type_ == "dash-db"):
        return None
    if isinstance(generation.dashboards, SlugDashboards):
        titled = await generation.dashboards.titles(client)
        return {known_by_title(title, ""): uid for title, uid in titled.items()}
    found = await client.get("/api/search", {"type": type_, "limit": str(_MOST)})
    return {known_by_title(item["title"], item.get("folderUid") or ""): item["uid"] for item in found}
