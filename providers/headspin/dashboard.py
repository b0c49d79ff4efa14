"""headspin_dashboard: /v0/grafana/dashboard/allocate, /register, /info and /remove.

HeadSpin lists what is allocated and what can be; there is no route for one dashboard.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hcl_lite.core.schema import Attr, ValueProblem, Version
from hcl_lite.core.values import Value, is_unknown, reveal
from providers.headspin.account import MENTION
from providers.headspin.client import HeadspinClient
from providers.kit.api import Api, Json
from providers.kit.identity import Name
from providers.kit.resource import resource
from providers.kit.version import Fields

Values = Mapping[str, Value]

_PATH = "/v0/grafana/dashboard"
_UID_IN_URL = re.compile(r"/d(?:-solo)?/([^/?#]+)")


@dataclass(frozen=True, slots=True)
class _Dashboards(Api[HeadspinClient]):
    """Those that are allocated; one that is registered again is changed."""

    @property
    def is_listed(self) -> bool:
        return True

    async def find(
        self, client: HeadspinClient, uid: str, desired: Values | None = None, expected_version: Version | None = None
    ) -> Json | None:
        return next((item for item in await self.list(client) if item["name"] == uid), None)

    async def list(self, client: HeadspinClient) -> Sequence[Json]:
        listed = await client.dashboards()
        return [{"dashboard_uid": None, "version": None, **item} for item in listed if item.get("allocated")]

    async def create(self, client: HeadspinClient, body: Json) -> None:
        """With a name alone it is allocated from the template of that name."""
        await self._post(client, "allocate" if body.keys() == {"name"} else "register", body)

    async def update(self, client: HeadspinClient, uid: str, body: Json, there: Json | None) -> None:
        await self._post(client, "register", body)

    async def delete(self, client: HeadspinClient, uid: str, attributes: Mapping[str, Any]) -> None:
        """Removing what is not allocated is no fault: "Successfully removed dashboard (if allocated)"."""
        body = {"dashboard_name": uid, "remove_in_grafana": attributes.get("remove_in_grafana") is True}
        await client.call("DELETE", f"{_PATH}/remove", body=body)

    async def _post(self, client: HeadspinClient, verb: str, body: Json) -> None:
        rest = {key: value for key, value in body.items() if key != "name"}
        await client.call("POST", f"{_PATH}/{verb}", body={"dashboard_name": body["name"], **rest})


def _check(values: Values) -> None:
    if "dashboard_uid" in values and "dashboard_url" in values:
        raise ValueProblem("dashboard_url", "dashboard_uid and dashboard_url both name the dashboard", "Give one.")
    if "version" in values and not values.keys() & {"dashboard_uid", "dashboard_url"}:
        hint = "Give its dashboard_uid or dashboard_url, or leave version out."
        raise ValueProblem("version", "Only a dashboard that is registered has a version to choose", "", hint)


def _listed(values: Values) -> Values:
    """A dashboard that is given by its URL is listed by the uid in it."""
    url = values.get("dashboard_url")
    if url is None:
        return values
    if is_unknown(url):
        return {**values, "dashboard_uid": url}
    match = _UID_IN_URL.search(str(reveal(url)))
    return {**values, "dashboard_uid": match[1]} if match else values


DASHBOARD = resource(
    "headspin_dashboard",
    "A dashboard in HeadSpin: from a template, or of Grafana and registered.",
    api=_Dashboards(),
    identity=Name(),
    versioned=Fields(("dashboard_uid", "version")),
    check=_check,
    normal=_listed,
    stands_on=(MENTION,),  # there has to be a Grafana to register it in, whether the block speaks of that or not
    shown=("name", "dashboard_uid", "dashboard_url", "version"),
    conflict='HeadSpin lists dashboard "{uid}" with another version or uid than before.',
    attrs={
        "name": Attr(
            required=True,
            replaces=True,
            stable=True,
            example="User Flow Timeseries",
            doc="Identity. That of a template, unless dashboard_uid or dashboard_url is given.",
        ),
        "dashboard_uid": Attr(computed=True, optional=True, doc="uid of a dashboard in Grafana, to register it."),
        "dashboard_url": Attr(write_only=True, doc="URL of a dashboard in Grafana, to register it."),
        "version": Attr(
            "number",
            computed=True,
            optional=True,
            doc="Version of a dashboard that is registered; another one registers it again. HeadSpin's default: 0.",
        ),
        "remove_in_grafana": Attr(
            "bool",
            client_only=True,
            doc="When it goes, delete the dashboard in Grafana too. Default: only HeadSpin's entry.",
        ),
        "max_version": Attr("number", computed=True, doc="The newest version that HeadSpin has."),
    },
)
