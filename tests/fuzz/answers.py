"""Whole runs against servers of which some answers are spoiled: other kinds of values, half of them, HTML, nothing.

An input says which server, which command, which of the answers, and what is done to them. After the command the state
is as it was, or holds objects that are there; and what the healthy server is asked for next ends where it should.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from hcl_lite.cli.main import run
from providers.grafana.client import GrafanaClient
from providers.headspin.client import HeadspinClient
from providers.transport.http import HttpClient
from tests.fuzz.mutation import Choices, broken, mutated

_STATE = Path("hcl-lite.state.json")
_GRAFANA = """
[resource.grafana_folder.team]
uid = "team"
title = "Team"
on_exists = "adopt"

[resource.grafana_dashboard.api]
folder = "${grafana_folder.team.uid}"
config = { uid = "api", title = "TITLE", panels = [{ id = 1, type = "text", title = "Hello" }] }
on_exists = "adopt"
"""
_DATA_SOURCE = """
[resource.grafana_data_source.db]
uid = "db"
name = "TITLE"
type = "prometheus"
url = "http://localhost:9"
secure_json_data = { password = "hidden" }
on_exists = "adopt"
"""
_LATEST = """
[resource.grafana_dashboard.scenes]
folder = "${grafana_folder.team.uid}"
on_exists = "adopt"
[resource.grafana_dashboard.scenes.config]
apiVersion = "dashboard.grafana.app/v1beta1"
kind = "Dashboard"
metadata = { name = "scenes" }
spec = { title = "TITLE", panels = [] }

[resource.grafana_snapshot.then]
key = "then"
dashboard = { uid = "api", title = "Snapshot", panels = [] }
depends_on = ["grafana_dashboard.api"]
on_exists = "adopt"
"""
_LOOKUPS = """
[data.grafana_server.this]
[data.grafana_dashboard_tags.all]
[data.grafana_snapshots.all]
[data.grafana_home_dashboard.home]
[data.grafana_data_sources.all]
[data.grafana_folder.general]
uid = "${grafana_folder.team.uid}"
[output.all]
value = "${[data.grafana_server.this, data.grafana_dashboard_tags.all, data.grafana_folder.general]}"
"""
_HEADSPIN = """
[provider.headspin]
url = "embedded:server.db"
retries = 0
[resource.headspin_grafana.org]
on_exists = "adopt"
[resource.headspin_dashboard.flows]
name = "User Flow Timeseries"
on_exists = "adopt"
[data.headspin_dashboards.all]
"""
_COMMANDS: Sequence[tuple[str, ...]] = (
    ("plan",),
    ("apply", "--auto-approve"),
    ("destroy", "--auto-approve"),
    ("refresh",),
    ("plan", "--refresh-only"),
    ("console", "--plan"),
    ("import", "grafana_folder.team", "team"),
)
_ON_GRAFANA: Sequence[tuple[str, ...]] = (
    ("dashboard", "trash"),
    ("dashboard", "versions", "api"),
    ("dashboard", "restore", "api", "--version", "1"),
    ("snapshot", "list"),
    ("snapshot", "show", "then"),
    ("data-source", "list"),
    ("data-source", "get", "db"),
    ("data-source", "get", "name:Two"),
)


def _provider(name: str, version: str) -> str:
    url = "workspace_endpoint" if name == "amazon_grafana" else "url"
    return f'[provider.{name}]\n{url} = "embedded:server.db{version}"\nretries = 0\n'


# Of all objects that the configurations name: no other may ever be in the state.
_UIDS = frozenset({"team", "api", "db", "scenes", "then", "grafana", "User Flow Timeseries"})
_SERVERS: Mapping[str, str] = {
    "12": _provider("grafana", "") + _GRAFANA + _DATA_SOURCE + _LATEST + _LOOKUPS,
    "7": _provider("grafana", "?version=7") + _GRAFANA + _DATA_SOURCE,
    "5": _provider("grafana", "?version=5") + _GRAFANA,
    "amazon": _provider("amazon_grafana", "") + _GRAFANA + _DATA_SOURCE,
    "headspin": _HEADSPIN,
}


@dataclass
class Spoiled:
    """An ASGI app before which somebody stands who changes what it says; `which` counts answers from 0."""

    app: Any
    choices: Choices
    which: frozenset[int]
    seen: list[int] = field(default_factory=lambda: [0])

    def close(self) -> None:
        self.app.close()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        sent: list[Any] = []

        async def keep(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, keep)
        number = self.seen[0]
        self.seen[0] += 1
        body = b"".join(message.get("body", b"") for message in sent)
        start = sent[0]
        if number in self.which:
            start, body = self._spoil(start, body)
        await send(start)
        await send({"type": "http.response.body", "body": body})

    def _spoil(self, start: Any, body: bytes) -> tuple[Any, bytes]:
        choices = self.choices
        kind = choices.below(8)
        if kind == 0:
            start = {**start, "status": choices.among((200, 204, 301, 400, 401, 403, 404, 409, 412, 429, 500, 503))}
        if kind in (0, 1):
            return start, broken(body, choices)
        try:
            document = json.loads(body)
        except ValueError:
            return start, broken(body, choices)
        return start, json.dumps(mutated(document, choices)).encode()


@dataclass(frozen=True)
class Answers:
    """The target of `python -m tests.fuzz answers`: works in a directory of its own below the current one."""

    run: Callable[[Path, bytes], bool]
    words: Sequence[str] = ()

    def __call__(self, data: bytes) -> bool:
        place = Path("servers").absolute()
        if not place.exists():
            place.mkdir()
            prepare(place)
        return self.run(place, data)

    def corpus(self) -> Iterable[bytes]:
        """Every server with every command."""
        for server in range(len(_SERVERS)):
            for command in range(len(_COMMANDS) + len(_ON_GRAFANA)):
                yield bytes([server, command, 1, 1, command % 12, 0, 2, 7, server, 0, 0, 0])


def prepare(place: Path) -> None:
    """A directory for each server, with everything applied."""
    for name, text in _SERVERS.items():
        home = place / name
        home.mkdir()
        (home / "main.toml").write_text(text.replace("TITLE", "One"))
        with contextlib.chdir(home):
            code, _, err = _run("apply", "--auto-approve")
            if code != 0:
                raise AssertionError(err)


def spoil_plan(place: Path, data: bytes) -> bool:
    """A saved plan that was edited is carried out; whether it was taken."""
    choices = Choices(data)
    name = choices.among(sorted(_SERVERS))
    home = place / "run"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(place / name, home)
    (home / "main.toml").write_text(_SERVERS[name].replace("TITLE", "Two"))
    with contextlib.chdir(home):
        _run("plan", "--out", "saved.plan", *choices.among(((), ("--destroy",), ("--refresh-only",))))
        plan = json.loads(Path("saved.plan").read_bytes())
        Path("saved.plan").write_text(json.dumps(mutated(plan, choices)))
        code, _, _ = _run("apply", "saved.plan")
        _check_healthy(name, _STATE.read_bytes() if _STATE.exists() else b"")
    return code == 0


def spoil(place: Path, data: bytes) -> bool:
    """One command on one server with spoiled answers; whether it succeeded all the same. `place` is a prepared one."""
    choices = Choices(data)
    name = choices.among(sorted(_SERVERS))
    command = choices.among((*_COMMANDS, *_ON_GRAFANA) if name.isdigit() else _COMMANDS)
    changed, empty = choices.below(2), choices.below(3) == 0
    first = choices.below(12)
    which = frozenset({first, *(first + 1 + choices.below(8) for _ in range(choices.below(3)))})
    home = place / "run"
    shutil.rmtree(home, ignore_errors=True)
    if empty:
        home.mkdir()
    else:
        shutil.copytree(place / name, home)
    (home / "main.toml").write_text(_SERVERS[name].replace("TITLE", "Two" if changed else "One"))
    with contextlib.chdir(home):
        if command[0] == "import" and not empty and name != "headspin":
            _run("state", "rm", "grafana_folder.team")
        before = _STATE.read_bytes() if _STATE.exists() else b""
        with _spoiled(choices, which):
            code, _, _ = _run(*command)
        after = _STATE.read_bytes() if _STATE.exists() else b""
        if command[0] not in ("apply", "destroy", "refresh", "import") and before != after:
            raise AssertionError(f"{command} changed the state")
        _check_healthy(name, after)
    return code in (0, 2)


def _check_healthy(name: str, state: bytes) -> None:
    """With the healthy server again: what is wanted is made; then there is nothing to do; then nothing is left."""
    uids = {record["uid"] for record in json.loads(state)["records"]} if state else set()
    if not uids <= _UIDS:
        raise AssertionError(f"the state has objects that never were: {uids}")
    for command, expected in (
        (("apply", "--auto-approve"), 0),
        (("plan", "--detailed-exitcode"), 0),
        (("destroy", "--auto-approve"), 0),
        (("plan", "--destroy", "--detailed-exitcode"), 0),
    ):
        code, out, err = _run(*command)
        if code != expected:
            raise AssertionError(f"{name}: {' '.join(command)} then ended with {code}:\n{out}\n{err}")


def _run(*words: str) -> tuple[int, str, str]:
    """One command line; its exit code and what it printed."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), mock.patch("sys.stdin", io.StringIO("1\n")):
        code = run(list(words))
    if code not in (0, 1, 2, 3) or "Traceback" in err.getvalue():
        raise AssertionError(f"{words} ended with {code}:\n{err.getvalue()}")
    return code, out.getvalue(), err.getvalue()


@contextlib.contextmanager
def _spoiled(choices: Choices, which: frozenset[int]) -> Iterator[None]:
    """Inside, the embedded servers' answers of these numbers are spoiled, and nobody waits before trying again."""
    seen = [0]

    def patched(kind: type[HttpClient]) -> Any:
        made = kind.__dict__["make_app"]
        return mock.patch.object(
            kind, "make_app", lambda self, path, version: Spoiled(made(self, path, version), choices, which, seen)
        )

    with patched(GrafanaClient), patched(HeadspinClient), mock.patch.object(HttpClient, "backoff", return_value=0.0):
        yield
