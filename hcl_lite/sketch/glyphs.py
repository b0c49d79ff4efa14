"""Pictures of kinds of panels, a symbol for each family of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_FILLS, _FITS = "none", "xMidYMid meet"

_LINE: Final = (
    '<path d="M0 30 L12 24 L24 27 L38 12 L52 19 L66 8 L80 17 L100 6"/><path d="M0 36 L20 33 L44 35 L70 28 L100 31"/>'
)
_BARS: Final = "".join(
    f'<rect x="{3 + n * 14}" y="{40 - h}" width="9" height="{h}"/>' for n, h in enumerate((12, 22, 34, 27, 38, 18, 9))
)
_CELLS: Final = "".join(
    f'<rect x="{x * 10}" y="{y * 10}" width="9" height="9" opacity="{0.15 + ((x * 7 + y * 5) % 9) / 10:.2f}"/>'
    for x in range(10)
    for y in range(4)
)
_SPANS: Final = "".join(
    f'<rect x="{x}" y="{y}" width="{w}" height="8" opacity="{o}"/>'
    for x, y, w, o in ((0, 4, 38, 0.9), (40, 4, 58, 0.4), (0, 16, 64, 0.5), (66, 16, 32, 0.9), (0, 28, 20, 0.4))
)
_ROWS: Final = '<path d="M0 4H100M0 13H100M0 22H100M0 31H100M0 40H100M34 4V40M67 4V40"/>'
_TEXT: Final = '<path d="M0 4H86M0 13H100M0 22H72M0 31H92"/>'
_NUMBER: Final = '<text x="50" y="33" text-anchor="middle" font-size="32" font-weight="600">42</text>'
_GAUGE: Final = '<path d="M22 38 A28 28 0 0 1 78 38" opacity=".4"/><path d="M22 38 A28 28 0 0 1 62 13"/>'
_METERS: Final = "".join(
    f'<rect x="0" y="{y}" width="100" height="7" opacity=".3"/><rect x="0" y="{y}" width="{w}" height="7"/>'
    for y, w in ((4, 78), (17, 52), (30, 31))
)
_PIE: Final = '<circle cx="50" cy="20" r="15" opacity=".4"/><path d="M50 5 A15 15 0 0 1 63 28"/>'
_GRAPH: Final = (
    '<path d="M20 20 L50 8 L80 22 M50 8 L46 34 M20 20 L46 34"/><circle cx="20" cy="20" r="4"/>'
    '<circle cx="50" cy="8" r="4"/><circle cx="80" cy="22" r="4"/><circle cx="46" cy="34" r="4"/>'
)
_FRAME: Final = '<path d="M4 4H96V36H4Z" opacity=".5"/>'

# (how it fills its place, its content)
SYMBOLS: Final[Mapping[str, tuple[str, str]]] = {
    "line": (_FILLS, _LINE),
    "bars": (_FILLS, f'<g class="glyph-area">{_BARS}</g>'),
    "cells": (_FILLS, f'<g class="glyph-area">{_CELLS}</g>'),
    "spans": (_FILLS, f'<g class="glyph-area">{_SPANS}</g>'),
    "rows": (_FILLS, _ROWS),
    "text": (_FILLS, _TEXT),
    "number": (_FITS, f'<g class="glyph-area">{_NUMBER}</g>'),
    "gauge": (_FITS, _GAUGE),
    "meters": (_FILLS, f'<g class="glyph-area">{_METERS}</g>'),
    "pie": (_FITS, _PIE),
    "graph": (_FITS, _GRAPH),
    "other": (_FILLS, _FRAME),
}

_FAMILIES: Final[Mapping[str, str]] = {
    "line": "timeseries graph trend xychart candlestick flamegraph traces",
    "bars": "barchart histogram",
    "cells": "heatmap status-history geomap grafana-worldmap-panel",
    "spans": "state-timeline",
    "rows": "table table-old yesoreyeram-boomtable-panel",
    "text": "text logs news dashlist alertlist annolist welcome",
    "number": "stat singlestat grafana-singlestat-panel",
    "gauge": "gauge",
    "meters": "bargauge",
    "pie": "piechart grafana-piechart-panel",
    "graph": "nodeGraph canvas",
}
_BY_TYPE: Final[Mapping[str, str]] = {type_: name for name, types in _FAMILIES.items() for type_ in types.split()}


def glyph_of(type_: str) -> str:
    """The name of the symbol for a type of panel."""
    return _BY_TYPE.get(type_, "other")
