"""Users of the server and of an organisation, as 12.4.0 answers."""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from starlette.responses import Response

from providers.embedded import auth, wire
from providers.embedded.accounts import Account
from providers.embedded.avatars import avatar
from providers.embedded.options import Role
from providers.embedded.routing import Call, Route
from providers.embedded.teams import teams_of

_PER_PAGE: Final = 1000
_SHORTEST_PASSWORD: Final = 4
_ROLES: Final = ("Viewer", "Editor", "Admin", "None")
_TAKEN: Final = "User with email '{}' or username '{}' already exists"


def create(call: Call) -> Response:
    """POST /api/admin/users (12.4.0): with the role Viewer in the organisation of the caller, or in `OrgId`."""
    command = call.json()
    login, email = _names(command)
    name, password = (wire.read_field(command, key, str) for key in ("name", "password"))
    org = wire.read_field(command, "OrgId", int) or 1
    if len(password) < _SHORTEST_PASSWORD:
        raise wire.refuse_id(400, "password.password-policy-too-short", "New password is too short")
    if org not in call.accounts.orgs():
        raise wire.refuse(400, f"[org.notFound] failed to get organization with ID: {org}")
    if any(call.accounts.by_login_or_email(text) for text in (login, email) if text):
        raise wire.refuse(412, _TAKEN.format(email, login))
    account = call.accounts.add_user((login or email).lower(), name, (email or login).lower(), password)
    call.accounts.set_role(account, org, "Viewer")
    return wire.answer({"id": account.id, "uid": account.uid, "message": "User created"})


def look_up(call: Call) -> Response:
    """GET /api/users/lookup?loginOrEmail= (12.4.0): without the address of a picture."""
    account = call.accounts.by_login_or_email(call.query("loginOrEmail"))
    return wire.answer(_profile(call, _known(account)) | {"avatarUrl": ""})


def get(call: Call) -> Response:
    """GET /api/users/:id (12.4.0)."""
    return wire.answer(_profile(call, _user(call)))


def list_all(call: Call) -> Response:
    """GET /api/users?query=&page=&perpage= (12.4.0): by login."""
    return wire.answer(_search(call)["users"])


def search(call: Call) -> Response:
    """GET /api/users/search?query=&page=&perpage= (12.4.0)."""
    return wire.answer(_search(call))


def update(call: Call) -> Response:
    """PUT /api/users/:id (12.4.0): what is left empty stays."""
    command = call.json()
    login, email = (text.lower() for text in _names(command))
    account = call.accounts.by_id(call.params["id"])
    others = [call.accounts.by_login_or_email(text) for text in (login, email) if text]
    if account is None or account.service or any(other.id != account.id for other in others if other):
        raise wire.refuse(500, "Failed to update user")
    values = {"login": login, "email": email, "name": wire.read_field(command, "name", str)}
    call.accounts.update(account, **{key: value for key, value in values.items() if value})
    return _said("User updated")


def set_password(call: Call) -> Response:
    """PUT /api/admin/users/:id/password {"password": …} (12.4.0)."""
    password = wire.read_field(call.json(), "password", str)
    if not password:
        raise wire.refuse(400, "bad request data")
    account = call.accounts.by_id(call.params["id"])
    if account is None or len(password) < _SHORTEST_PASSWORD:
        raise wire.refuse(500, "Failed to update user password")
    call.accounts.set_password(account, password)
    return _said("User password updated")


def set_permissions(call: Call) -> Response:
    """PUT /api/admin/users/:id/permissions {"isGrafanaAdmin": …} (12.4.0)."""
    if not call.identity.account.server_admin:
        raise wire.refuse(403, "Permission denied", wire.CHARSET)
    is_admin = wire.read_field(call.json(), "isGrafanaAdmin", bool)
    account = call.accounts.by_id(call.params["id"])
    if account is None:
        raise wire.refuse(500, "Failed to update user permissions")
    if not is_admin and not any(one.server_admin for one in call.accounts.users() if one.id != account.id):
        raise wire.refuse(400, "cannot remove last grafana admin")
    call.accounts.update(account, server_admin=is_admin)
    return _said("User permissions updated")


def disable(call: Call) -> Response:
    """POST /api/admin/users/:id/disable (12.4.0)."""
    call.accounts.set_disabled(_user(call), True)
    return _said("User disabled")


def enable(call: Call) -> Response:
    """POST /api/admin/users/:id/enable (12.4.0)."""
    call.accounts.set_disabled(_user(call), False)
    return _said("User enabled")


def delete(call: Call) -> Response:
    """DELETE /api/admin/users/:id (12.4.0)."""
    call.accounts.delete(_user(call))
    return _said("User deleted")


def list_orgs(call: Call) -> Response:
    """GET /api/users/:id/orgs (12.4.0)."""
    account, names = call.accounts.by_id(call.params["id"]), call.accounts.orgs()
    roles = {} if account is None else call.accounts.roles(account)
    return wire.answer([{"orgId": org, "name": names.get(org, ""), "role": role} for org, role in roles.items()])


def list_teams(call: Call) -> Response:
    """GET /api/users/:id/teams (12.4.0)."""
    account = call.accounts.by_id(call.params["id"])
    return wire.answer([] if account is None else teams_of(call, account))


def list_members(call: Call, org: int) -> Response:
    """GET /api/org/users, GET /api/orgs/:id/users (12.4.0): by login."""
    members = [(account, call.accounts.roles(account).get(org)) for account in call.accounts.users()]
    return wire.answer([_member(call, account, org, role) for account, role in members if role is not None])


def look_up_members(call: Call, org: int) -> Response:
    """GET /api/org/users/lookup (12.4.0): logins alone, for whoever may give permissions to anything."""
    members = [account for account in call.accounts.users() if org in call.accounts.roles(account)]
    return wire.answer(
        [{"userId": one.id, "uid": one.uid, "login": one.login, "avatarUrl": avatar(one.email)} for one in members]
    )


def add_member(call: Call, org: int) -> Response:
    """POST /api/org/users, POST /api/orgs/:id/users {"loginOrEmail": …, "role": …} (12.4.0)."""
    command = call.json()
    role = _role(command)
    account = call.accounts.by_login_or_email(wire.read_field(command, "loginOrEmail", str))
    if account is None:
        raise wire.refuse(404, "User not found")
    if org in call.accounts.roles(account):
        raise wire.refuse(409, "User is already member of this organization", userId=account.id)
    call.accounts.set_role(account, org, role)
    return wire.answer({"message": "User added to organization", "userId": account.id})


def update_member(call: Call, org: int) -> Response:
    """PATCH /api/org/users/:id, PATCH /api/orgs/:id/users/:id {"role": …} (12.4.0)."""
    role = _role(call.json())
    account = _in(call, org, "Failed update org user")
    if role != "Admin" and _is_last_admin(call, account, org):
        raise wire.refuse(400, "Cannot change role so that there is no organization admin left")
    call.accounts.set_role(account, org, role)
    return _said("Organization user updated")


def remove_member(call: Call, org: int) -> Account:
    """Take a user out of an organisation."""
    account = _in(call, org, "Failed to remove user from organization")
    if _is_last_admin(call, account, org):
        raise wire.refuse(400, "Cannot remove last organization admin")
    call.accounts.remove_role(account, org)
    return account


def remove_member_here(call: Call) -> Response:
    """DELETE /api/org/users/:id (12.4.0): who is in no organisation any more is deleted."""
    account = remove_member(call, call.identity.org)
    if call.accounts.roles(account):
        return _said("User removed from organization")
    call.accounts.delete(account)
    return _said("User deleted")


def _said(message: str) -> Response:
    return wire.answer({"message": message})


def _names(command: dict[str, Any]) -> tuple[str, str]:
    """Login and email, of which one is needed."""
    login, email = (wire.read_field(command, key, str) for key in ("login", "email"))
    if not login and not email:
        raise wire.refuse_id(400, "user.empty-username-and-email", "Need to specify either username or email")
    return login, email


def _role(command: dict[str, Any]) -> Role:
    role = command.get("role")
    if role not in _ROLES:
        raise wire.refuse(400, "bad request data")
    return cast(Role, role)


def _known(account: Account | None) -> Account:
    if account is None or account.service:
        raise wire.refuse(404, "user not found")
    return account


def _user(call: Call) -> Account:
    return _known(call.accounts.by_id(call.params["id"]))


def _in(call: Call, org: int, failed: str) -> Account:
    account = call.accounts.by_id(call.params["user"])
    if account is None or org not in call.accounts.roles(account):
        raise wire.refuse(500, failed)
    return account


def _is_last_admin(call: Call, account: Account, org: int) -> bool:
    admins = [one.id for one in call.accounts.users() if call.accounts.roles(one).get(org) == "Admin"]
    return admins == [account.id]


def _search(call: Call) -> Mapping[str, Any]:
    part = call.query("query").lower()
    found = [
        one for one in call.accounts.users() if any(part in text.lower() for text in (one.login, one.email, one.name))
    ]
    page, size = call.query_int("page", 1), call.query_int("perpage", _PER_PAGE)
    shown = [_listed(call, one) for one in found[(page - 1) * size : page * size]]
    return {"totalCount": len(found), "users": shown, "page": page, "perPage": size}


def _profile(call: Call, account: Account) -> dict[str, Any]:
    when = wire.timestamp(account.created)
    return {
        "id": account.id,
        "uid": account.uid,
        "email": account.email,
        "name": account.name,
        "login": account.login,
        "theme": "",
        "orgId": next(iter(call.accounts.roles(account)), 0),
        "isGrafanaAdmin": account.server_admin,
        "isDisabled": call.accounts.is_disabled(account),
        "isExternal": False,
        "isExternallySynced": False,
        "isGrafanaAdminExternallySynced": False,
        "authLabels": [],
        "updatedAt": when,
        "createdAt": when,
        "avatarUrl": avatar(account.email),
        "isProvisioned": False,
    }


def _listed(call: Call, account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "uid": account.uid,
        "name": account.name,
        "login": account.login,
        "email": account.email,
        "avatarUrl": avatar(account.email),
        "isAdmin": account.server_admin,
        "isDisabled": call.accounts.is_disabled(account),
        "isProvisioned": False,
        **_seen(account),
        "authLabels": [],
        "created": wire.timestamp(account.created),
    }


def _member(call: Call, account: Account, org: int, role: Role) -> dict[str, Any]:
    return {
        "orgId": org,
        "userId": account.id,
        "uid": account.uid,
        "email": account.email,
        "name": account.name,
        "avatarUrl": avatar(account.email),
        "login": account.login,
        "role": role,
        **_seen(account),
        "created": wire.timestamp(account.created),
        "isDisabled": call.accounts.is_disabled(account),
        "authLabels": None,
        "isExternallySynced": False,
        "isProvisioned": False,
    }


def _seen(account: Account) -> dict[str, str]:
    """Returns the time of the last visit: that of the creation, since no visits are stored."""
    return {"lastSeenAt": wire.timestamp(account.created), "lastSeenAtAge": "< 1 minute"}


def for_server_admins(needs: str, handler: Callable[[Call], Response]) -> Callable[[Call], Response]:
    """A handler that refuses whoever does not administer the server."""

    def handle(call: Call) -> Response:
        if not call.identity.account.server_admin:
            raise auth.denied(needs)
        return handler(call)

    return handle


def _here(handler: Callable[[Call, int], Response]) -> Callable[[Call], Response]:
    return lambda call: handler(call, call.identity.org)


def _server_route(method: str, path: str, handler: Callable[[Call], Response], needs: str) -> Route:
    return Route(method, path, for_server_admins(needs, handler), "None", needs, writes=method != "GET")


_ADMIN, _USERS, _MEMBERS = "/api/admin/users", "/api/users", "/api/org/users"
_ONE, _READ = f"{_USERS}/{{id:int}}", "users:read"
ROUTES: Final = (
    _server_route("POST", _ADMIN, create, "users:create"),
    _server_route("DELETE", f"{_ADMIN}/{{id:int}}", delete, "users:delete"),
    _server_route("PUT", f"{_ADMIN}/{{id:int}}/password", set_password, "users.password:write"),
    Route("PUT", f"{_ADMIN}/{{id:int}}/permissions", set_permissions, "None", writes=True),
    _server_route("POST", f"{_ADMIN}/{{id:int}}/disable", disable, "users:disable"),
    _server_route("POST", f"{_ADMIN}/{{id:int}}/enable", enable, "users:enable"),
    _server_route("GET", _USERS, list_all, _READ),
    _server_route("GET", f"{_USERS}/search", search, _READ),
    _server_route("GET", f"{_USERS}/lookup", look_up, _READ),
    _server_route("GET", _ONE, get, _READ),
    _server_route("PUT", _ONE, update, "users:write"),
    _server_route("GET", f"{_ONE}/orgs", list_orgs, _READ),
    _server_route("GET", f"{_ONE}/teams", list_teams, _READ),
    Route("GET", _MEMBERS, _here(list_members), "Admin", "org.users:read"),
    Route("GET", f"{_MEMBERS}/lookup", _here(look_up_members), "Admin", "org.users:read"),
    Route("POST", _MEMBERS, _here(add_member), "Admin", "org.users:add", writes=True),
    Route("PATCH", f"{_MEMBERS}/{{user:int}}", _here(update_member), "Admin", "org.users:write", writes=True),
    Route("DELETE", f"{_MEMBERS}/{{user:int}}", remove_member_here, "Admin", "org.users:remove", writes=True),
)
