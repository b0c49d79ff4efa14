"""Parses JSON text of which parts are known only after apply: UNKNOWN stands for those. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from hcl_lite.core.values import UNKNOWN, Value
from hcl_lite.lang.expressions.functions.arguments import text_of

_MARK = "\ue000unknown\ue000"
_OUTSIDE_OF_STRINGS = re.compile(r'(?:[^"]|"(?:[^"\\]|\\.)*+")*+', re.DOTALL)


def read_partly(parts: Sequence[Value]) -> Value:
    """Returns the value of the JSON made of `parts`; UNKNOWN where nothing of it is known."""
    text = ""
    for part in parts:
        if part is UNKNOWN:
            text += f'"{_MARK}"' if _OUTSIDE_OF_STRINGS.fullmatch(text) else _MARK
        elif isinstance(part, str) and _MARK not in part:
            text += part
        elif isinstance(part, bool | int | float):
            text += text_of(part)
        else:
            return UNKNOWN
    try:
        return _unmarked(json.loads(text))
    except (ValueError, RecursionError):
        return UNKNOWN


def _unmarked(value: Value) -> Value:
    if isinstance(value, str):
        return UNKNOWN if _MARK in value else value
    if isinstance(value, dict):
        if any(_MARK in key for key in value):
            return UNKNOWN
        return {key: _unmarked(item) for key, item in value.items()}
    return [_unmarked(item) for item in value] if isinstance(value, list) else value
