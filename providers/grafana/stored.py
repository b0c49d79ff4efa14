"""Changes that the classic API makes to a dashboard or a folder that it is sent. Pure.

Titles lose the spaces around them (5.4 to 12.4; not 3.2), and a refresh below the least of the server becomes that: by
the source of 12.4.0 (BuildSaveDashboardCommand, SaveDashboard) and seen there. All else of a dashboard is stored as it
is. The app platform leaves titles of dashboards alone, and refuses such a refresh.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from hcl_lite.core.values import Secret, Value, reveal

Json = Mapping[str, Any]

_SPACES: Final = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
"""What Go's strings.TrimSpace takes off both ends."""

_DAY: Final = 86400 * 10**9
_NANOSECONDS: Final[Mapping[str, int]] = {
    **{"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9},
    **{"d": _DAY, "w": 7 * _DAY, "M": 30 * _DAY + 37800 * 10**9, "y": 365 * _DAY + 21600 * 10**9},
}
_DAYS = re.compile(r"([0-9]+)([dwMy])")
_PART = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_UNLIMITED: Final = ("", "auto")


def as_stored(dashboard: Json, least: str) -> Json:
    """`dashboard` as it is stored on a server whose min_refresh_interval is `least`, "" for one that has none."""
    title, refresh = dashboard.get("title"), dashboard.get("refresh")
    changed: dict[str, Any] = {}
    if stripped(title) is not title:
        changed["title"] = stripped(title)
    if least and isinstance(refresh, str) and refresh not in _UNLIMITED and _is_shorter(refresh, least):
        changed["refresh"] = least
    return {**dashboard, **changed} if changed else dashboard


def stripped(title: Value) -> Value:
    """`title` without the spaces around it; what has none is given back itself."""
    text = reveal(title)
    if not isinstance(text, str) or text == text.strip(_SPACES):
        return title
    return Secret(text.strip(_SPACES), title.made_of) if isinstance(title, Secret) else text.strip(_SPACES)


def _is_shorter(refresh: str, least: str) -> bool:
    """Whether an interval is too short, or none at all; where the least is none, the server raises every one."""
    wanted, minimum = _nanoseconds(refresh), _nanoseconds(least)
    return wanted is None or minimum is None or wanted < minimum


def _nanoseconds(interval: str) -> float | None:
    """An interval as gtime.ParseDuration of Grafana's SDK reads it: a number of days or more, or as Go's own."""
    days = _DAYS.fullmatch(interval)
    if days:
        return int(days[1]) * _NANOSECONDS[days[2]]
    sign, text = (interval[0], interval[1:]) if interval[:1] in ("+", "-") else ("", interval)
    if text == "0":
        return 0
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    length = sum(float(number) * _NANOSECONDS[unit] for number, unit in parts)
    return -length if sign == "-" else length
