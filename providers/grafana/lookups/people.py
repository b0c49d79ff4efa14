"""Data blocks of teams, users, organisations and service accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from hcl_lite.core.schema import Attr
from hcl_lite.core.values import JsonValue
from providers.grafana.client import GrafanaClient
from providers.grafana.lookups.finding import Row, Values, nothing, one_of, row, rows, the_one
from providers.grafana.organization import ROLES
from providers.grafana.paging import all_pages
from providers.grafana.since import require_version
from providers.kit.lookup import Lookup

_ORG: Final = "/api/org/users"
_TEAM: Final = {"team_id": "id", "team_uid": "uid", "name": "name", "email": "email", "member_count": "memberCount"}
_USER: Final = {"user_id": "id", "login": "login", "email": "email", "name": "name"}
_LISTED_USER: Final = {
    **{"id": "id", "login": "login", "email": "email", "name": "name"},
    **{"is_admin": "isAdmin", "is_disabled": "isDisabled"},
}
_MEMBER: Final = {"user_id": "userId", "login": "login", "email": "email", "name": "name", "role": "role"}
_ACCOUNT: Final = {
    **{"service_account_id": "id", "name": "name", "login": "login", "role": "role"},
    **{"is_disabled": "isDisabled", "token_count": "tokens"},
}


# --- teams ------------------------------------------------------------------------------------------------------------


async def _find_team(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/teams/search?name=, or /api/teams/:id; and /api/teams/:id/members (9 to 12.4)."""
    await require_version(client, "A team", "", 9)
    key = one_of(values, "name", "team_id")
    if key == "name":
        answer = await client.get("/api/teams/search", {"name": str(values["name"])})
        found = [one for one in answer["teams"] if one["name"] == values["name"]]
    else:
        wire = await client.find(f"/api/teams/{int(values['team_id'])}")
        found = [] if wire is None else [wire]
    if not found:
        raise nothing(key, values[key], "team", [one["name"] for one in await _teams(client)])
    members = await client.get(f"/api/teams/{found[0]['id']}/members")
    emails = sorted(one["email"] for one in members)
    return {**row(found[0], _TEAM), "members": emails, "logins": sorted(one["login"] for one in members)}


async def _find_teams(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    await require_version(client, "A list of teams", "", 9)
    part = str(values.get("query") or "").lower()
    return {"teams": rows((one for one in await _teams(client) if part in one["name"].lower()), _TEAM, "name")}


async def _teams(client: GrafanaClient) -> Sequence[Any]:
    """GET /api/teams/search, by pages (9 to 12.4)."""
    return await all_pages(client, "teams", "/api/teams/search", "teams")


# --- users ------------------------------------------------------------------------------------------------------------


async def _find_user(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/users/lookup?loginOrEmail=, or /api/users/:id (5 to 12.4, before 10.1 by documents): for admins."""
    key = one_of(values, "login", "email", "user_id")
    value = values[key]
    if key == "user_id":
        wire = await client.find(f"/api/users/{int(value)}")
    else:
        wire = await client.find("/api/users/lookup", {"loginOrEmail": str(value)})
    if wire is None or (key != "user_id" and str(wire[key]).lower() != str(value).lower()):
        raise nothing(key, value, "user", [])
    told = {"is_admin": "isGrafanaAdmin", "is_disabled": "isDisabled"}
    return {**row(wire, {**_USER, **told}), "user_id": wire.get("id") or values.get("user_id")}


async def _find_users(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/users by pages, for a server admin (5 to 12.4, before 10.1 by documents)."""
    wires = await all_pages(client, "users", "/api/users")
    return {"users": rows(wires, _LISTED_USER, "login")}


async def _find_member(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/org/users (5 to 12.4, before 10.1 by documents), for an admin of the organisation."""
    key = one_of(values, "login", "email")
    members = rows(await client.get(_ORG), _MEMBER, "login")
    found = [one for one in members if str(one[key]).lower() == str(values[key]).lower()]
    if not found:
        raise nothing(key, values[key], "user of the organisation", [str(one["login"]) for one in members])
    return the_one(key, values[key], "user", found, "user_id")


async def _find_members(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/org/users, or for a server admin /api/orgs/:id/users (5 to 12.4, before 10.1 by documents)."""
    name = values.get("organization_name")
    members = await client.get(_ORG) if name is None else await _users_of(client, await _organisation(client, name))
    return {
        "emails": sorted(str(one["email"]) for one in members if one["email"]),
        "users": rows(members, _MEMBER, "login"),
    }


# --- organisations ----------------------------------------------------------------------------------------------------


async def _organisation(client: GrafanaClient, name: JsonValue, key: str = "organization_name") -> Any:
    """GET /api/orgs/name/:name (5 to 12.4, before 10.1 by documents)."""
    found = await client.find(f"/api/orgs/name/{quote(str(name), safe='')}")
    if found is None:
        raise nothing(key, name, "organization", [one["name"] for one in await _organisations(client)])
    return found


async def _organisations(client: GrafanaClient) -> Sequence[Any]:
    """GET /api/orgs by pages (5 to 12.4, before 10.1 by documents), the first of which is 0."""
    return await all_pages(client, "organizations", "/api/orgs", first=0)


async def _users_of(client: GrafanaClient, organisation: Any) -> Sequence[Any]:
    members: Sequence[Any] = await client.get(f"/api/orgs/{organisation['id']}/users")
    return members


async def _find_organisation(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/orgs/name/:name and /api/orgs/:id/users, for a server admin (5 to 12.4, before 10.1 by documents)."""
    found = await _organisation(client, values["name"], "name")
    members = await _users_of(client, found)
    by_role = {key: sorted(one["email"] for one in members if one["role"] == role) for key, role in ROLES.items()}
    return {"name": found["name"], "org_id": found["id"], **by_role}


async def _find_organisations(client: GrafanaClient, _: Values) -> Mapping[str, JsonValue]:
    return {"organizations": rows(await _organisations(client), {"org_id": "id", "name": "name"}, "name")}


# --- service accounts -------------------------------------------------------------------------------------------------


async def _accounts(client: GrafanaClient) -> Sequence[Row]:
    """GET /api/serviceaccounts/search, by pages (9 to 12.4)."""
    await require_version(client, "A service account", "", 9)
    wires = await all_pages(client, "service accounts", "/api/serviceaccounts/search", "serviceAccounts")
    return rows(wires, _ACCOUNT, "name", "service_account_id")


async def _find_account(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    accounts = await _accounts(client)
    found = [one for one in accounts if one["name"] == values["name"]]
    if not found:
        raise nothing("name", values["name"], "service account", [str(one["name"]) for one in accounts])
    return the_one("name", values["name"], "service account", found, "service_account_id")


async def _find_accounts(client: GrafanaClient, _: Values) -> Mapping[str, JsonValue]:
    return {"service_accounts": [*await _accounts(client)]}


_EMAILS: Final = Attr("list(string)", computed=True, doc="E-mail addresses.")

TEAM = Lookup(
    "grafana_team",
    "A team that is there already.",
    {
        "name": Attr(computed=True, optional=True, doc="Find it by this,"),
        "team_id": Attr("number", computed=True, optional=True, doc="or by this."),
        "team_uid": Attr(computed=True),
        "email": Attr(computed=True),
        "member_count": Attr("number", computed=True),
        "members": _EMAILS,
        "logins": Attr("list(string)", computed=True, doc="Logins of its members."),
    },
    _find_team,
)
TEAMS = Lookup(
    "grafana_teams",
    "The teams that there are.",
    {
        "query": Attr(doc="Only those whose name has this in it."),
        "teams": Attr(
            "list(any)", computed=True, doc="By name; each with team_id, team_uid, name, email, member_count."
        ),
    },
    _find_teams,
)
USER = Lookup(
    "grafana_user",
    "A user of the server. Takes an account that is an admin of the server.",
    {
        "login": Attr(computed=True, optional=True, doc="Find it by this,"),
        "email": Attr(computed=True, optional=True, doc="or by this,"),
        "user_id": Attr("number", computed=True, optional=True, doc="or by this."),
        "name": Attr(computed=True),
        "is_admin": Attr("bool", computed=True, doc="Whether they are an admin of the server."),
        "is_disabled": Attr("bool", computed=True),
    },
    _find_user,
)
USERS = Lookup(
    "grafana_users",
    "The users of the server. Takes an account that is an admin of the server.",
    {
        "users": Attr(
            "list(any)",
            computed=True,
            doc="By login; each with id, login, email, name, is_admin, is_disabled.",
        )
    },
    _find_users,
)
ORGANIZATION_USER = Lookup(
    "grafana_organization_user",
    "A user of the account's organisation.",
    {
        "login": Attr(computed=True, optional=True, doc="Find it by this,"),
        "email": Attr(computed=True, optional=True, doc="or by this."),
        "user_id": Attr("number", computed=True),
        "name": Attr(computed=True),
        "role": Attr(computed=True, doc="Viewer, Editor, Admin or None."),
    },
    _find_member,
)
ORGANIZATION_USERS = Lookup(
    "grafana_organization_users",
    "The users of an organisation.",
    {
        "organization_name": Attr(doc="Takes an admin of the server. Default: the account's organisation."),
        "emails": _EMAILS,
        "users": Attr("list(any)", computed=True, doc="By login; each with user_id, login, email, name, role."),
    },
    _find_members,
)
ORGANIZATION = Lookup(
    "grafana_organization",
    "An organisation that is there already. Takes an account that is an admin of the server.",
    {
        "name": Attr(required=True, doc="Find it by this."),
        "org_id": Attr("number", computed=True),
        **dict.fromkeys(ROLES, _EMAILS),
    },
    _find_organisation,
)
ORGANIZATIONS = Lookup(
    "grafana_organizations",
    "The organisations of the server. Takes an account that is an admin of the server.",
    {"organizations": Attr("list(any)", computed=True, doc="By name; each with org_id and name.")},
    _find_organisations,
)
SERVICE_ACCOUNT = Lookup(
    "grafana_service_account",
    "A service account that is there already.",
    {
        "name": Attr(required=True, doc="Find it by this."),
        "service_account_id": Attr("number", computed=True),
        "login": Attr(computed=True),
        "role": Attr(computed=True),
        "is_disabled": Attr("bool", computed=True),
        "token_count": Attr("number", computed=True),
    },
    _find_account,
)
SERVICE_ACCOUNTS = Lookup(
    "grafana_service_accounts",
    "The service accounts that there are.",
    {
        "service_accounts": Attr(
            "list(any)",
            computed=True,
            doc="By name; each with service_account_id, name, login, role, is_disabled, token_count.",
        )
    },
    _find_accounts,
)
