"""Settings of the whole server for signing in through other systems: /api/v1/sso-settings, as 12.4.0 answers."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.responses import Response

from providers.embedded import auth, sso_ldap, wire
from providers.embedded.items import Draft, Items
from providers.embedded.routing import Call, Route
from providers.embedded.users import for_server_admins

Settings = Mapping[str, Any]

_PATH: Final = "/api/v1/sso-settings"
_SECRETS: Final = ("secret", "private", "certificate", "password", "clientkey")
_HIDDEN: Final = "*********"
_URLS: Final = {"authUrl": "Auth URL", "tokenUrl": "Token URL", "apiUrl": "API URL"}
_OF_TENANT: Final = "https://<tenant-id>.okta.com/oauth2/v1"
_MICROSOFT: Final = "https://login.microsoftonline.com/<tenant-id>/oauth2/v2.0"

_EMPTY: Final = (
    *("allowedDomains", "allowedGroups", "apiUrl", "authStyle", "authUrl", "clientAuthentication", "clientSecret"),
    *("emailAttributeName", "emailAttributePath", "federatedCredentialAudience", "groupsAttributePath"),
    *("hostedDomain", "jwkSetUrl", "loginPrompt", "managedIdentityClientId", "orgAttributePath", "orgMapping"),
    *("roleAttributePath", "signoutRedirectUrl", "teamIdsAttributePath", "teamsUrl", "tlsClientCa", "tlsClientCert"),
    *("tlsClientKey", "tokenUrl", "workloadIdentityTokenFile"),
)
_OFF: Final = (
    *("allowAssignGrafanaAdmin", "autoLogin", "emptyScopes", "enabled", "roleAttributeStrict", "skipOrgRoleSync"),
    *("tlsSkipVerifyInsecure", "usePkce", "useRefreshToken", "validateIdToken"),
)
_ALL: Final[Mapping[str, Any]] = {
    **dict.fromkeys(_EMPTY, ""),
    **dict.fromkeys(_OFF, False),
    "allowSignUp": True,
    "clientId": "some_id",
}


def _of(name: str, icon: str, scopes: str, urls: tuple[str, str, str], **more: Any) -> Mapping[str, Any]:
    return {**_ALL, "name": name, "icon": icon, "scopes": scopes, **dict(zip(_URLS, urls, strict=True)), **more}


# The server's configuration, where nobody has written it.
_SYSTEM: Final[Mapping[str, Mapping[str, Any]]] = {
    "github": _of(
        "GitHub",
        "github",
        "user:email,read:org",
        (
            "https://github.com/login/oauth/authorize",
            "https://github.com/login/oauth/access_token",
            "https://api.github.com/user",
        ),
        allowedOrganizations="",
        teamIds="",
    ),
    "gitlab": _of(
        "GitLab",
        "gitlab",
        "openid email profile",
        ("https://gitlab.com/oauth/authorize", "https://gitlab.com/oauth/token", "https://gitlab.com/api/v4"),
        jwkSetUrl="https://gitlab.com/oauth/discovery/keys",
        usePkce=True,
        useRefreshToken=True,
    ),
    "google": _of(
        "Google",
        "google",
        "openid email profile",
        (
            "https://accounts.google.com/o/oauth2/v2/auth",
            "https://oauth2.googleapis.com/token",
            "https://openidconnect.googleapis.com/v1/userinfo",
        ),
        clientId="some_client_id",
        jwkSetUrl="https://www.googleapis.com/oauth2/v3/certs",
        skipOrgRoleSync=True,
        usePkce=True,
        useRefreshToken=True,
        validateHd=True,
    ),
    "generic_oauth": _of(
        "OAuth",
        "signin",
        "user:email",
        ("", "", ""),
        allowedOrganizations="",
        emailAttributeName="email:primary",
        idTokenAttributeName="",
        loginAttributePath="",
        nameAttributePath="",
        teamIds="",
    ),
    "azuread": _of(
        "Microsoft",
        "microsoft",
        "openid email profile",
        (f"{_MICROSOFT}/authorize", f"{_MICROSOFT}/token", ""),
        allowedOrganizations="",
        clientId="some_client_id",
        domainHint="",
        forceUseGraphApi=False,
        usePkce=True,
        useRefreshToken=True,
        workloadIdentityTokenFile="/var/run/secrets/azure/tokens/azure-identity-token",
    ),
    "okta": _of(
        "Okta",
        "okta",
        "openid profile email groups",
        (f"{_OF_TENANT}/authorize", f"{_OF_TENANT}/token", f"{_OF_TENANT}/userinfo"),
        usePkce=True,
    ),
    "ldap": {
        "activeSyncEnabled": True,
        "allowSignUp": True,
        "config": {},
        "enabled": False,
        "skipOrgRoleSync": False,
        "syncCron": "0 1 * * *",
    },
}
_NO_URLS: Final = {"github": [*_URLS], "gitlab": [*_URLS], "google": [*_URLS], "azuread": ["apiUrl"]}
_URLS_NEEDED: Final = {"okta": [*_URLS], "azuread": ["authUrl", "tokenUrl"], "generic_oauth": ["authUrl", "tokenUrl"]}


def list_all(call: Call) -> Response:
    """GET /api/v1/sso-settings (12.4.0): each provider, as the server uses it."""
    return wire.answer([_show(call, provider) for provider in _SYSTEM])


def get(call: Call) -> Response:
    """GET /api/v1/sso-settings/:provider (12.4.0): with * for secrets."""
    return wire.answer(_show(call, _known(call)))


def put(call: Call) -> Response:
    """PUT /api/v1/sso-settings/:provider {"settings": …} (12.4.0): all of it, but for what is * there."""
    provider = call.params["key"]
    if provider not in _SYSTEM:
        raise auth.denied("settings:write")
    settings = _with_secrets(call.json().get("settings") or {}, _used(call, provider))
    if provider == "ldap":
        sso_ldap.check(settings)
    else:
        _check(provider, settings)
    items, author = _items(call), call.identity.account.id
    if (old := items.get(provider)) is None:
        items.add(Draft(settings, uid=provider), author)
    else:
        items.replace(old, Draft(settings, uid=provider), author)
    return _nothing()


def delete(call: Call) -> Response:
    """DELETE /api/v1/sso-settings/:provider (12.4.0): what the configuration says is there again."""
    stored = _items(call).get(_known(call))
    if stored is None:
        raise _not_found()
    _items(call).remove(stored)
    return _nothing()


def _check(provider: str, settings: Mapping[str, Any]) -> None:
    if not settings.get("clientId"):
        raise _invalid("Client Id is required.")
    for key, name in _URLS.items():
        url = settings.get(key) or ""
        if key in _NO_URLS.get(provider, ()) and url:
            raise _invalid(f"{name} must be empty.")
        if key in _URLS_NEEDED.get(provider, ()) and not url.startswith("http"):
            is_missing = not url and provider != "generic_oauth"
            raise _invalid(f"{name} is required." if is_missing else f"{name} is an invalid URL.")


def _show(call: Call, provider: str) -> dict[str, Any]:
    used = _each_place(_used(call, provider), lambda _, settings: _hidden(settings))
    source = "system" if _items(call).get(provider) is None else "database"
    return {"id": "", "provider": provider, "settings": dict(sorted(used.items())), "source": source}


def _used(call: Call, provider: str) -> dict[str, Any]:
    """Returns what is stored, before what the configuration says: addresses that are empty are as if they were not."""
    item = _items(call).get(provider)
    stored = {} if item is None else item.body
    return {**_SYSTEM[provider], **{key: value for key, value in stored.items() if value or not key.endswith("Url")}}


def _each_place(settings: Settings, change: Callable[[int, Settings], Settings]) -> Settings:
    """Returns settings with what `change` makes of them and, by LDAP, of each of its servers: by their number."""
    config = settings.get("config")
    servers = config.get("servers") if isinstance(config, dict) else None
    if not isinstance(config, dict) or not isinstance(servers, list):
        return change(0, settings)
    changed = [change(n, one) if isinstance(one, dict) else one for n, one in enumerate(servers, 1)]
    return {**change(0, settings), "config": {**config, "servers": changed}}


def _with_secrets(given: Settings, used: Settings) -> Settings:
    """Returns `given` with the secret that is used at the same place for each *; 500 for one that is no text."""
    there: dict[int, Settings] = {}
    _each_place(used, lambda number, settings: there.setdefault(number, settings))

    def change(number: int, settings: Settings) -> Settings:
        if any(_is_secret(key) and not isinstance(value, str) for key, value in settings.items()):
            raise sso_ldap.refuse()
        hidden = (key for key, value in settings.items() if _is_secret(key) and value == _HIDDEN and number in there)
        return {**settings, **{key: there[number].get(key) for key in hidden}}

    return _each_place(given, change)


def _hidden(settings: Settings) -> Settings:
    return {key: _HIDDEN if _is_secret(key) and value else value for key, value in settings.items()}


def _is_secret(key: str) -> bool:
    return any(part in key.replace("_", "").lower() for part in _SECRETS)


def _known(call: Call) -> str:
    provider: str = call.params["key"]
    if provider not in _SYSTEM:
        raise _not_found()
    return provider


def _items(call: Call) -> Items:
    """Those of the server, which is no organisation."""
    return Items(call.store, 0, "sso settings")


def _nothing() -> Response:
    return Response(status_code=204)


def _not_found() -> wire.Refused:
    return wire.refuse_id(404, "sso.notFound", "The provider was not found.")


def _invalid(message: str) -> wire.Refused:
    return wire.refuse_id(400, "sso.invalidOauthConfig", message)


def _route(method: str, path: str, handle: Callable[[Call], Response]) -> Route:
    needs = "settings:read" if method == "GET" else "settings:write"
    return Route(method, path, for_server_admins(needs, handle), "None", needs, writes=method != "GET")


ROUTES: Final = (
    _route("GET", _PATH, list_all),
    _route("GET", f"{_PATH}/{{key}}", get),
    _route("PUT", f"{_PATH}/{{key}}", put),
    _route("DELETE", f"{_PATH}/{{key}}", delete),
)
