"""Dashboards that were made to do harm, or by a broken program: applied with an empty plan after, or refused."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from providers.grafana.model import MOST_LEVELS
from tests.conftest import Hcl, Server

_CONTROLS = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x202E, 0x2066, 0xFEFF, 0x2028]))


@pytest.fixture
def file(embedded: Server, tmp_path: Path) -> Path:
    """The file of the one dashboard."""
    block = "[resource.grafana_dashboard.x]\nconfig_json = '${file(\"x.json\")}'\n"
    (tmp_path / "main.toml").write_text(embedded.provider + block)
    return tmp_path / "x.json"


def _nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def _in_doubles(document: Any) -> Any:
    """Grafana 12.4 keeps each number as a double."""
    return json.loads(json.dumps(document), parse_int=float)


@pytest.mark.parametrize(
    "more",
    [
        {"__proto__": {"admin": True}, "constructor": {"prototype": {}}, "toString": None, "": ""},
        {"title": f"<{_CONTROLS}>", _CONTROLS: _CONTROLS, "tags": [_CONTROLS[:20], _CONTROLS[-10:]]},
        {"integer": 2**53 + 1, "larger": -(2**63), "float": 1e308, "small": 5e-324, "minus": -0.0},
        {"nested": _nested(MOST_LEVELS - 2)},
        {"templates": "${x} $${y} ${var.z} {{ q }} {% r %}", "long": "é" * 1_000_000},
        {"panels": [{"id": n, "type": "text", "title": f"{n}", "content": "x" * 1000} for n in range(3000)]},
        {"panels": [None, 1, "x", [], {}, {"type": None, "panels": {"a": 1}}], "rows": 7, "templating": []},
    ],
    ids=["prototypes", "controls", "numbers", "deep", "long text", "3 MB", "odd panels"],
)
def test_what_json_can_say_is_applied_and_then_found_unchanged(
    hcl: Hcl, embedded: Server, file: Path, more: Any
) -> None:
    """Nothing in a dashboard means anything to us; one character is changed, and the plan shows it escaped."""
    dashboard = {"uid": "x", "title": "X", "panels": [], **more}
    file.write_text(json.dumps(dashboard))
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    assert hcl("plan", "--detailed-exitcode").code == 0
    assert hcl("plan", "--detailed-exitcode", "--refresh-only").code == 0
    stored = embedded.call("GET", "/api/dashboards/uid/x")["dashboard"]
    assert _in_doubles({key: stored.get(key) for key in dashboard}) == _in_doubles(dashboard)
    file.write_text(json.dumps({**dashboard, "added": _CONTROLS}))
    planned = hcl("plan", "--detailed-exitcode")
    assert planned.code == 2
    assert [character for character in planned.out if character < " " and character != "\n"] == []
    assert "\u202e" not in planned.out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"title": NaN}', "JSON has no NaN"),
        (b'{"title": "X", "n": -Infinity}', "JSON has no -Infinity"),
        (b'{"title": "X", "n": 1e400}', "1e400 is too large a number"),
        (b'{"title": "X", "n": ' + b"9" * 5000 + b"}", "is not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (json.dumps({"title": "X", "n": _nested(MOST_LEVELS)}).encode(), f"At most {MOST_LEVELS} levels"),
        ('{"title": "X"}'.encode("utf-16"), "not UTF-8"),
        (b'{"title": "\xff"}', "not UTF-8"),
        (b'{"title": "\x00"}', "is not JSON"),
        (b'{"title": "X"', "is not JSON"),
        (b"", "is not JSON"),
        (b"\x7fELF\x02\x01\x01" + bytes(100), "is not JSON"),
    ],
    ids=["nan", "infinity", "1e400", "digits", "deep", "levels", "utf-16", "bytes", "nul", "cut", "empty", "program"],
)
def test_what_json_cannot_say_is_refused(hcl: Hcl, file: Path, tmp_path: Path, content: bytes, says: str) -> None:
    """With a diagnostic, and nothing is sent."""
    file.write_bytes(content)
    for command in (["validate"], ["apply", "--auto-approve"]):
        outcome = hcl(*command)
        assert outcome.code == 1
        assert says in outcome.err
    assert not (tmp_path / "hcl-lite.state.json").exists()


@pytest.mark.parametrize("prefix", [b"\xef\xbb\xbf", b""])
@pytest.mark.parametrize("end", [b"\r\n", b"\r", b"\n"])
def test_marks_and_line_ends_of_other_systems_change_nothing(hcl: Hcl, file: Path, prefix: bytes, end: bytes) -> None:
    """A file that went through Windows is the same dashboard."""
    file.write_text('{\n"uid": "x",\n"title": "X"\n}\n')
    assert hcl("apply", "--auto-approve").code == 0
    file.write_bytes(prefix + file.read_bytes().replace(b"\n", end))
    assert hcl("plan", "--detailed-exitcode").code == 0


def test_half_of_a_character_is_sent_as_it_is(hcl: Hcl, file: Path, tmp_path: Path) -> None:
    """JSON can say it, the embedded server's JSON cannot: what it answers is shown, and no record is kept."""
    file.write_text('{"uid": "x", "title": "X", "text": "\\ud800"}')
    outcome = hcl("apply", "--auto-approve")
    assert outcome.code == 1
    assert "answered 400: bad request data" in outcome.err
    assert hcl("state", "list").out == ""


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (os.mkfifo, "It is a device or a pipe, not a file"),
        (lambda path: path.symlink_to("/dev/zero"), "outside of what the configuration may read"),
        (lambda path: path.symlink_to("x.json"), "Cannot"),
        (lambda path: path.mkdir(), "Is a directory"),
    ],
    ids=["pipe", "device", "circle", "directory"],
)
def test_files_that_are_none_are_refused(hcl: Hcl, file: Path, make: Callable[[Path], object], says: str) -> None:
    """No hang where nobody writes to the pipe, and no memory filled."""
    make(file)
    outcome = hcl("plan")
    assert outcome.code == 1
    assert says in outcome.err


def test_names_of_files_may_be_anything(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """Spaces, quotes, line ends, dollars, controls: fileset() finds them, and what is shown of them is escaped."""
    block = (
        '[resource.grafana_dashboard.all]\nfor_each = \'${fileset("boards", "**/*.json")}\'\n'
        "config_json = '${file(\"boards/\" ~ each.key)}'\n"
    )
    (tmp_path / "main.toml").write_text(embedded.provider + block)
    (tmp_path / "boards/sub dir").mkdir(parents=True)
    (tmp_path / "boards/loop").symlink_to(tmp_path / "boards")
    names = ["a b", "q'\"", "l\ni", "${x}", "\x1b[2J", "-rf", "sub dir/ü\u202e", "#%?"]
    for number, name in enumerate(names):
        (tmp_path / "boards" / f"{name}.json").write_text(json.dumps({"uid": f"u{number}", "title": "T"}))
    outcome = hcl("apply", "--auto-approve")
    assert outcome.code == 0, outcome.err
    assert f"{len(names)} created" in outcome.out
    assert "\x1b" not in outcome.out
    assert "\u202e" not in outcome.out
    assert hcl("plan", "--detailed-exitcode").code == 0
    assert len(hcl("state", "list").out.splitlines()) == len(names)
