"""The state on its own: listed, shown, renamed, forgotten; also after a run that ended early."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from state.file import encode
from state.journal import intent_line, put_line
from state.model import Intent, Record, State
from tests.conftest import Hcl
from tests.engine.world import address

_FOLDER = Record(
    address("grafana_folder.f"), "grafana", "f", {"version": 1}, attributes={"url": "/f"}, secrets={"k": "x"}
)
_BOARD = Record(address("grafana_dashboard.d"), "grafana", "d", {"version": 1}, dependencies=(_FOLDER.address,))
_LATE = Record(address("grafana_folder.late"), "grafana", "late", {"version": 1})
_MAYBE = Record(address("grafana_folder.maybe"), "grafana", "maybe", {})
_OLD = Record(_FOLDER.address, "grafana", "f-old", {"version": 1})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A state with two records, one of which needs the other."""
    path = tmp_path / "hcl-lite.state.json"
    path.write_bytes(encode(State("l", 3, {r.address: r for r in (_FOLDER, _BOARD)})))
    return path


def _interrupt(path: Path) -> None:
    """A run that made one folder, was about to make another, and ended."""
    lines = [
        {"lineage": "l", "serial": 3},
        put_line(_LATE),
        intent_line(Intent("create", _MAYBE)),
    ]
    path.with_name(path.name + ".journal").write_text("".join(json.dumps(line) + "\n" for line in lines))


def _uids(path: Path) -> dict[str, str]:
    return {record["address"]: record["uid"] for record in json.loads(path.read_text())["records"]}


def test_list_prints_addresses_in_order(hcl: Hcl, path: Path) -> None:
    """All, or those that begin alike."""
    assert hcl("state", "list").out == "grafana_dashboard.d\ngrafana_folder.f\n"
    assert hcl("state", "list", "grafana_f").out == "grafana_folder.f\n"


def test_show_prints_what_is_remembered_of_one(hcl: Hcl, path: Path) -> None:
    """Secrets by their names only."""
    assert hcl("state", "show", "grafana_folder.f").out == (
        'grafana_folder.f\n    uid: "f"\n    url: "/f"\n    k: (sensitive)\n'
    )


def test_mv_renames_everywhere(hcl: Hcl, path: Path) -> None:
    """Also in what needs the object; the serial goes up once."""
    assert (
        hcl("state", "mv", "grafana_folder.f", "grafana_folder.g").out == "grafana_folder.f is now grafana_folder.g.\n"
    )
    state = json.loads(path.read_text())
    assert state["serial"] == 4
    assert [(r["address"], r["dependencies"]) for r in state["records"]] == [
        ("grafana_dashboard.d", ["grafana_folder.g"]),
        ("grafana_folder.g", []),
    ]


@pytest.mark.parametrize(
    ("source", "target", "says"),
    [
        ("grafana_folder.x", "grafana_folder.y", "The state has no grafana_folder.x"),
        ("grafana_folder.f", "grafana_dashboard.x", "An object keeps its type"),
        ("grafana_folder.f", "data.grafana_folder.x", "An object keeps its type"),
        ("grafana_dashboard.d", "grafana_dashboard.d", "grafana_dashboard.d stands for d already"),
    ],
    ids=["unknown", "another type", "a lookup", "taken"],
)
def test_mv_that_cannot_be_changes_nothing(hcl: Hcl, path: Path, source: str, target: str, says: str) -> None:
    """And leaves no journal behind."""
    before = path.read_bytes()
    outcome = hcl("state", "mv", source, target)
    assert outcome.code == 1
    assert says in outcome.err
    assert path.read_bytes() == before
    assert not path.with_name(path.name + ".journal").exists()


def test_rm_forgets_several_at_once_or_none(hcl: Hcl, path: Path) -> None:
    """One that is unknown stops it."""
    assert hcl("state", "rm", "grafana_folder.f", "grafana_folder.x").code == 1
    assert len(_uids(path)) == 2
    assert hcl("state", "rm", "grafana_folder.f", "grafana_dashboard.d").code == 0
    assert _uids(path) == {}


@pytest.mark.parametrize(
    "args", [["mv", "grafana_folder.f", "grafana_folder.g"], ["rm", "grafana_folder.f"]], ids=["mv", "rm"]
)
def test_what_an_interrupted_run_did_is_kept(hcl: Hcl, path: Path, args: list[str]) -> None:
    """Its journal is worked into the state, and ends."""
    _interrupt(path)
    outcome = hcl("state", *args)
    assert outcome.code == 0, outcome.err
    state = json.loads(path.read_text())
    assert "grafana_folder.late" in _uids(path)
    assert "grafana_folder.f" not in _uids(path)
    assert [intent["record"]["uid"] for intent in state["pending"]] == ["maybe"]
    assert not path.with_name(path.name + ".journal").exists()


def test_rm_forgets_what_was_being_made_and_what_was_replaced_too(hcl: Hcl, path: Path) -> None:
    """Everything that the address stands for."""
    _interrupt(path)
    assert hcl("state", "rm", "grafana_folder.maybe").code == 0
    assert json.loads(path.read_text())["pending"] == []
    path.write_bytes(encode(State("l", 9, {_FOLDER.address: _FOLDER}, deposed=(_OLD,))))
    assert hcl("state", "rm", "grafana_folder.f").code == 0
    state = json.loads(path.read_text())
    assert (state["records"], state["deposed"]) == ([], [])


def test_a_plan_says_that_a_run_ended_early(hcl: Hcl, path: Path, tmp_path: Path) -> None:
    """What may have been made is looked for."""
    path.unlink()
    (tmp_path / "main.toml").write_text('[provider.grafana]\nurl = "embedded:g.db"\nauth = "admin:admin"\n')
    intent = intent_line(Intent("create", _MAYBE))
    text = json.dumps({"lineage": "l", "serial": 0}) + "\n" + json.dumps(intent) + "\n"
    path.with_name(path.name + ".journal").write_text(text)
    said = "grafana_folder.maybe (maybe) was being created: it is not there."
    assert said in hcl("plan").out
    assert hcl("apply", "--auto-approve").code == 0
    assert "An earlier run" not in hcl("plan").out
