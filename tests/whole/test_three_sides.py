"""What was applied, what is there and what is wanted: each side's changes are told apart, and what a server makes of a
file is nobody's change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_V1: dict[str, Any] = {
    "apiVersion": "dashboard.grafana.app/v1beta1",
    "kind": "Dashboard",
    "metadata": {"name": "r"},
    "spec": {"title": "Case", "links": None},
}
_V2: dict[str, Any] = {
    "apiVersion": "dashboard.grafana.app/v2beta1",
    "kind": "Dashboard",
    "metadata": {"name": "r"},
    "spec": {"title": "Case", "elements": {}, "layout": {"kind": "GridLayout", "spec": {"items": []}}},
}
_NO_FIELDS: dict[str, Any] = {"defaults": {}, "overrides": []}
_INTERVALS = ("5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d")
_BLOCK = """
[resource.grafana_dashboard.d]
config_json = '${file("d.json")}'
"""


def _write(project: Project, document: dict[str, Any], indent: int | None = None) -> None:
    (project.root / "d.json").write_text(json.dumps(document, indent=indent, sort_keys=indent is not None))


@pytest.mark.parametrize("document", [_V1, _V2], ids=["v1beta1", "v2beta1"])
def test_what_a_server_makes_of_a_resource_form_is_no_change(
    document: dict[str, Any], hcl: Hcl, server: Server, tmp_path: Path
) -> None:
    """Neither where the file is only laid out in another way, nor beside what has changed in it, nor beside drift."""
    project = Project(hcl, server, tmp_path)
    _write(project, document)
    project.apply(_BLOCK)
    _write(project, document, indent=4)
    assert project.plan() == []
    _write(project, {**document, "spec": {**document["spec"], "title": "Other"}})
    assert project.plan() == [("grafana_dashboard.d", "update", ["dashboard.title"])]
    project.apply()
    model = server.call("GET", "/api/dashboards/uid/r")["dashboard"]
    server.call("POST", "/api/dashboards/db", {"dashboard": {**model, "title": "Theirs"}, "message": "m"})
    project.destroy()


_PARTS = """
[resource.grafana_folder.f]
uid = "f"
title = "Infra"

[resource.grafana_data_source.p]
uid = "p"
name = "Three sides"
type = "prometheus"
url = "http://p:9090"
json_data = { timeInterval = "15s" }

[resource.grafana_dashboard.d]
config_json = '${file("d.json")}'
folder = "${grafana_folder.f.uid}"
"""


@pytest.mark.parametrize("document", [{"uid": "r", "title": "Case", "tags": ["a"]}, _V2], ids=["classic", "v2beta1"])
def test_refresh_only_shows_what_has_become_of_each_object(
    document: dict[str, Any], hcl: Hcl, server: Server, tmp_path: Path
) -> None:
    """From what it was to what it is, by whom; then the state knows it, and a plan puts back what the files say."""
    project = Project(hcl, server, tmp_path)
    _write(project, document)
    project.apply(_PARTS)
    assert project.run("plan", "--refresh-only") == "No changes. The state is up to date.\n"
    server.call("PUT", "/api/folders/f", {"title": "Theirs", "version": 1})
    there = server.call("GET", "/api/datasources/uid/p")
    edited = {**there, "jsonData": {**there["jsonData"], "timeInterval": "30s"}}
    server.call("PUT", "/api/datasources/uid/p", edited)
    _rename(server, document, "Theirs")
    shown = project.run("refresh", "--full")
    assert {line for line in shown.splitlines() if line.startswith("    ~")} == {
        '    ~ title: "Infra" → "Theirs"',
        '    ~ json_data.timeInterval: "15s" → "30s"',
        '    ~ dashboard.title: "Case" → "Theirs"',
    }
    assert shown.count("because it was changed outside of hcl-lite by admin, ") == 2
    assert len(project.plan()) == 3
    project.apply()
    for title in ("Theirs", "Case"):
        _rename(server, document, title)
    (project.root / "d.json").unlink()
    assert "because it was saved without a change by admin, " in project.run("plan", "--refresh-only")
    _rename(server, document, "Again")
    assert '    ~ dashboard.title: "Case" → "Again"' in project.run("plan", "--refresh-only")
    _write(project, document)
    project.destroy()


def _rename(server: Server, document: dict[str, Any], title: str) -> None:
    """What a colleague does with a dashboard in the form of `document`."""
    if "apiVersion" in document:
        path = f"/apis/{document['apiVersion']}/namespaces/default/dashboards/r"
        there = server.call("GET", path)
        server.call("PUT", path, {**there, "spec": {**there["spec"], "title": title}})
    else:
        there = server.call("GET", "/api/dashboards/uid/r")["dashboard"]
        server.call("POST", "/api/dashboards/db", {"dashboard": {**there, "title": title}, "folderUid": "f"})


def test_a_colleagues_change_is_told_apart_from_ones_own(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Both at once: the plan says what is there now that was not applied, and what the file asks for."""
    project = Project(hcl, server, tmp_path)
    mine: dict[str, Any] = {"uid": "d", "title": "Case", "tags": ["a"], "editable": False}
    _write(project, mine)
    project.apply(_BLOCK)
    there = server.call("GET", "/api/dashboards/uid/d")["dashboard"]
    server.call("POST", "/api/dashboards/db", {"dashboard": {**there, "editable": True}, "message": "theirs"})
    assert project.plan() == [("grafana_dashboard.d", "update", ["dashboard.editable"])]
    _write(project, {**mine, "title": "Mine"})
    assert sorted(project.plan()[0][2]) == ["dashboard.editable", "dashboard.title"]
    told = hcl("plan").out
    assert "there: ~ dashboard.editable: false → true" in told
    moment = server.call("GET", "/api/dashboards/uid/d")["meta"]["updated"].replace("T", " ").replace("Z", " UTC")
    whose = f'changed outside of hcl-lite by admin, {moment}, version 1 → 2: "theirs"'
    assert f"because it was {whose}" in told
    assert whose in project.run("show", "p")
    project.write(f'{_BLOCK}on_drift = "fail"\n')
    assert f"It was {whose.replace(' outside of hcl-lite', '')}." in hcl("plan").err
    project.write(f'{_BLOCK}on_drift = "keep"\n')
    assert project.plan() == []
    kept = hcl("plan").out
    assert "has changed too, and that is not applied" in kept
    assert "No changes. What was changed outside of hcl-lite stays." in kept
    _write(project, mine)
    assert "there: ~ dashboard.editable: false → true" in hcl("plan").out
    _write(project, {**mine, "title": "Mine"})
    project.apply(_BLOCK)
    project.destroy()


@pytest.mark.parametrize("kind", ["source", "dashboard", "v2beta1", "folder"])
def test_on_drift_holds_after_a_refresh(kind: str, hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """The state knows what is there then, and that it is not what was applied: keep keeps it, fail refuses, also where
    the file changes, until the file takes it over."""
    project = Project(hcl, server, tmp_path)
    document = _V2 if kind == "v2beta1" else {"uid": "r", "title": "Case"}
    file = {"source": '"15s"', "folder": '"Infra"'}.get(kind, '"Case"')
    theirs = '"30s"' if kind == "source" else '"Theirs"'

    def written(meta: str) -> str:
        _write(project, document)
        text = _PARTS.replace("[resource", f"{meta}[resource") + meta
        return text.removeprefix("\n" + meta)

    project.apply(written('on_drift = "keep"\n'))
    _edit(server, kind)
    project.run("refresh")
    assert project.run("refresh").startswith("No changes")
    kept = project.run("plan")
    assert "No changes. What was changed outside of hcl-lite stays." in kept
    assert f"{file} → {theirs}" in kept
    project.run("apply", "--auto-approve")
    name = "d.json" if file == '"Case"' else "main.toml"
    project.replace(file, '"x"', name)
    kept = project.run("plan")
    assert "has changed too, and that is not applied" in kept
    assert f"{file} → {theirs}" in kept
    project.replace('"x"', theirs, name)
    assert project.apply().count("Apply complete") == 0
    project.replace(theirs, file, name)
    project.apply()
    _edit(server, kind)
    project.run("refresh")
    project.write(written('on_drift = "fail"\n'))
    assert "was changed outside of hcl-lite" in hcl("plan").err
    project.write(written(""))
    assert "because it was changed outside of hcl-lite" in project.run("plan")
    project.apply()
    project.destroy()


def _edit(server: Server, kind: str) -> None:
    if kind in ("dashboard", "v2beta1"):
        _rename(server, _V2 if kind == "v2beta1" else {}, "Theirs")
    elif kind == "folder":
        server.call("PUT", "/api/folders/f", {"title": "Theirs", "overwrite": True})
    else:
        there = server.call("GET", "/api/datasources/uid/p")
        server.call(
            "PUT", "/api/datasources/uid/p", {**there, "jsonData": {**there["jsonData"], "timeInterval": "30s"}}
        )


def test_three_sides_of_the_settings_of_a_data_source(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Key by key, also beside secrets, and where the file has changed at the same key: no server has its history."""
    project = Project(hcl, server, tmp_path)
    block = """
[variable.token]
sensitive = true
default = "s3cret-token"

[resource.grafana_data_source.p]
uid = "p"
name = "Three sides"
type = "prometheus"
url = "http://p:9090"
json_data = { timeInterval = "15s", alerts = false, gone = "mine", deep = { list = ["a", "b"], key = "${var.token}" } }
"""
    project.apply(block)
    assert "s3cret" not in (tmp_path / "hcl-lite.state.json").read_text()
    there = server.call("GET", "/api/datasources/uid/p")
    settings = {**there["jsonData"], "timeInterval": "30s", "theirs": "", "alerts": True}
    settings["deep"] = {**settings["deep"], "list": ["a"]}
    del settings["gone"]
    server.call("PUT", "/api/datasources/uid/p", {**there, "url": "http://theirs", "jsonData": settings})
    project.replace('"15s"', '"60s"')
    project.replace('name = "Three', 'name = "Sides, three')
    told = project.run("plan")
    assert {line.split("there: ")[1] for line in told.splitlines() if "there:" in line} == {
        '~ url: "http://p:9090" → "http://theirs"',
        '~ json_data.timeInterval: "15s" → "30s"',
        "~ json_data.alerts: false → true",
        '- json_data.gone: "mine"',
        '- json_data.deep.list[1]: "b"',
        '+ json_data.theirs: ""',
    }
    assert '~ json_data.timeInterval: "30s" → "60s"' in told
    settings["deep"]["key"] = "s3cret-other"
    there = server.call("GET", "/api/datasources/uid/p")
    server.call("PUT", "/api/datasources/uid/p", {**there, "jsonData": settings})
    told = project.run("plan")
    assert "there: ~ json_data.deep.key: (sensitive)" in told
    assert "s3cret" not in told
    project.run("refresh")
    again = project.run("plan")
    assert [line for line in again.splitlines() if "there:" in line] == [
        line for line in told.splitlines() if "there:" in line
    ]
    assert "s3cret" not in (tmp_path / "hcl-lite.state.json").read_text()
    project.apply()
    project.destroy()


def test_a_title_and_a_refresh_that_the_server_corrects_are_no_change(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Neither after the apply, nor beside a change of the file, nor beside somebody else's."""
    project = Project(hcl, server, tmp_path)
    folders = "[resource.grafana_folder.f]\nuid = 'f'\ntitle = ' F '\n"
    blocks = f"{folders}{_BLOCK}folder = '${{grafana_folder.f.uid}}'\n"
    model: dict[str, Any] = {"uid": "d", "title": " Case ", "refresh": "1s", "tags": ["a"]}
    _write(project, model)
    project.apply(blocks)
    there = server.call("GET", "/api/dashboards/uid/d")["dashboard"]
    assert (there["title"], there["refresh"]) == ("Case", "5s")
    assert server.call("GET", "/api/folders/f")["title"] == "F"
    _write(project, {**model, "tags": ["b"]})
    other = "[resource.grafana_folder.other]\nuid = 'other'\ntitle = 'Other'\n"
    nested = blocks.replace("' F '", "' F '\nparent_folder_uid = '${grafana_folder.other.uid}'")
    project.write(other + nested)
    paths = {address: paths for address, _, paths in project.plan()}
    assert paths["grafana_dashboard.d"] == ["dashboard.tags[0]"]
    assert paths["grafana_folder.f"] == ["parent_folder_uid"]
    project.apply()
    assert server.call("GET", "/api/folders/f")["parentUid"] == "other"
    there = server.call("GET", "/api/dashboards/uid/d")["dashboard"]
    server.call("POST", "/api/dashboards/db", {"dashboard": {**there, "editable": False}, "folderUid": "f"})
    assert project.plan() == [("grafana_dashboard.d", "update", ["dashboard.editable"])]
    project.destroy()


_PANEL: dict[str, Any] = {
    "id": 1,
    "type": "timeseries",
    "title": "CPU",
    "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
    "pluginVersion": "11.0.0",
    "targets": [{"refId": "A", "hide": False, "datasource": {"type": "prometheus", "uid": "p"}}],
    "fieldConfig": {"defaults": {"unit": "s"}, "overrides": []},
}
_PLATFORM = "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards/d"


def _save_in_the_editor(server: Server, **changed: Any) -> None:
    """What Grafana's editor does at a save: the dashboard in its form, with some of what it fills in."""
    resource = server.call("GET", _PLATFORM)
    panel = {key: value for key, value in _PANEL.items() if key != "targets"}
    panel["targets"] = [{key: value for key, value in _PANEL["targets"][0].items() if key != "hide"}]
    panel["pluginVersion"] = server.call("GET", "/api/health")["version"]
    panel["fieldConfig"] = {"defaults": {"unit": "s", "mappings": [], "custom": {"lineWidth": 1}}, "overrides": []}
    panel["options"] = {"tooltip": {"hideZeros": False, "mode": "single", "sort": "none"}}
    spec = {**resource["spec"], "preload": False, "timezone": "browser", "panels": [panel], **changed}
    server.call("PUT", _PLATFORM, {**resource, "spec": spec})


def test_a_save_in_the_editor_without_a_change_is_none(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """It is told once, and nothing is written over it, until the file changes; what else was changed there is drift."""
    project = Project(hcl, server, tmp_path)
    mine: dict[str, Any] = {"uid": "d", "title": "Case", "schemaVersion": 42, "panels": [_PANEL]}
    _write(project, mine)
    project.apply(_BLOCK)
    _save_in_the_editor(server)
    told = hcl("plan").out
    assert "saved in Grafana without a visible change" in told
    assert "version 1 → 2" in told
    assert all(key not in told for key in ("preload", "lineWidth", "pluginVersion"))
    project.write(f'{_BLOCK}on_drift = "fail"\n')
    project.apply()
    assert server.call("GET", "/api/dashboards/uid/d")["dashboard"]["preload"] is False
    assert "without a visible change" not in hcl("plan").out
    _write(project, {**mine, "tags": []})
    assert "version 1 → 2" in hcl("plan").out
    _save_in_the_editor(server, tags=[])
    _write(project, {**mine, "title": "Mine"})
    assert project.plan() == [("grafana_dashboard.d", "update", ["dashboard.title"])]
    project.apply()
    there = server.call("GET", "/api/dashboards/uid/d")["dashboard"]
    assert {key: there[key] for key in there if key not in ("id", "version")} == {**mine, "title": "Mine"}
    _save_in_the_editor(server, title="Mine")
    project.apply()
    project.run("undo", "--auto-approve")
    assert server.call("GET", "/api/dashboards/uid/d")["dashboard"]["title"] == "Case"
    project.apply()
    _save_in_the_editor(server, tags=["theirs"])
    project.write(_BLOCK)
    paths = project.plan()[0][2]
    assert "dashboard.tags" in paths
    project.destroy()


def _save_elements_in_the_editor(server: Server, **changed: Any) -> None:
    """What the editor does at a save of a dashboard of v2, with some of what it fills in."""
    path = _PLATFORM.replace("v1beta1", "v2beta1").removesuffix("d") + "r"
    resource = server.call("GET", path)
    spec = resource["spec"]
    query = {"kind": "DataQuery", "group": "", "version": "v0", "spec": {}}
    spec["elements"]["panel-1"]["spec"]["data"]["spec"]["queries"] = [
        {"kind": "PanelQuery", "spec": {"query": query, "refId": "A", "hidden": False}}
    ]
    config = spec["elements"]["panel-1"]["spec"]["vizConfig"]
    config["version"] = server.call("GET", "/api/health")["version"]
    config["spec"]["options"] = {"showImage": True}
    times = {**spec["timeSettings"], "timezone": "browser", "autoRefreshIntervals": [*_INTERVALS]}
    filled = {"liveNow": False, "tags": [], "links": [], "cursorSync": "Off", "timeSettings": times}
    server.call("PUT", path, {**resource, "spec": {**spec, **filled, **changed}})


def test_a_save_of_elements_in_the_editor_is_none_either(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Of v2beta1, as an editor with dynamic dashboards saves it; what else was changed there is drift."""
    project = Project(hcl, server, tmp_path)
    news = {"kind": "VizConfig", "group": "news", "version": "", "spec": {"options": {}, "fieldConfig": _NO_FIELDS}}
    data = {"kind": "QueryGroup", "spec": {"queries": [], "transformations": [], "queryOptions": {}}}
    panel = {"id": 1, "title": "P", "description": "", "links": [], "data": data, "vizConfig": news}
    place = {"x": 0, "y": 0, "width": 8, "height": 4, "element": {"kind": "ElementReference", "name": "panel-1"}}
    items = [{"kind": "GridLayoutItem", "spec": place}]
    spec = {
        **{"title": "Case", "editable": True, "cursorSync": "Off", "annotations": [], "variables": []},
        "elements": {"panel-1": {"kind": "Panel", "spec": panel}},
        "layout": {"kind": "GridLayout", "spec": {"items": items}},
    }
    _write(project, {**_V2, "spec": spec})
    project.apply(_BLOCK)
    _save_elements_in_the_editor(server)
    told = hcl("plan").out
    assert "saved in Grafana without a visible change" in told
    assert "liveNow" not in told
    project.apply()
    assert project.plan() == []
    _save_elements_in_the_editor(server, preload=True)
    assert "dashboard.preload" in project.plan()[0][2]
    project.destroy()


def test_a_folder_that_somebody_has_put_into_another_one_is_told_beside_what_the_file_changes(
    hcl: Hcl, server: Server, tmp_path: Path
) -> None:
    """Also where the block has never given a parent."""
    project = Project(hcl, server, tmp_path)
    text = "".join(f'[resource.grafana_folder.{n}]\nuid = "sides-{n}"\ntitle = "{n}"\n' for n in "ab")
    project.apply(text)
    server.call("POST", "/api/folders/sides-a/move", {"parentUid": "sides-b"})
    project.write(text.replace('title = "a"', 'title = "A"'))
    printed = project.run("plan")
    assert 'there: ~ parent_folder_uid: "" → "sides-b"' in printed
    assert '    ~ title: "a" → "A"' in printed
    assert '    ~ parent_folder_uid: "sides-b" → ""' in printed
    project.apply()
    project.destroy()
