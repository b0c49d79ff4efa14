"""grafana_team: /api/teams (10.1 to 12.4), with its members and preferences below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hcl_lite.core.schema import Attr
from hcl_lite.core.schema.blocks import Block, Set
from providers.grafana.client import GrafanaClient
from providers.grafana.preferences import PREFERRED
from providers.grafana.since import since
from providers.kit.access import Access
from providers.kit.api import Rest
from providers.kit.identity import ServerId
from providers.kit.ids import Ids
from providers.kit.parts import InParts, Part
from providers.kit.resource import resource
from providers.kit.version import Digest

_ADMIN = 4


def _emails(members: Sequence[Mapping[str, Any]]) -> list[str]:
    return [member["email"] for member in members]


def _memberships(emails: Sequence[str], members: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Returns members and admins for the emails: an admin who stays in the team stays an admin."""
    admins = {member["email"] for member in members if member["permission"] == _ADMIN}
    return {"members": [one for one in emails if one not in admins], "admins": [one for one in emails if one in admins]}


_TEAMS: Final[Rest[GrafanaClient]] = Rest(
    "/api/teams", list_path="/api/teams/search", items="teams", page={"perpage": "100000"}, made={"teamId": "id"}
)

TEAM = resource(
    "grafana_team",
    "People who get permissions together.",
    api=InParts(_TEAMS, {"members": Part("/members", _emails, _memberships), "preferences": Part("/preferences")}),
    identity=ServerId("team_id", natural_key="name"),
    ids=Ids(("uid",), pages=("/org/teams/edit/{id}",)),
    versioned=Digest(beside=("memberCount", "avatarUrl", "permission", "accessControl")),
    distinct="name",
    supported=since("A team", 10),
    access=Access("Admin", "teams:create", "", "teams:delete"),
    mentioned={"preferences.home_dashboard_uid": "dashboard"},
    attrs={
        "name": Attr(required=True, doc="What people see. There is each but once."),
        "email": Attr(doc="Where the team is written to."),
        "members": Attr(
            Set("string"), computed=True, optional=True, doc="E-mail addresses of its members. Default: left alone."
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
