"""grafana_team: /api/teams (10.1 to 12.4; 9 by documentation), with its members and preferences below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hcl_lite.core.schema import Attr, Capabilities
from hcl_lite.core.schema.blocks import Block, Set
from providers.grafana.client import GrafanaClient
from providers.grafana.holders import MemberNames
from providers.grafana.preferences import PREFERRED
from providers.grafana.since import is_since, since
from providers.kit.access import Access
from providers.kit.api import Rest
from providers.kit.identity import ServerId
from providers.kit.ids import Ids
from providers.kit.parts import InParts, Part
from providers.kit.resource import resource
from providers.kit.version import Digest
from providers.transport.errors import Invalid

_ADMIN = 4


def _emails(members: Sequence[Mapping[str, Any]]) -> list[str]:
    return [member["email"] for member in members]


def _memberships(emails: Sequence[str], members: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Returns members and admins for the emails: an admin who stays in the team stays an admin."""
    admins = {member["email"] for member in members if member["permission"] == _ADMIN}
    return {"members": [one for one in emails if one not in admins], "admins": [one for one in emails if one in admins]}


async def _one_by_one(client: GrafanaClient, path: str, emails: Sequence[str], members: Any) -> bool:
    """Before 12 (10.1 and 11.0 have no PUT of all): who is missing is added, then who is too many leaves."""
    if await is_since(client, 12):
        return False
    numbers = {member["email"]: member["userId"] for member in members}
    missing = [email for email in emails if email not in numbers]
    if missing:
        await client.call("POST", path, body={"userId": await _number_of(client, missing[0])})
        return True
    for email, number in numbers.items():
        if email not in emails:
            await client.call("DELETE", f"{path}/{number}")
            return True
    return False


async def _number_of(client: GrafanaClient, email: str) -> int:
    """GET /api/org/users (10.1 to 12.4): the number of a user of the organisation. Raises Invalid for nobody."""
    path = "/api/org/users"
    for user in await client.get(path):
        if user["email"] == email:
            return int(user["userId"])
    raise Invalid("GET", client.connection.url + path, 404, f"there is no user with the e-mail address {email}")


_TEAMS: Final[Rest[GrafanaClient]] = Rest(
    "/api/teams", list_path="/api/teams/search", items="teams", page={"perpage": "100000"}, made={"teamId": "id"}
)

TEAM = resource(
    "grafana_team",
    "People who get permissions together.",
    api=InParts(
        _TEAMS, {"members": Part("/members", _emails, _memberships, _one_by_one), "preferences": Part("/preferences")}
    ),
    identity=ServerId("team_id", natural_key="name"),
    ids=Ids(("uid",), pages=("/org/teams/edit/{id}",)),
    versioned=Digest(beside=("memberCount", "avatarUrl", "permission", "accessControl")),
    distinct="name",
    capabilities=Capabilities(grants={"members": ()}),
    supported=since("A team", 9),
    access=Access("Admin", "teams:create", "", "teams:delete"),
    mention_kind="team",
    mention_by=("name",),
    mentioned={"preferences.home_dashboard_uid": "dashboard"},
    naming=MemberNames("members"),
    attrs={
        "name": Attr(required=True, doc="What people see. There is each but once."),
        "email": Attr(doc="Where the team is written to."),
        "members": Attr(
            Set("string"),
            computed=True,
            optional=True,
            doc="Logins or e-mail addresses of its members. Default: left alone.",
        ),
        "preferences": Attr(
            Block({**PREFERRED, "week_start": Attr(wire="weekStart", doc="Such as monday.")}),
            computed=True,
            optional=True,
            doc="What its members start with. Default: left alone.",
        ),
        "team_id": Attr("number", computed=True, stable=True, wire="id", doc="Number of the team on its server."),
        "team_uid": Attr(computed=True, stable=True, wire="uid", doc="Given by the server (10 or later)."),
    },
)
