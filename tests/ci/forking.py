"""A process that has imported hcl-lite, and is forked for each command: most of the time of a short one is imports.

`serve` is that process. CLIENT is the program by the name hcl-lite: it hands over its arguments, directory, environment
and streams, and ends as the command does.
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hcl_lite.cli.main import run

CLIENT = f"""#!{sys.executable} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as there:
    there.connect(os.environ["FORKING"])
    asked = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(there, [b"%10d" % len(asked)], [0, 1, 2])
    there.sendall(asked)
    sys.exit(int(there.recv(10)))
"""
_IMPORTED = (
    "hcl_lite.operations.project",
    "hcl_lite.engine.planning.planner",
    "hcl_lite.engine.applying.applier",
    "hcl_lite.cli.views.plan_markdown",
    "hcl_lite.cli.views.drift_text",
    "providers.grafana.linting",
    "providers.embedded.app",
    *(f"hcl_lite.cli.commands.{name}" for name in ("apply", "drift", "fmt", "init", "plan", "validate")),
)


@contextmanager
def forking(directory: Path) -> Iterator[Path]:
    """Runs the process, and gives its socket."""
    path = directory / "forking"
    with subprocess.Popen([sys.executable, "-m", __name__, path], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            yield path
        finally:
            process.kill()


def serve(path: str) -> None:
    """Answers one client after the other."""
    for name in _IMPORTED:
        importlib.import_module(name)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        print("ready", flush=True)
        while True:
            client, _ = server.accept()
            with client:
                if os.fork() == 0:
                    _answer(client)
                os.wait()


def _answer(client: socket.socket) -> None:
    """Runs the command of a client in this process, which ends with it."""
    size, files, _, _ = socket.recv_fds(client, 10, 3)
    asked = b""
    while len(asked) < int(size):
        asked += client.recv(65_536)
    args, directory, environment = json.loads(asked)
    for number, file in enumerate(files):
        os.dup2(file, number)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment)
    code = run(args)
    sys.stdout.flush()
    sys.stderr.flush()
    client.sendall(b"%d" % code)
    os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])
