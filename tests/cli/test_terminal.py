"""What hostile text may do to a terminal: nothing."""

from __future__ import annotations

import errno
import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from hcl_lite.cli.main import run
from hcl_lite.cli.views.escaping import escaped, in_json, in_line, on_terminal, same_width
from tests.conftest import Hcl, Server

# Clears the screen, sets the title, hides what follows, turns it round; and a C1 control, which is one byte of latin-1.
_HOSTILE = "\x1b[2J\x1b]0;owned\x07\x1b[8m\u202eevil\x9b31m\x7f\r"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain – ü 🧑‍🔧", "plain – ü 🧑‍🔧"),
        ("\x1b[2J", "\\u001b[2J"),
        ("\x1b[31mred\x1b[0m", "\\u001b[31mred\\u001b[0m"),
        ("\u202eabc\u2066", "\\u202eabc\\u2066"),
        ("\x9b\x7f\r", "\\u009b\\u007f\\r"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\udb40\\udc41"),
        ("two\n\tlines", "two\n\tlines"),
    ],
)
def test_what_steers_a_terminal_is_shown_as_json_writes_it(text: str, shown: str) -> None:
    """And nothing else is touched."""
    assert escaped(text) == shown


def test_a_line_stays_a_line() -> None:
    """Line ends and tabs are escaped where there is one line; a line of a file keeps its columns."""
    assert in_line("a\n\tb") == "a\\n\\tb"
    assert same_width("a\tb\x1bc") == "a b\ufffdc"


def test_json_stays_json() -> None:
    """Its reader finds the same value."""
    assert json.loads(in_json({_HOSTILE: [_HOSTILE]})) == {_HOSTILE: [_HOSTILE]}


def test_only_the_views_own_colours_reach_a_terminal() -> None:
    """The guard is the last one to see what is written."""
    assert on_terminal("\x1b[31m\x1b[1mError:\x1b[0m \x1b[8m\x1b[41m\x1b[2K") == (
        "\x1b[31m\x1b[1mError:\x1b[0m \\u001b[8m\\u001b[41m\\u001b[2K"
    )


def _on_a_terminal(directory: Path, *words: str) -> str:
    """What a terminal is given by one command line."""
    here, there = pty.openpty()
    command = [sys.executable, "-m", "hcl_lite", *words]
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(Path(__file__).parent.parent.parent)}
    process = subprocess.Popen(
        command, cwd=directory, stdin=subprocess.DEVNULL, stdout=there, stderr=there, env=environment, close_fds=True
    )
    os.close(there)
    written = b""
    while True:
        try:
            piece = os.read(here, 65536)
        except OSError as error:  # Linux says so where the other end is closed
            if error.errno != errno.EIO:
                raise
            break
        if not piece:
            break
        written += piece
    process.wait()
    os.close(here)
    return written.decode()


_TOML = "\\u001b[2J\\u001b]0;owned\\u0007\\u001b[8m\\u202eevil\\u009b31m\\u007f\\r"


def _configure(directory: Path, server: Server) -> None:
    """Titles, keys, messages and outputs that are full of it."""
    text = f"""
[resource.grafana_folder.team]
for_each = ["{_TOML}"]
uid = "team"
title = "{_TOML}"
[resource.grafana_dashboard.api]
message = "{_TOML}"
config = {{ uid = "api", title = "{_TOML}", "{_TOML}" = "{_TOML}", text = "one\\n{_TOML}" }}
[resource.grafana_snapshot.api]
key = "k"
name = "{_TOML}"
dashboard = {{ uid = "api", title = "{_TOML}" }}
depends_on = ["grafana_dashboard.api"]
[output.title]
value = "{_TOML}"
"""
    (directory / "main.toml").write_text(server.provider + text)


def _steering(shown: str) -> list[str]:
    """What is left in it that steers."""
    return [bad for bad in ("\x1b[2J", "\x1b]", "\x1b[8m", "\u202e", "\x9b", "\x7f", "\x07") if bad in shown]


def test_an_apply_on_a_terminal_is_not_steered_by_titles(tmp_path: Path, embedded: Server) -> None:
    """Plan, progress bar, result and outputs, in a process that has a terminal."""
    _configure(tmp_path, embedded)
    shown = _on_a_terminal(tmp_path, "apply", "--auto-approve")
    assert "Apply complete" in shown
    assert "\\u001b[2J" in shown
    assert _steering(shown) == []


class _Terminal(io.StringIO):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def on_terminal_(hcl: Hcl, embedded: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What a terminal is given by one command line, in this process, of a configuration that is applied."""
    _configure(tmp_path, embedded)
    assert hcl("apply", "--auto-approve").code == 0

    def call(*words: str) -> str:
        terminal = _Terminal()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", terminal)
            patch.setattr(sys, "stderr", terminal)
            run(words)
        return terminal.getvalue()

    return call


def test_no_command_lets_a_title_steer_the_terminal(on_terminal_: Callable[..., str], tmp_path: Path) -> None:
    """Whatever is shown of plans, states, servers, mistakes and the command line itself."""
    commands = [
        *(["plan"], ["plan", "--destroy"], ["state", "list"], ["show"], ["show", "--json"], ["output"], ["graph"]),
        *(["output", "--json"], ["output", "--raw", "title"], ["dashboard", "versions", "api"], ["snapshot", "list"]),
        *(["snapshot", "show", "k"], ["snapshot", "list", "--json"], ["validate", "--var", f"x={_HOSTILE}"]),
        *(["state", "show", _HOSTILE], [_HOSTILE], ["plan", "--out", f"no/{_HOSTILE}"], ["-C", _HOSTILE, "plan"]),
    ]
    assert {" ".join(words): _steering(on_terminal_(*words)) for words in commands} == {
        " ".join(words): [] for words in commands
    }
    (tmp_path / "main.toml").write_text(f'title = "{_HOSTILE}"')
    assert _steering(on_terminal_("plan")) == []


def test_a_pipe_gets_what_is_meant_for_it(hcl: Hcl, on_terminal_: Callable[..., str]) -> None:
    """output --raw gives the text to the next program (click takes colours out of it, as of all that is piped)."""
    assert hcl("output", "--raw", "title").out == click.unstyle(_HOSTILE) + "\n"
