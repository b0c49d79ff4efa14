"""Answers that are lost, late or untrue: each write of a run meets three of them, and is done once.

HCL_LITE_TEST_KILLS=1 pytest tests/reliability/test_faults.py      # each write; else every third
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.conftest import Figures
from tests.reliability.conftest import APPLY, PLAN, Universe, undisturbed
from tests.reliability.scenario import SCENARIOS, Scenario

_EVERY = 1 if os.environ.get("HCL_LITE_TEST_KILLS") == "1" else 3
_PATIENCE = {"GRAFANA_TIMEOUT": "1", "HEADSPIN_TIMEOUT": "1", "GRAFANA_RETRIES": "1", "HEADSPIN_RETRIES": "1"}

# What the write meets, and what everything after it does.
FAULTS: dict[str, list[dict[str, Any]]] = {
    "the connection drops before the work": [{"kind": "drop"}],
    "the connection drops after the work": [{"kind": "drop-after"}],
    "500 without the work": [{"kind": "status", "status": 500}],
    "500 after the work": [{"kind": "status-after", "status": 500}],
    "502 after the work": [{"kind": "status-after", "status": 502}],
    "503 without the work": [{"kind": "status", "status": 503, "retry_after": 0}],
    "503 after the work": [{"kind": "status-after", "status": 503, "retry_after": 0}],
    "504 after the work": [{"kind": "status-after", "status": 504}],
    "no answer in time, after the work": [{"kind": "hang-after", "seconds": 1.5}],
    "the server dies after the work": [{"kind": "drop-after"}, {"kind": "drop", "times": None}],
}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_write_whose_answer_is_lost_is_done_once(
    universe: Universe, hands: ThreadPoolExecutor, figures: Figures, scenario: Scenario
) -> None:
    """The run settles it, or the next one: no second object, none that is lost or taken for somebody else's."""
    wanted, _, writes = undisturbed(universe, scenario)

    def check(case: tuple[int, str]) -> tuple[bool, str]:
        number, name = case
        world = universe.world(scenario)
        world.control("break", write=number, faults=FAULTS[name])
        first = world.run(APPLY, environment=_PATIENCE)
        world.control("mend")
        again = world.run(*([] if first["codes"] == [0] else [APPLY]), PLAN)
        wrong = world.difference(again, wanted)
        universe.end(world)
        return first["codes"] == [0], f"{writes[number - 1]}: {name}: {wrong}\n{first['said']}" if wrong else ""

    numbers = range(1, len(writes) + 1, _EVERY)
    each, others = ("the connection drops after the work", "the server dies after the work"), sorted(FAULTS)
    cases = [(number, name) for number in numbers for name in (*each, others[number % len(others)])]
    outcomes = list(hands.map(check, cases))
    wrong = [said for _, said in outcomes if said]
    assert not wrong, f"{len(wrong)} of {len(cases)}:\n" + "\n\n".join(wrong[:4])
    figures("faults that a write of a run met", len(cases))
    figures("faults that the run itself settled", sum(settled for settled, _ in outcomes))
