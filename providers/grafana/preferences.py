"""grafana_organization_preferences: GET and PUT /api/org/preferences (3 to 12.4): home dashboard, theme, time zone.

An organisation always has them. Here they are there while any of the three is set, and gone when none is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hcl_lite.core.schema import Attr, Conflict, Listed, Live, Mention, ValueProblem, Version
from hcl_lite.core.values import Value, is_given
from providers.grafana.client import GrafanaClient
from providers.grafana.generations.table import generation_of, require
from providers.grafana.uses import argument_of
from providers.kit.resource_type import Json, WireType
from providers.kit.version import digest_of
from providers.transport.errors import Invalid, NotFound

Values = Mapping[str, Value]

UID = "preferences"  # the ones of the organisation
_PATH = "/api/org/preferences"
_HOME, _NUMBER = "homeDashboardUID", "homeDashboardId"


class PreferencesType(WireType):
    """What a block leaves out stays as it is; the state remembers, and a destroy unsets, only what it gives."""

    def complete(self, address: str, name: str, values: Values, uid: str) -> Mapping[str, Value]:
        given = {key: value for key, value in values.items() if value is not None}
        if all(value == "" for value in given.values()):
            names = [key for key, attr in self.attrs.items() if attr.settable]
            raise ValueProblem("", "Nothing is preferred", f"Expected at least one of {', '.join(names)}.")
        return given

    def uid(self, values: Values) -> Value:
        return UID

    def summary(self, values: Values) -> Mapping[str, Value]:
        return self.content(values)

    def mentions(self, values: Values) -> Iterable[Mention]:
        if isinstance(values.get("home_dashboard_uid"), str):
            yield Mention("dashboard", str(values["home_dashboard_uid"]))

    def uses(self, values: Values) -> Iterable[Mention]:
        return argument_of("dashboard", "home_dashboard_uid", values)

    async def check_supported(self, client: GrafanaClient, given: Values, values: Values, live: Live | None) -> None:
        if is_given(given.get("home_dashboard_uid")):
            what = "A home dashboard by its uid"
            await require(client, lambda generation: generation.dashboard_uids, what, "home_dashboard_uid")

    async def list(self, client: GrafanaClient) -> Sequence[Listed]:
        return [] if await self.read(client, UID) is None else [Listed(UID)]

    async def survey(self, client: GrafanaClient, known: Mapping[str, Version]) -> Mapping[str, Live | None]:
        found = {uid: await self.read(client, uid) for uid in known}
        return {uid: live and Live(uid, live.version) for uid, live in found.items()}

    async def read(
        self, client: GrafanaClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Live | None:
        return self._live_of(await _get(client), desired) if uid == UID else None

    async def create(self, client: GrafanaClient, values: Values) -> Live:
        return await self._put(client, values, {"digest": ""})

    async def update(self, client: GrafanaClient, uid: str, values: Values, expected_version: Version) -> Live:
        return await self._put(client, values, expected_version)

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        """Those that were set here are as Grafana has them where nobody has set any."""
        set_here = {attr.wire: "" for key, attr in self.attrs.items() if key in attributes}
        await _set(client, set_here, await _get(client))

    async def _put(self, client: GrafanaClient, values: Values, expected_version: Version) -> Live:
        """PUT replaces them all, and looks at no version: what is there is read, compared and sent along."""
        current = await _get(client)
        live = self._live_of(current, values)
        if (live.version if live else {"digest": ""}) != expected_version:
            raise Conflict("The organisation's preferences have been changed by someone else since the plan.")
        await _set(client, self.to_wire(values), current)
        changed = self._live_of(await _get(client), values)
        if changed is None:
            raise Conflict("The organisation's preferences were emptied by someone else while they were set.")
        return changed

    def _live_of(self, current: Json, desired: Values | None) -> Live | None:
        """With the attributes of `desired` alone, where it is given."""
        chosen = {attr.wire: current.get(attr.wire) or "" for attr in self.attrs.values()}
        if not any(chosen.values()):
            return None
        live = self.live({**chosen, "uid": UID, "digest": digest_of(chosen)})
        ours = {key: value for key, value in live.attributes.items() if desired is None or key in desired}
        return replace(live, attributes=ours)


async def _get(client: GrafanaClient) -> Json:
    """With the home dashboard's uid: before 9 the server tells and takes its number."""
    found: Json = await client.get(_PATH)
    if (await generation_of(client)).home_by == "uid":
        return {key: value for key, value in found.items() if key != _NUMBER}
    number = found.get(_NUMBER)
    hits = await client.get("/api/search", {"dashboardIds": str(number)}) if number else []
    return {**found, _HOME: next((str(hit.get("uid") or "") for hit in hits if hit["id"] == number), "")}


async def _set(client: GrafanaClient, given: Json, current: Json) -> None:
    """The preferences as they are `current`, with those that are `given`. A home dashboard that is gone is not sent:
    the server takes it no more, and 12.4 leaves it as it is then."""
    try:
        await _put(client, {**current, **given})
    except NotFound:
        if _HOME in given or not current.get(_HOME):
            raise
        await _put(client, {key: value for key, value in {**current, **given}.items() if key != _HOME})


async def _put(client: GrafanaClient, wanted: Json) -> None:
    generation = await generation_of(client)
    if generation.home_by == "id" and generation.dashboard_uids:
        uid = wanted[_HOME]
        home = await generation.dashboards.find(client, uid) if uid else None
        if uid and home is None:
            raise Invalid("PUT", client.connection.url + _PATH, 404, f'there is no dashboard with uid "{uid}"')
        wanted = {**wanted, _NUMBER: home["dashboard"]["id"] if home else 0}
    await client.call("PUT", _PATH, body=wanted)


def _preference(wire: str, doc: str, example: str = "", choices: tuple[str, ...] = ()) -> Attr:
    return Attr(computed=True, optional=True, wire=wire, doc=doc, example=example, choices=choices)


PREFERENCES = PreferencesType(
    name="grafana_organization_preferences",
    doc="What everybody in the organisation starts with: home dashboard, theme, time zone.",
    attrs={
        "home_dashboard_uid": _preference(_HOME, "uid of its home dashboard.", "home"),
        "theme": _preference("theme", "How Grafana looks.", choices=("", "light", "dark", "system")),
        "timezone": _preference("timezone", "Such as utc, browser or Europe/Berlin."),
    },
    version=("digest",),
)
