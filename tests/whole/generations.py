"""What the tests of several generations share: a project on a Grafana of one, and a colleague in its UI."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import Hcl, Server
from tests.whole.project import Project

EVERY = ("3", "5", "7", "10", "11", "12")
# 10 and 11 have the routes of 12 and the titles of 7: all tests of them on demand, one in every run.
GENERATIONS = EVERY if os.environ.get("HCL_LITE_TEST_GENERATIONS") else ("3", "5", "7", "12")


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


class GenerationProject(Project):
    """A project on a Grafana of one generation, with a colleague who works there, too."""

    def __init__(self, hcl: Hcl, root: Path, generation: str, server: Server | None = None) -> None:
        super().__init__(hcl, server or Server.embedded(root, generation), root)
        self.generation = generation
        self.colleague = Colleague(self.server, generation)
