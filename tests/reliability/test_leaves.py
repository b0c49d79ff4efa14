"""Every kind of edit of dashboards, for a moment; `python -m tests.reliability.machine leaves` goes on from there."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Figures
from tests.reliability.machine.bench import Bench, benched
from tests.reliability.machine.corpus import real, synthetic
from tests.reliability.machine.edits import Edit
from tests.reliability.machine.leaves import Board, Leaves, wrong_plan

_SEED = 11
_REAL = 20  # of the smaller ones


@pytest.fixture(scope="module")
def shared_bench() -> Iterator[Bench]:
    with benched() as made:
        yield made


@pytest.fixture
def bench(shared_bench: Bench) -> Bench:
    shared_bench.clear()
    return shared_bench


def _look(bench: Bench, boards: list[Board], rounds: int, figures: Figures) -> None:
    machine = Leaves(bench, boards, random.Random(_SEED))
    machine.begin()
    for _ in range(rounds):
        machine.round()
    found = machine.findings.found
    assert not found, f"{len(found)} of {machine.findings.edits}:\n" + "\n\n".join(found[:5])
    figures("single edits of dashboards, planned and applied", machine.findings.edits)


def test_each_edit_of_a_dashboard_is_seen_where_it_is_and_reaches_the_server(bench: Bench, figures: Figures) -> None:
    """Classic and resource forms, each leaf: values, empty ones, items, order, keys; one after the other."""
    _look(bench, synthetic(), 2, figures)


def test_each_edit_of_a_real_dashboard_is_seen_too(bench: Bench, shared: Path, figures: Figures) -> None:
    """Those beside the project."""
    boards = real(shared / "data" / "dashboards")[: _REAL * 3]
    _look(bench, random.Random(_SEED).sample(boards, _REAL), 1, figures)


@pytest.mark.parametrize(
    ("differences", "says"),
    [
        ([], "an update that says nothing"),
        ([{"path": "dashboard.b", "after": 2}], "it names another place"),
        ([{"path": "dashboard.a", "before": 1, "after": 3}], "after is shown as 3"),
        ([{"path": "dashboard.a", "before": 1, "after": 1}], "both sides are the same"),
        ([{"path": "dashboard.a", "after": 2}], "before is not shown"),
        ([{"path": "dashboard.a", "before": 1, "after": 2}], ""),
    ],
)
def test_a_plan_that_says_something_else_would_be_seen(differences: list[dict[str, object]], says: str) -> None:
    """So that the tests above cannot pass by looking at nothing."""
    change = {"action": "update", "differences": differences}
    said = wrong_plan(change, {"a": 1, "b": 2}, {"a": 2, "b": 2}, Edit("set", ("a",), 2))
    assert said.startswith(says)
    assert bool(said) == bool(says)
