"""The processes that broken runs need: one with the servers, and runners to end."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from types import MappingProxyType
from typing import Any

import httpx
import pytest

from state.backend import Storage
from tests.reliability.scenario import Scenario, Settled, settled
from tests.services import PostgresServer, postgres_server

_ROOT = Path(__file__).parent.parent.parent
_RUNNERS = 3  # they wait for answers, too
_STATE = "hcl-lite.state.json"
APPLY = ["apply", "--auto-approve", "--parallelism", "1"]
PLAN = ["plan", "--detailed-exitcode"]


class Runner:
    """A process that carries out jobs, one after the other."""

    def __init__(self) -> None:
        self._process = _start("tests.reliability.runner")

    def run(self, **job: Any) -> dict[str, Any]:
        """See runner.carry_out."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        self._process.communicate()


@dataclass
class World:
    """One project and its server."""

    name: str
    scenario: Scenario
    url: str
    directory: Path
    runners: Queue[Runner]
    client: httpx.Client
    kept: Storage | None = None
    """Where its state is, where that is not beside its configuration."""

    def run(
        self, *commands: list[str], environment: Mapping[str, str] = MappingProxyType({}), **job: Any
    ) -> dict[str, Any]:
        """Carry out command lines in a fork: codes, points, and what was said."""
        settings = {
            "HEADSPIN_URL": self.url,
            "HEADSPIN_AUTH": "embedded",
            "GRAFANA_URL": self.url,
            "GRAFANA_AUTH": "Example Grafana:pw",
            "HCL_LITE_FINGERPRINT_KEY": "quick",
            **environment,
        }
        runner = self.runners.get()
        try:
            return runner.run(directory=str(self.directory), environment=settings, commands=commands, **job)
        finally:
            self.runners.put(runner)

    def write(self, configuration: str) -> None:
        (self.directory / "main.toml").write_text(configuration)

    def control(self, what: str, **given: Any) -> Any:
        answer = self.client.post(f"/_/{what}", json={"world": self.name, **given})
        answer.raise_for_status()
        return answer.json()

    def state(self) -> dict[str, Any]:
        stored = self.kept.read() if self.kept is not None else None
        found: dict[str, Any] = json.loads(stored.data if stored else (self.directory / _STATE).read_text())
        return found

    def settled(self) -> Settled:
        return settled(self.scenario, self.control("look"), self.state())

    def difference(self, again: dict[str, Any], wanted: Settled) -> str:
        """What is wrong after another apply and a plan; empty where it is all as it was to be."""
        said = again["said"]
        if any(again["codes"]):
            return f"exit codes {again['codes']}:\n{said}"
        found = self.settled()
        if found != wanted:
            return f"{found}\n instead of {wanted}\n{said}"
        if self.scenario.outside is None and "outside of hcl-lite" in said:
            return f"our own doing is told as somebody else's:\n{said}"
        left = {path.name.removeprefix(_STATE) for path in self.directory.iterdir()}
        left -= {"main.toml", "", ".history", ".lock", ".hcl-lite", "server.db", "server.db-wal", "server.db-shm"}
        left -= {".new"} if again["codes"] == [0] else set()  # nothing was written, so it is not written over
        return f"left behind: {left}" if left else ""


@dataclass
class Universe:
    """Worlds that begin where the first half of a scenario has led to."""

    base: Path
    client: httpx.Client
    runners: Queue[Runner]
    templates: dict[str, Path] = field(default_factory=dict)
    count: int = 0

    def prepare(self, scenario: Scenario) -> None:
        """Carry out the first half once, and keep what came of it for the worlds to begin with."""
        if scenario.name in self.templates:
            return
        world = self._open(scenario, None)
        world.write(scenario.before)
        for _ in range(self.runners.qsize()):  # in the runners themselves: so they have imported all that it takes
            result = world.run(APPLY, PLAN, here=True)
            assert result["codes"] == [0, 0], result["said"]
        if scenario.outside is not None:
            method, path = scenario.outside
            assert world.control("call", method=method, path=path)["status"] == 200
        world.write(scenario.after)
        world.control("close")
        self.templates[scenario.name] = world.directory

    def world(self, scenario: Scenario) -> World:
        """A world in which the second half is to be carried out."""
        return self._open(scenario, self.templates[scenario.name])

    def end(self, world: World) -> None:
        """Take a world away."""
        world.control("close")
        shutil.rmtree(world.directory)

    def _open(self, scenario: Scenario, template: Path | None) -> World:
        self.count += 1
        name = f"w{self.count}"
        directory = self.base / name
        if template is None:
            directory.mkdir()
        else:
            shutil.copytree(template, directory, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
            state = directory / _STATE
            if state.exists():  # it remembers where Grafana is
                state.write_text(state.read_text().replace(f'/{template.name}"', f'/{name}"'))
        given = {"world": name, "file": str(directory / "server.db"), "allocated": scenario.allocated}
        url = self.client.post("/_/open", json=given).json()["url"]
        return World(name, scenario, url, directory, self.runners, self.client)


@pytest.fixture(scope="module")
def database() -> Iterator[PostgresServer]:
    """One that may be killed: no other test has it. Members of with_password need one."""
    with postgres_server() as server:
        server.demand_passwords("with_password")
        yield server


@pytest.fixture(scope="session")
def universe() -> Iterator[Universe]:
    base = Path(tempfile.mkdtemp(prefix="hcl-lite-"))
    server = _start("tests.reliability.worlds")
    assert server.stdout is not None
    port = server.stdout.readline().strip()
    runners: Queue[Runner] = Queue()
    started = [Runner() for _ in range(_RUNNERS)]
    for runner in started:
        runners.put(runner)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        yield Universe(base, client, runners)
    for runner in started:
        runner.close()
    server.terminate()
    server.communicate()
    shutil.rmtree(base)


@pytest.fixture(scope="session")
def hands() -> Iterator[ThreadPoolExecutor]:
    """As many hands as there are runners."""
    with ThreadPoolExecutor(_RUNNERS) as pool:
        yield pool


def undisturbed(universe: Universe, scenario: Scenario) -> tuple[Settled, list[str], list[str]]:
    """Where a run that nothing happens to ends, the points that it passes, and its writes to servers."""
    universe.prepare(scenario)
    world = universe.world(scenario)
    result = world.run(APPLY, PLAN)
    assert result["codes"] == [0, 0], result["said"]
    found, writes = world.settled(), world.control("writes")
    universe.end(world)
    return found, result["points"], writes


def _start(module: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", module], cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
