"""Tests of what all files of the kit have to keep, and of the hooks of pre-commit."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.runner import KIT
from tests.conftest import Hcl

_WORKFLOWS = sorted((KIT / "github").glob("*.yml"))
_HOOKS: list[dict[str, Any]] = yaml.safe_load((KIT.parent.parent / ".pre-commit-hooks.yaml").read_text())


@pytest.mark.parametrize("path", _WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_has_the_least_rights(path: Path) -> None:
    """None by default, known ones for each job; never the rights of the target for a pull request; no token left behind
    by a checkout; each action at a version."""
    text = path.read_text()
    document = yaml.safe_load(text)
    assert document["permissions"] == {}
    assert "pull_request_target" not in text
    for job in document["jobs"].values():
        writes = {right for right, level in job["permissions"].items() if level == "write"}
        assert writes <= {"security-events", "pull-requests", "issues"}
        used = [step for step in job["steps"] if "uses" in step]
        assert used[0]["uses"].startswith("actions/checkout@")
        assert used[0]["with"]["persist-credentials"] is False
        assert all(re.fullmatch(r"(actions|github)/[\w/-]+@v\d+", step["uses"]) for step in used)


def test_only_the_apply_may_write() -> None:
    """The secret that may write is in the job with an environment alone."""
    having = {
        path.stem for path in _WORKFLOWS if "secrets.GRAFANA_AUTH " in f"{path.read_text()} ".replace("}}", " }}")
    }
    apply = yaml.safe_load((KIT / "github" / "apply.yml").read_text())["jobs"]["apply"]
    assert (having, apply["environment"]) == ({"apply"}, "grafana")


def test_plan_and_apply_begin_with_the_same_paths() -> None:
    """Else a merge would have no plan, or a plan no apply. YAML reads the key `on` as true."""
    plan, apply = (yaml.safe_load((KIT / "github" / name).read_text())[True] for name in ("plan.yml", "apply.yml"))
    assert plan["pull_request"]["paths"] == apply["push"]["paths"]


def test_the_hooks_of_pre_commit_check_and_format(hcl: Hcl, tmp_path: Path) -> None:
    """As the example asks for them: on files that are committed, only in its directory."""
    shutil.copytree(KIT.parent / "for-each", tmp_path / "grafana")
    asked = {
        hook["id"]: hook for hook in yaml.safe_load((KIT / "pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    }
    main = tmp_path / "grafana" / "main.toml"
    wanted = main.read_text()
    main.write_text(wanted.replace(" = ", "  = ", 1))
    ran = {}
    for hook in ({**one, **asked[one["id"]]} for one in _HOOKS):
        assert re.search(hook["files"], "grafana/main.toml")
        assert not re.search(hook["files"], "pyproject.toml")
        program, *args = [*shlex.split(hook["entry"]), *hook.get("args", [])]
        files = [] if hook.get("pass_filenames") is False else ["grafana/main.toml"]
        assert program == "hcl-lite"
        ran[hook["id"]] = hcl(*args, *files).code
    assert (ran, main.read_text()) == ({"hcl-lite-fmt": 0, "hcl-lite-validate": 0}, wanted)


def test_the_container_runs_as_nobody_special() -> None:
    """The last user is not root, and the entrypoint is the command."""
    lines = (KIT / "Containerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert (users, lines[-1]) == (["1000"], 'ENTRYPOINT ["hcl-lite"]')
