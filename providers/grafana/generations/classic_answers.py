"""Answers of the classic API, made of what lists of the app platform tell of dashboards: both are of the same objects.

Routes: GET /api/search, and GET /api/dashboards/uid/:uid for one dashboard of each pair of authors (12.4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from providers.grafana.client import GrafanaClient, version_of
from providers.grafana.generations.generation import Json
from providers.grafana.paging import search_pages
from providers.grafana.paths import dashboard_path
from providers.transport.errors import Denied
from providers.transport.kept_answers import keep_object
from providers.transport.misread import read_all

FOLDER: Final = "grafana.app/folder"
_MADE_BY: Final = "grafana.app/createdBy"
_CHANGED_BY: Final = "grafana.app/updatedBy"
_CHANGED_AT: Final = "grafana.app/updatedTimestamp"
_MANAGED_BY: Final = "grafana.app/managedBy"


Accounts = tuple[str, str]
"""The maker and who has changed it last, such as user:UID; empty for nobody."""


@dataclass(frozen=True, slots=True)
class Authors:
    """The folder of a dashboard, the accounts that have made and changed it, and when that was, as its metadata tells
    them."""

    folder: str
    accounts: Accounts
    changed_at: str


def authors_of(metadata: Mapping[str, Any]) -> Authors:
    """Returns the authors of a dashboard by its metadata."""
    told = metadata.get("annotations") or {}
    return Authors(told.get(FOLDER, ""), (told.get(_MADE_BY, ""), told.get(_CHANGED_BY, "")), told.get(_CHANGED_AT, ""))


@dataclass
class ClassicAnswers:
    """Keeps dashboards of lists as the answers of the classic API, which makes these of the same objects
    (UnstructuredToLegacyDashboard, 12.4.0). `urls` are titles and paths of pages by uid, `logins` what is known of
    authors so far."""

    client: GrafanaClient
    urls: Mapping[str, tuple[str, str]]
    logins: dict[Accounts, Json] = field(default_factory=dict)

    @classmethod
    async def begin(cls, client: GrafanaClient) -> ClassicAnswers:
        """Has the paths of pages from the search that lists all dashboards."""
        pages = search_pages(client, "the dashboards", {"type": "dash-db"})
        return cls(client, {hit["uid"]: (hit["title"], hit["url"]) async for hits in pages for hit in hits})

    async def keep(self, items: Sequence[Json]) -> None:
        """Keeps items of a list: not those that somebody else manages, of which the classic API tells more, nor those
        that the search knows by another title."""
        alike = [one for one in items if self._is_alike(one)]
        found = {authors_of(one["metadata"]).accounts: one["metadata"]["name"] for one in alike}
        new = {accounts: uid for accounts, uid in found.items() if accounts not in self.logins}
        self.logins |= await find_logins(self.client, new)
        for item in alike:
            metadata, authors = item["metadata"], authors_of(item["metadata"])
            if authors.accounts in self.logins:
                version = version_of(metadata)
                told = {"version": version["version"], "folderUid": authors.folder, "updated": authors.changed_at}
                page = {"url": self.urls[metadata["name"]][1], "created": metadata["creationTimestamp"]}
                meta = {**told, **page, **self.logins[authors.accounts]}
                dashboard = {**item["spec"], "uid": metadata["name"], **version}
                document = {"meta": meta, "dashboard": dashboard}
                keep_object(self.client.connection, dashboard_path(metadata["name"]), document)

    def _is_alike(self, item: Json) -> bool:
        metadata = item["metadata"]
        title, url = self.urls.get(metadata["name"], ("", ""))
        is_managed = _MANAGED_BY in (metadata.get("annotations") or {})
        return url != "" and title == item["spec"].get("title") and not is_managed


async def find_logins(client: GrafanaClient, examples: Mapping[Accounts, str]) -> Mapping[Accounts, Json]:
    """Returns what the classic API calls the accounts that have made and changed dashboards, by one dashboard each:
    12.4.0 makes it of these two alone (GetUsersFromMeta)."""
    asked = await read_all(_find(client, uid) for uid in examples.values())
    keys = ("createdBy", "updatedBy")
    return {
        accounts: {key: wire["meta"].get(key) or "" for key in keys}
        for accounts, wire in zip(examples, asked, strict=True)
        if wire is not None
    }


async def _find(client: GrafanaClient, uid: str) -> Json | None:
    """One dashboard; None also where the account is not let to it, as for a moment where it is new (12.4)."""
    try:
        found: Json | None = await client.find(dashboard_path(uid))
    except Denied:
        return None
    return found
