"""The least refresh interval of dashboards: min_refresh_interval, as 12.4.0 has it where nothing else is set."""

import re

MINIMUM = "5s"
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdwMy])")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2592000, "y": 31536000}


def is_too_short(refresh: object) -> bool:
    """Whether a dashboard's `refresh` is below the minimum, or no interval at all; what is no text never is."""
    if not isinstance(refresh, str) or refresh in ("", "auto"):
        return False
    if not re.fullmatch(f"(?:{_PART.pattern})+", refresh):
        return True
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(refresh)) < _SECONDS["s"] * 5
