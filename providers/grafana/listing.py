"""Folders and dashboards that there are, each with its title and the folder that it lies in."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Literal

from hcl_lite.core.schema import Listed
from providers.grafana.client import GrafanaClient
from providers.grafana.generations.slug_dashboards import SlugDashboards
from providers.grafana.generations.table import generation_of
from providers.grafana.paging import Pages

_PAGE = 1000


async def list_found(client: GrafanaClient, type_: Literal["dash-db", "dash-folder"]) -> Sequence[Listed]:
    """GET /api/search by pages (5 to 12.4). That of 3 tells no uids, so each dashboard is read; it has no folders."""
    generation = await generation_of(client)
    if isinstance(generation.dashboards, SlugDashboards):
        titled = await generation.dashboards.titles(client) if type_ == "dash-db" else {}
        return [Listed(uid, title) for title, uid in titled.items()]
    found: list[Listed] = []
    pages = Pages("the dashboards" if type_ == "dash-db" else "the folders", client.connection.timeout)
    for page in itertools.count(1):
        asked = {"type": type_, "limit": str(_PAGE), "page": str(page)}
        there = await client.get("/api/search", asked)
        found += [Listed(item["uid"], item["title"], item.get("folderUid") or "") for item in there]
        if len(there) < _PAGE:
            return found
        pages.go_on(item["uid"] for item in there)
    raise AssertionError("unreachable")
