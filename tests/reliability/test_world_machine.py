"""A small world that changes at random, for a moment; `python -m tests.reliability.machine world` goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.conftest import Figures
from tests.reliability.machine.bench import Bench, benched
from tests.reliability.machine.pick import Pick
from tests.reliability.machine.world import Finding, WorldMachine

_WORLDS = 2
_STEPS = 8


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with benched() as made:
        yield made


def test_whatever_changes_the_plan_is_the_truth_and_nothing_else_is_touched(bench: Bench, figures: Figures) -> None:
    """Edits of the files, a colleague on the server, kills and lost answers; the same worlds in every run."""

    class World(WorldMachine):
        figures: ClassVar[dict[str, int]] = {}

    World.bench = bench
    bounds = settings(
        max_examples=_WORLDS,
        stateful_step_count=_STEPS,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],  # `--shrink` at length makes a finding smaller
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(World, settings=bounds)
    for name, count in (World.figures | bench.figures).items():
        figures(f"of the world machine: {name}", count)


def test_what_does_not_hold_would_be_seen(bench: Bench) -> None:
    """So that the machine cannot pass by looking at nothing: something is taken away behind its back."""

    class World(WorldMachine):
        figures: ClassVar[dict[str, int]] = {}

    World.bench = bench
    world = World()
    world.files.declare(Pick(0))
    world.edit_and_apply([], False)
    (thing,) = [thing for thing in world.world.things.values() if thing.live]
    thing.values["title"] = "what no file says"
    world._write = lambda: None  # type: ignore[method-assign]
    with pytest.raises(Finding, match="the server is not as the files say"):
        world.edit_and_apply([], False)
