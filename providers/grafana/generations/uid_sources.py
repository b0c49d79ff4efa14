"""Data sources that the server knows by uid: Grafana 7 and later."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from hcl_lite.core.schema import Version
from providers.errors import NotFound
from providers.grafana.client import GrafanaClient
from providers.grafana.generations.generation import Json, Known


@dataclass(frozen=True, slots=True)
class UidSources:
    """GET and DELETE /api/datasources/uid/:uid; PUT of the same path (12.4), or of /api/datasources/:id (7.5)."""

    changed_by: Literal["id", "uid"]
    never_emptied: frozenset[str] = frozenset()
    secrets: frozenset[str] | None = None

    async def survey(self, client: GrafanaClient, known: Known) -> Mapping[str, Json | None]:
        """One GET each: the list lacks version, secrets' names and two settings."""
        found = await asyncio.gather(*(self.find(client, uid) for uid in known))
        return dict(zip(known, found, strict=True))

    async def find(self, client: GrafanaClient, uid: str, name: str = "", seen: Version | None = None) -> Json | None:
        found: Json | None = await client.find(_path(uid))
        return found

    async def read_all(self, client: GrafanaClient) -> list[Json]:
        listed: list[Json] = await client.get("/api/datasources")
        return listed

    def shown(self, wire: Json) -> Json:
        return wire

    async def create(self, client: GrafanaClient, wire: Json) -> Json:
        created: Json = (await client.call("POST", "/api/datasources", body=wire))["datasource"]
        return created

    async def update(self, client: GrafanaClient, current: Json, wire: Json) -> None:
        path = _path(current["uid"]) if self.changed_by == "uid" else f"/api/datasources/{current['id']}"
        await client.call("PUT", path, body=wire)

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        try:
            await client.call("DELETE", _path(uid))
        except NotFound:
            return


def _path(uid: str) -> str:
    return f"/api/datasources/uid/{quote(uid, safe='')}"
