"""What a program takes for each job: the life of a project on one server, from the first plan to the destroy."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.counting import Counter, Traffic, counting
from tests.benchmarks.programs import BARE, ROOT, Program, child_environment, clearing, saving
from tests.benchmarks.projects import Project
from tests.benchmarks.servers import Opener, Server

_LAUNCHER: Final = (sys.executable, "-I", "-S", str(Path(__file__).with_name("launcher.py")))


@dataclass(frozen=True, slots=True)
class Sample:
    """One job, done once: seconds, MB of the largest process, and what went over the wire where that was counted.

    `calls` is how many seconds of a bare client its calls took, without its start.
    """

    size: int
    job: str
    program: str
    wall: float
    cpu: float
    memory: float
    calls: float | None = None
    server_cpu: float | None = None
    traffic: Traffic | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What a command took, and what it said."""

    wall: float
    cpu: float
    memory: float
    said: str


def live(
    program: Program, size: int, opener: Opener, auth: str, jobs: Sequence[str], *, counted: bool
) -> Iterator[Sample]:
    """Do the jobs in their order, on a server and in a directory of their own. Raises SystemExit."""
    with (
        tempfile.TemporaryDirectory(prefix="hcl-lite-benchmark-") as directory,
        opener() as server,
        _counting(server, counted) as (url, counter),
    ):
        project = Project(Path(directory), size)
        project.write(url, auth)
        if reason := program.prepare(project):
            raise SystemExit(f"{program.name} cannot be measured:\n{reason}")
        with _leaving_nothing(project, server, auth):
            for job in jobs:
                _edit(project, job)
                arguments = program.arguments(job, project, url, auth)
                if arguments is None:
                    continue
                if job == "pull":
                    _edit_outside(project, server, auth)
                before = server.cpu()
                usage = run(arguments, project.directory)
                after = server.cpu()
                yield Sample(
                    size,
                    job,
                    program.name,
                    usage.wall,
                    usage.cpu,
                    usage.memory,
                    float(usage.said.split()[-1]) if program.name == BARE else None,
                    None if before is None or after is None else after - before,
                    None if counter is None else counter.take(),
                )


def warm_up(programs: Sequence[Program], leave_out: Callable[[Program, str], None]) -> Sequence[Program]:
    """Start each once, so that the system has its files, compiled. Return those that can do what is asked."""
    compiling = [sys.executable, "-m", "compileall", "-q", "hcl_lite", "providers", "state"]
    subprocess.run(compiling, cwd=ROOT, env=child_environment(), check=False)
    able = []
    for program in programs:
        with tempfile.TemporaryDirectory(prefix="hcl-lite-benchmark-") as directory:
            project = Project(Path(directory), 1)
            project.write("http://127.0.0.1", ":")
            reason = program.prepare(project)
            if reason:
                leave_out(program, reason)
                continue
            run(program.arguments("start", project, "http://127.0.0.1", ":") or (), project.directory)
            able.append(program)
    return able


@contextmanager
def _counting(server: Server, counted: bool) -> Iterator[tuple[str, Counter | None]]:
    """The URL to be asked, and what counts there; what goes in TLS cannot be."""
    if not counted or not server.url.startswith("http:"):
        yield server.url, None
        return
    with counting(server.url) as (url, counter):
        yield url, counter


@contextmanager
def _leaving_nothing(project: Project, server: Server, auth: str) -> Iterator[None]:
    """Context manager: deletes what is left on a server that stays, where not all jobs were done."""
    try:
        yield
    except BaseException:
        if server.session is None:
            run(clearing(project, server.url, auth), project.directory)
        raise


def _edit(project: Project, job: str) -> None:
    if job == "one change":
        project.edit(range(project.changed, project.changed + 1), 2)
    elif job == "all changed":
        project.edit(range(project.size), 3)


def _edit_outside(project: Project, server: Server, auth: str) -> None:
    """Edit dashboards on the server, unmeasured; their files stay as they are."""
    project.edit(project.edited, 4)
    run(saving(project, server.url, auth), project.directory)
    project.edit(project.edited, 3)


def run(arguments: Sequence[str], directory: Path) -> Usage:
    """Run a command to its end. Raises SystemExit where it fails."""
    with tempfile.TemporaryFile("w+", errors="replace") as out:
        launched = subprocess.Popen(
            [*_LAUNCHER, *arguments],
            cwd=directory,
            env=child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            told = launched.communicate()[1]
        except BaseException:
            os.killpg(launched.pid, signal.SIGKILL)
            launched.wait()
            raise
        out.seek(0)
        said = out.read()
    code, *numbers = told.split()
    if code != "0":
        raise SystemExit(f"{' '.join(arguments)} ended with {code}:\n{said[-3000:]}")
    wall, cpu, memory = map(float, numbers)
    return Usage(wall, cpu, memory, said)
