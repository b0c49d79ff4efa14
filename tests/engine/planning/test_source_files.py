"""The files that a block is read from."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_SHARED = """
[locals]
text = '${file("a.json")}'
read = '${jsondecode(local.text)}'
table = { mine = '${local.text}', other = '${file("t.json")}' }

[resource.grafana_folder.f]
title = "F"

[module.inside]
source = "./inside"
inputs = { body = '${local.table.mine}' }
"""
_ARGUMENTS = {
    "file": ("""config_json = '${file("a.json")}'""", "a.json"),
    "key": ("""config_json = '${file(each.key ~ ".json")}'\nfor_each = ["a"]""", "a.json"),
    "template": (
        """config_json = '${templatefile("t.json", {"x": "(,)", "y": file("a.json")})}'""",
        "t.json, a.json",
    ),
    "within": ("""config_json = '${jsonencode(jsondecode(file("a.json")))}'""", "a.json"),
    "none": ("""config_json = '{"title": "A"}'""", ""),
    "local": ("""config_json = '${local.table.mine}'""", "a.json"),
    "locals": ("""config_json = '${jsonencode(local.read)}'""", "a.json"),
    "value": ("""config_json = '${each.value}'\nfor_each = { a = '${local.text}', b = '{"title": "B"}' }""", "a.json"),
}
_INSIDE = """
[variable.body]
type = "string"

[resource.grafana_dashboard.input]
config_json = '${var.body}'
"""


def test_an_update_names_the_files_that_it_comes_from(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """Beside the place in the configuration, whichever way what is in them has come."""
    project = Project(hcl, embedded, tmp_path)
    (tmp_path / "a.json").write_text('{"title": "A"}')
    (tmp_path / "t.json").write_text('{"title": "T"}')
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "main.toml").write_text(_INSIDE)
    blocks = [f"[resource.grafana_dashboard.{name}]\n{argument}\n" for name, (argument, _) in _ARGUMENTS.items()]
    project.apply(_SHARED + "\n".join(blocks))
    project.write(_SHARED + "\n".join(f'{block}folder = "${{grafana_folder.f.uid}}"\n' for block in blocks))
    project.replace(
        "[resource.grafana_dashboard.input]\n", '[resource.grafana_dashboard.input]\nfolder = ""\n', "inside/main.toml"
    )
    (tmp_path / "a.json").write_text('{"title": "A", "tags": ["a"]}')
    shown = {}
    for line in project.run("plan").splitlines():
        if "will be updated" in line:
            name, where = line.partition("grafana_dashboard.")[2].split(" will be updated")
            shown[name] = where.partition(")")[0].partition(", ")[2]
    expected = {name: files for name, (_, files) in _ARGUMENTS.items()}
    expected |= {'key["a"]': expected.pop("key"), 'value["a"]': expected.pop("value"), 'value["b"]': ""}
    assert shown == {**expected, "input": "a.json"}
