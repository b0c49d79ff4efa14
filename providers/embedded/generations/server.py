"""The server itself, queries and the proxy, as 3.2.1, 5.4.3 and 7.5.5 answer."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Any

from starlette.responses import Response

from providers.embedded import queries, upstream, wire
from providers.embedded.datasource_table import find_source
from providers.embedded.generations import binding
from providers.embedded.generations.traits import Traits
from providers.embedded.routing import Call

_COMMIT = "embedded"


def get_settings(traits: Traits, call: Call) -> Response:
    """GET /api/frontend/settings (3.2.1, 5.4.3, 7.5.5; not recorded): the part that tells the version."""
    build = {"version": traits.version, "commit": _COMMIT, "latestVersion": "", "hasUpdate": False, "env": "production"}
    return wire.answer({"appSubUrl": "", "buildInfo": build, "datasources": {}}, content_type=wire.CHARSET)


def make_query(traits: Traits) -> Callable[[Call], Awaitable[Response]]:
    """POST /api/tsdb/query: series of [value, time], as the Data Source API's document has them (5.4.3, 7.5.5).

    Recorded is only how a type fails that the server does not know (ds-query-tsdb); whatever fails here does the same.
    """

    async def query(call: Call) -> Response:
        command = binding.read(call)
        listed = command.get("queries")
        span = queries.read_span(call, command)
        results: dict[str, Any] = {}
        for one in listed if isinstance(listed, list) else []:
            source = find_source(call, number=one["datasourceId"]) if _names_source(one) else None
            if source is None or source.type not in traits.built_in:
                raise traits.refused("query-failed")
            ref = str(one.get("refId") or "A")
            found = await queries.answer_query(call, source, one, ref, span)
            if found is not None and found["status"] != 200:
                raise traits.refused("query-failed")
            results[ref] = {"refId": ref, "series": [*_series(found["frames"] if found else ())], "tables": None}
        return wire.answer({"results": results})

    return query


def _names_source(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("datasourceId"), int)


def _series(frames: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """One for each column of values beside the times."""
    for frame in frames:
        times, *columns = frame["data"]["values"]
        for field, values in zip(frame["schema"]["fields"][1:], columns, strict=True):
            points = [[value, time] for value, time in zip(values, times, strict=True)]
            yield {"name": field["name"], "tags": field.get("labels") or {}, "points": points}


def query_by_uid(traits: Traits, call: Call) -> Response:
    """POST /api/ds/query (7.5.5): data sources are named by `datasourceId`; a uid is not enough (ds-query-ds)."""
    asked = binding.read(call).get("queries")
    listed = asked if isinstance(asked, list) else []
    if not all(isinstance(one, dict) and one.get("datasourceId") for one in listed):
        raise traits.refused("query-without-source")
    raise traits.refused("query-failed")


def make_proxy(traits: Traits) -> Callable[[Call], Awaitable[Response]]:
    """* /api/datasources/proxy/:id/*: where nothing answers, an empty 502 (3.2.1, 7.5.5) or a 500 (5.4.3)."""

    async def proxy(call: Call) -> Response:
        answer = await upstream.forward(call)
        if answer.status_code == 502 and not answer.body:
            traits.object_to("source-unreachable")
        return answer

    return proxy
