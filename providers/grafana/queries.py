"""The data blocks that ask a data source itself, through Grafana: queries, and GETs by its proxy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from hcl_lite.core.schema import Attr, ValueProblem
from hcl_lite.core.values import JsonValue, reveal
from providers.errors import Invalid
from providers.grafana.client import FRESH, GrafanaClient
from providers.grafana.generations.table import generation_of, require
from providers.opened import Lookup, Values

Json = dict[str, Any]


async def _query(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """POST /api/ds/query gives frames (seen on 12.4; JSON since 8), POST /api/tsdb/query series and tables (7.5)."""
    if values.get("expr") is None and values.get("query") is None:
        raise ValueProblem("", "Give expr or query", "Found none of them.")
    await require(client, lambda generation: generation.query_path != "", "A query")
    generation = await generation_of(client)
    named: Json = {"datasource": {"uid": values["data_source"]}}
    if not generation.queried_by_uid:
        named["datasourceId"] = await _number_of(client, values["data_source"])
    expression = {} if values.get("expr") is None else {"expr": values["expr"]}
    query = {"refId": "A", "maxDataPoints": values.get("max_data_points", 100), **expression}
    query |= {**(reveal(values.get("query")) or {}), **named}
    body = {"from": values.get("from", "now-1h"), "to": values.get("to", "now"), "queries": [query]}
    path = generation.query_path
    read = _frames if path == "/api/ds/query" else _series_and_tables
    answer = await client.call("POST", path, body=body, headers=FRESH)
    # Without any data 12.4 leaves the query out of its answer.
    result = answer["results"].get(query["refId"]) or {}
    if result.get("error"):
        raise Invalid("POST", client.connection.url + path, result.get("status", 0), str(result["error"]))
    return {"frames": list(read(result))}


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
    """GET /api/datasources/proxy/uid/:uid/* (seen on 12.4), or /api/datasources/proxy/:id/* (3.2 to 12.4)."""
    uid, path = values["data_source"], str(values["path"]).lstrip("/")
    if {"?", "#"} & set(path) or ".." in path.split("/"):
        raise ValueProblem("path", f'"{path}" is not a path', "Expected no .., ? or #.", "Parameters go to params.")
    by_uid = (await generation_of(client)).queried_by_uid
    name = f"uid/{quote(uid, safe='')}" if by_uid else str(await _number_of(client, uid))
    answer = await client.get(f"/api/datasources/proxy/{name}/{quote(path)}", reveal(values.get("params")))
    return {"answer": answer}


async def _number_of(client: GrafanaClient, uid: str) -> int:
    wire = await (await generation_of(client)).data_sources.find(client, uid)
    if wire is None:
        raise ValueProblem("data_source", f'There is no data source with uid "{uid}"')
    return int(wire["id"])


_DATA_SOURCE = Attr(required=True, doc="uid of the data source.", example="prometheus")

QUERIES = (
    Lookup(
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
    ),
    Lookup(
        "grafana_data_source_proxy",
        "What a data source answers to a GET that Grafana passes on.",
        {
            "data_source": _DATA_SOURCE,
            "path": Attr(required=True, doc="Path below the data source's url.", example="api/v1/status/buildinfo"),
            "params": Attr("map(string)", doc="Parameters of the URL."),
            "answer": Attr("any", computed=True, doc="The JSON of the answer."),
        },
        _get_by_proxy,
    ),
)
