"""The world of the stateful machine: what its files say. The oracle tells from it what a server has to hold.

A `Thing` is known to the machine by its tag, whatever its address, uid and name are.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

TYPES = {
    "folder": "grafana_folder",
    "dashboard": "grafana_dashboard",
    "source": "grafana_data_source",
    "folder_permission": "grafana_folder_permission",
    "dashboard_permission": "grafana_dashboard_permission",
    "snapshot": "grafana_snapshot",
}
MODULES = ("", "m", "n")


@dataclass(frozen=True)
class Place:
    """Where a block stands: its module ("" is the root), its name, and its key where it has for_each or count."""

    module: str
    name: str
    key: str | int | None = None

    def address(self, kind: str) -> str:
        key = "" if self.key is None else f'["{self.key}"]' if isinstance(self.key, str) else f"[{self.key}]"
        return f"{f'module.{self.module}.' if self.module else ''}{TYPES[kind]}.{self.name}{key}"


@dataclass
class Thing:
    """One declared object. `uid` is what its block gives, "" where it is left out; `live` what it is on the server."""

    kind: str
    tag: int
    place: Place
    uid: str = ""
    live: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    inside: int | None = None  # the folder that it is in
    of: int | None = None  # what a permission is for, what a snapshot is of
    secrets: dict[str, str] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)  # names of secrets that a colleague has set
    style: str = ""
    lifecycle: dict[str, Any] = field(default_factory=dict)
    on_drift: str = ""
    takes: str = ""  # "adopt" or "import": the uid of an object that is there already
    is_open: bool = False  # no apply has taken it over yet
    stood: tuple[str, object] = ("", "")  # what would have to be replaced, as the last apply has left it

    @property
    def stands(self) -> tuple[str, object]:
        """What cannot be changed without a replacement."""
        return self.live, self.values.get("type")

    @property
    def is_protected(self) -> bool:
        return "prevent_destroy" in self.lifecycle

    @property
    def address(self) -> str:
        return self.place.address(self.kind)


@dataclass
class World:
    """All things, and the blocks that tell of their past."""

    things: dict[int, Thing] = field(default_factory=dict)
    moved: list[tuple[str, str]] = field(default_factory=list)  # addresses
    removed: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)  # sensitive ones

    def of_kind(self, *kinds: str) -> list[Thing]:
        return [thing for thing in self.things.values() if thing.kind in kinds]

    def about(self, tag: int) -> list[Thing]:
        """What cannot be without a thing: its permissions and snapshots."""
        return [thing for thing in self.things.values() if thing.of == tag]

    def within(self, tag: int) -> Iterator[Thing]:
        """What is in a folder, at all depths."""
        for thing in list(self.things.values()):
            if thing.inside == tag:
                yield thing
                yield from self.within(thing.tag)

    def depth(self, tag: int | None) -> int:
        return 0 if tag is None else 1 + self.depth(self.things[tag].inside)

    def height(self, tag: int) -> int:
        return 1 + max((self.height(t.tag) for t in self.of_kind("folder") if t.inside == tag), default=0)

    def at(self, kind: str, place: Place) -> Thing | None:
        return next((t for t in self.of_kind(kind) if t.place == place), None)

    def break_circles(self) -> None:
        """What is in one block cannot refer to itself, in however many steps."""
        for thing in self.of_kind("folder"):
            above = thing.inside
            while above is not None and thing.place.key is not None:
                other = self.things[above].place
                if (other.module, other.name) == (thing.place.module, thing.place.name):
                    thing.inside = above = None
                    break
                above = self.things[above].inside

    def copy(self) -> World:
        return copy.deepcopy(self)


def without_idle_user(source: Mapping[str, Any]) -> dict[str, Any]:
    """A data source without the user of a basic authentication that is off: 12.4 takes none away."""
    return {key: value for key, value in source.items() if key != "basicAuthUser" or source["basicAuth"]}


def wanted_source(thing: Thing) -> Mapping[str, Any]:
    """What GET /api/datasources/uid/:uid has to say, but for secrets and what nobody asked for."""
    wire = {
        "name": "name",
        "type": "type",
        "url": "url",
        "database": "database",
        "user": "user",
        "basicAuth": "basicAuth",
        "basicAuthUser": "basicAuthUser",
        "withCredentials": "withCredentials",
        "jsonData": "jsonData",
    }
    return {key: thing.values[name] for key, name in wire.items()} | {"access": "proxy"}
