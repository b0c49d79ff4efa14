"""Converts the answers to a panel's queries into frames of a snapshot, as the frontend of 12.4 writes them. Pure.

A frame is {"schema": {"refId", "meta", "fields"}, "data": {"values", "entities"}}, as POST /api/ds/query gives it (8.0
to 12.4). For Prometheus the frontend makes tables, heatmaps and exemplars of them: result_transformer.ts, transformV2.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from providers.grafana.filling.queries import Query
from providers.grafana.filling.sources import PROMETHEUS

Json = Mapping[str, Any]
Frame = Json
Answers = Mapping[str, Json]

_ENTITIES: Mapping[str, float] = {"NaN": math.nan, "Inf": math.inf, "NegInf": -math.inf}
_GRAFANA: Json = {"name": "grafana", "uid": "grafana"}  # GRAFANA_DATASOURCE_REF
_QUERIES_SINCE = (10,)


def failures(answers: Answers) -> list[str]:
    """Returns the server's message for each query that failed."""
    return [f"{ref}: {answer['error']}" for ref, answer in answers.items() if answer.get("error")]


def panel_frames(queries: Sequence[Query], answers: Answers) -> list[Frame]:
    """The frames of the queries that are shown, as the panel gets them, before its transformations."""
    plain: list[Frame] = []
    tables: list[Frame] = []
    heatmaps: list[Frame] = []
    exemplars: list[Frame] = []
    for query in queries:
        for frame in _frames_of(query, answers):
            format_ = query.target.get("format") if query.source.type in PROMETHEUS else None
            if format_ == "table":
                tables.append(frame)
            elif query.source.type in PROMETHEUS and _custom(frame).get("resultType") == "exemplar":
                exemplars.append(_with_meta(frame, dataTopic="annotations"))
            elif format_ == "heatmap" and _meta(frame).get("type") != "heatmap-cells":
                heatmaps.append(frame)
            else:
                plain.append(_named(frame) if query.target.get("legendFormat") == "__auto" else frame)
    return [*plain, *_tables(tables), *_heatmaps(heatmaps), *exemplars]


def filled_panel(panel: Json, frames: Sequence[Frame], version: tuple[int, ...]) -> Json:
    """The panel with its data instead of its queries.

    From 10 on a query of Grafana's own data source that holds the frames (transformSceneToSaveModel.ts,
    vizPanelDataToPanel); before, `snapshotData`, which 12.4 still reads, but without labels.
    """
    kept = {key: value for key, value in panel.items() if key not in ("libraryPanel", "datasource", "targets")}
    if () < version < _QUERIES_SINCE:
        return {**kept, "datasource": None, "targets": [], "snapshotData": [_as_dto(frame) for frame in frames]}
    target = {"refId": "A", "datasource": _GRAFANA, "queryType": "snapshot", "snapshot": list(frames)}
    return {**kept, "datasource": _GRAFANA, "targets": [target]}


def trimmed(dashboard: Json) -> Json:
    """Without links, annotation queries, and the queries and other options of variables: trimDashboardForSnapshot."""
    changed: dict[str, Any] = {**dashboard, "links": []}
    annotations, templating = _listed(dashboard, "annotations"), _listed(dashboard, "templating")
    changed["annotations"] = {
        "list": [
            {**{key: a[key] for key in ("name", "enable", "iconColor", "type", "builtIn", "hide") if key in a}}
            | {"snapshotData": []}
            for a in annotations
            if a.get("enable")
        ]
    }
    changed["templating"] = {"list": [_trimmed_variable(variable) for variable in templating]}
    return changed


# --- frames -----------------------------------------------------------------------------------------------------------


def _frames_of(query: Query, answers: Answers) -> Iterator[Frame]:
    """Without the text of the query, which is not for those who may only see what it gave."""
    for frame in answers.get(query.ref, {}).get("frames") or ():
        meta = {key: value for key, value in _meta(frame).items() if key != "executedQueryString"}
        yield {**frame, "schema": {**frame["schema"], "refId": query.ref, **({"meta": meta} if meta else {})}}


def _meta(frame: Frame) -> Json:
    meta: Json = frame["schema"].get("meta") or {}
    return meta


def _custom(frame: Frame) -> Json:
    custom = _meta(frame).get("custom")
    return custom if isinstance(custom, dict) else {}


def _with_meta(frame: Frame, **meta: str) -> Frame:
    return {**frame, "schema": {**frame["schema"], "meta": {**_meta(frame), **meta}}}


def _fields(frame: Frame) -> list[Json]:
    fields: list[Json] = frame["schema"]["fields"]
    return fields


def _values(frame: Frame, index: int) -> list[Any]:
    """A field's values, with what JSON has no number for."""
    data = frame["data"]
    values = list(data["values"][index])
    entities = (data.get("entities") or ())[index : index + 1]
    for name, places in (entities[0] or {}).items() if entities else ():
        for place in places:
            values[place] = _ENTITIES.get(name)
    return values


def _frame(schema: Json, columns: Sequence[Sequence[Any]]) -> Frame:
    entities = [_entities(column) for column in columns]
    values = [[None if _entity(value) else value for value in column] for column in columns]
    return {"schema": schema, "data": {"values": values, **({"entities": entities} if any(entities) else {})}}


def _entities(column: Sequence[Any]) -> Json | None:
    found = {name: [n for n, value in enumerate(column) if _entity(value) == name] for name in _ENTITIES}
    return {name: places for name, places in found.items() if places} or None


def _entity(value: Any) -> str:
    """Returns the name of a number that JSON does not have; empty for others."""
    if not isinstance(value, float) or math.isfinite(value):
        return ""
    return "NaN" if math.isnan(value) else "Inf" if value > 0 else "NegInf"


def _named(frame: Frame) -> Frame:
    """With the legend "auto", the metric's name is a label like the others: the field is called Value then."""
    fields = [
        {**field, "name": "Value"} if (field.get("labels") or {}).get("__name__") == field["name"] else field
        for field in _fields(frame)
    ]
    return {**frame, "schema": {**frame["schema"], "fields": fields}}


def _as_dto(frame: Frame) -> Json:
    """DataFrameDTO: the values beside their field."""
    schema = frame["schema"]
    fields = [
        {"config": {}, **{k: v for k, v in field.items() if k != "typeInfo"}, "values": frame["data"]["values"][index]}
        for index, field in enumerate(_fields(frame))
    ]
    return {**{key: schema[key] for key in ("name", "refId", "meta") if key in schema}, "fields": fields}


# --- what the frontend makes of Prometheus' frames --------------------------------------------------------------------


def _tables(frames: Sequence[Frame]) -> list[Frame]:
    """One table for each query: the time, a column for each label, the value. transformDFToTable."""
    if len(frames) == 1 and not _rows(frames[0]):
        return list(frames)
    refs = list(dict.fromkeys(frame["schema"]["refId"] for frame in frames))
    return [_table([f for f in frames if f["schema"]["refId"] == ref], ref, len(refs) > 1) for ref in refs]


def _rows(frame: Frame) -> int:
    values = frame["data"]["values"]
    return len(values[0]) if values else 0


def _table(frames: Sequence[Frame], ref: str, several: bool) -> Frame:
    full = [frame for frame in frames if len(_fields(frame)) > 1]
    labels = list(dict.fromkeys(label for frame in full for label in sorted(_labels(frame))))
    rows = [
        (when, *(_labels(frame).get(label, "") for label in labels), value)
        for frame in full
        for when, value in zip(_values(frame, 0), _values(frame, 1), strict=True)
    ]
    rows.sort(key=lambda row: row[0])
    interval = next((f["config"]["interval"] for f in (_fields(frame)[0] for frame in full) if f.get("config")), None)
    fields = [
        {"name": "Time", "type": "time", "config": {} if interval is None else {"interval": interval}},
        *({"name": label, "type": "string", "config": {"filterable": True}} for label in labels),
        {"name": f"Value #{ref}" if several else "Value", "type": "number", "config": {}},
    ]
    meta = {**_meta(frames[0]), "preferredVisualisationType": "rawPrometheus"}
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(fields)
    return _frame({"refId": ref, "meta": meta, "fields": fields}, columns)


def _labels(frame: Frame) -> Mapping[str, str]:
    return _fields(frame)[1].get("labels") or {}


def _heatmaps(frames: Sequence[Frame]) -> list[Frame]:
    """One frame for each query and set of labels but `le`: a field for each bucket, with what is in it alone."""
    groups: dict[tuple[str, str], list[Frame]] = {}
    for frame in frames:
        if len(_fields(frame)) > 1 and _rows(frame):
            others = ",".join(value for label, value in _labels(frame).items() if label != "le")
            groups.setdefault((frame["schema"]["refId"], others), []).append(frame)
    return [_heatmap(sorted(group, key=_bound)) for group in groups.values()]


def _bound(frame: Frame) -> float:
    try:
        return float(_labels(frame).get("le", "nan").replace("Inf", "inf"))
    except ValueError:
        return math.nan


def _heatmap(frames: Sequence[Frame]) -> Frame:
    """Prometheus' buckets count what is in the smaller ones too: transformToHistogramOverTime, mergeHeatmapFrames."""
    columns = [_values(frame, 1) for frame in frames]
    counts = [columns[0], *(_without(upper, lower) for lower, upper in pairwise(columns))]
    names = [str(_labels(frame).get("le") or _shown_name(frame)) for frame in frames]
    fields = [{**_fields(frame)[1], "name": name} for frame, name in zip(frames, names, strict=True)]
    schema = {
        **frames[0]["schema"],
        "meta": {**_meta(frames[0]), "type": "heatmap-rows"},
        "fields": [
            _fields(frames[0])[0],
            *({**f, "config": {**(f.get("config") or {}), "displayNameFromDS": f["name"]}} for f in fields),
        ],
    }
    return _frame(schema, [_values(frames[0], 0), *counts])


def _shown_name(frame: Frame) -> str:
    field = _fields(frame)[1]
    return str((field.get("config") or {}).get("displayNameFromDS") or field["name"])


def _without(upper: Sequence[Any], lower: Sequence[Any]) -> list[Any]:
    less = [*lower, *[0] * len(upper)]
    rest = [(value or 0) - (less[n] or 0) for n, value in enumerate(upper)]
    return [0 if value < 1e-9 else value for value in rest]


# --- the rest of the dashboard ----------------------------------------------------------------------------------------


def _listed(dashboard: Json, key: str) -> list[Json]:
    held = dashboard.get(key)
    listed = held.get("list") if isinstance(held, dict) else None
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def _trimmed_variable(variable: Json) -> Json:
    changed = dict(variable)
    if "query" in variable:
        changed["query"] = ""
    if "options" in variable:
        changed["options"] = [variable["current"]] if variable.get("current") else []
    if "refresh" in variable:
        changed["refresh"] = 0
    return changed
