"""Comparing two values: what it costs is said from their sizes before it runs: C compares them, and hears no alarm.

It takes no more steps than the smaller of the two has values and characters, written out; to look for something in a
list, no more than the list has. So only what is a list or a map on both sides has to be measured, and what is looked
through for a long text.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, ItemsView, KeysView, Mapping, ValuesView
from itertools import pairwise
from typing import Any

from hcl_lite.core.values import Secret
from hcl_lite.lang.expressions.functions.costs import check_size
from hcl_lite.lang.expressions.marks import Mark

_AT_ONCE = 10**9  # characters that are compared in a moment
_VIEWS = (KeysView, ValuesView, ItemsView)
_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gteq": operator.ge,
    "lt": operator.lt,
    "lteq": operator.le,
    "in": lambda left, right: left in right,
    "notin": lambda left, right: left not in right,
}
# Jinja2's tests that compare what is tested with something.
TESTS: Mapping[str, str] = {
    **dict.fromkeys(("eq", "equalto", "=="), "eq"),
    **dict.fromkeys(("ne", "!="), "ne"),
    **dict.fromkeys(("gt", "greaterthan", ">"), "gt"),
    **dict.fromkeys(("ge", ">="), "gteq"),
    **dict.fromkeys(("lt", "lessthan", "<"), "lt"),
    **dict.fromkeys(("le", "<="), "lteq"),
    "in": "in",
}


def compare(values: list[Any], *operators: str) -> Any:
    """`a < b <= c`: the values, and Jinja2's names of what stands between them. Raises FunctionError."""
    result: Any = True
    for name, (left, right) in zip(operators, pairwise(values), strict=True):
        check_comparison(left, right, inside=name in ("in", "notin"))
        result = _OPERATORS[name](left, right)
        if not result:
            break
    return result


def check_comparison(left: Any, right: Any, inside: bool) -> None:
    """Raises FunctionError for what takes too long to compare, or, `inside`, to look for `left` in `right`."""
    left, right = _bare(left), _bare(right)
    if inside:
        _check_search(left, right)
    elif isinstance(left, list | tuple | dict) and isinstance(right, list | tuple | dict):
        check_size([left if len(left) <= len(right) else right])


def _check_search(wanted: Any, values: Any) -> None:
    if not isinstance(values, list | tuple):
        return
    long = isinstance(wanted, str) and len(wanted) * len(values) > _AT_ONCE
    if long or isinstance(wanted, list | tuple | dict):
        check_size([values])


def _bare(value: Any) -> Any:
    """`value` without its mark, which is not looked at here, and a view of a map as a list."""
    if isinstance(value, Mark):
        value = value.marked
    while isinstance(value, Secret):
        value = value.value
    return list(value) if isinstance(value, _VIEWS) else value


def checked_search(values: list[Any], method: str) -> Callable[..., Any]:
    """A method of a list that looks for something in it: index, count."""

    def call(wanted: Any, *args: Any) -> Any:
        check_comparison(wanted, values, inside=True)
        return getattr(values, method)(wanted, *args)

    return call
