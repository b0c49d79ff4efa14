"""The embedded server as a process."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import Hcl


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_answers_until_it_is_stopped(tmp_path: Path, number: signal.Signals) -> None:
    """On a free port, which it names; it ends without a word of complaint."""
    process = subprocess.Popen(
        [sys.executable, "-m", "hcl_lite", "serve", "--port", "0", "--path", "g.db"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    url = line.split()[3]
    with urllib.request.urlopen(f"{url}/api/health", timeout=10) as answer:
        assert json.load(answer)["database"] == "ok"
    process.send_signal(number)
    out, err = process.communicate(timeout=15)
    assert line == f"Embedded Grafana at {url} (admin:admin), data in g.db. Ctrl-C stops it.\n"
    assert (process.returncode, out, err) == (0, "\n", "")


def test_a_port_that_is_taken_is_no_bug(hcl: Hcl) -> None:
    """The system's own words."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        outcome = hcl("serve", "--port", str(taken.getsockname()[1]))
    assert outcome.code == 1
    assert "Address already in use" in outcome.err
    assert "Traceback" not in outcome.err
