"""The calls of library panels: /api/library-elements (10.1 to 12.4; 9 by documentation), of the kind that panels are.

12.4 deletes a panel that dashboards use without a word, and 11 refuses to, without saying which: here it is refused,
with their names.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from hcl_lite.core.schema import Dependent, Refused, Version
from providers.grafana.client import GrafanaClient
from providers.grafana.limits import ROOT
from providers.kit.api import Api, Json, Values
from providers.kit.paging import Pages
from providers.transport.errors import Denied, NotFound
from providers.transport.misread import read_all

_PATH: Final = "/api/library-elements"
_PANEL: Final = 1  # the kind; 2 are variables, which nothing makes
_PER_PAGE: Final = 100
_MOST_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class LibraryPanels(Api[GrafanaClient]):
    """PATCH by version. Of the folder it says that it is the root, where it is told so, and leaves the panel where it
    is (12.4.0)."""

    @property
    def locks(self) -> bool:
        return True

    async def find(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        try:
            found = await client.get(_path_of(uid))
        except NotFound:
            return None
        return _flat(found["result"])

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        return await list_panels(client)

    async def create(self, client: GrafanaClient, body: Json) -> Json:
        made = await client.call("POST", _PATH, body={"folderUid": "", **body, "kind": _PANEL})
        return _flat(made["result"])

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> None:
        await self.update_locked(client, uid, body, there or {"version": 0})

    async def update_locked(self, client: GrafanaClient, uid: str, body: Json, expected_version: Version) -> None:
        sent = {"folderUid": "", **body, "kind": _PANEL, "version": expected_version["version"]}
        await client.call("PATCH", _path_of(uid), body=sent)

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        users = [one.what for one in await dashboards_with(client, uid)]
        if users:
            more = f" and {len(users) - _MOST_NAMED} more" if len(users) > _MOST_NAMED else ""
            raise Refused(
                f"It is shown by {', '.join(users[:_MOST_NAMED])}{more}, where nothing would be left of it. "
                "Take it out of them first."
            )
        await client.call("DELETE", _path_of(uid))

    async def dependents(self, client: GrafanaClient, uids: Collection[str]) -> Mapping[str, Sequence[Dependent]]:
        """One call for each, and one for titles: only what goes is asked for. None of what the account may not see."""
        try:
            return dict(zip(uids, await read_all(dashboards_with(client, uid) for uid in uids), strict=True))
        except Denied:
            return {}


async def list_panels(client: GrafanaClient, folder: str = "") -> Sequence[Json]:
    """Returns all library panels, or those in a folder.

    GET /api/library-elements, page by page (10.1 to 12.4).
    """
    asked = {"kind": str(_PANEL), "perPage": str(_PER_PAGE), **({"folderFilterUIDs": folder} if folder else {})}
    pages, found = Pages("library panels", client.connection.timeout), list[Json]()
    while True:
        answer = (await client.get(_PATH, {**asked, "page": str(len(found) // _PER_PAGE + 1)}))["result"]
        elements = answer["elements"] or ()
        found += map(_flat, elements)
        if len(elements) < _PER_PAGE:
            return found
        pages.go_on(one["uid"] for one in elements)


async def connected(client: GrafanaClient, uid: str) -> Sequence[str]:
    """Returns the uids of the dashboards that show a library panel.

    GET /api/library-elements/:uid/connections/ (10.1 to 12.4).
    """
    answer = await client.find(f"{_path_of(uid)}/connections/") or {}
    return [one["connectionUid"] for one in answer.get("result") or ()]


async def dashboards_with(client: GrafanaClient, uid: str) -> Sequence[Dependent]:
    """Returns the dashboards that show a library panel; with titles, as far as they are to be named, by
    /api/search, which takes a uid each time that it is given one (12.4)."""
    uids = await connected(client, uid)
    asked = urlencode([("dashboardUIDs", one) for one in uids[:_MOST_NAMED]])
    hits = await client.get(f"/api/search?{asked}") if uids else ()
    titles = {hit["uid"]: hit["title"] for hit in hits if hit["uid"] in uids}
    named = {one: f'dashboard "{titles[one]}" ({one})' if one in titles else f'dashboard "{one}"' for one in uids}
    return [Dependent(what, (("grafana_dashboard", one),)) for one, what in named.items()]


def _path_of(uid: str) -> str:
    return f"{_PATH}/{quote(uid, safe='')}"


def _flat(found: Json) -> Json:
    """An element with what its meta tells. One of the root is in "general" to the route of one, and in none to the list
    (12.4.0)."""
    meta = found["meta"]
    folder = "" if found["folderUid"] == ROOT else found["folderUid"]
    told = {"created": meta["created"], "updated": meta["updated"], "folderName": meta["folderName"]}
    return {**{key: value for key, value in found.items() if key != "meta"}, "folderUid": folder, **told}
