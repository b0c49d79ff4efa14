"""pull: what colleagues change in Grafana comes back into the files, and nothing else in them changes."""

from __future__ import annotations

import difflib
import json
import os
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.core.files import write_private
from tests.conftest import Hcl, Server
from tests.whole.processes import served
from tests.whole.project import Project, plan_changes

Json = dict[str, Any]

_FOLDERS = """
# The folders
[resource.grafana_folder.team]
uid   = "pull-team"   # short
title = 'Team'

[resource.grafana_folder.other]
uid   = "pull-other"
title = "Other"
"""
_BOARD = """
[resource.grafana_dashboard.d]
folder      = "${grafana_folder.team.uid}"
config_json = '${file("d.json")}'
"""
_MANY = """
[resource.grafana_dashboard.d]
for_each    = '${fileset(".", "d*.json")}'
config_json = "${file(each.key)}"
"""
_TEXT = """{
  "uid": "pull-d",   "title": "Case",
  "tags": ["a", "b"],
  "refresh": "",
  "graphTooltip": 1e0,
  "description": "Caf\\u00e9",
  "panels": [
    {"id": 1, "title": "A", "type": "text", "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0}},
    {"id": 2, "title": "B", "type": "text", "gridPos": {"h": 8, "w": 12, "x": 0, "y": 8}}
  ]
}
"""


def _edit(server: Server, uid: str, change: Callable[[Json], object], folder: str | None = None) -> None:
    """What a colleague does with a dashboard."""
    there = server.call("GET", f"/api/dashboards/uid/{uid}")
    change(there["dashboard"])
    where = there["meta"].get("folderUid", "") if folder is None else folder
    server.call("POST", "/api/dashboards/db", {"dashboard": there["dashboard"], "folderUid": where})


def _changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that are gone, and those that are new."""
    lines = [*difflib.ndiff(before.splitlines(), after.splitlines())]
    return [one[2:] for one in lines if one[0] == "-"], [one[2:] for one in lines if one[0] == "+"]


def _start(hcl: Hcl, server: Server, root: Path, blocks: str = _FOLDERS + _BOARD, text: str = _TEXT) -> Project:
    project = Project(hcl, server, root)
    (root / "d.json").write_bytes(text.encode())
    project.apply(blocks)
    return project


def test_what_was_changed_is_in_the_files_alone(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """A panel, a tag, a title, a folder: with its line, its style and its reference; then the plan is empty."""
    project = _start(hcl, server, tmp_path)
    toml = (tmp_path / "main.toml").read_text()
    assert project.run("pull", "--check").startswith("Nothing to pull")

    def change(model: Json) -> None:
        model["panels"][1]["title"] = "New"
        model["panels"].append({"title": "C", "id": 3, "gridPos": {"h": 1, "w": 2, "x": 0, "y": 16}, "type": "text"})
        model["tags"].append("c")

    _edit(server, "pull-d", change, "pull-other")
    server.call("PUT", "/api/folders/pull-team", {"title": "Team 2", "overwrite": True})
    assert hcl("pull", "--check").code == ExitCode.CHANGES
    told = project.run("pull", "--dry-run")
    assert "+title = 'Team 2'" in told
    assert (tmp_path / "d.json").read_text() == _TEXT
    pulled = project.run("pull")
    assert "No changes. Grafana is as the configuration says." in pulled
    assert "changed by admin" in pulled
    assert _changed(toml, (tmp_path / "main.toml").read_text()) == (
        ["title = 'Team'", 'folder      = "${grafana_folder.team.uid}"'],
        ["title = 'Team 2'", 'folder      = "${grafana_folder.other.uid}"'],
    )
    last = '    {"id": 2, "title": "B", "type": "text", "gridPos": {"h": 8, "w": 12, "x": 0, "y": 8}}'
    new = '    {"id": 3, "title": "C", "type": "text", "gridPos": {"h": 1, "w": 2, "x": 0, "y": 16}}'
    assert _changed(_TEXT, (tmp_path / "d.json").read_text()) == (
        ['  "tags": ["a", "b"],', last],
        ['  "tags": ["a", "b", "c"],', last.replace('"B"', '"New"') + ",", new],
    )
    assert plan_changes(hcl) == []
    assert project.run("pull").startswith("Nothing to pull")
    project.destroy()


def test_both_sides_are_merged_and_conflicts_are_told(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """By panel and key; what both have changed stays as the files have it, until somebody chooses."""
    project = _start(hcl, server, tmp_path)

    def change(model: Json) -> None:
        model["panels"][0]["title"], model["panels"][1]["title"] = "Theirs", "B theirs"
        model["tags"].append("theirs")

    _edit(server, "pull-d", change)
    project.replace('"tags": ["a", "b"]', '"tags": ["mine", "a", "b"]', "d.json")
    project.replace('"title": "A"', '"title": "Mine"', "d.json")
    project.replace('"refresh": ""', '"refresh": "5m"', "d.json")
    outcome = hcl("pull")
    assert outcome.code == ExitCode.ERROR
    assert 'grafana_dashboard.d dashboard.panels["Theirs"].title' in outcome.out
    assert 'last applied: "A"\n    ours: "Mine"\n    theirs: "Theirs"' in outcome.out
    assert "1 to update" in outcome.out
    text = (tmp_path / "d.json").read_text()
    assert '["mine", "a", "b", "theirs"]' in text
    assert ('"title": "Mine"' in text, '"B theirs"' in text, '"refresh": "5m"' in text) == (True, True, True)
    assert hcl("pull", "--theirs").code == ExitCode.OK
    assert '"title": "Theirs"' in (tmp_path / "d.json").read_text()
    assert project.plan()[0][2] == ["dashboard.tags", "dashboard.refresh"] or project.plan()
    project.apply()
    assert project.run("pull").startswith("Nothing to pull")
    project.destroy()


_PLACES = """
[variable.owner]
default = "team-a"

[locals]
title = "A local"   # said once
shared = "Shared"

[resource.grafana_folder.l]
uid   = "pull-l"
title = "${local.title}"

[resource.grafana_folder.s]
uid   = "pull-s"
title = "${local.shared}"

[resource.grafana_folder.s2]
uid   = "pull-s2"
title = "${local.shared} 2"

[resource.grafana_folder.escaped]
uid   = "pull-escaped"
title = "No $${expression}"

[resource.grafana_folder.v]
uid   = "pull-v"
title = "${var.owner}"

[resource.grafana_folder.each]
for_each = { one = { title = "One" }, two = { title = "Two" } }
uid      = "pull-${each.key}"
title    = "${each.value.title}"

[resource.grafana_dashboard.inline]
config_json = '''
{
  "uid": "pull-inline",
  "title": "Inline"
}
'''

[resource.grafana_dashboard.table.config]
uid   = "pull-table"
title = "Table"
panels = [{ id = 1, title = "P", type = "text" }]

[resource.grafana_dashboard.made]
config_json = '${templatefile("t.json", {"name": "Made"})}'

[resource.grafana_dashboard.encoded]
config_json = '${jsonencode(local.board)}'

[locals.board]
uid   = "pull-encoded"
title = "Encoded"

[resource.grafana_dashboard.twice]
for_each    = ["x", "y"]
uid         = "pull-${each.key}"
config_json = '${file("twice.json")}'
"""


def test_values_are_followed_to_the_one_place_that_says_them(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """Locals, defaults, tables of for_each, inline JSON, tables; what has no such place is told, and stays."""
    (tmp_path / "t.json").write_text('{"uid": "pull-made", "title": "${name}"}')
    (tmp_path / "twice.json").write_text('{"title": "Twice"}')
    project = _start(hcl, embedded, tmp_path, _PLACES)
    for uid in ("l", "s", "v", "one", "escaped"):
        embedded.call("PUT", f"/api/folders/pull-{uid}", {"title": f"New {uid}", "overwrite": True})
    for uid in ("inline", "table", "made", "encoded", "x"):
        _edit(embedded, f"pull-{uid}", lambda model, uid=uid: model.update(title=f"New {uid}", description="d"))
    before = (tmp_path / "main.toml").read_text()
    outcome = hcl("pull")
    assert outcome.code == ExitCode.ERROR
    gone, come = _changed(before, (tmp_path / "main.toml").read_text())
    assert come == [
        'default = "New v"',
        'title = "New l"   # said once',
        'title = "New escaped"',
        'for_each = { one = { title = "New one" }, two = { title = "Two" } }',
        '  "title": "New inline",',
        '  "description": "d"',
        'title = "New table"',
        'description = "d"',
        'title = "New encoded"',
        'description = "d"',
    ]
    assert len(gone) == 7
    for reason in (
        "grafana_folder.s title: local.shared is shared",
        "grafana_dashboard.made dashboard: a template makes it, from t.json",
        'grafana_dashboard.twice["x"] dashboard: twice.json is shared',
        '+  "title": "New made",',
    ):
        assert reason in outcome.out, outcome.out
    assert sorted(address for address, _, _ in project.plan()) == [
        "grafana_dashboard.made",
        'grafana_dashboard.twice["x"]',
        "grafana_folder.s",
    ]
    assert hcl("pull", "grafana_folder.s", "--literal").code == ExitCode.OK
    assert 'title = "New s"' in (tmp_path / "main.toml").read_text()
    project.apply()
    project.destroy()


_TYPES = """
[variable.token]
sensitive = true
default = "s3cret-token"

[resource.grafana_folder.f]
uid   = "pull-f"
title = "F"

[resource.grafana_data_source.p]
uid       = "pull-p"
name      = "Pull P"
type      = "prometheus"
url       = "http://p:9090"
json_data = { timeInterval = "15s", key = "${var.token}" }   # short

[resource.grafana_contact_point.c]
uid      = "pull-c"
name     = "Pull C"
type     = "email"
settings = { addresses = "a@b.c", singleEmail = false }

[resource.grafana_playlist.l]
name     = "Pull L"
interval = "60m"

[[resource.grafana_playlist.l.item]]
type  = "dashboard_by_tag"
value = "x"

[resource.grafana_team.t]
name  = "Pull T"
email = "t@x.y"

[resource.grafana_folder_permission.f]
folder_uid  = "${grafana_folder.f.uid}"
permissions = { Viewer = "View", Editor = "Edit" }

[resource.grafana_dashboard.s]
config_json = '{"uid": "pull-s", "title": "S", "description": "${var.token}", "tags": []}'
on_drift    = "fail"

[resource.grafana_dashboard.i]
config_json = '${file("i.json")}'
inputs      = { DS = "${grafana_data_source.p.uid}" }
"""
_INPUTS = """{
    "__inputs": [{"name": "DS", "label": "P", "type": "datasource", "pluginId": "prometheus"}],
    "uid": "pull-i", "title": "I",
    "panels": [{"id": 1, "title": "A", "datasource": {"type": "prometheus", "uid": "${DS}"}}]
}
"""


def _change_each_type(server: Server) -> None:
    source = server.call("GET", "/api/datasources/uid/pull-p")
    source["jsonData"] = {**source["jsonData"], "timeInterval": "30s"}
    server.call("PUT", "/api/datasources/uid/pull-p", {**source, "url": "http://new:9090"})
    points = server.call("GET", "/api/v1/provisioning/contact-points")
    point = next(one for one in points if one["uid"] == "pull-c")
    point["settings"]["addresses"], point["disableResolveMessage"] = "new@b.c", True
    server.call("PUT", "/api/v1/provisioning/contact-points/pull-c", point)
    uid = next(one["uid"] for one in server.call("GET", "/api/playlists") if one["name"] == "Pull L")
    there = server.call("GET", f"/api/playlists/{uid}")
    items = [{"type": one["type"], "value": one["value"]} for one in there["items"]]
    more = {"type": "dashboard_by_tag", "value": "y"}
    server.call("PUT", f"/api/playlists/{uid}", {**there, "interval": "1h", "items": [*items, more]})
    team = server.call("GET", "/api/teams/search?name=Pull%20T")["teams"][0]
    server.call("PUT", f"/api/teams/{team['id']}", {"name": "Pull T2", "email": ""})
    roles = [{"role": "Viewer", "permission": 1}, {"role": "Editor", "permission": 4}]
    server.call("POST", "/api/folders/pull-f/permissions", {"items": roles})
    _edit(server, "pull-s", lambda model: model.update(title="S2"))
    _edit(server, "pull-i", lambda model: model["panels"][0].update(title="A2"))


def test_each_type_comes_back_by_its_declaration(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Settings, blocks, defaults, permissions, beside secrets and inputs that stay; also after a refresh, and where
    drift is refused."""
    (tmp_path / "i.json").write_text(_INPUTS)
    project = _start(hcl, server, tmp_path, _TYPES)
    before = (tmp_path / "main.toml").read_text()
    _change_each_type(server)
    project.run("refresh")
    told = project.run("pull")
    assert "No changes. Grafana is as the configuration says." in told
    gone, come = _changed(before, (tmp_path / "main.toml").read_text())
    assert come == [
        'url       = "http://new:9090"',
        'json_data = { timeInterval = "30s", key = "${var.token}" }   # short',
        'settings = { addresses = "new@b.c", singleEmail = false }',
        "disable_resolve_message = true",
        "[[resource.grafana_playlist.l.item]]",
        'type = "dashboard_by_tag"',
        'value = "y"',
        "",
        'name  = "Pull T2"',
        'permissions = { Viewer = "View", Editor = "Admin" }',
        'config_json = \'{"uid": "pull-s", "title": "S2", "description": "${var.token}", "tags": []}\'',
    ]
    assert 'email = "t@x.y"' in gone
    assert (tmp_path / "i.json").read_text() == _INPUTS.replace('"A"', '"A2"')
    assert "s3cret" not in "".join(path.read_text() for path in tmp_path.glob("*.json")) + told
    _edit(server, "pull-s", lambda model: model.update(description="s3cret-token and more", tags=["t"]))
    outcome = hcl("pull")
    assert outcome.code == ExitCode.ERROR
    assert "it is secret, or holds a secret: no file gets it" in outcome.out
    assert '"description": "${var.token}", "tags": ["t"]' in (tmp_path / "main.toml").read_text()
    project.replace('on_drift    = "fail"\n', "")
    project.destroy()


def test_what_is_gone_and_what_is_new_is_told(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """What was deleted stays in the files; what is new in managed folders comes in with --new, and nothing else."""
    project = _start(hcl, server, tmp_path)
    server.call("DELETE", "/api/dashboards/uid/pull-d")
    for uid, folder in (("pull-new", "pull-team"), ("pull-top", "")):
        body = {"dashboard": {"uid": uid, "title": uid.title()}, "folderUid": folder}
        server.call("POST", "/api/dashboards/db", body)
    assert hcl("pull", "--new", "--check").code == ExitCode.CHANGES
    outcome = hcl("pull", "--new")
    assert outcome.code == ExitCode.ERROR
    assert "Gone from the server:\n  grafana_dashboard.d" in outcome.out
    assert (tmp_path / "d.json").read_text() == _TEXT
    assert json.loads((tmp_path / "dashboards" / "team" / "pull-new.json").read_text())["title"] == "Pull-New"
    assert "pull-top" not in "".join(path.read_text() for path in tmp_path.glob("*.toml"))
    project.apply()
    server.call("DELETE", "/api/dashboards/uid/pull-top")
    project.destroy()


def test_without_a_base_whatever_differs_is_a_conflict(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """An object that was made anew counts its versions anew."""
    project = _start(hcl, embedded, tmp_path)
    embedded.call("DELETE", "/api/dashboards/uid/pull-d")
    model = {**json.loads(_TEXT), "title": "Anew", "tags": ["b"]}
    embedded.call("POST", "/api/dashboards/db", {"dashboard": model, "folderUid": "pull-team"})
    project.replace('"refresh": ""', '"refresh": "5m"', "d.json")
    outcome = hcl("pull")
    assert outcome.code == ExitCode.ERROR
    assert [line for line in outcome.out.splitlines() if line.startswith("  grafana_dashboard.d dashboard.")] == [
        "  grafana_dashboard.d dashboard.title:",
        "  grafana_dashboard.d dashboard.tags:",
        "  grafana_dashboard.d dashboard.refresh:",
    ]
    assert "last applied" not in outcome.out
    assert hcl("pull", "--ours").code == ExitCode.OK
    assert (tmp_path / "d.json").read_text() == _TEXT.replace('"refresh": ""', '"refresh": "5m"')
    project.run("pull", "--theirs")
    assert json.loads((tmp_path / "d.json").read_text()) == model
    project.destroy()


def test_a_killed_pull_is_gone_on_with(
    hcl: Hcl, embedded: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file is as it was or as it is to be; the next pull does the rest."""
    project = _start(hcl, embedded, tmp_path)
    _edit(embedded, "pull-d", lambda model: model.update(title="New"), "pull-other")
    written: list[Path] = []

    def write(path: Path, data: bytes) -> None:
        if written:
            raise KeyboardInterrupt
        written.append(path)
        write_private(path, data)

    with monkeypatch.context() as killed:
        killed.setattr("hcl_lite.operations.pulling.files.write_private", write)
        assert hcl("pull").code == ExitCode.INTERRUPTED
    assert len(written) == 1
    assert "No changes." in project.run("pull")
    assert plan_changes(hcl) == []
    assert '"title": "New"' in (tmp_path / "d.json").read_text()
    project.destroy()


# --- (b): many edits by a colleague -----------------------------------------------------------------------------------


def _own_board(number: int) -> Json:
    panels = [
        {
            "id": index,
            "title": f"Panel {number}.{index}",
            "type": "timeseries",
            "gridPos": {"h": 8, "w": 12, "x": 0, "y": 8 * index},
            "targets": [{"refId": ref, "expr": f"rate({ref.lower()}[5m])"} for ref in "AB"],
            "fieldConfig": {"defaults": {"unit": "s", "min": 0}, "overrides": []},
        }
        for index in range(1, 5)
    ]
    variables = [{"name": "job", "type": "custom", "query": "a,b"}]
    return {"title": f"Board {number}", "tags": ["t"], "panels": panels, "templating": {"list": variables}}


def _random_edit(chance: random.Random, model: Json) -> Sequence[str]:
    """One change, and a word that is in each line of the file which it may touch."""
    panels = [panel for panel in model.get("panels", ()) if isinstance(panel, dict)]
    panel = chance.choice(panels) if panels else None
    mark = f"edited-{chance.randrange(10**6)}"
    kinds: Mapping[str, Callable[[], object]] = {
        "title": lambda: model.update(title=f"{model['title']} {mark}"),
        "description": lambda: model.update(description=mark),
        "tag": lambda: model.update(tags=[*(model.get("tags") or []), mark]),
        **(
            {
                "panel": lambda: panel.update(title=mark),
                "moved": lambda: panel.update(gridPos={**(panel.get("gridPos") or {}), "h": chance.randrange(20, 30)}),
                "new": lambda: model["panels"].append({"id": 9000 + len(panels), "title": mark, "type": "text"}),
                "gone": lambda: model["panels"].remove(panel),
            }
            if panel is not None
            else {}
        ),
    }
    kinds[chance.choice(sorted(kinds))]()
    return mark


def _edits(hcl: Hcl, server: Server, root: Path, boards: Mapping[str, Json], times: int, seed: int) -> None:
    """Edits of a colleague, a pull: files differ as the models do, line by line, and the plan is empty."""
    styles: Sequence[Json] = ({"indent": 2}, {"indent": "\t"}, {"indent": 4, "ensure_ascii": False})
    chance = random.Random(seed)
    blocks = ""
    for number, (uid, board) in enumerate(boards.items()):
        style = styles[number % len(styles)]
        (root / f"{uid}.json").write_text(json.dumps({"uid": uid, **board}, **style) + "\n")
        blocks += f'[resource.grafana_dashboard.b{number}]\nuid = "{uid}"\nconfig_json = \'${{file("{uid}.json")}}\'\n'
    project = Project(hcl, server, root)
    project.apply(blocks)
    before = {uid: (root / f"{uid}.json").read_text() for uid in boards}
    for _ in range(times):
        _edit(server, chance.choice([*boards]), lambda model: _random_edit(chance, model))
    told = project.run("pull")
    assert "No changes. Grafana is as the configuration says." in told
    assert plan_changes(hcl) == []
    for number, uid in enumerate(boards):
        after = (root / f"{uid}.json").read_text()
        old, new = json.loads(before[uid]), json.loads(after)
        there = server.call("GET", f"/api/dashboards/uid/{uid}")["dashboard"]
        assert {k: v for k, v in new.items() if k != "id"} == {
            k: v for k, v in there.items() if k not in ("id", "version")
        }
        style = styles[number % len(styles)]
        expected = _changed(json.dumps(old, **style), json.dumps(new, **style))
        found = _changed(before[uid], after)
        assert [sorted(side) for side in found] == [sorted(side) for side in expected], uid
    project.destroy()


def test_many_edits_give_just_their_lines(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """30 edits over 20 dashboards, in several styles of JSON."""
    _edits(hcl, server, tmp_path, {f"pull-{n}": _own_board(n) for n in range(20)}, 30, 1)


@pytest.mark.skipif(not os.environ.get("HCL_LITE_TEST_PULL"), reason="HCL_LITE_TEST_PULL=1 takes real dashboards")
@pytest.mark.parametrize("seed", range(5))
def test_many_edits_of_real_dashboards(seed: int, hcl: Hcl, server: Server, shared: Path, tmp_path: Path) -> None:
    """The same of dashboards that people have made."""
    chance = random.Random(seed)
    boards: dict[str, Json] = {}
    for path in sorted((shared / "data" / "dashboards").rglob("*.json")):
        model = json.loads(path.read_text())
        if isinstance(model.get("title"), str) and "panels" in model and "__inputs" not in model:
            boards[f"pull-{len(boards)}"] = {k: v for k, v in model.items() if k not in ("id", "uid", "version")}
    chosen = {uid: boards[uid] for uid in chance.sample(sorted(boards), min(20, len(boards)))}
    _edits(hcl, server, tmp_path, chosen, 30, seed)


def test_many_that_were_edited_are_read_in_the_pages_of_a_list(hcl: Hcl, tmp_path: Path) -> None:
    """One by itself, for the login of whoever has edited them; the plan asks for none again, nor for what they were."""
    count = 25
    with served(tmp_path / "served.db", page_bytes=600) as (server, app):
        (tmp_path / "main.toml").write_text(server.provider + _MANY)
        for number in range(count):
            (tmp_path / f"d{number}.json").write_text(
                json.dumps({"uid": f"d{number}", "title": f"D {number}"}, indent=2)
            )
        assert hcl("apply", "--auto-approve").code == 0
        for number in range(count):
            _edit(server, f"d{number}", lambda board: board.update(description="Edited"))
        app.access_log.clear()
        outcome = hcl("pull")
        singly = [path for _, path, _ in app.access_log if path.startswith("/api/dashboards/uid/")]
    assert (outcome.code, outcome.out.count("changed by admin")) == (0, count)
    assert "No changes." in outcome.out
    assert len(singly) == 1
    texts = [(tmp_path / f"d{number}.json").read_text() for number in range(count)]
    assert texts == [
        f'{{\n  "uid": "d{number}",\n  "title": "D {number}",\n  "description": "Edited"\n}}' for number in range(count)
    ]
