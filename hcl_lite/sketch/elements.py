"""The layouts of a v2 dashboard: grids, rows, tabs and automatic grids, within each other (12.4, v2alpha1, v2beta1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from hcl_lite.sketch.tiles import COLUMNS, Json, Kind, Section, Tile
from hcl_lite.sketch.values import at, dicts, mapping, text, whole

_DEEPEST: Final = 8  # the editor makes two levels
_AUTO_COLUMNS: Final = 3
_AUTO_HEIGHTS: Final = {"short": 5, "standard": 9, "tall": 14}  # 168, 320 and 512 pixels
_HEADED: Final[dict[str, tuple[str, Kind]]] = {"RowsLayout": ("rows", "row"), "TabsLayout": ("tabs", "tab")}


def element_sections(spec: Json) -> Iterator[Section]:
    """The sections of a dashboard with elements. An element that no layout names is not shown by Grafana either."""
    yield from _sections(mapping(spec.get("layout")), mapping(spec.get("elements")), hidden=False, depth=0)


def _sections(layout: Json, elements: Json, *, hidden: bool, depth: int) -> Iterator[Section]:
    kind, spec = text(layout.get("kind")), mapping(layout.get("spec"))
    if kind in _HEADED and depth < _DEEPEST:
        listed, header = _HEADED[kind]
        for number, one in enumerate(dicts(spec.get(listed))):
            inner = at(one, "spec")
            folded = hidden or inner.get("collapse") is True
            if not inner.get("hideHeader"):
                key = f"{header}-{depth}-{number}"
                yield Section(Tile(header, key, text(inner.get("title")), header, 0, 0, 0, 0, folded, one), ())
            yield from _sections(mapping(inner.get("layout")), elements, hidden=folded, depth=depth + 1)
    elif kind == "GridLayout":
        yield from _grid(spec, elements, hidden)
    elif kind == "AutoGridLayout":
        yield Section(None, list(_automatic(spec, elements, hidden)), flows=True)


def _grid(spec: Json, elements: Json, hidden: bool) -> Iterator[Section]:
    """Items by their place; a GridLayoutRow (v2alpha1) holds its own."""
    header: Tile | None = None
    panels: list[Tile] = []
    items = dicts(spec.get("items"))
    for number, item in enumerate(sorted(items, key=lambda item: whole(at(item, "spec").get("y"), 0))):
        place = at(item, "spec")
        if not isinstance(place.get("elements"), list):
            panels.append(_element(place, elements, hidden))
            continue
        yield Section(header, panels)
        folded = hidden or place.get("collapsed") is True
        header = Tile("row", f"row-{number}", text(place.get("title")), "row", 0, 0, 0, 0, folded, item)
        panels = [_element(at(one, "spec"), elements, folded) for one in dicts(place["elements"])]
    yield Section(header, panels)


def _element(place: Json, elements: Json, hidden: bool) -> Tile:
    numbers = [whole(place.get(key), default) for key, default in (("x", 0), ("y", 0), ("width", 12), ("height", 8))]
    return _tile(place, elements, hidden, *numbers)


def _automatic(spec: Json, elements: Json, hidden: bool) -> Iterator[Tile]:
    """Columns of equal width, as many as there may be and are needed."""
    items = dicts(spec.get("items"))
    most = whole(spec.get("maxColumnCount"), _AUTO_COLUMNS)
    columns = max(1, min(most, len(items), COLUMNS))
    mode = spec.get("rowHeightMode")
    height = whole(spec.get("rowHeight"), 320) // 38 + 1 if mode == "custom" else _AUTO_HEIGHTS.get(text(mode), 9)
    for number, item in enumerate(items):
        left, right = (COLUMNS * (number % columns + end) // columns for end in (0, 1))
        yield _tile(at(item, "spec"), elements, hidden, left, 0, right - left, height)


def _tile(place: Json, elements: Json, hidden: bool, *numbers: int) -> Tile:
    name = text(at(place, "element").get("name"))
    element: Any = elements.get(name)
    spec = at(element, "spec")
    chart, library = at(spec, "vizConfig"), at(spec, "libraryPanel")
    title = text(spec.get("title")) or text(library.get("name")) or name
    type_ = text(chart.get("group")) or text(chart.get("kind"))
    type_ = "" if type_ == "VizConfig" else type_ or ("library panel" if library else "")
    x, y, w, h = numbers
    return Tile("panel", name, title, type_, x, y, w, h, hidden, mapping(element))
