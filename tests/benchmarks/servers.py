"""The servers that programs are measured on: a fresh one for each, or one that is there."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

EMBEDDED: Final = f"{shlex.quote(sys.executable)} -m hcl_lite serve --port {{port}} --path {{data}}/grafana.db"
_STARTING = 120.0
_SETTLING = 15.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers; `session` is that of its processes, where they were started here."""

    url: str
    session: int | None = None

    @property
    def version(self) -> str:
        """Version of the Grafana that it is."""
        with urllib.request.urlopen(f"{self.url}/api/health", timeout=10) as answer:
            return str(json.load(answer).get("version", "unknown"))

    def cpu(self) -> float | None:
        """Seconds that its processes have computed; None where that is not to be seen."""
        if self.session is None or not Path("/proc/self/stat").exists():
            return None
        return sum(map(_ticks, self._processes())) / _TICKS

    def _processes(self) -> list[list[str]]:
        """What the system tells of each of its processes, from the state on."""
        found = []
        for file in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = file.read_text().rpartition(")")[2].split()
            except OSError:  # it has ended
                continue
            if fields[3] == str(self.session):
                found.append(fields)
        return found


Opener = Callable[[], AbstractContextManager[Server]]


def choose_server(command: str, url: str) -> Opener:
    """Return what gives a server for one program: by a command that starts one, or the one at `url`."""
    return partial(_there, url.rstrip("/")) if url else partial(_fresh, command)


@contextmanager
def _there(url: str) -> Iterator[Server]:
    yield Server(url)


@contextmanager
def _fresh(command: str) -> Iterator[Server]:
    """A server on an empty directory, started by the command, whose {port} and {data} are filled in."""
    with (
        tempfile.TemporaryDirectory(prefix="hcl-lite-server-") as directory,
        socket.create_server(("127.0.0.1", 0)) as free,
    ):
        port = free.getsockname()[1]
        free.close()
        given = shlex.split(command.format(port=port, data=shlex.quote(directory)))
        log = Path(directory) / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(given, stdout=out, stderr=out, env=environment(), start_new_session=True)
        server = Server(f"http://127.0.0.1:{port}", process.pid)
        try:
            _await(server, process, log)
            yield server
        finally:
            _end(process)


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Environment of what is measured: without settings of hcl-lite, and with Python keeping what it has compiled."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HCL_LITE_", "GRAFANA_"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**kept, **(more or {})}


def _await(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until it answers and has nothing more to do of its own. Raises SystemExit."""
    until = time.monotonic() + _STARTING
    while True:
        try:
            urllib.request.urlopen(f"{server.url}/api/health", timeout=5).close()
            break
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"the server does not answer:\n{log.read_text(errors='replace')[-2000:]}") from None
            time.sleep(0.1)
    until = time.monotonic() + _SETTLING
    before = server.cpu()
    while before is not None and time.monotonic() < until:
        time.sleep(0.5)
        now = server.cpu() or 0.0
        if now - before < 0.05:
            break
        before = now


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def _ticks(fields: list[str]) -> int:
    """Ticks of a process, and of those of its children that have ended."""
    return sum(map(int, fields[11:15]))
