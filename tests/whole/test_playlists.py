"""grafana_playlist, from its creation to its end: a type whose uid the server chooses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_NAME = "hcl-lite wall"
_WALL = f"""
[resource.grafana_playlist.wall]
name = "{_NAME}"
interval = "300s"
item = [
    {{ type = "dashboard_by_tag", value = "wall" }},
    {{ type = "dashboard_by_uid", value = "${{grafana_dashboard.start.uid}}" }},
]
[resource.grafana_dashboard.start]
uid = "wall-start"
config = {{ title = "Start here" }}
[output.uid]
value = "${{grafana_playlist.wall.uid}}"
"""


class PlaylistProject(Project):
    """A project, and the playlists that there are."""

    def live(self) -> list[Any]:
        listed = self.server.call("GET", "/api/playlists")
        ours = [item["uid"] for item in listed if item["name"].startswith(_NAME)]
        return [self.server.call("GET", f"/api/playlists/{uid}") for uid in ours]


@pytest.fixture
def project(hcl: Hcl, server: Server, tmp_path: Path) -> PlaylistProject:
    return PlaylistProject(hcl, server, tmp_path)


def test_a_playlist_lives(project: PlaylistProject) -> None:
    """Made, changed, changed by a colleague, taken out of the state and imported, deleted by a colleague, destroyed."""
    project.apply(_WALL)
    (made,) = project.live()
    assert (made["interval"], [item["value"] for item in made["items"]]) == ("300s", ["wall", "wall-start"])
    project.write(_WALL.replace('"wall" }', '"floor" }'))
    assert project.plan() == [("grafana_playlist.wall", "update", ['item["floor"].value'])]
    project.apply()
    project.server.call("PUT", f"/api/playlists/{made['uid']}", {"name": f"{_NAME} 2", "interval": "1m", "items": []})
    assert "was changed outside of hcl-lite" in project.run("plan")
    project.apply(_WALL)
    project.run("state", "rm", "grafana_playlist.wall")
    project.run("import", "grafana_playlist.wall", made["uid"])
    project.run("plan", "--detailed-exitcode")
    project.server.call("DELETE", f"/api/playlists/{made['uid']}")
    project.apply(_WALL)
    (again,) = project.live()
    assert again["uid"] != made["uid"]
    project.destroy()
    assert project.live() == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ('interval = "soon"', 'Expected a length of time such as "30s", "5m" or "1h30m", found "soon".'),
        ('interval = "1m"\nitem = [{ type = "folder", value = "x" }]', 'At [0]["type"]: Expected one of'),
        ('interval = "1m"\nitem = [{ type = "dashboard_by_tag" }]', 'At [0]: The attribute "value" is missing'),
        ('interval = "1m"\nitem = [{ kind = "x" }]', "There is no such attribute."),
    ],
)
def test_what_a_nested_block_cannot_have_is_said(hcl: Hcl, tmp_path: Path, wrong: str, says: str) -> None:
    """At its place, before any server is asked."""
    items = "" if "item" in wrong else "\nitem = []"
    (tmp_path / "main.toml").write_text(f'[resource.grafana_playlist.p]\nname = "P"\n{wrong}{items}\n')
    outcome = hcl("validate")
    assert outcome.code == 1
    assert says in outcome.err
    assert "main.toml:" in outcome.err
