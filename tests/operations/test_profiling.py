"""Tests of profiles: where the time of a run went, by its measures."""

from __future__ import annotations

import pytest

from hcl_lite.core.measuring import Call, Stage
from hcl_lite.operations.profiling import (
    ObjectProfile,
    Profile,
    RouteProfile,
    StageProfile,
    make_profile,
)


def _call(path: str, begun: float, ended: float, status: int = 200, step: str = "", **more: float | int) -> Call:
    return Call("GET", path, step, status, begun, ended, **more)  # type: ignore[arg-type]


def test_a_profile_divides_the_time_of_a_run() -> None:
    """Calls side by side count once; what is no stage is the rest."""
    calls = [
        _call("/api/folders/a", 1.0, 3.0, step="f", server=1.5, receive=0.5, received=100),
        _call("/api/folders/b", 2.0, 4.0, 404, step="f", server=1.5, connect=0.5, sent=7),
        _call("/api/health", 5.0, 6.0, 0),
    ]
    stages = [Stage("plan", 1.0, 5.0, 0.5), Stage("load", 0.0, 1.0, 0.75)]
    assert make_profile(0.0, 8.0, 2.0, stages, calls, 1024) == Profile(
        8.0,
        2.0,
        1024,
        (
            StageProfile("load", 1.0, 0.0, 0.0, 1.0, 0.75, 0),
            StageProfile("plan", 4.0, 2.25, 0.75, 1.0, 0.5, 2),
            StageProfile("the rest", 3.0, 0.0, 1.0, 2.0, 0.75, 1),
        ),
        (
            RouteProfile("GET /api/folders/:uid", 2, 1, 7, 100, 4.0, 2.0, 3.0, 1.0),
            RouteProfile("GET /api/health", 1, 1, 0, 0, 1.0, 1.0, 0.0, 0.0),
        ),
        (ObjectProfile("f", 2, 4.0),),
    )


def test_nothing_measured_is_a_profile_too() -> None:
    """Of a run that ended before its first stage."""
    profile = make_profile(1.0, 1.5, 0.25, [], [], None)
    assert profile == Profile(0.5, 0.25, None, (StageProfile("the rest", 0.5, 0.0, 0.0, 0.5, 0.25, 0),))
    assert profile.us == pytest.approx(0.5)
