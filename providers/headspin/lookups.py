"""The data blocks of HeadSpin: credentials of the organisation's Grafana, and the list of dashboards."""

from __future__ import annotations

from collections.abc import Mapping

from hcl_lite.core.schema import Attr, ValueProblem
from hcl_lite.core.values import JsonValue, Value
from providers.headspin.client import HeadspinClient
from providers.kit.lookup import Lookup

_ACCOUNT: Mapping[str, Attr] = {
    "username": Attr(computed=True, doc="Who logs in to Grafana."),
    "password": Attr(computed=True, secret=True, doc="Kept nowhere."),
    "grafana_url": Attr(computed=True, doc="Where Grafana is."),
}
_WITH_ROLE: Mapping[str, Attr] = {**_ACCOUNT, "grafana_role": Attr(computed=True, doc="What the account may do.")}


def _account(name: str, doc: str, path: str, attrs: Mapping[str, Attr]) -> Lookup[HeadspinClient]:
    """GET `path`."""

    async def find(client: HeadspinClient, _: Mapping[str, Value]) -> Mapping[str, JsonValue]:
        answer = await client.find(path)
        if answer is None:
            hint = "A headspin_grafana block allocates it."
            raise ValueProblem("", "The organisation has no Grafana at HeadSpin", "", hint)
        return {key: answer[key] for key in attrs}

    return Lookup(name, doc, attrs, find)


async def _find_dashboards(client: HeadspinClient, _: Mapping[str, Value]) -> Mapping[str, JsonValue]:
    """GET /v0/grafana/dashboard/info"""
    return {"dashboards": await client.dashboards()}


GRAFANA = _account("headspin_grafana", "The Grafana that is allocated already.", "/v0/grafana/info", _ACCOUNT)

EDITOR = _account("headspin_grafana_editor", "The account with role Editor.", "/v0/grafana/editor/info", _WITH_ROLE)

# The example in HeadSpin's documentation has the editor's route for the viewer; its table has this one.
VIEWER = _account("headspin_grafana_viewer", "The account with role Viewer.", "/v0/grafana/user/info", _WITH_ROLE)

DASHBOARDS = Lookup(
    "headspin_dashboards",
    "All dashboards: those that are allocated, and templates.",
    {
        "dashboards": Attr(
            "list(any)",
            computed=True,
            doc="Each with name and allocated; where it is, with dashboard_uid, version and max_version.",
        )
    },
    _find_dashboards,
)
