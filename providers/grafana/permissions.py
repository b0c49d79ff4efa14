"""grafana_folder_permission and grafana_dashboard_permission: who may do what with a folder, with a dashboard.

Routes: GET and POST /api/folders/:uid/permissions, /api/dashboards/uid/:uid/permissions (tried on 12.4.0) and, before
9, /api/dashboards/id/:id/permissions (5 to 8 by documentation). POST replaces them all, and looks at no version.

Grafana gives permissions to whatever is new: its maker may do anything with it and, where it is at the top, editors
may edit and viewers view; what is in a folder goes by the folder's. Those are nobody's choice: here they count as there
being none, unless the state knows of a block's.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from hcl_lite.core.schema import Attr, Conflict, Live, ValueProblem, Version
from hcl_lite.core.values import JsonValue, Value
from providers.errors import NotFound
from providers.grafana.client import GrafanaClient
from providers.grafana.details import dashboard_path, details_path
from providers.grafana.generations.table import require
from providers.rest import WireType

Values = Mapping[str, Value]
Rules = Mapping[str, str]  # what each holder may do: {"Viewer": "View", "user:4": "Edit", "team:2": "Admin"}

_LEVELS: Final = {"View": 1, "Edit": 2, "Admin": 4}
_NAMES: Final = {number: name for name, number in _LEVELS.items()}
_ROLES: Final = ("Viewer", "Editor", "Admin")
_NUMBERED: Final = {"user": "userId", "team": "teamId"}
_NUMBER: Final = re.compile(r"(user|team):([1-9]\d{0,17})")
_EXAMPLE = {"Viewer": "View", "Editor": "Edit", "team:2": "Admin"}
_DOC = "What each may do (View, Edit or Admin): a role, user:NUMBER, team:NUMBER. Who is left out may nothing."
_AT_THE_TOP: Final = {"Editor": "Edit", "Viewer": "View"}


@dataclass(frozen=True, kw_only=True)
class PermissionType(WireType):
    """All permissions of one object, whose uid (the attribute `holder`) is theirs: who is left out has none."""

    holder: str
    find_path: Callable[[GrafanaClient, str], Awaitable[str]]
    is_at_the_top: Callable[[GrafanaClient, str], Awaitable[bool]]

    def complete(self, address: str, name: str, values: Values, uid: str) -> Values:
        given = {key: value for key, value in values.items() if value is not None}
        rules = given.get("permissions")
        if isinstance(rules, Mapping):
            _check(rules)
        return given

    def new_uid(self, address: str, name: str) -> str:
        return ""

    def uid(self, values: Values) -> Value:
        return values[self.holder]

    def values_of(self, uid: str, document: JsonValue) -> Values:
        assert isinstance(document, Mapping)
        return {self.holder: uid, "permissions": document["permissions"]}

    def summary(self, values: Values) -> Values:
        return self.content(values)

    async def check_supported(self, client: GrafanaClient, given: Values, values: Values, live: Live | None) -> None:
        await require(client, lambda generation: generation.details_by != "", "A permission")

    async def survey(self, client: GrafanaClient, known: Mapping[str, Version]) -> Mapping[str, Live | None]:
        found = await asyncio.gather(*(self.read(client, uid, seen=seen) for uid, seen in known.items()))
        return dict(zip(known, found, strict=True))

    async def read(
        self, client: GrafanaClient, uid: str, like: Values | None = None, seen: Version | None = None
    ) -> Live | None:
        try:
            live = await self._get(client, await self.find_path(client, uid), uid)
            return live if seen or not await self._is_untouched(client, live) else None
        except NotFound:
            return None

    async def read_baseline(self, client: GrafanaClient, uid: str, version: Version, like: Values) -> Value:
        return None

    async def create(self, client: GrafanaClient, values: Values) -> Live:
        return await self._post(client, values, None)

    async def update(self, client: GrafanaClient, uid: str, values: Values, seen: Version) -> Live:
        return await self._post(client, values, seen)

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        """As Grafana gives them to what is new, but for its maker; nothing where the object is gone."""
        try:
            rules = await self._initial(client, uid)
            await _post(client, await self.find_path(client, uid), rules)
        except NotFound:
            return

    async def _post(self, client: GrafanaClient, values: Values, seen: Version | None) -> Live:
        """Since POST looks at no version, what is there is read and compared before."""
        uid, rules = values[self.holder], values["permissions"]
        assert isinstance(uid, str)
        assert isinstance(rules, Mapping)
        path = await self.find_path(client, uid)
        live = await self._get(client, path, uid)
        if live.version != seen and (seen or not await self._is_untouched(client, live)):
            raise Conflict("The permissions have been changed by someone else since the plan.")
        await _post(client, path, rules)
        return await self._get(client, path, uid)

    async def _get(self, client: GrafanaClient, path: str, uid: str) -> Live:
        """What was given to the object itself. Raises NotFound where it is not there."""
        items = await client.get(path)
        rules = dict(sorted(_rule(item) for item in items if not item.get("inherited")))
        digest = hashlib.sha256(json.dumps(rules).encode()).hexdigest()[:16]
        return self.live({"uid": uid, self.holder: uid, "permissions": rules, "digest": digest})

    async def _is_untouched(self, client: GrafanaClient, live: Live) -> bool:
        assert isinstance(live.content, Mapping)
        rules = live.content["permissions"]
        makers = [holder for holder, level in rules.items() if holder.startswith("user:") and level == "Admin"]
        others = {holder: level for holder, level in rules.items() if holder not in makers[:1]}
        return others == await self._initial(client, live.uid)

    async def _initial(self, client: GrafanaClient, uid: str) -> Rules:
        return _AT_THE_TOP if await self.is_at_the_top(client, uid) else {}


async def _post(client: GrafanaClient, path: str, rules: Rules) -> None:
    items = [{**_whom(holder), "permission": _LEVELS[level]} for holder, level in rules.items()]
    await client.call("POST", path, body={"items": items})


def _check(rules: Mapping[str, Value]) -> None:
    for holder, level in rules.items():
        if holder not in _ROLES and not _NUMBER.fullmatch(holder):
            detail = f"Expected one of {', '.join(_ROLES)}, user:NUMBER, team:NUMBER."
            raise ValueProblem("permissions", f'"{holder}" is nobody who could be given a permission', detail)
        if isinstance(level, str) and level not in _LEVELS:
            raise ValueProblem("permissions", f'There is no permission "{level}"', "Expected View, Edit or Admin.")


def _whom(holder: str) -> Mapping[str, Any]:
    """A holder, as the server is told of it."""
    kind, _, number = holder.partition(":")
    return {_NUMBERED[kind]: int(number)} if number else {"role": holder}


def _rule(item: Mapping[str, Any]) -> tuple[str, str]:
    """An item of the server's list."""
    numbered = (f"{kind}:{item[key]}" for kind, key in _NUMBERED.items() if item.get(key))
    return item.get("role") or next(numbered), _NAMES[item["permission"]]


def _folder_path(uid: str) -> str:
    return f"/api/folders/{quote(uid, safe='')}"


async def _find_folder_path(client: GrafanaClient, uid: str) -> str:
    return f"{_folder_path(uid)}/permissions"


async def _is_folder_at_the_top(client: GrafanaClient, uid: str) -> bool:
    return not (await client.get(_folder_path(uid))).get("parentUid")


async def _find_dashboard_path(client: GrafanaClient, uid: str) -> str:
    return f"{await details_path(client, uid, 'A permission')}/permissions"


async def _is_dashboard_at_the_top(client: GrafanaClient, uid: str) -> bool:
    meta = (await client.get(dashboard_path(uid)))["meta"]
    return not (meta.get("folderUid") or meta.get("folderId"))


def _attrs(holder: str, doc: str, example: str) -> Mapping[str, Attr]:
    return {
        holder: Attr(required=True, replaces=True, wire=holder, doc=doc, example=example),
        "permissions": Attr("map(string)", required=True, wire="permissions", doc=_DOC, example=_EXAMPLE),
    }


FOLDER_PERMISSION = PermissionType(
    name="grafana_folder_permission",
    doc="Who may do what with a folder and what is in it: all permissions that are given to the folder.",
    attrs=_attrs("folder_uid", "uid of the folder.", "team"),
    version=("digest",),
    holder="folder_uid",
    find_path=_find_folder_path,
    is_at_the_top=_is_folder_at_the_top,
)
DASHBOARD_PERMISSION = PermissionType(
    name="grafana_dashboard_permission",
    doc="Who may do what with a dashboard: all permissions that are given to it, beside those of its folder.",
    attrs=_attrs("dashboard_uid", "uid of the dashboard.", "home"),
    version=("digest",),
    holder="dashboard_uid",
    find_path=_find_dashboard_path,
    is_at_the_top=_is_dashboard_at_the_top,
)
