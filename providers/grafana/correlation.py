"""grafana_correlation: a link from what one data source tells to a query of another, or to a URL (12.4).

Routes: GET /api/datasources/correlations; the rest is below /api/datasources/uid/:uid of the source. Before 12 its type
is told elsewhere (11.0).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from hcl_lite.core.schema import Attr, ValueProblem
from hcl_lite.core.schema.blocks import Block, Blocks
from hcl_lite.core.values import reveal
from providers.grafana.client import GrafanaClient
from providers.grafana.since import since
from providers.kit.access import Access
from providers.kit.api import FromList, Json, Rest
from providers.kit.declaration import Values
from providers.kit.hooks import Needed
from providers.kit.identity import ServerId
from providers.kit.ids import Ids
from providers.kit.paging import Pages
from providers.kit.resource import resource
from providers.kit.version import Digest
from providers.transport.errors import NotFound

_LIST: Final = "/api/datasources/correlations"
_PER_PAGE: Final = 1000  # the most that the server gives
_TRANSFORMATION: Final = {
    "type": Attr(required=True, choices=("regex", "logfmt"), doc="How variables are found in the text of the field."),
    "field": Attr(doc="Another field than that of the link."),
    "expression": Attr(doc="Of a regex: its groups are the variables."),
    "map_value": Attr(wire="mapValue", doc="Name of the variable. Default: that of the field, or of the group."),
}


@dataclass(frozen=True, slots=True)
class _Correlations(Rest[GrafanaClient]):
    """One list has all of every correlation; writes go by its source."""

    async def list(self, client: GrafanaClient) -> Sequence[Json]:
        pages, found = Pages("correlations", client.connection.timeout), list[Json]()
        while True:
            asked = {"limit": str(_PER_PAGE), "page": str(len(found) // _PER_PAGE + 1)}
            part = (await client.call("GET", _LIST, params=asked))["correlations"]
            found += part
            if len(part) < _PER_PAGE:
                return found
            pages.go_on(one["uid"] for one in part)

    async def create(self, client: GrafanaClient, body: Json) -> Json | None:
        made: Json = (await client.call("POST", _path(body["sourceUID"]), body=body))["result"]
        return made

    async def update(self, client: GrafanaClient, uid: str, body: Json, there: Json | None) -> None:
        path = _path(body["sourceUID"], uid)
        try:
            await client.call("PATCH", path, body=body)
        except NotFound:
            # So says 12.4 where SQLite was busy: trying again, it looks for a correlation with what is new in this one.
            await client.call("PATCH", path, body=body)

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        await client.call("DELETE", _path(attributes["source_uid"], uid))


def _path(source: str, *uid: str) -> str:
    return "/".join(("/api/datasources/uid", quote(source, safe=""), "correlations", *uid))


def _check(values: Values) -> None:
    config = reveal(values.get("config"))
    if values.get("type") == "query" and values.get("target_uid") is None:
        raise ValueProblem("target_uid", "It is left out", "Expected the data source of the query.")
    for one in config.get("transformations") or () if isinstance(config, Mapping) else ():
        if isinstance(one, Mapping) and one.get("type") == "regex" and not one.get("expression"):
            raise ValueProblem("config", "A transformation by regex has no expression", "Give expression.")


def _provisioned(wire: Json) -> str:
    return "a file of the server provides it" if wire.get("provisioned") else ""


CORRELATION = resource(
    "grafana_correlation",
    "A link that Explore shows beside what one data source tells: to a query of another one, or to a URL.",
    api=_Correlations(_LIST, read=FromList("uid")),
    identity=ServerId("uid", natural_key="label"),
    ids=Ids(()),
    versioned=Digest(),
    title="label",
    supported=since("A correlation", 12),
    access=Access.by("Admin", "datasources:write"),
    mentioned={"source_uid": Needed("data source"), "target_uid": Needed("data source")},
    check=_check,
    fixed=_provisioned,
    attrs={
        "source_uid": Attr(required=True, replaces=True, wire="sourceUID", doc="uid of the data source with the link."),
        "target_uid": Attr(replaces=True, wire="targetUID", doc="uid of the data source of the query."),
        "label": Attr(required=True, doc="What people see."),
        "description": Attr(default="", doc="What it is for."),
        "type": Attr(
            required=True, replaces=True, choices=("query", "external"), example="external", doc="What it leads to."
        ),
        "config": Attr(
            Block(
                {
                    "field": Attr(required=True, doc="Field whose values are the link."),
                    "target": Attr("any", required=True, doc="The query, or { url = … }, with ${variables}."),
                    "transformations": Attr(Blocks(_TRANSFORMATION), default=[], doc="What makes more variables."),
                }
            ),
            required=True,
            example={"field": "message", "target": {"url": "https://example.org"}},
            doc="Where the link is, and what it asks.",
        ),
        "uid": Attr(computed=True, stable=True, doc="Identity. The server's choice."),
    },
)
