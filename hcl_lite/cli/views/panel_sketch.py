"""A dashboard's panels before and after a change, as sketches of its grid. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hcl_lite.cli.views.texts import unseen_escaped
from hcl_lite.engine.plan import Change
from hcl_lite.sketch import Mark, Sketch, compare, draw, sketch_of

_PANELS = ("panels", "rows", "elements")
_MODEL = "dashboard."  # what the paths of differences begin with

_TOLD = ("type", "title", "gridPos", "datasource", "queries", "text")

Outline = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sketches:
    """The HTML of both sketches; `before` is empty for a new dashboard. `marks` counts what differs, by what it is."""

    before: str
    after: str
    marks: Mapping[str, int]


def sketches_of(change: Change) -> Sketches | None:
    """Returns the sketches of a dashboard; None for what has no panels, and where the plan left them out."""
    before, after = _sketch(change.outline_before), _sketch(change.outline)
    if before is None and after is None:
        return None
    if before is None or after is None:
        return Sketches("" if before is None else draw(before), "" if after is None else draw(after), {})
    marks = {**compare(before, after), **_changed(change, after)}
    counts: dict[str, int] = {}
    for mark in marks.values():
        counts[mark] = counts.get(mark, 0) + 1
    return Sketches(draw(before, marks=marks), draw(after, marks=marks), counts)


def panel_of(change: Change, path: str) -> tuple[str, str]:
    """Returns the title of the panel that a difference is in, and the rest of its path; no title and the whole path
    where it is in none."""
    inner = path.removeprefix(_MODEL)
    for outline in (change.outline, change.outline_before):
        own = [one for one in outline or () if _is_panel(one) and (inner == one or inner.startswith(f"{one}."))]
        if own:
            longest = max(own, key=len)
            title = str((outline or {})[longest].get("title") or longest)
            return title, inner[len(longest) + 1 :] or "the panel"
    return "", path


def _changed(change: Change, after: Sketch) -> Mapping[str, Mark]:
    """Returns a mark for each panel that is in both and has differences beside its place."""
    changed = set()
    keys = {path: _key(path, part) for path, part in (change.outline or {}).items() if _is_panel(path)}
    for difference in change.differences:
        inner = difference.path.removeprefix(_MODEL)
        owner = max((one for one in keys if inner.startswith(f"{one}.")), key=len, default="")
        if owner and not inner[len(owner) + 1 :].startswith("gridPos"):
            changed.add(keys[owner])
    there = {tile.key for tile in after.tiles}
    return dict.fromkeys(changed & there, "changed")


def _sketch(outline: Outline | None) -> Sketch | None:
    """Returns the sketch of what an outline tells: the panels of a row are in it."""
    inner: dict[str, list[str]] = {}
    for path in filter(_is_panel, outline or {}):
        above = path[: max(path.rfind(".panels["), 0)]
        inner.setdefault(above if above in (outline or {}) else "", []).append(path)
    panels = list(_models(outline or {}, inner, ""))
    return sketch_of({"panels": panels}) if panels else None


def _models(outline: Outline, inner: Mapping[str, Sequence[str]], above: str) -> Iterator[Mapping[str, Any]]:
    """Yields the panels that lie in `above`, as a dashboard has them."""
    for path in inner.get(above, ()):
        part = outline[path]
        shown = {key: _fit(part[key]) for key in _TOLD if key in part}
        own = list(_models(outline, inner, path))
        yield {"id": _key(path, part), **shown, **({"panels": own, "collapsed": True} if own else {})}


def _fit(value: Any) -> Any:
    """Returns a text with all that nobody sees escaped; any other value as it is."""
    return unseen_escaped(value) if isinstance(value, str) else value


def _key(path: str, part: Mapping[str, Any]) -> str:
    known = part.get("id")
    return unseen_escaped(str(known)) if isinstance(known, int | str) and known != "" else path


def _is_panel(path: str) -> bool:
    return path.startswith(_PANELS)
