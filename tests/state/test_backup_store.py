"""The directory of backups: what is read from it, what of a broken run is left, and what is removed."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Self

import pytest

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import HclError
from hcl_lite.core.schema import Origin
from state.backup_store import Backups
from state.backups import Backup, End, Entry, Run, Write, decode_backup, encode_backup
from state.document import Spelled
from state.model import Identity, Record

ORIGIN = Origin("https://g.test", "2")


def identity_of(name: str) -> Identity:
    """Which object, under an address with a key."""
    return Identity(Address.resource("fake_item", name, 'k"e/y'), "fake", f"uid of {name}")


def backup_of(name: str) -> Backup:
    """A backup of it."""
    identity = identity_of(name)
    record = Record(identity.address, "fake", identity.uid, {"version": 1}, "applied", "content", {"url": "u"})
    document = {"title": "T\ud800", "n": [1, None]}
    return Backup(identity, ORIGIN, {"version": 1}, document, record, ("p",), (("a", 0),), (("fake", "item", "u"),))


class Behind(datetime):
    """The clock of another machine, years behind."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls(2020, 1, 1, tzinfo=tz)


def _run(backups: Backups, name: str = "i", lineage: str = "l") -> Run:
    """A run that has updated one object, made one, and failed at one."""

    async def work() -> None:
        log = backups.begin("apply", lineage)
        first = await log.begin(Write.UPDATE, identity_of(name), ORIGIN, backup_of(name))
        second = await log.begin(Write.CREATE, identity_of("new"), ORIGIN)
        third = await log.begin(Write.DELETE, identity_of("d"), ORIGIN, backup_of("d"))
        log.end(first, End.DONE, after={"version": 2})
        log.end(second, End.DONE, "chosen", {"version": 1})
        log.end(third, End.FAILED)
        log.close()

    asyncio.run(work())
    return backups.list(lineage)[0]


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Every write with its object, its end and the version after it; every backup whole."""
    backups = Backups(tmp_path / "backups")
    run = _run(backups)
    new = Identity(identity_of("new").address, "fake", "chosen")
    assert [(e.number, e.write, e.identity, e.origin, e.end, e.after, bool(e.file)) for e in run.entries] == [
        (1, Write.UPDATE, identity_of("i"), ORIGIN, End.DONE, {"version": 2}, True),
        (2, Write.CREATE, new, ORIGIN, End.DONE, {"version": 1}, False),
        (3, Write.DELETE, identity_of("d"), ORIGIN, End.FAILED, None, True),
    ]
    assert (run.command, run.lineage, run.is_undone) == ("apply", "l", False)
    assert backups.read(run, run.entries[0]) == backup_of("i")


def test_a_backup_of_an_earlier_hcl_lite_is_read() -> None:
    """It does not say which objects were needed, but under which addresses."""
    earlier = {**json.loads(json.dumps(encode_backup(backup_of("i"))))}
    del earlier["needs"]
    assert decode_backup(earlier) == replace(backup_of("i"), needs=())


def test_what_was_undone_is_noted_after_a_line_that_was_cut_short(tmp_path: Path) -> None:
    """A killed run ends in the middle of a line: that write is open, and notes of later runs are read all the same."""
    backups = Backups(tmp_path / "backups")
    run = _run(backups)
    log = tmp_path / "backups" / run.name / "log.jsonl"
    log.write_bytes(log.read_bytes().rpartition(b'{"entry"')[0] + b'{"entry": 3, "en')
    ends = [entry.end for entry in backups.list("l")[0].entries]
    assert ends == [End.DONE, End.DONE, End.OPEN]
    for entry in run.entries:
        backups.mark(run, entry, End.UNDONE)
    assert backups.list("l")[0].is_undone


@pytest.mark.parametrize("runs", [1, 3])
def test_only_the_newest_runs_of_a_state_are_kept(tmp_path: Path, runs: int) -> None:
    """Other states, such as those of other workspaces, have their own; what cannot be read stops nobody."""
    backups = Backups(tmp_path / "backups", runs)
    other = _run(backups, lineage="other")
    names = [_run(backups).name for _ in range(4)]
    broken = tmp_path / "backups" / "20260101T000000.000Z-0000"
    broken.mkdir()
    (broken / "run.json").write_text("{")
    backups.prune("l")
    assert [run.name for run in backups.list("l")] == sorted(names, reverse=True)[:runs]
    assert [run.name for run in backups.list("other")] == [other.name]


def test_with_no_runs_to_keep_nothing_is_written(tmp_path: Path) -> None:
    """Nor is anything read for it."""
    log = Backups(tmp_path / "backups", 0).begin("apply", "l")
    assert asyncio.run(log.begin(Write.UPDATE, identity_of("i"), ORIGIN, backup_of("i"))) == 1
    log.end(1, End.DONE)
    assert not log.is_kept
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 9}', '"x"', "null"])
def test_what_is_no_backup_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    """By its name, with what to do."""
    backups = Backups(tmp_path / "backups")
    run = _run(backups)
    path = tmp_path / "backups" / run.name / run.entries[0].file
    path.write_text(text)
    with pytest.raises(HclError) as caught:
        backups.read(run, run.entries[0])
    (problem,) = caught.value.diagnostics
    assert problem.summary == f"{path} is not a backup of hcl-lite"
    assert problem.hint == "Remove its directory to go on without it."


def test_a_log_of_something_else_is_said_to_be_none(tmp_path: Path) -> None:
    """Lines that are JSON and no entries."""
    backups = Backups(tmp_path / "backups")
    run = _run(backups)
    (tmp_path / "backups" / run.name / "log.jsonl").write_text(json.dumps({"entry": 1}) + "\n")
    with pytest.raises(HclError, match="is not a backup of hcl-lite"):
        backups.list("l")


def test_names_of_files_are_names_on_every_system(tmp_path: Path) -> None:
    """Whatever stands in an address; two that look alike are kept apart."""
    backups = Backups(tmp_path / "backups")
    run = _run(backups, name="i")
    files = [entry.file for entry in run.entries if entry.file]
    assert all(name.isascii() and not set(name) & set('\\/:*?"<>| ') for name in files)
    assert isinstance(run.entries[0], Entry)


def test_the_last_run_is_the_last_one_whatever_the_clock_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two machines share the directory, and the clock of one is years behind: its run is kept, and the last one."""
    backups = Backups(tmp_path / "backups", 2)
    earlier = _run(backups)
    with monkeypatch.context() as patch:
        patch.setattr("state.backups.datetime", Behind)
        runs = [_run(backups) for _ in range(2)]
    assert backups.list("l") == runs[::-1]
    assert [run.name > earlier.name for run in runs] == [True, True]


def test_what_is_spelled_is_written_as_it_is(tmp_path: Path) -> None:
    """Also beside what only the other way of spelling takes: half of a surrogate pair, or a number of 80 bits."""
    backups, spelled = Backups(tmp_path / "backups"), Spelled(b'{"n": 1.50, "t": "\\u00e9"}')
    for attributes in ({}, {"t": "\ud800"}, {"n": 2**80}):
        record = Record(identity_of("i").address, "fake", "u", {"version": 1}, "", "", attributes)
        backup = replace(backup_of("i"), document=spelled, record=record)

        async def work(backup: Backup = backup) -> None:
            log = backups.begin("apply", "l")
            await log.begin(Write.UPDATE, identity_of("i"), ORIGIN, backup)
            log.close()

        asyncio.run(work())
        run = backups.list("l")[0]
        assert backups.read(run, run.entries[0]) == replace(backup, document={"n": 1.5, "t": "é"})
