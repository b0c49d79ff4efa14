"""The least refresh interval of dashboards: min_refresh_interval, as 12.4.0 has it where nothing else is set."""

import re

MINIMUM = "5s"
_DAYS = re.compile(r"(\d+)([dwMy])", re.ASCII)
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)", re.ASCII)
_MILLISECONDS = {"ns": 1e-6, "us": 0.001, "µs": 0.001, "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}


def is_too_short(refresh: object) -> bool:
    """Whether a dashboard's `refresh` is below the minimum, or no interval at all; what is no text never is."""
    if not isinstance(refresh, str) or refresh in ("", "auto"):
        return False
    days = _DAYS.fullmatch(refresh)
    if days is not None:
        return int(days[1]) == 0
    if not re.fullmatch(f"\\+?(?:{_PART.pattern})+", refresh):
        return True
    return sum(float(number) * _MILLISECONDS[unit] for number, unit in _PART.findall(refresh)) < 5000
