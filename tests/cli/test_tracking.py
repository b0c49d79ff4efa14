"""Tests of what is known of a run by what it tells of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hcl_lite.cli.tracking import Tracker
from hcl_lite.cli.views.standing import Running, Standing, Waiting
from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.progress import Reached, Retry, Scheduled
from hcl_lite.engine.applying.progress import Event
from hcl_lite.engine.plan import Action, Change, Plan
from hcl_lite.operations.caller import Notice, Planned

_FOLDER = Address.resource("grafana_folder", "f")
_A, _B, _C = (Address.resource("grafana_dashboard", name) for name in "abc")


@dataclass
class _Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def _event(phase: str, address: Address, **more: Any) -> Event:
    return Event(phase, address, Action.CREATE, ends=phase != "begin", **more)


def test_reading_is_counted_at_the_rate_of_the_last_while() -> None:
    """Of what is read, and how long that will take; another part of the work begins anew."""
    clock = _Clock()
    tracker = Tracker(clock)
    assert tracker.standing() == Standing()
    tracker.note(Reached("Reading", 0, 50))
    clock.now += 20
    tracker.note(Reached("Reading", 10, 50))
    clock.now += 10
    tracker.note(Reached("Reading", 30, 50))
    found = tracker.standing()
    assert found == Standing("Reading", 30, 50, seconds=30.0, rate=2.0)
    assert found.seconds_left == 10.0
    tracker.note(Reached("Planning"))
    assert tracker.standing() == Standing("Planning")


def test_an_apply_is_what_runs_and_what_waits_for_it() -> None:
    """From its schedule and its steps; a call that is made again is told with its object until that is done."""
    clock = _Clock()
    tracker = Tracker(clock)
    tracker.note(Notice("not told"))
    tracker.note(Planned(Plan(tuple(Change(one, Action.CREATE) for one in (_FOLDER, _A, _B, _C)))))
    tracker.note(Scheduled({_FOLDER: (), _A: (_FOLDER,), _B: (_FOLDER, _A), _C: ()}))
    tracker.note(_event("begin", _FOLDER))
    clock.now += 2
    tracker.note(Retry("POST", "http://x", "answered 429", 5.0, str(_FOLDER)))
    clock.now += 1
    running = Running(str(_FOLDER), "create", 3.0, "again in 4 s: answered 429")
    waiting = (Waiting(str(_A), (str(_FOLDER),)), Waiting(str(_B), (str(_FOLDER), str(_A))), Waiting(str(_C)))
    assert tracker.standing() == Standing("Applying", 0, 4, 3.0, (running,), waiting, left=3, retries=1)
    clock.now += 4
    assert tracker.standing().running[0].retry == "tried again: answered 429"
    tracker.note(_event("done", _FOLDER))
    tracker.note(_event("fail", _A, problems=(Diagnostic("no"),)))
    tracker.note(_event("skip", _B))
    assert tracker.standing() == Standing(
        "Applying", 3, 4, 7.0, (), (Waiting(str(_C)),), left=1, failed=1, skipped=1, retries=1, rate=3 / 7
    )


def test_half_of_a_replacement_is_not_done() -> None:
    """Its object waits until the other half begins."""
    tracker = Tracker(_Clock())
    tracker.note(Scheduled({_A: ()}))
    tracker.note(_event("begin", _A))
    tracker.note(Event("done", _A, Action.DELETE, ends=False))
    assert (tracker.standing().done, tracker.standing().waiting) == (0, (Waiting(str(_A)),))
