"""Values of somebody's JSON, whatever they are."""

from __future__ import annotations

import math
from typing import Any

from hcl_lite.sketch.tiles import Json

_LARGEST = 10**6


def mapping(value: object) -> Json:
    """An object; empty for anything else."""
    return value if isinstance(value, dict) else {}


def dicts(value: object) -> list[Json]:
    """The objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """A text, or a number as one; empty for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def whole(value: Any, default: int) -> int:
    """A whole number of a bounded size, also of a text; the default for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return default
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return default
    return int(max(-_LARGEST, min(number, _LARGEST))) if math.isfinite(number) else default
