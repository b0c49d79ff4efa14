"""The server and its people: health, settings, the signed-in user, service accounts and tokens."""

import platform
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from starlette.responses import Response

from providers.embedded import ids, wire
from providers.embedded.accounts import Account
from providers.embedded.avatars import avatar
from providers.embedded.datasources import frontend_sources
from providers.embedded.grants import service_key, store_rules
from providers.embedded.options import Role
from providers.embedded.refresh import MINIMUM
from providers.embedded.routing import Call, Route

_COMMIT = "embedded"
_PER_PAGE = 1000
_ROLES = ("Viewer", "Editor", "Admin", "None")


def get_health(call: Call) -> Response:
    """GET /api/health (12.4.0), for anybody; indented, as there."""
    body = {"database": "ok", "version": call.options.version, "commit": _COMMIT}
    return Response(orjson.dumps(body, option=orjson.OPT_INDENT_2), headers={"content-type": wire.CHARSET})


def ping(_: Call) -> Response:
    """GET /api/login/ping (12.4.0)."""
    return wire.answer({"message": "Logged in"})


def get_settings(call: Call) -> Response:
    """GET /api/frontend/settings (12.4.0): the part of it that a client of the API may want."""
    version = call.options.version
    build = {
        "hideVersion": False,
        "version": version,
        "versionString": f"Grafana v{version} ({_COMMIT})",
        "commit": _COMMIT,
        "commitShort": _COMMIT,
        "edition": "Open Source",
        "latestVersion": "",
        "hasUpdate": False,
        "env": "production",
    }
    settings = {
        "appUrl": call.root_url,
        "appSubUrl": "",
        "buildInfo": build,
        "namespace": namespace(call.identity.org),
        "minRefreshInterval": MINIMUM,
        **frontend_sources(call),
    }
    return wire.answer(settings, content_type=wire.CHARSET)


def get_version(call: Call) -> Response:
    """GET /version (12.4.0): the app platform's own version."""
    version = call.options.version
    return wire.answer(
        {
            "major": "1",
            "minor": "35",
            "gitVersion": f"1.35.0+grafana-v{version}",
            "gitCommit": _COMMIT,
            "platform": f"{platform.system().lower()}/{platform.machine()}",
        }
    )


def get_user(call: Call) -> Response:
    """GET /api/user (12.4.0): a service account has the id 0 and the uid `service-account:ID`."""
    account = call.identity.account
    when = wire.timestamp(None if account.service else account.created)
    return wire.answer(
        {
            "id": 0 if account.service else account.id,
            "uid": f"service-account:{account.id}" if account.service else account.uid,
            "email": account.email,
            "name": account.name,
            "login": account.login,
            "theme": "",
            "orgId": call.identity.org,
            "isGrafanaAdmin": account.server_admin,
            "isDisabled": False,
            "isExternal": False,
            "isExternallySynced": False,
            "isGrafanaAdminExternallySynced": False,
            "authLabels": None if account.service else [],
            "updatedAt": when,
            "createdAt": when,
            "avatarUrl": "" if account.service else avatar(account.email),
            "isProvisioned": False,
        }
    )


def list_actions(call: Call) -> Response:
    """GET /api/access-control/user/actions (12.4.0): what the account may do with at least one object. Told are those
    that a route here asks for; an editor of 12.4 has those on an object once there is one."""
    held = [_ACTIONS[role] for role in _ACTIONS if call.identity.can(role)]
    return wire.answer({action: True for actions in held for action in actions}, content_type=wire.CHARSET)


def create_service_account(call: Call) -> Response:
    """POST /api/serviceaccounts {"name": …, "role": …} (12.4.0): 201. Its maker may do all with it."""
    command = call.json()
    name, role = command.get("name"), command.get("role", "Viewer")
    if not isinstance(name, str) or not name or role not in _ROLES:
        raise wire.refuse(400, "Bad request data")
    account = call.accounts.add_service_account(call.identity.org, name, role)
    if account is None:
        raise wire.refuse_id(400, "serviceaccounts.ErrAlreadyExists", "service account already exists")
    call.accounts.set_disabled(account, wire.read_field(command, "isDisabled", bool))
    store_rules(call, service_key(account.id), [{"userId": call.identity.account.id, "permission": 4}])
    return wire.answer(_service_account(call, account) | {"avatarUrl": ""}, 201)


def search_service_accounts(call: Call) -> Response:
    """GET /api/serviceaccounts/search?query=&page=&perpage= (12.4.0)."""
    wanted = call.query("query").lower()
    found = [one for one in call.accounts.service_accounts(call.identity.org) if wanted in one.name.lower()]
    page, size = call.query_int("page", 1), call.query_int("perpage", _PER_PAGE)
    shown = [_service_account(call, one) for one in found[(page - 1) * size : page * size]]
    return wire.answer({"totalCount": len(found), "serviceAccounts": shown, "page": page, "perPage": size})


def get_service_account(call: Call) -> Response:
    """GET /api/serviceaccounts/:id (12.4.0)."""
    return wire.answer(_service_profile(call, _service(call)))


def update_service_account(call: Call) -> Response:
    """PATCH /api/serviceaccounts/:id {"name": …, "role": …, "isDisabled": …} (12.4.0): what is not sent stays."""
    account, command = _service(call), call.json()
    name, role = wire.read_field(command, "name", str), command.get("role")
    if role is not None and role not in _ROLES:
        raise wire.refuse(400, "Bad request data")
    if name:
        call.accounts.update(account, name=name)
    if role is not None:
        call.accounts.set_role(account, call.identity.org, role)
    if command.get("isDisabled") is not None:
        call.accounts.set_disabled(account, wire.read_field(command, "isDisabled", bool))
    shown = _service_profile(call, _service(call))
    body = {"id": account.id, "message": "Service account updated", "name": shown["name"], "serviceaccount": shown}
    return wire.answer(body)


def delete_service_account(call: Call) -> Response:
    """DELETE /api/serviceaccounts/:id (12.4.0): with its tokens."""
    call.accounts.delete(_service(call))
    return wire.answer({"message": "Service account deleted"})


def delete_token(call: Call) -> Response:
    """DELETE /api/serviceaccounts/:id/tokens/:id (12.4.0)."""
    if not call.accounts.remove_token(_service(call), call.params["token"]):
        raise wire.refuse_id(404, "serviceaccounts.ErrTokenNotFound", "service account token not found")
    return wire.answer({"message": "Service account token deleted"})


def create_token(call: Call) -> Response:
    """POST /api/serviceaccounts/:id/tokens {"name": …, "secondsToLive": …} (12.4.0): the key is told this once."""
    account = _service(call)
    command = call.json()
    name, seconds = command.get("name"), command.get("secondsToLive") or 0
    if not isinstance(name, str) or not name or not isinstance(seconds, int):
        raise wire.refuse(400, "Bad request data")
    if seconds < 0:
        raise wire.refuse_id(400, "serviceaccounts.ErrInvalidInput", "invalid SecondsToLive value")
    key = ids.new_token()
    expires = call.store.now() + seconds if seconds > 0 else None
    number = call.accounts.add_token(account, call.identity.org, name, key, expires)
    if number is None:
        message = "service account token with given name already exists in the organization"
        raise wire.refuse_id(400, "serviceaccounts.ErrTokenAlreadyExists", message)
    return wire.answer({"id": number, "name": name, "key": key})


def list_tokens(call: Call) -> Response:
    """GET /api/serviceaccounts/:id/tokens (12.4.0)."""
    now = call.store.now()
    return wire.answer(
        [
            {
                "id": row["id"],
                "name": row["name"],
                "created": wire.timestamp(row["created"]),
                "lastUsedAt": None,
                "expiration": None if row["expires"] is None else wire.timestamp(row["expires"]),
                "secondsUntilExpiration": 0 if row["expires"] is None else max(row["expires"] - now, 0),
                "hasExpired": row["expires"] is not None and row["expires"] <= now,
                "isRevoked": False,
            }
            for row in call.accounts.tokens(_service(call))
        ]
    )


def namespace(org: int) -> str:
    """The app platform's name for an organisation."""
    return "default" if org == 1 else f"org-{org}"


def _service(call: Call) -> Account:
    account = call.accounts.by_id(call.params["id"])
    if account is None or not account.service or call.identity.org not in call.accounts.roles(account):
        raise wire.refuse_id(404, "serviceaccounts.ErrNotFound", "service account not found")
    return account


def _service_account(call: Call, account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "uid": account.uid,
        "name": account.name,
        "login": account.login,
        "orgId": call.identity.org,
        "isDisabled": call.accounts.is_disabled(account),
        "role": call.accounts.roles(account)[call.identity.org],
        "tokens": len(call.accounts.tokens(account)),
        "avatarUrl": avatar(account.email),
    }


def _service_profile(call: Call, account: Account) -> dict[str, Any]:
    when = wire.timestamp(account.created)
    whole = _service_account(call, account) | {"createdAt": when, "updatedAt": when, "teams": None}
    return {key: value for key, value in whole.items() if key != "tokens"}


_SERVICE = "/api/serviceaccounts"

_WRITTEN = ("create", "delete", "write")
_ACTIONS: Mapping[Role, Iterable[str]] = {
    "None": ("folders:read",),
    "Viewer": (
        *("annotations:read", "dashboards:read", "datasources:query", "datasources:read", "library.panels:read"),
        "snapshots:read",
    ),
    "Editor": (
        *(f"{kind}:{verb}" for kind in ("annotations", "dashboards", "folders", "library.panels") for verb in _WRITTEN),
        *("datasources:explore", "snapshots:create", "snapshots:delete"),
    ),
    "Admin": (
        *(f"datasources:{verb}" for verb in _WRITTEN),
        *(f"{kind}.permissions:{verb}" for kind in ("dashboards", "folders") for verb in ("read", "write")),
        *(
            "dashboards.public:write",
            "orgs.preferences:read",
            "orgs.preferences:write",
            "orgs:read",
            "serviceaccounts:create",
        ),
        *("serviceaccounts:delete", "serviceaccounts:read", "serviceaccounts:write"),
        *("serviceaccounts.permissions:read", "serviceaccounts.permissions:write"),
        *(f"teams:{verb}" for verb in ("create", "delete", "read", "write")),
        *("teams.permissions:read", "teams.permissions:write"),
    ),
}

ROUTES = (
    Route("GET", "/api/health", get_health, anonymous=True),
    Route("GET", "/api/login/ping", ping, "None"),
    Route("GET", "/api/frontend/settings", get_settings, "None"),
    Route("GET", "/version", get_version, "None"),
    Route("GET", "/api/user", get_user, "None"),
    Route("GET", "/api/access-control/user/actions", list_actions, "None"),
    Route("POST", _SERVICE, create_service_account, "Admin", "serviceaccounts:create", writes=True),
    Route("GET", f"{_SERVICE}/search", search_service_accounts, "Admin", "serviceaccounts:read"),
    Route("POST", f"{_SERVICE}/{{id:int}}/tokens", create_token, "Admin", "serviceaccounts:write", writes=True),
    Route("GET", f"{_SERVICE}/{{id:int}}", get_service_account, "Admin", "serviceaccounts:read"),
    Route("PATCH", f"{_SERVICE}/{{id:int}}", update_service_account, "Admin", "serviceaccounts:write", writes=True),
    Route("DELETE", f"{_SERVICE}/{{id:int}}", delete_service_account, "Admin", "serviceaccounts:delete", writes=True),
    Route(
        "DELETE",
        f"{_SERVICE}/{{id:int}}/tokens/{{token:int}}",
        delete_token,
        "Admin",
        "serviceaccounts:write",
        writes=True,
    ),
    Route("GET", f"{_SERVICE}/{{id:int}}/tokens", list_tokens, "Admin", "serviceaccounts:read"),
)
