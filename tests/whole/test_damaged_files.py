"""States, journals and plans that somebody has cut, edited, swapped or put something else in the place of."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Hcl, Outcome, Server

_STATE = "hcl-lite.state.json"
_JOURNAL = f"{_STATE}.journal"


@pytest.fixture
def applied(hcl: Hcl, embedded: Server, tmp_path: Path) -> Path:
    """A directory with a state of two objects."""
    text = '[resource.grafana_folder.team]\ntitle = "Team"\n[resource.grafana_folder.other]\ntitle = "Other"\n'
    (tmp_path / "main.toml").write_text(embedded.provider + text)
    assert hcl("apply", "--auto-approve").code == 0
    return tmp_path


def _edited(change: Callable[[Any], object]) -> Callable[[bytes], bytes]:
    def edit(data: bytes) -> bytes:
        document = json.loads(data)
        change(document)
        return json.dumps(document).encode()

    return edit


_DAMAGE: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("empty", lambda data: b"", "Expecting value"),
    ("cut", lambda data: data[: len(data) // 2], "is not a state file"),
    ("binary", lambda data: b"\x7fELF" + bytes(range(256)), "not UTF-8"),
    ("another encoding", lambda data: data.decode().encode("utf-16-le")[1:], "is not a state file"),
    ("a list", lambda data: b"[]", "expected an object, found a list"),
    ("Terraform's", lambda data: b'{"version": 4, "terraform_version": "1.9.0"}', "it is Terraform's"),
    ("newer", _edited(lambda s: s.update(format=2)), "Upgrade hcl-lite"),
    ("serial", _edited(lambda s: s.update(serial="3")), "serial: expected a whole number, found a string"),
    ("negative serial", _edited(lambda s: s.update(serial=-1)), "serial: expected a whole number from 0 on"),
    ("lineage", _edited(lambda s: s.update(lineage=None)), "lineage: expected a string, found null"),
    ("unknown key", _edited(lambda s: s.update(lineege="x")), 'there is no key "lineege"'),
    ("missing key", _edited(lambda s: s.pop("records")), "records is missing"),
    (
        "address",
        _edited(lambda s: s["records"][0].update(address="a..b")),
        'records[0].address: "a..b" is not an address',
    ),
    ("kind", _edited(lambda s: s["records"][0].update(address="var.x")), "var.x is not the address of a resource"),
    ("uid", _edited(lambda s: s["records"][1].update(uid=7)), "records[1].uid: expected a string, found a number"),
    ("double", _edited(lambda s: s["records"].append(s["records"][0])), "comes twice"),
    ("doubled key", lambda data: data.replace(b'"serial"', b'"serial": 1, "serial"'), 'the key "serial" comes twice'),
    ("nan", lambda data: data.replace(b'"version": {', b'"version": {"x": NaN, ', 1), "JSON has no NaN"),
    ("deep", lambda data: b"[" * 100_000, "nested too deeply"),
    ("merge conflict", lambda data: b"<<<<<<< HEAD\n" + data, "is not a state file"),
]


@pytest.mark.parametrize(("damage", "says"), [case[1:] for case in _DAMAGE], ids=[case[0] for case in _DAMAGE])
def test_a_damaged_state_is_refused_with_its_place_and_a_way_on(
    hcl: Hcl, applied: Path, embedded: Server, damage: Callable[[bytes], bytes], says: str
) -> None:
    """By every command that reads it; the file stays as it is, and nothing is sent to the server."""
    path = applied / _STATE
    path.write_bytes(damage(path.read_bytes()))
    damaged, before = path.read_bytes(), embedded.inventory()
    for words in (["plan"], ["apply", "--auto-approve"], ["destroy", "--auto-approve"], ["state", "list"], ["show"]):
        outcome = hcl(*words)
        assert outcome.code == 1, words
        assert says in outcome.err, words
        assert "→" in outcome.err, "what to do"
    assert path.read_bytes() == damaged
    assert embedded.inventory() == before


def _refused(outcome: Outcome, *says: str) -> None:
    assert outcome.code == 1
    assert [phrase for phrase in says if phrase not in outcome.err] == []


@pytest.mark.parametrize("name", [_STATE, _JOURNAL])
@pytest.mark.parametrize("kind", ["directory", "pipe", "device"])
def test_what_is_no_file_is_refused_without_a_hang(hcl: Hcl, applied: Path, name: str, kind: str) -> None:
    """In the place of the state, or of the journal."""
    path = applied / name
    path.unlink(missing_ok=True)
    {"directory": path.mkdir, "pipe": lambda: os.mkfifo(path), "device": lambda: path.symlink_to("/dev/zero")}[kind]()
    _refused(hcl("plan"), "Cannot read the", "→", "Is a directory" if kind == "directory" else "a device or a pipe")


def test_a_state_that_is_a_link_is_read(hcl: Hcl, applied: Path) -> None:
    """As any other file."""
    (applied / _STATE).rename(applied / "elsewhere.json")
    (applied / _STATE).symlink_to("elsewhere.json")
    assert hcl("plan", "--detailed-exitcode").code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_state_that_may_not_be_read_is_refused(hcl: Hcl, applied: Path) -> None:
    """With the system's reason."""
    (applied / _STATE).chmod(0)
    _refused(hcl("plan"), "Cannot read the state", "Permission denied")


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["{}"], "lineage is missing"),
        (['{"lineage": "L", "serial": "1"}'], "serial: expected a whole number, found a string"),
        (['{"put": {}}'], "lineage is missing"),
        (["HEAD", '{"put": {}}'], "put: address is missing"),
        (["HEAD", '{"intent": {"write": "copy", "record": {}}}'], "intent.write: there is no write"),
        (["HEAD", '{"nonsense": 1}'], 'there is no entry "nonsense"'),
        (["HEAD", "\x00\x00\x00", '{"move": {"source": "a.b", "target": "a.c"}}'], "Line 2"),
        (["HEAD", "[" * 100_000], "nested too deeply"),
        (['{"lineage": "another", "serial": 1}'], "belongs to another state"),
        (['{"lineage": "L", "serial": 99}'], "is older than the journal"),
    ],
    ids=["empty head", "serial", "no head", "put", "intent", "unknown", "torn", "deep", "lineage", "newer"],
)
def test_a_damaged_journal_is_refused_and_kept(hcl: Hcl, applied: Path, lines: list[str], says: str) -> None:
    """It is the only record of what a run did: it is not read half, and not thrown away."""
    state = (applied / _STATE).read_bytes()
    lineage = json.loads(state)["lineage"]
    head = json.dumps({"lineage": lineage, "serial": json.loads(state)["serial"]})
    text = "".join(f"{line}\n" for line in lines).replace("HEAD", head).replace('"L"', f'"{lineage}"')
    (applied / _JOURNAL).write_text(text)
    for words in (["plan"], ["apply", "--auto-approve"], ["state", "list"]):
        _refused(hcl(*words), says, "→")
    assert (applied / _STATE).read_bytes() == state
    assert (applied / _JOURNAL).read_text() == text


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda data: b"", "is not a saved plan"),
        (lambda data: data[:100], "is not a saved plan"),
        (lambda data: bytes(range(256)), "is not a saved plan"),
        (_edited(lambda p: p.update(kind="x")), "it does not say that it is a plan"),
        (_edited(lambda p: p.update(format=9)), "in format 9; this version reads format 3"),
        (_edited(lambda p: p["changes"][0].update(action="explode")), "explode"),
        (_edited(lambda p: p["changes"][0].update(address="")), "is not an address"),
        (_edited(lambda p: p["changes"][0].update(secrets={"x": "gone"})), 'nothing is "gone"'),
        (_edited(lambda p: p["changes"][0].update(place=["x"])), "expected [file, line, column]"),
        (_edited(lambda p: p.update(time="noon")), "noon"),
        (_edited(lambda p: p.update(more=1)), 'there is no key "more"'),
        (_edited(lambda p: p.update(lineage="another")), "is stale"),
        (_edited(lambda p: p.update(serial=77)), "is stale"),
    ],
)
def test_a_damaged_plan_is_refused(
    hcl: Hcl, applied: Path, embedded: Server, damage: Callable[[bytes], bytes], says: str
) -> None:
    """And nothing is done."""
    main = applied / "main.toml"
    main.write_text(main.read_text().replace('"Team"', '"Renamed"'))
    assert hcl("plan", "--out", "saved.plan").code == 0
    plan = applied / "saved.plan"
    plan.write_bytes(damage(plan.read_bytes()))
    state = (applied / _STATE).read_bytes()
    _refused(hcl("apply", "saved.plan"), says, "→")
    assert (applied / _STATE).read_bytes() == state


def test_a_plan_that_is_no_file_is_refused_without_a_hang(hcl: Hcl, applied: Path) -> None:
    """A pipe that nobody writes to, a directory, nothing at all."""
    os.mkfifo(applied / "pipe")
    for name in ("pipe", ".", "missing"):
        for command in ("apply", "show"):
            assert hcl(command, name).code == 1
