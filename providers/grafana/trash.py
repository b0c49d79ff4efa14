"""Deleted dashboards: what the trash of a server holds, restored or purged; and that a server has none.

| server                                      | its trash                                                   |
|---------------------------------------------|-------------------------------------------------------------|
| 12 and later (seen on 12.4.0)               | the app platform's, which nothing but time empties          |
| 11 with the feature toggle dashboardRestore | /api/search?deleted=true and /api/dashboards/uid/:uid/trash |
| others (seen on 3.2.1, 5.4.3, 7.5.5)        | none: those routes answer 404                               |
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from hcl_lite.core.schema import ProviderError
from providers.grafana.client import GrafanaClient
from providers.grafana.generations.app_platform import GROUP, STORED_CLASSIC, conversion_of, stored_form
from providers.grafana.generations.classic_answers import FOLDER
from providers.grafana.generations.table import pick_generation
from providers.grafana.paging import search_pages
from providers.grafana.paths import dashboard_path
from providers.grafana.server import Server
from providers.kit.paging import platform_pages
from providers.transport.errors import NotFound

_TOGGLE = "dashboardRestore"
# Written by the server: what is sent for them is dropped, or says what is no longer so.
_SERVERS_OWN = frozenset(
    f"grafana.app/{key}" for key in ("createdBy", "updatedBy", "updatedTimestamp", "message", "folder")
)


class NoTrash(ProviderError):
    """The server cannot do that with deleted dashboards."""

    def __init__(self, server: Server, cannot: str, hint: str) -> None:
        super().__init__(f"Grafana {server} {cannot}")
        self._hint = hint

    @property
    def hint(self) -> str:
        return self._hint


@dataclass(frozen=True, slots=True)
class Deleted:
    """A dashboard in the trash; `deleted` is when, `by` whose doing: empty where the server does not say."""

    uid: str
    title: str
    folder: str
    deleted: str = ""
    by: str = ""


class Trash(Protocol):
    """The deleted dashboards of one server. A uid that is not among them is a NotFound."""

    async def list(self) -> list[Deleted]: ...
    async def has(self, uid: str) -> bool: ...

    async def restore(self, uid: str, folder: str | None = None) -> None:
        """Bring the dashboard back as it was, into `folder`; None is the folder that it was in."""

    async def purge(self, uid: str) -> None:
        """Delete it for good."""


async def open_trash(client: GrafanaClient) -> Trash:
    """The trash of the server. Raises NoTrash, and ApiError."""
    server = await client.server()
    if pick_generation(server).app_platform:
        return PlatformTrash(client, server)
    if _TOGGLE in server.toggles:
        return ToggledTrash(client)
    hint = f"Grafana 12 keeps deleted dashboards, and Grafana 11 does with the feature toggle {_TOGGLE}."
    raise NoTrash(server, "does not keep deleted dashboards", hint)


@dataclass(frozen=True, slots=True)
class PlatformTrash:
    """The label selector grafana.app/get-trash=true of the app platform (12.4).

    It lists what was deleted and not made again: all of it to admins, to others what they deleted themselves.
    """

    client: GrafanaClient
    server: Server

    async def list(self) -> list[Deleted]:
        """Newest first. Pages after the first list earlier deletions of the same dashboards again (12.4.0)."""
        found: dict[str, Deleted] = {}
        async for item in self._items(STORED_CLASSIC):
            found.setdefault(item["metadata"]["name"], _deleted(item))
        return [*found.values()]

    async def has(self, uid: str) -> bool:
        return await self._find(STORED_CLASSIC, uid) is not None

    async def restore(self, uid: str, folder: str | None = None) -> None:
        """POST of what was deleted, in the form in which it is stored, as Grafana's own page does it (12.4.0).

        With its label the dashboard keeps its id. Its versions begin anew at 1; those before the deletion stay in the
        app platform (`grafana.app/get-history` with `resourceVersionMatch=NotOlderThan&resourceVersion=1`).
        """
        item = await self._find(STORED_CLASSIC, uid)
        form = STORED_CLASSIC if item is None else stored_form(item)
        if form != STORED_CLASSIC:
            item = await self._find(form, uid)
        path = await self.client.platform_path(f"{GROUP}/{form}", "dashboards")
        if item is None:
            raise NotFound("GET", path, 0, f"there is no deleted dashboard {uid}")
        await self.client.call("POST", path, body=_as_new(item, folder))

    async def purge(self, uid: str) -> None:
        """No route of 12.4.0 does: both APIs answer 404 to the DELETE of what is deleted."""
        hint = (
            "It goes by itself where [unified_storage] has garbage_collection_enabled, after "
            "dashboards_garbage_collection_max_age (a year, if nothing else is set)."
        )
        raise NoTrash(self.server, f"has no route to purge {uid}", hint)

    async def _find(self, form: str, uid: str) -> Mapping[str, Any] | None:
        return await anext(self._items(form, {"fieldSelector": f"metadata.name={uid}"}), None)

    async def _items(self, form: str, selector: Mapping[str, str] | None = None) -> AsyncIterator[Mapping[str, Any]]:
        path = await self.client.platform_path(f"{GROUP}/{form}", "dashboards")
        params = {"labelSelector": "grafana.app/get-trash=true", **(selector or {})}
        async for page in platform_pages(self.client, path, params):
            for item in page.items:
                yield item


@dataclass(frozen=True, slots=True)
class ToggledTrash:
    """The routes of Grafana 11 with dashboardRestore, by their documentation."""

    client: GrafanaClient

    async def list(self) -> list[Deleted]:
        """GET /api/search?deleted=true."""
        return [
            Deleted(hit["uid"], hit["title"], hit.get("folderUid") or "")
            async for hits in search_pages(
                self.client, "the deleted dashboards", {"deleted": "true", "type": "dash-db"}
            )
            for hit in hits
            if hit["isDeleted"]  # without the toggle the server takes no notice of `deleted`
        ]

    async def has(self, uid: str) -> bool:
        return any(deleted.uid == uid for deleted in await self.list())

    async def restore(self, uid: str, folder: str | None = None) -> None:
        """PATCH /api/dashboards/uid/:uid/trash: with id and history."""
        await self.client.call("PATCH", _trash_path(uid), body={"folderUid": folder} if folder else {})

    async def purge(self, uid: str) -> None:
        """DELETE /api/dashboards/uid/:uid/trash."""
        await self.client.call("DELETE", _trash_path(uid))


def _as_new(item: Mapping[str, Any], folder: str | None) -> Mapping[str, Any]:
    """A deleted dashboard as the body of a create."""
    metadata = item["metadata"]
    own = metadata.get("annotations") or {}
    place = own.get(FOLDER) if folder is None else folder
    annotations = {key: value for key, value in own.items() if key not in _SERVERS_OWN}
    kept = {
        "name": metadata["name"],
        "labels": metadata.get("labels") or {},
        "annotations": annotations | ({FOLDER: place} if place else {}),
    }
    return {"apiVersion": item["apiVersion"], "kind": item["kind"], "metadata": kept, "spec": item["spec"]}


def _deleted(item: Mapping[str, Any]) -> Deleted:
    """`updatedBy` is who deleted it; what cannot be converted has its source instead of a spec (12.4.0)."""
    metadata = item["metadata"]
    spec = item.get("spec") or conversion_of(item)["source"]["spec"]
    annotations = metadata.get("annotations") or {}
    return Deleted(
        uid=metadata["name"],
        title=spec.get("title") or "",
        folder=annotations.get(FOLDER, ""),
        deleted=metadata.get("deletionTimestamp", ""),
        by=annotations.get("grafana.app/updatedBy", ""),
    )


def _trash_path(uid: str) -> str:
    return f"{dashboard_path(uid)}/trash"
