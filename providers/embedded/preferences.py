"""Preferences of an organisation or a team: home dashboard, theme, time zone."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.responses import Response

from providers.embedded import wire
from providers.embedded.items import Draft, Items
from providers.embedded.objects import Entry
from providers.embedded.routing import Call, Route

PATH = "/api/org/preferences"
OWN = "namespace"
_BY_UID = {"homeDashboardUID": "", "timezone": "", "weekStart": "", "theme": "", "language": ""}
_BY_NUMBER = {"homeDashboardId": 0, "theme": "", "timezone": ""}
THEMES = ("", "light", "dark", "system")
MORE_THEMES: Final = (
    *("aubergine", "debug", "desertbloom", "gildedgrove", "gloom", "mars", "matrix", "sapphiredusk", "synthwave"),
    *("tron", "victorian", "zen"),
)
_ZONES: Final = ("", "utc", "browser")
_NO_ZONE: Final = (
    "Invalid timezone. Must be a valid IANA timezone (e.g., America/New_York), 'utc', 'browser', or empty string"
)


def get(call: Call) -> Response:
    """GET /api/org/preferences (10.1.2 to 12.4.0): what is set."""
    return wire.answer(_stored(call))


def put(call: Call) -> Response:
    """PUT /api/org/preferences (9 to 12.4): what is left out is as if it had never been set, but a home stays."""
    return _store(call, _read_by_uid(call, _stored(call)))


def show_of_team(call: Call, team: int) -> Response:
    """Returns the preferences of a team (12.4.0)."""
    item = of_teams(call).get(str(team))
    return wire.answer({} if item is None else item.body)


def store_of_team(call: Call, team: int) -> Response:
    """Set what a team prefers; 12.4.0 does not ask whether there is the team."""
    old = of_teams(call).get(str(team))
    keep(of_teams(call), str(team), _read_by_uid(call, {} if old is None else old.body), call.identity.account.id)
    return _updated()


def get_by_number(call: Call) -> Response:
    """GET /api/org/preferences (3 to 8)."""
    return wire.answer({**_BY_NUMBER, **_stored(call)})


def put_by_number(call: Call) -> Response:
    """PUT /api/org/preferences (3 to 8): any number will do."""
    return _store(call, _read(call.json(), _BY_NUMBER))


def find_home(call: Call) -> Entry | None:
    """The dashboard that the organisation has chosen as its home, while it is there."""
    stored = _stored(call)
    if uid := stored.get("homeDashboardUID"):
        return call.objects.get("dashboards", uid)
    return call.objects.by_id("dashboards", stored.get("homeDashboardId") or 0)


def _read_by_uid(call: Call, old: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the preferences in a body without empty ones, and the home of `old` where it gives none. Raises
    Refused."""
    command = call.json()
    chosen = _read(command, _BY_UID, (*THEMES, *MORE_THEMES))
    more = {key: command[key] for key in ("navbar", "queryHistory") if isinstance(command.get(key), dict)}
    if not is_zone(chosen["timezone"]):
        raise wire.refuse(400, _NO_ZONE)
    uid = chosen["homeDashboardUID"]
    if uid and call.objects.get("dashboards", uid) is None:
        raise wire.refuse(404, "Dashboard not found")
    if command.get("homeDashboardUID") is None:
        chosen["homeDashboardUID"] = old.get("homeDashboardUID", "")
    return {key: value for key, value in (chosen | more).items() if value}


def _read(command: dict[str, Any], known: dict[str, Any], themes: Sequence[str] = THEMES) -> dict[str, Any]:
    chosen = {key: wire.read_field(command, key, type(empty)) for key, empty in known.items()}
    if chosen["theme"] not in themes:
        raise wire.refuse(400, "Invalid theme")
    return chosen


def is_zone(name: str) -> bool:
    """Whether 12.4.0 takes a time zone of that name."""
    return name in _ZONES or has_zone(name)


def has_zone(name: str) -> bool:
    """Whether there is a time zone of that name; all are there where the machine has no list of them."""
    return _is_listed(name) or not _is_listed("Europe/Berlin")


def _is_listed(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):  # ValueError: a name that no zone can have
        return False
    return True


def _store(call: Call, chosen: dict[str, Any]) -> Response:
    forget_own(call)
    keep(own(call), OWN, chosen, call.identity.account.id)
    return _updated()


def _updated() -> Response:
    return wire.answer({"message": "Preferences updated"})


def of_teams(call: Call) -> Items:
    """The preferences of teams, by the number of the team."""
    return Items(call.store, call.identity.org, "team preferences")


def own(call: Call) -> Items:
    """The preferences of the organisation: one item, where there are any."""
    return Items(call.store, call.identity.org, "organisation preferences")


def keep(items: Items, uid: str, chosen: Mapping[str, Any], author: int) -> None:
    """Store preferences over those that there are."""
    old, draft = items.get(uid), Draft(chosen, uid=uid)
    if old is None:
        items.add(draft, author)
    else:
        items.replace(old, draft, author)


def forget_own(call: Call) -> None:
    """Delete the organisation's from the table that earlier embedded servers kept them in."""
    call.store.run("delete from preference where org = ?", call.identity.org)


def _stored(call: Call) -> dict[str, Any]:
    item = own(call).get(OWN)
    if item is not None:
        return item.body
    row = call.store.row("select body from preference where org = ?", call.identity.org)
    return json.loads(row["body"]) if row else {}


ROUTES = (
    Route("GET", PATH, get, "Admin", "orgs.preferences:read"),
    Route("PUT", PATH, put, "Admin", "orgs.preferences:write", writes=True),
)
ROUTES_BY_NUMBER = (
    Route("GET", PATH, get_by_number, "Admin"),
    Route("PUT", PATH, put_by_number, "Admin", writes=True),
)
