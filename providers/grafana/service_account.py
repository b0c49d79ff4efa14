"""grafana_service_account: /api/serviceaccounts (10.1 to 12.4; 9 by documentation)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hcl_lite.core.schema import Attr, Capabilities
from providers.grafana.client import GrafanaClient
from providers.grafana.since import since
from providers.kit.access import Access
from providers.kit.api import Json, Rest
from providers.kit.identity import ServerId
from providers.kit.ids import Ids
from providers.kit.resource import resource
from providers.kit.version import Digest

ACCOUNTS: Final = "/api/serviceaccounts"


@dataclass(frozen=True, slots=True)
class _Accounts(Rest[GrafanaClient]):
    """Rest whose update is a PATCH."""

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> None:
        await client.call("PATCH", self.path_of(uid), body=body)


SERVICE_ACCOUNT = resource(
    "grafana_service_account",
    "An account for a program. What it signs in with is a grafana_service_account_token.",
    api=_Accounts(ACCOUNTS, list_path=f"{ACCOUNTS}/search", items="serviceAccounts", page={"perpage": "100000"}),
    identity=ServerId("service_account_id", natural_key="name"),
    ids=Ids(("uid", "login"), pages=("/org/serviceaccounts/{id}",)),
    versioned=Digest(of=("name", "role", "isDisabled")),
    distinct="name",
    mention_kind="service account",
    mention_by=("name",),
    capabilities=Capabilities(grants={"role": ("None", "Viewer", "Editor", "Admin"), "is_disabled": ("True", "False")}),
    supported=since("A service account", 9),
    access=Access("Admin", "serviceaccounts:create", "", "", owned=True),
    attrs={
        "name": Attr(required=True, doc="What people see. There is each but once."),
        "role": Attr(
            default="Viewer",
            choices=("None", "Viewer", "Editor", "Admin"),
            doc="What it may do in its organisation, beside the permissions that it is given.",
        ),
        "is_disabled": Attr("bool", default=False, wire="isDisabled", doc="Whether none of its tokens is accepted."),
        "service_account_id": Attr("number", computed=True, stable=True, wire="id", doc="Its number on its server."),
        "login": Attr(computed=True, stable=True, doc="Made by the server of the first name."),
    },
)
