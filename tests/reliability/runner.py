"""A process that runs command lines in forks of itself, and ends or starves them at a chosen point.

    python -m tests.reliability.runner

reads a JSON line for each run, and answers with one. What a run imports is there once a job was carried out `here`, so
that a run in a fork costs what its work costs.
Nothing of the product knows of this: the points are where it asks the system for something, or a server for a write.
"""

from __future__ import annotations

import errno
import gc
import io
import json
import os
import resource
import signal
import ssl
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import httpx

from hcl_lite.cli.main import run
from providers.transport.http import HttpClient

_write = os.write
_trust = ssl.SSLContext.load_verify_locations


class Points:
    """Counts what a run asks of the system. At the point `kill` it dies, or after the write number `write` to a server;
    from `full` to `room` its disk is full."""

    def __init__(self, kill: int = 0, full: int = 0, room: int = 0, services: bool = False, write: int = 0) -> None:
        self.kill, self.full, self.room, self.services, self.write = kill, full, room, services, write
        self.passed: list[str] = []
        self.written = 0
        self._lock = threading.Lock()

    def at(self, name: str, before_dying: Callable[[], object] = lambda: None, is_write: bool = False) -> None:
        """One point. Does not come back where the run ends here."""
        with self._lock:
            self.passed.append(name)
            self.written += is_write
            if len(self.passed) == self.kill or (is_write and self.written == self.write):
                before_dying()
                os.kill(os.getpid(), signal.SIGKILL)

    @property
    def is_full(self) -> bool:
        return bool(self.full) and self.full <= len(self.passed) and not (self.room and self.room <= len(self.passed))


def watch(points: Points) -> None:
    """Let every file operation and every write to a server of this process pass by `points`.

    There is one point between two of them: after the one is before the next.
    """

    def watched(name: str, needs_room: bool) -> None:
        original = getattr(os, name)

        def call(*args: Any, **more: Any) -> Any:
            if needs_room and points.is_full:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            result = original(*args, **more)
            points.at(f"after {name}")
            return result

        setattr(os, name, call)

    def write(descriptor: int, data: bytes) -> int:
        half = len(data) // 2
        points.at("half of write", lambda: _write(descriptor, data[:half]))
        if points.is_full:
            _write(descriptor, data[:half])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        result = _write(descriptor, data)
        points.at("after write")
        return result

    for name, needs_room in (("fsync", True), ("replace", True), ("unlink", False)):
        watched(name, needs_room)
    os.write = write  # type: ignore[assignment]
    open_ = os.open

    def open_file(path: str, flags: int, *args: Any, **more: Any) -> int:
        made = flags & os.O_CREAT
        if made and points.is_full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        descriptor = open_(path, flags, *args, **more)
        if made:
            points.at("after open")
        return descriptor

    def watched_calls(send: Any) -> Any:
        async def handle(self: httpx.AsyncBaseTransport, request: httpx.Request) -> httpx.Response:
            response: httpx.Response = await send(self, request)
            if request.method != "GET":
                await response.aread()
                points.at(f"after {request.method}", is_write=b"dryRun" not in request.url.query)
            return response

        return handle

    if points.services:
        _watch_services(points)
    HttpClient.backoff = lambda *_: 0.01  # type: ignore[method-assign]  # how long it waits is no matter here
    os.open = open_file  # type: ignore[assignment]
    for transport in (httpx.AsyncHTTPTransport, httpx.ASGITransport):
        transport.handle_async_request = watched_calls(transport.handle_async_request)  # type: ignore[method-assign]


def _watch_services(points: Points) -> None:
    """What is asked of PostgreSQL, and written to a bucket: these have no calls of the system that could be seen."""
    import obstore  # noqa: PLC0415 - where no state is kept elsewhere, it is not needed
    import psycopg  # noqa: PLC0415

    def watched(owner: Any, name: str) -> None:
        original = getattr(owner, name)

        def call(*args: Any, **more: Any) -> Any:
            result = original(*args, **more)
            points.at(f"after {name}")
            return result

        setattr(owner, name, call)

    watched(obstore, "put")
    watched(obstore, "delete")
    watched(psycopg.Connection, "execute")


def carry_out(job: dict[str, Any]) -> dict[str, Any]:
    """Run the command lines of one job, here."""
    os.chdir(job["directory"])
    os.environ.update(job["environment"])
    if job.get("tls"):
        ssl.SSLContext.load_verify_locations = _trust  # type: ignore[method-assign]
    points = Points(
        job.get("kill", 0), job.get("full", 0), job.get("room", 0), job.get("services", False), job.get("write", 0)
    )
    codes: list[int] = []
    said = io.StringIO()
    if not job.get("here"):
        watch(points)
    with redirect_stdout(said), redirect_stderr(said):
        for command in job["commands"]:
            codes.append(run(command))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"codes": codes, "points": points.passed, "said": said.getvalue(), "memory": memory}


def in_fork(job: dict[str, Any]) -> dict[str, Any]:
    """The same in a fork; a run that was killed has no codes."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        signal.alarm(job.get("seconds", 0))  # where it hangs, it is killed by this
        result = carry_out(job)
        with os.fdopen(writer, "w") as answer:
            json.dump(result, answer)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return {"codes": [], "killed": os.WTERMSIG(status), "points": [], "said": ""}
    return json.loads(text) if text else {"codes": [], "status": status, "points": [], "said": ""}


if __name__ == "__main__":
    sys.modules["sniffio"] = sys.modules["trio"] = None  # type: ignore[assignment]  # looked for at every call
    ssl.SSLContext.load_verify_locations = lambda *_, **__: None  # type: ignore[assignment]  # 30 ms; little here is TLS
    for line in sys.stdin:
        job = json.loads(line)
        answer = carry_out(job) if job.get("here") else in_fork(job)
        gc.freeze()
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
