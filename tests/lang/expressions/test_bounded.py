"""Expressions in any thread: bounded in time and memory, each by itself, and nothing is raised after its end."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from hcl_lite.lang.expressions import bounded, limits
from hcl_lite.lang.expressions.bounded import within
from hcl_lite.lang.expressions.model import ExpressionError


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What looks ten times a second looks more often."""
    monkeypatch.setattr(limits, "LOOKS_EACH", 0.01)


def _spin() -> None:
    while True:
        pass


def _in_thread(work: Callable[[], object]) -> object:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(timeout=20)


def _outcome(seconds: float, work: Callable[[], object]) -> object:
    try:
        return within(seconds, work)
    except ExpressionError as error:
        return str(error)


def test_each_of_several_threads_is_stopped_by_its_own_bound() -> None:
    """Two that take too long, each after its time; what takes none has its value."""
    with ThreadPoolExecutor(3) as pool:
        slow, slower = pool.submit(_outcome, 0.05, _spin), pool.submit(_outcome, 0.1, _spin)
        quick = [pool.submit(_outcome, 5.0, lambda number=number: number) for number in range(200)]
        assert slow.result(timeout=20) == "It takes more than 0.05 s, and was stopped."
        assert slower.result(timeout=20) == "It takes more than 0.1 s, and was stopped."
        assert [one.result(timeout=20) for one in quick] == list(range(200))


def test_memory_is_bounded_in_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """By what the process has grown."""
    monkeypatch.setattr(limits, "MEMORY", -(2**50))
    assert _in_thread(lambda: _outcome(5.0, _spin)) == "It needs too much memory, and was stopped."


def test_an_inner_expression_is_bounded_by_the_outer_one() -> None:
    """As templatefile() is: the inner bound does not count, and what it stops is the outer one."""
    assert _in_thread(lambda: _outcome(5.0, lambda: within(0.0, lambda: "inner"))) == "inner"
    assert _in_thread(lambda: _outcome(0.05, lambda: _outcome(5.0, _spin))) == (
        "It takes more than 0.05 s, and was stopped."
    )


def test_the_clock_stands_while_another_program_works() -> None:
    """And goes on after it, with what was left."""

    def work() -> str:
        with bounded.unlimited():
            assert bounded._watcher(os.getpid()).current() is not None
            _wait_for(0.15)
        return "done"

    def work_on() -> None:
        work()
        _spin()

    assert _in_thread(lambda: _outcome(0.1, work)) == "done"
    assert _in_thread(lambda: _outcome(0.1, work_on)) == "It takes more than 0.1 s, and was stopped."
    assert _in_thread(lambda: bounded.unlimited().__enter__()) is None


def _wait_for(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def test_nothing_is_raised_after_the_end() -> None:
    """However near to its bound an expression ends: its thread goes on undisturbed."""

    def race() -> list[object]:
        found = []
        for step in range(12):
            found.append(_outcome(0.02, lambda step=step: _wait_for(0.015 + step / 1000)))
            _wait_for(0.002)
        _wait_for(0.05)
        return found

    found = _in_thread(race)
    assert isinstance(found, list)
    assert set(found) <= {None, "It takes more than 0.02 s, and was stopped."}


def test_the_main_thread_has_its_alarm_while_others_are_watched() -> None:
    """Neither knows of the other; and where somebody else has the alarm, the main thread is watched, too."""
    stopped: list[object] = []
    thread = threading.Thread(target=lambda: stopped.append(_outcome(0.05, _spin)))
    thread.start()
    assert _outcome(0.2, _spin) == "It takes more than 0.2 s, and was stopped."
    thread.join(20)
    assert stopped == ["It takes more than 0.05 s, and was stopped."]
    before = signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 60)
    try:
        assert _outcome(0.05, _spin) == "It takes more than 0.05 s, and was stopped."
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_forked_process_has_a_watcher_of_its_own() -> None:
    """Its parent's thread is not there."""
    _in_thread(lambda: within(1.0, lambda: None))
    child = os.fork()
    if child == 0:
        found = ""
        try:
            found = str(_in_thread(lambda: _outcome(0.05, _spin)))
        finally:
            os._exit(0 if "takes more than" in found else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_stop_that_comes_while_an_expression_is_left_locks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it falls: threads whose expressions end about when their time does all come to their ends."""
    monkeypatch.setattr(limits, "LOOKS_EACH", 0.0003)
    monkeypatch.setattr(limits, "LOOKS_AGAIN", 0.0005)
    found: list[object] = []

    def race() -> None:
        for step in range(250):
            _outcome(0.001, lambda step=step: _wait_for(0.0008 + step / 500_000))
        found.append("through")

    threads = [threading.Thread(target=race, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == ["through"] * 3
