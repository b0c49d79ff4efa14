"""The command line as a whole: spellings, help, exit codes and colours."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from hcl_lite.cli.commands import version
from hcl_lite.cli.main import COMMANDS, run, terraform_spelling
from tests.conftest import Hcl

_SPELLINGS = [
    ("plan -out=p", "plan --out=p"),
    ("plan -out p", "plan --out p"),
    ("plan -out=a=b", "plan --out=a=b"),
    ("apply -auto-approve", "apply --auto-approve"),
    ("apply -auto-approve=true", "apply --auto-approve"),
    ("apply -auto-approve=false", "apply"),
    ("plan -refresh=false", "plan --no-refresh"),
    ("plan -refresh=true", "plan --refresh"),
    ("plan --refresh=false", "plan --no-refresh"),
    ("plan -var x=-y", "plan --var x=-y"),
    ("plan -var=x=true", "plan --var=x=true"),
    ("plan -input=false", "plan --no-input"),
    ("plan -input=true -lock-timeout=5s", "plan --input --lock-timeout=5s"),
    ("plan -no-color", "--no-color plan"),
    ("--no-color plan -no-color", "--no-color plan"),
    ("-chdir=x plan", "--chdir=x plan"),
    ("-C x plan -h", "-C x plan -h"),
    ("import -- -out=x", "import -- -out=x"),
]


@pytest.mark.parametrize(("written", "meant"), _SPELLINGS, ids=[written for written, _ in _SPELLINGS])
def test_terraforms_spellings_are_understood(written: str, meant: str) -> None:
    """One dash, and flags that are given as true or false."""
    assert terraform_spelling(written.split()) == meant.split()


@pytest.mark.parametrize("command", [*COMMANDS, "state list", "state show", "state mv", "state rm"])
def test_every_command_explains_itself(hcl: Hcl, command: str) -> None:
    """--help, with what it does first."""
    outcome = hcl(*command.split(), "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Usage: hcl-lite {command}")


def test_help_lists_every_command(hcl: Hcl) -> None:
    """In the order of the table, which is that of use."""
    text = hcl("--help").out
    words = [line.split()[0] for line in text[text.index("\nCommands:") :].splitlines()[2:] if line.startswith("  ")]
    assert [word for word in words if word in COMMANDS] == list(COMMANDS)


def _write(root: Path, text: str) -> None:
    (root / "main.toml").write_text(text)


_CODES = [
    ("done", ["version"], 0),
    ("help", ["--help"], 0),
    ("nothing to change", ["plan", "--detailed-exitcode"], 0),
    ("there are changes, and nobody asked", ["plan", "-var", "x=2"], 0),
    ("there are changes", ["plan", "--detailed-exitcode", "-var", "x=2"], 2),
    ("a mistake in the configuration", ["-C", "broken", "plan"], 1),
    ("a directory that is not there", ["-C", "nowhere", "plan"], 1),
    ("no command", [], 3),
    ("an unknown command", ["plna"], 3),
    ("an unknown option", ["plan", "--outt=x"], 3),
    ("a saved plan with planning options", ["apply", "p", "--destroy"], 3),
    ("no address", ["state", "show", "x"], 3),
    ("no time", ["refresh", "--lock-timeout", "soon"], 3),
]


@pytest.mark.parametrize(("args", "code"), [case[1:] for case in _CODES], ids=[case[0] for case in _CODES])
def test_the_exit_code_says_how_it_went(hcl: Hcl, tmp_path: Path, args: list[str], code: int) -> None:
    """The table in exit_codes.py."""
    _write(tmp_path, '[variable.x]\ndefault = 1\n[output.x]\nvalue = "${var.x}"\n')
    (tmp_path / "broken").mkdir()
    _write(tmp_path / "broken", "[resource\n")
    assert hcl("apply", "--auto-approve").code == 0
    outcome = hcl(*args)
    assert outcome.code == code
    assert (outcome.err == "") is (code in (0, 2))


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (KeyboardInterrupt(), 130, "Interrupted.\n"),
        (
            ZeroDivisionError("oops"),
            1,
            "Error: This is a bug in hcl-lite: please report it\n\n  ZeroDivisionError: oops",
        ),
        (OSError(28, "No space left on device", "state"), 1, "No space left on device"),
        (RecursionError("maximum recursion depth exceeded"), 1, "nested too deeply"),
    ],
    ids=["Ctrl-C", "a bug", "a full disk", "too deep"],
)
def test_what_ends_a_command_is_told_from_a_bug(
    hcl: Hcl, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, says: str
) -> None:
    """A traceback is for bugs only."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(version.platform, "python_version", fail)
    outcome = hcl("version")
    assert outcome.code == code
    assert says in outcome.err
    assert ("Traceback" in outcome.err) is isinstance(error, ZeroDivisionError)


def test_chdir_is_where_everything_is_looked_for(hcl: Hcl, tmp_path: Path) -> None:
    """The configuration, and the plan that is saved."""
    (tmp_path / "it").mkdir()
    _write(tmp_path / "it", '[output.x]\nvalue = "1"\n')
    assert hcl("-chdir=it", "plan", "-out=p").code == 0
    assert (tmp_path / "it" / "p").is_file()


def test_a_plan_that_cannot_be_saved_is_the_users_mistake(hcl: Hcl, tmp_path: Path) -> None:
    """A directory that is not there: no traceback."""
    _write(tmp_path, '[output.x]\nvalue = "1"\n')
    outcome = hcl("plan", "--out", "no/where")
    assert (outcome.code, outcome.err) == (
        1,
        "Error: Cannot save the plan to no/where\n\n  No such file or directory.\n",
    )


def _on_terminal(
    root: Path, *args: str, environment: Mapping[str, str] | None = None, typed: Sequence[str] = ()
) -> str:
    """What a person sees of a command who types these lines, each where a value is asked for."""
    waiting = [f"{line}\n".encode() for line in typed]
    leader, follower = pty.openpty()
    names = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    process = subprocess.Popen(
        [sys.executable, "-m", "hcl_lite", *args],
        cwd=root,
        env={**names, "TERM": "xterm", **(environment or {})},
        stdout=follower,
        stderr=follower,
        stdin=follower,
    )
    os.close(follower)
    seen = b""
    try:
        while chunk := os.read(leader, 65536):
            seen += chunk
            if waiting and seen.endswith(b"Value: "):
                os.write(leader, waiting.pop(0))
    except OSError:  # the other end is closed
        pass
    os.close(leader)
    process.wait(10)
    return seen.decode()


@pytest.mark.parametrize("good", [True, False], ids=["output", "errors"])
@pytest.mark.parametrize(
    ("args", "environment", "coloured"),
    [
        (["plan"], {}, True),
        (["plan"], {"NO_COLOR": "1"}, False),
        (["--no-color", "plan"], {}, False),
        (["plan", "-no-color"], {}, False),
    ],
    ids=["terminal", "NO_COLOR", "--no-color", "-no-color after the command"],
)
def test_colours_are_for_terminals_that_want_them(
    tmp_path: Path, good: bool, args: list[str], environment: dict[str, str], coloured: bool
) -> None:
    """Output and errors alike."""
    _write(tmp_path, '[output.x]\nvalue = "1"\n' if good else "[output.x]\nvlaue = 1\n")
    assert ("\x1b[" in _on_terminal(tmp_path, *args, environment=environment)) is coloured


@pytest.mark.parametrize("good", [True, False], ids=["output", "errors"])
@pytest.mark.parametrize(
    ("args", "environment", "coloured"),
    [
        (["plan"], {}, False),
        (["plan"], {"FORCE_COLOR": "1"}, True),
        (["plan"], {"FORCE_COLOR": ""}, False),
        (["plan"], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["plan", "-no-color"], {"FORCE_COLOR": "1"}, False),
    ],
    ids=["a pipe", "FORCE_COLOR", "an empty FORCE_COLOR", "NO_COLOR too", "-no-color too"],
)
def test_colours_go_down_a_pipe_only_where_they_are_asked_for(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    good: bool,
    args: list[str],
    environment: dict[str, str],
    coloured: bool,
) -> None:
    """By FORCE_COLOR; whoever wants none gets none."""
    _write(tmp_path, '[output.x]\nvalue = "1"\n' if good else "[output.x]\nvlaue = 1\n")
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.setenv(name, environment.get(name, ""))
    run(args)
    captured = capsys.readouterr()
    assert ("\x1b[" in captured.out + captured.err) is coloured


_ASKED = """
[variable.who]
description = "Who is asked?"
[variable.ports]
type = "list(number)"
[variable.token]
sensitive = true
[output.x]
value = "${var.who} ${length(var.ports)} ${length(var.token) > 3}"
sensitive = true
[output.y]
value = "${var.who} ${length(var.ports)}"
"""


def test_a_variable_without_a_value_is_asked_for_at_a_terminal(tmp_path: Path) -> None:
    """With its description; what is sensitive is not shown while it is typed, nor later."""
    _write(tmp_path, _ASKED)
    seen = _on_terminal(tmp_path, "--no-color", "plan", typed=["me", "[1, 2]", "s3cret"])
    assert "var.who\r\n  Who is asked?\r\n  Value: me\r\n" in seen
    assert '+ y: "me 2"' in seen
    assert "s3cret" not in seen


def test_a_wrong_answer_is_said_to_come_from_the_terminal(tmp_path: Path) -> None:
    """It stands in no file."""
    _write(tmp_path, _ASKED)
    seen = _on_terminal(tmp_path, "--no-color", "plan", typed=["me", "1, 2", "s3cret"])
    assert "It comes from the terminal; lists and maps are written as in TOML" in seen


@pytest.mark.parametrize("option", ["--no-input", "-input=false"])
def test_nobody_is_asked_who_does_not_want_to_be(tmp_path: Path, option: str) -> None:
    """All variables without a value are named."""
    _write(tmp_path, _ASKED)
    seen = _on_terminal(tmp_path, "--no-color", "plan", option)
    assert ("Value:" in seen, "3 errors." in seen) == (False, True)


def test_a_character_that_the_output_lacks_ends_no_run(tmp_path: Path) -> None:
    """A terminal of Latin-1, and half a character, which no terminal has."""
    _write(tmp_path, "[output.x]\nvalue = '${jsondecode(file(\"a.json\"))}'\n")
    (tmp_path / "a.json").write_text('"\\u2192 \\ud800"')
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    command = [sys.executable, "-m", "hcl_lite", "plan"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b'x: "\\u2192 \\ud800"' in done.stdout


def test_what_is_piped_has_no_colours_and_a_closed_pipe_is_no_bug(tmp_path: Path) -> None:
    """`hcl-lite providers | head -1`."""
    _write(tmp_path, '[output.x]\nvalue = "1"\n')
    command = [sys.executable, "-m", "hcl_lite", "providers"]
    piped = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ("\x1b" in piped.stdout, piped.stderr) == (False, "")
    reader, writer = os.pipe()
    os.close(reader)
    closed = subprocess.run(command, cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (closed.returncode, closed.stderr) == (1, "")


def test_a_question_is_answered_by_yes_alone(tmp_path: Path) -> None:
    """Anything else changes nothing."""
    _write(tmp_path, '[output.x]\nvalue = "1"\n')
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "hcl_lite", "apply"]
    process = subprocess.Popen(command, cwd=tmp_path, stdin=follower, stdout=follower, stderr=follower)
    os.close(follower)
    os.write(leader, b"y\n")
    assert process.wait(20) == 1
    seen = os.read(leader, 65536).decode()
    os.close(leader)
    assert "Nothing was changed." in seen
    assert not (tmp_path / "hcl-lite.state.json").exists()


@pytest.mark.parametrize(
    "option", ["-parallelism=2", "-lock=false", "-lock=true", "-lock-timeout=5m", "--lock-timeout 30s"]
)
def test_a_plan_takes_the_options_that_scripts_for_terraform_have(hcl: Hcl, tmp_path: Path, option: str) -> None:
    """It takes no lock; how many objects are looked at side by side changes nothing of what it says."""
    (tmp_path / "main.toml").write_text(
        '[provider.grafana]\nurl = "embedded:g.db"\n[resource.grafana_folder.f]\ncount = 5\ntitle = "F${count.index}"\n'
    )
    assert hcl("plan", *option.split()).out == hcl("plan").out
    assert hcl("plan", "--parallelism", "0").code == 3


@pytest.mark.parametrize("command", ["plan", "apply", "destroy"])
def test_targets_and_exclusions_exclude_each_other(hcl: Hcl, command: str) -> None:
    """As OpenTofu has it."""
    outcome = hcl(command, "-target=grafana_folder.a", "-exclude=grafana_folder.b")
    assert (outcome.code, outcome.err.splitlines()[-1]) == (3, "Error: --target and --exclude exclude each other.")
