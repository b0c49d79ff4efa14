"""Panels of a snapshot: the data of each, drawn as its type asks for."""

from typing import Final

from markupsafe import Markup

from hcl_lite.sketch import Tile
from providers.embedded.pages.charts import draw_lines
from providers.embedded.pages.frames import Frame, frames_of
from providers.embedded.pages.options import Options, options_of
from providers.embedded.pages.series import series_of, values_of
from providers.embedded.pages.shapes import (
    draw_cells,
    draw_gauges,
    draw_meters,
    draw_numbers,
    draw_slices,
    draw_spans,
    draw_table,
)

_NUMBERS: Final = frozenset({"stat", "singlestat", "grafana-singlestat-panel"})
_TABLES: Final = frozenset({"table", "table-old", "logs"})
_SLICES: Final = frozenset({"piechart", "grafana-piechart-panel"})
_METERS: Final = frozenset({"bargauge", "barchart", "histogram"})
_SPANS: Final = frozenset({"state-timeline", "status-history"})
_CELLS: Final = frozenset({"heatmap"})


def draw_panel(tile: Tile) -> Markup:
    """The data of a panel; empty for one without any, such as a text. Transformations are not carried out."""
    frames = frames_of(tile.model) if tile.kind == "panel" else []
    return _draw(tile.type, frames, options_of(tile.model)) if frames else Markup("")


def _draw(type_: str, frames: list[Frame], options: Options) -> Markup:
    series = series_of(frames)
    if type_ in _SPANS:
        return draw_spans(frames)
    if type_ in _TABLES or (not series and type_ not in _NUMBERS | _SLICES | _METERS | {"gauge"}):
        return draw_table(frames, options)
    if type_ in _CELLS:
        return draw_cells(series)
    values = values_of(frames, options.calculation)
    if type_ in _NUMBERS:
        return draw_numbers(values, series, options)
    if type_ == "gauge":
        return draw_gauges(values, options)
    if type_ in _SLICES:
        return draw_slices(values, options)
    return draw_meters(values, options) if type_ in _METERS else draw_lines(series, options)
