"""kill -9 at every step of a run: the next one says what it found, and ends where an undisturbed run ends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.reliability.conftest import APPLY, PLAN, Universe
from tests.reliability.scenario import SCENARIOS, Scenario, Settled


def undisturbed(universe: Universe, scenario: Scenario) -> tuple[Settled, list[str]]:
    """Where a run that nothing happens to ends, and the points that it passes."""
    universe.prepare(scenario)
    world = universe.world(scenario)
    result = world.run(APPLY, PLAN)
    assert result["codes"] == [0, 0], result["said"]
    found = world.settled()
    universe.end(world)
    return found, result["points"]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_run_that_is_killed_anywhere_is_finished_by_the_next(
    universe: Universe, both: ThreadPoolExecutor, scenario: Scenario
) -> None:
    """At each point: in and after every write to the journal and the state file, and after every write to a server."""
    wanted, points = undisturbed(universe, scenario)

    def check(number: int) -> list[str]:
        world = universe.world(scenario)
        killed = world.run(APPLY, kill=number)
        again = world.run(APPLY, PLAN, watch=False)
        found = world.settled() if again["codes"] == [0, 0] else None
        files = {name for name in world.files() if not name.startswith("server.db")}
        universe.end(world)
        where = f"{number}: {points[number - 1]}"
        wrong = [] if killed.get("killed") == 9 else [f"{where}: was not killed: {killed['said']}"]
        if again["codes"] != [0, 0]:
            wrong.append(f"{where}: {again['codes']}\n{again['said']}")
        elif found != wanted:
            wrong.append(f"{where}: {found}\n instead of {wanted}\n{again['said']}")
        if "outside" in again["said"].replace("it was deleted outside of hcl-lite; it is in the trash", ""):
            wrong.append(f"{where}: our own doing is told as somebody else's\n{again['said']}")
        if len(files) > 5:
            wrong.append(f"{where}: left behind: {sorted(files)}")
        return wrong

    wrong = [line for lines in both.map(check, range(1, len(points) + 1)) for line in lines]
    print("POINTS", len(points))
    assert not wrong, f"{len(wrong)} of {len(points)}:\n" + "\n\n".join(wrong[:4])
