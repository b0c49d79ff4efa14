"""Tests of the GitLab pipeline: the scripts of its jobs, in clean clones; the note, the reports, the apply."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import yaml

from tests.ci.conftest import Repository
from tests.ci.runner import KIT, Machine

_PIPELINE: Mapping[str, Any] = yaml.safe_load((KIT / "gitlab" / ".gitlab-ci.yml").read_text())
_GIVEN = {
    "CI_API_V4_URL": "https://gitlab.example/api/v4",
    "CI_PROJECT_ID": "7",
    "CI_JOB_URL": "https://gitlab.example/job/1",
    "GRAFANA_AUTH": "admin:admin",
    "GRAFANA_READ_AUTH": "admin:admin",
}
_MERGE_REQUEST = _GIVEN | {"CI_MERGE_REQUEST_IID": "3", "GITLAB_TOKEN": "note-token"}


def _run(
    machine: Machine, repository: Repository, job: str, given: Mapping[str, str], after: Path | None = None
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Runs a job on a clean clone, with the artifacts of the job `after` which it runs; returns its directory."""
    clone = machine.home / f"job-{len(os.listdir(machine.home))}"
    subprocess.run(["git", "clone", "--quiet", repository.path, clone], check=True)
    if after is not None:
        for path in _PIPELINE[_PIPELINE[job]["needs"][0]]["artifacts"]["paths"]:
            name = path.replace("$DIRECTORY", "grafana")
            shutil.copy(after / name, clone / name)
    known = dict(given) | {"CI_PROJECT_DIR": str(clone)}
    for name, value in {**_PIPELINE["variables"], **_PIPELINE[job].get("variables", {})}.items():
        known[name] = known.get(value[1:], value)
    lines = [*_PIPELINE["default"]["before_script"], *_PIPELINE[job]["script"]]
    return clone, machine.bash("\n".join(lines), clone, known)


def test_a_merge_request_has_its_plan_in_one_note_and_main_applies_what_it_planned(
    machine: Machine, repository: Repository
) -> None:
    """The second pipeline updates the note of the first; the job fails where there is no plan, which the note says.
    The apply takes the plan of its pipeline."""
    repository.commit("First")
    _, first = _run(machine, repository, "plan", _MERGE_REQUEST)
    assert first.returncode == 0, first.stderr
    repository.commit("Second", more="wrong = 1\n")
    _, second = _run(machine, repository, "plan", _MERGE_REQUEST)
    [note] = machine.platform.has["notes"]
    assert (second.returncode, note["body"].splitlines()[0]) == (1, "<!-- hcl-lite plan: grafana -->")
    assert "**there is no plan**" in note["body"]
    assert [call.partition(" ")[0] for call in machine.platform.has["calls"]] == ["GET", "POST", "GET", "PUT"]

    repository.commit("Third")
    planned, said = _run(machine, repository, "plan", _GIVEN)
    assert (said.returncode, "Third" in said.stdout) == (0, True), said.stderr
    assert machine.platform.has["notes"] == [note]
    _, applied = _run(machine, repository, "apply", _GIVEN, after=planned)
    assert (applied.returncode, repository.title) == (0, "Third"), applied.stderr


def test_mistakes_are_in_the_junit_report(machine: Machine, repository: Repository) -> None:
    """At the path that the pipeline names."""
    repository.commit("Wrong", more="wrong = 1\n")
    clone, validated = _run(machine, repository, "validate", _GIVEN)
    report, _ = (
        path.replace("$DIRECTORY", "grafana") for path in _PIPELINE["validate"]["artifacts"]["reports"]["junit"]
    )
    [failure] = ElementTree.parse(clone / report).getroot().iter("failure")
    assert (validated.returncode, "wrong" in str(failure.get("message"))) == (1, True)
