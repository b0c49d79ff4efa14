"""grafana_dashboard_public: a dashboard that whoever has its link sees, without signing in (10.2 to 12.4).

Routes: /api/dashboards/public-dashboards, and below /api/dashboards/uid/:uid. A dashboard is public but once, so that
its uid is the identity. 12.4 keeps what is public of a deleted dashboard: another one with its uid is public again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hcl_lite.core.schema import Attr, Capabilities, ValueProblem, Version
from hcl_lite.core.values import reveal
from providers.grafana.client import GrafanaClient
from providers.grafana.pages import DASHBOARD_IDS
from providers.grafana.paths import dashboard_path
from providers.grafana.since import since
from providers.kit.access import Access
from providers.kit.api import Json, Rest
from providers.kit.declaration import Values
from providers.kit.hooks import Needed
from providers.kit.identity import Name
from providers.kit.ids import Ids
from providers.kit.resource import resource
from providers.kit.version import Digest
from providers.transport.errors import NotFound

_LIST: Final = "/api/dashboards/public-dashboards"
_TOKEN: Final = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_UID: Final = re.compile(r"[\w-]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _PublicDashboards(Rest[GrafanaClient]):
    """Each is below its dashboard: read by the uid of that, and written by its own beside."""

    async def find(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        """Returns nothing for what is no uid (400), such as the two together that Terraform has for an id."""
        if not _UID.fullmatch(uid):
            return None
        try:
            found: Json = await client.call("GET", self.path_of(uid))
        except NotFound:
            return None
        return found

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        """Lists those whose dashboards are there, with the id that Terraform has for each."""
        return [{**one, "id": f"{one['dashboardUid']}:{one['uid']}"} for one in await Rest.list(self, client)]

    async def create(self, client: GrafanaClient, body: Json) -> Json | None:
        made: Json = await client.call("POST", self.path_of(body["dashboardUid"]), body=body)
        return made

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> None:
        """No PATCH gives it another uid or another token: it is made again then, and its old link is gone."""
        own = there or body
        if any(key in body and body[key] != own.get(key) for key in ("uid", "accessToken")):
            await self.delete(client, uid, own)
            await self.create(client, body)
        else:
            await client.call("PATCH", f"{self.path_of(uid)}/{own['uid']}", body=body)

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        await client.call("DELETE", f"{self.path_of(uid)}/{attributes['uid']}")

    def path_of(self, uid: str) -> str:
        return f"{dashboard_path(uid)}/public-dashboards"


def _check(values: Values) -> None:
    uid, token = (reveal(values.get(key)) for key in ("uid", "access_token"))
    if isinstance(uid, str) and not _UID.fullmatch(uid):
        raise ValueProblem("uid", f'"{uid}" is no uid', "Expected up to 40 letters, digits, - and _.")
    if isinstance(token, str) and not _TOKEN.fullmatch(token):
        raise ValueProblem("access_token", "It is no access token", "Expected a UUID: 32 hexadecimal digits.")


def _by_mail(wire: Json) -> str:
    return "it is shared by e-mail, which is of Grafana Enterprise" if wire.get("share") == "email" else ""


DASHBOARD_PUBLIC = resource(
    "grafana_dashboard_public",
    "A dashboard that whoever has its link sees without signing in: /public-dashboards/ and the access token.",
    api=_PublicDashboards("", list_path=_LIST, items="publicDashboards", page={"perpage": "100000"}),
    identity=Name("dashboard_uid"),
    ids=Ids(("id", "uid", "accessToken"), pages=("/public-dashboards/{id}", *DASHBOARD_IDS.pages)),
    versioned=Digest(beside=("createdBy", "updatedBy", "createdAt", "updatedAt")),
    title="title",
    capabilities=Capabilities(grants={"is_enabled": ("False", "True")}),
    supported=since("A public dashboard", 10, 2),
    access=Access.by("Admin", "dashboards.public:write"),
    mentioned={"dashboard_uid": Needed("dashboard")},
    check=_check,
    fixed=_by_mail,
    conflict="The public dashboard has been changed by someone else since the plan.",
    attrs={
        "dashboard_uid": Attr(
            required=True, replaces=True, stable=True, wire="dashboardUid", example="home", doc="uid of the dashboard."
        ),
        "is_enabled": Attr("bool", default=False, wire="isEnabled", doc="Whether its link shows it."),
        "time_selection_enabled": Attr(
            "bool", default=False, wire="timeSelectionEnabled", doc="Whether those who see it choose the time."
        ),
        "annotations_enabled": Attr("bool", default=False, wire="annotationsEnabled", doc="Whether it shows them."),
        "share": Attr(computed=True, doc="With whom: public. Sharing by e-mail is of Grafana Enterprise."),
        "access_token": Attr(
            computed=True, optional=True, stable=True, wire="accessToken", doc="End of its link: a UUID. Default: any."
        ),
        "uid": Attr(computed=True, optional=True, stable=True, doc="Its own uid. Default: the server's choice."),
    },
)
