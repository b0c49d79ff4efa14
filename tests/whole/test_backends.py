"""Whole runs on a remote backend: locked out, waiting, with a backend that fails, and with a disk that is lost."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from state.file import decode
from state.lock import LockInfo, encode_lock
from state.model import State
from tests.conftest import Hcl, Server
from tests.state_server import StateServer, serve_states
from tests.whole.processes import start


@pytest.fixture
def states(tmp_path: Path, embedded: Server) -> Iterator[StateServer]:
    """The backend of a configuration with three folders in `tmp_path`."""
    with serve_states() as server:
        address = f"{server.url}/{{workspace}}"
        (tmp_path / "main.toml").write_text(
            f'[hcl_lite.backend]\ntype = "http"\naddress = "{address}"\nlock_address = "{address}"\n'
            f"{embedded.provider}"
            '[resource.grafana_folder.f]\ncount = 3\ntitle = "F${count.index}"\n'
            'uid = "${hcl_lite.workspace}-${count.index}"\n'
        )
        yield server


def _state(states: StateServer, name: str = "default") -> State:
    return decode(states.states[f"/{name}"], "it")


def test_a_run_leaves_its_state_there_and_nothing_here(hcl: Hcl, tmp_path: Path, states: StateServer) -> None:
    """No init is needed where nothing was before; the next plan is empty. What stays here are backups."""
    assert hcl("apply", "--auto-approve").code == 0
    assert len(_state(states).records) == 3
    assert states.locks == {}
    assert hcl("plan", "--detailed-exitcode").code == 0
    assert {path.name for path in (tmp_path / ".hcl-lite").iterdir()} == {
        "journals",
        "backend.json",
        "backups",
        ".gitignore",
    }
    assert list((tmp_path / ".hcl-lite").rglob("*.journal")) == []
    assert list(tmp_path.glob("*.state.json*")) == []
    assert hcl("workspace", "new", "staging").code == 0
    assert hcl("apply", "--auto-approve").code == 0
    assert [r.uid for r in _state(states, "staging").records.values()] == ["staging-0", "staging-1", "staging-2"]
    assert len(_state(states).records) == 3


def test_two_runs_are_never_both_at_it(hcl: Hcl, tmp_path: Path, states: StateServer) -> None:
    """Three processes at once: one applies, one waits for it, one is told who is at it."""
    states.locks["/default"] = _lock("ann@laptop")
    refused = hcl("apply", "--auto-approve")
    assert refused.code == 1
    assert "The state is locked" in refused.err
    assert "ann@laptop (apply, pid 12, since 2026-01-01T00:00:00+00:00) is changing" in refused.err
    assert "hcl-lite force-unlock the-id" in refused.err
    assert states.states == {}
    waiting = [start(tmp_path, "apply", "--auto-approve", "--lock-timeout=60s") for _ in range(2)]
    for process in waiting:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("Waiting for the lock of ")
    assert hcl("force-unlock", "--force", "the-id").code == 0
    said = [process.communicate() for process in waiting]
    assert [process.returncode for process in waiting] == [0, 0], said
    assert sorted("No changes." in out for out, _ in said) == [False, True]
    assert (_state(states).serial, len(_state(states).records)) == (1, 3)


def _lock(who: str) -> dict[str, str]:
    import json  # noqa: PLC0415

    info = LockInfo("the-id", who, "apply", "2026-01-01T00:00:00+00:00", 12)
    found: dict[str, str] = json.loads(encode_lock(info, "x"))
    return found


def test_without_a_lock_nobody_is_waited_for(hcl: Hcl, states: StateServer) -> None:
    """--lock=false, as in Terraform: this server refuses the write all the same, and nothing is lost."""
    states.locks["/default"] = _lock("ann@laptop")
    outcome = hcl("apply", "--auto-approve", "-lock=false")
    assert outcome.code == 1
    assert "ann@laptop (apply, pid 12, since 2026-01-01T00:00:00+00:00) holds it." in outcome.err
    states.locks.clear()
    assert hcl("apply", "--auto-approve").code == 0
    assert len(_state(states).records) == 3


def test_a_state_that_cannot_be_pushed_is_kept_twice(hcl: Hcl, tmp_path: Path, states: StateServer) -> None:
    """In the journal, from which the next run here goes on, and in a file for where this disk does not last."""
    states.fails["POST"] = 503
    outcome = hcl("apply", "--auto-approve")
    assert outcome.code == 1
    assert f"POST {states.url}/default: 503 Service Unavailable: out of order" in outcome.err
    assert "The state of this run was not written" in outcome.err
    assert "hcl-lite state push errored.hcl-lite-state.json" in outcome.err
    assert states.states == {}
    states.fails.clear()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("main.toml", "errored.hcl-lite-state.json"):
        shutil.copy(tmp_path / name, elsewhere / name)
    pushed = hcl("-C", str(elsewhere), "state", "push", "errored.hcl-lite-state.json")
    assert pushed.code == 0, pushed.err
    assert len(_state(states).records) == 3


def test_the_next_run_here_goes_on_from_the_journal(
    hcl: Hcl, tmp_path: Path, states: StateServer, embedded: Server
) -> None:
    """Without the pushed file: nothing is made twice."""
    states.fails["POST"] = 503
    assert hcl("apply", "--auto-approve").code == 1
    states.fails.clear()
    before = embedded.inventory()
    planned = hcl("plan")
    assert "The state of an earlier run could not be written: " in planned.out
    assert hcl("apply", "--auto-approve").code == 0
    assert embedded.inventory() == before
    assert len(_state(states).records) == 3
    assert "An earlier run" not in hcl("plan").out


_WAITS = """
import sys, time
from hcl_lite.cli.context import here
from hcl_lite.cli.locking import CALLER
from hcl_lite.operations.backend import load_store
from hcl_lite.operations.locking import locked
from hcl_lite.operations.requests import LockOptions
with locked(load_store(here()), "apply", LockOptions(), CALLER):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_told_to_end_releases_its_lock(tmp_path: Path, states: StateServer, number: int) -> None:
    """While it plans or asks, too: a cancelled job locks nobody out."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WAITS], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    assert list(states.locks) == ["/default"]
    process.send_signal(number)
    process.communicate(timeout=20)
    assert states.locks == {}


def test_a_lock_that_cannot_be_released_is_told(hcl: Hcl, states: StateServer) -> None:
    """The run itself has come through; what to do is said."""
    states.fails["UNLOCK"] = 500
    outcome = hcl("apply", "--auto-approve")
    assert outcome.code == 0
    assert "could not be released" in outcome.err
    assert f"hcl-lite force-unlock {states.locks['/default']['ID']}" in outcome.err
    assert len(_state(states).records) == 3
