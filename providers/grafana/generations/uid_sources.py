"""Data sources that the server knows by uid: Grafana 7 and later."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from hcl_lite.core.schema import Taken, Version
from providers.grafana.client import GrafanaClient
from providers.grafana.generations.generation import Json
from providers.transport.errors import NotFound, Precondition, ServerFault


@dataclass(frozen=True, slots=True)
class UidSources:
    """GET and DELETE /api/datasources/uid/:uid; PUT of the same path (12.4), or of /api/datasources/:id (7.5)."""

    changed_by: Literal["id", "uid"]
    never_emptied: frozenset[str] = frozenset()
    secrets: frozenset[str] | None = None

    async def find(
        self, client: GrafanaClient, uid: str, name: str = "", expected_version: Version | None = None
    ) -> Json | None:
        found: Json | None = await client.find(_path(uid))
        return found

    async def read_all(self, client: GrafanaClient) -> list[Json]:
        listed: list[Json] = await client.get("/api/datasources")
        return listed

    def shown(self, wire: Json) -> Json:
        return wire

    async def create(self, client: GrafanaClient, wire: Json) -> Json:
        async with _telling_of_names(client, wire):
            created: Json = (await client.call("POST", "/api/datasources", body=wire))["datasource"]
        return created

    async def update(self, client: GrafanaClient, current: Json, wire: Json) -> None:
        path = _path(current["uid"]) if self.changed_by == "uid" else f"/api/datasources/{current['id']}"
        async with _telling_of_names(client, wire):
            await client.call("PUT", path, body=wire)

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        try:
            await client.call("DELETE", _path(uid))
        except NotFound:
            return


@asynccontextmanager
async def _telling_of_names(client: GrafanaClient, wire: Json) -> AsyncIterator[None]:
    """Raises Taken where a write has failed since another data source has the name.

    The server answers the same 409 as to a stale version (7.5, 12.4), and to a change a 500 (7.5).
    """
    try:
        yield
    except (Precondition, ServerFault) as error:
        named = await client.find(f"/api/datasources/name/{quote(wire['name'], safe='')}")
        if named is None or named["uid"] == wire["uid"]:
            raise
        raise Taken(f'There is a data source "{wire["name"]}" already, with uid {named["uid"]}.') from error


def _path(uid: str) -> str:
    return f"/api/datasources/uid/{quote(uid, safe='')}"
