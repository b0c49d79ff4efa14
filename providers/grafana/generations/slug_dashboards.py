"""Dashboards of Grafana 3: the slug of its title is a dashboard's name, and changes with it; the number stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

from hcl_lite.core.schema import Conflict, Live, OnFound, Version
from providers.grafana.client import GrafanaClient
from providers.grafana.generations.generation import Json, Known, Save, Saved
from providers.grafana.generations.kept_uids import KeptUids
from providers.grafana.model import CLASSIC
from providers.transport.errors import NotFound
from providers.transport.misread import read_all

_FEWEST, _MOST = "100", "5000"


@dataclass(frozen=True, slots=True)
class SlugDashboards(KeptUids):
    """GET and DELETE /api/dashboards/db/:slug, POST /api/dashboards/db, GET /api/search (3.2.1).

    The server keeps `uid` in the JSON as any key that it does not know. A change is sent with `id` and `version`:
    without `id` no version is looked at. Two titles of one slug cannot be, in the whole organisation (412 name-exists).
    """

    _kind: ClassVar[str] = "dashboard"

    async def survey(self, client: GrafanaClient, known: Known, on_found: OnFound) -> Mapping[str, Live | None] | None:
        """None: one GET each, and one for each dashboard of the server while any uid has not been seen yet."""
        return None

    def flat(self, wire: Json) -> Json:
        meta, spec = wire["meta"], wire["dashboard"]
        return {
            **{"uid": spec["uid"], **self._place(wire), "version": meta["version"], "url": _page(meta["slug"])},
            **{"folder": "", "title": spec["title"], "form": CLASSIC, "spec": spec},
            "fixed": "",
        }

    async def titles(self, client: GrafanaClient) -> Mapping[str, str]:
        """The uids of all dashboards by title; of one that has none of ours, its slug."""
        found = await self._read_all(client)
        return {wire["dashboard"]["title"]: self._kept(wire) or wire["meta"]["slug"] for wire in found}

    async def save(self, client: GrafanaClient, save: Save) -> Saved:
        uid = save.dashboard["uid"]
        expected_version = (
            await self._live_version(client, uid, save.expected_version)
            if save.overwrite and save.expected_version
            else save.expected_version
        )
        known = (
            {} if expected_version is None else {"id": expected_version["id"], "version": expected_version["version"]}
        )
        body = {"dashboard": {**save.dashboard, **known}, "overwrite": False}
        answer = await client.call("POST", "/api/dashboards/db", body=body)
        slug = answer["slug"]
        number = known.get("id")
        if number is None:  # no answer to a save tells it
            number = (await client.get(_path(slug)))["dashboard"]["id"]
        place = {"id": number, "slug": slug}
        client.places.put(self._kind, uid, place)
        return Saved({**place, "version": answer["version"]}, _page(slug))

    async def stored(self, client: GrafanaClient, dashboard: Mapping[str, Any]) -> Mapping[str, Any]:
        return dashboard

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        number, page = attributes.get("dashboard_id"), str(attributes.get("url") or "")
        expected_version = {"id": number, "slug": page.rpartition("/")[2]} if number else None
        wire = await self.find(client, uid, expected_version=expected_version)
        if wire is None:
            return
        try:
            await client.call("DELETE", _path(wire["meta"]["slug"]))
        except NotFound:
            return

    async def _live_version(self, client: GrafanaClient, uid: str, expected_version: Version) -> Version:
        """The version that is there; `overwrite` of the server would write over whatever has the title."""
        wire = await self.find(client, uid, expected_version=expected_version)
        if wire is None:
            raise Conflict("The dashboard was deleted by someone else.")
        return {**self._place(wire), "version": wire["meta"]["version"]}

    # --- where it is --------------------------------------------------------------------------------------------------

    def _kept(self, wire: Json) -> str:
        return str(wire["dashboard"].get("uid") or "")

    def _with_uid(self, wire: Json, uid: str) -> Json:
        return {**wire, "dashboard": {**wire["dashboard"], "uid": uid}}

    def _place(self, wire: Json) -> Version:
        return {"id": wire["dashboard"]["id"], "slug": wire["meta"]["slug"]}

    async def _read(self, client: GrafanaClient, place: Version) -> Json | None:
        wire = await self._read_called(client, str(place.get("slug") or ""))
        if wire is not None and wire["dashboard"]["id"] == place["id"]:
            return wire
        hits = await client.get("/api/search", {"dashboardIds": str(place["id"]), "limit": _MOST})
        return await self._first(client, [hit for hit in hits if hit["id"] == place["id"]])

    async def _read_named(self, client: GrafanaClient, name: str) -> Json | None:
        hits = await client.get("/api/search", {"query": name, "limit": _FEWEST})
        return await self._first(client, [hit for hit in hits if hit["title"] == name])

    async def _read_called(self, client: GrafanaClient, name: str) -> Json | None:
        found: Json | None = await client.find(_path(name)) if name else None
        return found

    async def _read_all(self, client: GrafanaClient) -> list[Json]:
        """Reads all dashboards of the search, which has at most 1000 (by its source)."""
        hits = await client.get("/api/search", {"limit": _MOST})
        found = await read_all(self._first(client, [hit]) for hit in hits)
        return [wire for wire in found if wire is not None]

    async def _first(self, client: GrafanaClient, hits: list[Json]) -> Json | None:
        return await self._read_called(client, hits[0]["uri"].removeprefix("db/")) if hits else None


def _path(slug: str) -> str:
    return f"/api/dashboards/db/{quote(slug, safe='')}"


def _page(slug: str) -> str:
    return f"/dashboard/db/{slug}"
