"""Outputs with --target: those that come of what was applied are brought up to date, the others stay as they were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_WORLD = """
[resource.grafana_folder.a]
uid = "outputs-a"
title = "A"

[resource.grafana_folder.b]
uid = "outputs-b"
title = "B"

[data.grafana_folder.b]
uid = "${grafana_folder.b.uid}"

[locals]
both = "${grafana_folder.a.title} and ${grafana_folder.b.title}"

[output.a]
value = "${grafana_folder.a.title}"

[output.b]
value = "${grafana_folder.b.title}"

[output.both]
value = "${local.both}"

[output.found]
value = "${data.grafana_folder.b.title}"

[output.given]
value = "given"
"""


@pytest.fixture
def project(hcl: Hcl, server: Server, tmp_path: Path) -> Project:
    return Project(hcl, server, tmp_path)


def _outputs(project: Project) -> dict[str, object]:
    found: dict[str, object] = json.loads(project.run("output", "--json"))
    return found


def _planned(project: Project, *targets: str) -> list[str]:
    """The outputs that a plan with targets would change."""
    project.run("plan", "--out", "p", *(f"--target={target}" for target in targets))
    return sorted(output["path"] for output in json.loads(project.run("show", "--json", "p"))["outputs"])


def test_the_first_apply_of_a_target_stores_what_comes_of_it(project: Project) -> None:
    """What comes of something else has no value yet, and none is stored."""
    project.write(_WORLD)
    assert _planned(project, "grafana_folder.a") == ["a", "given"]
    project.run("apply", "--auto-approve", "--target", "grafana_folder.a")
    assert _outputs(project) == {"a": "A", "given": "given"}
    project.destroy()


def test_an_output_of_what_has_not_changed_is_brought_up_to_date_too(project: Project) -> None:
    """With b as it was applied, `both` follows a; a changed b is not among the targets, so what comes of it stays."""
    project.apply(_WORLD)
    project.replace('title = "A"', 'title = "A2"')
    assert _planned(project, "grafana_folder.a") == ["a", "both"]
    project.run("apply", "p")
    assert _outputs(project) == {"a": "A2", "b": "B", "both": "A2 and B", "found": "B", "given": "given"}

    project.replace('title = "A2"', 'title = "A3"')
    project.replace('title = "B"', 'title = "B3"')
    assert _planned(project, "grafana_folder.a") == ["a"]
    project.run("apply", "--auto-approve", "--target", "grafana_folder.a")
    assert _outputs(project) == {"a": "A3", "b": "B", "both": "A2 and B", "found": "B", "given": "given"}

    project.apply()
    assert _outputs(project) == {"a": "A3", "b": "B3", "both": "A3 and B3", "found": "B3", "given": "given"}
    project.destroy()


def test_an_output_may_be_the_target(project: Project) -> None:
    """It takes what it comes of along."""
    project.write(_WORLD)
    assert _planned(project, "output.found") == ["b", "found", "given"]
    project.run("apply", "p")
    assert _outputs(project) == {"b": "B", "found": "B", "given": "given"}
    project.destroy()


def test_a_destroy_of_a_target_takes_its_outputs_along(project: Project) -> None:
    """Also those that come of it by a local or a lookup; the plan says so. The others stay."""
    project.apply(_WORLD)
    assert _planned(project, "grafana_folder.a") == []
    said = project.run("plan", "--destroy", "--target=grafana_folder.a")
    assert '  - a: "A"\n  - both: "A and B"\n' in said
    project.run("destroy", "--auto-approve", "--target=grafana_folder.a")
    assert _outputs(project) == {"b": "B", "found": "B", "given": "given"}
    project.destroy()
    assert _outputs(project) == {}
