"""Permissions of a folder, of a dashboard, and of the root: those of 12.4.0, and the part that older versions share."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.dashboards import find_dashboard
from providers.embedded.folders import ROOT, find_folder
from providers.embedded.grants import Rules, given_rules, store_rules
from providers.embedded.objects import Entry
from providers.embedded.routing import Call, Route
from providers.embedded.teams import TEAMS


@dataclass(frozen=True, slots=True)
class Holder:
    """The root, which has permissions and is no stored object."""

    kind: Literal["folders"]
    name: str
    uid: str
    title: str


NEW: Final = ({"role": "Editor", "permission": 2}, {"role": "Viewer", "permission": 1})
NAMES: Final = {1: "View", 2: "Edit", 4: "Admin"}
ROLES: Final = ("Viewer", "Editor", "Admin")
_WORDS: Final = {"folders": "Folder", "dashboards": "Dashboard"}
# What a rule for nobody, or for somebody who is not there, is answered.
_FAILED: Final = {"folders": "Failed to create permission", "dashboards": "Failed to update permissions"}


def get_of_folder(call: Call) -> Response:
    """GET /api/folders/:uid/permissions (12.4.0): those of the folder itself, or of the root `general`."""
    return _get(call, folder_of(call))


def get_of_dashboard(call: Call) -> Response:
    """GET /api/dashboards/uid/:uid/permissions (12.4.0): those of the dashboard itself."""
    return _get(call, find_dashboard(call, call.params["uid"]))


def replace_of_folder(call: Call) -> Response:
    """POST /api/folders/:uid/permissions (12.4.0): replaces them all."""
    return replace_rules(call, folder_of(call))


def replace_of_dashboard(call: Call) -> Response:
    """POST /api/dashboards/uid/:uid/permissions (12.4.0): replaces them all."""
    return replace_rules(call, find_dashboard(call, call.params["uid"]))


def replace_rules(call: Call, entry: Holder | Entry) -> Response:
    """Replaces the permissions by the `items` of a POST: of two for one holder the last counts, and an unknown level is
    none."""
    items = call.json().get("items") or []
    if not isinstance(items, list):
        raise wire.refuse(400, "bad request data")
    rules = [_checked(call, entry, item) for item in items]
    last = {(rule.get("role"), rule.get("userId"), rule.get("teamId")): rule for rule in rules}
    kept = [rule for rule in last.values() if rule["permission"] in NAMES]
    store_rules(call, entry.uid, kept)
    return wire.answer({"message": f"{_WORDS[entry.kind]} permissions updated"})


def rules_of(call: Call, entry: Holder | Entry) -> Rules:
    """The rules of the object: those that it came with, where nobody has given others."""
    rules = given_rules(call, entry.uid)
    return _initial(call, entry) if rules is None else rules


def show_rule(call: Call, entry: Holder | Entry, rule: dict[str, Any], inherited: bool = False) -> dict[str, Any]:
    """An item of the list."""
    user = call.accounts.by_id(rule.get("userId", 0))
    who = {"userId": 0, "userLogin": user.login if user else "", "teamId": 0, **rule}
    whose = {"uid": entry.name, "title": entry.title, "isFolder": entry.kind == "folders", "inherited": inherited}
    return {**who, "permissionName": NAMES[rule["permission"]], **whose}


def folder_of(call: Call) -> Holder | Entry:
    """The folder of the path, or the root; refuses with 404."""
    if call.params["uid"] == ROOT:
        return Holder("folders", ROOT, f"{ROOT} of {call.identity.org}", "Dashboards")
    return find_folder(call, call.params["uid"])


def _get(call: Call, entry: Holder | Entry) -> Response:
    return wire.answer([show_rule(call, entry, rule) for rule in rules_of(call, entry)])


def _initial(call: Call, entry: Holder | Entry) -> Rules:
    """Everything to its maker, but for a folder in a folder; at the top, also what roles may. Nothing for the root."""
    if isinstance(entry, Holder):
        return []
    maker = call.accounts.by_author(entry.created_by)
    makers = [{"userId": maker.id, "permission": 4}] if maker else []
    if not entry.folder:
        return [*makers, *NEW]
    return makers if entry.kind == "dashboards" else []


def _checked(call: Call, entry: Holder | Entry, item: Any) -> dict[str, Any]:
    if not isinstance(item, dict) or item.get("role") not in (None, "", *ROLES):
        raise wire.refuse(400, "bad request data")
    named = {key: item[key] for key in ("role", "userId", "teamId") if item.get(key)}
    if len(named) > 1:
        raise wire.refuse(400, "permissions cannot have both a user and team")
    if not named or not _is_there(call, named):
        raise wire.refuse(500, _FAILED[entry.kind])
    return {**named, "permission": wire.read_field(item, "permission", int)}


def _is_there(call: Call, named: dict[str, Any]) -> bool:
    """Whether there is such a user, or such a team; there is every role."""
    if "teamId" in named:
        return TEAMS.items(call).by_id(named["teamId"]) is not None
    return "userId" not in named or call.accounts.by_id(named["userId"]) is not None


_FOLDER, _DASHBOARD = "/api/folders/{uid}/permissions", "/api/dashboards/uid/{uid}/permissions"
ROUTES: Final = (
    Route("GET", _FOLDER, get_of_folder, "Admin", "folders.permissions:read"),
    Route("POST", _FOLDER, replace_of_folder, "Admin", "folders.permissions:write", writes=True),
    Route("GET", _DASHBOARD, get_of_dashboard, "Admin", "dashboards.permissions:read"),
    Route("POST", _DASHBOARD, replace_of_dashboard, "Admin", "dashboards.permissions:write", writes=True),
)
