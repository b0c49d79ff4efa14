"""Labels and annotations of dashboards in resource forms: the declared ones are sent and compared, others stay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_PATH = "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards/meta-k"
_BLOCK = "[resource.grafana_dashboard.k]\nconfig_json = '${file(\"k.json\")}'\n"


class Labelled(Project):
    """A project with one dashboard in a resource form, on a server that others use too."""

    def write_dashboard(self, title: str, **metadata: dict[str, str]) -> None:
        resource = {
            "apiVersion": "dashboard.grafana.app/v1beta1",
            "kind": "Dashboard",
            "metadata": {"name": "meta-k", **metadata},
            "spec": {"title": title, "panels": [], "schemaVersion": 42},
        }
        (self.root / "k.json").write_text(json.dumps(resource))

    def there(self) -> dict[str, Any]:
        """Labels and annotations on the server, but for those that it makes."""
        metadata = self.server.call("GET", _PATH)["metadata"]
        return {
            part: {key: value for key, value in metadata.get(part, {}).items() if not key.startswith("grafana.app/")}
            for part in ("labels", "annotations")
        }

    def put(self, **metadata: dict[str, str]) -> None:
        """What a colleague does."""
        found = self.server.call("GET", _PATH)
        for part, items in metadata.items():
            found["metadata"][part].update(items)
        self.server.call("PUT", _PATH, found)

    def paths(self) -> list[str]:
        return [path for _, _, paths in self.plan() for path in paths]


def test_declared_metadata_is_sent_compared_and_repaired(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Labels and annotations of the file reach the server; an edit and a drift of them are updates of their own."""
    project = Labelled(hcl, server, tmp_path)
    project.write_dashboard("K", labels={"team": "a"}, annotations={"example.org/owner": "x"})
    project.apply(_BLOCK)
    assert project.there() == {"labels": {"team": "a"}, "annotations": {"example.org/owner": "x"}}
    project.write_dashboard("K", labels={"team": "b"}, annotations={"example.org/owner": "x"})
    assert project.paths() == ["metadata.labels.team"]
    project.apply()
    project.put(annotations={"example.org/owner": "drifted"})
    assert project.paths() == ['metadata.annotations["example.org/owner"]']
    project.apply()
    assert project.there() == {"labels": {"team": "b"}, "annotations": {"example.org/owner": "x"}}
    project.destroy()


def test_metadata_that_leaves_the_file_leaves_the_server(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Shown as such; what others have put there stays, also where an undo takes back what the apply has added."""
    project = Labelled(hcl, server, tmp_path)
    project.write_dashboard("K", labels={"team": "a", "tier": "1"}, annotations={"example.org/owner": "x"})
    project.apply(_BLOCK)
    project.put(labels={"theirs": "1"})
    project.write_dashboard("K", labels={"tier": "1"})
    assert sorted(project.paths()) == ["metadata.annotations", "metadata.labels.team"]
    project.apply()
    assert project.there() == {"labels": {"tier": "1", "theirs": "1"}, "annotations": {}}
    project.run("plan", "--detailed-exitcode")
    project.write_dashboard("K", labels={"tier": "1", "new": "1"}, annotations={"example.org/new": "1"})
    project.apply()
    project.run("undo", "--auto-approve")
    assert project.there() == {"labels": {"tier": "1", "theirs": "1"}, "annotations": {}}
    project.write_dashboard("K")
    project.apply()
    assert project.there() == {"labels": {"theirs": "1"}, "annotations": {}}
    project.destroy()


def test_metadata_of_others_stays(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """What is not declared is never shown, and is still there after an update and an undo."""
    project = Labelled(hcl, server, tmp_path)
    project.write_dashboard("K", labels={"team": "a"})
    project.apply(_BLOCK)
    project.put(labels={"theirs": "1"}, annotations={"example.org/owner": "x"})
    project.run("plan", "--detailed-exitcode")
    both = {"labels": {"team": "a", "theirs": "1"}, "annotations": {"example.org/owner": "x"}}
    project.write_dashboard("K, renamed", labels={"team": "a"})
    assert project.paths() == ["dashboard.title"]
    project.apply()
    assert project.there() == both
    project.run("undo", "--auto-approve")
    assert (project.there(), server.call("GET", _PATH)["spec"]["title"]) == (both, "K")
    project.destroy()
