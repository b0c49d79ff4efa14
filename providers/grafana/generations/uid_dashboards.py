"""Classic dashboards that the server knows by uid: Grafana 5 and later."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from hcl_lite.core.schema import Conflict, Live, OnFound, Version
from providers.grafana.client import GrafanaClient
from providers.grafana.fixed import fixed_by_meta
from providers.grafana.generations.generation import Json, Known, Save, Saved
from providers.grafana.model import CLASSIC, spelled
from providers.grafana.paths import dashboard_path, folder_path
from providers.grafana.stored import as_stored
from providers.transport.errors import Invalid, NotFound

_FOLDER_URL = re.compile(r"/dashboards/f/([^/?]+)")


@dataclass(frozen=True, slots=True)
class UidDashboards:
    """GET and DELETE /api/dashboards/uid/:uid, POST /api/dashboards/db.

    `placed_by` is what the server looks at to put a dashboard into a folder: 5.4 and 7.5 take no notice of folderUid.
    """

    placed_by: Literal["folderId", "folderUid"]

    async def survey(self, client: GrafanaClient, known: Known, on_found: OnFound) -> Mapping[str, Live | None] | None:
        """No list of 5.4 or 7.5 tells versions."""
        return None

    async def find(
        self, client: GrafanaClient, uid: str, title: str = "", expected_version: Version | None = None
    ) -> Json | None:
        found: Json | None = await client.find(dashboard_path(uid))
        return found

    def flat(self, wire: Json) -> Json:
        meta, spec = wire["meta"], wire["dashboard"]
        return {
            **{"uid": spec["uid"], "id": spec["id"], "version": meta["version"], "url": meta["url"]},
            **{"folder": folder_of(meta), "title": spec["title"], "form": CLASSIC, "spec": spec},
            "fixed": fixed_by_meta(meta),
        }

    async def save(self, client: GrafanaClient, save: Save) -> Saved:
        body: Json = {
            "dashboard": await self._with_version(client, save),
            **await self._place(client, save.folder),
            "message": save.message,
            "overwrite": self._overwrites(save),
        }
        answer = await client.call("POST", "/api/dashboards/db", body=spelled(body))
        return Saved({"id": answer["id"], "version": answer["version"]}, answer["url"])

    async def stored(self, client: GrafanaClient, dashboard: Mapping[str, Any]) -> Mapping[str, Any]:
        return as_stored(dashboard, (await client.server()).least_refresh)

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        try:
            await client.call("DELETE", dashboard_path(uid))
        except NotFound:
            return

    async def _with_version(self, client: GrafanaClient, save: Save) -> Json:
        """The server's `overwrite` is no way to pass over a version: it also takes over whatever has the title."""
        if save.expected_version is None:
            return save.dashboard
        if not save.overwrite:
            return {**save.dashboard, "version": save.expected_version["version"]}
        live = await self.find(client, save.dashboard["uid"])
        if live is None:
            raise Conflict("The dashboard was deleted by someone else.")
        return {**save.dashboard, "version": live["meta"]["version"]}

    def _overwrites(self, save: Save) -> bool:
        return False

    async def _place(self, client: GrafanaClient, uid: str) -> Json:
        if not uid or self.placed_by == "folderUid":
            return {"folderUid": uid}
        path = folder_path(uid)
        folder = await client.find(path)
        if folder is None:
            raise Invalid("GET", client.connection.url + path, 404, "folder not found")
        return {"folderUid": uid, "folderId": folder["id"]}


def folder_of(meta: Mapping[str, Any]) -> str:
    """The uid of the folder of a classic dashboard: 5.4.3 and 7.5.5 give it only as part of folderUrl."""
    found = _FOLDER_URL.search(meta.get("folderUrl") or "")
    return str(meta.get("folderUid") or (found[1] if found else ""))
