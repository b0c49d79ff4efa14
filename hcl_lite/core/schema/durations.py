"""Durations as Grafana and Prometheus write them: 1h30m, 7d, 500ms."""

from __future__ import annotations

import re
from typing import Final

from hcl_lite.core.values import Value

_SECONDS: Final = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdwy])")
_WHOLE: Final = re.compile(rf"(?:{_PART.pattern})+|0")
_SHOWN: Final = ("d", "h", "m", "s", "ms")


def normal_duration(value: Value) -> str:
    """Returns the normal form of a duration: 1h30m for 90m and for 5400s; a number is in seconds, as some servers
    answer. Raises ValueError."""
    left = milliseconds_of(value)
    parts = []
    for unit in _SHOWN:
        count, left = divmod(left, round(_SECONDS[unit] * 1000))
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts) or "0s"


def milliseconds_of(value: Value) -> int:
    """Returns the length of a duration. Raises ValueError."""
    text = f"{value}s" if isinstance(value, int | float) else str(value).strip()
    if not _WHOLE.fullmatch(text):
        raise ValueError(f'Expected a length of time such as "30s", "5m" or "1h30m", found "{text}".')
    return round(sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text)) * 1000)
