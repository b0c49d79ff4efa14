"""A disk that is full at any point of a run, for a while or for good: nothing begins that is not noted.

HCL_LITE_TEST_KILLS=1 pytest tests/reliability/test_full_disk.py      # every eighth point; else every sixteenth
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import Figures
from tests.reliability.conftest import APPLY, PLAN, Universe, undisturbed
from tests.reliability.scenario import SCENARIOS, Scenario

_EVERY = 8 if os.environ.get("HCL_LITE_TEST_KILLS") == "1" else 16


@pytest.mark.parametrize("lasts", [1, 0], ids=["for a moment", "for good"])
@pytest.mark.parametrize("scenario", SCENARIOS[::2], ids=lambda scenario: scenario.name)
def test_a_run_whose_disk_is_full_is_finished_by_the_next(
    universe: Universe, hands: ThreadPoolExecutor, figures: Figures, scenario: Scenario, lasts: int
) -> None:
    """In the journal or in the state file: it says so, and what it has done is found when there is room."""
    wanted, points, _ = undisturbed(universe, scenario)

    def check(number: int) -> str:
        world = universe.world(scenario)
        starved = world.run(APPLY, full=number, room=number + lasts if lasts else 0)
        again = world.run(APPLY, PLAN)
        wrong = world.difference(again, wanted)
        universe.end(world)
        if starved["codes"] == [1] and "No space left on device" not in starved["said"]:
            wrong = "it did not say why"
        if "Traceback" in starved["said"] or starved["codes"] not in ([0], [1]):
            wrong = f"it ended with {starved['codes']}"
        return f"{number}: {points[number - 1]}: {wrong}\n{starved['said']}" if wrong else ""

    numbers = range(1, len(points) + 1, _EVERY)
    wrong = [said for said in hands.map(check, numbers) if said]
    assert not wrong, f"{len(wrong)} of {len(numbers)}:\n" + "\n\n".join(wrong[:4])
    figures("points at which the disk was full", len(numbers))
