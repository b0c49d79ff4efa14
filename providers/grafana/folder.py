"""grafana_folder: /api/folders, /api/folders/:uid (5+), and POST /api/folders/:uid/move for nested ones (11+)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hcl_lite.core.schema import Attr, Live, Refused, Version
from hcl_lite.core.values import Value, is_unknown
from providers.errors import NotFound
from providers.grafana.client import GrafanaClient
from providers.grafana.generations.table import generation_of, require
from providers.rest import Call, RestType

Values = Mapping[str, Value]

_GROUP_VERSION = "folder.grafana.app/v1beta1"


class FolderType(RestType[GrafanaClient]):
    """Folders move by a call of their own, and take what they hold with them when they go."""

    async def check_supported(self, client: GrafanaClient, given: Values, values: Values, live: Live | None) -> None:
        await require(client, lambda generation: generation.folders, "A folder")
        if is_unknown(values.get("parent_folder_uid")) or values.get("parent_folder_uid"):
            what = "A folder in a folder"
            await require(client, lambda generation: generation.nested_folders, what, "parent_folder_uid")

    async def survey(self, client: GrafanaClient, known: Mapping[str, Version]) -> Mapping[str, Live | None]:
        if not (await generation_of(client)).app_platform:
            return await super().survey(client, known)
        found = await client.list_metadata(_GROUP_VERSION, "folders")
        return {uid: found.get(uid) for uid in known}

    async def update(self, client: GrafanaClient, uid: str, values: Values, seen: Version) -> Live:
        wire = await self.read_call.send(client, uid)
        live = self.live(wire)
        if (live.attributes["title"], live.version) != (values["title"], seen):
            body = {"title": values["title"], "version": seen["version"]}
            wire = await self.update_call.send(client, uid, body)
        parent = values.get("parent_folder_uid") or ""
        if (wire.get("parentUid") or "") != parent:
            wire = await Call("POST", "/api/folders/{uid}/move").send(client, uid, {"parentUid": parent})
        return self.live(wire)

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        force = attributes.get("force_destroy") is True
        if not force:
            content = await _content(client, uid)
            if content:
                raise Refused(
                    f"The folder holds what would go with it: {content}. Move it, manage it here, or set "
                    "force_destroy = true and apply that first."
                )
        try:
            await client.call("DELETE", f"/api/folders/{uid}", params={"forceDeleteRules": "true"} if force else None)
        except NotFound:
            return


async def _content(client: GrafanaClient, uid: str) -> str:
    """What a folder holds, in words; empty when it holds nothing or is not there.

    GET /api/folders/:uid/counts, then /api/search for the names (12.4); before 10 /api/search by the folder's number
    (5.4 and 7.5, by their source).
    """
    if not (await generation_of(client)).counts_folders:
        folder = await client.find(f"/api/folders/{uid}")
        return _named(await client.get("/api/search", {"folderIds": str(folder["id"])})) if folder else ""
    counts = await client.find(f"/api/folders/{uid}/counts") or {}
    held = {kind: number for kind, number in counts.items() if number}
    if not held:
        return ""
    named = await client.get("/api/search", {"folderUIDs": uid, "limit": "20"})
    return _named(named) or ", ".join(f"{number} {kind}" for kind, number in sorted(held.items()))


def _named(found: Sequence[Mapping[str, Any]]) -> str:
    """What a search has found; the first 20 of it."""
    names = [f'{hit["type"].removeprefix("dash-").replace("db", "dashboard")} "{hit["title"]}"' for hit in found[:20]]
    return ", ".join(names)


FOLDER = FolderType(
    name="grafana_folder",
    doc="A folder that holds dashboards, and other folders.",
    attrs={
        "uid": Attr(computed=True, optional=True, replaces=True, steady=True, wire="uid", doc="Identity; in URLs."),
        "title": Attr(required=True, wire="title", doc="What people see."),
        "parent_folder_uid": Attr(
            wire="parentUid", doc="The folder that this one is in (Grafana 11 or later). Default: none, the root."
        ),
        "force_destroy": Attr("bool", settles=True, doc="Delete it with whatever it holds that is not managed here."),
        "id": Attr("number", computed=True, steady=True, wire="id", doc="Number of the folder on its server."),
        "url": Attr(computed=True, wire="url", doc="Path of the folder's page."),
        "version": Attr("number", computed=True, wire="version", doc="Goes up by one with every change."),
    },
    create_call=Call("POST", "/api/folders"),
    read_call=Call("GET", "/api/folders/{uid}"),
    update_call=Call("PUT", "/api/folders/{uid}"),
    delete_call=Call("DELETE", "/api/folders/{uid}"),
    create_first=True,
    mention_kind="folder",
)
