"""Hostile input in the normal run, bounded; `python -m tests.fuzz TARGET --runs N` goes on from there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Figures
from tests.fuzz.answers import prepare, spoil, spoil_plan
from tests.fuzz.targets import TARGETS, Target, workplace

_DOCUMENTS = [name for name, target in TARGETS.items() if isinstance(target, Target)]
_EXECUTIONS = 120
_RUNS = 40
# The same inputs in every run: new ones are looked for on demand. `figures` counts all examples of a test.
_BOUNDED = {
    "derandomize": True,
    "deadline": None,
    "suppress_health_check": (HealthCheck.function_scoped_fixture,),
}


@pytest.fixture(autouse=True, scope="module")
def _place() -> Iterator[None]:
    with workplace():
        yield


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Embedded servers of several generations, with everything applied."""
    place = tmp_path_factory.mktemp("servers")
    prepare(place)
    return place


@pytest.mark.parametrize("name", _DOCUMENTS)
@given(data=st.binary(min_size=1, max_size=24))
@settings(max_examples=_EXECUTIONS, **_BOUNDED)
def test_a_broken_document_gives_a_diagnostic_and_nothing_else(name: str, figures: Figures, data: bytes) -> None:
    """Configurations, variables, tests, states, journals, plans: taken for good, or refused in words."""
    TARGETS[name](b"\x01" + data)
    figures("hostile inputs", 1)


@pytest.mark.parametrize("name", _DOCUMENTS)
@given(data=st.binary(max_size=200))
@settings(max_examples=_EXECUTIONS // 2, **_BOUNDED)
def test_arbitrary_bytes_give_a_diagnostic_and_nothing_else(name: str, figures: Figures, data: bytes) -> None:
    """Whatever is in the file."""
    TARGETS[name](b"\x00" + data)
    figures("hostile inputs", 1)


@given(data=st.binary(min_size=8, max_size=24))
@settings(max_examples=_RUNS, **_BOUNDED)
def test_a_spoiled_answer_ends_in_a_diagnostic_and_leaves_a_true_state(
    servers: Path, figures: Figures, data: bytes
) -> None:
    """Every command on every kind of server; what the healthy one is asked for afterwards ends where it should."""
    spoil(servers, data)
    figures("runs on hostile answers", 1)


@given(data=st.binary(min_size=4, max_size=24))
@settings(max_examples=_RUNS // 2, **_BOUNDED)
def test_an_edited_plan_is_refused_or_carried_out(servers: Path, figures: Figures, data: bytes) -> None:
    """Also where it still is a plan, and says something else than what was planned."""
    spoil_plan(servers, data)
    figures("saved plans that were edited", 1)


def test_what_is_no_diagnostic_would_be_seen() -> None:
    """So that the tests above cannot pass by looking at nothing."""

    def fail(_: bytes) -> None:
        raise KeyError("ours")

    with pytest.raises(KeyError):
        Target(fail, (b"x",))(b"\x00x")
