"""Lint rules about panels: their ids, their places on the grid, their types. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from hcl_lite.core.schema import Finding
from providers.grafana.linting.contents import Contents, Panel
from providers.grafana.linting.context import Sources
from providers.grafana.linting.finding import found

COLUMNS: Final = 24

SUCCESSORS: Final[Mapping[str, str]] = {
    "graph": "timeseries",
    "table-old": "table",
    "singlestat": "stat",
    "grafana-singlestat-panel": "stat",
    "grafana-piechart-panel": "piechart",
    "grafana-worldmap-panel": "geomap",
    "natel-discrete-panel": "state-timeline",
    "heatmap-old": "heatmap",
}
"""Panel types that Grafana has removed, by what it shows instead (`autoMigrateAngular` in PanelModel.ts of 12.4)."""


def duplicate_panel_ids(contents: Contents, sources: Sources) -> Iterator[Finding]:
    """Panels with the id of another one: links to a panel and its alerts go by the id."""
    first: dict[Any, Panel] = {}
    for panel in contents.panels:
        if panel.is_copy or not isinstance(panel.id, int) or isinstance(panel.id, bool):
            continue
        other = first.setdefault(panel.id, panel)
        if other is not panel:
            message = f"{panel.title} has the id {panel.id}, as has {_in_sentence(other)}"
            detail = "Links to a panel go by its id: Grafana gives one of the two another."
            yield found(message, (*panel.place, "id"), detail, "Give each panel an id of its own.")


def overlapping_panels(contents: Contents, sources: Sources) -> Iterator[Finding]:
    """Panels that cover a part of another one on the same grid; Grafana moves one of them down."""
    placed = [panel for panel in contents.panels if len(panel.cell) == 4 and not panel.is_copy and not _outside(panel)]
    for _, there in groupby(sorted(placed, key=lambda panel: (str(panel.area), panel.cell[1])), lambda one: one.area):
        above: list[Panel] = []
        for panel in there:
            above = [other for other in above if _bottom(other) > panel.cell[1]]
            other = next((other for other in above if _share_columns(panel, other)), None)
            if other is None:
                above.append(panel)
                continue
            detail = f"{_cell(panel)}; {_in_sentence(other)}: {_cell(other)}. Grafana moves one of them down."
            yield found(f"{panel.title} overlaps {_in_sentence(other)}", panel.cell_place, detail)


def panels_outside_grid(contents: Contents, sources: Sources) -> Iterator[Finding]:
    """Panels that begin left of or above the grid, are wider than it, or have no size."""
    for panel in contents.panels:
        problem = "" if len(panel.cell) != 4 or panel.is_copy else _outside(panel)
        if problem:
            detail = f"{_cell(panel)}. The grid has {COLUMNS} columns."
            yield found(f"{panel.title} {problem}", panel.cell_place, detail)


def deprecated_panels(contents: Contents, sources: Sources) -> Iterator[Finding]:
    """Panels of types that Grafana has removed and shows as another type."""
    for panel in contents.panels:
        successor = SUCCESSORS.get(panel.type)
        if successor is not None:
            message = f'{panel.title} is of the type "{panel.type}", which Grafana has removed'
            detail = f'Grafana 12 shows it as "{successor}", as far as its options have a counterpart.'
            yield found(message, panel.type_place, detail, f"Open and save it in Grafana, which makes it {successor}.")


def _in_sentence(panel: Panel) -> str:
    return panel.title[:1].lower() + panel.title[1:]


def _outside(panel: Panel) -> str:
    x, y, width, height = panel.cell
    if width <= 0 or height <= 0:
        return "has no size"
    if x < 0 or y < 0:
        return "begins outside of the grid"
    return "is wider than the grid" if x + width > COLUMNS else ""


def _share_columns(panel: Panel, other: Panel) -> bool:
    return panel.cell[0] < other.cell[0] + other.cell[2] and other.cell[0] < panel.cell[0] + panel.cell[2]


def _bottom(panel: Panel) -> float:
    return panel.cell[1] + panel.cell[3]


def _cell(panel: Panel) -> str:
    x, y, width, height = panel.cell
    return f"x {x:g}, y {y:g}, {width:g} wide, {height:g} high"
