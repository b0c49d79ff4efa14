"""The graph of dependencies, in each of its forms."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.conftest import Hcl, Server

_MAIN = """
[locals]
top = "${grafana_folder.top.uid}"
[resource.grafana_folder.top]
title = "Top"
[resource.grafana_folder.sub]
for_each = ["a"]
title = "Sub"
parent_folder_uid = "${local.top}"
"""
_BESIDE = _MAIN + '[resource.grafana_folder.other]\ntitle = "Beside"\n'
_SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("format_", "text"),
    [
        (
            "dot",
            'digraph hcl_lite {\n  rankdir = LR\n  node [fontname = "sans-serif"]\n'
            '  subgraph cluster_0 {\n    label = "Top"\n'
            '    "grafana_folder.top" [shape = box, label = "Top\\ngrafana_folder.top"]\n'
            '    "grafana_folder.sub[\\"a\\"]" [shape = box, label = "Sub\\ngrafana_folder.sub[\\"a\\"]"]\n  }\n'
            '  "grafana_folder.sub[\\"a\\"]" -> "grafana_folder.top"\n}\n',
        ),
        (
            "mermaid",
            'flowchart LR\n  subgraph c0["Top"]\n    n1["Top<br/>grafana_folder.top"]\n'
            '    n0["Sub<br/>grafana_folder.sub[#34;a#34;]"]\n  end\n  n0 --> n1\n',
        ),
    ],
)
def test_objects_need_each_other_through_all_that_is_left_out(
    hcl: Hcl, tmp_path: Path, format_: str, text: str
) -> None:
    """A local is no object, what it refers to is; what lies in a folder is in its cluster."""
    (tmp_path / "main.toml").write_text(_MAIN)
    assert hcl("graph", "--format", format_).out == text


def test_the_full_graph_has_everything(hcl: Hcl, tmp_path: Path) -> None:
    """As JSON, with kinds and types."""
    (tmp_path / "main.toml").write_text(_MAIN)
    document = json.loads(hcl("graph", "--full", "--format", "json").out)
    assert {node["address"] for node in document["nodes"]} == {
        "provider.grafana",
        "local.top",
        "grafana_folder.top",
        'grafana_folder.sub["a"]',
    }
    assert {"from": 'grafana_folder.sub["a"]', "to": "local.top"} in document["edges"]
    assert {"from": "local.top", "to": "grafana_folder.top"} in document["edges"]


def test_variables_may_be_left_out(hcl: Hcl, tmp_path: Path) -> None:
    """Nothing is asked, no server is needed."""
    (tmp_path / "main.toml").write_text(_MAIN + '[variable.url]\n[provider.grafana]\nurl = "${var.url}"\n')
    assert hcl("graph").code == 0


def test_a_focus_has_what_it_needs_and_what_needs_it(hcl: Hcl, tmp_path: Path) -> None:
    """All else is left out; an address that nothing has is an error that suggests one."""
    (tmp_path / "main.toml").write_text(_BESIDE)
    picture = ET.fromstring(hcl("graph", "--format", "svg", "--focus", "grafana_folder.top").out)
    titles = [one.findtext(f"{_SVG}title") for one in picture.iter(f"{_SVG}g") if one.get("data-number")]
    assert titles == ['Sub\ngrafana_folder.sub["a"]', "Top\ngrafana_folder.top"]
    wrong = hcl("graph", "--focus", "grafana_folder.topp")
    assert wrong.code == 1
    assert 'Did you mean "grafana_folder.top"?' in wrong.err


def test_a_saved_plan_says_what_becomes_of_each(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """Objects that are new, changed, deleted and as they were, with their folders."""
    (tmp_path / "main.toml").write_text(embedded.provider + _BESIDE)
    assert hcl("apply", "--auto-approve").code == 0
    more = '[resource.grafana_folder.new]\ntitle = "New"\n'
    (tmp_path / "main.toml").write_text(embedded.provider + _MAIN.replace('"Sub"', '"Below"') + more)
    assert hcl("plan", "--out", "saved").code in (0, 2)
    document = json.loads(hcl("graph", "--format", "json", "--plan", "saved").out)
    found = {node["address"]: (node["title"], node["folder"], node["action"]) for node in document["nodes"]}
    assert found == {
        "grafana_folder.new": ("New", None, "create"),
        'grafana_folder.sub["a"]': ("Below", "grafana_folder.top", "update"),
        "grafana_folder.top": ("Top", None, "no-op"),
        "grafana_folder.other": ("Beside", None, "delete"),
    }
    assert document["edges"] == [{"from": 'grafana_folder.sub["a"]', "to": "grafana_folder.top"}]
