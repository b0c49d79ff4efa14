"""grafana_user: an account for a person on the whole server (10.1 to 12.4; 9 by documentation), for server admins.

Routes: GET /api/users, GET and PUT /api/users/:id; POST and DELETE /api/admin/users, and what is below it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any, Final

from hcl_lite.core.schema import Attr, Capabilities
from hcl_lite.core.values import Value
from providers.grafana.client import GrafanaClient
from providers.grafana.since import since
from providers.kit.api import Json, Rest
from providers.kit.identity import ServerId
from providers.kit.ids import Ids
from providers.kit.resource import resource
from providers.kit.version import Digest
from providers.transport.errors import Invalid

Values = Mapping[str, Value]

_USERS: Final = "/api/users"
_ADMIN: Final = "/api/admin/users"
_OWN: Final = "isOwn"
_PROFILE: Final = ("name", "login", "email")


@dataclass(frozen=True, slots=True)
class _Users(Rest[GrafanaClient]):
    """A person's profile, and beside it what only a server admin sets: each has a route of its own."""

    @property
    def has_parts(self) -> bool:
        return True

    @property
    def later(self) -> Collection[str]:
        return ("isGrafanaAdmin",)

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        """Lists all, and tells which is the account of the client."""
        found = await Rest.list(self, client)
        own = (await client.call("GET", "/api/user"))["id"] if found else None
        return [{**one, _OWN: one["id"] == own} for one in found]

    async def create(self, client: GrafanaClient, body: Json) -> Json | None:
        """Grafana makes no account without a password: where none is given, it is one that nobody knows."""
        made: Json = await client.call("POST", _ADMIN, body={"password": token_urlsafe(32), **body})
        return made

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> None:
        """A password first: who it is sent for is signed out. Each of these may be sent twice."""
        there = there or {}
        profile = {key: body[key] for key in _PROFILE if key in body}
        is_admin = body["isGrafanaAdmin"]
        if "password" in body:
            await client.call("PUT", f"{_ADMIN}/{uid}/password", body={"password": body["password"]})
        if any(there.get(key) != value for key, value in profile.items()):
            # Older servers take an empty login for another one.
            kept = {key: there[key] for key in _PROFILE if there.get(key)}
            await client.call("PUT", self.path_of(uid), body={**kept, **profile})
        if there.get("isGrafanaAdmin") != is_admin:
            await client.call("PUT", f"{_ADMIN}/{uid}/permissions", body={"isGrafanaAdmin": is_admin})

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        """Raises Invalid for the account of the client, without which nothing more could be done."""
        path = f"{_ADMIN}/{uid}"
        me = await client.get("/api/user")
        if str(me["id"]) == uid:
            raise Invalid("DELETE", client.connection.url + path, 400, "this run itself signs in as this user")
        await client.call("DELETE", path)


def _lowered(values: Values) -> Values:
    """Returns the values with the login and the e-mail address as Grafana keeps them."""
    found = ((key, values.get(key)) for key in ("login", "email"))
    return {**values, **{key: text.lower() for key, text in found if isinstance(text, str)}}


def _from_elsewhere(wire: Json) -> str:
    """Returns the reason why nobody may change an account here: another system keeps it."""
    labels = wire.get("authLabels") or ()
    return f"It is kept by {', '.join(map(str, labels))}." if wire.get("isExternal") and labels else ""


def _signs_in(wire: Json) -> str:
    """Returns the reason why no take-over is of an account: a run cannot delete its own."""
    return "this run itself signs in as this user" if wire.get(_OWN) else ""


USER = resource(
    "grafana_user",
    "An account for a person, on the whole server: only server admins, by name and password, may write it.",
    api=_Users(_USERS, page={"perpage": "100000"}),
    identity=ServerId("user_id", natural_key="email"),
    ids=Ids(("uid", "login"), pages=("/admin/users/edit/{id}",)),
    versioned=Digest(of=(*_PROFILE, "isGrafanaAdmin")),
    distinct="email",
    mention_kind="user",
    mention_by=("email", "login"),
    capabilities=Capabilities(grants={"is_admin": ("False", "True")}),
    supported=since("A user", 9),
    made_of=_lowered,
    own=_signs_in,
    fixed=_from_elsewhere,
    attrs={
        "email": Attr(required=True, doc="E-mail address, in small letters. There is each but once."),
        "name": Attr(computed=True, optional=True, doc="What others see. Default: left alone."),
        "login": Attr(computed=True, optional=True, doc="Name to sign in with. Default: the e-mail address."),
        "password": Attr(
            secret=True,
            lasting=True,
            doc="Sent where it is another one, which signs its user out. Never taken away. Default: one nobody knows.",
        ),
        "is_admin": Attr("bool", default=False, wire="isGrafanaAdmin", doc="Whether it may do all on this server."),
        "user_id": Attr("number", computed=True, stable=True, wire="id", doc="Its number on its server."),
    },
)
