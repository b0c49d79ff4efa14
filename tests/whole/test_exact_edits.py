"""A dashboard's file is edited: the plan names that place and nothing else, and Grafana has what the file has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_EMPTY: dict[str, Any] = {"a": False, "b": "", "c": [], "d": {}, "e": None, "f": {"g": False, "h": ""}, "i": 0}
_SWAPPED: dict[str, Any] = {"a": "", "b": False, "c": {}, "d": [], "e": False, "f": None, "i": False}
_BUILT_IN = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
_DEFAULTS: dict[str, Any] = {
    "editable": True,
    "graphTooltip": 0,
    "fiscalYearStartMonth": 0,
    "time": {"from": "now-6h", "to": "now"},
    "templating": {"list": []},
    "annotations": {"list": [_BUILT_IN]},
    "iteration": 1,
}
_OTHER = {"builtIn": 0, "enable": True, "name": "Deploys"}
_NUMBERS = {"big": 9007199254740993, "huge": 12345678901234567890123, "small": 0.1}

# What a file has, what it has then, and the paths that the plan names below "dashboard.".
_EDITS: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "empty_gone": ({"o": _EMPTY}, {"o": {}}, [f"o.{key}" for key in _EMPTY]),
    "empty_come": ({"o": {}}, {"o": _EMPTY}, [f"o.{key}" for key in _EMPTY]),
    "empty_swapped": ({"o": _EMPTY}, {"o": _SWAPPED}, [f"o.{key}" for key in _SWAPPED]),
    "empty_in_a_list": ({"o": [None, 1]}, {"o": [False, 1]}, ["o[0]"]),
    "whole_gone": ({"panels": []}, {}, ["panels"]),
    "defaults_gone": (_DEFAULTS, {}, list(_DEFAULTS)),
    "defaults_come": ({}, _DEFAULTS, list(_DEFAULTS)),
    "below_a_default": (
        _DEFAULTS,
        {**_DEFAULTS, "time": {"from": "now-7h", "to": "now"}, "annotations": {"list": [_BUILT_IN, _OTHER]}},
        ["time.from", 'annotations.list["Deploys"]'],
    ),
    "read_only": ({"editable": True}, {"editable": False}, ["editable"]),
    "editable": ({"editable": False}, {"editable": True}, ["editable"]),
    "editable_gone": ({"editable": False}, {}, ["editable"]),
    "no_number": ({"o": True}, {"o": 1}, ["o"]),
    "number": ({"o": _NUMBERS}, {"o": {**_NUMBERS, "small": 0.2}}, ["o.small"]),
    "same_double": ({"o": 2**53}, {"o": 2**53 + 1}, []),
    "same_number": ({"o": 100}, {"o": 100.0}, []),
}


def test_each_edit_is_planned_at_its_place_and_reaches_the_server(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Emptiness, defaults, null and numbers: nothing is guessed, and the plan after the apply is empty."""
    project = Project(hcl, server, tmp_path)
    for name in _EDITS:
        _write(project, name, _EDITS[name][0])
    project.apply("".join(_block(name) for name in _EDITS))
    for name, (_, after, _) in _EDITS.items():
        _write(project, name, after)
    planned = {address: paths for address, _, paths in project.plan()}
    assert {name: sorted(planned.get(f"grafana_dashboard.{name}", [])) for name in _EDITS} == {
        name: sorted(f"dashboard.{path}" for path in paths) for name, (_, _, paths) in _EDITS.items()
    }
    project.apply()
    for name, (_, after, _) in _EDITS.items():
        there = server.call("GET", f"/api/dashboards/uid/{name}")["dashboard"]
        kept = {key: value for key, value in there.items() if key not in ("id", "uid", "version", "title")}
        assert _as_doubles(kept) == _as_doubles(after), name
    project.destroy()


def _block(name: str) -> str:
    return f"""
[resource.grafana_dashboard.{name}]
config_json = '${{file("{name}.json")}}'
"""


def _write(project: Project, name: str, content: dict[str, Any]) -> None:
    (project.root / f"{name}.json").write_text(json.dumps({"uid": name, "title": name, **content}))


def _as_doubles(value: Any) -> str:
    """What JSON tells apart, and Grafana keeps."""
    return json.dumps(json.loads(json.dumps(value), parse_int=float), sort_keys=True)
