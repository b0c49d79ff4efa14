"""The common part of data blocks: the argument to find an object by, and the error where there is none."""

from __future__ import annotations

from collections.abc import Mapping

from hcl_lite.core.schema import ValueProblem
from hcl_lite.core.values import Value

Values = Mapping[str, Value]


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
