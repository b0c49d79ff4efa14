"""The difference between two versions of a dashboard: both sketches, and the JSON of each part that differs."""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from hcl_lite.sketch import Mark, Sketch, compare, sketch_of
from providers.embedded.objects import Entry
from providers.embedded.pages.dashboard import find_dashboard
from providers.embedded.pages.rendering import Missing, Page
from providers.embedded.routing import Call

_MOST_LINES: Final = 4000  # of a part: comparing takes the square of it
_MOST_CHANGES: Final = 200  # panels
_OF_PANELS: Final = frozenset({"panels", "rows", "elements"})


@dataclass(frozen=True, slots=True)
class Change:
    """A part of a dashboard that differs, with the lines of a unified difference."""

    title: str
    mark: Mark
    lines: Sequence[str]


def show_difference(call: Call) -> Page:
    """GET /d/:uid/versions?before=N&after=M: the last two, where none are named."""
    entry = find_dashboard(call)
    versions = call.objects.history("dashboards", entry.name)
    after = _chosen(call, versions, "after", versions[0])
    older = [version for version in versions if version.rv < after.rv]
    before = _chosen(call, versions, "before", older[0] if older else after)
    old, new = call.objects.spec(before), call.objects.spec(after)
    sketches = sketch_of(old), sketch_of(new)
    marks = compare(*sketches)
    panels = list(islice(_panels(*sketches), _MOST_CHANGES))
    values = {
        "entry": entry,
        "versions": versions,
        "sides": list(zip((before, after), sketches, strict=True)),
        "marks": marks,
        "changes": [*_others(old, new), *panels],
        "more": len(marks) - len(panels),
    }
    return Page("history.html", f"Versions of {entry.title}", "dashboards", values)


def _chosen(call: Call, versions: Sequence[Entry], name: str, default: Entry) -> Entry:
    asked = call.query(name)
    if not asked:
        return default
    for version in versions:
        if str(version.generation) == asked:
            return version
    raise Missing(f"There is no version {asked}.")


def _panels(before: Sketch, after: Sketch) -> Iterator[Change]:
    """The panels and rows that differ, in the order of the dashboard."""
    old, new = ({tile.key: tile for tile in sketch.tiles} for sketch in (before, after))
    for key, mark in compare(before, after).items():
        sides = [side.get(key) for side in (old, new)]
        texts = [_lines({} if tile is None else _own(tile.model)) for tile in sides]
        tile = sides[1] or sides[0]
        assert tile is not None
        yield Change(tile.title or f"{tile.kind} {key}", mark, _unified(*texts))


def _others(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """The other keys of the dashboard that differ; its layout among them."""
    for key in [*before, *(key for key in after if key not in before)]:
        if key not in _OF_PANELS and before.get(key) != after.get(key):
            mark: Mark = "changed" if key in before and key in after else "added" if key in after else "removed"
            texts = [_lines(side[key]) if key in side else [] for side in (before, after)]
            yield Change(key, mark, _unified(*texts))


def _own(model: Mapping[str, Any]) -> Mapping[str, Any]:
    """A panel, or a row without what lies in it."""
    return {key: value for key, value in model.items() if key != "panels"}


def _lines(value: object) -> list[str]:
    return json.dumps(value, ensure_ascii=False, indent=2).splitlines() if value != {} else []


def _unified(before: list[str], after: list[str]) -> list[str]:
    if max(len(before), len(after)) > _MOST_LINES:
        return [f"@@ {len(before)} lines, and {len(after)} after: too many to be compared here @@"]
    return list(difflib.unified_diff(before, after, n=3, lineterm=""))[2:]
