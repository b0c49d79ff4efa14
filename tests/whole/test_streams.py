"""Whole runs with --json: nothing but messages on standard output, as they happen, whatever becomes of the run."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.cli.main import run
from providers.embedded.faults import Fault
from tests.cli.views.test_messages import parsed
from tests.conftest import AfterTheLastLook, Hcl, Server
from tests.faulty import Failing, Gate
from tests.whole.processes import served

_TEXT = """
[variable.mark]
default = ""
[resource.grafana_folder.f]
title = "F${var.mark}"
[resource.grafana_dashboard.d]
for_each = ["a", "b"]
folder = "${grafana_folder.f.uid}"
config = { title = "${each.key}" }
[output.uid]
value = "${grafana_folder.f.uid}"
"""

Streamed = tuple[int, list[dict[str, Any]]]


@pytest.fixture
def streamed(hcl: Hcl, tmp_path: Path, embedded: Server) -> Callable[..., Streamed]:
    """The exit code and the messages of one command line with --json, beside a configuration for the server."""
    (tmp_path / "main.toml").write_text(embedded.provider + _TEXT)

    def call(*words: str) -> Streamed:
        outcome = hcl(*words, "--json")
        assert outcome.err == ""
        told = parsed(outcome.out)
        assert told[0]["type"] == "version"
        return outcome.code, told

    return call


def _types(told: Sequence[dict[str, Any]]) -> list[str]:
    """The types of messages, but for the first; those of steps, which come as they like, without their number."""
    return list(dict.fromkeys(one["type"] for one in told[1:]))


def test_a_life_in_messages(hcl: Hcl, streamed: Callable[..., Streamed]) -> None:
    """Plan, apply, apply again, refresh and destroy; the plan is that of show --json, also when it is carried out."""
    plan = ["planned_change", "outputs", "change_summary"]
    code, told = streamed("plan", "--out", "p", "--detailed-exitcode")
    assert (code, _types(told)) == (2, [*plan, "log"])
    changes = [one["change"] for one in told if one["type"] == "planned_change"]
    assert changes == json.loads(hcl("show", "--json", "p").out)["changes"]
    code, told = streamed("apply", "p")
    assert (code, _types(told)) == (0, [*plan, "apply_start", "apply_complete"])
    assert [one["change"] for one in told if one["type"] == "planned_change"] == changes
    done = [one["hook"] for one in told if one["type"] == "apply_complete"]
    assert {(one["resource"]["addr"], one["id_value"]) for one in done} == {
        (change["address"], change["uid"]) for change in changes
    }
    assert [one["changes"] for one in told if one["type"] == "change_summary"] == [
        {"add": 3, "change": 0, "remove": 0, "operation": operation} for operation in ("plan", "apply")
    ]
    assert told[-1]["outputs"] == {"uid": {"sensitive": False, "value": changes[0]["uid"]}}
    for command in (["apply", "--auto-approve"], ["refresh"]):
        assert streamed(*command)[1][1:][0]["is_empty"]
    code, told = streamed("destroy", "--auto-approve")
    assert (code, told[-1]["changes"]["remove"], told[-1]["changes"]["operation"]) == (0, 3, "destroy")


_ENDS: list[tuple[str, list[str], int, str]] = [
    ("nobody approves", ["apply"], 1, "apply --json cannot ask for approval"),
    ("nobody approves that all goes", ["destroy"], 1, "destroy --json cannot ask for approval"),
    ("a mistake in the configuration", ["plan", "--target", "grafana_folder.g"], 1, "grafana_folder.g"),
    ("too much goes", ["plan", "--destroy", "--max-destroy", "1"], 4, "The plan deletes 3 objects"),
    ("too much would go", ["destroy", "--auto-approve", "--max-destroy", "1"], 4, "The plan deletes 3 objects"),
    ("a variable without a value", ["plan", "--var", "none=1"], 1, "none"),
    ("a plan that is none", ["apply", "main.toml"], 1, "main.toml"),
    ("a file that cannot be written", ["plan", "--out", "no/such/p"], 1, "Cannot save the plan"),
]


@pytest.mark.parametrize(("words", "code", "says"), [case[1:] for case in _ENDS], ids=[case[0] for case in _ENDS])
def test_what_ends_a_run_is_its_last_message(
    hcl: Hcl, streamed: Callable[..., Streamed], words: list[str], code: int, says: str
) -> None:
    """With the exit code that it always has."""
    assert hcl("apply", "--auto-approve").code == 0
    ended, told = streamed(*words)
    assert (ended, told[-1]["type"]) == (code, "diagnostic")
    assert says in told[-1]["diagnostic"]["summary"]


def test_what_fails_is_told_when_it_fails(
    streamed: Callable[..., Streamed], embedded: Server, after_the_last_look: AfterTheLastLook
) -> None:
    """A folder that somebody has made meanwhile: why, once, right after the step; what needs it is skipped."""
    uid = streamed("plan", "--out", "p")[1][1]["change"]["uid"]
    after_the_last_look(lambda: embedded.call("POST", "/api/folders", {"uid": uid, "title": "theirs"}))
    code, told = streamed("apply", "p")
    assert (code, _types(told)[-5:]) == (
        1,
        ["change_summary", "apply_start", "apply_errored", "diagnostic", "apply_skipped"],
    )
    assert [one["type"] for one in told].count("diagnostic") == 1
    assert (told[-1]["result"]["failed"], len(told[-1]["result"]["skipped"])) == (1, 2)


class _Pipe(io.StringIO):
    """Standard output that tells of each message."""

    def __init__(self, told: Callable[[dict[str, Any]], object]) -> None:
        super().__init__()
        self._told = told

    def write(self, text: str) -> int:
        for line in text.splitlines():
            if line:
                self._told(json.loads(line))
        return super().write(text)


def test_a_run_that_waits_has_a_heartbeat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what runs: the server answers a write only when the second one has been heard."""
    beats = threading.Semaphore(0)
    heard: list[dict[str, Any]] = []

    def hear(message: dict[str, Any]) -> None:
        if message["type"] == "progress" and message["progress"]["running"]:
            heard.append(message["progress"])
            beats.release()

    def choose(method: str, path: str) -> Failing | None:
        if method == "POST" and "folders" in path:
            for _ in range(2):
                assert beats.acquire(timeout=20)
        return None

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HCL_LITE_HEARTBEAT", "0.01")
    with served(tmp_path / "g.db") as (server, _):
        gate = Gate(server.url, choose)
        gate.open()
        (tmp_path / "main.toml").write_text(Server(gate.url, server.auth).provider + _TEXT)
        with monkeypatch.context() as patch:
            pipe = _Pipe(hear)
            patch.setattr(sys, "stdout", pipe)
            code = run(["apply", "--json", "--auto-approve"])
        gate.shut()
    parsed(pipe.getvalue())
    assert code == 0
    first = heard[0]
    assert [one["addr"] for one in first["running"]] == ["grafana_folder.f"]
    assert (first["phase"], first["done"], first["total"], first["waiting"]) == ("Applying", 0, 3, 2)


def test_calls_that_are_made_again_are_told(tmp_path: Path, hcl: Hcl) -> None:
    """With the object that they are made for."""
    with served(tmp_path / "g.db") as (server, app):
        (tmp_path / "main.toml").write_text(server.provider + _TEXT)
        app.faults.add(Fault("POST", "/folders", status=429, retry_after=0))
        told = parsed(hcl("apply", "--json", "--auto-approve").out)
    (retry,) = [one["retry"] for one in told if one["type"] == "retry"]
    assert (retry["method"], retry["addr"], retry["wait_seconds"]) == ("POST", "grafana_folder.f", 0)
    assert retry["reason"].startswith("answered 429")


def test_an_interrupted_run_ends_in_messages(
    tmp_path: Path, embedded: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C when the folder is there: what has not begun is skipped, and the exit code is that of an interrupt."""

    def hear(message: dict[str, Any]) -> None:
        if message["type"] == "apply_complete":
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.toml").write_text(embedded.provider + _TEXT)
    pipe = _Pipe(hear)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", pipe)
        code = run(["apply", "--json", "--auto-approve", "--parallelism", "1"])
    told = parsed(pipe.getvalue())
    assert (code, capsys.readouterr().err) == (130, "")
    assert next(one["@message"] for one in told if one["type"] == "log").startswith("Stopping: ")
    assert told[-1]["result"]["is_stopped"]


def test_a_pipe_that_nobody_reads_ends_the_run_quietly(tmp_path: Path, embedded: Server) -> None:
    """As head does after the first message; no traceback, also of the heartbeat."""
    (tmp_path / "main.toml").write_text(embedded.provider + _TEXT)
    words = [sys.executable, "-m", "hcl_lite", "plan", "--json"]
    environment = {**os.environ, "HCL_LITE_HEARTBEAT": "0.01"}
    pipe = subprocess.PIPE
    with subprocess.Popen(words, cwd=tmp_path, env=environment, stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_a_heartbeat_that_is_none_is_refused(
    streamed: Callable[..., Streamed], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what is expected."""
    monkeypatch.setenv("HCL_LITE_HEARTBEAT", "soon")
    code, told = streamed("plan")
    assert (code, told[-1]["diagnostic"]["summary"]) == (1, 'HCL_LITE_HEARTBEAT cannot be "soon"')
