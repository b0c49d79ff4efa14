"""Data sources whose names mean something in a path are found by name, like any other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_NAMES = ["plain", "a?b", "a#b", "FOO / BAR", "100%", "..", ".", "a/../b", "/a//b/", "%2F", "a;b&c=d+e", "ä €"]
_LISTED = ", ".join(json.dumps(name, ensure_ascii=False) for name in _NAMES)
_SOURCES = f"""
[locals]
names = [{_LISTED}]
[resource.grafana_data_source.n]
count = "${{length(local.names)}}"
uid = "named${{count.index}}"
name = "${{local.names[count.index]}}"
type = "loki"
url = "http://x.invalid"
basic_auth_enabled = true
basic_auth_username = "me"
with_credentials = true
"""
_LOOKUPS = """
[data.grafana_data_source.n]
count = "${length(local.names)}"
name = "${local.names[count.index]}"
[data.grafana_data_source_id.n]
count = "${length(local.names)}"
name = "${local.names[count.index]}"
[output.uids]
value = "${data.grafana_data_source.n | map(attribute='uid') | list}"
[output.ids]
value = "${data.grafana_data_source_id.n | map(attribute='id') | list}"
"""


@pytest.mark.parametrize("version", ["12", "7", "5"])
def test_a_data_source_is_found_by_any_name(hcl: Hcl, server: Server, tmp_path: Path, version: str) -> None:
    """By the command, by data blocks, by an import, and where it is deleted."""
    if version != "12" and not server.url.startswith("embedded:"):
        pytest.skip("the real Grafana has one version")
    project = Project(hcl, server if version == "12" else Server.embedded(tmp_path, version), tmp_path)
    project.apply(_SOURCES)
    for name in _NAMES:
        found = json.loads(project.run("data-source", "get", f"name:{name}", "--json"))
        assert (found["name"], found["basic_auth_username"], found["with_credentials"]) == (name, "me", True)
    for number, name in enumerate(_NAMES):
        project.run("state", "rm", f"grafana_data_source.n[{number}]")
        project.run("import", f"grafana_data_source.n[{number}]", f"name:{name}")
    project.apply(_SOURCES + _LOOKUPS)
    ids = [json.loads(project.run("data-source", "get", f"named{n}", "--json"))["id"] for n in range(len(_NAMES))]
    assert project.state()["outputs"] == {"uids": [f"named{n}" for n in range(len(_NAMES))], "ids": ids}
    for number, name in enumerate(_NAMES):
        project.run("state", "rm", f"grafana_data_source.n[{number}]")
        project.run("data-source", "delete", f"name:{name}", "--auto-approve")
    assert project.run("data-source", "list") == "There are none.\n"
