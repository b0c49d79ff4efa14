"""The front page: folders with their dashboards, and how much there is of the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hcl_lite.sketch import Sketch, sketch_of
from providers.embedded.datasource_table import all_sources
from providers.embedded.objects import Entry, parents
from providers.embedded.pages.rendering import Missing, Page
from providers.embedded.pages.snapshot import live_snapshots
from providers.embedded.routing import Call
from providers.embedded.rules import all_rules

_MOST_PICTURES: Final = 300  # dashboards: each has to be read for its picture


@dataclass(frozen=True, slots=True)
class Card:
    """A dashboard in a list; without a sketch where there are too many."""

    entry: Entry
    sketch: Sketch | None


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder with what is in it; the root has no entry."""

    entry: Entry | None
    folders: Sequence["Folder"]
    cards: Sequence[Card]

    @property
    def count(self) -> int:
        """The number of dashboards in it, however deep."""
        return len(self.cards) + sum(folder.count for folder in self.folders)


def show_home(call: Call) -> Page:
    """GET /."""
    counts = {
        "snapshots": len(live_snapshots(call)),
        "sources": len(all_sources(call)),
        "rules": len(all_rules(call)),
    }
    return _page(call, _tree(call, None), "Dashboards", counts)


def show_folder(call: Call) -> Page:
    """GET /dashboards/f/:uid/:slug."""
    entry = call.objects.get("folders", call.params["uid"])
    if entry is None:
        raise Missing(f"There is no folder with the uid {call.params['uid']}.")
    return _page(call, _tree(call, entry), entry.title, {"above": parents(call.objects, entry)})


def _page(call: Call, tree: Folder, title: str, values: Mapping[str, object]) -> Page:
    trash = call.objects.trash("dashboards") if tree.entry is None else []
    return Page("home.html", title, "dashboards", {"tree": tree, "trash": trash, "above": [], **values})


def _tree(call: Call, top: Entry | None) -> Folder:
    """A folder with its content, or the root, where those lie too that name a folder that is gone."""
    folders, dashboards = call.objects.all("folders"), call.objects.all("dashboards")
    drawn = len(dashboards) <= _MOST_PICTURES
    known = {folder.name for folder in folders}
    inside: dict[str, tuple[list[Entry], list[Card]]] = {}
    for folder in folders:
        inside.setdefault(_above(folder, known), ([], []))[0].append(folder)
    for entry in dashboards:
        card = Card(entry, sketch_of(call.objects.spec(entry)) if drawn else None)
        inside.setdefault(_above(entry, known), ([], []))[1].append(card)
    return _folder(top, inside, frozenset())


def _above(entry: Entry, known: set[str]) -> str:
    return entry.folder if entry.folder in known and entry.folder != entry.name else ""


def _folder(entry: Entry | None, inside: Mapping[str, tuple[list[Entry], list[Card]]], line: frozenset[str]) -> Folder:
    folders, cards = inside.get(entry.name if entry else "", ([], []))
    line |= {entry.name} if entry else set()
    within = [_folder(one, inside, line) for one in sorted(folders, key=_by_title) if one.name not in line]
    return Folder(entry, within, sorted(cards, key=lambda card: _by_title(card.entry)))


def _by_title(entry: Entry) -> tuple[str, str]:
    return entry.title.lower(), entry.name
