"""Whether what objects use is there: data sources and library panels, folders and dashboards, contact points and mute
timings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any
from urllib.parse import quote

from hcl_lite.core.schema import Mention
from providers.grafana.client import GrafanaClient
from providers.grafana.data_source_api import list_data_sources
from providers.grafana.folder_api import GROUP_VERSION
from providers.grafana.generations.table import generation_of
from providers.grafana.paths import folder_path
from providers.grafana.provenance import ROOT
from providers.transport.errors import Denied, NotFound
from providers.transport.misread import read_all

ALWAYS_THERE = ("empty", "grafana-default-email")  # contact points that a Grafana starts with (12.4; 9 to 11)
_NO_PANEL = "library element could not be found"


async def find_missing(client: GrafanaClient, mentions: Collection[Mention]) -> Collection[Mention]:
    """Those of `mentions` that the server does not have: one list of all data sources, one GET for each of the others.

    What the account may not see, or the server has no route for, is not missing as far as anybody can tell.
    """
    sources = [one for one in mentions if one.kind in ("data source", "data source name")]
    others = [one for one in mentions if one.kind in _HAS]
    there = await read_all(_HAS[one.kind](client, one.name) for one in others)
    missing = [one for one, is_there in zip(others, there, strict=True) if not is_there]
    return [*await _without_source(client, sources), *missing]


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


async def _has_folder(client: GrafanaClient, uid: str) -> bool:
    """GET of its metadata (12.4), since /api/folders denies an editor one that is not there; or of itself."""
    try:
        if (await generation_of(client)).app_platform:
            return await client.find_metadata(GROUP_VERSION, "folders", uid) is not None
        return await client.find(folder_path(uid)) is not None
    except Denied:
        return True


async def _has_dashboard(client: GrafanaClient, uid: str) -> bool:
    generation = await generation_of(client)
    try:
        return not generation.dashboard_uids or await generation.dashboards.find(client, uid) is not None
    except Denied:
        return True


async def _has_contact_point(client: GrafanaClient, name: str) -> bool:
    """GET /api/v1/provisioning/contact-points (9.1 to 12.4)."""
    return name in ALWAYS_THERE or await _lists(client, "contact-points", name)


async def _has_mute_timing(client: GrafanaClient, name: str) -> bool:
    """GET /api/v1/provisioning/mute-timings (9.1 to 12.4)."""
    return await _lists(client, "mute-timings", name)


async def _lists(client: GrafanaClient, what: str, name: str) -> bool:
    try:
        return any(one["name"] == name for one in await client.get(f"{ROOT}/{what}") or ())
    except (Denied, NotFound):
        return True


_HAS: Mapping[str, Callable[[GrafanaClient, str], Coroutine[Any, Any, bool]]] = {
    "library panel": _has_panel,
    "folder": _has_folder,
    "dashboard": _has_dashboard,
    "contact point": _has_contact_point,
    "mute timing": _has_mute_timing,
}
