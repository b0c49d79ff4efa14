"""The Grafana provider: its resource types and lookups, opened on one server."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from urllib.parse import quote

from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import Mention, Origin, ProviderType, Verb, Writer
from hcl_lite.core.values import Value
from providers.grafana.account import find_forbidden
from providers.grafana.alert_rule import ALERT_RULE
from providers.grafana.annotation import ANNOTATION
from providers.grafana.app_resource import APP_RESOURCE
from providers.grafana.client import SETTINGS, GrafanaClient, make_client
from providers.grafana.contact_point import CONTACT_POINT
from providers.grafana.correlation import CORRELATION
from providers.grafana.dashboard import DASHBOARD
from providers.grafana.dashboard_public import DASHBOARD_PUBLIC
from providers.grafana.data_source import DATA_SOURCE
from providers.grafana.data_source_config import DATA_SOURCE_CONFIG
from providers.grafana.folder import FOLDER
from providers.grafana.library_panel import LIBRARY_PANEL
from providers.grafana.linting import load_lint
from providers.grafana.lookups import LOOKUPS
from providers.grafana.message_template import MESSAGE_TEMPLATE
from providers.grafana.mute_timing import MUTE_TIMING
from providers.grafana.notification_policy import NOTIFICATION_POLICY
from providers.grafana.organisation import ORGANISATION
from providers.grafana.organization import ORGANIZATION
from providers.grafana.permission_item import DASHBOARD_PERMISSION_ITEM, FOLDER_PERMISSION_ITEM
from providers.grafana.permissions import DASHBOARD_PERMISSION, FOLDER_PERMISSION
from providers.grafana.playlist import PLAYLIST
from providers.grafana.preferences import PREFERENCES
from providers.grafana.queries import QUERIES
from providers.grafana.references import find_missing
from providers.grafana.rule_group import RULE_GROUP
from providers.grafana.service_account import SERVICE_ACCOUNT
from providers.grafana.service_account_permission import (
    SERVICE_ACCOUNT_PERMISSION,
    SERVICE_ACCOUNT_PERMISSION_ITEM,
)
from providers.grafana.service_account_token import SERVICE_ACCOUNT_TOKEN
from providers.grafana.snapshot import SNAPSHOT
from providers.grafana.sso_settings import SSO_SETTINGS
from providers.grafana.star import STAR
from providers.grafana.team import TEAM
from providers.grafana.user import USER
from providers.kit.open_provider import OpenProvider
from providers.kit.resource import Resource

Values = Mapping[str, Value]

# One line here makes a resource type known.
RESOURCE_TYPES: tuple[Resource, ...] = (
    DATA_SOURCE,
    FOLDER,
    DASHBOARD,
    SNAPSHOT,
    PREFERENCES,
    FOLDER_PERMISSION,
    FOLDER_PERMISSION_ITEM,
    DASHBOARD_PERMISSION,
    DASHBOARD_PERMISSION_ITEM,
    DASHBOARD_PUBLIC,
    CORRELATION,
    PLAYLIST,
    CONTACT_POINT,
    MESSAGE_TEMPLATE,
    MUTE_TIMING,
    NOTIFICATION_POLICY,
    RULE_GROUP,
    ALERT_RULE,
    DATA_SOURCE_CONFIG,
    TEAM,
    STAR,
    USER,
    ORGANIZATION,
    SSO_SETTINGS,
    SERVICE_ACCOUNT,
    SERVICE_ACCOUNT_TOKEN,
    SERVICE_ACCOUNT_PERMISSION,
    SERVICE_ACCOUNT_PERMISSION_ITEM,
    ANNOTATION,
    LIBRARY_PANEL,
    APP_RESOURCE,
)

ALL_LOOKUPS = (*LOOKUPS, *QUERIES)


class Grafana(OpenProvider[GrafanaClient]):
    """A Grafana that is open."""

    def __init__(self, client: GrafanaClient, name: str = "") -> None:
        super().__init__(client, RESOURCE_TYPES, ALL_LOOKUPS, "a Grafana", name)

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
    resources={type_.name: type_ for type_ in RESOURCE_TYPES},
    lookups={lookup.name: lookup for lookup in ALL_LOOKUPS},
    open=open_grafana,
    embedded=embedded_settings,
    lint=load_lint,
)
