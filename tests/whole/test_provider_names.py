"""Provider blocks are names of servers: an object goes by another one of the same server without being made anew."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_TOLD = "It is known as one of provider grafana until now, which is of the same server."
_BLOCKS = """
[resource.grafana_data_source.s]
PROVIDER
uid = "home-s"
name = "Home"
type = "loki"
url = "http://x"

[resource.grafana_folder.f]
PROVIDER
uid = "home-f"
title = "Home"

[resource.grafana_folder_permission.f]
PROVIDER
folder_uid = "${grafana_folder.f.uid}"
permissions = { Viewer = "View" }

[resource.grafana_dashboard.d]
PROVIDER
folder = "${grafana_folder.f.uid}"
config = { uid = "home-d", title = "Home" }
"""
_OTHER = 'provider = "other"'


def _other(server: Server) -> str:
    return server.provider.replace("[provider.grafana]", "[provider.other]\ntype = 'grafana'")


def test_an_object_goes_by_another_provider_block_of_its_server(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Only the state changes, whether it has its uid from the block or from its JSON; the old block may go then."""
    project = Project(hcl, server, tmp_path)
    project.apply(_BLOCKS.replace("PROVIDER", ""))
    numbers = [server.call("GET", path)["id"] for path in ("/api/datasources/uid/home-s", "/api/folders/home-f")]
    project.write(_other(server) + _BLOCKS.replace("PROVIDER", _OTHER))
    assert project.plan() == []
    assert project.run("plan").count(_TOLD) == 4
    project.apply()
    assert {record["provider"] for record in project.state()["records"]} == {"other"}
    assert _TOLD not in project.run("plan")
    (tmp_path / "main.toml").write_text(_other(server) + _BLOCKS.replace("PROVIDER", _OTHER))
    project.run("plan", "--detailed-exitcode")
    assert numbers == [
        server.call("GET", path)["id"] for path in ("/api/datasources/uid/home-s", "/api/folders/home-f")
    ]
    project.destroy()


def test_what_changes_as_well_is_an_update(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Of that alone; an undo takes it back, and a plan knows the rest."""
    project = Project(hcl, server, tmp_path)
    project.apply(_BLOCKS.replace("PROVIDER", ""))
    moved = _other(server) + _BLOCKS.replace("PROVIDER", _OTHER)
    project.write(moved.replace('title = "Home"', 'title = "Changed"'))
    assert project.plan() == [
        ("grafana_folder.f", "update", ["title"]),
        ("grafana_dashboard.d", "update", ["dashboard.title"]),
    ]
    project.run("apply", "p")
    project.run("plan", "--detailed-exitcode")
    project.run("undo", "--auto-approve")
    project.write(moved)
    project.run("plan", "--detailed-exitcode")
    project.destroy()


def test_an_object_on_another_server_is_made_there(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """And goes where it was."""
    project = Project(hcl, embedded, tmp_path)
    other = Server(f"embedded:{tmp_path / 'other.db'}", "admin:admin")
    folder = '[resource.grafana_folder.f]\nPROVIDER\nuid = "home-f"\ntitle = "Home"\n'
    project.apply(folder.replace("PROVIDER", ""))
    project.write(_other(other) + folder.replace("PROVIDER", _OTHER))
    assert project.plan() == [("grafana_folder.f", "replace", [])]
    project.apply()
    assert (embedded.inventory()["folders"], other.inventory()["folders"]) == ([], ["home-f"])
    project.destroy()
