"""What a program takes for each job: the life of a project on one server, from the first plan to the destroy."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.counting import Counter, Traffic, counting
from tests.benchmarks.programs import BARE, ROOT, Program, child_environment, clearing
from tests.benchmarks.projects import Project
from tests.benchmarks.servers import Opener, Server


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
class _Usage:
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
                before = server.cpu()
                usage = _run(arguments, project.directory)
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
            _run(program.arguments("start", project, "http://127.0.0.1", ":") or (), project.directory)
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
            _run(clearing(project, server.url, auth), project.directory)
        raise


def _edit(project: Project, job: str) -> None:
    if job == "one change":
        project.edit(range(project.changed, project.changed + 1), 2)
    elif job == "all changed":
        project.edit(range(project.size), 3)


def _run(arguments: Sequence[str], directory: Path) -> _Usage:
    """Run a command to its end; children that it waits for are in its CPU. Raises SystemExit where it fails."""
    with tempfile.TemporaryFile("w+", errors="replace") as out:
        begun = time.perf_counter()
        process = subprocess.Popen(
            arguments, cwd=directory, env=child_environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}:\n{said[-3000:]}")
    return _Usage(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said)
