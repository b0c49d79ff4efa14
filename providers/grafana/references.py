"""Whether what objects use is there: data sources and library panels, folders and dashboards, contact points, mute
timings and message templates."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any
from urllib.parse import quote

from hcl_lite.core.schema import Mention
from providers.grafana.client import GrafanaClient
from providers.grafana.data_source_api import list_data_sources
from providers.grafana.folder_api import GROUP_VERSION
from providers.grafana.generations.table import generation_of
from providers.grafana.notification_templates import KIND, defined_in
from providers.grafana.paths import folder_path
from providers.grafana.provenance import ROOT
from providers.transport.errors import Denied, NotFound
from providers.transport.misread import read_all

ALWAYS_THERE = ("empty", "grafana-default-email")  # contact points that a Grafana starts with (12.4; 9 to 11)
_NO_PANEL = "library element could not be found"


async def find_missing(client: GrafanaClient, mentions: Collection[Mention]) -> Mapping[Mention, Collection[str]]:
    """Those of `mentions` that the server does not have, with the names of what it has: one list for each kind of which
    the server has one, one GET for each of the others.

    What the account may not see, or the server has no route for, is not missing as far as anybody can tell.
    """
    lists = dict.fromkeys(_NAMES[one.kind] for one in mentions if one.kind in _NAMES)
    known = dict(zip(lists, await read_all(_listed(names, client) for names in lists), strict=True))
    others = [one for one in mentions if one.kind in _HAS]
    there = await read_all(_HAS[one.kind](client, one.name) for one in others)
    missing = dict[Mention, Collection[str]](
        (one, ()) for one, is_there in zip(others, there, strict=True) if not is_there
    )
    for one in mentions:
        names = known[_NAMES[one.kind]] if one.kind in _NAMES else None
        if names is not None and one.name not in names:
            missing[one] = names
    return missing


async def _listed(
    names: Callable[[GrafanaClient], Coroutine[Any, Any, Collection[str]]], client: GrafanaClient
) -> Collection[str] | None:
    """None where nobody tells."""
    try:
        return await names(client)
    except (Denied, NotFound):
        return None


async def _data_sources(client: GrafanaClient) -> Collection[str]:
    """By uid and by name: a dashboard may name one by either (before 8), whatever it calls it."""
    return {str(wire.get(key)) for wire in await list_data_sources(client) for key in ("uid", "name")}


async def _contact_points(client: GrafanaClient) -> Collection[str]:
    """GET /api/v1/provisioning/contact-points (9.1 to 12.4)."""
    return {*ALWAYS_THERE, *(one["name"] for one in await client.get(f"{ROOT}/contact-points") or ())}


async def _mute_timings(client: GrafanaClient) -> Collection[str]:
    """GET /api/v1/provisioning/mute-timings (9.1 to 12.4)."""
    return {one["name"] for one in await client.get(f"{ROOT}/mute-timings") or ()}


async def _templates(client: GrafanaClient) -> Collection[str]:
    """GET /api/v1/provisioning/templates (9.1 to 12.4), of which each defines several."""
    return {name for one in await client.get(f"{ROOT}/templates") or () for name in defined_in(one["template"])}


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


_NAMES: Mapping[str, Callable[[GrafanaClient], Coroutine[Any, Any, Collection[str]]]] = {
    "data source": _data_sources,
    "data source name": _data_sources,
    "contact point": _contact_points,
    "mute timing": _mute_timings,
    KIND: _templates,
}
_HAS: Mapping[str, Callable[[GrafanaClient, str], Coroutine[Any, Any, bool]]] = {
    "library panel": _has_panel,
    "folder": _has_folder,
    "dashboard": _has_dashboard,
}
