"""The calls of the Snapshot API: for the resource type, the lookups and the command.

POST /api/snapshots, GET and DELETE /api/snapshots/:key, GET /api/dashboard/snapshots (3.2 to 12.4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from hcl_lite.core.schema import Live, OnFound, Version
from hcl_lite.core.values import known_text
from providers.grafana.client import GrafanaClient
from providers.grafana.filling.fill import Filled, NotFilled, fill_dashboard, utc_now
from providers.grafana.generations.generation import Generation
from providers.grafana.generations.table import GENERATIONS, generation_of
from providers.kit import api as kit
from providers.transport.errors import ApiError, NotFound, ServerFault, Unauthorized

Json = Mapping[str, Any]

LISTED = 1000  # what GET /api/dashboard/snapshots gives when no limit is said, and at the most (3.2 to 12.4)
# In the dashboard of a snapshot whose key the server chooses: what it was to be called, in case the answer is lost.
_OWN_KEY = "hclLiteKey"
_NONE = ("Failed to get dashboard snapshot", "Failed to get snapshot")  # the 500 of 3.2 to 9 where there is none
ON_FILL_ERROR: Final = "on_fill_error"


@dataclass(frozen=True, slots=True)
class Snapshots(kit.Api[GrafanaClient]):
    """A snapshot is what GET gives, with its key; there is nothing to change about one."""

    @property
    def tells_made(self) -> bool:
        return True

    async def find(
        self,
        client: GrafanaClient,
        uid: str,
        desired: kit.Values | None = None,
        expected_version: Version | None = None,
    ) -> kit.Json | None:
        """Finds a snapshot by its key, or by the intended key, where the server has chosen another."""
        wire = await find_snapshot(client, uid)
        if wire is not None:
            return {**wire, "key": uid}
        chosen = await find_intended(client, uid, known_text((desired or {}).get("name")))
        return await self.find(client, chosen) if chosen else None

    async def list(self, client: GrafanaClient) -> Sequence[kit.Json]:
        return [dict(item) for item in await list_snapshots(client)]

    async def survey(
        self, client: GrafanaClient, known: Mapping[str, Version], on_found: OnFound
    ) -> Mapping[str, Live | None]:
        """The list is of one page, and of what the account may see: a key that is not in it is asked for."""
        listed = {item["key"]: item["created"] for item in await list_snapshots(client)}
        result: dict[str, Live | None] = {}
        for key in known:
            wire = None if key in listed else await self.find(client, key)
            created = listed.get(key) if wire is None else wire["meta"]["created"]
            result[key] = None if created is None else Live(wire["key"] if wire else key, {"created": created})
        return result

    async def create(self, client: GrafanaClient, body: kit.Json) -> kit.Json:
        """With what its panels could not be filled with among `problems`. Raises NotFilled."""
        filled = await _fill(client, body)
        beside = ("dashboard", "fill", "fill_range", "expires", ON_FILL_ERROR)
        sent = {key: value for key, value in body.items() if key not in beside}
        sent = {"external": False, **sent, "dashboard": filled.dashboard}
        answer = await _create(client, sent | ({"expires": body["expires"]} if body.get("expires") else {}))
        wire = await self.find(client, answer["key"])
        return {"key": answer["key"], **(wire or {}), "url": answer["url"], "problems": filled.problems}

    async def update(self, client: GrafanaClient, uid: str, body: kit.Json, there: kit.Json | None) -> None:
        raise AssertionError("a snapshot is replaced, never updated")

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        await delete_snapshot(client, uid)


async def _fill(client: GrafanaClient, body: Json) -> Filled:
    """The dashboard that is sent: as it was written, or with its panels' data. Raises NotFilled."""
    dashboard = body["dashboard"]
    if not body.get("fill"):
        return Filled(dashboard)
    span = {key: str(value) for key, value in (body.get("fill_range") or {}).items()}
    filled = await fill_dashboard(client, dashboard, span, utc_now())
    if filled.problems and body.get(ON_FILL_ERROR) != "warn":
        raise NotFilled("These panels cannot be filled:\n" + "\n".join(f"  {line}" for line in filled.problems))
    return filled


async def _create(client: GrafanaClient, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer to the call; where it is lost, and another server has chosen the key, the one that is new by its name.

    Others are read back by the key that was sent, or that they hold.
    """
    before = await _keys_by_name(client, body["name"]) if body["external"] else set()
    try:
        return await create_snapshot(client, body)
    except ApiError as error:
        if not error.unclear or not body["external"]:
            raise
        made = await _keys_by_name(client, body["name"]) - before
        if len(made) != 1:
            raise
    key = made.pop()
    return {"key": key, "url": snapshot_url(client, key)}


async def _keys_by_name(client: GrafanaClient, name: str) -> set[str]:
    return {item["key"] for item in await list_snapshots(client, name) if item["name"] == name}


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
    """Returns the generation by the server's version; an account that is not signed in is not told it, and reads
    snapshots all the same."""
    try:
        return await generation_of(client)
    except Unauthorized:
        return GENERATIONS[-1]


def snapshot_url(client: GrafanaClient, key: str) -> str:
    """Returns the URL of a snapshot's page; its path where the server has no address."""
    root = client.connection.url.rstrip("/")
    return f"{root if root.startswith('http') else ''}/dashboard/snapshot/{key}"
