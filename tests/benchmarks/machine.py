"""The machine of a run, and what was measured on it."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from hcl_lite.version import __version__
from tests.benchmarks.programs import ROOT, Program
from tests.benchmarks.servers import EMBEDDED, Opener


def describe(command: str, url: str, programs: Sequence[Program], opener: Opener) -> dict[str, str]:
    """Names and values, to be read with the figures."""
    with opener() as server:
        version = server.version
    kind = f"{url}, which is not fresh" if url else "embedded" if command == EMBEDDED else "a fresh one for each life"
    return {
        "machine": f"{os.cpu_count()} cores of {_processor()}, {_memory():.0f} GB; {platform.platform()}",
        "load at the beginning": f"{os.getloadavg()[0]:.1f}",
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "commit": _said(["git", "describe", "--always", "--dirty"]) or "unknown",
        "hcl-lite": f"{__version__}, Python {platform.python_version()}",
        "server": f"Grafana {version}, {kind}",
        **{one.name: one.version.removeprefix(one.name).strip() for one in programs if one.is_slow},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _said(command: Sequence[str]) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
