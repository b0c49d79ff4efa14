"""Expressions typed or piped in."""

from __future__ import annotations

import io
import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Hcl

_MAIN = """
[provider.grafana]
url = "embedded:grafana.db"
[variable.token]
sensitive = true
default = "s3cret"
[resource.grafana_folder.team]
title = "Team"
[data.grafana_folder.team]
uid = "${grafana_folder.team.uid}"
[output.uid]
value = "${grafana_folder.team.uid}"
"""


def _pipe(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_piped_expressions_are_evaluated_line_by_line(
    hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before an apply objects are unknown, after it they are as the state remembers them; secrets never show."""
    (tmp_path / "main.toml").write_text(_MAIN)
    lines = ("1 + 1", "", "${upper('a')}", "var.token", "grafana_folder.team.title", "grafana_folder.team.uid")
    _pipe(monkeypatch, *lines)
    before = hcl("console")
    assert (before.code, before.out.splitlines()) == (
        0,
        ["2", '"A"', "(sensitive)", "(known after apply)", "(known after apply)"],
    )
    assert hcl("apply", "--auto-approve").code == 0
    _pipe(monkeypatch, *lines, "output.uid == grafana_folder.team.uid", "data.grafana_folder.team.title")
    after = hcl("console")
    assert after.out.splitlines()[3] == '"Team"'
    assert after.out.splitlines()[-2:] == ["true", "(known after apply)"]
    _pipe(monkeypatch, "data.grafana_folder.team.title")
    assert hcl("console", "--plan").out == '"Team"\n'


def test_a_piped_line_that_is_wrong_is_said_and_the_others_go_on(
    hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a place, and exit code 1 in the end; `exit` ends it."""
    (tmp_path / "main.toml").write_text(_MAIN)
    _pipe(monkeypatch, "nope", "1 +", "2", "exit", "3")
    outcome = hcl("console")
    assert (outcome.code, outcome.out) == (1, "2\n")
    assert '"nope" refers to nothing\n  at console:1:12\n' in outcome.err
    assert "A value is missing at the end" in outcome.err


def _until(terminal: int, text: bytes) -> bytes:
    """What is written on the terminal, up to `text`; an error where it does not come."""
    seen = b""
    while text not in seen:
        ready, _, _ = select.select([terminal], [], [], 20)
        assert ready, f"no {text!r} after {seen!r}"
        seen += os.read(terminal, 4096)
    return seen


def test_a_person_gets_a_prompt_and_a_history(tmp_path: Path) -> None:
    """On a terminal; errors do not end it, Ctrl-D does."""
    (tmp_path / "main.toml").write_text(_MAIN)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "hcl_lite", "--no-color", "console"],
        cwd=tmp_path,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "dumb"},
    )
    os.close(theirs)
    try:
        seen = _until(ours, b"> ")
        for typed in (b"1 + 41\n", b"nope\n"):
            os.write(ours, typed)
            seen += _until(ours, b"> ")
        os.write(ours, b"\x04")
        assert process.wait(20) == 0
    finally:
        process.kill()
        os.close(ours)
    assert b"42" in seen
    assert b"refers to nothing" in seen
    history = tmp_path / ".hcl-lite" / "console_history"
    assert history.read_text().splitlines()[-2:] == ["1 + 41", "nope"]
    assert history.stat().st_mode & 0o777 == 0o600
