"""The data blocks that ask a data source itself, through Grafana: queries, and GETs by its proxy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from hcl_lite.core.schema import Attr, ValueProblem
from hcl_lite.core.values import JsonValue, reveal
from providers.grafana.client import FRESH, GrafanaClient
from providers.grafana.generations.table import generation_of, require
from providers.kit.extras import Values
from providers.kit.lookup import Lookup
from providers.transport.errors import ApiError, Invalid, NotJson

Json = dict[str, Any]

_WHOSE_ANSWER = "It is the data source that answers so, or what stands before it: has it such a path below its url?"


async def _query(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """Runs a query at plan, by the data source's uid."""
    await _require_queries(client)
    return {"frames": await run_query(client, await _reference(client, values["data_source"]), values)}


async def run_query(client: GrafanaClient, reference: Json, values: Values) -> list[Json]:
    """Returns the answer of the data source to expr or query, from `from` to `to`: frames as lists, each with name and
    fields.

    `reference` names it as `reference_to` does. POST /api/ds/query gives frames (seen on 12.4; JSON since 8), POST
    /api/tsdb/query series and tables (5.4, 7.5). Raises ValueProblem, and ApiError.
    """
    if values.get("expr") is None and values.get("query") is None:
        raise ValueProblem("", "Give expr or query", "Found none of them.")
    await _require_queries(client)
    generation = await generation_of(client)
    expression = {} if values.get("expr") is None else {"expr": values["expr"]}
    query = {"refId": "A", "maxDataPoints": values.get("max_data_points", 100), **expression}
    query |= {**(reveal(values.get("query")) or {}), **reference}
    body = {"from": values.get("from", "now-1h"), "to": values.get("to", "now"), "queries": [query]}
    path = generation.query_path
    read = _frames if path == "/api/ds/query" else _series_and_tables
    answer = await client.call("POST", path, body=body, headers=FRESH)
    # Without any data 12.4 leaves the query out of its answer.
    result = answer["results"].get(query["refId"]) or {}
    if result.get("error"):
        raise Invalid("POST", client.connection.url + path, result.get("status", 0), str(result["error"]))
    return list(read(result))


async def _require_queries(client: GrafanaClient) -> None:
    await require(client, lambda generation: generation.query_path != "", "A query")


def reference_to(wire: Mapping[str, Any]) -> Json:
    """Returns the keys by which a query names a data source that was read: its uid, and until 9 its number alone."""
    return {"datasource": {"uid": wire.get("uid")}, "datasourceId": wire["id"]}


async def _reference(client: GrafanaClient, uid: str) -> Json:
    if (await generation_of(client)).queried_by_uid:
        return {"datasource": {"uid": uid}}
    return {"datasource": {"uid": uid}, "datasourceId": await _number_of(client, uid)}


def _frames(result: Json) -> Iterator[Json]:
    for frame in result.get("frames") or ():
        schema = frame["schema"]
        columns = zip(schema.get("fields") or (), frame["data"]["values"] or (), strict=False)
        yield _frame(schema.get("name"), [_field(f["name"], f.get("type"), f.get("labels"), c) for f, c in columns])


def _series_and_tables(result: Json) -> Iterator[Json]:
    """Points are [value, time]; tables have rows."""
    for series in result.get("series") or ():
        values, times = ([point[at] for point in series["points"] or ()] for at in (0, 1))
        name, tags = series["name"], series.get("tags")
        yield _frame(name, [_field("time", "time", None, times), _field(name, "number", tags, values)])
    for table in result.get("tables") or ():
        names = [column["text"] for column in table["columns"]]
        columns = list(zip(*table["rows"], strict=False)) or [()] * len(names)
        yield _frame("", [_field(name, "", None, column) for name, column in zip(names, columns, strict=False)])


def _frame(name: str | None, fields: list[Json]) -> Json:
    return {"name": name or "", "fields": fields}


def _field(name: str, type_: str | None, labels: Mapping[str, str] | None, values: Any) -> Json:
    return {"name": name, "type": type_ or "", "labels": dict(labels or {}), "values": list(values)}


async def _get_by_proxy(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    uid, path = values["data_source"], _below(values["path"])
    by_uid = (await generation_of(client)).queried_by_uid
    reference = {"uid": uid} if by_uid else {"id": await _number_of(client, uid)}
    return {"answer": await call_by_proxy(client, reference, path, reveal(values.get("params")))}


async def call_by_proxy(
    client: GrafanaClient,
    wire: Mapping[str, Any],
    path: str,
    params: Mapping[str, str] | None = None,
    method: str = "GET",
    body: Any = None,
) -> Any:
    """Returns the answer of the data source below its own url: /api/datasources/proxy/uid/:uid/* (seen on 12.4; since
    9).

    Before, and where no uid is known: /api/datasources/proxy/:id/* (3.2 to 12.4). An answer that is no JSON is
    its text. Raises ValueProblem, and ApiError.
    """
    path = _below(path)
    by_uid = wire.get("uid") and (await generation_of(client)).queried_by_uid
    name = f"uid/{quote(wire['uid'], safe='')}" if by_uid else str(wire["id"])
    try:
        return await client.call(method, f"/api/datasources/proxy/{name}/{quote(path)}", params=params, body=body)
    except ApiError as error:
        if isinstance(error, NotJson) and error.text is not None:
            return error.text
        if error.advice == NotJson.advice:
            error.advice = _WHOSE_ANSWER
        raise


def _below(path: Any) -> str:
    """A path that stays below the data source. Raises ValueProblem."""
    below = str(path).lstrip("/")
    if {"?", "#"} & set(below) or ".." in below.split("/"):
        raise ValueProblem("path", f'"{below}" is not a path', "Expected no .., ? or #.", "Parameters go to params.")
    return below


async def _number_of(client: GrafanaClient, uid: str) -> int:
    wire = await (await generation_of(client)).data_sources.find(client, uid)
    if wire is None:
        raise ValueProblem("data_source", f'There is no data source with uid "{uid}"')
    return int(wire["id"])


_DATA_SOURCE = Attr(required=True, doc="uid of the data source.", example="prometheus")

QUERY = Lookup(
    "grafana_query",
    "What a data source answers to a query, at plan and at apply.",
    {
        "data_source": _DATA_SOURCE,
        "expr": Attr(doc="The query, for Prometheus, Loki and their like.", example="count by (job) (up)"),
        "query": Attr(
            "any",
            doc="The query as a table, as in a panel's targets: rawSql, format, instant, … "
            "It can do what the data source's account may: give that one read rights only.",
        ),
        "from": Attr(doc="Such as now-6h, or milliseconds since 1970.", default="now-1h"),
        "to": Attr(doc="The same.", default="now"),
        "max_data_points": Attr("number", doc="Points of a series, about.", default=100),
        "frames": Attr(
            "list(any)",
            computed=True,
            doc="Tables: each has name and fields; a field name, type, labels, values.",
        ),
    },
    _query,
)
DATA_SOURCE_PROXY = Lookup(
    "grafana_data_source_proxy",
    "What a data source answers to a GET that Grafana passes on.",
    {
        "data_source": _DATA_SOURCE,
        "path": Attr(required=True, doc="Path below the data source's url.", example="api/v1/status/buildinfo"),
        "params": Attr("map(string)", doc="Parameters of the URL."),
        "answer": Attr("any", computed=True, doc="The JSON of the answer; its text where it is none."),
    },
    _get_by_proxy,
)
