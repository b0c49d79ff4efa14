"""Sketches of dashboards: where each panel lies in Grafana's grid, drawn without a Grafana. Pure.

`sketch_of` reads a dashboard of any form, `compare` marks what differs between two sketches, `draw` makes HTML of one:

    before, after = sketch_of(old), sketch_of(new)
    marks = compare(before, after)
    page = f"<style>{style()}</style>{glyphs()}{draw(before, marks=marks)}{draw(after, marks=marks)}"

What is drawn is escaped, and needs no more of a content security policy than this one style sheet.
"""

from hcl_lite.sketch.drawing import draw, glyphs, style, thumbnail
from hcl_lite.sketch.marks import Mark, compare
from hcl_lite.sketch.reading import sketch_of
from hcl_lite.sketch.tiles import COLUMNS, Sketch, Tile

__all__ = ["COLUMNS", "Mark", "Sketch", "Tile", "compare", "draw", "glyphs", "sketch_of", "style", "thumbnail"]
