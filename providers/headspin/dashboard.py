"""headspin_dashboard: /v0/grafana/dashboard/allocate, /register, /info and /remove.

HeadSpin lists what is allocated and what can be; there is no route for one dashboard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hcl_lite.core.schema import Attr, Conflict, Listed, Live, Mention, ValueProblem, Version
from hcl_lite.core.values import Value, is_unknown, reveal
from providers.headspin.account import MENTION
from providers.headspin.client import HeadspinClient
from providers.kit.resource_type import Call, Json, RestType

_UID_IN_URL = re.compile(r"/d(?:-solo)?/([^/?#]+)")
_REMOVE = "/v0/grafana/dashboard/remove"


class DashboardType(RestType[HeadspinClient]):
    """Identity is the name. With neither dashboard_uid nor dashboard_url the name is that of a template of HeadSpin."""

    def complete(self, address: str, name: str, values: Mapping[str, Value], uid: str) -> Mapping[str, Value]:
        given = {key: value for key, value in values.items() if value is not None}
        if "dashboard_uid" in given and "dashboard_url" in given:
            raise ValueProblem("dashboard_url", "dashboard_uid and dashboard_url both name the dashboard", "Give one.")
        if "version" in given and not given.keys() & {"dashboard_uid", "dashboard_url"}:
            hint = "Give its dashboard_uid or dashboard_url, or leave version out."
            raise ValueProblem("version", "Only a dashboard that is registered has a version to choose", "", hint)
        return given

    def uid(self, values: Mapping[str, Value]) -> Value:
        return values["name"]

    def content(self, values: Mapping[str, Value]) -> Json:
        """A dashboard that is given by its URL is listed by the uid in it."""
        return super().content({**values, **_uid_in_url(values.get("dashboard_url"))})

    def summary(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return {key: values.get(key) for key in ("name", "dashboard_uid", "dashboard_url", "version")}

    def mentions(self, values: Mapping[str, Value]) -> Iterable[Mention]:
        """There has to be a Grafana to register it in, whether the block speaks of that or not."""
        yield MENTION

    async def list(self, client: HeadspinClient) -> Sequence[Listed]:
        return [Listed(name, name) for name in await self._allocated(client)]

    async def survey(self, client: HeadspinClient, known: Mapping[str, Version]) -> Mapping[str, Live | None]:
        found = {uid: replace(live, content=None) for uid, live in (await self._allocated(client)).items()}
        return {uid: found.get(uid) for uid in known}

    async def read(
        self,
        client: HeadspinClient,
        uid: str,
        desired: Mapping[str, Value] | None = None,
        expected_version: Version | None = None,
    ) -> Live | None:
        return (await self._allocated(client)).get(uid)

    async def create(self, client: HeadspinClient, values: Mapping[str, Value]) -> Live:
        body = _body(values)
        call = self.create_call if len(body) == 1 else self.update_call
        await call.send(client, body=body)
        return await self._listed(client, values)

    async def update(
        self, client: HeadspinClient, uid: str, values: Mapping[str, Value], expected_version: Version
    ) -> Live:
        """Registered again under its name."""
        live = await self.read(client, uid)
        if live is None or live.version != expected_version:
            raise Conflict(f'HeadSpin lists dashboard "{uid}" with another version or uid than before.')
        await self.update_call.send(client, body=_body(values))
        return await self._listed(client, values)

    async def delete(self, client: HeadspinClient, uid: str, attributes: Mapping[str, Any]) -> None:
        """Removing what is not allocated is no fault: "Successfully removed dashboard (if allocated)"."""
        body = {"dashboard_name": uid, "remove_in_grafana": attributes.get("remove_in_grafana") is True}
        await client.call("DELETE", _REMOVE, body=body)

    async def _allocated(self, client: HeadspinClient) -> Mapping[str, Live]:
        return {item["name"]: self.live(item) for item in await client.dashboards() if item.get("allocated")}

    async def _listed(self, client: HeadspinClient, values: Mapping[str, Value]) -> Live:
        live = await self.read(client, str(values["name"]))
        if live is None:
            raise KeyError(values["name"])
        return live


def _body(values: Mapping[str, Value]) -> Json:
    """What is sent: as the user wrote it."""
    sent = {key: values[key] for key in ("dashboard_uid", "dashboard_url", "version") if key in values}
    return {"dashboard_name": values["name"], **sent}


def _uid_in_url(url: Value) -> Json:
    if url is None or is_unknown(url):
        return {} if url is None else {"dashboard_uid": url}
    match = _UID_IN_URL.search(str(reveal(url)))
    return {"dashboard_uid": match[1]} if match else {}


DASHBOARD = DashboardType(
    name="headspin_dashboard",
    doc="A dashboard in HeadSpin: from a template, or of Grafana and registered.",
    attrs={
        "name": Attr(
            required=True,
            replaces=True,
            stable=True,
            wire="name",
            example="User Flow Timeseries",
            doc="Identity. That of a template, unless dashboard_uid or dashboard_url is given.",
        ),
        "dashboard_uid": Attr(
            computed=True, optional=True, wire="dashboard_uid", doc="uid of a dashboard in Grafana, to register it."
        ),
        "dashboard_url": Attr(doc="URL of a dashboard in Grafana, to register it."),
        "version": Attr(
            "number",
            computed=True,
            optional=True,
            wire="version",
            doc="Version of a dashboard that is registered; another one registers it again. HeadSpin's default: 0.",
        ),
        "remove_in_grafana": Attr(
            "bool",
            client_only=True,
            doc="When it goes, delete the dashboard in Grafana too. Default: only HeadSpin's entry.",
        ),
        "max_version": Attr("number", computed=True, wire="max_version", doc="The newest version that HeadSpin has."),
    },
    create_call=Call("POST", "/v0/grafana/dashboard/allocate"),
    read_call=Call("GET", "/v0/grafana/dashboard/info"),
    update_call=Call("POST", "/v0/grafana/dashboard/register"),
    delete_call=Call("DELETE", _REMOVE),
    version=("dashboard_uid", "version"),
    from_wire=lambda wire: {"dashboard_uid": None, "version": None, **wire, "uid": wire["name"]},
)
