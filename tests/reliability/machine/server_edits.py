"""What a colleague does on the server of the world. Each edit says what it did; "" where it could do nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.reliability.machine.edits import chosen
from tests.reliability.machine.grafana import Grafana, Key
from tests.reliability.machine.model import World
from tests.reliability.machine.pick import Pick

THEIRS = "extra"  # a secret that no file gives


@dataclass
class Colleague:
    """`strangers` are the objects that nobody manages, with the folder that each is in."""

    grafana: Grafana
    world: World
    strangers: dict[Key, str] = field(default_factory=dict)
    count: int = 0
    avoid: frozenset[str] = frozenset()
    names: dict[str, str] = field(default_factory=dict)  # of data sources, by uid
    touched: set[Key] = field(default_factory=set)  # what was changed, and not put right yet

    def change_dashboard(self, pick: Pick) -> str:
        """One place in it; or nothing, saved all the same."""
        uid = self._uid("dashboard", pick)
        wire = self.grafana.get(f"/api/dashboards/uid/{uid}") if uid else None
        if wire is None:
            return ""
        model = wire["dashboard"]
        said = "saves it without a change"
        if pick.below(3):
            edit = chosen(model, pick.chance(), "empty values" in self.avoid)
            model, said = edit.applied(model), str(edit)
        self.grafana.save_dashboard(model, wire["meta"].get("folderUid", ""))
        self.touched.add(("dashboard", uid))
        return f"dashboard {uid}: {said}"

    def move_dashboard(self, pick: Pick) -> str:
        uid = self._uid("dashboard", pick)
        wire = self.grafana.get(f"/api/dashboards/uid/{uid}") if uid else None
        if wire is None or any(t.live == uid and t.on_drift == "keep" for t in self.world.of_kind("dashboard")):
            return ""  # it would stay in a folder that may go
        folder = pick.of(["", *self._uids("folder")])
        self.grafana.save_dashboard(wire["dashboard"], folder)
        self.touched.add(("dashboard", uid))
        if ("dashboard", uid) in self.strangers:
            self.strangers["dashboard", uid] = folder
        return f"dashboard {uid} goes into {folder!r}"

    def delete(self, pick: Pick) -> str:
        """With all that is in it."""
        kind = pick.of(("dashboard", "source", "snapshot", "folder"))
        uid = self._uid(kind, pick)
        if not uid:
            return ""
        if any(thing.is_open and uid == thing.live for thing in self.world.of_kind(kind)):
            return ""  # an import of it could not be
        self.grafana.delete((kind, uid))
        for key in [key for key in self.strangers if self.grafana.document(key) is None]:
            del self.strangers[key]
        return f"delete {kind} {uid}"

    def change_folder(self, pick: Pick) -> str:
        """Another title, another parent."""
        uid = self._uid("folder", pick)
        if not uid:
            return ""
        if pick.below(2):
            self.count += 1
            self.grafana.call("PUT", f"/api/folders/{uid}", {"title": f"Theirs {self.count}", "overwrite": True})
            return f"folder {uid} is called Theirs {self.count}"
        parent = pick.of(["", *(other for other in self._uids("folder") if other != uid)])
        answer = self.grafana.client.post(f"/api/folders/{uid}/move", json={"parentUid": parent})
        if answer.status_code >= 400:
            return ""  # too deep, or into itself
        if ("folder", uid) in self.strangers:
            self.strangers["folder", uid] = parent
        return f"folder {uid} goes into {parent!r}"

    def change_source(self, pick: Pick) -> str:
        """Another URL, setting or secret; or nothing, saved all the same."""
        uid = self._uid("source", pick)
        wire = self.grafana.get(f"/api/datasources/uid/{uid}") if uid else None
        if wire is None:
            return ""
        change: dict[str, Any] = pick.of(
            (
                {},
                {"url": "http://theirs:9"},
                {"jsonData": {**wire["jsonData"], "theirs": False}},
                {"user": "theirs", "database": "theirs"},
                {"secureJsonData": {THEIRS: "their-own-secret"}},
            )
        )
        self.grafana.call("PUT", f"/api/datasources/uid/{uid}", {**wire, **change})
        self.touched.add(("source", uid))
        return f"source {uid}: {change}"

    def permit(self, pick: Pick) -> str:
        kind = pick.of(("folder", "dashboard"))
        uid = self._uid(kind, pick)
        if not uid:
            return ""
        rules = pick.of(({"Viewer": "Admin"}, {"Editor": "Edit", "Viewer": "View"}, {}))
        self.grafana.permit((kind, uid), rules)
        return f"permissions of {kind} {uid}: {rules}"

    def create(self, pick: Pick) -> str:
        """A dashboard, folder or data source of their own."""
        self.count += 1
        kind, uid = pick.of(("dashboard", "folder", "source")), f"theirs-{self.count}"
        folder = pick.of(["", *self._uids("folder")])
        match kind:
            case "dashboard":
                self.grafana.save_dashboard({"uid": uid, "title": f"Their board {self.count}", "panels": []}, folder)
            case "folder":
                if folder and self.grafana.call("GET", f"/api/folders/{folder}").get("parents"):
                    folder = ""
                self.grafana.save_folder(uid, f"Their folder {self.count}", folder)
            case "source":
                body = {
                    "uid": uid,
                    "name": f"Their source {self.count}",
                    "type": "loki",
                    "access": "proxy",
                    "url": "http://t",
                }
                self.grafana.call("POST", "/api/datasources", body | {"secureJsonData": {THEIRS: "their-own-secret"}})
                folder, self.names[uid] = "", f"Their source {self.count}"
        self.strangers[kind, uid] = folder
        return f"create {kind} {uid} in {folder!r}"

    def make_room(self, released: Iterable[Key]) -> bool:
        """Take what is a stranger's, or is about to be, out of folders that are not; whether there was any."""
        moved = False
        for uid in [uid for kind, uid in released if kind == "dashboard"]:
            wire = self.grafana.get(f"/api/dashboards/uid/{uid}")
            if wire is not None and wire["meta"].get("folderUid"):
                self.grafana.save_dashboard(wire["dashboard"], "")
                moved = True
        for (kind, uid), folder in self.strangers.items():
            if not folder or ("folder", folder) in self.strangers:
                continue
            if kind == "dashboard":
                model = self.grafana.call("GET", f"/api/dashboards/uid/{uid}")["dashboard"]
                self.grafana.save_dashboard(model, "")
            else:
                self.grafana.call("POST", f"/api/folders/{uid}/move", {"parentUid": ""})
            self.strangers[kind, uid] = ""
            moved = True
        return moved

    def _uids(self, kind: str) -> list[str]:
        """Of what is on the server, in the order of the world: the oracle keeps to what it has seen there."""
        return [*(uid for k, uid in self.there if k == kind)]

    @property
    def there(self) -> list[Key]:
        return sorted(self.grafana.keys())

    def _uid(self, kind: str, pick: Pick) -> str:
        found = self._uids(kind)
        return pick.of(found) if found else ""

    EDITS: tuple[Callable[[Colleague, Pick], str], ...] = ()


Colleague.EDITS = (
    Colleague.change_dashboard,
    Colleague.move_dashboard,
    Colleague.delete,
    Colleague.change_folder,
    Colleague.change_source,
    Colleague.permit,
    Colleague.create,
)
