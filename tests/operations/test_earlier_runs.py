"""What a plan says of the journal that it finds: exactly which run it is, as far as that can be told."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from hcl_lite.operations.earlier_runs import is_going_on, told_of
from state.encryption import Plain
from state.file_log import FileLog
from state.journal import Journal, Left, left_in
from state.lock import LockInfo, _process, describe_run
from state.model import State

_OWN = describe_run("apply")
_PARENT = replace(_OWN, pid=os.getppid(), process=_process(os.getppid()))
_GONE = replace(_OWN, process=f"{_OWN.process}0")
_ELSEWHERE = replace(_OWN, process="")


@pytest.mark.skipif(not _OWN.process, reason="only Linux tells one process from all others")
@pytest.mark.parametrize(
    ("left", "said", "goes_on"),
    [
        (Left(_PARENT, False), f"A run is going on: {_PARENT}", True),
        (Left(_GONE, False), f"An earlier run ended early: {_GONE}", False),
        (Left(_OWN, False), f"An earlier run ended early: {_OWN}", False),
        (Left(_ELSEWHERE, False), f"An earlier run ended early, or is still going on: {_ELSEWHERE}", False),
        (Left(None, False), "An earlier run ended early, or is still going on", False),
        (Left(_GONE, True), f"The state of an earlier run could not be written: {_GONE}", False),
        (Left(_PARENT, True), f"The state of an earlier run could not be written: {_PARENT}", False),
    ],
    ids=[
        "going on",
        "killed",
        "this process",
        "nobody can tell",
        "an earlier hcl-lite",
        "unwritten",
        "unwritten, alive",
    ],
)
def test_which_run_it_is(left: Left, said: str, goes_on: bool) -> None:
    """By whom, and since when."""
    assert (told_of(left).summary, is_going_on(left)) == (said, goes_on)


def test_a_journal_says_whose_it_is(tmp_path: Path) -> None:
    """And whether that run ended by itself; nothing where there is none, or it was only just begun."""
    path = tmp_path / "j"
    assert left_in(b"") is None
    journal = Journal(FileLog(path), State("l"), Plain(), "apply")
    left = left_in(path.read_bytes())
    assert left is not None
    assert isinstance(left.run, LockInfo)
    assert (left.run.command, left.run.process, left.ended) == ("apply", _OWN.process, False)
    journal.end()
    ended = left_in(path.read_bytes())
    assert ended == Left(left.run, True)
