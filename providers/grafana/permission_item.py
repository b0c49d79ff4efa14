"""The permission of one holder alone, whatever others have: grafana_folder_permission_item, and the same of dashboards.

POST /api/access-control/{folders,dashboards}/:uid/{users,teams,builtInRoles}/:holder (12.4.0; 9 by documentation);
an empty permission takes it away. Read by the routes of all permissions, which tell service accounts as users.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from hcl_lite.core.schema import Attr, Capabilities, ValueProblem, Version
from hcl_lite.core.values import UNKNOWN, JsonValue
from providers.grafana.client import GrafanaClient
from providers.grafana.holders import ROLES, ValueNames, is_holder
from providers.grafana.limits import ROOT
from providers.grafana.origins import Origin, Rules
from providers.grafana.permissions import (
    LEVELS,
    OF_DASHBOARDS,
    OF_FOLDERS,
    Given,
    Permitted,
    find_given,
)
from providers.grafana.since import since
from providers.kit.access import Access
from providers.kit.api import Api, Json, Occupied, Values
from providers.kit.hooks import Needed, piece_of
from providers.kit.identity import OneOf
from providers.kit.resource import Resource, resource
from providers.kit.version import Digest
from providers.transport.errors import Invalid
from providers.transport.misread import read_all

_ANY: Final[Version] = {"any": True}
_ROUTES: Final = {"role": "builtInRoles", "team": "teams", "user": "users"}
_EXAMPLES: Final[Mapping[str, JsonValue]] = {"role": "Viewer", "team": "Search"}
_USER: Final = "A user by login, e-mail or number; a service account as service_account:NAME, or by number."


@dataclass(frozen=True, slots=True)
class _Items(Api[GrafanaClient]):
    """Permissions one by one, of the objects below `path`, which go by uids or by numbers."""

    permitted: Permitted
    identity: OneOf
    path: str

    @property
    def tells_made(self) -> bool:
        return True

    async def find(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        """None also for what Grafana has given by itself to an object that was new, unless the state knows of it."""
        whose, choice, value = self.identity.parts(uid)
        found = await find_given(self.permitted, client, whose)
        rules = {} if found is None else found[0].rules if expected_version else _chosen(*found)
        level = rules.get(_holder(choice, value))
        return None if level is None else self._wire(uid, level)

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        """Lists each permission that somebody has chosen, with the title of its object."""
        objects = await self.permitted.objects(client)
        found = await read_all(find_given(self.permitted, client, one.uid) for one in objects)
        return [
            {**self._wire(f"{one.uid}:{_choice(holder)}", level), "title": one.title, "folder": one.folder}
            for one, given in zip(objects, found, strict=True)
            for holder, level in (_chosen(*given) if given is not None else {}).items()
        ]

    async def create(self, client: GrafanaClient, body: Json) -> Json:
        uid = self.identity.of(body)
        if await self.find(client, uid) is not None:
            raise Occupied
        await self._post(client, uid, body["permission"])
        return self._wire(uid, body["permission"])

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> None:
        await self._post(client, uid, body["permission"])

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        """A holder that has gone is refused (12.4.0: 400), and has no permission any more."""
        try:
            await self._post(client, uid, "")
        except Invalid:
            if await self.find(client, uid, expected_version=_ANY) is not None:
                raise

    async def _post(self, client: GrafanaClient, uid: str, level: str) -> None:
        whose, choice, value = self.identity.parts(uid)
        path = f"{self.path}/{quote(whose, safe='')}/{_ROUTES[choice]}/{quote(value, safe='')}"
        await client.call("POST", path, body={"permission": level})

    def _wire(self, uid: str, level: str) -> Json:
        whose, choice, value = self.identity.parts(uid)
        return {
            self.identity.key: self.permitted.named(whose),
            choice: value if choice == "role" else int(value),
            "permission": level,
        }


def _chosen(given: Given, origin: Origin) -> Rules:
    """All but those that Grafana gives to what is new."""
    beside = given.beside(origin.maker)
    return {holder: level for holder, level in beside.items() if origin.initial.get(holder) != level}


def _holder(choice: str, value: str) -> str:
    """A holder, as those of a whole are called."""
    return value if choice == "role" else f"{choice}:{value}"


def _choice(holder: str) -> str:
    """The end of the uid of an item."""
    return holder if ":" in holder else f"role:{holder}"


def _check(identity: OneOf) -> Callable[[Values], None]:
    def check(values: Values) -> None:
        given = [choice for choice in identity.choices if values.get(choice) is not None]
        if len(given) != 1:
            wanted, found = ", ".join(identity.choices), ", ".join(given) or "none of them"
            key = given[-1] if given else ""
            raise ValueProblem(key, "A permission is given to one holder", f"Expected one of {wanted}; found {found}.")
        if given != ["role"] and values[given[0]] is not UNKNOWN and not is_holder(values[given[0]]):
            raise ValueProblem(given[0], f"This is no {given[0]}", f"Expected a name, or a number of a {given[0]}.")

    return check


def make_item(
    kind: str,
    permitted: Permitted,
    path: str,
    attr: Attr,
    *,
    doc: str,
    access: Access,
    levels: Sequence[str] = tuple(LEVELS),
    choices: tuple[str, ...] = ("role", "team", "user"),
    mentioned: Mapping[str, str | Needed] = MappingProxyType({}),
) -> Resource:
    """The type of the permission of one of `choices`: `attr` names the object that it is for, below `path`."""
    key = permitted.attribute
    identity = OneOf(key, choices, numbered=("team", "user"))
    holders = {
        "role": Attr(choices=ROLES, replaces=True, doc="A role of the organisation, or:"),
        "team": Attr("any", replaces=True, doc="A team by name or number, or:"),
        "user": Attr("any", replaces=True, doc=_USER),
    }
    return resource(
        f"grafana_{kind}_permission_item",
        f"{doc} All together are a grafana_{kind}_permission.",
        api=_Items(permitted, identity, path),
        identity=identity,
        versioned=Digest(of=("permission",)),
        capabilities=Capabilities(piece=True, grants={"permission": ("", *levels)}),
        whole=piece_of(f"grafana_{kind}_permission", key),
        access=access,
        supported=since("The permission of one holder alone", 9),
        check=_check(identity),
        mentioned=mentioned,
        naming=ValueNames(),
        title="title",
        folder="folder",
        conflict="The permission has been changed by someone else since the plan.",
        attrs={
            key: attr,
            choices[0]: replace(holders[choices[0]], example=_EXAMPLES[choices[0]]),  # one of them has to be given
            **{choice: holders[choice] for choice in choices[1:]},
            "permission": Attr(required=True, choices=tuple(levels), example=levels[0], doc="What they may do."),
        },
    )


def _item(kind: str, permitted: Permitted, example: str) -> Resource:
    return make_item(
        kind,
        permitted,
        f"/api/access-control/{kind}s",
        Attr(required=True, replaces=True, doc=f"uid of the {kind}.", example=example),
        doc=f"What one role, team or user may do with a {kind}, whatever others may.",
        access=Access.by("Admin of it", f"{kind}s.permissions:write"),
        mentioned={permitted.attribute: Needed(kind, built_in=(ROOT,))},
    )


FOLDER_PERMISSION_ITEM = _item("folder", OF_FOLDERS, "team")
DASHBOARD_PERMISSION_ITEM = _item("dashboard", OF_DASHBOARDS, "home")
