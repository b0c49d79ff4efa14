"""hcl-lite in a process of its own, and the embedded server on a port."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from providers.embedded import Options, create_app
from providers.embedded.app import EmbeddedApp
from providers.embedded.faults import Faults
from providers.embedded.serve import Listen, serve_app
from tests.conftest import Server


def start(directory: Path, *args: str) -> subprocess.Popen[str]:
    """One command line in `directory`."""
    return subprocess.Popen(
        [sys.executable, "-m", "hcl_lite", *args],
        cwd=directory,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(process: subprocess.Popen[str], done: int) -> None:
    """Until so many objects are reported as done, or the process has ended."""
    assert process.stdout is not None
    while done > 0:
        line = process.stdout.readline()
        if not line:
            return
        done -= line.startswith("✓")


def kill_after(done: int, directory: Path, *args: str) -> None:
    """kill -9 of a command line in `directory` after it has reported so many objects as done."""
    process = start(directory, *args)
    wait_for(process, done)
    process.kill()
    process.communicate()


def wait_until_met(process: subprocess.Popen[str], faults: Faults) -> None:
    """Until the process has met all of them."""
    while any(faults):
        with contextlib.suppress(subprocess.TimeoutExpired):
            pytest.fail(f"it ended before: {process.wait(0.02)}")


@contextlib.contextmanager
def serving(app: EmbeddedApp, listen: Listen = Listen(port=0)) -> Iterator[str]:  # noqa: B008 - frozen
    """The URL of `app`, which is served by a thread."""
    ready = threading.Event()
    address: list[str] = []
    loop = asyncio.new_event_loop()

    def on_ready(url: str) -> None:
        address.append(url)
        ready.set()

    task = loop.create_task(serve_app(app, listen, on_ready))

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(10)
    try:
        yield address[0]
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)
        loop.close()
        app.close()


@contextlib.contextmanager
def served(file: Path, version: str = "", **options: Any) -> Iterator[tuple[Server, EmbeddedApp]]:
    """The embedded server on a port, of one version of Grafana or the newest; the app has its faults."""
    app = create_app(file, options=Options(**options, **({"version": version} if version else {})))
    with serving(app) as url:
        yield Server(url, "admin:admin"), app
