"""The panels of a dashboard: found in rows too, repeated ones made several, and put back. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from providers.grafana.filling.variables import Variable, Variables

Json = Mapping[str, Any]

_COLUMNS = 24


def list_panels(holder: Json) -> Iterator[Json]:
    """Every panel that is not a row, of the dashboard and of its rows, collapsed or of schemas before 16."""
    for row in _dicts(holder.get("rows")):
        yield from list_panels(row)
    for panel in _dicts(holder.get("panels")):
        yield from list_panels(panel) if panel.get("type") == "row" else (panel,)


def with_panels(holder: Json, panels: Iterator[Json]) -> Json:
    """`holder` with `panels` in the places of those that `list_panels` gives."""
    changed = dict(holder)
    if isinstance(holder.get("rows"), list):
        changed["rows"] = [with_panels(row, panels) for row in _dicts(holder["rows"])]
    if isinstance(holder.get("panels"), list):
        changed["panels"] = [
            with_panels(_once(panel), panels) if panel.get("type") == "row" else next(panels)
            for panel in _dicts(holder["panels"])
        ]
    return changed


def expand(dashboard: Json, variables: Variables) -> Json:
    """The dashboard with a panel for each value of the variable that a panel is repeated by.

    As the frontend does it: beside each other, `maxPerRow` (4) at the most, or below each other; what lies below moves
    down. Rows are not repeated: their panels show all values.
    """
    taken = max((panel["id"] for panel in list_panels(dashboard) if isinstance(panel.get("id"), int)), default=0)
    return _expand(dashboard, variables, _numbers(taken + 1))


def _expand(holder: Json, variables: Variables, ids: Iterator[int]) -> Json:
    if not isinstance(holder.get("panels"), list):
        return holder
    panels = [_expand(p, variables, ids) if p.get("type") == "row" else p for p in _dicts(holder["panels"])]
    for panel in [panel for panel in panels if panel.get("repeat") and panel.get("type") != "row"]:
        variable = variables.get(str(panel["repeat"]))
        if variable is None or variable.plain or not variable.values:
            continue
        place = panels.index(panel)
        copies = _copies(panel, variable, ids)
        extra = max(_grid(copy)["y"] + _grid(copy)["h"] for copy in copies) - _grid(panel)["y"] - _grid(panel)["h"]
        bottom = _grid(panel)["y"] + _grid(panel)["h"]
        panels = [_lowered(p, extra) if _grid(p)["y"] >= bottom else p for p in panels]
        panels[place : place + 1] = copies
    return {**holder, "panels": panels}


def _copies(panel: Json, variable: Variable, ids: Iterator[int]) -> list[Json]:
    count, grid = len(variable.values), _grid(panel)
    columns = min(count, int(panel.get("maxPerRow") or 4))
    width = grid["w"] if panel.get("repeatDirection") == "v" else _COLUMNS // columns
    made: list[Json] = []
    for index in range(count):
        down, right = (index, 0) if panel.get("repeatDirection") == "v" else divmod(index, columns)
        x = grid["x"] if panel.get("repeatDirection") == "v" else right * width
        one = variable.only(index)
        chosen = {"text": one.texts[0], "value": one.values[0], "selected": True}
        made.append(
            {
                **_once(panel),
                "id": panel.get("id") if index == 0 else next(ids),
                "gridPos": {**grid, "x": x, "y": grid["y"] + down * grid["h"], "w": width},
                "scopedVars": {variable.name: chosen},
            }
        )
    return made


def _once(panel: Json) -> Json:
    """Not to be repeated again by who shows it."""
    return {key: value for key, value in panel.items() if key not in ("repeat", "repeatDirection", "maxPerRow")}


def _grid(panel: Json) -> dict[str, int]:
    """Returns the position of a panel, in columns and rows; older dashboards have no grid."""
    grid = panel.get("gridPos")
    return {"x": 0, "y": 0, "w": 12, "h": 8, **(grid if isinstance(grid, dict) else {})}


def _lowered(panel: Json, rows: int) -> Json:
    return {**panel, "gridPos": {**_grid(panel), "y": _grid(panel)["y"] + rows}} if rows else panel


def _numbers(first: int) -> Iterator[int]:
    while True:
        yield first
        first += 1


def _dicts(value: Any) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
