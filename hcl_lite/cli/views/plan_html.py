"""A plan as one page for a browser: it needs no network, runs its own script alone, and opens from disk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from hcl_lite.cli.views.change_text import SIGNS
from hcl_lite.cli.views.diagnostics import render_diagnostic
from hcl_lite.cli.views.escaping import escaped
from hcl_lite.cli.views.graph_layout import EXTRA, is_installed
from hcl_lite.cli.views.graph_svg import picture, styles
from hcl_lite.cli.views.html_pages import page_file, render_page
from hcl_lite.cli.views.overview_text import TO_DO, counted
from hcl_lite.cli.views.panel_sketch import Sketches, panel_of, sketches_of
from hcl_lite.cli.views.plain import unstyled
from hcl_lite.cli.views.plan_text import render_summary
from hcl_lite.cli.views.policy_text import render_policies
from hcl_lite.cli.views.texts import unseen_escaped
from hcl_lite.cli.views.words import Span, differing
from hcl_lite.core.diags import Severity
from hcl_lite.core.values import Value
from hcl_lite.engine.diff import ABSENT, Difference
from hcl_lite.engine.plan import Change, Plan
from hcl_lite.review.build import review
from hcl_lite.review.model import Review, RiskKind, Row
from hcl_lite.review.object_graph import graph_of
from hcl_lite.sketch import glyphs, style

_LONGEST = 6000  # characters of one side of a difference
_AT_ONCE = 40  # objects of which a browser makes everything when the page opens
_MOST_DRAWN = 300  # objects in the picture of what depends on what
_OPEN = 3  # so few objects are open from the start
RISKS = {
    RiskKind.DELETION: "deletions",
    RiskKind.REPLACEMENT: "replacements",
    RiskKind.OVERWRITE: "overwritten work",
    RiskKind.ACCESS: "access",
    RiskKind.SECRET: "secrets",
}


@dataclass(frozen=True, slots=True)
class Side:
    """One line of a table of differences: both sides, with the words that differ marked, or a sentence in `moved`."""

    path: str
    before: Markup | None = None
    after: Markup | None = None
    moved: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """The differences in one panel, or in none (an empty `title`)."""

    title: str
    sides: Sequence[Side]


@dataclass(frozen=True, slots=True)
class Entry:
    """An object on the page. `text` is what a search looks in."""

    number: int
    row: Row
    parts: Sequence[Part]
    drift: Sequence[Side]
    sketches: Sketches | None
    text: str

    @property
    def change(self) -> Change:
        return self.row.change

    @property
    def verb(self) -> str:
        return SIGNS.get(self.change.action, ("·", "", "stays as it is"))[2]

    @property
    def mark(self) -> str:
        return SIGNS.get(self.change.action, ("·",))[0]

    @property
    def why(self) -> str:
        outside = self.change.outside
        return self.change.reason if outside is None else outside.told(self.change.reason)


def render_plan(plan: Plan) -> str:
    """Renders a plan as a page."""
    made = review(plan)
    problems = sorted(made.diagnostics, key=lambda one: one.severity is not Severity.ERROR)
    entries = [_entry(number, row) for number, row in enumerate(made.rows, 1)]
    values = {
        "entries": entries,
        "folders": _folders(made),
        "actions": {action: TO_DO[action] for action in TO_DO if made.counts.get(action)},
        "counts": made.counts,
        "risks": _risks(made),
        "risky": [entry for row in made.risky for entry in entries if entry.row is row],
        "summary": unstyled(render_summary(plan)),
        "outputs": [_side(Difference(one.name, one.before, one.after)) for one in made.outputs],
        "problems": [(one.severity.value, unstyled(render_diagnostic(one))) for one in problems],
        "policies": unstyled(render_policies(made.policies)),
        "opened": len(entries) <= _OPEN,
        "lazy": len(entries) > _AT_ONCE,
        "review": made,
        "glyphs": Markup(glyphs()),
        "risk_names": RISKS,
        **_graph(plan),
    }
    return render_page("plan.html", page_file("plan.css") + style() + styles(), page_file("plan.js"), **values)


def _graph(plan: Plan) -> Mapping[str, object]:
    """Returns the picture of what changes and what connects it; or a sentence that says why there is none."""
    graph = graph_of(plan).changed()
    number = len(graph.nodes)
    if not graph.edges:
        return {"graph": None, "no_graph": ""}
    if number > _MOST_DRAWN:
        told = f"{number} objects are too many for a picture on this page: hcl-lite graph --format=html --plan=FILE"
        return {"graph": None, "no_graph": told}
    if not is_installed():
        return {"graph": None, "no_graph": f"A picture needs a package that is not installed: {EXTRA}"}
    return {"graph": picture(graph), "no_graph": ""}


def _entry(number: int, row: Row) -> Entry:
    change = row.change
    texts = [
        row.address,
        change.title,
        row.folder.title,
        change.uid,
        change.reason,
        *(d.path for d in change.differences),
    ]
    return Entry(
        number,
        row,
        [*_parts(change)],
        [*map(_side, change.drift)],
        sketches_of(change),
        escaped(" ".join(texts)).casefold(),
    )


def _parts(change: Change) -> Iterator[Part]:
    """Yields the differences of no panel, and then those of each panel in the order of the first of each."""
    found: dict[str, list[Side]] = {"": []}
    for difference in change.differences:
        title, path = panel_of(change, difference.path)
        found.setdefault(title, []).append(_side(difference, path))
    yield from (Part(unseen_escaped(title), sides) for title, sides in found.items() if sides)


def _side(difference: Difference, path: str = "") -> Side:
    told = unseen_escaped(path or difference.path)
    if difference.moved:
        return Side(told, moved=unseen_escaped(f"{', '.join(difference.moved)} {difference.to}"))
    if difference.to:
        return Side(told, moved=unseen_escaped(f"moved to {difference.to}"))
    before, after = (None if side is ABSENT else _text(side) for side in (difference.before, difference.after))
    if before is None or after is None:
        old, new = (None if side is None else escape(side) for side in (before, after))
        return Side(told, old, new)
    left, right = differing(before, after)
    return Side(told, _marked(before, left), _marked(after, right))


def _text(value: Value) -> str:
    text = escaped(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
    if not isinstance(value, str) and len(text) < 80:
        text = json.dumps(value, ensure_ascii=False)
    text = "\n".join(unseen_escaped(line) for line in text.split("\n"))
    left = len(text) - _LONGEST
    return f"{text[:_LONGEST]}… and {left} more characters" if left > 0 else text


def _marked(text: str, marks: Iterable[Span]) -> Markup:
    pieces, done = [], 0
    for start, end in marks:
        pieces += [escape(text[done:start]), Markup("<mark>"), escape(text[start:end]), Markup("</mark>")]
        done = end
    return Markup("").join([*pieces, escape(text[done:])])


def _folders(made: Review) -> Sequence[tuple[str, str]]:
    return [(folder.title or folder.uid, counted(counts)) for folder, counts in made.folders.items()]


def _risks(made: Review) -> Mapping[RiskKind, int]:
    counts = {kind: sum(any(risk.kind is kind for risk in row.risks) for row in made.rows) for kind in RiskKind}
    return {kind: count for kind, count in counts.items() if count}
