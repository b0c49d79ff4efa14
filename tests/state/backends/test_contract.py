"""What every backend holds to, through the same lines of test: bytes, revisions, history, locks, workspaces."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import HclError
from state.backend import Backend, Changed, Log
from state.backends.http import HttpStorage
from state.lock import Claim, describe_run
from state.model import Record, State
from state.workspace import Workspace
from tests.conftest import Figures
from tests.state.backends.conftest import Open


def _state(serial: int, *names: str) -> State:
    records = [Record(Address.resource("t", name), "p", name, {"version": 1}) for name in names]
    return State("lineage", serial, {record.address: record for record in records})


def _workspace(backend: Backend, tmp_path: Path, name: str = "default") -> Workspace:
    return Workspace(backend.storage(name), tmp_path / "home", name)


def _said(error: pytest.ExceptionInfo[HclError]) -> str:
    return "\n".join(f"{d.summary}\n{d.detail}\n{d.hint}" for d in error.value.diagnostics)


# --- bytes ------------------------------------------------------------------------------------------------------------


def test_nothing_is_there_at_first(opens: Open, figures: Figures) -> None:
    """No state, no history, no workspace."""
    backend = opens()
    storage = backend.storage("default")
    assert storage.read() is None
    assert list(storage.versions()) == []
    assert not backend.workspaces()
    figures("backends that are held to one contract", 1)


def test_what_was_written_is_read_elsewhere(opens: Open) -> None:
    """Byte for byte, whatever bytes; every write gives another revision."""
    storage = opens().storage("default")
    data = bytes(range(256)) * 300
    first = storage.write(data, 1, "")
    stored = opens().storage("default").read()
    assert stored is not None
    assert (stored.data, stored.revision) == (data, first)
    second = storage.write(b"other", 2, first)
    assert second != first
    assert storage.read() == replace(stored, data=b"other", revision=second)


def test_a_write_over_what_was_not_read_is_refused(opens: Open) -> None:
    """Also a first write where something is by now; and nothing is changed by it."""
    one, two = opens().storage("default"), opens().storage("default")
    first = one.write(b"1", 1, "")
    with pytest.raises(Changed):
        two.write(b"2", 1, "")
    second = one.write(b"3", 2, first)
    with pytest.raises(Changed):
        two.write(b"4", 2, first)
    stored = two.read()
    assert stored is not None
    assert (stored.data, stored.revision) == (b"3", second)
    with pytest.raises(Changed):
        opens().storage("other").write(b"5", 1, second)


@pytest.mark.parametrize("opens", ["postgres", "s3", "objects in memory"], indirect=True)
def test_of_many_writers_at_once_one_wins(opens: Open) -> None:
    """Eight over the same revision, without a lock; the other two kinds have no conditional write of their own."""
    first = opens().storage("default").write(b"first", 1, "")
    won: list[int] = []

    def write(number: int) -> None:
        with suppress(Changed):
            opens().storage("default").write(str(number).encode(), 2, first)
            won.append(number)

    _at_once(write)
    stored = opens().storage("default").read()
    assert stored is not None
    assert len(won) == 1
    assert stored.data == str(won[0]).encode()


def _at_once(work: Callable[[int], None], count: int = 8) -> None:
    with ThreadPoolExecutor(count) as pool:
        for future in [pool.submit(work, number) for number in range(count)]:
            future.result()


# --- history ----------------------------------------------------------------------------------------------------------


def test_the_history_is_kept_up_to_its_bound(opens: Open) -> None:
    """The current one, and three before it; HTTP servers keep theirs for themselves."""
    storage, revision = opens().storage("default"), ""
    for serial in range(1, 8):
        revision = storage.write(f"data {serial}".encode(), serial, revision)
    kept = [] if isinstance(storage, HttpStorage) else [4, 5, 6, 7]
    versions = opens().storage("default").versions()
    assert [version.serial for version in versions] == kept
    assert [storage.version(serial) for serial in kept] == [f"data {serial}".encode() for serial in kept]
    assert all(datetime.fromisoformat(version.written).tzinfo == UTC for version in versions)
    assert storage.version(1) is None


def test_an_earlier_state_is_brought_back(opens: Open, tmp_path: Path) -> None:
    """As a new one, so that nobody takes it for the one that it was; also over one that cannot be read."""
    workspace = _workspace(opens(), tmp_path)
    for serial in (1, 2):
        workspace.write(_state(serial, "a", f"b{serial}"))
    if not workspace.history():
        with pytest.raises(HclError, match="has no serial 1"):
            workspace.rollback(1)
        return
    assert workspace.rollback(1) == _state(3, "a", "b1")
    assert _workspace(opens(), tmp_path).read() == _state(3, "a", "b1")
    storage = opens().storage("default")
    now = storage.read()
    assert now is not None
    storage.write(b"not a state", 4, now.revision)
    with pytest.raises(HclError, match="is not a state file"):
        _workspace(opens(), tmp_path).read()
    assert _workspace(opens(), tmp_path).rollback(2) == _state(5, "a", "b2")
    assert _workspace(opens(), tmp_path).read() == _state(5, "a", "b2")


# --- states -----------------------------------------------------------------------------------------------------------


def test_a_state_is_followed_by_its_successors_only(opens: Open, tmp_path: Path) -> None:
    """Neither by an older one, nor by one of another lineage, unless that is forced."""
    _workspace(opens(), tmp_path).write(_state(5, "a"))
    for state, says in (
        (_state(4), "holds a newer state"),
        (_state(5), "holds a newer state"),
        (replace(_state(6), lineage="another"), "holds another state"),
    ):
        with pytest.raises(HclError, match=says):
            _workspace(opens(), tmp_path).write(state)
    assert _workspace(opens(), tmp_path).read() == _state(5, "a")
    _workspace(opens(), tmp_path).write(replace(_state(2), lineage="another"), force=True)
    assert _workspace(opens(), tmp_path).read() == replace(_state(2), lineage="another")


def test_what_somebody_else_wrote_in_between_stays(opens: Open, tmp_path: Path) -> None:
    """Although the serial would fit: the run has read another state."""
    one, two = _workspace(opens(), tmp_path), _workspace(opens(), tmp_path)
    one.write(_state(1, "a"))
    two.read()
    one.write(_state(2, "b"))
    with pytest.raises(HclError, match="was changed by another run"):
        two.write(_state(9, "c"))
    assert _workspace(opens(), tmp_path).read() == _state(2, "b")


# --- locks ------------------------------------------------------------------------------------------------------------


def test_a_lock_is_held_by_one(opens: Open, tmp_path: Path) -> None:
    """The other is told by whom, with which command and since when, and what to do; then it is free again."""
    with _workspace(opens(), tmp_path).lock("apply", 0):
        with pytest.raises(HclError) as caught, _workspace(opens(), tmp_path).lock("destroy", 0.2):
            pass
        said = _said(caught)
    ours = describe_run("apply")
    assert "The state is locked" in said
    assert f"{ours.who} (apply, pid {ours.pid}, since 20" in said
    assert "--lock-timeout" in said
    assert re.search(r"Lock ID: [0-9a-f-]{36}\n", said)
    local = opens().storage("default").path is not None
    assert ("It ends with that run" in said, "hcl-lite force-unlock" in said) == (local, not local)
    with _workspace(opens(), tmp_path).lock("destroy", 0):
        pass


def test_runs_at_once_take_turns(opens: Open, tmp_path: Path) -> None:
    """Each adds one to what the one before it has written, and none is lost."""
    _workspace(opens(), tmp_path).write(_state(1))

    def run(number: int) -> None:
        workspace = _workspace(opens(), tmp_path)
        with workspace.lock(f"apply {number}", 60):
            state = workspace.read()
            workspace.write(replace(_state(state.serial + 1, f"n{number}", *(a.name for a in state.records))))

    _at_once(run, 5)
    state = _workspace(opens(), tmp_path).read()
    assert (state.serial, sorted(a.name for a in state.records)) == (6, [f"n{n}" for n in range(5)])


def test_a_waiting_run_says_for_whom(opens: Open, tmp_path: Path) -> None:
    """Once, and goes on when the lock is free."""
    holder, told = _workspace(opens(), tmp_path).lock("apply", 0), []
    holder.__enter__()

    def notice(text: str) -> None:
        told.append(text)
        holder.__exit__(None, None, None)

    waiting = _workspace(opens(), tmp_path)
    with waiting.lock("refresh", 30, notice):
        pass
    assert len(told) == 1
    assert told[0].startswith(f"Waiting for the lock of {waiting.place}: {describe_run('').who} (apply, ")


def test_a_lock_is_held_while_its_holder_writes(opens: Open, tmp_path: Path) -> None:
    """Writing neither needs another lock nor ends the one there is."""
    workspace = _workspace(opens(), tmp_path)
    with workspace.lock("apply", 0):
        workspace.write(_state(1, "a"))
        claim = opens().storage("default").acquire(describe_run("apply"))
        assert claim.held_by is not None
        workspace.write(_state(2, "a"))
    assert _workspace(opens(), tmp_path).read().serial == 2


def test_only_the_lock_that_is_named_is_ended(opens: Open) -> None:
    """By its ID; the message names the right one where the backend knows it."""
    info = describe_run("apply")
    storage = opens().storage("default")
    assert storage.acquire(info) == Claim()
    with pytest.raises(HclError):
        opens().storage("default").release("another")
    assert opens().storage("default").acquire(describe_run("plan")).held_by is not None
    storage.release(info.id)
    with pytest.raises(HclError):
        opens().storage("default").release(info.id)


# --- workspaces -------------------------------------------------------------------------------------------------------


def test_workspaces_are_apart(opens: Open, tmp_path: Path) -> None:
    """States, locks and histories; what is deleted is gone with its history, and nothing else is."""
    backend = opens()
    for name, serial in (("default", 3), ("staging", 7), ("a.b-c_d", 8)):
        _workspace(backend, tmp_path, name).write(_state(serial, name.partition(".")[0]))
    with _workspace(backend, tmp_path, "staging").lock("apply", 0), _workspace(opens(), tmp_path).lock("apply", 0):
        assert _workspace(opens(), tmp_path, "staging").read().serial == 7
    assert opens().workspaces() in (None, ["a.b-c_d", "default", "staging"])
    opens().delete("staging")
    assert backend.workspaces() in (None, ["a.b-c_d", "default"])
    assert list(backend.storage("staging").versions()) == []
    with pytest.raises(HclError, match='There is no workspace "staging"'):
        _workspace(opens(), tmp_path, "staging").read()
    assert _workspace(opens(), tmp_path).read().serial == 3
    opens().delete("staging")  # once more does no harm


# --- logs -------------------------------------------------------------------------------------------------------------


def _log(backend: Backend, name: str = "default") -> Log:
    log = backend.storage(name).log()
    if log is None:
        pytest.skip("has no place for a journal")
    return log


def test_what_was_appended_is_read_elsewhere(opens: Open) -> None:
    """In order, whatever the sizes; until it is removed, also by somebody else, and then another one begins."""
    log = _log(opens())
    assert (log.exists(), log.read()) == (False, b"")
    lines = [
        b"%d" % number * size + b"\n" for number, size in enumerate((1, 70_000, 3, 200_000, 1, 1, 90_000, 60_000, 1))
    ]
    for count, line in enumerate(lines, 1):
        log.append(line)
        if count in (1, 4, 5):
            assert _log(opens()).read() == b"".join(lines[:count])
    log.close()
    other = _log(opens())
    assert (other.read(), other.exists()) == (b"".join(lines), True)
    assert _log(opens(), "another").read() == b""
    other.remove()
    assert (other.exists(), _log(opens()).exists()) == (False, False)
    other.append(b"anew\n")
    assert _log(opens()).read() == b"anew\n"
    other.remove()
    other.remove()  # once more does no harm
    assert _log(opens()).read() == b""


@pytest.mark.parametrize("opens", ["postgres", "s3", "objects in memory"], indirect=True)
@pytest.mark.parametrize("size", [1, 200_000])
def test_a_run_whose_log_was_taken_away_finds_that_out(opens: Open, size: int) -> None:
    """Its lock was forced, and the next run has taken up what it did: no line of it gets among the lines of that."""
    log = _log(opens())
    log.append(b"a" * size + b"\n")
    with pytest.raises(Changed):
        _log(opens()).append(b"beside it\n")
    _log(opens()).remove()
    with pytest.raises(Changed):
        log.append(b"late\n")
    following = _log(opens())
    following.append(b"the next run\n")
    with pytest.raises(Changed):
        log.append(b"later\n")
    following.close()
    assert _log(opens()).read() == b"the next run\n"


def test_a_workspace_goes_with_its_log(opens: Open) -> None:
    """Another one by its name knows nothing of it."""
    backend = opens()
    log = _log(backend, "staging")
    backend.storage("staging").write(b"state", 1, "")
    log.append(b"a line\n")
    log.close()
    backend.delete("staging")
    assert _log(opens(), "staging").read() == b""
