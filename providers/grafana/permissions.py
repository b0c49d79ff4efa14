"""grafana_folder_permission and grafana_dashboard_permission: who may do what with a folder, with a dashboard.

Routes: GET and POST /api/folders/:uid/permissions, /api/dashboards/uid/:uid/permissions (tried on 12.4.0) and, before
9, /api/dashboards/id/:id/permissions (5 to 8 by documentation). POST replaces them all, and looks at no version.

Grafana gives permissions to whatever is new: its maker may do anything with it and, where it is at the top, editors
may edit and viewers view; what is in a folder goes by the folder's. Those are nobody's choice: here they count as there
being none, unless the state knows of a block's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, TypeVar

from hcl_lite.core.schema import Attr, Capabilities, Listed, ValueProblem, Version
from hcl_lite.core.values import Value
from providers.grafana.account import reload_account
from providers.grafana.client import GrafanaClient
from providers.grafana.details import details_path
from providers.grafana.folder_api import is_folder_missing
from providers.grafana.generations.table import generation_of, require
from providers.grafana.holders import ROLES, KeyNames, mention_in
from providers.grafana.limits import ROOT
from providers.grafana.listing import list_found
from providers.grafana.origins import (
    AT_THE_TOP,
    Origin,
    Rules,
    find_dashboard_origin,
    find_folder_origin,
    survey_dashboard_origins,
    survey_folder_origins,
)
from providers.grafana.pages import DASHBOARD_IDS, FOLDER_IDS
from providers.grafana.paths import dashboard_path, folder_path
from providers.kit.access import Access
from providers.kit.api import Api, Json, Occupied
from providers.kit.hooks import Needed
from providers.kit.identity import Name
from providers.kit.ids import Ids
from providers.kit.observe import read_changed
from providers.kit.resource import Resource, resource
from providers.kit.version import digest_of
from providers.transport.errors import Denied, NotFound
from providers.transport.misread import read_all

Values = Mapping[str, Value]
Found = TypeVar("Found")

LEVELS: Final = {"View": 1, "Edit": 2, "Admin": 4}
_NAMES: Final = {number: name for name, number in LEVELS.items()}
_NUMBERED: Final = {"user": "userId", "team": "teamId"}
_EXAMPLE = {"Viewer": "View", "team:Search": "Edit", "user:ada": "Admin"}
HOLDERS: Final = "user:LOGIN or e-mail, team:NAME, service_account:NAME, each also by number"
_DOC = f"What each may do (View, Edit or Admin): a role, {HOLDERS}. Who is left out may nothing."
_NEW: Final = (
    "Those that Grafana gives to what is new count as none: an apply replaces them, and an import does not find them."
)
_LEAVES: Final = (
    "Editors may edit it and viewers view it then, as whatever is new; in a folder, whoever may do so with the folder."
)


@dataclass(frozen=True, slots=True)
class Given:
    """The permissions of an object itself, and the logins of the users among the holders."""

    rules: Rules
    logins: Mapping[str, str]

    def beside(self, maker: str) -> Rules:
        """All but the one permission that the maker of the object has got with it."""
        admins = [holder for holder, login in self.logins.items() if self.rules[holder] == "Admin"]
        made = [holder for holder in admins if maker in ("", "Anonymous", self.logins[holder])][:1]
        return {holder: level for holder, level in self.rules.items() if holder not in made}


class Permitted(Protocol):
    """The calls for the permissions of objects of a kind; `attribute` has the uid of the object, which is theirs."""

    @property
    def attribute(self) -> str:
        """The attribute that names the object."""

    def named(self, uid: str) -> str | int:
        """The value of the attribute."""

    async def get(self, client: GrafanaClient, uid: str) -> Given:
        """Raises NotFound where the object is not there."""

    async def put(self, client: GrafanaClient, uid: str, rules: Rules, given: Rules) -> None:
        """Replaces those that are `given`."""

    async def find_origin(self, client: GrafanaClient, uid: str) -> Origin:
        """Raises NotFound where the object is not there."""

    async def survey_origins(self, client: GrafanaClient, uids: Collection[str]) -> Mapping[str, Origin]:
        """Returns the origins of objects, as far as lists tell them."""

    async def is_missing(self, client: GrafanaClient, uid: str) -> bool:
        """Whether an object is not there whose permissions the server keeps from us."""

    async def objects(self, client: GrafanaClient) -> Sequence[Listed]:
        """Lists the objects."""


async def find_given(permitted: Permitted, client: GrafanaClient, uid: str) -> tuple[Given, Origin] | None:
    """None where there is no such object."""

    async def ask() -> tuple[Given, Origin]:
        return await permitted.get(client, uid), await permitted.find_origin(client, uid)

    return await _if_there(permitted, client, uid, ask)


async def _if_there(
    permitted: Permitted, client: GrafanaClient, uid: str, ask: Callable[[], Awaitable[Found]]
) -> Found | None:
    try:
        return await ask()
    except NotFound:
        return None
    except Denied:
        if await permitted.is_missing(client, uid):
            return None
        await reload_account(client)
        return await ask()


@dataclass(frozen=True, slots=True)
class Permissions(Api[GrafanaClient]):
    """All permissions of one object: who is left out has none."""

    permitted: Permitted

    @property
    def tells_made(self) -> bool:
        return True

    async def find(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        """None where there is no such object, or nobody chose its permissions, or the server has none at all."""
        if not (await generation_of(client)).details_by:
            return None
        return await self._find(client, uid, is_chosen=bool(expected_version))

    async def _find(
        self, client: GrafanaClient, uid: str, origin: Origin | None = None, *, is_chosen: bool = False
    ) -> Json | None:
        """One call will do where the `origin` is known, and where it is known that somebody chose them."""

        async def ask() -> Json | None:
            given = await self.permitted.get(client, uid)
            if not is_chosen:
                made = origin or await self.permitted.find_origin(client, uid)
                if given.beside(made.maker) == made.initial:
                    return None
            return self._wire(uid, given.rules)

        return await _if_there(self.permitted, client, uid, ask)

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        """Lists the permissions of each object for which somebody has chosen them, with its title and its folder."""
        if not (await generation_of(client)).details_by:
            return []
        objects = await self.permitted.objects(client)
        origins = await self.permitted.survey_origins(client, [one.uid for one in objects])
        found = await read_all(self._find(client, one.uid, origins.get(one.uid)) for one in objects)
        return [
            {**wire, "title": one.title, "folder": one.folder}
            for one, wire in zip(objects, found, strict=True)
            if wire is not None
        ]

    async def create(self, client: GrafanaClient, body: Json) -> Json:
        uid = str(body[self.permitted.attribute])
        rules: Rules = body["permissions"]
        given = await self.permitted.get(client, uid)
        # A move in the same run takes along what was given where the object was new.
        if given.beside((await self.permitted.find_origin(client, uid)).maker) not in ({}, AT_THE_TOP):
            raise Occupied
        await self.permitted.put(client, uid, rules, given.rules)

        def is_as_before(found: Given) -> bool:
            return found.rules == given.rules != rules

        found = await read_changed(client, lambda: self.permitted.get(client, uid), is_as_before)
        return self._wire(uid, found.rules)

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> None:
        await self.permitted.put(client, uid, body["permissions"], there["permissions"] if there else {})

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        """Resets the permissions to those that Grafana gives to a new object, without its maker's."""
        origin = await self.permitted.find_origin(client, uid)
        given = await self.permitted.get(client, uid)
        await self.permitted.put(client, uid, origin.initial, given.rules)

    def _wire(self, uid: str, rules: Rules) -> Json:
        return {self.permitted.attribute: self.permitted.named(uid), "permissions": rules}


@dataclass(frozen=True, slots=True)
class _OfContent:
    """GET and POST {path}/permissions of folders or dashboards: a POST replaces them all."""

    attribute: str
    listed_as: Literal["dash-db", "dash-folder"]
    path: Callable[[GrafanaClient, str], Awaitable[str]]
    origin: Callable[[GrafanaClient, str], Awaitable[Origin]]
    origins: Callable[[GrafanaClient, Collection[str]], Awaitable[Mapping[str, Origin]]]
    missing: Callable[[GrafanaClient, str], Awaitable[bool]]

    def named(self, uid: str) -> str:
        return uid

    async def get(self, client: GrafanaClient, uid: str) -> Given:
        return await _get(client, await self.path(client, uid))

    async def put(self, client: GrafanaClient, uid: str, rules: Rules, given: Rules) -> None:
        await _post(client, await self.path(client, uid), rules)

    async def find_origin(self, client: GrafanaClient, uid: str) -> Origin:
        return await self.origin(client, uid)

    async def survey_origins(self, client: GrafanaClient, uids: Collection[str]) -> Mapping[str, Origin]:
        return await self.origins(client, uids)

    async def is_missing(self, client: GrafanaClient, uid: str) -> bool:
        return await self.missing(client, uid)

    async def objects(self, client: GrafanaClient) -> Sequence[Listed]:
        return await list_found(client, self.listed_as)


async def _get(client: GrafanaClient, path: str) -> Given:
    """Raises NotFound where the object is not there."""
    items = await client.get(path)
    if not isinstance(items, list):
        raise ValueError("permissions are no list")
    own = [item for item in items if not item.get("inherited")]
    rules = dict(sorted((holder_of(item), _NAMES[item["permission"]]) for item in own))
    return Given(rules, {holder_of(item): item.get("userLogin", "") for item in own if item.get("userId")})


async def _post(client: GrafanaClient, path: str, rules: Rules) -> None:
    items = [{**whom(holder), "permission": LEVELS[level]} for holder, level in rules.items()]
    await client.call("POST", path, body={"items": items})


def _check(values: Values) -> None:
    rules = values.get("permissions")
    for holder, level in rules.items() if isinstance(rules, Mapping) else ():
        if holder not in ROLES and mention_in(holder) is None:
            detail = f"Expected one of {', '.join(ROLES)}, {HOLDERS}."
            summary = f'"{holder}" is nobody who could be given a permission'
            raise ValueProblem("permissions", summary, detail, keys=[holder])
        if isinstance(level, str) and level not in LEVELS:
            raise ValueProblem("permissions", f'There is no permission "{level}"', "Expected View, Edit or Admin.")


def whom(holder: str) -> Mapping[str, Any]:
    """A holder, as the server is told of it."""
    kind, _, number = holder.partition(":")
    return {_NUMBERED[kind]: int(number)} if number else {"role": holder}


def holder_of(item: Mapping[str, Any]) -> str:
    """Whom an item of the server's list is for."""
    if item.get("role"):
        return str(item["role"])
    (holder,) = (f"{kind}:{item[key]}" for kind, key in _NUMBERED.items() if item.get(key))
    return holder


async def _find_folder_path(client: GrafanaClient, uid: str) -> str:
    return f"{folder_path(uid)}/permissions"


async def _find_dashboard_path(client: GrafanaClient, uid: str) -> str:
    return f"{await details_path(client, uid, 'A permission')}/permissions"


async def _is_dashboard_missing(client: GrafanaClient, uid: str) -> bool:
    return await client.find(dashboard_path(uid)) is None


async def _supported(client: GrafanaClient, values: Values) -> None:
    await require(client, lambda generation: generation.details_by != "", "A permission")
    if values.get("folder_uid") == ROOT:
        await require(client, lambda generation: generation.app_platform, "A permission of the root", "folder_uid")


def _permission(kind: str, doc: str, example: str, permitted: Permitted, ids: Ids) -> Resource:
    return resource(
        f"grafana_{kind}_permission",
        f"{doc} {_NEW}",
        api=Permissions(permitted),
        identity=Name(permitted.attribute),
        ids=ids,
        versioned=lambda wire: {"digest": digest_of(wire["permissions"])},
        part_of=f"grafana_{kind}",
        capabilities=Capabilities(grants={"permissions": ("", *LEVELS)}),
        delete_note=_LEAVES,
        access=Access.by("Admin of it", f"{kind}s.permissions:write"),
        check=_check,
        supported=_supported,
        mentioned={permitted.attribute: Needed(kind, built_in=(ROOT,))},
        naming=KeyNames("permissions"),
        title="title",
        folder="folder",
        conflict="The permissions have been changed by someone else since the plan.",
        attrs={
            permitted.attribute: Attr(required=True, replaces=True, doc=f"uid of the {kind}.", example=example),
            "permissions": Attr("map(string)", required=True, doc=_DOC, example=_EXAMPLE),
        },
    )


OF_FOLDERS: Final = _OfContent(
    "folder_uid", "dash-folder", _find_folder_path, find_folder_origin, survey_folder_origins, is_folder_missing
)
OF_DASHBOARDS: Final = _OfContent(
    "dashboard_uid",
    "dash-db",
    _find_dashboard_path,
    find_dashboard_origin,
    survey_dashboard_origins,
    _is_dashboard_missing,
)
FOLDER_PERMISSION = _permission(
    "folder",
    "Who may do what with a folder and what is in it: all permissions that are given to the folder.",
    "team",
    OF_FOLDERS,
    FOLDER_IDS,
)
DASHBOARD_PERMISSION = _permission(
    "dashboard",
    "Who may do what with a dashboard: all permissions that are given to it, beside those of its folder.",
    "home",
    OF_DASHBOARDS,
    DASHBOARD_IDS,
)
