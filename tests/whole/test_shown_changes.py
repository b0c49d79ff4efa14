"""What a plan shows of an edit of a dashboard's file, and that a saved plan shows the same."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_QUERIES = [{"refId": f"q{i:02}", "expr": f'rate(requests_total{{job=~"$job", code="{i}"}}[5m])'} for i in range(12)]
_DASHBOARD: dict[str, Any] = {
    "uid": "shown",
    "title": "Shown",
    "time": {"from": "now-6h", "to": "now"},
    "templating": {"list": [{"name": "job", "type": "custom", "query": "a,b"}]},
    "annotations": {"list": []},
    "panels": [
        {
            "id": 1,
            "type": "timeseries",
            "title": "CPU",
            "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
            "targets": _QUERIES,
        },
        {"id": 2, "type": "text", "title": "Notes", "options": {"content": "up\n+ 1\n"}},
        {"id": 3, "type": "row", "title": "More", "collapsed": True, "panels": []},
    ],
}
_MAIN = """
[resource.grafana_dashboard.shown]
config_json = '${file("shown.json")}'
"""

Edit = Callable[[dict[str, Any]], Any]


def _panel(dashboard: dict[str, Any], title: str) -> dict[str, Any]:
    found: dict[str, Any] = next(panel for panel in dashboard["panels"] if panel["title"] == title)
    return found


def _swap(items: list[Any]) -> None:
    items[-2:] = items[:-3:-1]


def _into_row(dashboard: dict[str, Any]) -> None:
    dashboard["panels"][2]["panels"].append(dashboard["panels"].pop(1))


def _text(dashboard: dict[str, Any], text: str) -> None:
    _panel(dashboard, "Notes")["options"]["content"] = text


_EDITS: dict[str, tuple[Edit, list[str]]] = {
    "the id of a panel": (
        lambda d: _panel(d, "CPU").update(id=5001),
        ['~ dashboard.panels["CPU"].id: 1 → 5001'],
    ),
    "the refId of a query": (
        lambda d: _panel(d, "CPU")["targets"][0].update(refId="Z"),
        ['~ dashboard.panels["CPU"].targets["Z"].refId: "q00" → "Z"'],
    ),
    "the order of queries": (
        lambda d: _swap(_panel(d, "CPU")["targets"]),
        ['~ dashboard.panels["CPU"].targets (order): "q11" before "q10"'],
    ),
    "a panel into a row": (
        _into_row,
        ['~ dashboard.panels["Notes"]: moved to dashboard.panels["More"].panels["Notes"]'],
    ),
    "a line end": (
        lambda d: _text(d, "up\n+ 1"),
        ['~ dashboard.panels["Notes"].options.content:', '    - "+ 1\\n"', '    + "+ 1"'],
    ),
    "other line ends": (
        lambda d: _text(d, "up\r\n+ 1\n"),
        ['~ dashboard.panels["Notes"].options.content:', '    - "up\\n"', '    + "up\\r\\n"'],
    ),
    "a space": (
        lambda d: _text(d, "up \n+ 1\n"),
        ['~ dashboard.panels["Notes"].options.content:', '    - "up\\n"', '    + "up \\n"'],
    ),
    "what has its default": (
        lambda d: d["time"].update({"from": "now-7h"}),
        ['~ dashboard.time.from: "now-6h" → "now-7h"'],
    ),
    "an annotation": (
        lambda d: d["annotations"]["list"].append({"name": "Deploys", "enable": True}),
        ['+ dashboard.annotations.list["Deploys"]: {"name": "Deploys", "enable": true}'],
    ),
    "a variable in all queries": (
        lambda d: [
            query.update(expr=query["expr"].replace("$job", "$service")) for query in _panel(d, "CPU")["targets"]
        ],
        [
            '~ the word "job" → "service", in 12 places:',
            *(f'    dashboard.panels["CPU"].targets["q{i:02}"].expr' for i in range(10)),
            "    … and 2 more places: --full shows them",
        ],
    ),
}


def test_a_new_dashboard_is_shown_with_what_lies_in_it(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """In a few words, also by a saved plan; every key with --full."""
    project = Project(hcl, embedded, tmp_path)
    (tmp_path / "shown.json").write_text(json.dumps(_DASHBOARD))
    project.write(_MAIN)
    for told in (project.run("plan", "--out", "p"), project.run("show", "p")):
        lines = [line for line in click.unstyle(told).splitlines() if not line.startswith("          q")]
        assert lines[3:10] == [
            '    + title: "Shown"',
            '    + uid: "shown"',
            "    + panels: 2",
            '    + panels["CPU"]: timeseries, 12×8 at 0,0',
            '    + panels["Notes"]: text',
            '    + panels["More"]: row',
            '    + templating.list["job"]: custom: a,b',
        ]
    whole = click.unstyle(project.run("plan", "--full"))
    assert '        panels["Notes"].options.content: "up\\n+ 1\\n"' in whole.splitlines()
    assert f'        panels["CPU"].targets["q11"].expr: {json.dumps(_QUERIES[11]["expr"])}' in whole.splitlines()
    assert "expr" not in (tmp_path / "p").read_text()
    told = click.unstyle(project.run("plan", "--full", "--out", "p"))
    assert told.startswith(click.unstyle(project.run("show", "p", "--full")).rstrip("\n"))
    assert '    + panels["CPU"]: timeseries, 12×8 at 0,0' in click.unstyle(project.run("show", "p")).splitlines()
    project.run("apply", "p")


def test_an_edit_is_shown_as_what_it_is(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Each with nothing besides, beside the file that it is in; applied, it is gone from the next plan."""
    project = Project(hcl, server, tmp_path)
    file = tmp_path / "shown.json"
    file.write_text(json.dumps(_DASHBOARD))
    project.apply(_MAIN)
    head = f"~ grafana_dashboard.shown will be updated  (main.toml:{_line(project)}, shown.json)"
    wrong = {}
    for name, (edit, shown) in _EDITS.items():
        dashboard = copy.deepcopy(_DASHBOARD)
        edit(dashboard)
        file.write_text(json.dumps(dashboard))
        told = click.unstyle(project.run("plan", "--out", "p"))
        saved = click.unstyle(project.run("show", "p"))
        expected = ["hcl-lite will do this:", "", head, *(f"    {line}" for line in shown), ""]
        if saved.splitlines()[: len(expected)] != expected or not told.startswith(saved.rstrip("\n")):
            wrong[name] = (told, saved)
        project.apply()
        file.write_text(json.dumps(_DASHBOARD))
        project.apply()
    project.destroy()
    assert wrong == {}


def _line(project: Project) -> int:
    lines = (project.root / "main.toml").read_text().splitlines()
    return lines.index("[resource.grafana_dashboard.shown]") + 1
