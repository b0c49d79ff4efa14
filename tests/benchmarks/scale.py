"""How long plan and apply take, beside a bare client doing the same calls: run on demand, ratios in one run.

    python -m tests.benchmarks.scale --count 1000 [--url http://127.0.0.1:3000 --auth admin:admin]

Without --url the embedded server is served on a port, in a process of its own. The server is left as it was found.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from providers.grafana.client import make_client
from providers.transport.errors import ApiError
from tests.contexts import BARE

_TEMPLATE = Path(__file__).resolve().parents[2] / "examples/quickstart/dashboards/prometheus.json"


def _write_configuration(root: Path, url: str, auth: str, count: int, folders: int, sources: int) -> None:
    template = json.loads(_TEMPLATE.read_text())
    blocks = [f'[provider.grafana]\nurl = "{url}"\nauth = "{auth}"\n']
    for number in range(sources):
        blocks.append(
            f'[resource.grafana_data_source.s{number}]\nname = "bench-{number}"\nuid = "bench-{number}"\n'
            'type = "prometheus"\nurl = "http://localhost:9090"\n'
        )
    for number in range(folders):
        blocks.append(f'[resource.grafana_folder.f{number}]\ntitle = "Bench {number}"\nuid = "bench-f{number}"\n')
    (root / "dashboards").mkdir()
    for number in range(count):
        dashboard = {**template, "uid": f"bench-{number}", "title": f"Bench {number}"}
        text = json.dumps(dashboard).replace('"uid": "prometheus"', f'"uid": "bench-{number % sources}"')
        (root / f"dashboards/{number}.json").write_text(text)
        blocks.append(
            f'[resource.grafana_dashboard.d{number}]\nfolder = "${{grafana_folder.f{number % folders}.uid}}"\n'
            f"config_json = '${{file(\"dashboards/{number}.json\")}}'\n"
        )
    (root / "main.toml").write_text("\n".join(blocks))


def _run(root: Path, *args: str) -> tuple[float, float, float]:
    """Seconds, those of them that were spent computing, and MB of memory at the most."""
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "hcl_lite", *args], cwd=root, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    if status != 0:
        raise SystemExit(f"hcl-lite {' '.join(args)} failed:\n{out[-2000:]}")
    return seconds, usage.ru_utime, usage.ru_maxrss / 1024


def _floor(root: Path, url: str, auth: str, count: int) -> tuple[float, float]:
    """A bare client: all dashboards written, 10 at a time, and their metadata listed. Seconds of each."""

    async def work() -> tuple[float, float]:
        client = make_client({"url": url, "auth": auth, "parallelism": 10}, False, BARE)
        bodies: list[dict[str, Any]] = [
            {"dashboard": {**json.loads((root / f"dashboards/{n}.json").read_text()), "uid": f"floor-{n}"}}
            for n in range(count)
        ]
        begun = time.perf_counter()
        await asyncio.gather(*(client.call("POST", "/api/dashboards/db", body=body) for body in bodies))
        written = time.perf_counter() - begun
        begun = time.perf_counter()
        await client.survey_metadata("dashboard.grafana.app/v1beta1", "dashboards", {})
        listed = time.perf_counter() - begun
        for number in range(count):  # one by one: side by side, 12.4 on SQLite answers "database is locked"
            await client.call("DELETE", f"/api/dashboards/uid/floor-{number}")
        await client.close()
        return written, listed

    try:
        return asyncio.run(work())
    except ApiError as error:  # which does not go from one process to another
        raise RuntimeError(str(error)) from None


@contextmanager
def _server(root: Path, url: str) -> Iterator[str]:
    if url:
        yield url
        return
    command = [sys.executable, "-m", "hcl_lite", "serve", "--port", "0", "--path", str(root / "server.db")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found is not None
    try:
        yield found[0]
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--folders", type=int, default=20)
    parser.add_argument("--sources", type=int, default=10)
    parser.add_argument("--url", default="")
    parser.add_argument("--auth", default="admin:admin")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, _server(Path(directory), options.url) as url:
        root = Path(directory)
        _write_configuration(root, url, options.auth, options.count, options.folders, options.sources)
        # In a process of its own: a child's memory is counted from that of the process that starts it.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            written, listed = pool.apply(_floor, (root, url, options.auth, options.count))
        print(f"bare client: {options.count} dashboards written {written:.2f} s, metadata listed {listed:.2f} s")
        for name, args, floor in (
            ("validate", ["validate"], 0.0),
            ("first plan", ["plan"], listed),
            ("first apply", ["apply", "--auto-approve"], written),
            ("plan without changes", ["plan"], listed),
            ("apply without changes", ["apply", "--auto-approve"], listed),
            ("destroy", ["destroy", "--auto-approve"], 0.0),
        ):
            seconds, computing, memory = _run(root, *args)
            ratio = f", {seconds / floor:.2f} × the bare client" if floor else ""
            print(f"{name:<22} {seconds:7.2f} s ({computing:.2f} s computing), {memory:5.0f} MB{ratio}")
            if name == "first apply":
                print(f"{'state':<22} {(root / 'hcl-lite.state.json').stat().st_size / 1e6:7.2f} MB")


if __name__ == "__main__":
    main()
