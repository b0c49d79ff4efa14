"""The embedded server as a process."""

from __future__ import annotations

import base64
import json
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import Hcl


@pytest.mark.parametrize(
    ("number", "options", "name", "version"),
    [
        pytest.param(signal.SIGINT, [], "Embedded Grafana", "12.4.0", id="Ctrl-C"),
        pytest.param(signal.SIGTERM, ["--grafana-version", "7"], "Embedded Grafana 7.5.5", "7.5.5", id="SIGTERM"),
    ],
)
def test_it_answers_until_it_is_stopped(
    tmp_path: Path, number: signal.Signals, options: list[str], name: str, version: str
) -> None:
    """On a free port, which it names; it ends without a word of complaint."""
    with _served(tmp_path, "--path", "g.db", *options, stop=number) as (line, url):
        with urllib.request.urlopen(f"{url}/api/health", timeout=10) as answer:
            health = json.load(answer)
            assert (health["database"], health["version"]) == ("ok", version)
        assert line == f"{name} at {url} (admin:admin), data in g.db. Ctrl-C stops it.\n"
        assert _status(f"{url}/", {}) == 200  # its pages are for whoever is on this machine


@contextmanager
def _served(directory: Path, *args: str, stop: signal.Signals = signal.SIGINT) -> Iterator[tuple[str, str]]:
    """What it says at first, and its URL; it ends without a word of complaint."""
    process = subprocess.Popen(
        [sys.executable, "-m", "hcl_lite", "serve", "--port", "0", *args],
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield line, line.partition(" at ")[2].split()[0]
    finally:
        process.send_signal(stop)
        out, err = process.communicate(timeout=15)
    assert (process.returncode, out, err) == (0, "\n", "")


@pytest.mark.parametrize("what", [[], ["--headspin"]])
def test_where_others_reach_it_the_password_is_made_up(tmp_path: Path, what: list[str]) -> None:
    """Told once, and no other opens it."""
    path = "/v0/grafana" if what else "/api/org"
    with _served(tmp_path, "--host", "0.0.0.0", *what) as (line, url):
        told = re.search(r"[(](?:admin:|token: )([^)]+)[)]", line)
        assert told is not None
        url = url.replace("0.0.0.0", "127.0.0.1")
        known = "embedded" if what else "admin"
        statuses = [_status(f"{url}{path}", _login(secret, bool(what))) for secret in (known, told.group(1))]
        assert (len(told.group(1)) >= 16, statuses[0], statuses[1] != 401) == (True, 401, True)
        assert _status(f"{url}/", {}) == (404 if what else 401)


def test_a_password_that_is_given_opens_it_and_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By Grafana's own variable, as the option."""
    monkeypatch.setenv("GF_SECURITY_ADMIN_PASSWORD", "of-the-team")
    with _served(tmp_path, "--path", "g.db") as (line, url):
        assert line == f"Embedded Grafana at {url} (admin:as given), data in g.db. Ctrl-C stops it.\n"
        assert [_status(f"{url}/api/org", _login(secret)) for secret in ("admin", "of-the-team")] == [401, 200]
        assert [_status(f"{url}/", headers) for headers in ({}, _login("of-the-team"))] == [401, 200]


def test_it_answers_for_the_names_that_are_allowed(tmp_path: Path) -> None:
    """Such as a container's; any other is refused, with what to do."""
    with _served(tmp_path, "--allowed-host", "Grafana") as (_, url):
        hosts = ("grafana:3000", "rebound.example:3000")
        assert [_status(f"{url}/api/health", {"Host": host}) for host in hosts] == [200, 403]


def _login(secret: str, headspin: bool = False) -> dict[str, str]:
    if headspin:
        return {"Authorization": f"Bearer {secret}"}
    return {"Authorization": "Basic " + base64.b64encode(f"admin:{secret}".encode()).decode()}


def _status(url: str, headers: dict[str, str]) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--grafana-version", "9"), "9 is not played. Expected 3, 5, 7, 10, 11 or 12."),
        (("--path", "text"), "text cannot be served: file is not a database"),
    ],
)
def test_what_cannot_be_served_is_said(hcl: Hcl, tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    """A version that was not recorded, a file that is no database."""
    (tmp_path / "text").write_text("not a database, and long enough to see that")
    outcome = hcl("serve", *options)
    assert words in outcome.err
    assert "Traceback" not in outcome.err


def test_headspin_and_the_grafana_that_it_allocates_share_an_address(hcl: Hcl, tmp_path: Path) -> None:
    """The example of HeadSpin runs against it, as a person would try it by hand."""
    with _served(tmp_path, "--headspin") as (line, url):
        assert line == f"Embedded HeadSpin at {url} (token: embedded), data in headspin.db. Ctrl-C stops it.\n"
        example = Path(__file__).parents[3] / "examples/headspin/main.toml"
        text = example.read_text().replace('url = "embedded:grafana.db"', f'url = "{url}"\nauth = "embedded"')
        (tmp_path / "main.toml").write_text(text)
        applied = hcl("apply", "--auto-approve")
        assert applied.code == 0, applied.err
        assert hcl("output", "--raw", "grafana").out == f"{url}\n"
        assert _status(f"{url}/", {}) == 200
        assert hcl("plan", "--detailed-exitcode").code == 0


def test_headspins_grafana_is_of_one_version(hcl: Hcl) -> None:
    """The latest."""
    outcome = hcl("serve", "--headspin", "--grafana-version", "7")
    assert (outcome.code, "leave out --grafana-version" in outcome.err) == (3, True)


def test_a_port_that_is_taken_is_no_bug(hcl: Hcl) -> None:
    """The system's own words."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        outcome = hcl("serve", "--port", str(taken.getsockname()[1]))
    assert outcome.code == 1
    assert "Address already in use" in outcome.err
    assert "Traceback" not in outcome.err
