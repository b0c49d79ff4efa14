"""Checks and conversions of values by their types, and assignability of types."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hcl_lite.core.diags import did_you_mean
from hcl_lite.core.schema.attributes import Attr, Type
from hcl_lite.core.schema.type_text import as_type, type_of
from hcl_lite.core.values import UNKNOWN, Secret, Value, canonical_json, is_unknown, reveal

Path = tuple[str | int, ...]


def mismatch(type_: str | Type, value: Value) -> str:
    """Returns a sentence on what in `value` is not of `type_`; empty where it fits. Null and unknown fit every type."""
    return next((placed(path, problem) for path, problem in _mismatches(as_type(type_), value)), "")


def where_mismatched(type_: str | Type, value: Value) -> Path:
    """Returns the keys that lead to what mismatch() reports."""
    return next((path for path, _ in _mismatches(as_type(type_), value)), ())


def convert(type_: str | Type, value: Value) -> Value:
    """Returns `value`, which fits `type_`, with defaults of optional attributes filled in, and sets in order."""
    return _convert(as_type(type_), value)


def fits(given: str | Type, wanted: str | Type) -> bool:
    """Whether every value of type `given` is of type `wanted`."""
    return _fits(as_type(given), as_type(wanted))


def placed(path: Path, problem: str) -> str:
    """Returns a problem with the path to it."""
    keys = "".join(f"[{step}]" if isinstance(step, int) else f'["{step}"]' for step in path)
    return f"At {keys}: {problem}" if path else problem


def _mismatches(type_: Type, value: Value) -> Iterator[tuple[Path, str]]:
    if isinstance(value, Secret):
        yield from _mismatches(type_, value.value)
    elif value is None or value is UNKNOWN or type_.name == "any":
        return
    elif type_.name not in _GROUPS[_kind(value)]:
        yield (), f"Expected {with_article(type_.name)}, found {with_article(_kind(value))}."
    elif type_.normal is not None:
        yield from _form_mismatches(type_.normal, value)
    elif type_.name == "object":
        yield from _object_mismatches(type_, value)
    elif type_.name == "tuple" and len(value) != len(type_.items):
        yield (), f"Expected {len(type_.items)} items, found {len(value)}."
    elif type_.items:
        items = value.items() if isinstance(value, Mapping) else enumerate(value)
        for index, (key, item) in enumerate(items):
            inner = type_.items[index] if type_.name == "tuple" else type_.items[0]
            yield from (((key, *path), problem) for path, problem in _mismatches(inner, item))


def _form_mismatches(normal: Callable[[Value], Value], value: Value) -> Iterator[tuple[Path, str]]:
    try:
        normal(value)
    except ValueError as error:
        yield (), str(error)


def _object_mismatches(type_: Type, value: Mapping[str, Value]) -> Iterator[tuple[Path, str]]:
    known = [key for key, attr in type_.attributes.items() if attr.settable]
    for key in value:
        if key not in type_.attributes:
            yield (key,), f"There is no such attribute. {did_you_mean(key, known)}".rstrip()
    for key, attr in type_.attributes.items():
        if key in value:
            yield from (((key, *path), problem) for path, problem in _attribute_mismatches(attr, value[key]))
        elif attr.required:
            yield (), f'The attribute "{key}" is missing; it is {with_article(str(attr.type))}.'


def _attribute_mismatches(attr: Attr, value: Value) -> Iterator[tuple[Path, str]]:
    if not attr.settable:
        yield (), "It is set by the server, and cannot be given."
        return
    problems = list(_mismatches(type_of(attr), value))
    yield from problems
    if not problems and isinstance(value, str) and attr.choices and value not in attr.choices:
        known = ", ".join(f'"{choice}"' for choice in attr.choices)
        yield (), f'Expected one of {known}, found "{value}".'


def _convert(type_: Type, value: Value) -> Value:
    if isinstance(value, Secret):
        return Secret(_convert(type_, value.value), value.made_of)
    if value is None or value is UNKNOWN:
        return value
    match type_.name:
        case "object":
            return {
                key: _convert(type_of(attr), value.get(key, attr.default)) for key, attr in type_.attributes.items()
            }
        case "map":
            return {key: _convert(type_.items[0], item) for key, item in value.items()}
        case "list":
            return [_convert(type_.items[0], item) for item in value]
        case "tuple":
            return [_convert(inner, item) for inner, item in zip(type_.items, value, strict=True)]
        case "set":
            items = [_convert(type_.items[0], item) for item in value]
            if is_unknown(items):
                return items
            return list({canonical_json(reveal(item)): item for item in sorted(items, key=_rank)}.values())
    return value


def _rank(value: Value) -> bytes:
    return canonical_json(reveal(value))


def _fits(given: Type, wanted: Type) -> bool:
    if "any" in (given.name, wanted.name):
        return True
    if given.name == wanted.name and given.items and wanted.items:
        return all(_fits(a, b) for a, b in zip(given.items, wanted.items, strict=False))
    return given.name == wanted.name or any({given.name, wanted.name} <= group for group in _GROUPS.values())


# The kinds of values that JSON has, with the types that each may be of.
_GROUPS: Mapping[str, frozenset[str]] = {
    "string": frozenset({"string"}),
    "number": frozenset({"number"}),
    "bool": frozenset({"bool"}),
    "list": frozenset({"list", "set", "tuple"}),
    "map": frozenset({"map", "object"}),
}


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "map" if isinstance(value, Mapping) else "list"


def with_article(type_: str) -> str:
    """Returns the name of a type with its article."""
    return f"an {type_}" if type_[0] in "aeiou" else f"a {type_}"
