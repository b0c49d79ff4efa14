"""A runner of GitHub's workflows as far as those of examples/ci need one: the steps in their order, each `run` by bash,
with the environment that the file gives it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.ci.forking import CLIENT
from tests.ci.platform import Platform

_ROOT = Path(__file__).parent.parent.parent
KIT = _ROOT / "examples" / "ci"
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
_NAME = re.compile(r"(?<!['\w])[a-z]+(?:\.[A-Za-z_]+)+")


@dataclass(frozen=True)
class Machine:
    """Programs of a machine with hcl-lite, and with a platform that is played; `home` is where it works,
    `forking` the socket of the process that runs hcl-lite."""

    home: Path
    forking: Path

    def __post_init__(self) -> None:
        (self.home / "bin").mkdir(parents=True)
        played = f"#!{sys.executable}\n{(_ROOT / 'tests/ci/platform.py').read_text()}"
        pip = '#!/bin/bash\necho "pip $*" >> "$PIP_CALLS"\n'
        for name, text in {"hcl-lite": CLIENT, "gh": played, "curl": played, "pip": pip}.items():
            path = self.home / "bin" / name
            path.write_text(text)
            path.chmod(0o755)

    @property
    def platform(self) -> Platform:
        """The platform as it is now."""
        return Platform(self.home / "platform.json")

    def bash(self, script: str, directory: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Runs lines as GitHub and GitLab do."""
        given = {
            "PATH": f"{self.home / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "FORKING": str(self.forking),
            "PLATFORM": str(self.home / "platform.json"),
            "PIP_CALLS": str(self.home / "pip"),
        }
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
        return subprocess.run(
            command, cwd=directory, env=given | dict(env), capture_output=True, text=True, check=False, timeout=240
        )


@dataclass
class Ran:
    """What a job has left: how each step ended ("skipped" too), what was said, the summary, the outputs."""

    steps: dict[str, str] = field(default_factory=dict)
    said: str = ""
    summary: str = ""
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    by_id: dict[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether the job has failed."""
        return "failure" in self.steps.values()


@dataclass
class Runner:
    """Runs jobs of one repository. `context` is what expressions may name."""

    machine: Machine
    repository: Path
    runs: int = 0

    def run(self, workflow: str, job: str, commit: str, context: Mapping[str, str]) -> Ran | None:
        """Runs a job on a clean clone of `commit`; None where its condition does not hold."""
        self.runs += 1
        document: dict[str, Any] = yaml.safe_load((KIT / "github" / workflow).read_text())
        told: dict[str, Any] = document["jobs"][job]
        temp = self.machine.home / f"run-{self.runs}"
        clone = temp / "clone"
        temp.mkdir()
        known = {
            "github.run_id": str(self.runs),
            "github.run_attempt": "1",
            "github.repository": "o/r",
            "github.server_url": "https://github.example",
            "github.token": "gh-token",
            "github.sha": commit,
            "runner.temp": str(temp),
            **{f"matrix.{key}": value for key, value in told["strategy"]["matrix"]["include"][0].items()},
            **context,
        }
        ran = Ran()
        if not self._holds(told.get("if", ""), known, ran):
            return None
        subprocess.run(["git", "clone", "--quiet", self.repository, clone], check=True)
        subprocess.run(["git", "checkout", "--quiet", commit], cwd=clone, check=True)
        base = {
            "GITHUB_SHA": commit,
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_STEP_SUMMARY": str(temp / "summary"),
            "GITHUB_OUTPUT": str(temp / "output"),
            "RUNNER_TEMP": str(temp),
        }
        directory = clone / self._text(told["defaults"]["run"]["working-directory"], known, ran)
        for step in told["steps"]:
            if not self._holds(step.get("if", ""), known, ran):
                ended = "skipped"
            elif "run" in step:
                assert "${{" not in step["run"], "what others have written must not become part of a script"
                env = {k: self._text(v, known, ran) for k, v in {**told.get("env", {}), **step.get("env", {})}.items()}
                (temp / "output").write_text("")
                done = self.machine.bash(step["run"], directory, base | env)
                ran.said += done.stdout + done.stderr
                ended = "failure" if done.returncode else "success"
                lines = (temp / "output").read_text().splitlines()
                ran.outputs[step.get("id", "")] = dict(line.split("=", 1) for line in lines)
            elif step["uses"].startswith("actions/upload-artifact@"):
                ended = self._upload({k: self._text(v, known, ran) for k, v in step["with"].items()}, clone, known)
            else:
                ended = "success"
            ran.steps[step.get("name", step.get("uses"))] = ended
            ran.by_id[step.get("id", "")] = ended
        ran.summary = (temp / "summary").read_text() if (temp / "summary").exists() else ""
        return ran

    def _upload(self, given: Mapping[str, str], clone: Path, known: Mapping[str, str]) -> str:
        paths = [path for path in (clone / line for line in given["path"].split()) if path.exists()]
        if not paths:
            return "failure" if given["if-no-files-found"] == "error" else "success"
        files = clone.parent / "artifacts" / given["name"]
        files.mkdir(parents=True)
        for path in paths:
            shutil.copytree(path, files / path.name) if path.is_dir() else shutil.copy(path, files)
        platform = self.machine.platform
        head = known.get("github.event.pull_request.head.sha") or known["github.sha"]
        run = {"id": self.runs, "head_sha": head, "repository_id": 1, "head_repository_id": 1}
        platform.has["artifacts"].append(
            {"name": given["name"], "expired": False, "created_at": f"{self.runs:04}", "workflow_run": run}
            | {"files": str(files)}
        )
        platform.save()
        return "success"

    def _holds(self, condition: str, known: Mapping[str, str], ran: Ran) -> bool:
        always = "always()" in condition or "failure()" in condition
        return (always or not ran.failed) and (not condition or bool(self._value(condition, known, ran)))

    def _text(self, text: Any, known: Mapping[str, str], ran: Ran) -> str:
        return _EXPRESSION.sub(lambda found: str(self._value(found[1], known, ran)), str(text))

    def _value(self, expression: str, known: Mapping[str, str], ran: Ran) -> Any:
        """Returns the value of an expression: names, strings, `==`, `!=`, `&&`, `||`, `always()` and `failure()`."""

        def named(found: re.Match[str]) -> str:
            first, *rest = found[0].split(".")
            if first == "steps" and rest[1] == "outcome":
                return repr(ran.by_id[rest[0]])
            if first == "steps":
                return repr(ran.outputs[rest[0]][rest[2]])
            return repr(known.get(found[0], ""))

        python = _NAME.sub(named, expression).replace("&&", " and ").replace("||", " or ")
        return eval(python, {"always": lambda: True, "failure": lambda: ran.failed})
