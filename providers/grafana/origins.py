"""Origins of folders and dashboards: place and maker of an object, by which Grafana gives its first permissions.

Routes: GET /api/folders/:uid, /api/dashboards/uid/:uid (5 to 12.4); of many dashboards the metadata list of the app
platform (12.4).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from providers.grafana.client import GrafanaClient
from providers.grafana.generations.app_platform import survey_authors
from providers.grafana.generations.classic_answers import find_logins
from providers.grafana.generations.table import generation_of
from providers.grafana.limits import ROOT
from providers.grafana.paths import dashboard_path, folder_path

Rules = Mapping[str, str]  # what each holder may do: {"Viewer": "View", "user:4": "Edit", "team:2": "Admin"}

AT_THE_TOP: Final[Rules] = {"Editor": "Edit", "Viewer": "View"}


@dataclass(frozen=True, slots=True)
class Origin:
    """The place of an object, and the login of its maker: empty or Anonymous where the server does not tell."""

    at_the_top: bool
    maker: str

    @property
    def initial(self) -> Rules:
        """The permissions that Grafana gives to a new object there, beside those of its maker."""
        return AT_THE_TOP if self.at_the_top else {}


async def find_folder_origin(client: GrafanaClient, uid: str) -> Origin:
    """Nobody gives anything to the root when it is new (12.4.0). Raises NotFound where the folder is not there."""
    folder = await client.get(folder_path(uid))
    return Origin(uid != ROOT and not folder.get("parentUid"), folder.get("createdBy") or "")


async def find_dashboard_origin(client: GrafanaClient, uid: str) -> Origin:
    """Raises NotFound where the dashboard is not there."""
    meta = (await client.get(dashboard_path(uid)))["meta"]
    return Origin(not (meta.get("folderUid") or meta.get("folderId")), meta.get("createdBy") or "")


async def survey_folder_origins(client: GrafanaClient, uids: Collection[str]) -> Mapping[str, Origin]:
    """No list tells them as the route of a folder does."""
    return {}


async def survey_dashboard_origins(client: GrafanaClient, uids: Collection[str]) -> Mapping[str, Origin]:
    """Returns what `find_dashboard_origin` would of those that the app platform lists: one for each pair of authors is
    asked for."""
    if not (await generation_of(client)).app_platform:
        return {}
    authors = await survey_authors(client, uids)
    logins = await find_logins(client, {one.accounts: uid for uid, one in authors.items()})
    told = {uid: one for uid, one in authors.items() if one.accounts in logins}
    return {uid: Origin(not one.folder, logins[one.accounts]["createdBy"]) for uid, one in told.items()}
