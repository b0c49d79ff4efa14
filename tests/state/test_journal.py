"""The journal: on disk before the run goes on, and read back whole however the run ended."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError
from state.backends.local import local_workspace
from state.encryption import Plain
from state.file_log import FileLog
from state.journal import Journal, Line, intent_line, put_line, replay
from state.model import Intent, Move, Record, State
from state.store import Ledger
from state.workspace import Workspace


def _record(name: str, uid: str = "") -> Record:
    return Record(Address.resource("t", name), "p", uid or name, {"version": 1})


def _store(tmp_path: Path) -> Workspace:
    return local_workspace(tmp_path / "s.json")


def _path(store: Workspace) -> Path:
    """The file of its journal."""
    return Path(store.journal.name)


def _replayed(state: State, path: Path) -> State:
    """`state` with the journal in a file."""
    return replay(state, path.read_bytes(), FileLog(path))


def _abandoned(store: Workspace) -> State:
    """What a run had done when it ended without writing its state."""

    async def run() -> State:
        ledger = Ledger(store, store.read())
        await ledger.intend(Intent("create", _record("a")))
        await ledger.put(_record("a"))
        await ledger.intend(Intent("create", _record("b")))
        await ledger.put(_record("old"))
        await ledger.move(_record("old").address, _record("new").address)
        await ledger.put(_record("gone"))
        await ledger.remove(_record("gone").identity)
        await ledger.put(_record("c", "c1"))
        await ledger.depose(_record("c", "c1"))
        await ledger.intend(Intent("update", _record("d")))
        await ledger.fail(_record("d").identity)
        ledger.close()
        return ledger.state

    return asyncio.run(run())


def test_what_an_ended_run_had_done_is_read_back(tmp_path: Path) -> None:
    """Records, moves, removals, deposed objects, and the intent that is still open."""
    store = _store(tmp_path)
    done = _abandoned(store)
    read = store.read()
    assert read == replace(done, serial=done.serial + 1)
    assert sorted(str(a) for a in read.records) == ["t.a", "t.new"]
    assert read.pending == (Intent("create", _record("b")),)
    assert [r.uid for r in read.deposed] == ["c1"]


@pytest.mark.parametrize(
    ("moves", "records", "deposed"),
    [
        ([("a", "b", False), ("b", "a", False)], {"a": "b", "b": "a", "c": "c"}, []),
        ([("a", "b", False), ("b", "c", False), ("c", "a", False)], {"a": "c", "b": "a", "c": "b"}, []),
        ([("a", "a", True), ("b", "a", False), ("c", "b", False)], {"a": "b", "b": "c"}, [("a", "a")]),
        ([("b", "a", False)], {"a": "b", "c": "c"}, [("a", "a")]),
        ([("x", "a", False)], {"a": "a", "b": "b", "c": "c"}, []),
    ],
)
def test_moves_are_made_all_at_once(
    tmp_path: Path,
    moves: list[tuple[str, str, bool]],
    records: dict[str, str],
    deposed: list[tuple[str, str]],
) -> None:
    """Round in a circle too; none is lost, whoever stands where. One line of the journal holds them all."""
    store = _store(tmp_path)

    async def run() -> None:
        ledger = Ledger(store, State.new())
        for name in ("a", "b", "c"):
            await ledger.put(_record(name))
        await ledger.intend(Intent("update", _record("b")))
        await ledger.arrange([Move(_record(s).address, _record(t).address, deposed=d) for s, t, d in moves])
        ledger.close()

    asyncio.run(run())
    read = store.read()
    assert {record.address.name: record.uid for record in read.records.values()} == records
    assert all(record.address == address for address, record in read.records.items())
    assert [(record.address.name, record.uid) for record in read.deposed] == deposed
    (intent,) = read.pending
    assert intent.record.address.name == next((t for s, t, _ in moves if s == "b"), "b")


def test_the_next_run_takes_the_journal_over(tmp_path: Path) -> None:
    """It is in the state file before the next journal begins."""
    store = _store(tmp_path)
    done = _abandoned(store)

    async def run() -> State:
        ledger = Ledger(store, store.read())
        await ledger.put(_record("b"))
        return ledger.finish()

    finished = asyncio.run(run())
    assert store.read() == finished
    assert finished.serial == done.serial + 3  # what the journal said, that it was written, and what this run did
    assert finished.pending == ()
    assert not _path(store).exists()


def test_a_journal_cut_anywhere_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    """Every prefix of its bytes: no error, and never more than was written."""
    store = _store(tmp_path)
    done = _abandoned(store)
    whole = _path(store).read_bytes()
    sizes = set()
    for length in range(len(whole) + 1):
        _path(store).write_bytes(whole[:length])
        state = store.read()
        sizes.add(len(state.records))
        assert len(whole[:length].split(b"\n")) > 1 or state.records == {}
    assert replace(state, lineage="", serial=0) == replace(done, lineage="")
    assert sizes == {0, 1, 2, 3}


def test_a_journal_that_is_older_than_the_state_is_ignored(tmp_path: Path) -> None:
    """The run ended between writing the one and removing the other."""
    store = _store(tmp_path)
    done = _abandoned(store)
    store.write(replace(done, serial=1, records={}))
    assert store.read().records == {}


@pytest.mark.parametrize("damage", [b'{"what": 1}\n', b"not json\n", b'{"put": {}}\n', b"[]\n"])
def test_a_journal_that_cannot_be_read_is_refused(tmp_path: Path, damage: bytes) -> None:
    """Not skipped: it says what was done."""
    store = _store(tmp_path)
    _abandoned(store)
    with _path(store).open("ab") as file:
        file.write(damage)
    with pytest.raises(HclError, match="cannot be read"):
        store.read()


def test_a_journal_of_another_state_is_refused(tmp_path: Path) -> None:
    """Lineages differ."""
    store = _store(tmp_path)
    _abandoned(store)
    store.write(State("another", 5))
    with pytest.raises(HclError, match="belongs to another state"):
        store.read()


def test_lines_written_side_by_side_share_their_syncs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All are on disk when their writers go on, with far fewer calls of fsync."""
    syncs: list[int] = []
    fsync = os.fsync
    monkeypatch.setattr("state.file_log.os.fsync", lambda descriptor: (syncs.append(descriptor), fsync(descriptor)))
    state = State("l")

    async def run() -> None:
        journal = Journal(FileLog(tmp_path / "j"), state)

        async def write(number: int) -> None:
            await journal.write(put_line(_record(f"n{number}")))
            assert _record(f"n{number}").address in _replayed(state, tmp_path / "j").records

        await asyncio.gather(*(write(number) for number in range(100)))
        journal.close()

    asyncio.run(run())
    assert len(_replayed(state, tmp_path / "j").records) == 100
    assert len(syncs) < 20


def test_a_result_outlives_the_process_at_once_and_the_machine_with_the_next_intent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in the file before the run goes on, without a sync of its own; those of intents hold all before them."""
    syncs: list[int] = []
    fsync = os.fsync
    monkeypatch.setattr("state.file_log.os.fsync", lambda descriptor: (syncs.append(descriptor), fsync(descriptor)))
    state, path = State("l"), tmp_path / "j"

    async def run() -> None:
        journal = Journal(FileLog(path), state)
        syncs.clear()

        async def write(number: int) -> None:
            await journal.write(intent_line(Intent("create", _record(f"n{number}"))))
            await journal.note(put_line(_record(f"n{number}")))
            assert _record(f"n{number}").address in _replayed(state, path).records

        await write(0)
        assert len(syncs) == 1
        await asyncio.gather(*(write(number) for number in range(1, 50)))
        journal.close()

    asyncio.run(run())
    replayed = _replayed(state, path)
    assert (len(replayed.records), replayed.pending) == (50, ())
    assert len(syncs) < 20


def test_once_a_line_is_not_on_disk_no_other_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, and room again a moment later: whoever waits for a line is told, and what is there stays whole."""
    write = os.write
    full = [False]

    def torn(descriptor: int, data: bytes) -> int:
        if full[0]:
            write(descriptor, data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        return write(descriptor, data)

    async def run() -> list[BaseException | None]:
        journal = Journal(FileLog(tmp_path / "j"), State("l"))
        await journal.write(put_line(_record("before")))
        full[0] = True
        both = await asyncio.gather(*(journal.write(put_line(_record(n))) for n in "ab"), return_exceptions=True)
        full[0] = False
        late = await asyncio.gather(journal.write(put_line(_record("late"))), return_exceptions=True)
        journal.close()
        return [*both, *late]

    monkeypatch.setattr("state.file_log.os.write", torn)
    told = asyncio.run(run())
    assert [type(error) for error in told] == [HclError] * 3
    assert isinstance(told[0], HclError)
    assert "No space left on device" in told[0].diagnostics[0].detail
    assert [str(a) for a in _replayed(State("l"), tmp_path / "j").records] == ["t.before"]


_WRITER = """
import asyncio, sys
from pathlib import Path
from hcl_lite.core.addrs import Address
from state.backends.local import local_workspace
from state.model import Record
from state.store import Ledger
from state.workspace import Workspace

async def main():
    store = local_workspace(Path(sys.argv[1]))
    ledger = Ledger(store, store.read())
    for n in range(100000):
        await ledger.put(Record(Address.resource("t", f"n{n}"), "p", str(n), {}))
        print(n, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("lines", [0, 1, 5, 17, 60])
def test_what_a_killed_run_reported_is_there(tmp_path: Path, lines: int) -> None:
    """kill -9: every line that it printed was on disk before."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(tmp_path / "s.json")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for _ in range(lines):
        process.stdout.readline()
    process.kill()
    rest = process.communicate()[0].split()
    reported = lines + len(rest)
    records = _store(tmp_path).read().records
    assert reported <= len(records) <= reported + 1


def test_a_failing_write_leaves_the_state_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk: the error says so; what was done is safe in the journal."""
    store = _store(tmp_path)
    store.write(State("l", 1))
    before = (tmp_path / "s.json").read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("state.backends.local.os.fsync", full)
    with pytest.raises(HclError, match="Cannot write the state") as caught:
        store.write(State("l", 2))
    assert caught.value.diagnostics[0].detail == "No space left on device."
    assert store.journal.name in store.rescue(State("l", 2))
    assert (tmp_path / "s.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("s.json.") and path.is_file()] == []


def test_a_held_lock_names_its_holder_and_dies_with_it(tmp_path: Path) -> None:
    """Another process: refused at once; killed: free."""
    code = (
        "import sys; from pathlib import Path; from state.backends.local import local_workspace\n"
        "with local_workspace(Path(sys.argv[1])).lock('apply', 0): print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "s.json")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with pytest.raises(HclError) as caught, _store(tmp_path).lock("plan", 0):
        pass
    assert f"(apply, pid {process.pid}, since " in caught.value.diagnostics[0].detail
    process.kill()
    process.communicate()
    with _store(tmp_path).lock("plan", 0):
        pass


def write_journal(state: Path, *lines: Line) -> None:
    """What a run that ended early has left beside the file `state`."""
    journal = state.with_name(state.name + ".journal")
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))


class _Remote:
    """A store that is to be written all along; `fails` says for how many writes it does not answer."""

    saves_every = 0.0
    cipher = Plain()

    def __init__(self, journal: Path, fails: int = 0) -> None:
        self.journal = FileLog(journal)
        self.states = [State("l")]
        self.fails = fails
        self.loses = False

    def read(self) -> State:
        return replay(self.states[-1], self.journal.read(), self.journal)

    def write(self, state: State) -> None:
        if self.loses:
            self.states.append(state)
        if self.fails:
            self.fails -= 1
            raise HclError(Diagnostic("The server does not answer"))
        self.states.append(state)

    def rescue(self, state: State) -> str:
        return "rescued"


@pytest.mark.parametrize(("fails", "loses"), [(0, False), (1, False), (2, False), (1, True), (3, True)])
def test_a_run_is_saved_all_along_and_read_back_from_any_save(tmp_path: Path, fails: int, loses: bool) -> None:
    """Whichever of its states the backend has in the end, also one whose write seemed to fail."""
    store = _Remote(tmp_path / "j", fails)
    store.loses = loses

    async def run() -> State:
        ledger = Ledger(store, store.read())
        for name in "abcde":
            await ledger.put(_record(name))
        await ledger.remove(_record("b").identity)
        ledger.close()
        return ledger.state

    done = asyncio.run(run())
    serials = [state.serial for state in store.states]
    assert serials == sorted(set(serials)) or loses
    assert len(store.states) >= 4
    for state in store.states:
        assert replace(replay(state, store.journal.read(), store.journal), serial=0) == replace(done, serial=0)


def test_a_state_that_cannot_be_written_says_where_it_is(tmp_path: Path) -> None:
    """The journal stays, for the next run."""
    store = _Remote(tmp_path / "j", fails=99)

    async def run() -> None:
        ledger = Ledger(store, store.read())
        await ledger.put(_record("a"))
        ledger.finish()

    with pytest.raises(HclError) as caught:
        asyncio.run(run())
    assert [(d.summary, d.hint) for d in caught.value.diagnostics] == [
        ("The server does not answer", ""),
        ("The state of this run was not written", "rescued"),
    ]
    assert list(store.read().records) == [_record("a").address]


def test_a_run_that_fails_before_its_first_write_leaves_no_journal(tmp_path: Path) -> None:
    """It has not ended early: nobody is to be told that it had."""
    store = _store(tmp_path)
    ledger = Ledger(store, State.new())
    with pytest.raises(KeyboardInterrupt), ledger.ended_by_errors():
        raise KeyboardInterrupt
    assert (_path(store).exists(), (tmp_path / "s.json").exists()) == (False, False)
