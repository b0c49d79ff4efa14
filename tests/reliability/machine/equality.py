"""What equal means to the oracle: false is not 0, items have an order, numbers are what a double makes of them."""

from __future__ import annotations

from typing import Any


def differing(wanted: Any, found: Any, path: str = "") -> list[str]:
    """Where two JSON values differ."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        lines = [f"{path}.{key}: missing, should be {wanted[key]!r}" for key in wanted if key not in found]
        lines += [f"{path}.{key}: too much: {found[key]!r}" for key in found if key not in wanted]
        both = [(wanted[key], found[key], f"{path}.{key}") for key in wanted if key in found]
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        lines, both = [], [(one, found[index], f"{path}[{index}]") for index, one in enumerate(wanted)]
    else:
        return [] if _equal(wanted, found) else [f"{path}: {found!r} should be {wanted!r}"]
    return lines + [line for three in both for line in differing(*three)]


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return float(one) == float(other)
    return type(one) is type(other) and bool(one == other)
