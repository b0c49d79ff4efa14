"""The lock of a state in a file: where the file system has locks, has none, and where each machine has its own."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from hcl_lite.core.diags import HclError
from state.backend import Changed
from state.backends import file_lock
from state.backends.file_lock import FileLock, mount_of
from state.backends.local import local_workspace
from state.file_log import FileLog
from state.lock import LockInfo, describe_run
from tests.state.backends.test_own_ways import dead_process, needs_proc

_ELSEWHERE = LockInfo("their-id", "ci@runner", "apply", "2026-01-01T00:00:00+00:00", 7, "boot/pid:[1]/7@1")
_MISSING = [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "s.state.json"


@pytest.fixture
def without_locks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that has none, as this error says; some have no hard links either."""
    number = getattr(request, "param", errno.ENOLCK)

    def refuse(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(file_lock, "_lock", refuse)


def _left_by(info: LockInfo, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record of a run that came to no end, or goes on."""
    with monkeypatch.context() as patch:
        patch.setattr(file_lock, "_is_seen_by_all", lambda path: not info.by_record)
        lock = FileLock(state)
        assert lock.acquire(info).held_by is None
    lock._unlock_file()


def _refused(state: Path) -> tuple[str, str]:
    """What a run that wants the lock is told, and what to do."""
    with pytest.raises(HclError) as caught, local_workspace(state).lock("apply", 0):
        pass
    (diagnostic,) = caught.value.diagnostics
    return diagnostic.detail, diagnostic.hint


@pytest.mark.parametrize("without_locks", _MISSING, indirect=True, ids=errno.errorcode.get)
@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
@needs_proc
@pytest.mark.usefixtures("without_locks")
def test_without_locks_the_record_is_the_lock(state: Path, links: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """One run at a time; that of a dead process is taken over with a note, one of another machine ends by its ID."""
    if not links:
        monkeypatch.setattr(os, "link", _no_links)
    told: list[str] = []
    with local_workspace(state).lock("apply", 0):
        detail, hint = _refused(state)
        assert f"pid {os.getpid()}" in detail
        assert "hcl-lite force-unlock " in hint
    dead = dead_process()
    FileLock(state).acquire(dead)
    with local_workspace(state).lock("apply", 0, told.append):
        assert told == [f"{dead} ended without releasing its lock, which is taken over."]
        _refused(state)
    FileLock(state).acquire(_ELSEWHERE)
    detail, hint = _refused(state)
    assert detail.startswith("ci@runner (apply, pid 7, since 2026-01-01T00:00:00+00:00) is changing ")
    assert "hcl-lite force-unlock their-id" in hint
    with pytest.raises(HclError, match="is not locked with the ID other"):
        FileLock(state).release("other")
    FileLock(state).release("their-id")
    with local_workspace(state).lock("apply", 0):
        pass
    assert sorted(path.name for path in state.parent.iterdir()) == ["s.state.json.lock"]


def _no_links(*_: object) -> None:
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


@needs_proc
@pytest.mark.usefixtures("without_locks")
def test_of_many_that_find_a_dead_owner_one_goes_on(state: Path) -> None:
    """Also of those that had looked before it was taken over."""
    FileLock(state).acquire(dead_process())
    infos = [describe_run(f"run {number}") for number in range(16)]
    with ThreadPoolExecutor(16) as pool:
        claims = list(pool.map(lambda info: FileLock(state).acquire(info), infos))
    assert [claim.held_by is None for claim in claims].count(True) == 1
    (winner,) = [info for info, claim in zip(infos, claims, strict=True) if claim.held_by is None]
    assert json.loads((state.parent / "s.state.json.lock.info").read_bytes())["ID"] == winner.id


@pytest.mark.usefixtures("without_locks")
def test_one_that_was_taken_over_by_force_leaves_the_others(state: Path) -> None:
    """The run whose lock somebody has ended does not end the next one's."""
    told: list[str] = []
    with local_workspace(state).lock("apply", 0, told.append):
        (state.parent / "s.state.json.lock.info").unlink()
        FileLock(state).acquire(_ELSEWHERE)
    assert "could not be released" in told[-1]
    assert _refused(state)[0].startswith("ci@runner")


@needs_proc
@pytest.mark.parametrize(
    ("info", "shared", "is_free"),
    [
        (_ELSEWHERE, False, True),  # this disk before the machine was started anew
        (_ELSEWHERE, True, False),  # two machines, whose locks do not see each other
        (replace(_ELSEWHERE, by_record=True), False, False),  # the other one reaches this disk over a network
        (replace(describe_run("apply"), id="gone", pid=1, process=describe_run("apply").process + "0"), True, True),
    ],
    ids=["own disk", "shared directory", "own disk, shared with a machine without locks", "dead, of this machine"],
)
def test_a_free_lock_tells_as_far_as_it_reaches(
    state: Path, info: LockInfo, shared: bool, is_free: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record of another machine counts, unless this file system's locks are of all that reach it."""
    _left_by(info, state, monkeypatch)
    monkeypatch.setattr(file_lock, "_is_seen_by_all", lambda path: not shared)
    if is_free:
        with local_workspace(state).lock("apply", 0):
            pass
        return
    assert "hcl-lite force-unlock their-id" in _refused(state)[1]
    FileLock(state).release("their-id")
    with local_workspace(state).lock("apply", 0):
        pass


def test_a_lock_file_that_was_removed_meanwhile_is_no_lock(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opened it before locks one that nobody will ever meet, and opens another."""
    lock, removed = file_lock._lock, []

    def remove_first(descriptor: int) -> None:
        lock(descriptor)
        if not removed:
            removed.append(True)
            (state.parent / "s.state.json.lock").unlink()

    monkeypatch.setattr(file_lock, "_lock", remove_first)
    with local_workspace(state).lock("apply", 0):
        assert "It ends with that run" in _refused(state)[1]


_MOUNTS = r"""
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 27 0:50 / /srv/team\040state rw,relatime shared:9 master:2 - nfs4 far:/x rw,vers=4.2,local_lock=none,addr=10.0.0.1
41 27 0:51 / /srv rw - fuse.sshfs me@far:/ rw,user_id=0
""".strip().splitlines()


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/srv/team state/a", "nfs4"), ("/srv/x", "fuse.sshfs"), ("/srvx", "ext4"), ("/", "ext4"), ("/proc/1", "proc")],
)
def test_the_file_system_of_a_path_is_found(path: str, kind: str) -> None:
    """By the longest place that it lies below, with blanks in names."""
    assert mount_of(Path(path), _MOUNTS)[0] == kind


@pytest.mark.parametrize(
    "take",
    [lambda path: path.unlink(), lambda path: os.replace(_touched(path.with_name("other")), path)],
    ids=["removed", "replaced"],
)
def test_a_journal_that_was_taken_away_gets_no_more_lines(tmp_path: Path, take: Callable[[Path], None]) -> None:
    """Another machine, whose lock this one did not see, has taken it up: the next line says so, as in a bucket."""
    log = FileLog(tmp_path / "j")
    log.append(b"a\n")
    with pytest.raises(Changed):
        FileLog(tmp_path / "j").append(b"of another run\n")
    take(tmp_path / "j")
    with pytest.raises(Changed):
        log.append(b"b\n")
    log.close()


def _touched(path: Path) -> Path:
    path.touch()
    return path
