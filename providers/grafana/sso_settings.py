"""grafana_sso_settings: GET, PUT and DELETE /api/v1/sso-settings/:provider (12.4.0; from 11 by documentation).

A server tells of every provider. One is an object while the server's database has it: until then, and after a deletion,
there is what the server's configuration says. SAML is not among them: open-source Grafana answers 404.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hcl_lite.core.schema import Attr, Capabilities, Live, ValueProblem, Version
from hcl_lite.core.schema.blocks import Block
from hcl_lite.core.values import Value, is_unknown, reveal
from providers.grafana.client import GrafanaClient
from providers.grafana.since import require_version
from providers.grafana.sso_ldap import BLOCK as LDAP_BLOCK
from providers.grafana.sso_ldap import LDAP, check_ldap, check_moved, with_kept_secrets
from providers.kit.api import Json, Occupied, Rest
from providers.kit.identity import Name
from providers.kit.ids import Ids
from providers.kit.resource import resource
from providers.kit.version import Digest

Values = Mapping[str, Value]

_PATH: Final = "/api/v1/sso-settings"
_BLOCK: Final = "oauth2_settings"
_LDAP: Final = "ldap"
_URLS: Final = {"auth_url": "authUrl", "token_url": "tokenUrl", "api_url": "apiUrl"}
# Which of these a provider takes, and without which it is refused (12.4.0).
_TAKES: Final = {
    "github": (),
    "gitlab": (),
    "google": (),
    "azuread": ("auth_url", "token_url"),
    "okta": ("auth_url", "token_url", "api_url"),
    "generic_oauth": ("auth_url", "token_url", "api_url"),
}
_NEEDS: Final = {**_TAKES, "generic_oauth": ("auth_url", "token_url")}
_PROVIDERS: Final = (*_TAKES, _LDAP)


@dataclass(frozen=True, slots=True)
class _Settings(Rest[GrafanaClient]):
    """A write replaces all that the database has: it is of what is there with what the block gives."""

    @property
    def is_shared(self) -> bool:
        return True

    @property
    def keeps_unsent(self) -> bool:
        return True

    async def find(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        found = await Rest.find(self, client, uid)
        return _plain(found) if found is not None and _is_stored(found) else None

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        found = await Rest.list(self, client)
        return [_plain(one) for one in found if one["provider"] in _PROVIDERS and _is_stored(one)]

    async def create(self, client: GrafanaClient, body: Json) -> Json | None:
        uid = body["provider"]
        if await self.find(client, uid) is not None:
            raise Occupied
        await self.update(client, uid, body, None)
        return None

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> None:
        """Secrets that are there go along as the mark for them."""
        block = _block_of(uid)
        settings, kept = body[block], {} if there is None else there[block]
        if uid == _LDAP:
            settings = with_kept_secrets(settings, kept)
        await client.call("PUT", self.path_of(uid), body={"settings": {**kept, **settings}})

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        await client.call("DELETE", self.path_of(uid))


def _is_stored(wire: Json) -> bool:
    return bool(wire["source"] == "database")


def _block_of(provider: str) -> str:
    return LDAP_BLOCK if provider == _LDAP else _BLOCK


def _plain(wire: Json) -> Json:
    """Returns the settings by their block, without the addresses that a provider has by itself, which the server tells
    and does not take, and with switches that somebody has sent as text, which it keeps (12.4.0)."""
    block, settings = _block_of(wire["provider"]), dict(wire["settings"])
    if block == _BLOCK:
        takes = _TAKES.get(wire["provider"], ())
        settings = {key: settings[key] for key in settings if key not in _URLS.values() or key in _urls(takes)}
    for key, attr in (LDAP if block == LDAP_BLOCK else _OAUTH2).items():
        text = settings.get(attr.wire or key)
        if attr.type == "bool" and isinstance(text, str):
            settings[attr.wire or key] = text.lower() == "true"
    return {**{key: value for key, value in wire.items() if key != "settings"}, block: settings}


def _urls(names: Sequence[str]) -> Sequence[str]:
    return [_URLS[name] for name in names]


def _check(values: Values) -> None:
    provider = values.get("provider_name")
    if not isinstance(provider, str) or provider not in _PROVIDERS:
        return
    block = _block_of(provider)
    for other in (_BLOCK, LDAP_BLOCK):
        if other != block and values.get(other) is not None:
            raise ValueProblem(other, f"{provider} has no {other}", f"Expected {block}.")
    if values.get(block) is None:
        raise ValueProblem("provider_name", f"{provider} needs {block}")
    settings = reveal(values[block])
    if not isinstance(settings, Mapping):
        return
    if provider == _LDAP:
        check_ldap(settings)
    else:
        _check_urls(provider, settings)


def _check_urls(provider: str, settings: Values) -> None:
    for key in _URLS:
        url = settings.get(key)
        if is_unknown(url):
            continue
        if url and key not in _TAKES[provider]:
            raise ValueProblem(_BLOCK, f"{provider} has {key} by itself", "Leave it out.")
        if not url and key in _NEEDS[provider]:
            raise ValueProblem(_BLOCK, f"{provider} needs {key}", "Expected a URL.")


async def _supported(client: GrafanaClient, values: Values) -> None:
    await require_version(client, "Settings of SSO by API", "", 11, 1)
    if values.get("provider_name") == _LDAP:
        await require_version(client, "LDAP by API", "provider_name", 11, 3)


async def _changeable(client: GrafanaClient, given: Values, values: Values, live: Live | None) -> None:
    """Raises ValueProblem for LDAP servers whose passwords would become those of others."""
    settings = reveal(values.get(LDAP_BLOCK))
    there = live.attributes.get(LDAP_BLOCK) if live is not None else None
    if isinstance(settings, Mapping) and isinstance(there, Mapping):
        check_moved(settings, there)


def _text(wire: str, doc: str) -> Attr:
    return Attr(computed=True, optional=True, wire=wire, doc=doc)


def _switch(wire: str, doc: str) -> Attr:
    return Attr("bool", computed=True, optional=True, wire=wire, doc=doc)


_OAUTH2: Final[Mapping[str, Attr]] = {
    "client_id": Attr(required=True, wire="clientId", doc="Which application of the provider Grafana is."),
    "client_secret": Attr(secret=True, wire="clientSecret", doc="The secret of that application."),
    "enabled": Attr("bool", default=True, doc="Whether people may sign in by it."),
    "name": _text("name", "What the button to sign in says."),
    "icon": _text("icon", "The picture on that button."),
    "scopes": _text("scopes", "OAuth2 scopes, with commas or spaces between."),
    "empty_scopes": _switch("emptyScopes", "Ask for no scopes."),
    "auth_url": _text("authUrl", "Where to sign in. Of azuread, okta and generic_oauth, which need it."),
    "token_url": _text("tokenUrl", "Where tokens come from. Of azuread, okta and generic_oauth, which need it."),
    "api_url": _text("apiUrl", "Where people's data come from. Of okta, which needs it, and generic_oauth."),
    "auth_style": _text("authStyle", "AutoDetect, InParams or InHeader: how the application tells its secret."),
    "client_authentication": _text("clientAuthentication", "By what azuread knows Grafana, such as managed_identity."),
    "managed_identity_client_id": _text("managedIdentityClientId", "Of azuread with managed_identity."),
    "federated_credential_audience": _text("federatedCredentialAudience", "Of azuread with managed_identity."),
    "workload_identity_token_file": _text("workloadIdentityTokenFile", "Of azuread with workload_identity."),
    "force_use_graph_api": _switch("forceUseGraphApi", "Of azuread: groups come from Microsoft Graph."),
    "domain_hint": _text("domainHint", "Of azuread: whose accounts are offered."),
    "hosted_domain": _text("hostedDomain", "Of google: whose accounts are offered."),
    "validate_hd": _switch("validateHd", "Of google: refuse accounts of others than hosted_domain."),
    "allow_sign_up": _switch("allowSignUp", "Make an account for who signs in first."),
    "auto_login": _switch("autoLogin", "Skip Grafana's own page."),
    "login_prompt": _text("loginPrompt", "login, consent or select_account."),
    "signout_redirect_url": _text("signoutRedirectUrl", "Where people are after they have signed out."),
    "allowed_domains": _text("allowedDomains", "Domains of e-mail addresses: only these may sign in."),
    "allowed_groups": _text("allowedGroups", "Groups: only their members may sign in."),
    "allowed_organizations": _text("allowedOrganizations", "Organizations: only their members may sign in."),
    "team_ids": _text("teamIds", "Teams: only their members may sign in."),
    "team_ids_attribute_path": _text("teamIdsAttributePath", "JMESPath of teams in what teams_url gives."),
    "teams_url": _text("teamsUrl", "Where people's teams come from."),
    "groups_attribute_path": _text("groupsAttributePath", "JMESPath of groups in people's data."),
    "email_attribute_name": _text("emailAttributeName", "Key of the e-mail address among the token's attributes."),
    "email_attribute_path": _text("emailAttributePath", "JMESPath of the e-mail address in people's data."),
    "login_attribute_path": _text("loginAttributePath", "JMESPath of the login in people's data."),
    "name_attribute_path": _text("nameAttributePath", "JMESPath of the name in people's data."),
    "id_token_attribute_name": _text("idTokenAttributeName", "Key of the ID token in the answer that has it."),
    "role_attribute_path": _text("roleAttributePath", "JMESPath of the role in people's data."),
    "role_attribute_strict": _switch("roleAttributeStrict", "Refuse people without a role."),
    "skip_org_role_sync": _switch("skipOrgRoleSync", "Leave roles as they are in Grafana."),
    "allow_assign_grafana_admin": _switch("allowAssignGrafanaAdmin", "Take over who is admin of the server."),
    "org_attribute_path": _text("orgAttributePath", "JMESPath of organizations in people's data."),
    "org_mapping": _text("orgMapping", "ORGANIZATION:ORG_ID:ROLE, with commas or spaces between."),
    "jwk_set_url": _text("jwkSetUrl", "Where the keys of ID tokens come from."),
    "validate_id_token": _switch("validateIdToken", "Check ID tokens by jwk_set_url."),
    "use_pkce": _switch("usePkce", "With Proof Key for Code Exchange."),
    "use_refresh_token": _switch("useRefreshToken", "Take a new token where one is over."),
    "tls_client_ca": _text("tlsClientCa", "Path of certificates on the server, for a provider with its own."),
    "tls_client_cert": _text("tlsClientCert", "Path of the certificate on the server."),
    "tls_client_key": Attr(secret=True, wire="tlsClientKey", doc="Path of its key, which Grafana keeps secret."),
    "tls_skip_verify_insecure": _switch("tlsSkipVerifyInsecure", "Take any certificate. For tests."),
}

SSO_SETTINGS = resource(
    "grafana_sso_settings",
    "By which other system people sign in to a whole server, and what they are then. Only server admins may write it.",
    api=_Settings(_PATH),
    identity=Name("provider_name"),
    ids=Ids((), pages=("/admin/authentication/{id}",)),
    versioned=Digest(beside=("id",)),
    tells_secrets=True,
    title="provider",
    capabilities=Capabilities(grants={_BLOCK: (), LDAP_BLOCK: ()}),
    supported=_supported,
    changeable=_changeable,
    check=_check,
    conflict="The settings have been changed by someone else since the plan.",
    attrs={
        "provider_name": Attr(
            required=True, replaces=True, wire="provider", choices=_PROVIDERS, example="github", doc="Identity."
        ),
        _BLOCK: Attr(
            Block(_OAUTH2),
            example={"client_id": "grafana"},
            doc="Of all but ldap. What is left out stays as it is, first as the server's configuration has it.",
        ),
        LDAP_BLOCK: Attr(Block(LDAP), doc="Of ldap: its servers are those that are here, and no others."),
    },
)
