"""Values of somebody's JSON, whatever they are."""

from __future__ import annotations

import math
from typing import Any

from hcl_lite.sketch.tiles import Json

_LARGEST = 10**6


def mapping(value: object) -> Json:
    """An object; empty for anything else."""
    return value if isinstance(value, dict) else {}


def at(found: object, *keys: str) -> Json:
    """The object below these keys; empty where there is none."""
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return mapping(found)


def items(value: object) -> list[Any]:
    """A list; empty for anything else."""
    return value if isinstance(value, list) else []


def dicts(value: object) -> list[Json]:
    """The objects of a list."""
    return [item for item in items(value) if isinstance(item, dict)]


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
