"""Data blocks of the server itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hcl_lite.core.schema import Attr
from hcl_lite.core.values import JsonValue
from providers.grafana.client import GrafanaClient
from providers.grafana.lookups.finding import Values
from providers.grafana.preferences import PREFERENCES_PATH, PREFERRED, read_preferences
from providers.kit.lookup import Lookup


async def _find_server(client: GrafanaClient, _: Values) -> Mapping[str, JsonValue]:
    """GET /api/health for the whole version, which 3.2 has not; GET /api/org for the account's organisation."""
    health = await client.find("/api/health") or {}
    organisation = await client.get("/api/org")
    return {
        "version": health.get("version") or str(await client.server()),
        "url": client.connection.url,
        "org_id": organisation["id"],
        "org_name": organisation["name"],
    }


async def _find_preferences(client: GrafanaClient, _: Values) -> Mapping[str, JsonValue]:
    """GET /api/org/preferences (3 to 12.4); what nobody has chosen is empty."""
    found = await read_preferences(client, PREFERENCES_PATH)
    return {key: found.get(attr.wire) or "" for key, attr in _PREFERRED.items()}


_PREFERRED: Final = {**PREFERRED, "week_start": Attr(wire="weekStart")}

SERVER = Lookup(
    "grafana_server",
    "The Grafana itself: its version, and the account's organisation.",
    {
        "version": Attr(computed=True),
        "url": Attr(computed=True),
        "org_id": Attr("number", computed=True),
        "org_name": Attr(computed=True),
    },
    _find_server,
)
ORGANIZATION_PREFERENCES = Lookup(
    "grafana_organization_preferences",
    "What everybody in the organisation starts with; empty for what nobody has chosen.",
    {key: Attr(computed=True, doc=attr.doc) for key, attr in _PREFERRED.items()},
    _find_preferences,
)
