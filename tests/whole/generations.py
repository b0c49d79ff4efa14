"""What the tests of several generations share: a project on a Grafana of one, and a colleague in its UI."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import Hcl, Server

GENERATIONS = ("3", "5", "7", "12")


@dataclass(frozen=True)
class Colleague:
    """Somebody who works in the UI of a Grafana of one generation, and knows what is in it by its title or name."""

    server: Server
    generation: str

    @property
    def has_folders(self) -> bool:
        return self.generation != "3"

    def dashboard(self, title: str) -> Any:
        """{meta, dashboard} of a dashboard."""
        (hit,) = (hit for hit in self.server.call("GET", "/api/search") if hit["title"] == title)
        return self.server.call("GET", self._path(hit))

    def edit(self, title: str, /, **changes: Any) -> None:
        """Open, change and save a dashboard. The UI of 3 drops what it does not know, such as our uid."""
        wire = self.dashboard(title)
        document = {**wire["dashboard"], **changes}
        if self.generation == "3":
            document.pop("uid", None)
        place = {"folderId": wire["meta"].get("folderId", 0), "folderUid": wire["meta"].get("folderUid", "")}
        self.server.call("POST", "/api/dashboards/db", {"dashboard": document, **place})

    def make(self, title: str, /, folder: str = "", **body: Any) -> None:
        """A new dashboard."""
        number = self.server.call("GET", f"/api/folders/{folder}")["id"] if folder else 0
        body = {"dashboard": {"title": title, **body}, "folderId": number, "folderUid": folder}
        self.server.call("POST", "/api/dashboards/db", body)

    def delete(self, title: str) -> None:
        """Delete a dashboard."""
        (hit,) = (hit for hit in self.server.call("GET", "/api/search") if hit["title"] == title)
        self.server.call("DELETE", self._path(hit))

    def data_source(self, name: str) -> Any:
        """A data source."""
        return self.server.call("GET", f"/api/datasources/name/{name}")

    def edit_source(self, name: str, /, **changes: Any) -> None:
        """Open, change and save a data source."""
        live = self.data_source(name)
        self.server.call("PUT", f"/api/datasources/{live['id']}", {**live, **changes})

    def snapshots(self) -> list[Any]:
        """Those that there are."""
        listed: list[Any] = self.server.call("GET", "/api/dashboard/snapshots")
        return listed

    def delete_snapshot(self, item: Any) -> None:
        """Delete a listed snapshot."""
        if self.generation == "3":
            self.server.call("GET", f"/api/snapshots-delete/{item['deleteKey']}")
        else:
            self.server.call("DELETE", f"/api/snapshots/{item['key']}")

    def inventory(self) -> dict[str, list[str]]:
        """Every object there is, by kind."""
        hits = self.server.call("GET", "/api/search")
        return {
            "dashboards": sorted(hit["title"] for hit in hits if hit["type"] == "dash-db"),
            "folders": sorted(hit["title"] for hit in hits if hit["type"] == "dash-folder"),
            "data sources": sorted(item["name"] for item in self.server.call("GET", "/api/datasources")),
            "snapshots": sorted(item["name"] for item in self.snapshots()),
        }

    def _path(self, hit: Any) -> str:
        return f"/api/dashboards/{hit['uri'] if self.generation == '3' else 'uid/' + hit['uid']}"


class Project:
    """A configuration on a Grafana of one generation, and what its plan would change."""

    def __init__(self, hcl: Hcl, root: Path, generation: str, server: Server | None = None) -> None:
        self.hcl, self.root, self.generation = hcl, root, generation
        self.server = server or Server(f"embedded:{root / 'grafana.db'}?version={generation}", "admin:admin")
        self.colleague = Colleague(self.server, generation)
        self.text = ""

    def write(self, text: str) -> None:
        self.text = text
        (self.root / "main.toml").write_text(self.server.provider + text)

    def replace(self, old: str, new: str) -> None:
        assert old in self.text
        self.write(self.text.replace(old, new))

    def plan(self, *args: str) -> list[tuple[str, str, list[str]]]:
        """Address, action and changed paths of everything that a plan would write."""
        outcome = self.hcl("plan", "--out", "p", *args)
        assert outcome.code == 0, outcome.err
        changes = json.loads(self.hcl("show", "--json", "p").out)["changes"]
        return [
            (c["address"], c["action"], [d["path"] for d in c["differences"]] if c["action"] == "update" else [])
            for c in changes
            if c["action"] in ("create", "update", "replace", "delete")
        ]

    def apply(self) -> None:
        """Apply; nothing is left to do after it."""
        outcome = self.hcl("apply", "--auto-approve")
        assert outcome.code == 0, outcome.err
        again = self.hcl("plan")
        assert "No changes." in again.out, again.out + again.err

    def destroy(self) -> None:
        outcome = self.hcl("destroy", "--auto-approve")
        assert outcome.code == 0, outcome.err

    def state(self) -> Any:
        return json.loads((self.root / "hcl-lite.state.json").read_text())
