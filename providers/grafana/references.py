"""Whether what dashboards use is there: data sources and library panels."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from urllib.parse import quote

from hcl_lite.core.schema import Mention
from providers.errors import Denied, NotFound
from providers.grafana.client import GrafanaClient
from providers.grafana.data_source_api import list_data_sources

_NO_PANEL = "library element could not be found"


async def find_missing(client: GrafanaClient, mentions: Collection[Mention]) -> Collection[Mention]:
    """Those of `mentions` that the server does not have: one list of all data sources, and one GET a library panel.

    What the account may not see, or the server has no route for, is not missing as far as anybody can tell.
    """
    sources = [one for one in mentions if one.kind in ("data source", "data source name")]
    panels = [one for one in mentions if one.kind == "library panel"]
    there = await asyncio.gather(*(_has_panel(client, one.name) for one in panels))
    without_panel = [one for one, is_there in zip(panels, there, strict=True) if not is_there]
    return [*await _without_source(client, sources), *without_panel]


async def _without_source(client: GrafanaClient, mentions: Collection[Mention]) -> list[Mention]:
    """A dashboard may name a data source by its uid or by its name (before 8), whatever it calls it."""
    if not mentions:
        return []
    try:
        listed = await list_data_sources(client)
    except Denied:
        return []
    there = {str(wire.get(key)) for wire in listed for key in ("uid", "name")}
    return [one for one in mentions if one.name not in there]


async def _has_panel(client: GrafanaClient, uid: str) -> bool:
    """GET /api/library-elements/:uid (10.1 to 12.4): a 404 with this message where there is none."""
    try:
        await client.get(f"/api/library-elements/{quote(uid, safe='')}")
    except NotFound as error:
        return _NO_PANEL not in str(error)
    except Denied:
        return True
    return True
