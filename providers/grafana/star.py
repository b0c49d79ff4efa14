"""grafana_star: a dashboard that the account of the provider has starred (10.1 to 12.4).

Routes: GET /api/user/stars, which tells the uids of all; POST and DELETE /api/user/stars/dashboard/uid/:uid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from hcl_lite.core.schema import Attr, Capabilities, Version
from providers.grafana.client import GrafanaClient
from providers.grafana.pages import DASHBOARD_IDS
from providers.grafana.since import since
from providers.kit.api import Api, Json
from providers.kit.declaration import Values
from providers.kit.hooks import Needed
from providers.kit.identity import Name
from providers.kit.ids import Ids
from providers.kit.resource import resource
from providers.kit.version import Digest

_STARS: Final = "/api/user/stars"


@dataclass(frozen=True, slots=True)
class _Stars(Api[GrafanaClient]):
    """A star is there or not: it has no content, and nothing of it is ever changed."""

    @property
    def is_listed(self) -> bool:
        return True

    async def find(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        return next((star for star in await self.list(client) if star["dashboardUid"] == uid), None)

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        return [{"dashboardUid": uid} for uid in await client.call("GET", _STARS)]

    async def create(self, client: GrafanaClient, body: Json) -> Json | None:
        await client.call("POST", _path(body["dashboardUid"]))
        return None

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> None:
        """Stars the dashboard again, which changes nothing."""
        await client.call("POST", _path(uid))

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        await client.call("DELETE", _path(uid))


def _path(uid: str) -> str:
    return f"{_STARS}/dashboard/uid/{quote(uid, safe='')}"


STAR = resource(
    "grafana_star",
    "A dashboard among the starred ones of the account that the provider signs in as: a user, by name and password.",
    api=_Stars(),
    identity=Name("dashboard_uid"),
    ids=Ids((), pages=DASHBOARD_IDS.pages),
    versioned=Digest(of=("dashboardUid",)),
    title="dashboardUid",
    capabilities=Capabilities(personal=True),
    supported=since("A star", 10),
    mentioned={"dashboard_uid": Needed("dashboard")},
    attrs={
        "dashboard_uid": Attr(
            required=True, replaces=True, stable=True, wire="dashboardUid", example="home", doc="uid of the dashboard."
        ),
    },
)
