"""The first lines of a plan of many objects: how much of what in which folder, and what to look at twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from hcl_lite.cli.views.escaping import in_json, in_line
from hcl_lite.cli.views.look import Look
from hcl_lite.engine.plan import Action
from hcl_lite.review.model import Review, RiskKind, Row

TO_DO = {
    Action.CREATE: "to create",
    Action.UPDATE: "to update",
    Action.REPLACE: "to replace",
    Action.DELETE: "to delete",
    Action.RELEASE: "to forget",
    Action.READ: "to read",
    Action.REFRESH: "to bring up to date",
    Action.FORGET: "to remove from the state",
}
_MARKS = {
    RiskKind.DELETION: ("-", "red"),
    RiskKind.REPLACEMENT: ("±", "magenta"),
    RiskKind.OVERWRITE: ("!", "yellow"),
    RiskKind.ACCESS: ("!", "yellow"),
    RiskKind.SECRET: ("!", "yellow"),
}
_FEW = 6  # objects that a reader sees at a glance
_MOST_FOLDERS = 20
_MOST_RISKS = 50


def render_overview(review: Review, look: Look) -> Iterator[str]:
    """Yields the numbers by folder and the risks; nothing for a few objects, unless they alone are shown."""
    if len(review.rows) <= _FEW and not look.is_short:
        return
    folders = list(review.folders.items())
    if len(folders) > 1 or look.is_short:
        yield from _by_folder(review, look)
    risky = review.risky
    if risky:
        shown = risky if look.full else risky[:_MOST_RISKS]
        lines = [click.style("Look twice at:", bold=True), *(line for row in shown for line in _risks(row))]
        if len(shown) < len(risky):
            lines.append(f"  … and {len(risky) - len(shown)} more: --full shows them")
        yield "\n".join(lines)


def counted(counts: Mapping[Action, int]) -> str:
    """Returns how much of what: 2 to create, 1 to update."""
    return ", ".join(f"{counts[action]} {words}" for action, words in TO_DO.items() if counts.get(action))


def _by_folder(review: Review, look: Look) -> Iterator[str]:
    folders = [(folder.title or folder.uid, counts) for folder, counts in review.folders.items()]
    shown = folders if look.full else folders[:_MOST_FOLDERS]
    if not shown:
        return
    widest = max(len(in_line(title)) for title, _ in shown)
    lines = [f"  {in_line(title):<{widest}}  {counted(counts)}" for title, counts in shown]
    if len(shown) < len(folders):
        lines.append(f"  … and {len(folders) - len(shown)} more folders: --full shows them")
    yield "\n".join([click.style("By folder:", bold=True), *lines])


def _risks(row: Row) -> Iterator[str]:
    mark, colour = _MARKS[row.risks[0].kind]
    title = f" {in_json(row.known_title)}" if row.known_title else ""
    place = f" in {in_line(row.folder.title)}" if row.folder.uid else ""
    told = "; ".join(in_line(risk.text) for risk in row.risks)
    name = click.style(row.address, bold=True)
    yield f"  {click.style(mark, fg=colour, bold=True)} {name}{title}{place}: {click.style(told, fg=colour)}"
