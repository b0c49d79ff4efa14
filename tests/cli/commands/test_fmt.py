"""fmt: which files, what is written, what is said."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.conftest import Hcl, Outcome

_FILES = {
    "good.toml": "a = 1\n",
    "ugly.toml": "a=1\n",
    "x.vars.toml": "b=1\n",
    "pyproject.toml": "c=1\n",
    ".hidden.toml": "d=1\n",
    "notes.txt": "e=1\n",
    "below/ugly.toml": "f=1\n",
    "below/.git/ugly.toml": "g=1\n",
}
_DIFF = "--- old/{0}\n+++ new/{0}\n@@ -1 +1 @@\n-a=1\n+a = 1\n"


def _read(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A directory with files that want formatting, and others."""
    for name, text in _FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("args", "code", "out", "written"),
    [
        ("", 0, "ugly.toml\nx.vars.toml\n", ["ugly.toml", "x.vars.toml"]),
        (". below", 0, "ugly.toml\nx.vars.toml\nbelow/ugly.toml\n", ["ugly.toml", "x.vars.toml", "below/ugly.toml"]),
        (
            "--recursive",
            0,
            "below/ugly.toml\nugly.toml\nx.vars.toml\n",
            ["ugly.toml", "x.vars.toml", "below/ugly.toml"],
        ),
        ("good.toml", 0, "", []),
        ("pyproject.toml notes.txt", 0, "pyproject.toml\nnotes.txt\n", ["pyproject.toml", "notes.txt"]),
        ("--check", 1, "ugly.toml\nx.vars.toml\n", []),
        ("-check ugly.toml", 1, "ugly.toml\n", []),
        ("--check good.toml", 0, "", []),
        ("--no-write", 0, "ugly.toml\nx.vars.toml\n", []),
        ("--diff --no-write ugly.toml", 0, _DIFF.format("ugly.toml"), []),
        ("--diff ugly.toml", 0, _DIFF.format("ugly.toml"), ["ugly.toml"]),
    ],
    ids=lambda value: value or "no arguments" if isinstance(value, str) else "",
)
def test_which_files_are_formatted(hcl: Hcl, files: Path, args: str, code: int, out: str, written: list[str]) -> None:
    """Names of what changes on the output, the rest untouched."""
    assert hcl("fmt", *args.split()) == Outcome(code, out, "")
    expected = {name: text.replace("=", " = ") if name in written else text for name, text in _FILES.items()}
    assert _read(files) == expected


@pytest.mark.parametrize(
    ("args", "code", "out"),
    [
        ((), 0, "a = 1\n"),
        (("--check",), 1, "<stdin>\n"),
        (("--diff",), 0, _DIFF.format("<stdin>")),
    ],
    ids=["text", "check", "diff"],
)
def test_standard_input_goes_to_standard_output(
    hcl: Hcl, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], code: int, out: str
) -> None:
    """The path is -."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a=1\n")))
    assert hcl("fmt", *args, "-") == Outcome(code, out, "")


def test_what_cannot_be_read_hinders_nothing_else(hcl: Hcl, files: Path) -> None:
    """All mistakes are reported; the other files are written all the same."""
    (files / "broken.toml").write_text("a = \n")
    (files / "latin.toml").write_bytes(b"a = '\xe4'\n")
    outcome = hcl("fmt", "nowhere", ".")
    assert (outcome.code, outcome.out) == (1, "ugly.toml\nx.vars.toml\n")
    assert 'There is no file or directory "nowhere"' in outcome.err
    assert "This is not TOML" in outcome.err
    assert "at broken.toml:1:5" in outcome.err
    assert "latin.toml is not UTF-8" in outcome.err
    assert (files / "ugly.toml").read_text() == "a = 1\n"


def test_a_file_keeps_its_mode_and_a_link_its_target(hcl: Hcl, tmp_path: Path) -> None:
    """The file is replaced whole; nothing is left beside it."""
    (tmp_path / "real").write_text("a=1\n")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link.toml").symlink_to("real")
    assert hcl("fmt").out == "link.toml\n"
    assert (tmp_path / "link.toml").is_symlink()
    assert ((tmp_path / "real").read_text(), (tmp_path / "real").stat().st_mode & 0o777) == ("a = 1\n", 0o640)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.toml", "real"]


def test_line_ends_of_windows_go(hcl: Hcl, tmp_path: Path) -> None:
    """Also where nothing else changes."""
    (tmp_path / "a.toml").write_bytes(b"a = 1\r\nb = '''\r\n'''\r\n")
    assert hcl("fmt").out == "a.toml\n"
    assert (tmp_path / "a.toml").read_bytes() == b"a = 1\nb = '''\n'''\n"
