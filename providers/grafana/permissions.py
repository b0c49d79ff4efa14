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
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from hcl_lite.core.schema import Attr, Conflict, Live, ValueProblem, Version
from hcl_lite.core.values import JsonValue, Value, is_unknown
from providers.errors import NotFound
from providers.grafana.client import GrafanaClient
from providers.grafana.details import dashboard_path, details_path
from providers.grafana.generations.table import require
from providers.rest import WireType

Values = Mapping[str, Value]
Rules = list[Mapping[str, Any]]

_LEVELS: Final = {"View": 1, "Edit": 2, "Admin": 4}
_NAMES: Final = {number: name for name, number in _LEVELS.items()}
_HOLDERS: Final = {"role": "role", "user_id": "userId", "team_id": "teamId"}
_ROLES: Final = ("Viewer", "Editor", "Admin")
_EXAMPLE = '[{ role = "Viewer", permission = "View" }, { team_id = 3, permission = "Edit" }]'
_AT_THE_TOP: Final = ({"role": "Editor", "permission": "Edit"}, {"role": "Viewer", "permission": "View"})


@dataclass(frozen=True, kw_only=True)
class PermissionType(WireType):
    """All permissions of one object, whose uid (the attribute `holder`) is theirs: who is left out has none."""

    holder: str
    find_path: Callable[[GrafanaClient, str], Awaitable[str]]
    is_at_the_top: Callable[[GrafanaClient, str], Awaitable[bool]]

    def complete(self, address: str, name: str, values: Values, uid: str) -> Values:
        given = {key: value for key, value in values.items() if value is not None}
        rules = given.get("permissions")
        if isinstance(rules, list) and not is_unknown(rules):
            given["permissions"] = _checked(rules)
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
        assert isinstance(rules, list)
        path = await self.find_path(client, uid)
        live = await self._get(client, path, uid)
        if live.version != seen and (seen or not await self._is_untouched(client, live)):
            raise Conflict("The permissions have been changed by someone else since the plan.")
        await _post(client, path, rules)
        return await self._get(client, path, uid)

    async def _get(self, client: GrafanaClient, path: str, uid: str) -> Live:
        """What was given to the object itself. Raises NotFound where it is not there."""
        items = await client.get(path)
        rules = _sorted([_rule(item) for item in items if not item.get("inherited")])
        digest = hashlib.sha256(json.dumps(rules).encode()).hexdigest()[:16]
        return self.live({"uid": uid, self.holder: uid, "permissions": rules, "digest": digest})

    async def _is_untouched(self, client: GrafanaClient, live: Live) -> bool:
        assert isinstance(live.content, Mapping)
        rules = live.content["permissions"]
        makers = [rule for rule in rules if "user_id" in rule and rule["permission"] == "Admin"]
        return [rule for rule in rules if rule not in makers[:1]] == await self._initial(client, live.uid)

    async def _initial(self, client: GrafanaClient, uid: str) -> Rules:
        return list(_AT_THE_TOP) if await self.is_at_the_top(client, uid) else []


async def _post(client: GrafanaClient, path: str, rules: Rules) -> None:
    await client.call("POST", path, body={"items": [_item(rule) for rule in rules]})


def _checked(rules: list[Any]) -> Rules:
    """Permissions as they are written, in the order in which they are compared. Raises ValueProblem."""
    for rule in rules:
        _check(rule)
    holders = [_holder(rule) for rule in rules]
    twice = next((holder for holder in holders if holders.count(holder) > 1), None)
    if twice is not None:
        who = " ".join(str(part) for part in twice)
        raise ValueProblem("permissions", f"Two permissions are for {who}", "Grafana keeps one of each: leave one out.")
    return _sorted(rules)


def _check(rule: Any) -> None:
    detail = f"Expected a list such as {_EXAMPLE}."
    if not isinstance(rule, Mapping) or len(rule) != 2 or "permission" not in rule or not rule.keys() & _HOLDERS.keys():
        raise ValueProblem("permissions", "Each permission says who may do what", detail)
    if rule["permission"] not in list(_LEVELS):
        raise ValueProblem("permissions", f'There is no permission "{rule["permission"]}"', "View, Edit or Admin.")
    if rule.get("role", _ROLES[0]) not in _ROLES:
        raise ValueProblem("permissions", f'There is no role "{rule["role"]}"', f"{', '.join(_ROLES)}.")
    for key in ("user_id", "team_id"):
        if key in rule and (isinstance(rule[key], bool) or not isinstance(rule[key], int)):
            raise ValueProblem("permissions", f"{key} is a number", detail)


def _holder(rule: Mapping[str, Any]) -> tuple[str, Any]:
    return next((key, rule[key]) for key in _HOLDERS if key in rule)


def _sorted(rules: Rules) -> Rules:
    return sorted(rules, key=lambda rule: [str(rule.get(key, "")) for key in (*_HOLDERS, "permission")])


def _rule(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """A permission of the server's as it is written in a block."""
    who = {key: item[wire] for key, wire in _HOLDERS.items() if item.get(wire)}
    return {**who, "permission": _NAMES[item["permission"]]}


def _item(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    key, who = _holder(rule)
    return {_HOLDERS[key]: who, "permission": _LEVELS[rule["permission"]]}


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
        "permissions": Attr("list(any)", required=True, wire="permissions", doc=f"All of them, such as {_EXAMPLE}."),
    }


FOLDER_PERMISSION = PermissionType(
    name="grafana_folder_permission",
    doc="Who may do what with a folder and what is in it: all permissions that are given to the folder.",
    attrs=_attrs("folder_uid", "uid of the folder.", "${grafana_folder.team.uid}"),
    version=("digest",),
    holder="folder_uid",
    find_path=_find_folder_path,
    is_at_the_top=_is_folder_at_the_top,
)
DASHBOARD_PERMISSION = PermissionType(
    name="grafana_dashboard_permission",
    doc="Who may do what with a dashboard: all permissions that are given to it, beside those of its folder.",
    attrs=_attrs("dashboard_uid", "uid of the dashboard.", "${grafana_dashboard.home.uid}"),
    version=("digest",),
    holder="dashboard_uid",
    find_path=_find_dashboard_path,
    is_at_the_top=_is_dashboard_at_the_top,
)
