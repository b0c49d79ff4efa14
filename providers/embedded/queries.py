"""POST /api/ds/query: TestData's csv_metric_values computed here, Prometheus asked for real, others refused."""

import re
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from providers.embedded import plugins, prometheus, wire
from providers.embedded.datasource_table import DataSource, find_source
from providers.embedded.routing import Call, Route

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "M": 2_592_000, "y": 31_536_000}
_TESTDATA = ("grafana-testdata-datasource", "testdata")  # its old name is kept up to 7.5
Frame = dict[str, Any]


async def query(call: Call) -> Response:
    """The status is 400 where any query failed (12.4.0); `now-1h` and milliseconds are understood as times."""
    command = call.json()
    queries = command.get("queries")
    if not isinstance(queries, list) or not queries:
        raise wire.refuse_id(400, "query.noQueries", "No queries found")
    span = read_span(call, command)
    results: dict[str, Any] = {}
    for one, source in [(one, _source_of(call, one)) for one in queries]:
        ref = str(one.get("refId") or "A")
        result = await answer_query(call, source, one, ref, span)
        if result is not None:
            results[ref] = result
    failed = any(result["status"] != 200 for result in results.values())
    return wire.answer({"results": results}, 400 if failed else 200)


def _source_of(call: Call, one: Any) -> DataSource:
    named = one.get("datasource") if isinstance(one, dict) else None
    uid = named.get("uid") if isinstance(named, dict) else named
    number = one.get("datasourceId") if isinstance(one, dict) else None
    if not (isinstance(uid, str) and uid) and not isinstance(number, int):
        message = "Query does not contain a valid data source identifier"
        raise wire.refuse_id(400, "query.invalidDatasourceId", message)
    source = find_source(call, uid=uid if isinstance(uid, str) else "", number=number or 0)
    if source is None:
        raise wire.refuse(404, "Data source not found")
    if not plugins.is_built_in(source.type):
        raise wire.refuse_id(404, "plugin.notRegistered", "Plugin not registered")
    return source


async def answer_query(
    call: Call, source: DataSource, one: dict[str, Any], ref: str, span: tuple[int, int]
) -> dict[str, Any] | None:
    """The result of one query, with `frames` or with `error`; None where there is no data."""
    if source.type in _TESTDATA and one.get("scenarioId") == "csv_metric_values":
        frame = _csv_frame(str(one.get("stringInput") or ""), str(one.get("alias") or f"{ref}-series"), ref, span)
        return None if frame is None else {"status": 200, "frames": [frame]}
    if source.type == "prometheus":
        return await prometheus.answer(call, source, one, ref, span)
    what = f"scenario {one.get('scenarioId')!r}" if source.type in _TESTDATA else f"data sources of type {source.type}"
    return {"error": f"the embedded server cannot query {what}", "errorSource": "downstream", "status": 501}


def read_span(call: Call, command: Mapping[str, Any]) -> tuple[int, int]:
    """`from` and `to` in milliseconds since 1970."""
    return _moment(call, command.get("from")), _moment(call, command.get("to"))


def _csv_frame(text: str, name: str, ref: str, span: tuple[int, int]) -> Frame | None:
    """The values spread evenly over the span; all whole numbers, else all numbers, else texts. None without values."""
    cells = [cell.strip() for cell in text.split(",") if cell.strip()]
    if not cells:
        return None
    known = [cell for cell in cells if cell != "null"]
    kind, frame_type, read = "string", "string", str
    if all(re.fullmatch(r"-?\d{1,18}", cell) for cell in known):
        kind, frame_type, read = "number", "int64", int  # type: ignore[assignment]
    elif all(re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", cell) for cell in known):
        kind, frame_type, read = "number", "float64", float  # type: ignore[assignment]
    values = [None if cell == "null" else read(cell) for cell in cells]
    start, end = span
    step = (end - start) // (len(cells) - 1) if len(cells) > 1 else 0
    times = [start + step * index for index in range(len(cells))]
    value_field = {"name": name, "type": kind, "typeInfo": {"frame": frame_type, "nullable": True}}
    return _frame({"refId": ref, "fields": [_time_field("time"), value_field]}, [times, values])


def _time_field(name: str) -> dict[str, Any]:
    return {"name": name, "type": "time", "typeInfo": {"frame": "time.Time"}}


def _frame(schema: dict[str, Any], values: list[Any]) -> Frame:
    return {"schema": schema, "data": {"values": values}}


def _moment(call: Call, value: object) -> int:
    """Milliseconds since 1970; what is not understood is 0, as 12.4.0 does."""
    text = str(value or "")
    if re.fullmatch(r"-?\d{1,15}", text):
        return int(text)
    match = re.fullmatch(r"now(?:([-+])(\d{1,9})([smhdwMy]))?", text)
    if match is None:
        return 0
    shift = int(match[2]) * _UNITS[match[3]] if match[1] else 0
    return int((call.store.now() + (shift if match[1] == "+" else -shift)) * 1000)


ROUTES = (Route("POST", "/api/ds/query", query, "Viewer", "datasources:query"),)
