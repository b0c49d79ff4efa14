"""What a run has made is known, whatever comes after: a request that is refused in the middle loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from providers.embedded import Fault
from providers.embedded.app import EmbeddedApp
from providers.embedded.faults import Faults
from tests.conftest import Hcl
from tests.whole.processes import served
from tests.whole.project import Project

_FIRST_SOURCE = """
[resource.grafana_data_source.first]
uid = "first"
name = "First"
type = "grafana-testdata-datasource"
is_default = false
secure_json_data = { password = "geheim" }
"""
_FOLDERS = """
[resource.grafana_folder.team]
uid = "team"
title = "Team"

[resource.grafana_folder.moved]
uid = "moved"
title = "Before"
"""
_MOVED = _FOLDERS.replace('title = "Before"', 'title = "After"\nparent_folder_uid = "${grafana_folder.team.uid}"')
_BOARD = """
[resource.grafana_dashboard.board]
config = { uid = "board", title = "Before" }
"""


@pytest.fixture
def world(hcl: Hcl, tmp_path: Path) -> Iterator[tuple[Project, EmbeddedApp]]:
    """A project, and its server."""
    with served(tmp_path / "grafana.db") as (server, app):
        yield Project(hcl, server, tmp_path), app


class _UnreadableAfterAWrite(Faults):
    """Whoever has written a data source may not read it any longer."""

    def take(self, method: str, target: str) -> list[Fault]:
        met = super().take(method, target)
        if method == "PUT":
            self.add(Fault("GET", "/api/datasources/uid", status=403, times=None))
        return met


def _records(project: Project) -> dict[str, str]:
    """Whether each object is all that was asked for."""
    return {record["address"]: "whole" if record["applied"] else "begun" for record in project.state()["records"]}


def _fails(project: Project) -> None:
    outcome = project.hcl("apply", "--auto-approve")
    assert (outcome.code, "Traceback" in outcome.err) == (1, False), outcome.err
    assert project.state()["pending"] == []


def test_a_data_source_is_known_before_it_is_not_the_default(world: tuple[Project, EmbeddedApp]) -> None:
    """The first one becomes the default whatever is asked for; where that cannot be undone, the next plan does it."""
    project, app = world
    project.write(_FIRST_SOURCE)
    app.faults.add(Fault("PUT", "/api/datasources", status=400))
    _fails(project)
    assert _records(project) == {"grafana_data_source.first": "begun"}
    assert project.plan() == [("grafana_data_source.first", "update", ["is_default"])]
    project.apply()
    assert _records(project) == {"grafana_data_source.first": "whole"}
    project.destroy()
    assert project.server.inventory()["data sources"] == []


def test_what_was_begun_is_taken_back_by_undo(world: tuple[Project, EmbeddedApp]) -> None:
    """The run has made the object, though not all of it."""
    project, app = world
    project.write(_FIRST_SOURCE)
    app.faults.add(Fault("PUT", "/api/datasources", status=400))
    _fails(project)
    project.run("undo", "--auto-approve")
    assert (project.server.inventory()["data sources"], _records(project)) == ([], {})


def test_what_is_brought_back_is_known_before_it_is_changed(world: tuple[Project, EmbeddedApp]) -> None:
    """From the trash it comes as it was; the rest is an update."""
    project, app = world
    project.apply(_BOARD)
    project.server.call("DELETE", "/api/dashboards/uid/board")
    project.replace("Before", "After")
    app.faults.add(Fault("POST", "/api/dashboards/db", status=400))
    _fails(project)
    assert _records(project) == {"grafana_dashboard.board": "begun"}
    assert project.plan() == [("grafana_dashboard.board", "update", ["dashboard.title"])]
    project.apply()
    project.destroy()


def test_a_folder_is_known_by_its_new_title_before_it_is_moved(world: tuple[Project, EmbeddedApp]) -> None:
    """It takes two requests; what the first has done is nobody else's doing."""
    project, app = world
    project.apply(_FOLDERS)
    project.write(_MOVED)
    app.faults.add(Fault("POST", "/api/folders/moved/move", status=403))
    _fails(project)
    planned = project.run("plan", "--out", "p")
    assert "changed outside" not in planned
    assert project.plan() == [("grafana_folder.moved", "update", ["parent_folder_uid"])]
    project.apply()
    project.destroy()


def test_a_write_whose_outcome_nobody_may_read_is_not_forgotten(world: tuple[Project, EmbeddedApp]) -> None:
    """A refusal after a write that was done is no sign that nothing was done: the next run looks."""
    project, app = world
    project.apply(_FIRST_SOURCE)
    version = project.server.call("GET", "/api/datasources/uid/first")["version"]
    project.replace('name = "First"', 'name = "Second"')
    app.faults = _UnreadableAfterAWrite()
    assert project.hcl("apply", "--auto-approve").code == 1
    app.faults.clear()
    assert [intent["write"] for intent in project.state()["pending"]] == ["update"]
    project.apply()
    assert project.server.call("GET", "/api/datasources/uid/first")["version"] == version + 1
    project.destroy()
