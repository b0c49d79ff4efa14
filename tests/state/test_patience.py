"""Waiting for a backend: as long as it is bearable, said once, and not a moment longer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.notices import telling_notices
from state import patience
from state.patience import Patience, Unavailable


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was told; time goes by only while somebody waits, whose next try comes at once."""
    clock = [100.0]

    class Waited(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            clock[0] += timeout or 0.0
            return self.is_set()

    monkeypatch.setattr(patience.threading, "Event", Waited)
    monkeypatch.setattr(patience.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(patience, "LASTS", 30.0)
    monkeypatch.setattr(patience, "_FIRST", 0.25)
    return []


def _down(times: int, error: Callable[[], HclError] | None = None) -> Callable[[], int]:
    """Work that is not done so many times; it gives how often it was asked for."""
    asked = [0]

    def work() -> int:
        asked[0] += 1
        if asked[0] <= times:
            raise error() if error else Unavailable(Diagnostic("Cannot read it", "It is down."))
        return asked[0]

    return work


def test_what_passes_is_waited_for_and_told_once(told: list[str]) -> None:
    """After a second, and again when it is over; a hiccup is told to nobody."""
    with telling_notices(told.append):
        waiting = Patience("the backend")
        assert waiting.call(_down(2)) == 3
        assert told == []
        assert waiting.call(_down(8)) == 9
        assert waiting.call(_down(0)) == 1
    assert told == [
        "Waiting for the backend, for 30 s at most: It is down.",
        "the backend answers again, after 9 s.",
    ]


def test_what_does_not_pass_ends_after_half_a_minute(told: list[str]) -> None:
    """It says so, and nobody waits for the same backend again, until it has answered."""
    with telling_notices(told.append):
        waiting = Patience("the backend")
    with ThreadPoolExecutor(1) as pool, pytest.raises(Unavailable) as caught:
        pool.submit(waiting.call, _down(1000)).result()
    assert told == ["Waiting for the backend, for 30 s at most: It is down."]  # from whatever thread
    assert caught.value.diagnostics[0].hint == "It was asked again for 30 s. Run this once more when it answers."
    with pytest.raises(Unavailable):
        waiting.call(_down(1))
    assert waiting.call(_down(0)) == 1
    assert waiting.call(_down(2)) == 3


def test_a_call_that_never_goes_well_ends_although_others_do(told: list[str]) -> None:
    """A write that is refused for ever, beside reads that are not."""
    waiting, asked = Patience("the backend"), [0]

    def work() -> None:
        asked[0] += 1
        waiting.call(_down(0))
        raise Unavailable(Diagnostic("Cannot write it"))

    with pytest.raises(Unavailable):
        waiting.call(work)
    assert 15 < asked[0] < 30


def test_what_no_time_mends_is_not_tried_again(told: list[str]) -> None:
    """Credentials that have expired, say."""
    work = _down(1, lambda: HclError(Diagnostic("Cannot read it", "Who are you?")))
    with pytest.raises(HclError, match="Cannot read it"):
        Patience("the backend").call(work)
    assert work() == 2


def test_whoever_wants_to_end_does_not_wait(told: list[str]) -> None:
    """Ctrl-C, also in the middle of it."""
    waiting = Patience("the backend")
    waiting.hurry()
    work = _down(5)
    with pytest.raises(Unavailable):
        waiting.call(work)
    with pytest.raises(Unavailable):
        work()
