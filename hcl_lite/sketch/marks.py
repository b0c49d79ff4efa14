"""Differences between two sketches of a dashboard: which panels are there in one alone, were changed or moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from hcl_lite.sketch.tiles import Sketch, Tile

Mark = Literal["added", "removed", "changed", "moved"]

_PLACES = frozenset({"gridPos", "span", "panels"})  # the panels in a row are tiles of their own


def compare(before: Sketch, after: Sketch) -> Mapping[str, Mark]:
    """The marks of both sketches by key; "removed" is in the first alone, "added" in the second, the others in both."""
    old, new = ({tile.key: tile for tile in sketch.tiles} for sketch in (before, after))
    marks: dict[str, Mark] = {}
    for key in [*old, *(key for key in new if key not in old)]:
        mark = _mark(old.get(key), new.get(key))
        if mark is not None:
            marks[key] = mark
    return marks


def _mark(old: Tile | None, new: Tile | None) -> Mark | None:
    if old is None:
        return "added"
    if new is None:
        return "removed"
    if (old.kind, _content(old)) != (new.kind, _content(new)):
        return "changed"
    return "moved" if (old.x, old.y, old.w, old.h) != (new.x, new.y, new.w, new.h) else None


def _content(tile: Tile) -> Mapping[str, Any]:
    """A tile's JSON without its place; a header is its title, since the rest of it is what lies below."""
    if tile.kind != "panel":
        return {"title": tile.title, "hidden": tile.hidden}
    return {key: value for key, value in tile.model.items() if key not in _PLACES}
