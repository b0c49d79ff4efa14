"""kill -9 at the steps of a run: the next one says what it found, and ends where an undisturbed run ends.

HCL_LITE_TEST_KILLS=1 pytest tests/reliability/test_kills.py      # each step; else every seventh
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import Figures
from tests.reliability.conftest import APPLY, PLAN, Universe, undisturbed
from tests.reliability.scenario import SCENARIOS, Scenario

_SIGKILL = 9
_EVERY = 1 if os.environ.get("HCL_LITE_TEST_KILLS") == "1" else 7  # odd: halves of writes and their ends alternate


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_run_that_is_killed_anywhere_is_finished_by_the_next(
    universe: Universe, hands: ThreadPoolExecutor, figures: Figures, scenario: Scenario
) -> None:
    """At each point: in and after every write to the journal and the state file, and after every write to a server."""
    wanted, points, _ = undisturbed(universe, scenario)

    def check(number: int) -> str:
        world = universe.world(scenario)
        killed = world.run(APPLY, kill=number)
        again = world.run(APPLY, PLAN)
        wrong = world.difference(again, wanted) if killed.get("killed") == _SIGKILL else "it was not killed"
        universe.end(world)
        return f"{number}: {points[number - 1]}: {wrong}" if wrong else ""

    numbers = range(1, len(points) + 1, _EVERY)
    wrong = [said for said in hands.map(check, numbers) if said]
    assert not wrong, f"{len(wrong)} of {len(numbers)}:\n" + "\n\n".join(wrong[:4])
    figures("kill points", len(numbers))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_run_that_is_killed_while_it_takes_up_a_killed_one(
    universe: Universe, hands: ThreadPoolExecutor, figures: Figures, scenario: Scenario
) -> None:
    """And the one after that too, each a little further on."""
    wanted, points, _ = undisturbed(universe, scenario)

    def check(number: int) -> str:
        world = universe.world(scenario)
        kills = [world.run(APPLY, kill=at) for at in (number, number // 2 + 1, 3)]
        again = world.run(APPLY, PLAN)
        wrong = world.difference(again, wanted) if all(k.get("killed") == _SIGKILL for k in kills[:2]) else "not killed"
        universe.end(world)
        return f"{number}: {points[number - 1]}: {wrong}" if wrong else ""

    numbers = range(4, len(points) * 3 // 4, 10 * _EVERY)
    wrong = [said for said in hands.map(check, numbers) if said]
    assert not wrong, f"{len(wrong)} of {len(numbers)}:\n" + "\n\n".join(wrong[:4])
    figures("runs that were killed three times in a row", len(numbers))
