"""The Grafana provider: its resource types and lookups, opened on one server."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from urllib.parse import quote

from hcl_lite.core.lazy_table import LazyTable
from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import Mention, Origin, ProviderType, Verb, Writer
from hcl_lite.core.values import Value
from providers.grafana.account import find_forbidden
from providers.grafana.client import SETTINGS, GrafanaClient, make_client
from providers.grafana.linting import load_lint
from providers.grafana.lookups import LOOKUPS
from providers.grafana.organisation import ORGANISATION
from providers.grafana.references import find_missing
from providers.kit.open_provider import OpenProvider
from providers.kit.resource import Resource

Values = Mapping[str, Value]

# One line here makes a resource type known.
RESOURCE_TYPES: LazyTable[Resource] = LazyTable(
    "providers.grafana",
    {
        "grafana_data_source": "data_source:DATA_SOURCE",
        "grafana_folder": "folder:FOLDER",
        "grafana_dashboard": "dashboard:DASHBOARD",
        "grafana_snapshot": "snapshot:SNAPSHOT",
        "grafana_organization_preferences": "preferences:PREFERENCES",
        "grafana_folder_permission": "permissions:FOLDER_PERMISSION",
        "grafana_folder_permission_item": "permission_item:FOLDER_PERMISSION_ITEM",
        "grafana_dashboard_permission": "permissions:DASHBOARD_PERMISSION",
        "grafana_dashboard_permission_item": "permission_item:DASHBOARD_PERMISSION_ITEM",
        "grafana_dashboard_public": "dashboard_public:DASHBOARD_PUBLIC",
        "grafana_correlation": "correlation:CORRELATION",
        "grafana_playlist": "playlist:PLAYLIST",
        "grafana_contact_point": "contact_point:CONTACT_POINT",
        "grafana_message_template": "message_template:MESSAGE_TEMPLATE",
        "grafana_mute_timing": "mute_timing:MUTE_TIMING",
        "grafana_notification_policy": "notification_policy:NOTIFICATION_POLICY",
        "grafana_rule_group": "rule_group:RULE_GROUP",
        "grafana_alert_rule": "alert_rule:ALERT_RULE",
        "grafana_data_source_config": "data_source_config:DATA_SOURCE_CONFIG",
        "grafana_team": "team:TEAM",
        "grafana_star": "star:STAR",
        "grafana_user": "user:USER",
        "grafana_organization": "organization:ORGANIZATION",
        "grafana_sso_settings": "sso_settings:SSO_SETTINGS",
        "grafana_service_account": "service_account:SERVICE_ACCOUNT",
        "grafana_service_account_token": "service_account_token:SERVICE_ACCOUNT_TOKEN",
        "grafana_service_account_permission": "service_account_permission:SERVICE_ACCOUNT_PERMISSION",
        "grafana_service_account_permission_item": "service_account_permission:SERVICE_ACCOUNT_PERMISSION_ITEM",
        "grafana_annotation": "annotation:ANNOTATION",
        "grafana_library_panel": "library_panel:LIBRARY_PANEL",
        "grafana_app_resource": "app_resource:APP_RESOURCE",
    },
)


class Grafana(OpenProvider[GrafanaClient]):
    """A Grafana that is open."""

    def __init__(self, client: GrafanaClient, name: str = "") -> None:
        super().__init__(client, RESOURCE_TYPES, LOOKUPS, "a Grafana", name)

    @property
    def origin(self) -> Origin:
        return replace(super().origin, organisation=self._client.connection.headers.get(ORGANISATION, ""))

    async def organisation(self) -> str:
        with self._understood("Asking for the organisation of"):
            return await self._client.organisation()

    async def check_settings(self) -> None:
        """Only org_id is for the server to say."""
        with self._understood("Asking for the organisation of"):
            await self._client.check_organisation()

    async def missing(self, mentions: Collection[Mention]) -> Mapping[Mention, Collection[str]]:
        with self._understood("Looking for what is used on"):
            return await find_missing(self._client, mentions)

    async def forbidden(self, writes: Collection[tuple[str, Verb]]) -> Mapping[tuple[str, Verb], str]:
        with self._understood("Asking what the account may do on"):
            return await find_forbidden(self._client, self._types, writes)


def open_grafana(name: str, settings: Values, read_only: bool, context: RunContext) -> Writer:
    """Opens the Grafana of a provider block. Raises ValueProblem."""
    return Grafana(make_client(settings, read_only, context), name)


def embedded_settings(directory: str, name: str) -> Values:
    """A new Grafana in a file, with one organisation; every instance of the provider has its own."""
    return {"url": f"embedded:{directory}/{quote(name, safe='')}.db", "auth": "admin:admin", "org_id": 1}


PROVIDER = ProviderType(
    name="grafana",
    doc="A Grafana, or the embedded server.",
    settings=SETTINGS,
    resources=RESOURCE_TYPES,
    lookups=LOOKUPS,
    open=open_grafana,
    embedded=embedded_settings,
    lint=load_lint,
)
