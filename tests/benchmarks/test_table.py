"""From samples to tables."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.benchmarks.counting import Traffic
from tests.benchmarks.measuring import Sample
from tests.benchmarks.programs import BARE
from tests.benchmarks.table import Row, from_json, insert, show_changes, show_rows, show_server, summarize, to_json

_BARE = Row(1000, "first apply", BARE, 4.0, 2.0, 40.0, 3.5, 30.0, 1030, 25_000_000, 300_000)
_OURS = Row(1000, "first apply", "hcl-lite", 7.0, 5.0, 72.4, None, 31.5, 1040, 26_000_000, 99_900)


def test_times_are_medians_of_what_was_not_counted() -> None:
    """A proxy was in the way of the one that was; its numbers are those of requests and bytes."""
    timed = Sample(10, "destroy", "hcl-lite", 3.0, 1.0, 50.0, None, 0.5)
    counted = replace(timed, wall=99.0, cpu=9.0, memory=90.0, server_cpu=9.0, traffic=Traffic(12, 2500, 300))
    samples = [timed, replace(timed, wall=9.0, cpu=1.5), counted, replace(timed, wall=4.0, server_cpu=0.6)]

    assert summarize(samples) == [Row(10, "destroy", "hcl-lite", 4.0, 1.0, 50.0, None, 0.5, 12, 2500, 300)]


def test_what_was_done_once_has_the_times_of_that_run() -> None:
    """And rows follow each other as sizes and jobs do, whatever was measured first."""
    last = Sample(100, "first plan", BARE, 2.0, 1.0, 30.0, 1.5, None, Traffic(3, 800, 600))
    jobs = ("destroy", "validate")
    samples = [last, *(replace(last, size=10, job=job, traffic=None) for job in jobs)]

    assert summarize(samples) == [
        Row(10, "validate", BARE, 2.0, 1.0, 30.0, 1.5, None, None, None, None),
        Row(10, "destroy", BARE, 2.0, 1.0, 30.0, 1.5, None, None, None, None),
        Row(100, "first plan", BARE, 2.0, 1.0, 30.0, 1.5, None, 3, 800, 600),
    ]


def test_programs_are_shown_beside_the_bare_client() -> None:
    """By their ratios of wall time to its process and to its calls, where it makes some; jobs are said once."""
    unknown = Row(1000, "validate", "hcl-lite", 0.5, 0.25, 39.0, None, None, None, None, None)

    start = replace(_BARE, job="start", calls=0.0)
    shown = show_rows([start, replace(_OURS, job="start"), unknown, _BARE, _OURS])

    assert shown.startswith("1,000 dashboards:\n\n| job         | program     | wall s | calls s | CPU s |")
    assert [[cell.strip() for cell in line.split("|")[1:-1]] for line in shown.splitlines()[4:]] == [
        ["start", "bare client", "4.00", "", "2.00", "30.0", "40", "1,030", "25.0 MB", "0.3 MB", "", ""],
        ["", "hcl-lite", "7.00", "", "5.00", "31.5", "72", "1,040", "26.0 MB", "99.9 kB", "1.75", ""],
        ["validate", "hcl-lite", "0.50", "", "0.25", "", "39", "", "", "", "", ""],
        ["first apply", "bare client", "4.00", "3.50", "2.00", "30.0", "40", "1,030", "25.0 MB", "0.3 MB", "", ""],
        ["", "hcl-lite", "7.00", "", "5.00", "31.5", "72", "1,040", "26.0 MB", "99.9 kB", "1.75", "2.00"],
    ]


def test_a_server_is_told_by_the_calls_of_the_bare_client() -> None:
    """Of the largest size."""
    rows = [replace(_BARE, size=10, calls=0.1), _BARE, _OURS, replace(_BARE, job="destroy", calls=0.5, server_cpu=None)]

    assert show_server(rows).splitlines() == [
        "| of 1,000 dashboards | a second | server CPU ms each |",
        "|---------------------|---------:|-------------------:|",
        "| created             |      286 |               30.0 |",
        "| deleted             |    2,000 |                    |",
    ]


def test_runs_are_compared_by_cpu_and_requests() -> None:
    """What an earlier run has not measured is left out, and the bare client, which does not change."""
    before = from_json(json.loads(json.dumps(to_json([_BARE, replace(_OURS, cpu=10.0, requests=None)]))))

    assert show_changes(before, [_BARE, _OURS, replace(_OURS, size=10)]).splitlines() == [
        "| dashboards | job         | program  | CPU s before |  now | ÷ before | requests before |   now |",
        "|-----------:|-------------|----------|-------------:|-----:|---------:|-----------------|------:|",
        "|      1,000 | first apply | hcl-lite |         10.0 | 5.00 |     0.50 |                 | 1,040 |",
    ]


@pytest.mark.parametrize(
    ("document", "made"),
    [
        ("", "figures\n"),
        ("without a place", "figures\n"),
        (
            "a <!-- benchmarks: embedded --> old <!-- end of benchmarks --> b <!-- benchmarks: server -->old"
            "<!-- end of benchmarks --> c",
            "a <!-- benchmarks: embedded --> old <!-- end of benchmarks --> b <!-- benchmarks: server -->\n\n"
            "figures\n\n<!-- end of benchmarks --> c",
        ),
    ],
)
def test_figures_take_their_place_in_a_document(document: str, made: str) -> None:
    """Those of the other kind of server stay; what has no place for them is written anew."""
    assert insert("figures\n", document, "server") == made
