"""Draws a sketch as HTML: an SVG whose places are percentages of its width, so that text keeps its size.

There are no inline styles and no scripts in it. `style()` belongs into the style sheet of a page, `glyphs()` into its
body, once.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator, Mapping
from html import escape
from typing import Final

from hcl_lite.sketch.glyphs import SYMBOLS, glyph_of
from hcl_lite.sketch.marks import Mark
from hcl_lite.sketch.tiles import COLUMNS, Sketch, Tile

_UNIT: Final = 16  # pixels for a row of the grid
_LONGEST_TITLE: Final = 300
_PLAIN_FROM: Final = 400  # tiles: so many have no glyphs

Links = Mapping[str, str]


def draw(sketch: Sketch, *, marks: Mapping[str, Mark] | None = None, links: Links | None = None) -> str:
    """Titles and kinds of all panels in their places; `marks` colours some, `links` are where tiles lead, by key."""
    marks, links = marks or {}, links or {}
    plain = len(sketch.tiles) > _PLAIN_FROM
    tiles = "".join(_tile(tile, marks.get(tile.key), links.get(tile.key), plain) for tile in sketch.tiles)
    return f'<svg class="sketch" width="100%" height="{max(sketch.height, 1) * _UNIT}" role="group">{tiles}</svg>'


def thumbnail(sketch: Sketch, height: int = 24) -> str:
    """The uppermost rows of the grid without any text, as a picture of some ems."""
    shown = [tile for tile in sketch.tiles if tile.y < height]
    rects = "".join(
        f'<rect class="{tile.kind}" x="{tile.x + 0.2}" y="{tile.y + 0.2}" width="{tile.w - 0.4}" '
        f'height="{tile.h - 0.4}" rx=".4"/>'
        for tile in shown
    )
    pictures = "".join(
        f'<use href="#glyph-{glyph_of(tile.type)}" x="{tile.x + 1}" y="{tile.y + 1}" width="{tile.w - 2}" '
        f'height="{tile.h - 2}"/>'
        for tile in shown
        if tile.kind == "panel" and tile.w > 2 and tile.h > 2
    )
    return (
        f'<svg class="thumbnail" viewBox="0 0 {COLUMNS} {height}" preserveAspectRatio="xMidYMin slice" '
        f'aria-hidden="true">{rects}{pictures}</svg>'
    )


def glyphs() -> str:
    """The symbols that drawings refer to."""
    symbols = "".join(
        f'<symbol id="glyph-{name}" viewBox="0 0 100 40" preserveAspectRatio="{fit}">'
        f'<g class="glyph-line">{path}</g></symbol>'
        for name, (fit, path) in SYMBOLS.items()
    )
    return f'<svg class="glyphs" width="0" height="0" aria-hidden="true">{symbols}</svg>'


def style() -> str:
    """The style sheet of drawings. Colours are custom properties, which a page may set: --sketch-…"""
    return (importlib.resources.files("hcl_lite.sketch") / "sketch.css").read_text(encoding="utf-8")


def _tile(tile: Tile, mark: Mark | None, link: str | None, plain: bool) -> str:
    x, w = (f"{100 * part / COLUMNS:.4g}%" for part in (tile.x, tile.w))
    place = f'x="{x}" y="{tile.y * _UNIT}" width="{w}" height="{tile.h * _UNIT}"'
    classes = " ".join(_classes(tile, mark))
    title = escape(tile.title[:_LONGEST_TITLE] or ("" if tile.kind == "panel" else tile.kind))
    said = escape(" · ".join(part for part in (tile.title[:_LONGEST_TITLE], tile.type[:99], mark) if part))
    inner = f"<span><b>{title}</b>{f'<em>{mark}</em>' if mark else ''}</span>"
    if tile.kind == "panel":
        inner += f"<i>{escape(tile.type[:99])}</i>"
        if not plain:
            inner += f'<svg class="glyph" aria-hidden="true"><use href="#glyph-{glyph_of(tile.type)}"/></svg>'
    tag, reference = ("a", f' href="{escape(link)}"') if link else ("div", "")
    return f'<foreignObject {place}><{tag} class="{classes}" title="{said}"{reference}>{inner}</{tag}></foreignObject>'


def _classes(tile: Tile, mark: Mark | None) -> Iterator[str]:
    yield f"tile {tile.kind}"
    if tile.hidden:
        yield "hidden"
    if mark:
        yield mark
