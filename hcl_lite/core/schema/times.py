"""Moments as RFC 3339 text, 2026-01-31T09:00:00Z, to the millisecond, in which Grafana counts them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from hcl_lite.core.values import Value

_TEXT: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.(\d{1,3})0*)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNIT: Final = timedelta(milliseconds=1)


def normal_time(value: Value) -> str:
    """Returns the normal form of a moment, in UTC: 2026-01-31T09:00:00Z for 2026-01-31T10:00:00.000+01:00; a number is
    in milliseconds since 1970, as some servers answer. Raises ValueError."""
    moment = _of_milliseconds(value) if isinstance(value, int | float) else _read(str(value))
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds").removesuffix("+00:00") + "Z"


def milliseconds(value: Value) -> int:
    """Returns the milliseconds from 1970 to a moment, as some servers take it. Raises ValueError."""
    return (_read(normal_time(value)) - _BEGINNING) // _UNIT


def _read(text: str) -> datetime:
    if _TEXT.fullmatch(text):
        try:
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
        except (ValueError, OverflowError):  # such as a month 13, or a year before 1
            pass
    raise ValueError(f'Expected a time (RFC 3339) such as "2026-01-31T09:00:00Z", found "{text}".')


def _of_milliseconds(count: int | float) -> datetime:
    try:
        return _BEGINNING + round(count) * _UNIT
    except (ValueError, OverflowError):  # infinite, or after the year 9999
        raise ValueError(f"Expected milliseconds since 1970, found {count}.") from None
