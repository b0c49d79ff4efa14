"""grafana_organization_preferences: GET and PUT /api/org/preferences (3 to 12.4): home dashboard, theme, time zone.

An organisation always has them. Here they are there while any of the three is set, and gone when none is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from hcl_lite.core.schema import Attr, ValueProblem
from hcl_lite.core.values import Value, is_given
from providers.grafana.client import GrafanaClient
from providers.grafana.generations.table import generation_of, require
from providers.kit.access import Access
from providers.kit.always_there import AlwaysThere
from providers.kit.api import Json
from providers.kit.hooks import Needed
from providers.kit.identity import Singleton
from providers.kit.ids import Ids
from providers.kit.resource import resource
from providers.kit.version import Digest
from providers.transport.errors import Invalid, NotFound

Values = Mapping[str, Value]

PREFERENCES_PATH: Final = "/api/org/preferences"
_HOME, _NUMBER = "homeDashboardUID", "homeDashboardId"


def _check(values: Values) -> None:
    if all(value == "" for value in values.values()):
        raise ValueProblem("", "Nothing is preferred", f"Expected at least one of {', '.join(PREFERRED)}.")


async def _supported(client: GrafanaClient, values: Values) -> None:
    if is_given(values.get("home_dashboard_uid")):
        what = "A home dashboard by its uid"
        await require(client, lambda generation: generation.dashboard_uids, what, "home_dashboard_uid")


async def read_preferences(client: GrafanaClient, path: str) -> Json:
    """With the home dashboard's uid: before 9 the server tells and takes its number."""
    found: Json = await client.get(path)
    if (await generation_of(client)).home_by == "uid":
        return {key: value for key, value in found.items() if key != _NUMBER}
    number = found.get(_NUMBER)
    hits = await client.get("/api/search", {"dashboardIds": str(number)}) if number else []
    return {**found, _HOME: next((str(hit.get("uid") or "") for hit in hits if hit["id"] == number), "")}


async def _set(client: GrafanaClient, path: str, current: Json, given: Json) -> None:
    """The preferences as they are `current`, with those that are `given`. A home dashboard that is gone is not sent:
    the server takes it no more, and 12.4 leaves it as it is then."""
    try:
        await _put(client, path, {**current, **given})
    except NotFound:
        if _HOME in given or not current.get(_HOME):
            raise
        await _put(client, path, {key: value for key, value in {**current, **given}.items() if key != _HOME})


async def _put(client: GrafanaClient, path: str, wanted: Json) -> None:
    generation = await generation_of(client)
    if generation.home_by == "id" and generation.dashboard_uids:
        uid = wanted[_HOME]
        home = await generation.dashboards.find(client, uid) if uid else None
        if uid and home is None:
            raise Invalid("PUT", client.connection.url + path, 404, f'there is no dashboard with uid "{uid}"')
        wanted = {**wanted, _NUMBER: home["dashboard"]["id"] if home else 0}
    await client.call("PUT", path, body=wanted)


PREFERRED: Mapping[str, Attr] = {
    "home_dashboard_uid": Attr(wire=_HOME, example="home", doc="uid of its home dashboard."),
    "theme": Attr(wire="theme", choices=("", "light", "dark", "system"), doc="How Grafana looks."),
    "timezone": Attr(wire="timezone", doc="Such as utc, browser or Europe/Berlin."),
}
"""What can be preferred by an organisation, and by a team."""

_KEYS: Final = {key: attr.wire for key, attr in PREFERRED.items()}

PREFERENCES = resource(
    "grafana_organization_preferences",
    "What everybody in the organisation starts with: home dashboard, theme, time zone.",
    api=AlwaysThere(PREFERENCES_PATH, _KEYS, read_preferences, _set),
    identity=Singleton("preferences"),
    ids=Ids((), pages=("/org",)),
    versioned=Digest(of=_KEYS.values()),
    access=Access.by("Admin", "orgs.preferences:write"),
    check=_check,
    supported=_supported,
    mentioned={"home_dashboard_uid": Needed("dashboard")},
    conflict="The organisation's preferences have been changed by someone else since the plan.",
    attrs={key: replace(attr, computed=True, optional=True) for key, attr in PREFERRED.items()},
)
