"""Functions that read files: what they give, and what they refuse to read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.lang.expressions.functions import FunctionError, Functions
from tests.lang.expressions.functions.calling import call, failure, functions_of, same

_OUTSIDE = 'Name its directory in [hcl_lite] read_from = ["…"].'


@pytest.fixture
def functions(tmp_path: Path) -> Functions:
    """Of a directory with some files, beside one that may be read, and one that may not."""
    for name in ("c/a.json", "c/b.txt", "c/d/e.json", "c/d/f/.g.json", "shared/s.txt", "home/h.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"text of {name}\n")
    (tmp_path / "c/bom.txt").write_bytes(b"\xef\xbb\xbfa\r\nb")
    (tmp_path / "c/bytes").write_bytes(b"a\xff")
    (tmp_path / "c/out.json").symlink_to(tmp_path / "home/h.txt")
    (tmp_path / "c/in.json").symlink_to(tmp_path / "c/a.json")
    (tmp_path / "c/d/round").symlink_to(tmp_path / "c")
    (tmp_path / "c/circle").symlink_to(tmp_path / "c/circle")
    os.mkfifo(tmp_path / "c/pipe")
    environment = {"HOME": str(tmp_path / "home"), "X": "1"}
    return functions_of(tmp_path / "c", allowed=(tmp_path / "shared",), environment=environment, render=_render)


def _render(text: str, values: Mapping[str, Any]) -> str:
    if "fail" in values:
        raise FunctionError("There is no x.")
    return f"{text.strip()} with {dict(values)}"


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("file('a.json')", "text of c/a.json\n"),
        ("file('d/../in.json')", "text of c/a.json\n"),
        ("file('bom.txt')", "a\nb"),
        ("file('../shared/s.txt')", "text of shared/s.txt\n"),
        ("filebase64('bytes')", "Yf8="),
        ("filesha256('bytes')[:8]", "8dd06b5a"),
        ("filemd5('bytes')[:8]", "cc7bb99a"),
        ("fileexists('a.json')", True),
        ("fileexists('z.json')", False),
        ("fileset('.', '*.json')", ["a.json", "in.json"]),
        ("fileset('d', '**')", ["e.json", "f/.g.json"]),
        ("fileset('.', '**/*.{json,txt}')", ["a.json", "b.txt", "bom.txt", "d/e.json", "d/f/.g.json", "in.json"]),
        ("fileset('.', '{d/e,a}.js?n')", ["a.json", "d/e.json"]),
        ("fileset('.', '**/f/**/.[a-g].json')", ["d/f/.g.json"]),
        ("fileset('.', '[^ai]*.json')", []),
        ("fileset('.', 'nowhere/*')", []),
        ("fileset('../shared', '*')", ["s.txt"]),
        ("templatefile('a.json', {'k': 1})", "text of c/a.json with {'k': 1}"),
        ("pathexpand('a/~')", "a/~"),
        ("basename('a/b.txt')", "b.txt"),
        ("basename('a/b/')", "b"),
        ("basename('')", "."),
        ("basename('/')", "/"),
        ("dirname('a/b/c.txt')", "a/b"),
        ("dirname('a')", "."),
        ("dirname('/a')", "/"),
        ("env('X')", "1"),
        ("env('Y', null)", None),
    ],
)
def test_files(functions: Functions, source: str, value: object) -> None:
    """Relative paths start at the directory of the configuration."""
    assert same(call(source, functions), value)


def test_paths_that_depend_on_the_place(functions: Functions, tmp_path: Path) -> None:
    """Home and root."""
    assert call("pathexpand('~/x')", functions) == f"{tmp_path}/home/x"
    assert call("abspath('d/../x')", functions) == f"{tmp_path}/c/x"
    assert call("abspath('/x')", functions) == "/x"


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("file('a.jso')", 'Cannot read "a.jso": No such file or directory.', 'Did you mean "a.json"?'),
        (
            "file('no/a.json')",
            'Cannot read "no/a.json": No such file or directory.',
            'There is no directory "no" either; paths start at the directory of the configuration.',
        ),
        ("file('d')", 'Cannot read "d": Is a directory.', ""),
        ("file('bytes')", '"bytes" is not UTF-8 text (byte 1).', ""),
        ("file('a\\0b')", r"'a\x00b' cannot be a path: embedded null byte.", ""),
        ("file('circle')", 'Cannot follow "circle": its links go in a circle.', ""),
        ("file('pipe')", 'Cannot read "pipe": It is a device or a pipe, not a file.', ""),
        ("file('../home/h.txt')", '"../home/h.txt" is outside of what the configuration may read.', _OUTSIDE),
        ("file('/etc/passwd')", '"/etc/passwd" is outside of what the configuration may read.', _OUTSIDE),
        ("file('out.json')", '"out.json" is outside of what the configuration may read.', _OUTSIDE),
        ("file('~/h.txt')", '"~/h.txt" is outside of what the configuration may read.', _OUTSIDE),
        ("filemd5('../x')", '"../x" is outside of what the configuration may read.', _OUTSIDE),
        ("fileexists('../x')", '"../x" is outside of what the configuration may read.', _OUTSIDE),
        ("fileset('..', '*')", '".." is outside of what the configuration may read.', _OUTSIDE),
        ("templatefile('../x', {})", '"../x" is outside of what the configuration may read.', _OUTSIDE),
        ("file(5)", "file() takes a string as path, not a number.", "It is called as file(path)."),
        ("fileexists('d')", '"d" is not a file.', "fileexists() looks for files only."),
        ("fileset('.', '../*')", '"../*" leads out of ".".', "Name the directory in fileset()'s first argument."),
        ("fileset('e', '*')", 'There is no directory "e".', ""),
        ("fileset('.', '{a,b}' * 20)", "The pattern stands for more than 1000 patterns; use fewer braces.", ""),
        ("templatefile('a.json', {'fail': 1})", '"a.json" cannot be rendered: There is no x.', ""),
        ("env('Y')", 'The environment variable "Y" is not set.', 'Set it, or give a default: env("Y", "…").'),
    ],
)
def test_files_that_are_not_read(functions: Functions, source: str, message: str, hint: str) -> None:
    """The reason, and what to do."""
    assert failure(source, functions) == (message, hint)


def test_a_file_that_is_too_large_is_not_read(functions: Functions, tmp_path: Path) -> None:
    """The file is not even opened."""
    with (tmp_path / "c/large").open("wb") as large:
        large.truncate(64 * 1024 * 1024 + 1)
    expected = 'Cannot read "large": It has more than 67108864 bytes, the most that are read.'
    assert failure("file('large')", functions)[0] == expected


def test_what_may_not_be_seen(tmp_path: Path) -> None:
    """Modules have no environment; without HOME there is no ~, without a renderer no template."""
    closed = functions_of(tmp_path, environment_open=False, environment={"X": "1"})
    assert failure("env('X')", closed) == (
        "A module gets what it needs as an input variable, not from the environment.",
        'Declare [variable.x] in the module, and pass "${env("X")}" to it.',
    )
    assert failure("pathexpand('~')", closed)[0] == "There is no home directory: HOME is not set."
    (tmp_path / "t").touch()
    assert failure("templatefile('t', {})", closed)[0] == "templatefile() cannot be used here."
