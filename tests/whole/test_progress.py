"""What people see of a run: a table on a terminal that gets to its end, plain lines elsewhere, last words that fit."""

from __future__ import annotations

import io
import os
import re
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from hcl_lite.cli.main import run
from providers.embedded.faults import Fault
from tests.conftest import AfterTheLastLook, Server
from tests.faulty import Failing, Gate
from tests.whole.processes import served

_THREE = """
[resource.grafana_folder.f]
title = "F"
{uid}
[resource.grafana_dashboard.d]
for_each = ["a", "b"]
folder = "${{grafana_folder.f.uid}}"
config = {{ title = "${{each.key}}{mark}" }}
"""
_MADE_ANEW = """
[resource.grafana_folder.g]
title = "G"
uid = "{uid}"
lifecycle.create_before_destroy = {first}
"""


class _Terminal(io.StringIO):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def at_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What a terminal is given by one command line, without colours."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "120")

    def call(*words: str) -> str:
        terminal = _Terminal()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", terminal)
            patch.setattr(sys, "stderr", terminal)
            run(words)
        return click.unstyle(terminal.getvalue())

    return call


def _end(shown: str) -> tuple[list[str], list[str]]:
    """The last and the largest count of the bar, and the words after it."""
    counts = re.findall(r"(\d+)/(\d+)", shown)
    ends = [f"{done}/{total}" for done, total in (counts[-1], max(counts, key=lambda c: int(c[0])))]
    words = re.findall(r"^(?:Apply|Destroy|Undo|Restore) .*(?=, in )", shown, re.MULTILINE)
    return ends, words


def test_the_bar_gets_to_its_end_and_the_last_words_say_what_was_done(
    at_terminal: Callable[..., str], tmp_path: Path, embedded: Server
) -> None:
    """Whatever the run does to its objects, each counts once, also one that is deleted and made anew."""

    def write(mark: str = "", more: str = "") -> None:
        (tmp_path / "main.toml").write_text(embedded.provider + _THREE.format(mark=mark, uid="") + more)

    write()
    seen = {"created": _end(at_terminal("apply", "--auto-approve"))}
    write("!")
    seen["updated"] = _end(at_terminal("apply", "--auto-approve"))
    seen["taken back"] = _end(at_terminal("undo", "--auto-approve"))
    write("", _MADE_ANEW.format(uid="one", first="true"))
    at_terminal("apply", "--auto-approve")
    write("?", _MADE_ANEW.format(uid="two", first="true"))
    seen["made before"] = _end(at_terminal("apply", "--auto-approve"))
    write("", _MADE_ANEW.format(uid="three", first="false"))
    seen["made after"] = _end(at_terminal("apply", "--auto-approve"))
    at_terminal("plan", "--destroy", "--out", "p")
    seen["destroyed by a saved plan"] = _end(at_terminal("apply", "p"))
    seen["brought back"] = _end(at_terminal("undo", "--auto-approve"))
    seen["destroyed"] = _end(at_terminal("destroy", "--auto-approve"))
    assert seen == {
        "created": (["3/3", "3/3"], ["Apply complete: 3 created, 0 updated, 0 deleted"]),
        "updated": (["2/2", "2/2"], ["Apply complete: 0 created, 2 updated, 0 deleted"]),
        "taken back": (["2/2", "2/2"], ["Undo complete: 0 created, 2 updated, 0 deleted"]),
        "made before": (["3/3", "3/3"], ["Apply complete: 0 created, 2 updated, 1 replaced, 0 deleted"]),
        "made after": (["3/3", "3/3"], ["Apply complete: 0 created, 2 updated, 1 replaced, 0 deleted"]),
        "destroyed by a saved plan": (["4/4", "4/4"], ["Destroy complete: 4 deleted"]),
        "brought back": (["4/4", "4/4"], ["Undo complete: 4 created, 0 updated, 0 deleted"]),
        "destroyed": (["4/4", "4/4"], ["Destroy complete: 4 deleted"]),
    }


def test_the_bar_counts_what_fails_and_what_is_skipped(
    at_terminal: Callable[..., str], tmp_path: Path, embedded: Server, after_the_last_look: AfterTheLastLook
) -> None:
    """A data source whose name somebody has taken meanwhile fails, and what needs it is skipped."""
    taken = '[resource.grafana_data_source.s]\nname = "S"\ntype = "prometheus"\nuid = "s"\n'
    text = taken + _THREE.format(mark="", uid='depends_on = ["grafana_data_source.s"]')
    (tmp_path / "main.toml").write_text(embedded.provider + text)
    at_terminal("plan", "--out", "p")
    other = {"name": "S", "type": "loki", "access": "proxy", "uid": "other"}
    after_the_last_look(lambda: embedded.call("POST", "/api/datasources", other))
    assert _end(at_terminal("apply", "p")) == (
        ["4/4", "4/4"],
        ["Apply incomplete: 0 created, 0 updated, 0 deleted, 1 failed, 3 skipped"],
    )


@pytest.mark.parametrize("words", [("apply", "p"), ("undo", "--auto-approve")], ids=["apply", "undo"])
def test_the_table_counts_calls_that_are_made_again(
    at_terminal: Callable[..., str], tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Of an apply, and of what takes it back."""
    with served(tmp_path / "g.db") as (server, app):
        (tmp_path / "main.toml").write_text(server.provider + _THREE.format(mark="", uid=""))
        at_terminal("apply", "--auto-approve")
        (tmp_path / "main.toml").write_text(server.provider + _THREE.format(mark="!", uid=""))
        at_terminal(*(["apply", "--auto-approve"] if words[0] == "undo" else ["plan", "--out", "p"]))
        app.faults.add(Fault("POST", "/api/dashboards/db", status=429, retry_after=0))
        shown = at_terminal(*words)
    assert "2/2, " in shown
    assert ", 1 retried" in shown


class _Screen(io.TextIOWrapper):
    """A terminal with bytes behind it, as a real one has; Ctrl-C is pressed when the first object is done."""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if "✓" in text:
            os.kill(os.getpid(), signal.SIGINT)
        return super().write(text)


def test_a_notice_stands_above_the_table(tmp_path: Path, embedded: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table is erased before it is printed, not written into."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "xterm-256color")
    (tmp_path / "main.toml").write_text(embedded.provider + _THREE.format(mark="", uid=""))
    data = io.BytesIO()
    terminal = _Screen(data, encoding="utf-8", write_through=True)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", terminal)
        patch.setattr(sys, "stderr", terminal)
        assert run(["apply", "--auto-approve", "--parallelism", "1"]) == 130
    shown = data.getvalue().decode()
    assert re.search(r"\x1b\[2KStopping: running calls", shown) is not None


class _Heard(io.StringIO):
    """A stream of a log, which tells of what is written."""

    def __init__(self, told: Callable[[str], object]) -> None:
        super().__init__()
        self._told = told

    def write(self, text: str) -> int:
        self._told(text)
        return super().write(text)


@pytest.mark.parametrize(
    ("words", "held", "says"),
    [
        (["plan"], "GET", "Still reading: 0/3 done, for 0 s"),
        (["apply", "--auto-approve"], "POST", "Still applying: grafana_folder.f (0 s), 0/3 done"),
    ],
    ids=["reading", "applying"],
)
def test_a_log_is_told_what_a_run_waits_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], held: str, says: str
) -> None:
    """On standard error, while nothing else is said: the server answers when that has been heard."""
    heard = threading.Event()

    def hear(text: str) -> None:
        if text.startswith(says):
            heard.set()

    def choose(method: str, path: str) -> Failing | None:
        if method == held and "/folders" in path:
            assert heard.wait(20)
        return None

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HCL_LITE_HEARTBEAT", "0.02")
    with served(tmp_path / "g.db") as (server, _):
        gate = Gate(server.url, choose)
        gate.open()
        (tmp_path / "main.toml").write_text(
            Server(gate.url, server.auth).provider + _THREE.format(mark="", uid='uid = "f"')
        )
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stderr", _Heard(hear))
            code = run(words)
        gate.shut()
    assert (code, heard.is_set()) == (0, True)


@pytest.mark.parametrize(
    ("variables", "draws", "colours"),
    [
        ({}, True, True),
        ({"TERM": "dumb"}, False, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, False, True),
        ({"NO_COLOR": "1"}, True, False),
    ],
    ids=["a terminal", "a dumb one", "a dumb one in colours", "without colours"],
)
def test_a_terminal_is_taken_for_what_it_says(
    tmp_path: Path,
    embedded: Server,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    draws: bool,
    colours: bool,
) -> None:
    """A table where the cursor can be moved, colours where they are wanted."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "main.toml").write_text(embedded.provider + _THREE.format(mark="", uid=""))
    terminal = _Terminal()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", terminal)
        patch.setattr(sys, "stderr", terminal)
        assert run(["apply", "--auto-approve"]) == 0
    shown = terminal.getvalue()
    assert ("\x1b[?25l" in shown, "\x1b[32m" in shown) == (draws, colours)
