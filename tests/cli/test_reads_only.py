"""Every command there is, and what it may change: commands that only read are held to that by a server's access log."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from hcl_lite.cli.main import cli
from providers.embedded import create_app
from providers.embedded.app import EmbeddedApp
from tests.conftest import Figures, Hcl, Server
from tests.http_servers import serve_json
from tests.whole.processes import serving

# Commands that change nothing on a server, with arguments by which they ask it as much as they can.
_READING = {
    "init": [],
    "validate": [],
    "fmt": [],
    "docs": [],
    "schema": [],
    "plan": ["--out", "again"],
    "console": ["--plan"],
    "graph": [],
    "test": [],
    "show": ["saved"],
    "state list": [],
    "state show": ["grafana_dashboard.d"],
    "state history": [],
    "state pull": [],
    "workspace list": [],
    "workspace show": [],
    "data-source get": ["prom"],
    "data-source list": [],
    "data-source proxy": ["prom", "api/v1/query"],
    "data-source query": ["prom", "up"],
    "dashboard trash": [],
    "dashboard versions": ["d"],
    "output": [],
    "snapshot list": [],
    "snapshot show": ["shot"],
    "providers": [],
    "drift": [],
    "get": ["dashboards", "--format", "toml"],
    "diff": ["grafana", "grafana"],
    "copy": ["--from", "grafana", "--to", "grafana"],
    "export provisioning": ["out"],
    "export operator": ["out-too"],
    **{f"migrate {name}": ["nowhere"] for name in ("grizzly", "gdg", "provisioning", "operator", "terraform")},
    "version": [],
}
# Commands that change the state, and nothing on a server; in this order, one after the other.
_CHANGING_STATE = {
    "refresh": [],
    "pull": [],
    "state mv": ["grafana_dashboard.d", "grafana_dashboard.e"],
    "state rm": ["grafana_dashboard.e"],
    "import": ["grafana_dashboard.d", "d"],
    "state rollback": ["1"],
    "state push": ["kept.json", "--force"],
    "state encrypt": [],
    "state decrypt": [],
    "workspace new": ["other"],
    "workspace select": ["default"],
    "workspace delete": ["other"],
    "force-unlock": ["1"],
}
# Commands that change what is on a server; likewise.
_WRITING = {
    "restore": ["RUN", "grafana_dashboard.d", "--auto-approve"],
    "undo": ["--auto-approve"],
    "apply": ["--auto-approve"],
    "data-source delete": ["other", "--auto-approve"],
    "dashboard restore": ["gone"],
    "dashboard purge": ["gone", "--auto-approve"],
    "snapshot delete": ["loose"],
    "destroy": ["--auto-approve"],
}
# What no server is asked by, since it is one; and what ends only with Ctrl-C (tests/whole/test_watch.py).
_NEITHER = {"serve", "watch"}
_GROUPS_THAT_ASK = ("data-source", "dashboard", "snapshot", "export")
_ASKING = {"plan", "console", "drift", "get", *(name for name in _READING if name.split()[0] in _GROUPS_THAT_ASK)}
# What changes other files than that of the state.
_ASIDE = {"workspace new", "workspace select", "workspace delete"}
# What ends with another code than 0 here: there is drift, no key to encrypt with, no lock, no route of 12.4 that
# purges, one server (tests/whole/test_promotion.py has two), and no files of another tool
# (tests/whole/test_migrations.py has some).
_FAILING = {"drift", "state encrypt", "force-unlock", "dashboard purge", "diff", "copy"} | {
    name for name in _READING if name.startswith("migrate ")
}

# Everything that asks a server: a lookup of each kind that takes another way, and a resource of each type.
_MAIN = """
[data.grafana_folder.made]
uid = "made"

[data.grafana_snapshots.all]

[data.grafana_query.up]
data_source = "other"
expr = "up"
from = "1420066800000"
to = "1420066860000"

[resource.grafana_data_source.prom]
name = "Prom"
type = "prometheus"
uid = "prom"
url = "@PROMETHEUS@"

[resource.grafana_folder.f]
title = "F"
uid = "f"

[resource.grafana_dashboard.d]
folder = "${grafana_folder.f.uid}"
config_json = '{"uid": "d", "title": "D"}'

[resource.grafana_snapshot.s]
dashboard = "${grafana_dashboard.d.config_json}"
key = "shot"

[output.d]
value = "${grafana_dashboard.d.url}"
"""
_STATE = Path("hcl-lite.state.json")
_TEST = "[[run]]\n[[run.assert]]\ncondition = \"${grafana_folder.f.uid == 'f'}\"\nerror_message = 'no'\n"


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from _commands(found, (*path, name))
        else:
            yield " ".join((*path, name))


def _is_read(method: str, path: str) -> bool:
    """The routes that read by their documentation, written down here once more."""
    if method == "POST":
        return path in ("/api/ds/query", "/api/tsdb/query")
    return method == "GET" and not path.startswith("/api/snapshots-delete/")


@dataclass(frozen=True)
class World:
    """A server with what commands ask for, and a project that was applied to it and differs from it now."""

    hcl: Hcl
    app: EmbeddedApp
    root: Path

    def drive(self, command: str, args: list[str]) -> list[tuple[str, str]]:
        """Run a command; what it has called."""
        self.app.access_log.clear()
        outcome = self.hcl(*(["-C", "suite"] if command == "test" else []), *command.split(), *args)
        os.chdir(self.root)
        assert outcome.code == 0 or command in _FAILING, outcome.err
        return [(method, path) for method, path, _ in self.app.access_log]


def _writes(calls: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [call for call in calls if not _is_read(*call)]


@pytest.fixture
def world(hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    app = create_app(tmp_path / "served.db")
    nothing = {"status": "success", "data": {"resultType": "matrix", "result": []}}
    with serving(app) as url, serve_json(nothing) as other:
        server = Server(url, "admin:admin")
        source = {"uid": "other", "name": "Other", "type": "prometheus", "access": "proxy", "url": other}
        server.call("POST", "/api/datasources", source)
        server.call("POST", "/api/folders", {"uid": "made", "title": "Made"})
        server.call("POST", "/api/dashboards/db", {"dashboard": {"uid": "gone", "title": "Gone"}})
        server.call("DELETE", "/api/dashboards/uid/gone")
        kept = {"dashboard": {"uid": "kept", "title": "Kept"}}
        server.call("POST", "/api/dashboards/db", kept)
        server.call("POST", "/api/snapshots", {**kept, "key": "loose", "name": "Loose"})
        main = server.provider + _MAIN.replace("@PROMETHEUS@", other)
        for title in ("D", "E", "F"):
            (tmp_path / "main.toml").write_text(main.replace('"title": "D"', f'"title": "{title}"'))
            if title != "F":
                applied = hcl("apply", "--auto-approve")
                assert applied.code == 0, applied.err
        assert hcl("plan", "--out", "saved").code == 0
        server.call("PUT", "/api/folders/f", {"title": "Hers", "overwrite": True})
        (tmp_path / "suite").mkdir()
        folder = '[resource.grafana_folder.f]\ntitle = "F"\nuid = "f"\n'
        (tmp_path / "suite" / "main.toml").write_text(server.provider + folder)
        (tmp_path / "suite" / "it.test.toml").write_text(_TEST)
        monkeypatch.setattr("sys.stdin", io.StringIO("grafana_dashboard.d.url\n"))
        yield World(hcl, app, tmp_path)


def test_every_command_is_known_to_read_or_to_write() -> None:
    """A new command has to say what it does, in one of the tables above."""
    tables: list[set[str]] = [set(_READING), set(_CHANGING_STATE), set(_WRITING), _NEITHER]
    assert sorted(name for table in tables for name in table) == sorted(_commands(cli))


def test_a_command_that_reads_changes_nothing(world: World, figures: Figures) -> None:
    """Neither on the server, as its access log says, nor in the state."""
    before = _STATE.read_bytes()
    calls = {command: world.drive(command, args) for command, args in _READING.items()}
    assert {command: writes for command, called in calls.items() if (writes := _writes(called))} == {}
    assert {command for command, called in calls.items() if called} == _ASKING
    assert _STATE.read_bytes() == before
    figures("reading commands that were seen to send no write", len(calls))


def test_a_command_that_changes_the_state_changes_nothing_else(world: World, figures: Figures) -> None:
    """As its server's access log says."""
    Path("kept.json").write_bytes(_STATE.read_bytes())
    for command, args in _CHANGING_STATE.items():
        before = _STATE.read_bytes()
        assert _writes(world.drive(command, args)) == [], command
        assert (_STATE.read_bytes() != before) is (command not in {*_FAILING, *_ASIDE}), command
    figures("commands for the state that were seen to send no write", len(_CHANGING_STATE))


def test_a_command_that_writes_is_seen_to_write(world: World) -> None:
    """So that the tests above cannot pass by seeing nothing."""
    run = max(path.name for path in Path(".hcl-lite/backups").iterdir())
    for command, args in _WRITING.items():
        called = world.drive(command, [run if arg == "RUN" else arg for arg in args])
        assert bool(_writes(called)) is (command not in _FAILING), command


def test_the_queries_of_a_plan_are_the_only_calls_that_are_no_get(world: World) -> None:
    """A data block that asks a data source asks Grafana by POST."""
    posts = {path for method, path in world.drive("plan", []) if method == "POST"}
    assert posts == {"/api/ds/query"}
