"""One project and one Grafana, with a wire between them: hcl-lite runs in forks of a process of its own."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from providers.embedded import create_app
from providers.embedded.app import EmbeddedApp
from tests.reliability.conftest import Runner
from tests.reliability.machine.grafana import Grafana
from tests.reliability.machine.wire import Loss, Wire, Written, stretched

_AUTH = "admin:admin"
_MOMENT = 0.05  # seconds in which a request that was sent comes in
STATE = "hcl-lite.state.json"


@dataclass(frozen=True)
class Ran:
    """What became of a run: exit codes of its commands (none where it was killed), and all that it said."""

    codes: tuple[int, ...]
    said: str
    killed: bool
    points: int
    written: tuple[Written, ...]


@dataclass
class Bench:
    """`real` is the URL of a Grafana; without it there is an embedded one, new at each `clear`."""

    wire: Wire
    url: str
    runner: Runner
    directory: Path
    grafana: Grafana
    real: str
    said: str = ""
    commands: int = 0
    kills: int = 0
    writes: int = 0

    @property
    def figures(self) -> dict[str, int]:
        """What was done so far."""
        return {
            "commands of hcl-lite": self.commands,
            "of them killed": self.kills,
            "requests of hcl-lite": self.wire.requests,
            "of them writes": self.writes,
        }

    @property
    def provider(self) -> str:
        return f'[provider.grafana]\nurl = "{self.url}"\nauth = "{_AUTH}"\n'

    def clear(self) -> None:
        """An empty directory and an empty server."""
        shutil.rmtree(self.directory)
        self.directory.mkdir()
        if self.real:
            self.grafana.clear()
        else:
            self.end()
            self.wire.upstream = create_app()
        self.said = ""

    def end(self) -> None:
        """Close the embedded server."""
        if isinstance(self.wire.upstream, EmbeddedApp):
            self.wire.upstream.close()

    def run(self, *commands: list[str], kill: int = 0, losses: tuple[Loss, ...] = (), here: bool = False) -> Ran:
        """Carry out command lines, one after the other."""
        self.wire.begin(*losses)
        environment = {"HCL_LITE_FINGERPRINT_KEY": "quick", "NO_COLOR": "1"}
        job: dict[str, Any] = {"directory": str(self.directory), "environment": environment, "commands": commands}
        answer = self.runner.run(**job, kill=kill, **({"here": True} if here else {}))
        while "killed" in answer and self._is_busy():
            pass  # what was under way when it died arrives all the same
        self.said += answer["said"]
        self.commands += len(commands)
        self.kills += "killed" in answer
        self.writes += len(self.wire.written)
        codes, points = tuple(answer["codes"]), len(answer["points"])
        return Ran(codes, answer["said"], "killed" in answer, points, tuple(self.wire.written))

    def _is_busy(self) -> bool:
        time.sleep(_MOMENT)
        return self.wire.active > 0

    def planned(self, *options: str) -> tuple[dict[str, Any], Ran]:
        """A plan that is saved as "p", as JSON; {} where there is none."""
        ran = self.run(["plan", "--out", "p", *options])
        if ran.codes != (0,):
            return {}, ran
        shown = self.run(["show", "--json", "p"])
        return json.loads(shown.said), ran


@contextlib.contextmanager
def benched(real: str = "") -> Iterator[Bench]:
    """A bench, whose files are in memory where that can be."""
    memory = Path("/dev/shm")
    base = Path(tempfile.mkdtemp(prefix="hcl-lite-machine-", dir=memory if memory.is_dir() else None))
    wire, runner = Wire(), Runner()
    wire.upstream = real or create_app()
    (base / "project").mkdir()
    try:
        with stretched(wire) as url:
            bench = Bench(wire, url, runner, base / "project", Grafana(url, _AUTH), real)
            bench.clear()
            (bench.directory / "main.toml").write_text(bench.provider + '[resource.grafana_folder.x]\ntitle = "X"\n')
            for command in (["apply", "--auto-approve"], ["plan"], ["destroy", "--auto-approve"]):
                bench.run(command, here=True)  # so it has imported all that it takes
            bench.clear()
            yield bench
            bench.end()
            bench.grafana.client.close()
    finally:
        runner.close()
        shutil.rmtree(base)
