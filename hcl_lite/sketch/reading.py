"""Reads the tiles of a dashboard, of whatever form: classic with a grid or with rows, elements with layouts (v2).

Nothing of a dashboard is believed: what is missing, or of another type than Grafana writes, has Grafana's default.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from hcl_lite.sketch.elements import element_sections
from hcl_lite.sketch.tiles import Json, Section, Sketch, Tile, assemble
from hcl_lite.sketch.values import dicts, mapping, text, whole

_DEFAULT: Final = {"x": 0, "y": 0, "w": 12, "h": 8}
_ROW_PIXELS: Final = 38  # of the grid: 30 and a gap of 8 (12.4, GRID_CELL_HEIGHT and GRID_CELL_VMARGIN)
_LEAST_HEIGHT: Final = 3
_SPAN: Final = 2  # columns for each of the twelve that a row had before schemaVersion 16


def sketch_of(dashboard: object) -> Sketch:
    """The sketch of a dashboard's JSON: its classic model, or the spec of a resource."""
    spec = mapping(dashboard)
    if isinstance(spec.get("elements"), dict):
        return assemble(element_sections(spec))
    return assemble([*_old_rows(spec), *_grid(spec)])


def _grid(spec: Json) -> Iterator[Section]:
    """Panels with a gridPos; a panel of type "row" begins a section, and has its panels in it where it is collapsed."""
    header: Tile | None = None
    panels: list[Tile] = []
    for tile in sorted((_tile(panel) for panel in dicts(spec.get("panels"))), key=lambda tile: (tile.y, tile.x)):
        if tile.kind == "panel":
            panels.append(tile)
            continue
        yield Section(header, panels)
        inner = [_tile(panel, hidden=tile.hidden) for panel in dicts(tile.model.get("panels"))]
        header, panels = tile, [one for one in inner if one.kind == "panel"]
        if tile.hidden:
            yield Section(header, panels)
            header, panels = None, []
    yield Section(header, panels)


def _tile(panel: Json, *, hidden: bool = False) -> Tile:
    given = mapping(panel.get("gridPos"))
    grid = {key: whole(given.get(key), default) for key, default in _DEFAULT.items()}
    is_row = panel.get("type") == "row"
    return Tile(
        "row" if is_row else "panel",
        text(panel.get("id")),
        text(panel.get("title")) or text(mapping(panel.get("libraryPanel")).get("name")),
        text(panel.get("type")) or ("library panel" if panel.get("libraryPanel") else ""),
        **grid,
        hidden=hidden or (is_row and panel.get("collapsed") is True),
        model=panel,
    )


def _old_rows(spec: Json) -> Iterator[Section]:
    """Rows of twelve columns, before schemaVersion 16; as 5.4 to 12.4 migrate them (DashboardMigrator)."""
    rows = dicts(spec.get("rows"))
    shown = any(row.get("collapse") or row.get("showTitle") or row.get("repeat") for row in rows)
    for number, row in enumerate(rows):
        hidden = row.get("collapse") is True
        header = Tile("row", f"row-{number}", text(row.get("title")), "row", 0, 0, 0, 0, hidden, row)
        height = _grid_height(row.get("height"), _ROW_PIXELS * 7)
        panels = [_spanned(panel, height, hidden) for panel in dicts(row.get("panels"))]
        yield Section(header if shown else None, panels, flows=True)


def _spanned(panel: Json, height: int, hidden: bool) -> Tile:
    w = whole(panel.get("span"), 4) * _SPAN
    return replace(
        _tile(panel, hidden=hidden), kind="panel", w=w, h=_grid_height(panel.get("height"), height * _ROW_PIXELS)
    )


def _grid_height(height: Any, otherwise: int) -> int:
    """Rows of the grid for a height in pixels, such as "250px"."""
    pixels = whole(height.removesuffix("px") if isinstance(height, str) else height, 0)
    return max(_LEAST_HEIGHT, math.ceil((pixels if pixels > 0 else otherwise) / _ROW_PIXELS))
