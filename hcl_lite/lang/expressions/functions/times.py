"""Functions on times, which are texts of RFC 3339 such as 2026-03-01T12:00:00Z."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hcl_lite.lang.expressions.functions.arguments import FunctionError, quote
from hcl_lite.lang.expressions.functions.calls import FunctionContext

_TIME = r"(?a)\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[-+]\d\d:\d\d)"
_DURATION = r"(?a)[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|[-+]?0"
_STEP = r"([\d.]+)(ns|us|µs|μs|ms|s|m|h)"
_MICROSECONDS: Mapping[str, float] = {
    "ns": 0.001,
    "us": 1,
    "µs": 1,
    "μs": 1,
    "ms": 1000,
    "s": 1_000_000,
    "m": 60_000_000,
    "h": 3_600_000_000,
}
# A quoted text, a run of one letter, or a character that stands for itself.
_TOKEN = r"(?s)'((?:[^']|'')*)'|(([A-Za-z])\3*)|(.)"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def timestamp(context: FunctionContext) -> str:
    """The time of the plan; it does not move on while the plan is made."""
    return _write(context.now.astimezone(UTC).replace(microsecond=0))


def plantimestamp(context: FunctionContext) -> str:
    """The time of the plan."""
    return timestamp(context)


def timeadd(time: str, duration: str) -> str:
    """The time moved by a duration such as 1h30m or -10m."""
    try:
        return _write(_read(time) + _duration(duration))
    except OverflowError as error:
        raise FunctionError(f"{quote(time)} moved by {quote(duration)} is not in the years 1 to 9999.") from error


def timecmp(first: str, second: str) -> int:
    """-1 where the first time is before the second, 1 where it is after it, 0 where they are the same."""
    one, other = _read(first), _read(second)
    return (one > other) - (one < other)


def formatdate(spec: str, time: str) -> str:
    """The time in a form that is spelled with YYYY, MM, DD, hh, mm, ss, MMM, EEE, AA, Z …; 'texts' stand in quotes."""
    moment = _read(time)
    text = ""
    for found in re.finditer(_TOKEN, spec):
        quoted, run, _, other = found.groups()
        if run:
            text += _part(run, moment)
        elif other == "'":
            raise FunctionError(f"A quote is not closed in {quote(spec)}.", "Two quotes are one in a quoted text.")
        else:
            text += other if quoted is None else quoted.replace("''", "'") or "'"
    return text


def _part(run: str, moment: datetime) -> str:
    part = _PARTS.get(run)
    if part is None:
        raise FunctionError(f'formatdate() does not know "{run}".', f"Known: {', '.join(_PARTS)}. Put words in '…'.")
    return part(moment)


def _offset(moment: datetime, colon: str) -> str:
    minutes = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{colon}{abs(minutes) % 60:02}"


_PARTS: Mapping[str, Callable[[datetime], str]] = {
    "YYYY": lambda moment: f"{moment.year:04}",
    "YY": lambda moment: f"{moment.year % 100:02}",
    "MMMM": lambda moment: _MONTHS[moment.month - 1],
    "MMM": lambda moment: _MONTHS[moment.month - 1][:3],
    "MM": lambda moment: f"{moment.month:02}",
    "M": lambda moment: f"{moment.month}",
    "DD": lambda moment: f"{moment.day:02}",
    "D": lambda moment: f"{moment.day}",
    "EEEE": lambda moment: _DAYS[moment.weekday()],
    "EEE": lambda moment: _DAYS[moment.weekday()][:3],
    "hh": lambda moment: f"{moment.hour:02}",
    "h": lambda moment: f"{moment.hour}",
    "HH": lambda moment: f"{(moment.hour - 1) % 12 + 1:02}",
    "H": lambda moment: f"{(moment.hour - 1) % 12 + 1}",
    "AA": lambda moment: "AM" if moment.hour < 12 else "PM",
    "aa": lambda moment: "am" if moment.hour < 12 else "pm",
    "mm": lambda moment: f"{moment.minute:02}",
    "m": lambda moment: f"{moment.minute}",
    "ss": lambda moment: f"{moment.second:02}",
    "s": lambda moment: f"{moment.second}",
    "ZZZZZ": lambda moment: _offset(moment, ":"),
    "ZZZZ": lambda moment: _offset(moment, ""),
    "ZZZ": lambda moment: _offset(moment, "") if moment.utcoffset() else "UTC",
    "Z": lambda moment: _offset(moment, ":") if moment.utcoffset() else "Z",
}


def _read(text: str) -> datetime:
    try:
        if not re.fullmatch(_TIME, text):
            raise ValueError("it is not written like one")
        moment = datetime.fromisoformat(text.upper())
        moment.astimezone(UTC)  # times at the ends of the calendar cannot be compared
    except (ValueError, OverflowError) as error:
        hint = "Times are written like 2026-03-01T12:00:00Z or 2026-03-01T12:00:00+01:00."
        raise FunctionError(f"{quote(text)} is not a time: {error}.", hint) from error
    return moment


def _write(moment: datetime) -> str:
    text = moment.isoformat(timespec="microseconds" if moment.microsecond else "seconds")
    return f"{text[:-6].rstrip('0') if moment.microsecond else text[:-6]}{text[-6:]}".replace("+00:00", "Z")


def _duration(text: str) -> timedelta:
    if not re.fullmatch(_DURATION, text):
        hint = 'Durations are written like "1h30m", "-10m" or "1.5s".'
        raise FunctionError(f"{quote(text)} is not a duration.", hint)
    microseconds = sum(float(amount) * _MICROSECONDS[unit] for amount, unit in re.findall(_STEP, text))
    return timedelta(microseconds=-microseconds if text.startswith("-") else microseconds)


TIMES: Mapping[str, Callable[..., Any]] = {
    function.__name__: function for function in (timestamp, plantimestamp, timeadd, timecmp, formatdate)
}
