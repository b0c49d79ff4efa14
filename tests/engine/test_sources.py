"""The files that a block is read from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Project


@pytest.mark.parametrize(
    ("argument", "shown"),
    [
        ("""config_json = '${file("a.json")}'""", "a.json"),
        ("""config_json = '${file(each.key ~ ".json")}'\nfor_each = ["a"]""", "a.json"),
        ("""config_json = '${templatefile("t.json", {"x": "(,)", "y": file("a.json")})}'""", "t.json, a.json"),
        ("""config_json = '${jsonencode(jsondecode(file("a.json")))}'""", "a.json"),
        ("""config_json = '{"title": "A"}'""", ""),
    ],
    ids=["file", "by the key", "template", "inside of others", "none"],
)
def test_an_update_names_the_files_that_it_comes_from(
    hcl: Hcl, embedded: Server, tmp_path: Path, argument: str, shown: str
) -> None:
    """Beside the place in the configuration, also where an expression says which."""
    project = Project(hcl, embedded, tmp_path)
    (tmp_path / "a.json").write_text('{"title": "A", "uid": "a"}')
    (tmp_path / "t.json").write_text('{"title": "T", "uid": "a"}')
    folder = '[resource.grafana_folder.f]\ntitle = "F"\n'
    project.write(f"{folder}[resource.grafana_dashboard.a]\n{argument}\n")
    project.apply()
    project.replace(
        "[resource.grafana_dashboard.a]\n", '[resource.grafana_dashboard.a]\nfolder = "${grafana_folder.f.uid}"\n'
    )
    heads = [line for line in project.run("plan").splitlines() if "will be updated" in line]
    assert [line.partition("main.toml:")[2].partition(")")[0].partition(", ")[2] for line in heads] == [shown]
