"""The common part of data blocks: the argument to find an object by, and the error where there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hcl_lite.core.schema import ValueProblem
from hcl_lite.core.values import JsonValue, Value

Values = Mapping[str, Value]
Row = dict[str, JsonValue]


def row(wire: Mapping[str, Any], keys: Mapping[str, str]) -> Row:
    """Returns attributes of an object of the wire; `keys` says which key each is there."""
    return {ours: wire.get(theirs) for ours, theirs in keys.items()}


def rows(wires: Iterable[Mapping[str, Any]], keys: Mapping[str, str], *by: str) -> list[Row]:
    """Returns attributes of each, in the order of those that are named."""
    return sorted((row(wire, keys) for wire in wires), key=lambda one: [str(one[key] or "") for key in by])


def the_one(key: str, value: Value, what: str, found: Sequence[Row], told_by: str) -> Row:
    """Returns the only one that was found. Raises ValueProblem for none, and for several, told by another attribute."""
    if not found:
        raise nothing(key, value, what, [])
    if len(found) > 1:
        told = ", ".join(f"{told_by} {one[told_by]}" for one in found)
        raise ValueProblem(key, f'There are {len(found)} of {what} with {key} "{value}"', f"They have {told}.")
    return found[0]


def one_of(values: Values, *keys: str) -> str:
    """Returns the one of `keys` that is given. Raises ValueProblem for none, and for several."""
    given = [key for key in keys if values.get(key) is not None]
    if len(given) == 1:
        return given[0]
    found = f"{' and '.join(given)} are given." if given else "Found none of them."
    raise ValueProblem(given[1] if given else "", "Give one of " + ", ".join(keys), found)


def nothing(key: str, value: Value, what: str, known: list[str], hint: str = "") -> ValueProblem:
    """Returns the problem of an object that is not there, with the names that are."""
    there = ("There are: " + ", ".join(sorted(known)[:12]) + ("…" if len(known) > 12 else ".")) if known else ""
    return ValueProblem(key, f'There is no {what} with {key} "{value}"', there, hint)
