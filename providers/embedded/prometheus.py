"""Queries of Prometheus as 12.4.0 answers them (pkg/promlib): asked for real, made into frames."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from providers.embedded import upstream
from providers.embedded.datasource_table import DataSource
from providers.embedded.routing import Call
from providers.grafana.filling.times import calculate_interval, interval_text, read_interval

Json = dict[str, Any]

_SCRAPE = "15s"
_POINTS = 100
_SAFE_POINTS = 11_000  # as many as Prometheus gives
_AUTO = "__auto"
_VARIABLE = re.compile(
    r"\$(?:\{(__\w+)\}|(__(?:rate_interval_ms|rate_interval|interval_ms|interval|range_ms|range_s|range)))"
)
_TYPES: Mapping[str, tuple[str, list[int]]] = {
    "matrix": ("timeseries-multi", [0, 1]),
    "vector": ("numeric-multi", [0, 1]),
    "scalar": ("numeric-multi", [0, 1]),
    "string": ("timeseries-multi", [0, 0]),
}


@dataclass(frozen=True, slots=True)
class _Query:
    """A query as it is sent; times in milliseconds."""

    ref: str
    expr: str
    step: int
    span: tuple[int, int]
    legend: str


async def answer(call: Call, source: DataSource, one: Mapping[str, Any], ref: str, span: tuple[int, int]) -> Json:
    """The result of one query: `range` (also where nothing is said) before `instant`."""
    try:
        query = _read(source, one, ref, span)
    except ValueError as error:
        return {"error": str(error), "errorSource": "downstream", "status": 500}
    start, end = (_aligned(moment, query.step, int(one.get("utcOffsetSec") or 0)) for moment in span)
    asked: list[tuple[str, Json]] = []
    if one.get("range") or not one.get("instant"):
        asked.append(("/api/v1/query_range", {"start": start / 1000, "end": end / 1000, "step": query.step / 1000}))
    if one.get("instant"):
        asked.append(("/api/v1/query", {"time": span[1] / 1000}))
    frames: list[Json] = []
    for path, times in asked:
        result = await _ask(call, source, path, times, query)
        if result["status"] != 200:
            return result
        frames += result["frames"]
    return {"status": 200, "frames": frames}


def _read(source: DataSource, one: Mapping[str, Any], ref: str, span: tuple[int, int]) -> _Query:
    """models.Parse: the step, and the variables that only the backend can put in. Raises ValueError."""
    scrape = str(source.json_data.get("timeInterval") or _SCRAPE)
    asked, length = str(one.get("interval") or ""), span[1] - span[0]
    variable = asked.strip("${}") if asked.startswith("$") else ""
    step = _step(one, length, "" if variable else asked, scrape)
    if variable == "__rate_interval":
        step = rate = _rate_interval(step, read_interval(scrape))
    else:
        step *= int(one.get("intervalFactor") or 1)
        least = step if variable == "__interval" else read_interval(asked or scrape)
        rate = _rate_interval(int(one.get("intervalMs") or 1000), least)
    values = {
        "__interval": interval_text(step),
        "__interval_ms": str(step),
        "__range": f"{round(length / 1000)}s",
        "__range_s": str(round(length / 1000)),
        "__range_ms": str(length),
        "__rate_interval": _duration(rate),
        "__rate_interval_ms": str(rate),
    }
    expr = _VARIABLE.sub(lambda match: values.get(match[1] or match[2], match[0]), str(one.get("expr") or ""))
    return _Query(ref, expr, step, span, str(one.get("legendFormat") or ""))


def _step(one: Mapping[str, Any], length: int, asked: str, scrape: str) -> int:
    """calculatePrometheusInterval: `asked` is the query's own least step, "" for none."""
    milliseconds = int(one.get("intervalMs") or 0)
    least = asked or (f"{milliseconds}ms" if milliseconds else scrape)
    points = int(one.get("maxDataPoints") or _POINTS)
    return max(calculate_interval(length, points, least), calculate_interval(length, _SAFE_POINTS))


def _rate_interval(interval: int, scrape: int) -> int:
    return max(interval + scrape, 4 * scrape)


async def _ask(call: Call, source: DataSource, path: str, times: Mapping[str, float], query: _Query) -> Json:
    import httpx  # noqa: PLC0415 - only those who query a data source pay for loading it

    body = urlencode({"query": query.expr, **times}).encode()
    try:
        response = await upstream.send(call, source, "POST", path, body=body, headers=upstream.FORM)
        data = response.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as exc:
        return {"error": f'Post "{source.url}{path}": {exc}', "errorSource": "downstream", "status": 502, "frames": []}
    if isinstance(data, dict) and data.get("status") == "success":
        return {"status": 200, "frames": _frames(data["data"], query)}
    said = data if isinstance(data, dict) else {}
    error = f"{said.get('errorType', 'unknown')}: {said.get('error', f'status {response.status_code}')}"
    status = response.status_code if response.status_code >= 400 else 500
    return {"error": error, "errorSource": "downstream", "status": status, "frames": [_empty(query)]}


# --- frames -----------------------------------------------------------------------------------------------------------


def _frames(data: Mapping[str, Any], query: _Query) -> list[Json]:
    kind = data["resultType"]
    series = [{"metric": {}, "values": [data["result"]]}] if kind in ("scalar", "string") else data["result"]
    if not series:
        return [_empty(query)]
    return [_frame(one, kind, query, first=n == 0) for n, one in enumerate(series)]


def _frame(series: Mapping[str, Any], kind: str, query: _Query, *, first: bool) -> Json:
    points = series.get("values") or [series["value"]]
    labels: Mapping[str, str] = dict(sorted(series["metric"].items()))
    type_, version = _TYPES[kind]
    meta: Json = {"type": type_, "typeVersion": version, "custom": {"resultType": kind}}
    if first:
        meta = {
            **meta,
            "custom": {"calculatedMinStep": query.step, **meta["custom"]},
            "executedQueryString": _said(query),
        }
    shown = _name(query, labels)
    texts = kind == "string"
    value = {
        "name": labels.get("__name__", "Value"),
        "type": "string" if texts else "number",
        "typeInfo": {"frame": "string" if texts else "float64"},
        "labels": labels,
        **({"config": {"displayNameFromDS": shown}} if shown else {}),
    }
    time = {"name": "Time", "type": "time", "typeInfo": {"frame": "time.Time"}, "config": {"interval": query.step}}
    values = [text if texts else float(text) for _, text in points]
    schema = {"refId": query.ref, "meta": meta, "fields": [time, value]}
    return {"schema": schema, "data": _data([round(when * 1000) for when, _ in points], values)}


def _data(times: Sequence[int], values: Sequence[Any]) -> Json:
    """Returns the values with null for each that JSON has no number for, and the places of these."""
    named = {
        "NaN": [n for n, v in enumerate(values) if isinstance(v, float) and math.isnan(v)],
        "Inf": [n for n, v in enumerate(values) if v == math.inf],
        "NegInf": [n for n, v in enumerate(values) if v == -math.inf],
    }
    entities = {name: places for name, places in named.items() if places}
    finite = [_number(value) if isinstance(value, float) else value for value in values]
    return {"values": [times, finite], **({"entities": [None, entities]} if entities else {})}


def _number(value: float) -> float | None:
    """Returns a number in Go's spelling: 1, not 1.0."""
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _empty(query: _Query) -> Json:
    """Returns a frame without data."""
    meta = {"typeVersion": [0, 0], "custom": {"calculatedMinStep": query.step}, "executedQueryString": _said(query)}
    return {"schema": {"refId": query.ref, "meta": meta, "fields": []}, "data": {"values": []}}


def _said(query: _Query) -> str:
    return f"Expr: {query.expr}\nStep: {_duration(query.step)}"


def _name(query: _Query, labels: Mapping[str, str]) -> str:
    """The legend: its {{label}} filled in; by default the series as Prometheus writes it, else the expression."""
    if query.legend == _AUTO and labels:
        return ""
    if query.legend and query.legend != _AUTO:
        legend = re.sub(r"\{\{\s*(.+?)\s*\}\}", lambda match: labels.get(match[1].strip(), ""), query.legend)
    else:
        others = [f"{label}={json.dumps(text)}" for label, text in labels.items() if label != "__name__"]
        metric = labels.get("__name__", "")
        legend = f"{metric}{{{', '.join(others)}}}" if others or not metric else metric
    return query.expr if legend == "{}" else legend


def _aligned(moment: int, step: int, offset_seconds: int) -> int:
    offset = offset_seconds * 1000
    return (moment + offset) // step * step - offset


def _duration(milliseconds: int) -> str:
    """Formats a duration as Go's time.Duration does: 10s, 1m0s, 1h0m0s, 500ms."""
    if milliseconds < 1000:
        return f"{milliseconds}ms"
    minutes, rest = divmod(milliseconds, 60_000)
    seconds = f"{rest / 1000:g}s"
    if not minutes:
        return seconds
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes}m{seconds}" if hours else f"{minutes}m{seconds}"
