"""The calls of the Snapshot API: for the resource type, the lookups and the command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from providers.grafana.client import GrafanaClient
from providers.grafana.generations.generation import Generation
from providers.grafana.generations.table import GENERATIONS, generation_of
from providers.transport.errors import NotFound, ServerFault, Unauthorized

Json = Mapping[str, Any]

LISTED = 1000  # what GET /api/dashboard/snapshots gives when no limit is said, and at the most (3.2 to 12.4)
# In the dashboard of a snapshot whose key the server chooses: what it was to be called, in case the answer is lost.
_OWN_KEY = "hclLiteKey"
_NONE = ("Failed to get dashboard snapshot", "Failed to get snapshot")  # the 500 of 3.2 to 9 where there is none


async def create_snapshot(client: GrafanaClient, body: Json) -> Json:
    """POST /api/snapshots (3.2 to 12.4): key, deleteKey, url and deleteUrl. 3.2 and 5.4 choose the keys themselves."""
    if not (await generation_of(client)).snapshot_keys and body.get("key"):
        body = {**body, "dashboard": {**body["dashboard"], _OWN_KEY: body["key"]}}
    answer: Json = await client.call("POST", "/api/snapshots", body=body)
    return answer


async def list_snapshots(client: GrafanaClient, query: str = "", limit: int = LISTED) -> Sequence[Json]:
    """GET /api/dashboard/snapshots (3.2 to 12.4): all for an admin, else one's own; `query` is what names have in them.

    The server takes `query` for a whole name in SQL's LIKE, and 3.2 for nothing: so % around it, and names are looked
    at again. Case counts where the server's database is PostgreSQL.
    """
    asked = {"query": f"%{query}%"} if query else {}
    listed = await client.get("/api/dashboard/snapshots", {**asked, "limit": str(limit)})
    return [item for item in listed if query.lower() in item["name"].lower()][:limit]


async def find_snapshot(client: GrafanaClient, key: str) -> Json | None:
    """GET /api/snapshots/:key (3.2 to 12.4): `meta` and `dashboard`; None where there is none, or it has expired.

    12.4 answers 404 then, 3.2 to 7.5 a 500, which says no more than that: there the list is asked first, and believed
    unless it is full.
    """
    if not (await _generation(client)).tells_missing_snapshots:
        listed = await list_snapshots(client)
        if len(listed) < LISTED and all(item["key"] != key for item in listed):
            return None
    try:
        found: Json | None = await client.find(f"/api/snapshots/{quote(key, safe='')}")
    except ServerFault as error:
        if error.message in _NONE:
            return None
        raise
    return found


async def find_intended(client: GrafanaClient, key: str, name: str = "") -> str:
    """The key of the snapshot that was to have `key`, where the server has chosen another; empty for none.

    All that are called `name` are read, and without a name all that there are.
    """
    if (await generation_of(client)).snapshot_keys:
        return ""
    for item in await list_snapshots(client):
        if name in ("", item["name"]):
            wire = await client.find(f"/api/snapshots/{quote(item['key'], safe='')}")
            if wire is not None and wire["dashboard"].get(_OWN_KEY) == key:
                return str(item["key"])
    return ""


async def delete_snapshot(client: GrafanaClient, key: str) -> bool:
    """Whether there was one. DELETE /api/snapshots/:key (5.4 to 12.4); 3.2 has its delete key in the list."""
    generation = await generation_of(client)
    if generation.snapshots_deleted_by == "delete key":
        keys = [item["deleteKey"] for item in await list_snapshots(client) if item["key"] == key]
        return bool(keys) and await delete_by_delete_key(client, keys[0])
    if not generation.tells_missing_snapshots and await find_snapshot(client, key) is None:
        return False
    try:
        await client.call("DELETE", f"/api/snapshots/{quote(key, safe='')}")
    except NotFound:
        return False
    return True


async def delete_by_delete_key(client: GrafanaClient, delete_key: str) -> bool:
    """GET /api/snapshots-delete/:deleteKey (3.2 to 12.4): whether there was one.

    Without signing in only where the server has [snapshots] public_mode = true: else 401, on 3.2 403.
    """
    try:
        await client.get(f"/api/snapshots-delete/{quote(delete_key, safe='')}")
    except NotFound:
        return False
    except ServerFault as error:
        if error.message in _NONE:
            return False
        raise
    return True


async def _generation(client: GrafanaClient) -> Generation:
    """By the server's version; who is not signed in is not told it, and reads snapshots all the same."""
    try:
        return await generation_of(client)
    except Unauthorized:
        return GENERATIONS[-1]


def snapshot_url(client: GrafanaClient, key: str) -> str:
    """Where a snapshot is seen; without the server's address where it has none."""
    root = client.connection.url.rstrip("/")
    return f"{root if root.startswith('http') else ''}/dashboard/snapshot/{key}"
