"""Durations as Prometheus writes them: `90s` is `1m30s`, `24h` is `1d`."""

import re
from typing import Final

_SECONDS: Final = {
    "y": 31_536_000_000,
    "w": 604_800_000,
    "d": 86_400_000,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1000,
    "ms": 1,
}
_WHOLE: Final = ("y", "w")  # told only where nothing is left over
_TEXT: Final = re.compile("".join(rf"(?:(?P<{unit}>[0-9]{{1,12}}){unit})?" for unit in _SECONDS))


def read_duration(text: str) -> int:
    """Milliseconds of `1h30m`. Raises ValueError for what is no duration."""
    found = _TEXT.fullmatch(text)
    if text != "0" and (not text or found is None):
        raise ValueError(text)
    return 0 if found is None else sum(int(found[unit] or 0) * size for unit, size in _SECONDS.items())


def duration_text(milliseconds: int) -> str:
    """The one form of a duration."""
    left, text = milliseconds, ""
    for unit, size in _SECONDS.items():
        count = left // size
        if count and not (unit in _WHOLE and left % size):
            text += f"{count}{unit}"
            left -= count * size
    return text or "0s"
