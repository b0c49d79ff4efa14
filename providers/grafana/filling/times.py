"""Time ranges as Grafana writes them ("now-6h", "now/d", an ISO date), and the interval between points. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

_STEP = re.compile(r"([+-])(\d{1,6})([smhdwMy])|/([smhdwMy])")
_INTERVAL = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdwMy])")
_SECONDS: Mapping[str, int] = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "M": 2_592_000, "y": 31_536_000}
_MS: Mapping[str, int] = {"ms": 1, **{unit: seconds * 1000 for unit, seconds in _SECONDS.items()}}

# Up to (not including) which length an interval is rounded to which, in ms: rangeutil.ts, roundInterval (12.4).
_ROUNDED = (
    *((10, 1), (15, 10), (35, 20), (75, 50), (150, 100), (350, 200), (750, 500), (1500, 1000), (3500, 2000)),
    *((7500, 5000), (12_500, 10_000), (17_500, 15_000), (25_000, 20_000), (45_000, 30_000), (90_000, 60_000)),
    *((210_000, 120_000), (450_000, 300_000), (750_000, 600_000), (1_050_000, 900_000), (1_500_000, 1_200_000)),
    *((2_700_000, 1_800_000), (5_400_000, 3_600_000), (9_000_000, 7_200_000), (16_200_000, 10_800_000)),
    *((32_400_000, 21_600_000), (86_400_000, 43_200_000), (604_800_000, 86_400_000)),
    *((1_814_400_000, 604_800_000), (3_628_800_000, 2_592_000_000)),
)


@dataclass(frozen=True, slots=True)
class TimeRange:
    """From when to when; `relative` is whether it was said with "now"."""

    start: datetime
    end: datetime
    relative: bool = False

    @property
    def from_ms(self) -> int:
        return _milliseconds(self.start)

    @property
    def to_ms(self) -> int:
        return _milliseconds(self.end)

    @property
    def length_ms(self) -> int:
        return self.to_ms - self.from_ms

    def earlier(self, shift: str) -> TimeRange:
        """The range, moved back by `shift`, such as "1d". Raises ValueError."""
        return TimeRange(
            read_moment(f"now-{shift}", self.start, UTC), read_moment(f"now-{shift}", self.end, UTC), self.relative
        )


def read_range(start: str, end: str, now: datetime, zone: tzinfo = UTC) -> TimeRange:
    """The range of two of Grafana's times. Raises ValueError for what is none, or ends before it begins."""
    found = TimeRange(
        read_moment(start, now, zone), read_moment(end, now, zone, end=True), relative=start.startswith("now")
    )
    if found.length_ms <= 0:
        raise ValueError(f'"{start}" is not before "{end}"')
    return found


def read_moment(text: str, now: datetime, zone: tzinfo, *, end: bool = False) -> datetime:
    """One time: "now" with steps such as -6h and /d, milliseconds since 1970, or an ISO date. Raises ValueError.

    As datemath.ts does (12.4): a rounded `end` is the last moment of its unit; without a zone, a date is in `zone`.
    """
    if text.startswith("now"):
        return _step(text.removeprefix("now"), now.astimezone(zone), end)
    if re.fullmatch(r"\d{5,15}", text):
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def read_zone(dashboard: Mapping[str, Any]) -> tzinfo:
    """The zone that a dashboard is in; UTC for "browser", since there is none here."""
    name = str(dashboard.get("timezone") or "browser")
    try:
        return UTC if name.lower() in ("browser", "utc") else ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def calculate_interval(length_ms: int, points: int, at_least: str = "") -> int:
    """Milliseconds between points, so that about `points` of them fill the range: rangeutil.ts, calculateInterval."""
    exact = length_ms / max(points, 1)
    rounded = next((value for limit, value in _ROUNDED if exact < limit), 31_536_000_000)
    return max(rounded, read_interval(at_least) if at_least else 1)


def read_interval(text: str) -> int:
    """Milliseconds of "15s", "1m" or ">10s". Raises ValueError."""
    match = _INTERVAL.fullmatch(text.strip().lstrip(">").strip())
    if match is None:
        raise ValueError(f'"{text}" is not an interval, such as 15s or 1m')
    return int(float(match[1]) * _MS[match[2]])


def interval_text(milliseconds: int) -> str:
    """In the largest unit that it is one of, as rangeutil.ts, secondsToHms: 90 s are "1m"."""
    for unit in ("y", "d", "h", "m", "s"):
        if milliseconds >= _MS[unit]:
            return f"{milliseconds // _MS[unit]}{unit}"
    return f"{milliseconds}ms"


def iso(moment: datetime) -> str:
    """Formats a moment as JavaScript's toISOString does: UTC, with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _milliseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _step(steps: str, moment: datetime, end: bool) -> datetime:
    position = 0
    while position < len(steps):
        match = _STEP.match(steps, position)
        if match is None:
            raise ValueError(f'"now{steps}" is not a time: expected such as now-6h or now-1d/d')
        if match[4]:
            moment = _rounded(moment, match[4], end)
        else:
            moment = _moved(moment, int(match[2]) * (1 if match[1] == "+" else -1), match[3])
        position = match.end()
    return moment


def _moved(moment: datetime, count: int, unit: str) -> datetime:
    """Months and years keep the day, or take the last that there is."""
    if unit not in ("M", "y"):
        return moment + timedelta(seconds=count * _SECONDS[unit])
    months = moment.year * 12 + moment.month - 1 + count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def _rounded(moment: datetime, unit: str, end: bool) -> datetime:
    """The first moment of the unit, or the last millisecond of it; weeks begin on Monday."""
    start = moment.replace(microsecond=0, second=0 if unit != "s" else moment.second)
    if unit not in ("s", "m"):
        start = start.replace(minute=0, hour=0 if unit != "h" else moment.hour)
    if unit == "w":
        start -= timedelta(days=start.weekday())
    elif unit in ("M", "y"):
        start = start.replace(day=1, month=1 if unit == "y" else start.month)
    return _moved(start, 1, unit) - timedelta(milliseconds=1) if end else start
