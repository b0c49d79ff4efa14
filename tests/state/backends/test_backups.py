"""Backups that are kept in a backend: what one machine has kept, another one takes back."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from hcl_lite.core.diags import HclError
from state.backend import BACKUPS
from state.backup_logs import LoggedBackups
from state.backups import End, Run, Write
from state.encryption import Cipher, Plain, Sealing
from state.model import Identity
from tests.state.backends.conftest import Open
from tests.state.test_backup_store import ORIGIN, Behind, backup_of, identity_of

_KEY = Sealing(lambda: ["a key for the state"])

pytestmark = pytest.mark.parametrize("opens", ["postgres", "s3", "objects in memory"], indirect=True)


def _backups(opens: Open, runs: int = 20, cipher: Cipher | None = None) -> LoggedBackups:
    return LoggedBackups(opens().storage("default"), runs, cipher or Plain())


def _run(backups: LoggedBackups, *, vanishes: bool = False) -> Run:
    """A run that has updated one object, made one, and failed at one; or a machine that vanishes with it."""

    async def work() -> None:
        log = backups.begin("apply", "l")
        first = await log.begin(Write.UPDATE, identity_of("i"), ORIGIN, backup_of("i"))
        second, third = await asyncio.gather(
            log.begin(Write.CREATE, identity_of("new"), ORIGIN),
            log.begin(Write.DELETE, identity_of("d"), ORIGIN, backup_of("d")),
        )
        log.end(first, End.DONE, after={"version": 2})
        log.end(second, End.DONE, "chosen", {"version": 1})
        log.end(third, End.FAILED)
        if vanishes:
            for appender in (log._log, log._objects):
                appender.close()
        else:
            log.close()

    asyncio.run(work())
    return backups.list("l")[0]


@pytest.mark.parametrize("cipher", [Plain(), _KEY], ids=["plain", "sealed"])
def test_a_run_is_read_elsewhere_as_it_was_written(opens: Open, cipher: Cipher) -> None:
    """Every write with its object and its end, every backup whole; and what has become of it since."""
    run = _run(_backups(opens, cipher=cipher))
    elsewhere = _backups(opens, cipher=cipher)
    assert elsewhere.list("l") == [run]
    assert elsewhere.list("another") == []
    new = Identity(identity_of("new").address, "fake", "chosen")
    assert [(e.number, e.write, e.identity, e.origin, e.end, e.after, bool(e.file)) for e in run.entries] == [
        (1, Write.UPDATE, identity_of("i"), ORIGIN, End.DONE, {"version": 2}, True),
        (2, Write.CREATE, new, ORIGIN, End.DONE, {"version": 1}, False),
        (3, Write.DELETE, identity_of("d"), ORIGIN, End.FAILED, None, True),
    ]
    assert [elsewhere.read(run, run.entries[number]) for number in (0, 2)] == [backup_of("i"), backup_of("d")]

    async def undo() -> None:
        for entry in run.entries[:2]:
            elsewhere.mark(run, entry, End.UNDONE)
        elsewhere.close()

    asyncio.run(undo())
    assert _backups(opens, cipher=cipher).list("l")[0].is_undone


def test_what_a_vanished_run_had_begun_is_known(opens: Open) -> None:
    """Also what came of its first writes, as far as that was on its way."""
    run = _run(_backups(opens), vanishes=True)
    assert [(entry.write, entry.end) for entry in run.entries] == [
        (Write.UPDATE, End.OPEN),
        (Write.CREATE, End.OPEN),
        (Write.DELETE, End.OPEN),
    ]
    assert _backups(opens).read(run, run.entries[0]) == backup_of("i")


def test_the_newest_runs_are_kept_and_sealed_anew(opens: Open) -> None:
    """Those before them go with all that they had; a workspace that is deleted takes all along."""
    names = [_run(_backups(opens, 2)).name for _ in range(3)]
    assert [run.name for run in _backups(opens).list("l")] == names[:0:-1]
    _backups(opens).reseal(_KEY)
    with pytest.raises(HclError, match="is encrypted"):
        _backups(opens).list("l")
    sealed = _backups(opens, cipher=_KEY)
    (run, _) = sealed.list("l")
    assert sealed.read(run, run.entries[2]) == backup_of("d")
    with pytest.raises(HclError, match="is not a backup of hcl-lite"):
        sealed.read(run, replace(run.entries[0], file="9"))
    opens().delete("default")
    assert opens().storage("default").logs(BACKUPS) == []


def test_a_run_that_keeps_nothing_leaves_what_others_have_kept(opens: Open) -> None:
    """[hcl_lite] backups = 0 is about what is to come, as it is on a machine's own disk."""
    kept = _run(_backups(opens))
    assert _run(_backups(opens, runs=0)) == kept


def test_the_last_run_is_the_last_one_whatever_the_clock_says(opens: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose clock is years behind: its run is kept, and is the one that is undone."""
    earlier = _run(_backups(opens, 2))
    with monkeypatch.context() as patch:
        patch.setattr("state.backups.datetime", Behind)
        runs = [_run(_backups(opens, 2)) for _ in range(2)]
    assert _backups(opens).list("l") == runs[::-1]
    assert [run.name > earlier.name for run in runs] == [True, True]
