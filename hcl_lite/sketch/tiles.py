"""Panels in the units of Grafana's grid: 24 columns, rows of 38 pixels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

COLUMNS: Final = 24
_TALLEST: Final = 60

Json = Mapping[str, Any]
Kind = Literal["panel", "row", "tab"]


@dataclass(frozen=True, slots=True)
class Tile:
    """A panel, or the header of a row or a tab.

    `key` tells it from the others of its dashboard: the id of a panel, the name of an element of v2. `hidden` is what
    lies in a collapsed row. `model` is the panel's own JSON; of a header it is that of the row.
    """

    kind: Kind
    key: str
    title: str
    type: str
    x: int
    y: int
    w: int
    h: int
    hidden: bool = False
    model: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Sketch:
    """A dashboard's tiles from top to bottom, and the height of all of them."""

    tiles: tuple[Tile, ...]
    height: int

    @property
    def panels(self) -> tuple[Tile, ...]:
        """The tiles that are panels."""
        return tuple(tile for tile in self.tiles if tile.kind == "panel")


@dataclass(frozen=True, slots=True)
class Section:
    """The panels below a header, or those without one. `flows` says that they follow each other, as words do."""

    header: Tile | None
    panels: Sequence[Tile]
    flows: bool = False


def assemble(sections: Iterable[Section]) -> Sketch:
    """Sections below each other, as Grafana shows them: panels fall up until they meet another one."""
    tiles: list[Tile] = []
    top = 0
    for section in sections:
        if section.header is not None:
            tiles.append(replace(section.header, x=0, y=top, w=COLUMNS, h=1))
            top += 1
        placed = list(_flow(section.panels, top) if section.flows else _fall(section.panels, top))
        tiles += placed
        top = max((tile.y + tile.h for tile in placed), default=top)
    return Sketch(tuple(_with_keys(tiles)), top)


def _fall(panels: Iterable[Tile], top: int) -> Iterator[Tile]:
    """As the grid's vertical compaction places them: from top to bottom, each below what is in its columns already."""
    bottoms = [top] * COLUMNS
    for panel in sorted(panels, key=lambda panel: (panel.y, panel.x)):
        yield _put(panel, panel.x, bottoms)


def _flow(panels: Iterable[Tile], top: int) -> Iterator[Tile]:
    """From left to right, each at the highest place that is wide enough."""
    bottoms = [top] * COLUMNS
    for panel in panels:
        w = _bounded(panel.w, 1, COLUMNS)
        x = min(range(COLUMNS - w + 1), key=lambda x: (max(bottoms[x : x + w]), x))
        yield _put(panel, x, bottoms)


def _put(panel: Tile, x: int, bottoms: list[int]) -> Tile:
    x = _bounded(x, 0, COLUMNS - 1)
    w = _bounded(panel.w, 1, COLUMNS - x)
    h = _bounded(panel.h, 1, _TALLEST)
    y = max(bottoms[x : x + w])
    bottoms[x : x + w] = [y + h] * w
    return replace(panel, x=x, y=y, w=w, h=h)


def _bounded(number: int, least: int, most: int) -> int:
    return max(least, min(number, most))


def _with_keys(tiles: Iterable[Tile]) -> Iterator[Tile]:
    """Each with a key of its own: ids are given twice by people, or not at all."""
    seen: dict[str, int] = {}
    for tile in tiles:
        key = tile.key or tile.kind
        seen[key] = seen.get(key, 0) + 1
        yield replace(tile, key=key if seen[key] == 1 else f"{key}~{seen[key]}")
