"""Contents of dashboards and alert rules as lint rules see them: panels, queries, variables, of every form. Pure.

Reads whatever is there: what has another type than Grafana's is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hcl_lite.core.places import Place

Json = Mapping[str, Any]

_EMPTY: Final[Json] = {}
_LARGEST: Final = 10**9
_GRID: Final = ("x", "y", "w", "h")
_GRID_OF_ELEMENTS: Final = ("x", "y", "width", "height")


@dataclass(frozen=True, slots=True)
class Source:
    """A reference to a data source: each part is empty where it does not say it."""

    type: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A query of a panel, a variable, an annotation or an alert rule. `source` is None where neither it nor its panel
    names a data source; `body` is what the data source is sent, at `place`."""

    place: Place
    body: Json
    source: Source | None
    source_place: Place
    ref_id: str = ""
    ref_place: Place = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel or a row. `cell` are x, y, width and height on the grid `area`, which is a list of panels."""

    place: Place
    body: Json
    type: str = ""
    type_place: Place = ()
    queries: Sequence[Query] = ()
    id: Any = None
    cell: tuple[float, ...] = ()
    cell_place: Place = ()
    area: Place = ()
    is_copy: bool = False

    @property
    def title(self) -> str:
        """The panel as people know it, to begin a sentence."""
        title = text_at(self.body, "title").strip()
        kind = "Row" if self.type == "row" else "Panel"
        return f'{kind} "{title}"' if title else f"{kind} {self.id}" if _is_number(self.id) else f"A {kind.lower()}"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a dashboard; `choices` is what it chooses among, such as the type of data sources."""

    place: Place
    name: str
    type: str
    body: Json
    choices: str = ""
    query: Query | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """All of it. `spec` is the dashboard, empty for library panels and alert rules; `repeats` are the variables that
    panels, rows and tabs are repeated by, each with its place.
    """

    spec: Json = field(default_factory=dict)
    panels: Sequence[Panel] = ()
    variables: Sequence[Variable] = ()
    annotations: Sequence[Query] = ()
    queries: Sequence[Query] = ()
    repeats: Sequence[tuple[Place, str]] = ()
    refresh: tuple[Place, Any] = ((), None)
    time: Json = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)

    def all_queries(self) -> Iterator[Query]:
        """Yields every query, wherever it is."""
        for panel in self.panels:
            yield from panel.queries
        yield from (one.query for one in self.variables if one.query is not None)
        yield from self.annotations
        yield from self.queries


def read_contents(spec: Json) -> Contents:
    """Returns the contents of the spec of a dashboard, classic or v2."""
    return _read_elements(spec) if isinstance(spec.get("elements"), Mapping) else _read_classic(spec)


def read_panel(body: Json) -> Contents:
    """Returns the contents of a library panel, whose variables are those of the dashboards that show it."""
    return Contents(panels=[_panel(body, ())])


def objects_at(owner: Any, *place: str) -> Iterator[tuple[Place, Json]]:
    """Yields the objects in the list at `place`, each with its place."""
    found = owner
    for step in place:
        found = found.get(step) if isinstance(found, Mapping) else None
    for index, item in enumerate(found if isinstance(found, list) else ()):
        if isinstance(item, Mapping):
            yield (*place, index), item


def object_at(owner: Any, *place: str) -> Json:
    """Returns the object at `place`; an empty one where there is none."""
    found = owner
    for step in place:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else _EMPTY


def text_at(owner: Any, key: str) -> str:
    """Returns the text at a key; empty where there is none."""
    found = owner.get(key) if isinstance(owner, Mapping) else None
    return found if isinstance(found, str) else ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _cell(found: Any, keys: Sequence[str]) -> tuple[float, ...]:
    """Returns the four numbers at `keys`; nothing where one is missing."""
    numbers: list[Any] = [found.get(key) for key in keys] if isinstance(found, Mapping) else []
    return tuple(numbers) if all(map(_is_number, numbers)) else ()


# --- classic ----------------------------------------------------------------------------------------------------------


def _read_classic(spec: Json) -> Contents:
    panels = [*_panels(spec, ())]
    return Contents(
        spec,
        panels,
        [*_variables(spec)],
        [
            Query(place, one, source_of(one.get("datasource")), (*place, "datasource"))
            for place, one in objects_at(spec, "annotations", "list")
            if not one.get("builtIn")
        ],
        repeats=[((*panel.place, "repeat"), name) for panel in panels if (name := text_at(panel.body, "repeat"))],
        refresh=(("refresh",), spec.get("refresh")),
        time=object_at(spec, "time"),
        inputs={text_at(one, "name"): text_at(one, "pluginId") for _, one in objects_at(spec, "__inputs")},
    )


def _panels(owner: Json, above: Place) -> Iterator[Panel]:
    """The panels of a dashboard or a row; rows of schema version 15 and before have panels without positions."""
    for place, body in objects_at(owner, "panels"):
        place = (*above, *place)
        yield _panel(body, place)
        yield from _panels(body, place)
    for place, row in objects_at(owner, "rows"):
        yield Panel((*above, *place), row, "row", is_copy="repeatRowId" in row)
        yield from _panels(row, (*above, *place))


def _panel(body: Json, place: Place) -> Panel:
    return Panel(
        place,
        body,
        text_at(body, "type"),
        (*place, "type"),
        [_target(body, one, (*place, *at)) for at, one in objects_at(body, "targets")],
        body.get("id"),
        _cell(body.get("gridPos"), _GRID),
        (*place, "gridPos"),
        place[:-1],
        is_copy="repeatPanelId" in body,
    )


def _target(panel: Json, target: Json, place: Place) -> Query:
    own, of_panel = source_of(target.get("datasource")), source_of(panel.get("datasource"))
    is_own = own is not None or of_panel is None or of_panel.uid == "-- Mixed --"
    source_place = (*place, "datasource") if is_own else (*place[:-2], "datasource")
    source = own if is_own else of_panel
    return Query(place, target, source, source_place, text_at(target, "refId"), (*place, "refId"))


def source_of(found: Any) -> Source | None:
    """Returns the reference in a classic model: {"type", "uid"}, or the name alone; None for none."""
    if isinstance(found, str) and found:
        return Source("", found)
    source = Source(text_at(found, "type"), text_at(found, "uid"))
    return source if source != Source() else None


def _variables(spec: Json) -> Iterator[Variable]:
    for place, body in objects_at(spec, "templating", "list"):
        type_ = text_at(body, "type")
        query = None
        if type_ == "query":
            query = Query(
                place, {"query": body.get("query")}, source_of(body.get("datasource")), (*place, "datasource")
            )
        yield Variable(place, text_at(body, "name"), type_, body, text_at(body, "query"), query)


# --- v2 ---------------------------------------------------------------------------------------------------------------


def _read_elements(spec: Json) -> Contents:
    cells: dict[str, tuple[Place, tuple[float, ...], Place]] = {}
    repeats: list[tuple[Place, str]] = []
    inner: list[Variable] = [*_variables_of(spec, ())]
    for place, part in _layout(spec.get("layout"), ("layout",)):
        name = text_at(object_at(part, "element"), "name")
        if name:
            cells[name] = (place, _cell(part, _GRID_OF_ELEMENTS), place[:-2])
        if repeated := text_at(object_at(part, "repeat"), "value"):
            repeats.append(((*place, "repeat", "value"), repeated))
        inner += _variables_of(part, place)
    panels = []
    for key, element in object_at(spec, "elements").items():
        place = ("elements", key)
        body = object_at(element, "spec")
        chart = object_at(body, "vizConfig")
        is_group = isinstance(chart.get("group"), str)
        cell_place, cell, area = cells.get(key, ((), (), ()))
        queries = [_panel_query(one, (*place, "spec", *at)) for at, one in objects_at(body, "data", "spec", "queries")]
        panels.append(
            Panel(
                (*place, "spec"),
                body,
                text_at(chart, "group" if is_group else "kind"),
                (*place, "spec", "vizConfig", "group" if is_group else "kind"),
                queries,
                body.get("id"),
                cell,
                cell_place,
                area,
            )
        )
    annotations = [
        _query_kind(one, "query", place)
        for place, item in objects_at(spec, "annotations")
        if not (one := object_at(item, "spec")).get("builtIn")
    ]
    return Contents(
        spec,
        panels,
        inner,
        [one for one in annotations if one.body],
        repeats=repeats,
        refresh=(("timeSettings", "autoRefresh"), object_at(spec, "timeSettings").get("autoRefresh")),
        time=object_at(spec, "timeSettings"),
    )


def _layout(value: Any, place: Place) -> Iterator[tuple[Place, Json]]:
    """Every spec in a layout: of grids, rows, tabs and their items."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _layout(item, (*place, index))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key == "spec" and isinstance(item, Mapping):
                yield (*place, key), item
            if key != "variables":
                yield from _layout(item, (*place, key))


def _panel_query(query: Json, place: Place) -> Query:
    body = object_at(query, "spec")
    found = _query_kind(body, "query", place, body.get("datasource"))
    return Query(
        found.place,
        found.body,
        found.source,
        found.source_place,
        text_at(body, "refId"),
        (*place, "spec", "refId"),
    )


def _query_kind(owner: Json, key: str, place: Place, beside: Any = None) -> Query:
    """The query of a DataQueryKind. v2beta1 and v2 have the type as `group` and the data source in it; v2alpha1 has the
    type as `kind`, and {"type", "uid"} beside it."""
    kind = object_at(owner, key)
    group = text_at(kind, "group") or (text_at(kind, "kind") if kind.get("kind") != "DataQuery" else "")
    old = beside if isinstance(beside, Mapping) else owner.get("datasource")
    uid = text_at(object_at(kind, "datasource"), "name") or text_at(old, "uid")
    source = Source(group or text_at(old, "type"), uid)
    inner = (*place, "spec", key)
    return Query((*inner, "spec"), object_at(kind, "spec"), source if source != Source() else None, inner)


def _variables_of(owner: Json, above: Place) -> Iterator[Variable]:
    for place, item in objects_at(owner, "variables"):
        place, body = (*above, *place), object_at(item, "spec")
        type_ = text_at(item, "kind").removesuffix("Variable").lower()
        query = _query_kind(body, "query", place) if type_ == "query" else None
        yield Variable((*place, "spec"), text_at(body, "name"), type_, body, text_at(body, "pluginId"), query)
