"""What a person does to the files of the world. Each edit says what it did; "" where there was nothing to do it to."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.reliability.machine.edits import chosen
from tests.reliability.machine.marks import replaced
from tests.reliability.machine.model import Place, Thing, World
from tests.reliability.machine.pick import Pick

_NAMES = ("a", "b", "c", "d")
_KEYS = ("k", "l", "x y", "z.1")
_DEPTH = 3
_PANEL = {"id": 1, "type": "text", "title": "P", "options": {"content": "", "mode": "x"}, "targets": [{"refId": "A"}]}
_TEXT = {"id": 1, "type": "text", "title": "P", "options": {"content": "", "mode": "x", "off": False, "list": []}}
_MODEL: dict[str, Any] = {
    "panels": [_PANEL],
    "time": {"from": "now-6h"},
    "editable": True,
    "extra": {"off": False, "list": []},
}
_DATA = {"httpMethod": "POST", "n": 0, "off": False, "none": None, "empty": "", "list": [], "map": {}}


class Files:
    """The world's edits; `fresh` makes names that nobody has had."""

    def __init__(self, world: World, avoid: frozenset[str] = frozenset()) -> None:
        self.world, self.avoid = world, avoid
        self.count = 0
        self.applied: list[str | tuple[str, str]] = []  # of [[moved]] and [[removed]]
        self.strangers: dict[tuple[str, str], str] = {}  # shared with the colleague
        self.strangers_names: dict[str, str] = {}
        self.touched: set[tuple[str, str]] = set()  # what a colleague has changed; shared with them
        self.released: list[tuple[str, str]] = []  # what belongs to strangers after the next apply

    def fresh(self, word: str) -> str:
        self.count += 1
        return f"{word}{self.count}"

    # --- declare, take away -------------------------------------------------------------------------------------------

    def declare(self, pick: Pick) -> str:
        """A folder, dashboard or data source at a place where nothing was."""
        kind = pick.of(("folder", "dashboard", "source"))
        place = self._free_place(kind, pick)
        if place is None or len(self.world.of_kind(kind)) >= 5:
            return ""
        thing = Thing(kind, self._tag(), place)
        grouped = self._group(kind, place)
        given = bool(grouped[0].uid) if grouped else pick.below(3) > 0 or isinstance(place.key, int)
        thing.uid = self.fresh(f"{kind[0]}-u") if given else ""
        self._fill(thing, pick)
        self.world.things[thing.tag] = thing
        self._renumber(kind, place)
        return f"declare {thing.address} uid={thing.uid!r} inside={thing.inside} {json.dumps(thing.values)}"

    def _fill(self, thing: Thing, pick: Pick) -> None:
        if thing.kind == "folder":
            thing.values = {"title": self.fresh("Folder ")}
            parents = [f for f in self.world.of_kind("folder") if self.world.depth(f.tag) < _DEPTH]
            thing.inside = pick.of([None, *(f.tag for f in parents)])
        elif thing.kind == "dashboard":
            form = pick.of(("", "", "v1beta1", "v0alpha1")) if thing.place.key is None else ""
            thing.values = {"model": {"title": self.fresh("Board "), **json.loads(json.dumps(_MODEL))}, "form": form}
            if form:
                thing.values["model"] = {
                    "title": thing.values["model"]["title"],
                    "panels": [json.loads(json.dumps(_TEXT))],
                    # Without one 12.4.0 makes a missing data source of a panel null, and refuses that (v1beta1).
                    "schemaVersion": pick.of((42, 41)),
                }
            thing.style = (
                pick.of(("json", "json-uid", "file", "table", "encoded", "file-uid"))
                if thing.place.key is None
                else "json"
            )
            thing.inside = pick.of([None, *(f.tag for f in self.world.of_kind("folder"))])
        else:
            self._fill_source(thing, pick)

    def _fill_source(self, thing: Thing, pick: Pick) -> None:
        basic = pick.below(2) == 1
        thing.values = {
            "name": self.fresh("Source "),
            "type": pick.of(("prometheus", "loki")),
            "url": "http://x:1",
            "database": pick.of(("", "db")),
            "user": pick.of(("", "me")),
            "basicAuth": basic,
            "basicAuthUser": "them" if basic else "",
            "withCredentials": pick.of((False, True)),
            "jsonData": pick.of(({}, {"httpMethod": "GET"}, dict(_DATA))),
        }
        thing.style = pick.of(("json", "table"))
        if thing.place.key is None and pick.below(2):
            thing.secrets = {"password": self.fresh("s3cr3t-token-")}

    def undeclare(self, pick: Pick) -> str:
        """The block of a thing goes, with all that cannot be without it; what is in a folder goes, or moves up."""
        thing = self._any(pick)
        if thing is None:
            return ""
        gone = [thing]
        if pick.below(2):
            gone += list(self.world.within(thing.tag))
        elif not (thing.is_open or thing.is_protected):
            for child in [t for t in self.world.things.values() if t.inside == thing.tag]:
                child.inside = thing.inside
        if any(one.is_open or one.is_protected for one in gone):
            return ""
        for one in gone:
            for about in self.world.about(one.tag):
                self._drop(about)
            self._drop(one)
        return f"undeclare {', '.join(t.address for t in gone)}"

    def release(self, pick: Pick) -> str:
        """A block goes with [[removed]], and its object stays."""
        thing = self._any(pick)
        if thing is None or thing.kind not in ("dashboard", "source") or not thing.live or thing.place.key is not None:
            return ""
        if (
            self.world.about(thing.tag) or thing.is_open or thing.stood != thing.stands
        ):  # it would be another one that stays
            return ""
        self.world.removed.append(thing.address)
        self.released.append((thing.kind, thing.live))
        self._drop(thing)
        return f"{thing.address} is removed, and its object {thing.live} stays"

    def _drop(self, thing: Thing) -> None:
        self.world.things.pop(thing.tag, None)
        for other in self.world.things.values():
            other.values = replaced(other.values, lambda k, n: "gone" if n == str(thing.tag) else f"@@{k}:{n}@@")
        self._renumber(thing.kind, thing.place)

    # --- values -------------------------------------------------------------------------------------------------------

    def change_leaf(self, pick: Pick) -> str:
        """One place in the JSON of a dashboard."""
        thing = self._one("dashboard", pick)
        if thing is None:
            return ""
        model, below = thing.values["model"], ()
        if thing.values["form"]:  # a schema judges the rest
            below = ("panels", 0, "options")
        edit = chosen(model, pick.chance(), "empty values" in self.avoid, below)
        thing.values["model"] = edit.applied(model)
        return f"{thing.address}: {edit}"

    def change_data(self, pick: Pick) -> str:
        """One place in the json_data of a data source, or another argument of it."""
        thing = self._one("source", pick)
        if thing is None:
            return ""
        if pick.below(2) and thing.values["jsonData"]:
            edit = chosen(
                {"jsonData": thing.values["jsonData"]}, pick.chance(), "empty values" in self.avoid, ("jsonData",)
            )
            thing.values["jsonData"] = edit.applied({"jsonData": thing.values["jsonData"]})["jsonData"]
            return f"{thing.address}: {edit}"
        key, values = pick.of(
            (
                ("url", ("http://x:1", "http://y:2")),
                ("database", ("", "db", "other")),
                ("user", ("", "you")),
                ("withCredentials", (True, False)),
                ("type", (thing.values["type"],) if thing.is_protected else ("prometheus", "loki")),
            )
        )
        thing.values[key] = pick.of(values)
        return f"{thing.address}: {key} = {thing.values[key]!r}"

    def rename(self, pick: Pick) -> str:
        """Another title or name; sometimes two data sources exchange theirs."""
        thing = self._any(pick)
        if thing is None or thing.kind not in ("folder", "dashboard", "source") or thing.is_open:
            return ""
        if thing.on_drift == "keep":
            return ""  # it would keep its name from another one
        others = [t for t in self.world.of_kind("source") if t is not thing and t.uid and t.on_drift != "keep"]
        if thing.kind == "source" and thing.uid and others and pick.below(2) and "names" not in self.avoid:
            other = pick.of(others)
            thing.values["name"], other.values["name"] = other.values["name"], thing.values["name"]
            return f"{thing.address} and {other.address} exchange their names"
        holder, key = (
            (thing.values["model"], "title")
            if thing.kind == "dashboard"
            else (thing.values, "title" if thing.kind == "folder" else "name")
        )
        holder[key] = self.fresh("Named ")
        return f"{thing.address} is called {holder[key]}"

    def set_secret(self, pick: Pick) -> str:
        """A secret is given, rotated, emptied, or no longer given."""
        thing = self._one("source", pick)
        if thing is None or thing.place.key is not None:
            return ""
        key = pick.of(("password", "token"))
        match pick.below(4):
            case 0 | 1:
                thing.secrets[key] = (
                    f"@@secret:{self._variable(pick)}@@" if pick.below(2) else self.fresh("s3cr3t-token-")
                )
            case 2:
                if "empty secrets" in self.avoid:
                    return ""
                thing.secrets[key] = ""
            case 3:
                if key not in thing.secrets:
                    return ""
                del thing.secrets[key]
        return f"{thing.address}: secrets {thing.secrets}"

    def refer(self, pick: Pick) -> str:
        """A value comes of another object, known or not yet; or of a sensitive variable."""
        thing = self._one(pick.of(("dashboard", "source")), pick)
        if thing is None or thing.values.get("form"):
            return ""
        if pick.below(3) == 0:
            mark = f"with @@secret:{self._variable(pick)}@@"
        else:
            others = self.world.of_kind(*(("folder", "source") if thing.kind == "dashboard" else ("folder",)))
            if not others:
                return ""
            mark = f"of @@{pick.of(('id', 'uid'))}:{pick.of(others).tag}@@"
        thing.values["model" if thing.kind == "dashboard" else "jsonData"]["refers"] = mark
        return f"{thing.address} is {mark}"

    def rotate(self, pick: Pick) -> str:
        """A sensitive variable has another value."""
        if not self.world.variables:
            return ""
        name = pick.of(sorted(self.world.variables))
        self.world.variables[name] = self.fresh("s3cr3t-token-")
        return f"var.{name} = {self.world.variables[name]}"

    def _variable(self, pick: Pick) -> str:
        name = pick.of(("s1", "s2"))
        self.world.variables.setdefault(name, self.fresh("s3cr3t-token-"))
        return name

    def settle_lifecycle(self, pick: Pick) -> str:
        """What lifecycle asks for."""
        thing = self._any(pick)
        if thing is None or thing.place.key is not None or thing.kind not in ("folder", "dashboard", "source"):
            return ""
        thing.lifecycle = {}
        if thing.kind == "dashboard" and not thing.values["form"] and pick.below(2):
            thing.lifecycle = {"ignore_changes": ["extra"]}
        elif pick.below(2):
            thing.lifecycle = {"create_before_destroy": True}
        return f"{thing.address}: lifecycle {thing.lifecycle}"

    def protect(self, pick: Pick) -> str:
        """lifecycle.prevent_destroy, said or no longer."""
        thing = self._any(pick)
        if thing is None or thing.place.key is not None or thing.kind not in ("folder", "dashboard", "source"):
            return ""
        if thing.is_protected:
            del thing.lifecycle["prevent_destroy"]
            return f"{thing.address} is protected no longer"
        if thing.stood != thing.stands:
            return ""  # it is about to be replaced
        thing.lifecycle = {**thing.lifecycle, "prevent_destroy": True}
        return f"{thing.address} is protected"

    def settle_drift(self, pick: Pick) -> str:
        """What on_drift asks for, of what nobody has changed yet: a data source, or a dashboard in no folder."""
        thing = self._one(pick.of(("dashboard", "source")), pick)
        if thing is None or thing.place.key is not None or thing.inside is not None or thing.values.get("form"):
            return ""
        if not thing.live or (thing.kind, thing.live) in self.touched:
            return ""
        thing.on_drift = pick.of(("keep", "keep", "overwrite", ""))
        return f"{thing.address}: on_drift {thing.on_drift!r}"

    def forget_history(self, pick: Pick) -> str:
        """[[moved]], [[removed]] and [[import]] blocks go once they have been applied."""
        left = len(self.world.moved) + len(self.world.removed)
        self.world.moved[:] = [move for move in self.world.moved if move not in self.applied]
        self.world.removed[:] = [address for address in self.world.removed if address not in self.applied]
        if left == len(self.world.moved) + len(self.world.removed):
            return ""
        return "no moved, no removed"

    def take_over(self, pick: Pick) -> str:
        """A block for what a stranger has made."""
        found = sorted(key for key in self.strangers if key[0] in ("dashboard", "source", "folder"))
        if not found:
            return ""
        kind, uid = pick.of(found)
        place = self._free_place(kind, pick)
        if place is None or place.key is not None:
            return ""
        thing = Thing(kind, self._tag(), place, uid, uid)
        self._fill(thing, pick)
        thing.takes = pick.of(("adopt", "import"))
        thing.is_open = True
        if kind == "source" and thing.takes == "adopt" and pick.below(2):
            thing.uid, thing.values["name"] = "", self.strangers_names[uid]
        if kind == "folder":
            thing.inside = None
        self.strangers.pop((kind, uid))
        self.world.things[thing.tag] = thing
        return f"{thing.address} takes {kind} {uid} over ({thing.takes}, uid={thing.uid!r}) {json.dumps(thing.values)}"

    def move_inside(self, pick: Pick) -> str:
        """A dashboard or folder goes into another folder."""
        thing = self._any(pick)
        if thing is None or thing.kind not in ("folder", "dashboard") or thing.on_drift == "keep":
            return ""
        below = {t.tag for t in self.world.within(thing.tag)} | {thing.tag}
        height = self.world.height(thing.tag) if thing.kind == "folder" else 0
        folders = [
            f.tag
            for f in self.world.of_kind("folder")
            if f.tag not in below and self.world.depth(f.tag) + height <= _DEPTH
        ]
        thing.inside = pick.of([None, *folders])
        return f"{thing.address} goes into {thing.inside}"

    def permit(self, pick: Pick) -> str:
        """Permissions are declared, changed, or no longer declared."""
        thing = self._any(pick)
        if thing is None or thing.kind not in ("folder", "dashboard") or thing.place.key is not None:
            return ""
        rules = pick.of(({"Viewer": "View"}, {"Editor": "Admin", "Viewer": "Edit"}, {}, {"Editor": "Edit"}))
        kind = f"{thing.kind}_permission"
        there = next((t for t in self.world.of_kind(kind) if t.of == thing.tag), None)
        if there is not None and pick.below(2):
            self._drop(there)
            return f"{there.address} is no longer declared"
        if there is None:
            there = Thing(kind, self._tag(), Place(thing.place.module, self.fresh("p")), of=thing.tag)
            self.world.things[there.tag] = there
        there.values["permissions"] = rules
        return f"{there.address}: {rules}"

    def snapshot(self, pick: Pick) -> str:
        """A snapshot is declared, changed, or no longer declared."""
        there = self._one("snapshot", pick)
        if there is None or (pick.below(2) and len(self.world.of_kind("snapshot")) < 3):
            boards = [t for t in self.world.of_kind("dashboard") if t.uid and not t.values["form"]]
            if not boards:
                return ""
            board = pick.of(boards)
            there = Thing("snapshot", self._tag(), Place(board.place.module, self.fresh("s")), of=board.tag)
            there.uid = self.fresh("snapshotkey") if pick.below(2) else ""
            there.values = {"name": self.fresh("Shot "), "model": {"title": "Shot", **json.loads(json.dumps(_MODEL))}}
            self.world.things[there.tag] = there
            return f"declare {there.address} key={there.uid!r}"
        if pick.below(3) == 0:
            self._drop(there)
            return f"{there.address} is no longer declared"
        there.live = there.uid
        if pick.below(2):
            there.values["name"] = self.fresh("Shot ")
            return f"{there.address} is called {there.values['name']}"
        edit = chosen(there.values["model"], pick.chance(), "empty values" in self.avoid)
        there.values["model"] = edit.applied(there.values["model"])
        return f"{there.address}: {edit}"

    # --- identity -----------------------------------------------------------------------------------------------------

    def give_uid(self, pick: Pick) -> str:
        """Another uid, or the one that hcl-lite has chosen written down."""
        thing = self._any(pick)
        if thing is None or thing.kind not in ("folder", "dashboard", "source") or thing.is_open:
            return ""
        if (thing.place.key is not None and not thing.uid) or (thing.uid and thing.is_protected):
            return ""
        if not thing.uid and thing.live:
            thing.uid = thing.live
            return f"{thing.address}: its uid {thing.uid} is written down"
        if thing.is_protected:
            return ""
        thing.uid = thing.live = self.fresh("new-u")
        for shot in self.world.about(thing.tag):
            shot.live = shot.uid
        return f"{thing.address}: uid = {thing.uid}"

    def readdress(self, pick: Pick) -> str:
        """A block gets another name, key or module, with [[moved]] or without."""
        thing = self._any(pick)
        if thing is None:
            return ""
        place = self._free_place(thing.kind, pick)
        if place is None or not self._fits(thing, place):
            return ""
        old, old_place = thing.address, thing.place
        group = self._group(thing.kind, place)
        if group and bool(group[0].uid) != bool(thing.uid):
            return ""
        numbered = isinstance(place.key, int) or isinstance(old_place.key, int)
        told = not numbered and (not thing.uid or pick.below(2) == 1)
        if numbered and not thing.uid:
            return ""
        thing.place = place
        self._renumber(thing.kind, old_place)
        self._renumber(thing.kind, place)
        if told:
            self.world.moved.append((old, thing.address))
        return f"{old} is now {thing.address}{' (moved)' if told else ''}"

    def exchange(self, pick: Pick) -> str:
        """Two things of a kind exchange their addresses."""
        kind = pick.of(("folder", "dashboard", "source"))
        things = [t for t in self.world.of_kind(kind) if t.uid]
        if len(things) < 2 or "exchanges" in self.avoid:
            return ""
        one = pick.of(things)
        other = pick.of([t for t in things if t is not one])
        if not (self._fits(one, other.place) and self._fits(other, one.place)):
            return ""
        one.place, other.place = other.place, one.place
        return f"{one.address} and {other.address} exchange their addresses"

    def rename_module(self, pick: Pick) -> str:
        """A module gets another name, with all that is in it."""
        here = {thing.place.module for thing in self.world.things.values()} - {""}
        told = [*self.world.removed, *(old for old, _ in self.world.moved)]
        left = {name for name in ("m", "n") if any(address.startswith(f"module.{name}") for address in told)}
        free = sorted({"m", "n"} - here - left)
        if not here or not free:
            return ""
        old, new = pick.of(sorted(here)), free[0]
        self.world.moved.append((f"module.{old}", f"module.{new}"))
        for thing in self.world.things.values():
            if thing.place.module == old:
                thing.place = Place(new, thing.place.name, thing.place.key)
        return f"module.{old} is now module.{new}"

    # --- places -------------------------------------------------------------------------------------------------------

    def _tag(self) -> int:
        return max(self.world.things, default=0) + 1

    def _any(self, pick: Pick) -> Thing | None:
        return pick.of([*self.world.things.values()]) if self.world.things else None

    def _one(self, kind: str, pick: Pick) -> Thing | None:
        things = self.world.of_kind(kind)
        return pick.of(things) if things else None

    def _free_place(self, kind: str, pick: Pick) -> Place | None:
        """A place where nothing of the kind stands, and from where nothing was moved that the state has there still."""
        module, name, repeated = pick.of(("", "", "m", "n")), pick.of(_NAMES), pick.below(3)
        there = [t.place for t in self.world.of_kind(kind) if (t.place.module, t.place.name) == (module, name)]
        shape = type(there[0].key) if there else {0: type(None), 1: str, 2: int}[repeated]
        place = Place(module, name, None)
        if shape is str:
            place = Place(module, name, pick.of(_KEYS))
        elif shape is int:
            place = Place(module, name, pick.below(len(there) + 1))
            return self._unless_left(kind, place)  # it is put before the one that stands there
        return None if self.world.at(kind, place) or (there and shape is type(None)) else self._unless_left(kind, place)

    def _unless_left(self, kind: str, place: Place) -> Place | None:
        address = place.address(kind)
        names = {address, Place(place.module, place.name).address(kind), f"module.{place.module}"}
        return None if names & {*self.world.removed, *(old for old, _ in self.world.moved)} else place

    def _fits(self, thing: Thing, place: Place) -> bool:
        """Instances of one block have the same arguments."""
        if place.key is None:
            return True
        plain = thing.style in ("", "json", "table") if thing.kind == "dashboard" else True
        return (
            thing.kind in ("folder", "dashboard", "source")
            and plain
            and not (thing.secrets or thing.values.get("form") or thing.lifecycle or thing.on_drift or thing.kept)
        )

    def _group(self, kind: str, place: Place) -> list[Thing]:
        if place.key is None:
            return []
        return [t for t in self.world.of_kind(kind) if (t.place.module, t.place.name) == (place.module, place.name)]

    def _renumber(self, kind: str, place: Place) -> None:
        """The numbers of a count go from 0 on; the newest of two at one number stands before the other."""
        if isinstance(place.key, int):
            group = sorted(self._group(kind, place), key=lambda t: (t.place.key, -t.tag))
            for number, thing in enumerate(group):
                thing.place = Place(place.module, place.name, number)

    EDITS: tuple[Callable[[Files, Pick], str], ...] = ()


Files.EDITS = (
    Files.declare,
    Files.declare,
    Files.undeclare,
    Files.release,
    Files.change_leaf,
    Files.change_data,
    Files.rename,
    Files.set_secret,
    Files.move_inside,
    Files.permit,
    Files.snapshot,
    Files.give_uid,
    Files.readdress,
    Files.exchange,
    Files.rename_module,
    Files.refer,
    Files.refer,
    Files.rotate,
    Files.settle_lifecycle,
    Files.protect,
    Files.settle_drift,
    Files.forget_history,
    Files.take_over,
)
