"""The graph of dependencies, in each of its forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Hcl

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


@pytest.mark.parametrize(
    ("format_", "text"),
    [
        (
            "dot",
            'digraph hcl_lite {\n  rankdir = LR\n  node [fontname = "sans-serif"]\n'
            '  "grafana_folder.sub[\\"a\\"]" [shape = box]\n  "grafana_folder.top" [shape = box]\n'
            '  "grafana_folder.sub[\\"a\\"]" -> "grafana_folder.top"\n}\n',
        ),
        (
            "mermaid",
            'flowchart LR\n  n0["grafana_folder.sub[#quot;a#quot;]"]\n  n1["grafana_folder.top"]\n  n0 --> n1\n',
        ),
    ],
)
def test_objects_need_each_other_through_all_that_is_left_out(
    hcl: Hcl, tmp_path: Path, format_: str, text: str
) -> None:
    """A local is no object, what it refers to is."""
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
