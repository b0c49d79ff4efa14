"""The door to the modules that rest on Jinja2, which takes 40 ms to import.

Plain references and f("literal") need none of them: only configurations with more than that pay for the import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hcl_lite.core.values import Value
from hcl_lite.lang.expressions.marks import Tracker
from hcl_lite.lang.expressions.model import Call, Reference


def find_names(source: str) -> tuple[tuple[Reference, ...], tuple[Call, ...]]:
    """The references and the calls of an expression, each with its place. Raises ExpressionError."""
    from hcl_lite.lang.expressions import syntax  # noqa: PLC0415 - imports Jinja2

    return syntax.find_names(source)


def run(
    source: str,
    calls: tuple[Call, ...],
    names: Mapping[str, Any],
    functions: Mapping[str, Callable[..., Any]],
    tracker: Tracker,
) -> Value:
    """The value of an expression: UNKNOWN or Secret where it rests on such values. Raises ExpressionError."""
    from hcl_lite.lang.expressions import sandbox  # noqa: PLC0415 - imports Jinja2

    return sandbox.run(source, calls, names, functions, tracker)


def missing(message: str) -> Any:
    """Stands for a reference that means nothing: an error where it is used, except by `is defined` and try()."""
    from hcl_lite.lang.expressions import sandbox  # noqa: PLC0415 - imports Jinja2

    return sandbox.missing(message)


def render(text: str, names: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> Value:
    """The text of a template, a Secret where a function in it gave one. Raises FunctionError."""
    from hcl_lite.lang.expressions import sandbox  # noqa: PLC0415 - imports Jinja2

    return sandbox.render(text, names, functions)
