"""What a dashboard speaks of and nothing provides: inputs of an export, data sources and library panels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_SOURCE = (
    '\n[resource.grafana_data_source.prom]\nuid = "prom"\nname = "Prom"\ntype = "prometheus"\nurl = "http://x:1"\n'
)
_EXPORTED: dict[str, Any] = {
    "__inputs": [
        {"name": "DS_PROM", "label": "Prometheus", "type": "datasource", "pluginId": "prometheus"},
        {"name": "VAR_JOB", "type": "constant", "value": "node"},
    ],
    "uid": "exported",
    "title": "Exported",
    "panels": [
        {
            "id": 1,
            "type": "timeseries",
            "title": "Up",
            "datasource": {"type": "prometheus", "uid": "${DS_PROM}"},
            "targets": [{"refId": "A", "expr": 'up{job="${VAR_JOB}",instance="${instance}"}'}],
        }
    ],
}
_BLOCK = "\n[resource.grafana_dashboard.exported]\nconfig_json = '${file(\"exported.json\")}'\n"
_INPUTS = 'inputs = { DS_PROM = "${grafana_data_source.prom.uid}" }\n'


@pytest.fixture
def project(hcl: Hcl, server: Server, tmp_path: Path) -> Iterator[Project]:
    made = Project(hcl, server, tmp_path)
    (tmp_path / "exported.json").write_text(json.dumps(_EXPORTED))
    yield made
    made.destroy()


def _warnings(project: Project) -> list[str]:
    """Their first lines."""
    return [line for line in project.run("plan").splitlines() if line.startswith("Warning: ")]


def test_inputs_of_an_exported_dashboard_are_bound_as_grafana_s_import_does(project: Project) -> None:
    """By the block; those with a value of their own have it; nothing is left to do."""
    project.write(_SOURCE + _BLOCK + _INPUTS)
    assert _warnings(project) == []
    project.apply()
    there = project.server.call("GET", "/api/dashboards/uid/exported")["dashboard"]
    assert "__inputs" not in there
    assert there["panels"][0]["datasource"]["uid"] == "prom"
    assert there["panels"][0]["targets"][0]["expr"] == 'up{job="node",instance="${instance}"}'
    project.replace('"prom"\nname', '"prom-2"\nname')
    assert project.plan() == [
        ("grafana_data_source.prom", "replace", []),
        ("grafana_dashboard.exported", "update", ['dashboard.panels["Up"].datasource.uid']),
    ]
    project.replace('"prom-2"\nname', '"prom"\nname')


def test_inputs_that_nothing_binds_are_warned_of(project: Project) -> None:
    """At the dashboard's JSON, with what to write; the JSON is sent as it is."""
    project.write(_SOURCE + _BLOCK)
    assert _warnings(project) == ["Warning: The dashboard has inputs that nothing binds"]
    assert 'inputs = { DS_PROM = "${grafana_data_source.NAME.uid}" } in the block says it.' in project.run("plan")
    project.apply()
    assert project.server.call("GET", "/api/dashboards/uid/exported")["dashboard"]["__inputs"] == _EXPORTED["__inputs"]
    assert _warnings(project) == []


def test_one_input_too_few_or_too_many_is_a_mistake(project: Project) -> None:
    """Seen by validate, at the argument."""
    project.write(_BLOCK + 'inputs = { VAR_JOB = "x" }\n')
    wrong = project.hcl("validate")
    assert (wrong.code, wrong.err.splitlines()[0]) == (1, "Error: inputs lacks DS_PROM (prometheus)")
    project.write(_BLOCK + 'inputs = { DS_PORM = "x" }\n')
    assert 'The dashboard has no input "DS_PORM"' in project.hcl("validate").err
    project.write("")


def test_a_data_source_that_is_nowhere_is_warned_of_once(project: Project) -> None:
    """Whoever uses it; not one that is declared, that is on the server, or that is part of Grafana."""
    panels = [{"id": n, "type": "text", "datasource": {"uid": uid}} for n, uid in enumerate(("gone", "-- Mixed --"), 1)]
    named = [{"datasource": "Prom"}, {"datasource": "prom"}]
    for name in ("a", "b"):
        text = json.dumps(
            {
                "uid": name,
                "title": name,
                "panels": panels,
                "annotations": {"list": named},
            }
        )
        (project.root / f"{name}.json").write_text(text)
    blocks = "".join(f"\n[resource.grafana_dashboard.{n}]\nconfig_json = '${{file(\"{n}.json\")}}'\n" for n in "ab")
    project.write(_SOURCE + blocks)
    assert _warnings(project) == ['Warning: There is no data source "gone"']
    said = "grafana_dashboard.a, grafana_dashboard.b use it; it is neither declared nor on the server."
    assert said in project.run("plan")
    made = {"uid": "gone", "name": "Gone", "type": "loki", "access": "proxy", "url": "http://x:1"}
    project.server.call("POST", "/api/datasources", made)
    assert _warnings(project) == []
    project.server.call("DELETE", "/api/datasources/uid/gone")
    project.write("")


_NAMES_IT = {
    "folder": "[resource.grafana_dashboard.x]\nfolder = 'UID'\nconfig = { title = 'X' }\n",
    "parent_folder_uid": "[resource.grafana_folder.x]\nparent_folder_uid = 'UID'\ntitle = 'X'\n",
    "folder_uid": "[resource.grafana_folder_permission.x]\nfolder_uid = 'UID'\npermissions = { Viewer = 'View' }\n",
    "dashboard_uid": (
        "[resource.grafana_dashboard_permission.x]\ndashboard_uid = 'UID'\npermissions = { Viewer = 'View' }\n"
    ),
    "home_dashboard_uid": "[resource.grafana_organization_preferences.x]\nhome_dashboard_uid = 'UID'\n",
}
_NAMED = (
    '\n[resource.grafana_folder.f]\nuid = "dangling"\ntitle = "F"\n'
    '[resource.grafana_dashboard.d]\nconfig = { uid = "dangling", title = "D" }\n'
)


@pytest.mark.parametrize("argument", _NAMES_IT)
def test_what_an_argument_names_and_is_nowhere_is_said_before_anything_is_written(
    project: Project, argument: str
) -> None:
    """With the line of the argument; the plan is shown, its apply refused. Neither what is declared, in whatever way it
    is named, nor what is there on the server, is missing."""
    other = '[resource.grafana_folder.other]\ntitle = "Other"\n'
    project.write(other + _NAMES_IT[argument].replace("UID", "dangling"))
    printed = project.run("plan")
    kind = "dashboard" if "dashboard" in argument else "folder"
    assert f'Warning: There is no {kind} "dangling"' in printed
    line = 1 + (project.root / "main.toml").read_text().splitlines().index(f"{argument} = 'dangling'")
    assert f"main.toml:{line}:" in printed
    refused = project.hcl("apply", "--auto-approve")
    assert (refused.code, f'There is no {kind} "dangling"' in refused.err) == (1, True)
    assert project.server.inventory()["folders"] == []
    project.write(_NAMED + _NAMES_IT[argument].replace("UID", "dangling"))
    assert "There is no" not in project.run("plan")
    project.apply(_NAMED)
    project.run("state", "rm", f"grafana_{kind}.{kind[0]}")
    project.write(_NAMES_IT[argument].replace("UID", "dangling"))
    assert "There is no" not in project.run("plan", "--target", _NAMES_IT[argument].split("]")[0][len("[resource.") :])
    project.server.call("DELETE", f"/api/{'dashboards/uid' if kind == 'dashboard' else 'folders'}/dangling")
    project.write("")


def test_uids_that_only_the_plan_has_found_are_not_missing(project: Project) -> None:
    """A new item at the front of a list gets another one than its address gives: that is of another item by now."""
    project.apply(_LIST.replace("FIRST", ""))
    project.write(_LIST.replace("FIRST", '"n", '))
    assert "There is no" not in project.run("plan")
    project.apply()


_LIST = """
[locals]
names = [FIRST"a", "b"]

[resource.grafana_folder.f]
count = "${length(local.names)}"
title = "Listed ${local.names[count.index]}"

[resource.grafana_data_source.s]
count = "${length(local.names)}"
name = "Listed ${local.names[count.index]}"
type = "loki"
url = "http://x"

[resource.grafana_dashboard.d]
count = "${length(local.names)}"
folder = "${grafana_folder.f[count.index].uid}"

[resource.grafana_dashboard.d.config]
title = "${local.names[count.index]}"
panels = [{ id = 1, type = "text", datasource = { uid = "${grafana_data_source.s[count.index].uid}" } }]
"""
