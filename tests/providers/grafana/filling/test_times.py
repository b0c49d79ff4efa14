"""Grafana's times and intervals, as its frontend computes them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from providers.grafana.filling.times import (
    calculate_interval,
    interval_text,
    iso,
    read_interval,
    read_moment,
    read_range,
    read_zone,
)

_NOW = datetime(2026, 3, 31, 13, 45, 30, 500_000, tzinfo=UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("now", "2026-03-31T13:45:30.500Z", "2026-03-31T13:45:30.500Z"),
        ("now-6h", "2026-03-31T07:45:30.500Z", "2026-03-31T07:45:30.500Z"),
        ("now-1M", "2026-02-28T13:45:30.500Z", "2026-02-28T13:45:30.500Z"),
        ("now+1y", "2027-03-31T13:45:30.500Z", "2027-03-31T13:45:30.500Z"),
        ("now/m", "2026-03-31T13:45:00.000Z", "2026-03-31T13:45:59.999Z"),
        ("now-1d/d", "2026-03-30T00:00:00.000Z", "2026-03-30T23:59:59.999Z"),
        ("now/w", "2026-03-30T00:00:00.000Z", "2026-04-05T23:59:59.999Z"),
        ("now-1M/M", "2026-02-01T00:00:00.000Z", "2026-02-28T23:59:59.999Z"),
        ("now/y", "2026-01-01T00:00:00.000Z", "2026-12-31T23:59:59.999Z"),
        ("1420066800000", "2014-12-31T23:00:00.000Z", "2014-12-31T23:00:00.000Z"),
        ("2026-01-02T03:04:05+01:00", "2026-01-02T02:04:05.000Z", "2026-01-02T02:04:05.000Z"),
        ("2026-01-02 03:04:05", "2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05.000Z"),
    ],
)
def test_a_time_is_what_grafana_takes_it_for(text: str, start: str, end: str) -> None:
    """As the beginning of a range, and as its end."""
    assert (iso(read_moment(text, _NOW, UTC)), iso(read_moment(text, _NOW, UTC, end=True))) == (start, end)


def test_a_day_is_one_of_the_dashboards_zone() -> None:
    """Midnight in Berlin is 22:00 UTC in summer; zones that there are not are UTC."""
    assert iso(read_moment("now/d", _NOW, ZoneInfo("Europe/Berlin"))) == "2026-03-30T22:00:00.000Z"
    zones = [str(read_zone({"timezone": name})) for name in ("Europe/Berlin", "utc", "browser", "", "No/Where")]
    assert zones == ["Europe/Berlin", "UTC", "UTC", "UTC", "UTC"]


@pytest.mark.parametrize(("start", "end"), [("now", "now-1h"), ("yesterday", "now"), ("now-6x", "now"), ("now-1h", "")])
def test_what_is_no_range_is_refused(start: str, end: str) -> None:
    """With a reason for the reader."""
    with pytest.raises(ValueError, match=r"not|Invalid"):
        read_range(start, end, _NOW)


@pytest.mark.parametrize(
    ("length_ms", "points", "at_least", "interval"),
    [
        (6 * 3_600_000, 1000, "", 20_000),
        (6 * 3_600_000, 1000, "1m", 60_000),
        (60_000, 1000, "15s", 15_000),
        (60_000, 1000, ">100ms", 100),
        (365 * 86_400_000, 100, "", 86_400_000),
        (50 * 365 * 86_400_000, 10, "", 31_536_000_000),
    ],
)
def test_an_interval_is_rounded_and_has_a_least(length_ms: int, points: int, at_least: str, interval: int) -> None:
    """To what people like to read."""
    assert calculate_interval(length_ms, points, at_least) == interval


@pytest.mark.parametrize(("text", "ms"), [("15s", 15_000), ("1m", 60_000), ("500ms", 500), ("1d", 86_400_000)])
def test_an_interval_is_written_as_it_is_read(text: str, ms: int) -> None:
    """In the largest unit that it holds."""
    assert (read_interval(text), interval_text(ms)) == (ms, text)


def test_a_shift_moves_both_ends() -> None:
    """timeShift of a panel."""
    shifted = read_range("now-1h", "now", _NOW).earlier("1d")
    assert (iso(shifted.start), iso(shifted.end)) == ("2026-03-30T12:45:30.500Z", "2026-03-30T13:45:30.500Z")
