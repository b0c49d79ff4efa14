"""Lint rule about refreshing: a dashboard that asks again before anything on it can have changed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hcl_lite.core.schema import Finding
from providers.grafana.linting.contents import Contents
from providers.grafana.linting.context import Sources
from providers.grafana.linting.finding import found

_SECONDS: Final[Mapping[str, float]] = {
    **{"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400},
    **{"w": 7 * 86400, "M": 30 * 86400, "y": 365 * 86400},
}
_INTERVAL: Final = re.compile(r"(\d{1,9})(ms|[smhdwMy])")
_SINCE: Final = re.compile(r"now-(\d{1,9})([smhdwMy])(?:/[smhdwMy])?")
_THIS: Final = re.compile(r"now/([dwMy])")
_LEAST: Final = 5.0
"""Seconds: min_refresh_interval of a Grafana that sets none. POST /api/dashboards/db makes a shorter one that long, the
app platform answers 400 "Dashboard refresh interval is too low" (12.4.0)."""
_PIXELS: Final = 4000
"""The width of a large screen: more points are not shown of any time range."""


def frequent_refresh(contents: Contents, sources: Sources) -> Iterator[Finding]:
    """Dashboards that refresh more often than a pixel of their time range lasts, or than Grafana allows."""
    place, refresh = contents.refresh
    match = _INTERVAL.fullmatch(refresh) if isinstance(refresh, str) else None
    if match is None:
        return
    seconds = int(match[1]) * _SECONDS[match[2]]
    if seconds < _LEAST:
        detail = f"Grafana makes it {_LEAST:g}s or refuses it, unless its min_refresh_interval says otherwise."
        yield found(f"The dashboard refreshes every {refresh}", place, detail)
        return
    shown = _shown(contents.time.get("from"), contents.time.get("to"))
    if seconds * _PIXELS < shown:
        message = f"The dashboard refreshes every {refresh} and shows {_told(shown)}"
        detail = f"A pixel stands for {_told(shown / _PIXELS)} there: every query is asked again before it can change."
        yield found(message, place, detail, "Refresh less often, or show less time.")


def _shown(start: Any, end: Any) -> float:
    """The seconds that a time range has, up to now; 0 for another one."""
    if not isinstance(start, str):
        return 0
    if (match := _SINCE.fullmatch(start)) and (not isinstance(end, str) or end.startswith("now")):
        return int(match[1]) * _SECONDS[match[2]]
    match = _THIS.fullmatch(start)
    return 0 if match is None else _SECONDS[match[1]]


def _told(seconds: float) -> str:
    """A span of time in its largest unit."""
    for unit, name in (("d", "days"), ("h", "hours"), ("m", "minutes")):
        if seconds >= 2 * _SECONDS[unit]:
            return f"{seconds / _SECONDS[unit]:.0f} {name}"
    return f"{seconds:.0f} seconds"
