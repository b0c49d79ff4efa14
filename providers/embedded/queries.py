"""POST /api/ds/query: TestData's csv_metric_values computed here, Prometheus asked for real, others refused."""

import re
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from providers.embedded import plugins, upstream, wire
from providers.embedded.datasources import DataSource, find_source
from providers.embedded.routing import Call, Route

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "M": 2_592_000, "y": 31_536_000}
_TESTDATA = "grafana-testdata-datasource"
_DEFAULT_STEP_MS = 15_000
Frame = dict[str, Any]


async def query(call: Call) -> Response:
    """The status is 400 where any query failed (12.4.0); `now-1h` and milliseconds are understood as times."""
    command = call.json()
    queries = command.get("queries")
    if not isinstance(queries, list) or not queries:
        raise wire.refuse_id(400, "query.noQueries", "No queries found")
    span = _moment(call, command.get("from")), _moment(call, command.get("to"))
    results: dict[str, Any] = {}
    for one, source in [(one, _source_of(call, one)) for one in queries]:
        ref = str(one.get("refId") or "A")
        result = await _answer(call, source, one, ref, span)
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


async def _answer(
    call: Call, source: DataSource, one: dict[str, Any], ref: str, span: tuple[int, int]
) -> dict[str, Any] | None:
    if source.type == _TESTDATA and one.get("scenarioId") == "csv_metric_values":
        frame = _csv_frame(str(one.get("stringInput") or ""), str(one.get("alias") or f"{ref}-series"), ref, span)
        return None if frame is None else {"status": 200, "frames": [frame]}
    if source.type == "prometheus":
        return await _ask_prometheus(call, source, one, ref, span)
    what = f"scenario {one.get('scenarioId')!r}" if source.type == _TESTDATA else f"data sources of type {source.type}"
    return {"error": f"the embedded server cannot query {what}", "errorSource": "downstream", "status": 501}


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


async def _ask_prometheus(
    call: Call, source: DataSource, one: dict[str, Any], ref: str, span: tuple[int, int]
) -> dict[str, Any]:
    """`instant` asks /api/v1/query, everything else /api/v1/query_range."""
    import httpx  # noqa: PLC0415 - only those who query a data source pay for loading it

    widest = (span[1] - span[0]) // max(int(one.get("maxDataPoints") or 100), 1)
    step = max(int(one.get("intervalMs") or _DEFAULT_STEP_MS), widest, 1000) / 1000
    parameters: dict[str, Any] = {"query": one.get("expr") or ""}
    if one.get("instant") and not one.get("range"):
        path, parameters = "/api/v1/query", parameters | {"time": span[1] / 1000}
    else:
        times = {"start": span[0] / 1000, "end": span[1] / 1000, "step": step}
        path, parameters = "/api/v1/query_range", parameters | times
    try:
        answer = await upstream.send(
            call,
            source,
            "POST",
            path,
            body=urlencode(parameters).encode(),
            content_type="application/x-www-form-urlencoded",
        )
        data = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as exc:
        return {"error": f'Post "{source.url}{path}": {exc}', "errorSource": "downstream", "status": 502, "frames": []}
    if not isinstance(data, dict) or data.get("status") != "success":
        message = data.get("error") if isinstance(data, dict) else None
        error = str(message or f"status {answer.status_code}")
        return {"error": error, "errorSource": "downstream", "status": answer.status_code, "frames": []}
    return {
        "status": 200,
        "frames": [_series(series, ref, data["data"], step) for series in _list_series(data["data"])],
    }


def _list_series(data: dict[str, Any]) -> list[dict[str, Any]]:
    if data["resultType"] in ("scalar", "string"):
        return [{"metric": {}, "values": [data["result"]]}]
    series: list[dict[str, Any]] = data["result"]
    return series


def _series(series: dict[str, Any], ref: str, data: dict[str, Any], step: float) -> Frame:
    points = series.get("values") or [series["value"]]
    labels: dict[str, str] = series["metric"]
    name = labels.get("__name__", "Value")
    value_field = {"name": name, "type": "number", "typeInfo": {"frame": "float64"}, "labels": labels}
    time_field = _time_field("Time") | {"config": {"interval": int(step * 1000)}}
    shape = "timeseries-multi" if data["resultType"] == "matrix" else "numeric-multi"
    meta = {"type": shape, "typeVersion": [0, 1], "custom": {"resultType": data["resultType"]}}
    schema = {"refId": ref, "meta": meta, "fields": [time_field, value_field]}
    return _frame(schema, [[int(when * 1000) for when, _ in points], [_number(value) for _, value in points]])


def _number(text: str) -> float | int:
    """As Go writes numbers: whole ones without a fraction. What JSON cannot say becomes null on its way."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


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
