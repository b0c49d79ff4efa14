"""The programs that are measured, and by which command each does each job."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.projects import Project
from tests.benchmarks.servers import environment

ROOT = Path(__file__).resolve().parents[2]
BARE: Final = "bare client"
JOBS: Final = (
    "start",
    "validate",
    "first plan",
    "first apply",
    "plan without changes",
    "drift",
    "import --all",
    "one change",
    "all changed",
    "pull",
    "destroy",
)
"""In the order in which they are done: each finds what those before it have left."""

_BARE_CLIENT: Final = (sys.executable, "-m", "tests.benchmarks.bare_client")
_OURS: Final[Mapping[str, Sequence[str]]] = {
    "start": ("--help",),
    "validate": ("validate",),
    "first plan": ("plan",),
    "first apply": ("apply", "--auto-approve"),
    "plan without changes": ("plan",),
    "drift": ("drift",),
    "import --all": ("-C", "others", "import", "--all"),
    "one change": ("apply", "--auto-approve"),
    "all changed": ("apply", "--auto-approve"),
    "pull": ("pull",),
    "destroy": ("destroy", "--auto-approve"),
}
_TERRAFORMS: Final[Mapping[str, Sequence[str]]] = {
    "start": ("-help",),
    "validate": ("validate",),
    "first plan": ("plan", "-input=false"),
    "first apply": ("apply", "-input=false", "-auto-approve"),
    "plan without changes": ("plan", "-input=false"),
    "drift": ("plan", "-input=false", "-refresh-only"),
    "one change": ("apply", "-input=false", "-auto-approve"),
    "all changed": ("apply", "-input=false", "-auto-approve"),
    "destroy": ("apply", "-input=false", "-auto-approve", "-destroy"),
}
_BARE: Final[Mapping[str, str]] = {
    "start": "start",
    "first plan": "list",
    "first apply": "create",
    "plan without changes": "list",
    "drift": "list",
    "import --all": "import",
    "one change": "change-one",
    "all changed": "change-all",
    "pull": "import",
    "destroy": "delete",
}


@dataclass(frozen=True, slots=True)
class Program:
    """A program by its name; `is_slow` says that it is measured once, and at the smaller sizes."""

    name: str
    command: Sequence[str]
    jobs: Mapping[str, Sequence[str]]
    is_slow: bool = False

    @property
    def version(self) -> str:
        """Version by the program's own word."""
        said = subprocess.run([*self.command, "version"], env=child_environment(), capture_output=True, text=True)
        return said.stdout.partition("\n")[0]

    def arguments(self, job: str, project: Project, url: str, auth: str) -> Sequence[str] | None:
        """Return the command of a job; None where the program does not do it."""
        if job not in self.jobs:
            return None
        beside = (str(project.directory), str(project.size), url, auth) if self.name == BARE else ()
        return (*self.command, *self.jobs[job], *beside)

    def prepare(self, project: Project) -> str:
        """Make a project ready, unmeasured; return why that is not to be done, else nothing."""
        if not self.is_slow:
            return ""
        for step in (("init", "-input=false", "-no-color"), ("validate", "-no-color")):
            # Init needs no success: a provider that is there by dev_overrides is not to be had by it.
            done = subprocess.run(
                [*self.command, *step],
                cwd=project.directory,
                env=child_environment(),
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
        return "" if done.returncode == 0 else done.stdout + done.stderr


def all_programs() -> Sequence[Program]:
    """Return the programs of this machine, the bare client first."""
    found = [
        Program(BARE, _BARE_CLIENT, {job: (name,) for job, name in _BARE.items()}),
        Program("hcl-lite", (sys.executable, "-m", "hcl_lite"), _OURS),
    ]
    for name, file in (("Terraform", "terraform"), ("OpenTofu", "tofu")):
        path = shutil.which(file)
        if path is not None:
            found.append(Program(name, (path,), _TERRAFORMS, is_slow=True))
    return found


def clearing(project: Project, url: str, auth: str) -> Sequence[str]:
    """Return the command that deletes whatever of a project is on a server."""
    return (*_BARE_CLIENT, "delete", str(project.directory), str(project.size), url, auth)


def saving(project: Project, url: str, auth: str) -> Sequence[str]:
    """Return the command that saves dashboards on a server, as somebody who edits them there does."""
    return (*_BARE_CLIENT, "change-edited", str(project.directory), str(project.size), url, auth)


def child_environment() -> dict[str, str]:
    """Environment of all programs: none of them asks for its newest version."""
    return environment({"PYTHONPATH": str(ROOT), "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "NO_COLOR": "1"})
