"""Tests of the progress of a run in one line, and as a table that fits its terminal."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from hcl_lite.cli.views.progress_table import render_table
from hcl_lite.cli.views.progress_text import duration, render_standing
from hcl_lite.cli.views.standing import Running, Standing, Waiting

_RUNNING = tuple(Running(f"grafana_dashboard.d[{number}]", "create", 42.0 - number) for number in range(12))
_WAITING = tuple(Waiting(f"grafana_dashboard.w[{number}]", ("grafana_folder.f",)) for number in range(50))
_MANY = Standing("Applying", 120, 1000, 60.0, _RUNNING, _WAITING, left=868, failed=1, retries=2, rate=2.0)
_RETRY = Running("grafana_folder.f", "update", 5.0, "again in 3 s: answered 429: slow down")


@pytest.mark.parametrize(
    ("standing", "line"),
    [
        (Standing(seconds=12.4), "Still planning: for 12 s"),
        (
            Standing("Reading", 3000, 10000, 30.0, rate=100.0),
            "Still reading: 3,000/10,000 done, about 1 min 10 s left, for 30 s",
        ),
        (
            _MANY,
            "Still applying: grafana_dashboard.d[0] (42 s), grafana_dashboard.d[1] (41 s), "
            "grafana_dashboard.d[2] (40 s), 9 more, 120/1,000 done, 1 failed, about 7 min 20 s left",
        ),
        (
            Standing("Applying", 0, 1, 5.0, (_RETRY,)),
            "Still applying: grafana_folder.f (5 s: again in 3 s: answered 429: slow down), 0/1 done",
        ),
        (Standing("Listing what is on x", 7), "Still listing what is on x: 7 done, for 0 s"),
    ],
    ids=["planning", "reading", "applying", "a retry", "no total"],
)
def test_a_line_says_what_goes_on(standing: Standing, line: str) -> None:
    """A few of the objects, how far it is, and how long it will take."""
    assert render_standing(standing) == line


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0 s"), (59.6, "1 min 0 s"), (3725, "1 h 2 min")])
def test_durations_are_as_people_say_them(seconds: float, text: str) -> None:
    """Seconds, minutes, hours."""
    assert duration(seconds) == text


def _drawn(standing: Standing, width: int, height: int) -> list[str]:
    stream = io.StringIO()
    Console(file=stream, width=width, height=height, no_color=True).print(render_table(standing, width, height))
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def test_a_table_says_what_runs_and_what_waits_for_what() -> None:
    """What runs longest first, with why it is tried again; then what waits."""
    few = Standing("Applying", 1, 5, 10.0, (_RETRY, _RUNNING[0]), _WAITING[:2], left=2, rate=0.5)
    head, *rows = [line.split() for line in _drawn(few, 100, 30)]
    assert [" ".join(words) for words in rows] == [
        "create grafana_dashboard.d[0] 42 s",
        "update grafana_folder.f 5 s again in 3 s: answered 429: slow down",
        "waits grafana_dashboard.w[0] for grafana_folder.f",
        "waits grafana_dashboard.w[1] for grafana_folder.f",
    ]
    assert (head[0], *head[2:]) == ("Applying", "1/5,", "0.5/s,", "10", "s")


@pytest.mark.parametrize(("width", "height"), [(200, 60), (80, 24), (40, 10), (20, 4), (10, 2)])
def test_a_table_fits_its_terminal(width: int, height: int) -> None:
    """In its width, and in half of its height; of many rows the first, and how many more there are."""
    lines = _drawn(_MANY, width, height)
    assert max(map(len, lines)) <= width
    assert len(lines) <= max(1, height // 2)
    assert lines[0].startswith("Applying"[:width])


def test_what_takes_no_time_needs_no_table() -> None:
    """Nothing is drawn of what has just begun, or of nothing."""
    assert [_drawn(one, 80, 24) for one in (Standing(), replace(_MANY, seconds=0.1, done=0))] == [[], []]
    assert _drawn(Standing("Reading", 3000, 10000, 30.0, rate=100.0), 80, 24) != []
