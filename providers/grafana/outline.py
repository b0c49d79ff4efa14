"""Outline of a dashboard: its panels with their queries, variables, annotations and links, each in a few words. Pure.

Of every schema version and form: panels in rows, as before schema version 16, panels within a row panel, and the
elements of v2, whose places the layout has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hcl_lite.core.labels import PathWriter
from hcl_lite.core.values import Value, conceal
from hcl_lite.sketch import Tile, sketch_of

Json = Mapping[str, Any]
Place = tuple[str | int, ...]

_LONGEST = 300
_GRID = ("w", "h", "x", "y")
# Where a query has its text, by data source; what has none of these is told as JSON.
_TEXTS = (
    "expr",
    "rawSql",
    "query",
    "rawQuery",
    "queryText",
    "target",
    "definition",
    "expression",
    "sqlExpression",
    "metricName",
    "measurement",
    "scenarioId",
    "queryType",
)
_NOT_OF_QUERIES = frozenset({"refId", "datasource", "hide", "format", "legendFormat", "intervalFactor", "step"})
_OWN_SOURCES = ("datasource", "grafana")
_V2_PARTS = ("variables", "annotations", "links")


def outline_of(spec: Any) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Each part of a dashboard by its path, with those of id, type, title, gridPos, datasource, text and queries that
    it has; texts are fit to be shown."""
    spec = conceal(spec)
    if not isinstance(spec, Mapping):
        return
    writer = PathWriter(spec)
    for place, part in _parts(spec):
        yield writer.path(place), _given(part)


def _parts(spec: Json) -> Iterator[tuple[Place, Json]]:
    if isinstance(spec.get("elements"), Mapping):
        grid = _places(spec)
        for key, element in spec["elements"].items():
            yield ("elements", key), _element(element, grid.get(key))
        listed: Iterator[tuple[Place, Any]] = _listed(spec, *((key,) for key in _V2_PARTS))
    else:
        yield from _panels(spec, (), _old_places(spec))
        listed = _listed(spec, ("templating", "list"), ("annotations", "list"), ("links",))
    for place, item in listed:
        inner = item.get("spec")
        yield place, _listed_item(item if not isinstance(inner, Mapping) else {"type": item.get("kind"), **inner})


def _places(spec: Json) -> Mapping[str, Json]:
    """Returns the place of each element of v2: as a grid says it; as Grafana lays it out (12.4) in rows, tabs and
    automatic grids, which have places of their own or none."""
    if _at(spec, "layout").get("kind") == "GridLayout":
        return dict(_grid_of(spec.get("layout")))
    return {tile.key: _place_of(tile) for tile in sketch_of(spec).panels}


def _place_of(tile: Tile) -> Json:
    return {key: getattr(tile, key) for key in _GRID}


def _panels(owner: Json, above: Place, old: Mapping[int, Json]) -> Iterator[tuple[Place, Json]]:
    for place, panel in _listed(owner, ("panels",)):
        yield (*above, *place), _panel({**panel, "gridPos": old.get(id(panel), panel.get("gridPos"))})
        yield from _panels(panel, (*above, *place), old)
    for place, row in _listed(owner, ("rows",)):
        yield from _panels(row, (*above, *place), old)


def _old_places(spec: Json) -> Mapping[int, Json]:
    """Returns the place in the grid of each panel in a row of old, which has a span only, by the identity of its JSON:
    the one that Grafana gives it (12.4, DashboardMigrator)."""
    if not isinstance(spec.get("rows"), list):
        return {}
    tiles = sketch_of({"rows": spec["rows"]}).panels
    return {id(tile.model): _place_of(tile) for tile in tiles}


def _listed(owner: Json, *keys: Place) -> Iterator[tuple[Place, Json]]:
    """The objects in the lists at these places."""
    for place in keys:
        found: Any = owner
        for key in place:
            found = found.get(key) if isinstance(found, Mapping) else None
        for index, item in enumerate(found if isinstance(found, list) else ()):
            if isinstance(item, Mapping):
                yield (*place, index), item


def _panel(panel: Json) -> Json:
    library = panel.get("libraryPanel")
    queries = [_query(query, query.get("datasource")) for _, query in _listed(panel, ("targets",))]
    return {
        "id": panel.get("id"),
        "type": panel.get("type") or (library is not None and "library panel") or "",
        "title": panel.get("title"),
        "gridPos": _grid(panel.get("gridPos"), _GRID),
        "datasource": _data_source(panel.get("datasource")),
        "text": library.get("name") or library.get("uid") if isinstance(library, Mapping) else None,
        "queries": queries,
    }


def _element(element: Any, grid: Json | None) -> Json:
    """An element of v2alpha1 or v2beta1: these have the plugin as a kind or a group."""
    spec = _at(element, "spec")
    wires = [_at(query, "spec") for _, query in _listed(_at(_at(spec, "data"), "spec"), ("queries",))]
    queries = []
    for wire in wires:
        query = _at(wire, "query")
        named = _at(query, "datasource").get("name") or _at(wire, "datasource").get("uid")
        kind = query.get("group") or (query.get("kind") if query.get("kind") != "DataQuery" else None)
        queries.append(_query({"refId": wire.get("refId"), **_at(query, "spec")}, {"type": kind, "uid": named}))
    chart = _at(spec, "vizConfig")
    library = _at(spec, "libraryPanel")
    return {
        "id": spec.get("id"),
        "type": chart.get("group") or chart.get("kind") or _object(element).get("kind"),
        "title": spec.get("title"),
        "gridPos": grid,
        "text": library.get("name"),
        "queries": queries,
    }


def _grid_of(layout: Any) -> Iterator[tuple[str, Json]]:
    """The places of elements, wherever they are in a layout of v2."""
    if isinstance(layout, Mapping):
        name = _at(layout, "element").get("name")
        if isinstance(name, str):
            yield name, _grid(layout, ("width", "height", "x", "y"))
        layout = list(layout.values())
    for inner in layout if isinstance(layout, list) else ():
        yield from _grid_of(inner)


def _grid(found: Any, keys: Sequence[str]) -> Json:
    there = _object(found)
    return {key: there[name] for key, name in zip(_GRID, keys, strict=True) if name in there}


def _listed_item(item: Json) -> Json:
    """A variable, an annotation or a link."""
    query = item.get("query")
    return {
        "type": item.get("type"),
        "datasource": _data_source(item.get("datasource") or _at(query, "datasource")),
        "text": _text({**item, **_at(query, "spec")}) or item.get("url"),
    }


def query_text(query: Any) -> str:
    """The text of a query; of one that has none its JSON."""
    rest = {key: value for key, value in _object(query).items() if key not in _NOT_OF_QUERIES}
    return _text(query) or _cut(json.dumps(rest, ensure_ascii=False)) if rest else ""


def _query(query: Json, source: Any) -> Json:
    told = {"refId": query.get("refId"), "datasource": _data_source(source), "query": query_text(query)}
    return _given(told)


def _given(part: Json) -> Json:
    return {key: value for key, value in part.items() if value not in (None, "", [], {})}


def _text(query: Json) -> str:
    """Returns the text of a query, from the first of the keys that hold it; empty where there is none."""
    for key in _TEXTS:
        value = query.get(key)
        if isinstance(value, str) and value:
            return _cut(value)
        if isinstance(value, Mapping) and (text := _text(value)):
            return text
    return ""


def _data_source(found: Any) -> Value:
    """Its name, or its type and uid; of those of Grafana itself, as "-- Mixed --", the uid says it all."""
    if isinstance(found, Mapping):
        if found.get("type") in _OWN_SOURCES and found.get("uid"):
            return found["uid"]
        parts = [found.get("type"), found.get("uid") or found.get("name")]
        return " ".join(part for part in parts if part and isinstance(part, str))
    return found


def _at(found: Any, key: str) -> Json:
    """The object at `key` of an object; empty where there is none."""
    return _object(_object(found).get(key))


def _object(found: Any) -> Json:
    """`found`, or an empty object where it is none."""
    return found if isinstance(found, Mapping) else {}


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
