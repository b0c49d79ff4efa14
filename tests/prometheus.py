"""A real Prometheus with known data, for tests of what is queried from one."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

START = 1_767_225_600  # 2026-01-01T00:00:00Z
STEP = 15
COUNT = 241  # one hour
_WAIT = 30.0


def known_values() -> list[tuple[int, float]]:
    """What the series test_total has: seconds, and a count that grows by 3 a step."""
    return [(START + n * STEP, 3.0 * n) for n in range(COUNT)]


def _open_metrics() -> str:
    lines = ["# TYPE test gauge"]
    lines += [f'test_total{{job="a.b"}} {value} {when}' for when, value in known_values()]
    lines += [f'test_total{{job="c"}} {value * 2} {when}' for when, value in known_values()]
    lines += [f"test_odd{{}} NaN {START + n * STEP}" for n in range(COUNT)]
    return "\n".join([*lines, "# EOF", ""])


@contextmanager
def run_prometheus(directory: Path) -> Iterator[str]:
    """Its URL. Skips the test where it is not installed; what it is asked for was stored before it began."""
    for program in ("prometheus", "promtool"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    metrics, data, config = directory / "metrics", directory / "data", directory / "prometheus.yml"
    metrics.write_text(_open_metrics())
    config.write_text("")
    blocks = ("promtool", "tsdb", "create-blocks-from", "openmetrics", str(metrics), str(data))
    subprocess.run(blocks, check=True, capture_output=True)
    url = f"http://127.0.0.1:{_free_port()}"
    options = {"config.file": config, "storage.tsdb.path": data, "web.listen-address": url.removeprefix("http://")}
    command = ["prometheus", "--storage.tsdb.retention.time=100y", *(f"--{k}={v}" for k, v in options.items())]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_until_ready(url)
            yield url
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(url: str) -> None:
    end = time.monotonic() + _WAIT
    while time.monotonic() < end:
        try:
            if httpx.get(f"{url}/-/ready", trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise TimeoutError(f"Prometheus at {url} is not ready")
