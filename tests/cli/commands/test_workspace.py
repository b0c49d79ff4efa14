"""Workspaces, and the state as a file: list, new, select, delete; pull, push, history, rollback."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hcl_lite.core.addrs import Address
from state.file import decode, encode
from state.journal import put_line
from state.model import Record, State
from tests.conftest import Hcl
from tests.state.test_journal import write_journal

_RECORD = Record(Address.resource("grafana_folder", "f"), "grafana", "f", {"version": 1})
_STATE = State("lineage", 3, {_RECORD.address: _RECORD})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A directory with a configuration and a state."""
    (tmp_path / "main.toml").write_text('[output.where]\nvalue = "${hcl_lite.workspace}"\n')
    path = tmp_path / "hcl-lite.state.json"
    path.write_bytes(encode(_STATE))
    return path


def test_a_workspace_has_a_state_of_its_own(hcl: Hcl, path: Path) -> None:
    """Made, selected, named in expressions, listed, left."""
    assert hcl("workspace", "show").out == "default\n"
    assert hcl("workspace", "new", "staging").out.startswith('Made and selected workspace "staging"')
    assert hcl("workspace", "list").out == "  default\n* staging\n"
    assert hcl("state", "list").out == ""
    assert hcl("apply", "--auto-approve").code == 0
    assert hcl("output", "where").out == '"staging"\n'
    assert hcl("workspace", "select", "default").code == 0
    assert hcl("state", "list").out == "grafana_folder.f\n"


def test_the_environment_selects_for_one_command(hcl: Hcl, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And select says so, instead of doing what has no effect."""
    hcl("workspace", "new", "staging")
    monkeypatch.setenv("HCL_LITE_WORKSPACE", "default")
    assert hcl("state", "list").out == "grafana_folder.f\n"
    for words in (["select", "staging"], ["new", "x"]):
        assert "HCL_LITE_WORKSPACE is default" in hcl("workspace", *words).err
    monkeypatch.setenv("HCL_LITE_WORKSPACE", "../x")
    assert 'A workspace cannot be called "../x"' in hcl("plan").err


@pytest.mark.parametrize("words", [["plan"], ["state", "list"], ["apply", "--auto-approve"]])
def test_a_workspace_that_was_not_made_is_no_empty_one(
    hcl: Hcl, path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """A slip in HCL_LITE_WORKSPACE would make everything once more."""
    monkeypatch.setenv("HCL_LITE_WORKSPACE", "stagin")
    outcome = hcl(*words)
    assert outcome.code == 1
    assert 'There is no workspace "stagin"' in outcome.err
    assert "hcl-lite workspace new stagin" in outcome.err


def test_selecting_an_unknown_one_is_a_mistake(hcl: Hcl, path: Path) -> None:
    """Unless it may be made."""
    hcl("workspace", "new", "staging")
    assert 'Did you mean "staging"?' in hcl("workspace", "select", "stagin").err
    assert "There is a workspace" in hcl("workspace", "new", "staging").err
    assert hcl("workspace", "select", "--or-create", "qa").code == 0
    assert hcl("workspace", "list").out == "  default\n* qa\n  staging\n"


def test_only_an_empty_workspace_is_deleted(hcl: Hcl, path: Path) -> None:
    """Not the selected one, not the default one; and a full one with --force."""
    hcl("workspace", "new", "staging")
    hcl("state", "push", "--force", str(path))
    assert "The selected workspace cannot be deleted" in hcl("workspace", "delete", "staging").err
    hcl("workspace", "select", "default")
    assert "The default workspace cannot be deleted" in hcl("workspace", "delete", "default").err
    refused = hcl("workspace", "delete", "staging")
    assert 'Workspace "staging" is not empty' in refused.err
    assert "1 object is managed in it." in refused.err
    assert hcl("workspace", "delete", "staging", "--force").code == 0
    assert hcl("workspace", "list").out == "* default\n"
    assert 'There is no workspace "staging"' in hcl("workspace", "delete", "staging").err


def test_a_state_is_pulled_changed_and_pushed(hcl: Hcl, path: Path, tmp_path: Path) -> None:
    """What is older or of another lineage only with --force."""
    pulled = hcl("state", "pull").out
    assert decode(pulled.encode(), "it") == _STATE
    file = tmp_path / "pulled"
    for state, says in (
        (_STATE, "holds a newer state"),
        (replace(_STATE, serial=9, lineage="other"), "holds another state"),
    ):
        file.write_bytes(encode(state))
        outcome = hcl("state", "push", str(file))
        assert (outcome.code, says in outcome.err) == (1, True), outcome.err
        assert path.read_bytes() == encode(_STATE)
    file.write_bytes(encode(replace(_STATE, serial=4)))
    assert hcl("state", "push", str(file)).out == "hcl-lite.state.json has serial 4 now.\n"
    file.write_bytes(encode(replace(_STATE, serial=1, lineage="other")))
    assert hcl("state", "push", "--force", str(file)).code == 0
    assert decode(path.read_bytes(), "it") == replace(_STATE, serial=1, lineage="other")
    file.write_text("{}")
    assert "is not a state file" in hcl("state", "push", str(file)).err


def test_an_earlier_state_is_rolled_back_to(hcl: Hcl, path: Path) -> None:
    """By its serial, as a new one."""
    hcl("state", "mv", "grafana_folder.f", "grafana_folder.g")
    hcl("state", "mv", "grafana_folder.g", "grafana_folder.h")
    lines = hcl("state", "history").out.splitlines()
    assert [line.split()[0] for line in lines] == ["4", "5"]
    assert "Kept: 4, 5." in hcl("state", "rollback", "1").err
    assert hcl("state", "rollback", "4").out.startswith("Serial 4 is back, as serial 6.")
    assert hcl("state", "list").out == "grafana_folder.g\n"


def test_what_an_interrupted_run_did_is_not_rolled_back_over(hcl: Hcl, path: Path) -> None:
    """Its journal comes first: objects that it made would be forgotten."""
    hcl("state", "mv", "grafana_folder.f", "grafana_folder.g")
    hcl("state", "mv", "grafana_folder.g", "grafana_folder.h")
    late = Record(Address.resource("grafana_folder", "late"), "grafana", "late", {})
    write_journal(path, {"lineage": "lineage", "serial": 5}, put_line(late))
    outcome = hcl("state", "rollback", "4")
    assert "An interrupted run has left its journal here" in outcome.err
    assert "grafana_folder.late" in hcl("state", "list").out


def test_a_lock_left_by_a_run_that_ended_is_taken_over(hcl: Hcl, path: Path) -> None:
    """With a note; force-unlock says that there is nothing to end, or which lock there is."""
    info = path.with_name(path.name + ".lock.info")
    info.write_text('{"ID": "the-id", "Who": "ann@ci", "Operation": "apply", "Created": "2026-01-01", "Info": "pid 7"}')
    wrong = hcl("force-unlock", "--force", "another-id")
    assert "is not locked with the ID another-id" in wrong.err
    assert "Its lock is the-id, of ann@ci (apply, pid 7, since 2026-01-01)" in wrong.err
    taken = hcl("state", "mv", "grafana_folder.f", "grafana_folder.g")
    assert "ann@ci (apply, pid 7, since 2026-01-01) ended without releasing its lock, which is taken over." in taken.err
    info.write_text('{"ID": "the-id"}')
    assert hcl("force-unlock", "--force", "the-id").out == "hcl-lite.state.json is unlocked.\n"
    assert "is not locked" in hcl("force-unlock", "--force", "the-id").err
    assert "nobody is there to answer" in hcl("force-unlock", "the-id").err
