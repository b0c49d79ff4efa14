"""grafana_library_panel: between its folder and the dashboards that show it. Its life is in
tests/providers/test_lifecycle.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Hcl, Server

_FOLDER = '[resource.grafana_folder.f]\nuid = "lib-folder"\ntitle = "Library"\n'
_PANEL = """[resource.grafana_library_panel.p]
name = "Shared"
uid = "lib-panel"
folder_uid = "lib-folder"
model_json = '{"type": "text", "title": "T", "targets": [{"refId": "A", "expr": "up"}]}'
"""
_BOARD = """[resource.grafana_dashboard.d]
config = { uid = "lib-board", title = "Shows it", panels = [{ id = 1, libraryPanel = { uid = "lib-panel" } }] }
"""


def _write(root: Path, server: Server, *blocks: str) -> None:
    (root / "main.toml").write_text("".join((server.provider, *blocks)))


def test_what_shows_it_comes_after_it_and_goes_before_it(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Nothing but what the dashboard's JSON says names it; alone it is not deleted while a dashboard shows it."""
    _write(tmp_path, server, _BOARD, _PANEL, _FOLDER)
    made = hcl("apply", "--auto-approve", "--parallelism", "1").out
    assert made.index("✓ grafana_library_panel.p") < made.index("✓ grafana_dashboard.d")
    assert hcl("plan", "--detailed-exitcode").code == 0
    other = _BOARD.replace("dashboard.d", "dashboard.e").replace("lib-board", "lib-other").replace("Shows", "Has")
    _write(tmp_path, server, _BOARD, other, _PANEL, _FOLDER)
    hcl("apply", "--auto-approve")
    _write(tmp_path, server, _BOARD, other, _FOLDER)
    assert "It is named by grafana_dashboard.d, grafana_dashboard.e, which" in hcl("plan").err
    refused = hcl("apply", "--auto-approve", "--refresh=false").err
    shown = ('dashboard "Shows it" (lib-board)', 'dashboard "Has it" (lib-other)')
    assert [one for one in (*shown, "where nothing would be left of it.") if one not in refused] == []
    hcl("state", "rm", "grafana_dashboard.e")
    _write(tmp_path, server, _BOARD.replace('libraryPanel = { uid = "lib-panel" }', 'title = "None"'), _FOLDER)
    said = hcl("plan").err
    assert "grafana_library_panel.p cannot be deleted while others name it" in said
    assert 'It is named by dashboard "Has it" (lib-other), which cannot do without it.' in said
    server.call("DELETE", "/api/dashboards/uid/lib-other")
    made = hcl("apply", "--auto-approve").out
    assert made.index("✓ grafana_dashboard.d") < made.index("✓ grafana_library_panel.p")
    _write(tmp_path, server, _BOARD, _PANEL, _FOLDER)
    hcl("apply", "--auto-approve")
    assert "cannot be replaced while others name it" in hcl("plan", "--replace", "grafana_library_panel.p").err
    _write(tmp_path, server, _BOARD.replace('title = "Shows it"', 'title = "Shows it still"'), _FOLDER)
    assert "It is named by grafana_dashboard.d, which" in hcl("plan").err
    _write(tmp_path, server, _BOARD, _PANEL, _FOLDER)
    gone = hcl("destroy", "--auto-approve").out
    assert gone.index("✓ grafana_dashboard.d") < gone.index("✓ grafana_library_panel.p")


def test_its_json_differs_by_key_and_a_folder_does_not_lose_it(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """It moves from folder to folder, not to the root; one that nobody manages keeps its folder."""
    _write(tmp_path, server, _FOLDER, _PANEL)
    hcl("apply", "--auto-approve")
    _write(tmp_path, server, _FOLDER, _PANEL.replace('"up"', '"down"'))
    assert '~ model_json.targets["A"].expr: "up" → "down"' in hcl("plan").out
    _write(tmp_path, server, _FOLDER, _PANEL.replace('folder_uid = "lib-folder"', ""))
    assert "It cannot be moved to the root" in hcl("plan").err
    hcl("state", "rm", "grafana_library_panel.p")
    _write(tmp_path, server)
    assert 'It holds 1 object (library panel "Shared") not managed here' in hcl("plan").out
    _write(tmp_path, server, _FOLDER, _PANEL)
    hcl("import", "grafana_library_panel.p", "lib-panel")
    assert hcl("plan", "--detailed-exitcode").code == 0
    hcl("destroy", "--auto-approve")


def test_all_of_many_are_taken_over_with_files_that_people_can_read(hcl: Hcl, tmp_path: Path) -> None:
    """More than one page of them."""
    server = Server.embedded(tmp_path)
    one = "name = 'M ${count.index}'\nmodel_json = '{\"type\":\"text\"}'\n"
    many = f"[resource.grafana_library_panel.m]\ncount = 101\n{one}"
    _write(tmp_path, server, _FOLDER, _PANEL, many)
    hcl("apply", "--auto-approve")
    other = tmp_path / "other"
    other.mkdir()
    _write(other, server)
    assert hcl("-C", str(other), "import", "--all").code == 0
    assert len([*other.glob("library_panels/m-*.json")]) == 101
    text = (other / "library_panels" / "library" / "shared.json").read_text()
    assert json.loads(text)["targets"] == [{"refId": "A", "expr": "up"}]
    assert text.count("\n") > 5
    assert 'folder_uid = "${grafana_folder.library.uid}"' in (other / "library_panels.toml").read_text()
    assert hcl("-C", str(other), "plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("model_json = '{\"type\": '", "It is no JSON: Expecting value at line 1, column 10."),
        ("model_json = '[]'", "Expected the JSON of a panel, which is an object."),
        ("model_json = '{\"type\": 1}'", 'Expected text as its "type".'),
        ("model_json = '{}'\nuid = 'no uid'", '"no uid" cannot be a uid'),
        ("model_json = '{}'\nfolder_uid = 'general'", 'There is no folder "general"'),
    ],
)
def test_what_it_cannot_be_is_said(hcl: Hcl, tmp_path: Path, wrong: str, says: str) -> None:
    """At its place."""
    _write(tmp_path, Server.embedded(tmp_path), f'[resource.grafana_library_panel.p]\nname = "P"\n{wrong}\n')
    outcome = hcl("plan")
    assert (outcome.code, says in outcome.err, "main.toml:" in outcome.err) == (1, True, True), outcome.err
