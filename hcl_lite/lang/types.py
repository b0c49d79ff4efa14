"""The types that variables and attributes have, written as in Terraform: string, number, bool, list(T), map(T), any."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hcl_lite.core.values import UNKNOWN, Secret, Value

_COLLECTION = re.compile(r"(list|map)\((.*)\)")
_SCALARS = ("string", "number", "bool", "any")


def is_type(text: str) -> bool:
    """Whether `text` names a type."""
    match = _COLLECTION.fullmatch(text)
    return is_type(match.group(2)) if match else text in _SCALARS


def mismatch(type_: str, value: Value) -> str:
    """What about `value` is not of `type_`, as a sentence; empty where it fits. Null and unknown fit every type."""
    if isinstance(value, Secret):
        return mismatch(type_, value.value)
    if value is None or value is UNKNOWN or type_ == "any":
        return ""
    match = _COLLECTION.fullmatch(type_)
    if match is None:
        return "" if type_ == _kind(value) else f"Expected {_article(type_)}, found {_article(_kind(value))}."
    outer, inner = match.groups()
    if outer != _kind(value):
        return f"Expected {_article(type_)}, found {_article(_kind(value))}."
    items = value.items() if isinstance(value, Mapping) else enumerate(value)
    for key, item in items:
        problem = mismatch(inner, item)
        if problem:
            return f"At [{key!r}]: {problem}"
    return ""


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "map" if isinstance(value, Mapping) else "list"


def _article(type_: str) -> str:
    return f"an {type_}" if type_[0] in "aeiou" else f"a {type_}"
