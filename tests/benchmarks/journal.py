"""How much longer an apply takes with its journal in a backend than with one in a file of this machine.

    python -m tests.benchmarks.journal s3 --dashboards 400 --rounds 4
    python -m tests.benchmarks.journal postgres --dashboards 400 --rounds 4 --append 0.002

Each call to the embedded Grafana takes 50 ms more than it would, each append as long as --append says: the bucket or
database is on this machine, too. The two ways take turns; what is compared is the time of the apply alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from hcl_lite.cli.main import run
from hcl_lite.engine.applying.applier import Applier
from hcl_lite.engine.applying.progress import ApplyResult
from state.backends.object_log import ObjectLog
from state.backends.objects import ObjectStorage
from state.backends.postgres import PostgresStorage
from state.backends.postgres_log import PostgresLog
from tests.services import serve_postgres, serve_s3

_ROOT = Path(__file__).parent.parent.parent
_FOLDERS = 5
_CALL = 0.05
_TIMED = "seconds of the apply: "


def carry_out(where: str, append: float) -> int:
    """One apply in this process and directory: its journal is `where`, and its time is printed."""
    _slow(append)
    if where == "here":
        for storage in (ObjectStorage, PostgresStorage):
            storage.log = lambda *_: None  # type: ignore[assignment, method-assign, return-value, misc]
    apply = Applier.run

    async def timed(applier: Applier) -> ApplyResult:
        begun = time.perf_counter()
        try:
            return await apply(applier)
        finally:
            sys.stdout.write(f"{_TIMED}{time.perf_counter() - begun}\n")

    Applier.run = timed  # type: ignore[method-assign]
    return run(["apply", "--auto-approve"])


def _slow(append: float) -> None:
    send = httpx.AsyncHTTPTransport.handle_async_request

    async def handle(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(_CALL)
        return await send(transport, request)

    httpx.AsyncHTTPTransport.handle_async_request = handle  # type: ignore[method-assign]
    for log in (ObjectLog, PostgresLog):
        quick: Any = log.append

        def slow(self: Any, data: bytes, quick: Any = quick) -> None:
            time.sleep(append)
            quick(self, data)

        log.append = slow  # type: ignore[attr-defined]


def _configuration(table: str, url: str, dashboards: int) -> str:
    panels = [{"id": n, "type": "timeseries", "title": f"p{n}", "targets": [{"expr": "up" * 40}]} for n in range(12)]
    board = json.dumps({"title": "T${count.index}", "panels": panels})
    blocks = [
        f'[resource.grafana_folder.f{n}]\ntitle = "F{n}"\n[resource.grafana_dashboard.d{n}]\ncount = {dashboards}\n'
        f"folder = \"${{grafana_folder.f{n}.uid}}\"\nconfig_json = '{board}'\n"
        for n in range(_FOLDERS)
    ]
    provider = f'[provider.grafana]\nurl = "{url}"\nauth = "admin:admin"\n'
    return f"[hcl_lite]\nbackups = 0\n[hcl_lite.backend]\n{table}{provider}{''.join(blocks)}"


def _measure(where: str, append: float, table: str, dashboards: int) -> float:
    """Seconds of one apply on a new embedded Grafana."""
    python = [sys.executable, "-m"]
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as home:
        serve = [*python, "hcl_lite", "serve", "--port", "0"]
        server = subprocess.Popen(serve, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert server.stdout is not None
        url = next(word for line in server.stdout for word in line.split() if word.startswith("http://"))
        directory = Path(home) / "project"
        directory.mkdir()
        (directory / "main.toml").write_text(_configuration(table, url.rstrip("."), dashboards // _FOLDERS))
        child = [*python, "tests.benchmarks.journal", "--child", where, "--append", str(append)]
        environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
        done = subprocess.run(child, cwd=directory, env=environment, capture_output=True, text=True)
        server.terminate()
        server.wait()
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return next(float(line.removeprefix(_TIMED)) for line in done.stdout.splitlines() if line.startswith(_TIMED))


@contextmanager
def _served(kind: str) -> Iterator[Mapping[str, str]]:
    """The settings of a backend, but for what is to be another one for each run."""
    if kind == "postgres":
        with serve_postgres() as conn_str:
            yield {"conn_str": conn_str}
        return
    with serve_s3() as server:
        bucket = server.make_bucket("benchmark")
        os.environ |= {"HCL_LITE_BACKEND_ACCESS_KEY_ID": "key", "HCL_LITE_BACKEND_SECRET_ACCESS_KEY": "secret"}
        yield {"bucket": bucket, "endpoint": server.url, "region": "us-east-1"}


def main() -> int:
    """Measure, and print the shortest times and what they come to."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", nargs="?", choices=("s3", "postgres"), default="s3")
    parser.add_argument("--dashboards", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--append", type=float, default=0.03)
    parser.add_argument("--child", choices=("here", "there"))
    given = parser.parse_args()
    if given.child:
        return carry_out(given.child, given.append)
    times: dict[str, list[float]] = {"here": [], "there": []}
    with _served(given.kind) as settings:
        for number in range(given.rounds * 2):
            where = ("here", "there", "there", "here")[number % 4]
            own = {"postgres": "schema_name", "s3": "key"}[given.kind]
            table = {"type": given.kind, **settings, own: f"k{uuid.uuid4().hex}"}
            lines = "".join(f'{key} = "{value}"\n' for key, value in table.items())
            times[where].append(_measure(where, given.append, lines, given.dashboards))
    here, there = min(times["here"]), min(times["there"])
    sys.stdout.write(f"journal here {here:.2f} s, on {given.kind} {there:.2f} s: {100 * (there / here - 1):+.1f} %\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
