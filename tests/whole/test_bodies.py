"""What is too large for the scope to keep can be referred to all the same, however the reference is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.core.files import read_file
from hcl_lite.core.values import content_hash
from hcl_lite.lang.expressions.functions import reading
from tests.conftest import Hcl

_DASHBOARDS = """
[provider.grafana]
url = "embedded:grafana.db"

[resource.grafana_dashboard.a]
for_each    = ["x", "y"]
config_json = '{"title": "${each.key}", "panels": []}'
"""
_WAYS = {
    "each.value": """
for_each  = "${grafana_dashboard.a}"
dashboard = "${each.value.config_json}"
""",
    "each.key": """
for_each  = ["x", "y"]
dashboard = "${grafana_dashboard.a[each.key].config_json}"
""",
    "filter": """
count     = 2
dashboard = "${(values(grafana_dashboard.a) | map(attribute='config_json') | list)[count.index]}"
""",
}


@pytest.mark.parametrize("way", _WAYS)
def test_a_body_through_a_collection(hcl: Hcl, tmp_path: Path, way: str) -> None:
    """A snapshot of each of several dashboards."""
    (tmp_path / "main.toml").write_text(f"{_DASHBOARDS}\n[resource.grafana_snapshot.s]\n{_WAYS[way]}")
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    assert 'dashboard: "y"' in applied.out
    assert hcl("plan", "--detailed-exitcode").code == 0


_FILES = """
[provider.grafana]
url = "embedded:grafana.db"

[resource.grafana_folder.f]
title = "F"

[resource.grafana_dashboard.a]
folder      = "${grafana_folder.f.uid}"
config_json = '${file("a.json")}'

[resource.grafana_dashboard.b]
folder      = "${grafana_folder.f.uid}"
config_json = '${file("b.json")}'
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "main.toml").write_text(_FILES)
    for name in "ab":
        (tmp_path / f"{name}.json").write_text(f'{{"title": "{name}", "panels": []}}')
    return tmp_path


def test_files_are_read_once_by_a_plan_without_changes(hcl: Hcl, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where other arguments of the block wait for objects; what has changed is read again."""
    assert hcl("apply", "--auto-approve").code == 0
    opened: list[str] = []

    def noted(path: Path, *rest: Any, **named: Any) -> bytes:
        opened.append(path.name)
        return read_file(path, *rest, **named)

    monkeypatch.setattr(reading, "read_file", noted)
    assert hcl("plan", "--detailed-exitcode").code == 0
    assert sorted(opened) == ["a.json", "b.json"]
    (files / "b.json").write_text('{"title": "b", "panels": [], "tags": ["new"]}')
    assert '+ dashboard.tags: ["new"]' in hcl("plan").out
    assert opened.count("a.json") == 2


def test_a_state_of_the_time_before_bodies_had_their_own_hash(hcl: Hcl, files: Path) -> None:
    """Nothing is to do, and the next apply takes note."""
    assert hcl("apply", "--auto-approve").code == 0
    state = files / "hcl-lite.state.json"
    now = json.loads(state.read_text())
    (folder,) = (one["uid"] for one in now["records"] if one["address"] == "grafana_folder.f")
    text = (files / "a.json").read_text()
    (record,) = (one for one in now["records"] if one["address"] == "grafana_dashboard.a")
    applied, record["applied"] = record["applied"], content_hash({"config_json": text, "folder": folder})
    state.write_text(json.dumps(now))
    assert hcl("plan", "--detailed-exitcode").code == 0
    assert hcl("apply", "--auto-approve").code == 0
    assert [one["applied"] for one in json.loads(state.read_text())["records"] if one == {**one, "applied": applied}]
