"""Data blocks: what is there already, read at plan, or at apply where it depends on what is not there yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Project


@pytest.fixture
def furnished(server: Server) -> Any:
    """A server with a folder, a dashboard and a data source that nobody here manages."""
    server.call("POST", "/api/folders", {"uid": "there", "title": "There"})
    dashboard = {"uid": "there-d", "title": "Already", "panels": []}
    server.call("POST", "/api/dashboards/db", {"dashboard": dashboard, "folderUid": "there"})
    source = {"uid": "there-s", "name": "Loki", "type": "loki", "access": "proxy", "url": "http://loki:3100"}
    server.call("POST", "/api/datasources", source)
    server.call("POST", "/api/snapshots", {"dashboard": dashboard, "name": "Snapshot there", "key": "there-k"})
    yield server
    server.call("DELETE", "/api/snapshots/there-k")
    server.call("DELETE", "/api/folders/there")
    server.call("DELETE", "/api/datasources/uid/there-s")


_LOOKUPS = [
    ("grafana_data_source", 'name = "Loki"', "uid", "there-s"),
    ("grafana_data_source", 'uid = "there-s"', "url", "http://loki:3100"),
    ("grafana_folder", 'title = "There"', "uid", "there"),
    ("grafana_folder", 'uid = "there"', "title", "There"),
    ("grafana_dashboard", 'uid = "there-d"', "folder", "there"),
    ("grafana_dashboard", 'uid = "there-d"', "title", "Already"),
    ("grafana_server", "", "org_id", 1),
    ("grafana_snapshot", 'key = "there-k"', "title", "Already"),
    ("grafana_snapshots", 'query = "THERE"', "keys", ["there-k"]),
    ("grafana_snapshots", 'query = "nowhere"', "snapshots", []),
]


@pytest.mark.parametrize(("type_", "by", "attribute", "value"), _LOOKUPS)
def test_a_lookup_finds_what_is_there(
    hcl: Hcl, furnished: Server, tmp_path: Path, type_: str, by: str, attribute: str, value: Any
) -> None:
    """By name, title or uid; its attributes can be referred to."""
    block = f'[data.{type_}.x]\n{by}\n[output.found]\nvalue = "${{data.{type_}.x.{attribute}}}"\n'
    (tmp_path / "main.toml").write_text(furnished.provider + block)
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    assert json.loads(hcl("output", "--json").out) == {"found": value}


def test_a_data_source_is_found_by_its_number(hcl: Hcl, furnished: Server, tmp_path: Path) -> None:
    """The id that older tools remember."""
    number = furnished.call("GET", "/api/datasources/uid/there-s")["id"]
    block = (
        f'[data.grafana_data_source.x]\nid = {number}\n[output.found]\nvalue = "${{data.grafana_data_source.x.name}}"\n'
    )
    (tmp_path / "main.toml").write_text(furnished.provider + block)
    assert hcl("apply", "--auto-approve").code == 0
    assert hcl("output", "--raw", "found").out == "Loki\n"


def test_the_version_of_the_server_is_known(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """GET /api/health."""
    block = '[data.grafana_server.it]\n[output.version]\nvalue = "Grafana ${data.grafana_server.it.version}"\n'
    (tmp_path / "main.toml").write_text(embedded.provider + block)
    assert hcl("apply", "--auto-approve").code == 0
    assert hcl("output", "--raw", "version").out == "Grafana 12.4.0\n"


@pytest.mark.parametrize(
    ("block", "says"),
    [
        (
            '[data.grafana_data_source.x]\nname = "Lokki"\n',
            ['There is no data source with name "Lokki"', "There are: Loki"],
        ),
        ('[data.grafana_folder.x]\ntitle = "Nowhere"\n', ['There is no folder with title "Nowhere"']),
        ('[data.grafana_dashboard.x]\nuid = "nowhere"\n', ['There is no dashboard with uid "nowhere"']),
        ('[data.grafana_snapshot.x]\nkey = "nowhere"\n', ['There is no snapshot with key "nowhere"', "Snapshot there"]),
        ("[data.grafana_snapshots.x]\nlimit = 0\n", ["limit cannot be 0"]),
        ("[data.grafana_data_source.x]\n", ["Give one of uid, name, id"]),
        ('[data.grafana_folder.x]\nuid = "a"\ntitle = "b"\n', ["Give one of uid, title"]),
    ],
    ids=["data source", "folder", "dashboard", "snapshot", "limit", "nothing given", "too much given"],
)
def test_a_lookup_that_finds_nothing_says_what_there_is(
    hcl: Hcl, furnished: Server, tmp_path: Path, block: str, says: list[str]
) -> None:
    """With the place of the argument."""
    (tmp_path / "main.toml").write_text(furnished.provider + block)
    outcome = hcl("plan")
    assert outcome.code == 1
    assert [phrase for phrase in says if phrase not in outcome.err] == []
    assert "at main.toml:" in outcome.err


def test_a_lookup_of_what_does_not_exist_yet_waits_for_the_apply(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Shown as read during apply; what depends on it is known afterwards."""
    text = (
        '[resource.grafana_folder.new]\ntitle = "New"\nuid = "new"\n'
        '[data.grafana_folder.new]\nuid = "${grafana_folder.new.uid}"\n'
        '[resource.grafana_folder.child]\ntitle = "Child of ${data.grafana_folder.new.title}"\nuid = "child"\n'
        'parent_folder_uid = "${data.grafana_folder.new.uid}"\n'
    )
    (tmp_path / "main.toml").write_text(server.provider + text)
    planned = hcl("plan").out
    assert "data.grafana_folder.new will be read during apply" in planned
    assert "(known after apply)" in planned
    assert hcl("apply", "--auto-approve").code == 0
    assert server.call("GET", "/api/folders/child")["title"] == "Child of New"
    assert hcl("plan", "--detailed-exitcode").code == 0
    assert hcl("destroy", "--auto-approve").code == 0


_KEYS = """
[resource.grafana_folder.a]
uid = "keys"
title = "TITLE"

[data.grafana_folder.x]
uid = "keys"
depends_on = ["grafana_folder.a"]

[resource.grafana_folder.c]
count = "${length(data.grafana_folder.x.title)}"
title = "of ${data.grafana_folder.x.title}, ${count.index}"
"""


def test_no_keys_are_taken_from_a_lookup_of_what_is_about_to_change(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """It would tell what was there before, and the plan would have less than there is to do: the other is applied
    first, as where it is not there yet."""
    project = Project(hcl, server, tmp_path)
    project.write(_KEYS.replace("TITLE", "ab"))
    said = "The instances of grafana_folder.c are known only after apply"
    assert said in hcl("plan").err
    project.run("apply", "--auto-approve", "--target", "grafana_folder.a")
    project.apply()
    assert len(server.inventory()["folders"]) == 3
    project.write(_KEYS.replace("TITLE", "abc"))
    assert said in hcl("plan").err
    project.run("apply", "--auto-approve", "--target", "grafana_folder.a")
    project.apply()
    assert len(server.inventory()["folders"]) == 4
    project.destroy()
