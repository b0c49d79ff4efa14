"""What a server has to hold, told from the world alone, and what it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.reliability.machine.equality import differing
from tests.reliability.machine.grafana import DASHBOARDS, Grafana, Key
from tests.reliability.machine.marks import replaced
from tests.reliability.machine.model import Thing, World, wanted_source, without_idle_user

Documents = Mapping[Key, Any]


class Oracle:
    """Compares a world with a Grafana, key by key."""

    def __init__(self, grafana: Grafana) -> None:
        self.grafana = grafana
        self._stored: dict[str, Any] = {}

    def find(self, world: World, there: Documents) -> list[str]:
        """Learn the uids that were left to hcl-lite, by titles and names, which no two have. What is amiss."""
        wrong = []
        for thing in world.things.values():
            if thing.of is not None and thing.kind != "snapshot":
                continue
            found = [
                uid
                for (kind, uid), document in there.items()
                if kind == thing.kind and _name(kind, document) == _named(thing)
            ]
            expected = thing.uid or thing.live
            if thing.on_drift == "keep" and (thing.kind, expected) in there:
                found = [expected]
            if len(found) != 1 or (expected and found[0] != expected):
                wrong.append(f"{thing.address}: found as {found}, should be {expected or 'one'}")
            else:
                thing.live = found[0]
        return wrong

    def unequal(self, world: World, there: Documents, strangers: set[Key], kept: set[Key]) -> Iterator[str]:
        """What the server holds and should not, or should and does not; of `kept` what is there is right."""
        wanted = {
            (t.kind, t.live) for t in world.things.values() if t.kind in ("folder", "dashboard", "source", "snapshot")
        }
        for key in wanted - there.keys():
            yield f"{key} is not there"
        for key in there.keys() - wanted - strangers:
            yield f"{key} is there: nobody wants it"
        for key in strangers - there.keys():
            yield f"{key} of a stranger is gone"
        for thing in world.things.values():
            if (thing.kind, thing.live) not in kept:
                yield from (f"{thing.address}: {line}" for line in self._thing(world, thing, there))

    def _thing(self, world: World, thing: Thing, there: Documents) -> list[str]:
        if thing.kind.endswith("permission"):
            assert thing.of is not None
            holder = world.things[thing.of]
            found = there[holder.kind, holder.live]["permissions"]
            return differing(thing.values["permissions"], found, "permissions")
        found = there.get((thing.kind, thing.live))
        if found is None:
            return ["missing"]
        folder = "" if thing.inside is None else world.things[thing.inside].live
        match thing.kind:
            case "folder":
                return differing([thing.values["title"], folder], [found["title"], found.get("parentUid", "")])
            case "source":
                wanted = without_idle_user(self._unmarked(world, wanted_source(thing), there))
                secrets = {key for key, value in thing.secrets.items() if value}
                lines = differing(wanted, {key: found.get(key) for key in wanted})
                has = set(found.get("secureJsonFields") or ())
                secrets |= thing.kept
                return lines + ([] if has == secrets else [f"secrets {has}, should be {secrets}"])
            case "snapshot":
                has = {key: value for key, value in found["dashboard"].items() if key not in ("snapshot", "id")}
                wanted = {**thing.values["model"], "uid": world.things[thing.of or 0].uid}
                return differing({k: v for k, v in wanted.items() if k != "id"}, has)
        lines = differing(folder, found["meta"].get("folderUid", ""), "folder")
        if thing.values.get("form"):
            return lines + self._resource(thing)
        wanted = self._unmarked(world, {**thing.values["model"], "uid": thing.live}, there)
        if "ignore_changes" in thing.lifecycle:
            wanted.pop("extra", None)  # looked at by `untouched`
            wanted |= {key: value for key, value in found["dashboard"].items() if key == "extra"}
        return lines + differing(wanted, {k: v for k, v in found["dashboard"].items() if k not in ("id", "version")})

    def _unmarked(self, world: World, value: Any, there: Documents) -> Any:
        def found(kind: str, name: str) -> str:
            if kind == "secret":
                return world.variables[name]
            thing = world.things[int(name)]
            return thing.live if kind == "uid" else str(there[thing.kind, thing.live]["id"])

        return replaced(value, found)

    def _resource(self, thing: Thing) -> list[str]:
        path = DASHBOARDS.format(version=thing.values["form"])
        found = self.grafana.get(f"{path}/{thing.live}")
        text = json.dumps([thing.values["form"], thing.values["model"]])
        if text not in self._stored:
            self._stored[text] = self._as_stored(path, thing)
        return differing(self._stored[text], found["spec"], "spec")

    def _as_stored(self, path: str, thing: Thing) -> Any:
        """What the server makes of the very document: told by a twin."""
        version = f"dashboard.grafana.app/{thing.values['form']}"
        twin = {"apiVersion": version, "kind": "Dashboard", "metadata": {"name": "twin"}, "spec": thing.values["model"]}
        self.grafana.call("POST", path, twin)
        spec = self.grafana.get(f"{path}/twin")["spec"]
        self.grafana.delete(("dashboard", "twin"))
        return spec


def _named(thing: Thing) -> str:
    """What nobody else of its kind is called."""
    values = thing.values
    return str(values["model"]["title"] if thing.kind == "dashboard" else values.get("title") or values["name"])


def _name(kind: str, document: Any) -> str:
    match kind:
        case "dashboard":
            return str(document["dashboard"]["title"])
        case "folder":
            return str(document["title"])
    return str(document["name"])
