"""grafana_organization: /api/orgs (10.1 to 12.4; 9 by documentation), with its members, for server admins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hcl_lite.core.schema import Attr, Capabilities, ValueProblem, Version
from hcl_lite.core.schema.blocks import Set
from hcl_lite.core.values import Value
from providers.grafana.client import GrafanaClient
from providers.grafana.since import since
from providers.kit.api import Json, Rest
from providers.kit.identity import ServerId
from providers.kit.ids import Ids
from providers.kit.resource import resource
from providers.kit.version import Digest

Values = Mapping[str, Value]

_OWN: Final = "isOwn"
ROLES: Final = {
    "admins": "Admin",
    "editors": "Editor",
    "viewers": "Viewer",
    "users_without_access": "None",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One call that brings the members of an organisation nearer to what is wanted; `path` is below its users."""

    method: str
    path: str
    body: Json | None = None


def next_step(wanted: Mapping[str, Sequence[str]], members: Sequence[Json]) -> Step | None:
    """Returns the next call for the members that are wanted by role; None where nothing is left to do. Who is missing
    comes first and who is too many goes last, so that there is an admin all the time. Roles that are not wanted any
    special way are left alone."""
    roles = {email: role for role, emails in wanted.items() for email in emails}
    there = {member["email"]: member for member in members}
    for email, role in roles.items():
        if email not in there:
            return Step("POST", "", {"loginOrEmail": email, "role": role})
        if there[email]["role"] != role:
            return Step("PATCH", f"/{there[email]['userId']}", {"role": role})
    gone = (one for email, one in there.items() if one["role"] in wanted and email not in roles)
    return next((Step("DELETE", f"/{one['userId']}") for one in gone), None)


@dataclass(frozen=True, slots=True)
class _Organizations(Rest[GrafanaClient]):
    """An organisation, with the e-mail addresses of its members by their roles."""

    @property
    def has_parts(self) -> bool:
        return True

    @property
    def later(self) -> Collection[str]:
        return ROLES.values()

    async def find(
        self,
        client: GrafanaClient,
        uid: str,
        desired: Values | None = None,
        expected_version: Version | None = None,
    ) -> Json | None:
        found = await Rest.find(self, client, uid)
        if found is None:
            return None
        members = await client.call("GET", self._members(uid))
        return {**found, "members": members, **{role: _emails(members, role) for role in ROLES.values()}}

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        """Lists all, and tells which is the one that the client works in."""
        found = await Rest.list(self, client)
        own = (await client.call("GET", "/api/org"))["id"] if found else None
        return [{**one, _OWN: one["id"] == own} for one in found]

    async def create(self, client: GrafanaClient, body: Json) -> Json | None:
        return await Rest.create(self, client, {"name": body["name"]})

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> None:
        """The name, or else one of the members."""
        assert there is not None  # the kit has read it right before
        if there["name"] != body["name"]:
            await Rest.update(self, client, uid, {"name": body["name"]}, None)
            return
        step = next_step({role: body[role] for role in ROLES.values() if role in body}, there["members"])
        if step is not None:
            await client.call(step.method, f"{self._members(uid)}{step.path}", body=step.body)

    def _members(self, uid: str) -> str:
        return f"{self.path_of(uid)}/users"


def _emails(members: Sequence[Mapping[str, Any]], role: str) -> list[str]:
    return [member["email"] for member in members if member["role"] == role]


def _lowered(values: Values) -> Values:
    """Returns the values with e-mail addresses as Grafana keeps them."""
    return {**values, **{key: [*map(_lower, emails)] for key, emails in _lists(values).items()}}


def _lists(values: Values) -> Mapping[str, Sequence[Value]]:
    """Returns the lists of members that are given and known, though each of their items may be unknown yet."""
    given = ((key, values.get(key)) for key in ROLES)
    return {key: emails for key, emails in given if isinstance(emails, list | tuple)}


def _lower(email: Value) -> Value:
    return email.lower() if isinstance(email, str) else email


def _works_in(wire: Json) -> str:
    """Returns the reason why no take-over is of an organisation: the server refuses to delete the one that a run works
    in (12.4.0)."""
    return "this run itself works in this organization" if wire.get(_OWN) else ""


def _check(values: Values) -> None:
    """Raises ValueProblem for who is to have two roles."""
    lists = _lists(values)
    counted = Counter(_lower(email) for emails in lists.values() for email in emails if isinstance(email, str))
    for key, emails in lists.items():
        for email in emails:
            if isinstance(email, str) and counted[email.lower()] > 1:
                raise ValueProblem(key, f"{email} has more than one role", "Expected each user in one list, once.")


_LISTS: Final = {
    "admins": "its admins, of which there has to be one: who makes it is its first",
    "editors": "its editors",
    "viewers": "its viewers",
    "users_without_access": "those who are in it without a role",
}

ORGANIZATION = resource(
    "grafana_organization",
    "A Grafana within the server, with dashboards and members of its own: only server admins, by name and password, "
    "may write it.",
    api=_Organizations("/api/orgs", page={"perpage": "100000"}, made={"orgId": "id"}),
    identity=ServerId("org_id", natural_key="name"),
    ids=Ids(pages=("/admin/orgs/edit/{id}",)),
    versioned=Digest(of=("name", *ROLES.values())),
    derived=("members",),
    distinct="name",
    delete_note="All that it holds goes with it, whoever manages that.",
    capabilities=Capabilities(grants=dict.fromkeys(ROLES, ())),
    supported=since("An organization", 9),
    mentioned=dict.fromkeys(ROLES, "user"),
    made_of=_lowered,
    check=_check,
    own=_works_in,
    attrs={
        "name": Attr(required=True, doc="What people see. There is each but once."),
        **{
            key: Attr(
                Set("string"),
                computed=True,
                optional=True,
                wire=role,
                doc=f"E-mail addresses of {_LISTS[key]}. Who is not named leaves. Default: left alone.",
            )
            for key, role in ROLES.items()
        },
        "org_id": Attr("number", computed=True, stable=True, wire="id", doc="Its number on its server."),
    },
)
