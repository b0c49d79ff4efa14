"""Organisations of the server, as 12.4.0 answers."""

from collections.abc import Callable
from typing import Any, Final

from starlette.responses import Response

from providers.embedded import auth, users, wire
from providers.embedded.routing import Call, Route

_ADDRESS: Final = dict.fromkeys(("address1", "address2", "city", "zipCode", "state", "country"), "")


def get_current(call: Call) -> Response:
    """GET /api/org (12.4.0)."""
    return wire.answer(_show(call, call.identity.org))


def list_all(call: Call) -> Response:
    """GET /api/orgs (12.4.0), for server admins."""
    return wire.answer([{"id": number, "name": name} for number, name in call.accounts.orgs().items()])


def create(call: Call) -> Response:
    """POST /api/orgs {"name": …} (12.4.0): who makes it becomes its admin."""
    name = _name(call)
    if name in call.accounts.orgs().values():
        raise wire.refuse(409, "Organization name taken")
    number = call.accounts.add_org(name)
    call.accounts.set_role(call.identity.account, number, "Admin")
    return wire.answer({"message": "Organization created", "orgId": number})


def get(call: Call) -> Response:
    """GET /api/orgs/:id (12.4.0): for its members too."""
    number = call.params["id"]
    if not call.identity.account.server_admin and number not in call.identity.roles:
        raise auth.denied("orgs:read")
    if number not in call.accounts.orgs():
        raise wire.refuse(404, "Organization not found")
    return wire.answer(_show(call, number))


def get_by_name(call: Call) -> Response:
    """GET /api/orgs/name/:name (12.4.0)."""
    for number, name in call.accounts.orgs().items():
        if name == call.params["name"]:
            return wire.answer(_show(call, number))
    raise wire.refuse(404, "Organization not found")


def update(call: Call) -> Response:
    """PUT /api/orgs/:id {"name": …} (12.4.0)."""
    number, name, orgs = call.params["id"], _name(call), call.accounts.orgs()
    if number not in orgs:
        raise wire.refuse(500, "Failed to update organization")
    if any(taken == name for org, taken in orgs.items() if org != number):
        raise wire.refuse(400, "Organization name taken")
    call.accounts.rename_org(number, name)
    return wire.answer({"message": "Organization updated"})


def delete(call: Call) -> Response:
    """DELETE /api/orgs/:id (12.4.0): not the one that the caller is in."""
    number = call.params["id"]
    if number == call.identity.org:
        message = "Cannot delete your active organization. Please switch to a different organization first."
        raise wire.refuse(400, message)
    if number not in call.accounts.orgs():
        raise wire.refuse(404, "Failed to delete organization. ID not found")
    call.accounts.delete_org(number)
    return wire.answer({"message": "Organization deleted"})


def remove_member(call: Call) -> Response:
    """DELETE /api/orgs/:id/users/:id (12.4.0)."""
    users.remove_member(call, call.params["id"])
    return wire.answer({"message": "User removed from organization"})


def _name(call: Call) -> str:
    name = wire.read_field(call.json(), "name", str)
    if not name:
        raise wire.refuse(400, "bad request data")
    return name


def _show(call: Call, number: int) -> dict[str, Any]:
    return {"id": number, "name": call.accounts.orgs().get(number, ""), "address": _ADDRESS}


def _there(handler: Callable[[Call, int], Response]) -> Callable[[Call], Response]:
    return lambda call: handler(call, call.params["id"])


def _route(method: str, path: str, handler: Callable[[Call], Response], needs: str) -> Route:
    return Route(method, path, users.for_server_admins(needs, handler), "None", needs, writes=method != "GET")


_ORGS, _ONE = "/api/orgs", "/api/orgs/{id:int}"
_MEMBERS = f"{_ONE}/users"
ROUTES: Final = (
    Route("GET", "/api/org", get_current, "Viewer", "orgs:read"),
    _route("GET", _ORGS, list_all, "orgs:read"),
    _route("POST", _ORGS, create, "orgs:create"),
    _route("GET", f"{_ORGS}/name/{{name}}", get_by_name, "orgs:read"),
    Route("GET", _ONE, get, "None", "orgs:read"),
    _route("PUT", _ONE, update, "orgs:write"),
    _route("DELETE", _ONE, delete, "orgs:delete"),
    _route("GET", _MEMBERS, _there(users.list_members), "org.users:read"),
    _route("POST", _MEMBERS, _there(users.add_member), "org.users:add"),
    _route("PATCH", f"{_MEMBERS}/{{user:int}}", _there(users.update_member), "org.users:write"),
    _route("DELETE", f"{_MEMBERS}/{{user:int}}", remove_member, "org.users:remove"),
)
