"""env:, file:, cmd: and keyring: read what they name, once, and say what is wrong without telling a secret."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from hcl_lite.lang.evaluation.secret_references import ReferenceProblem, Secrets, scheme_of, split_command


def _secrets(root: Path, **environment: str) -> Secrets:
    return Secrets(root, environment)


def test_each_scheme_gives_its_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file and a program without the line end at their end."""
    (tmp_path / "s.txt").write_bytes(b"of a file\r\n")
    keyring = pytest.importorskip("keyring", reason="the extra keyring is not installed")
    monkeypatch.setattr(keyring, "get_password", lambda service, name: f"{name} of {service}")
    secrets = _secrets(tmp_path, NAME="of the environment")
    assert secrets.read("env", ("NAME",)) == "of the environment"
    assert secrets.read("file", ("s.txt",)) == "of a file"
    assert secrets.read("cmd", (sys.executable, "-c", "print('of $HOME `ls`')")) == "of $HOME `ls`"
    assert secrets.read("keyring", ("a/service/name",)) == "name of a/service"


def test_a_program_runs_once(tmp_path: Path) -> None:
    """Plan and apply of one run ask for the same secret."""
    words = (sys.executable, "-c", "open('runs', 'a').write('x'); print('secret')")
    secrets = _secrets(tmp_path)
    assert [secrets.read("cmd", words), secrets.read("cmd", words)] == ["secret", "secret"]
    assert (tmp_path / "runs").read_text() == "x"


@pytest.mark.parametrize(
    ("scheme", "words", "summary", "detail"),
    [
        ("env", ("NONE",), "The environment variable NONE is not set", "A secret is expected in it."),
        ("env", ("",), "env: names nothing", "Expected env:NAME."),
        ("file", ("none",), 'The secret cannot be read from "none"', "No such file or directory."),
        ("file", ("empty",), '"empty" is empty', "A secret is expected there."),
        ("file", ("bytes",), '"bytes" is not text', "Expected UTF-8."),
        ("file", ("long",), '"long" is too long for a secret', "Expected at most 65536 bytes."),
        ("cmd", (), "cmd: names no program", "Expected cmd:PROGRAM ARGUMENTS."),
        ("cmd", ("./none",), 'The program "./none" cannot be run', "No such file or directory."),
        ("cmd", ("sh", "-c", "echo out; echo err >&2; exit 3"), 'The program "sh" gives no secret',
         "It ended with exit code 3, and said:\nerr"),
        ("cmd", ("false",), 'The program "false" gives no secret', "It ended with exit code 1, and said nothing."),
        ("cmd", ("true",), 'what the program "true" prints is empty', "A secret is expected there."),
        ("keyring", ("name",), "The keyring's entry is not understood", "Expected keyring:SERVICE/NAME."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_explained(
    tmp_path: Path, scheme: str, words: tuple[str, ...], summary: str, detail: str
) -> None:
    """A program's complaint is shown, what it printed is not."""
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    (tmp_path / "long").write_text("x" * 70_000)
    with pytest.raises(ReferenceProblem) as caught:
        Secrets(tmp_path, {"PATH": "/usr/bin:/bin"}).read(scheme, words)
    assert (caught.value.summary, caught.value.detail) == (summary, detail)


def test_a_program_that_does_not_end_is_stopped_with_what_it_started(tmp_path: Path) -> None:
    """The time limit is that of all programs; a child that holds the output open does not keep us waiting."""
    with pytest.raises(ReferenceProblem) as caught:
        Secrets(tmp_path, {"PATH": "/usr/bin:/bin", "HCL_LITE_PROGRAM_TIMEOUT": "0.2"}).read(
            "cmd", ("sh", "-c", "sleep 60")
        )
    assert caught.value.detail == "It had not ended after 0.2 s, and was stopped."


def test_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """keyring is an extra."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ReferenceProblem) as caught:
        _secrets(tmp_path).read("keyring", ("a/b",))
    assert caught.value.hint == "pip install 'hcl-lite[keyring]'"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pass show grafana/token", ("pass", "show", "grafana/token")),
        ("op read 'op://a b/c'", ("op", "read", "op://a b/c")),
        ("pass ${each.key} x", ("pass", "${each.key}", "x")),
        ('p a${f("x y")}b', ("p", 'a${f("x y")}b')),
        ("p $${x}", ("p", "$${x}")),
    ],
)
def test_a_command_line_is_cut_by_a_shells_quotes_alone(text: str, words: tuple[str, ...]) -> None:
    """What an expression gives stays inside of its word."""
    assert split_command(text) == words


@pytest.mark.parametrize(
    ("text", "scheme"), [("env:X", "env"), ("environment:X", ""), ("cmd:x", "cmd"), ("x", ""), (7, ""), ("", "")]
)
def test_only_known_schemes_are_references(text: object, scheme: str) -> None:
    """Anything else is the secret itself."""
    assert scheme_of(text) == scheme
