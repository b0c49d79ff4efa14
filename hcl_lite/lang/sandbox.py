"""The expression engine: Jinja2's expressions in its sandbox, with mappings that are read by key only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError, TemplateError, UndefinedError
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from hcl_lite.lang.expression import ExpressionError

_MAPPING_METHODS = ("items", "keys", "values", "get")


class _Environment(ImmutableSandboxedEnvironment):
    """A key of a mapping comes before a method of the same name, so that `x.items` can be an attribute of Grafana's."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping):
            if attribute in obj:
                return obj[attribute]
            if attribute not in _MAPPING_METHODS:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


def _environment() -> _Environment:
    return _Environment(undefined=StrictUndefined, autoescape=False)


def parse(source: str) -> nodes.Node:
    """The syntax tree of one expression. Raises ExpressionError."""
    try:
        parser = Parser(_environment(), source, state="variable")
        tree = parser.parse_expression()
        if not parser.stream.eos:
            raise ExpressionError(source, f'Unexpected "{parser.stream.current.value}" in the expression.')
    except (TemplateSyntaxError, RecursionError) as error:
        message = error.message if isinstance(error, TemplateSyntaxError) else "The expression is nested too deeply"
        raise ExpressionError(source, f"{message}.") from error
    return tree


@cache
def _compile(source: str) -> Callable[..., Any]:
    return _environment().compile_expression(source, undefined_to_none=False)


def run(source: str, names: Mapping[str, Any]) -> Any:
    """The value of an expression whose names mean `names`. Raises ExpressionError with the reason."""
    try:
        value = _compile(source)(**names)
        if isinstance(value, StrictUndefined):
            str(value)  # raises UndefinedError, which says what is not there
    except (UndefinedError, SecurityError, TemplateError) as error:
        raise ExpressionError(source, f"{error.message or error}.") from error
    except ExpressionError:
        raise
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError) as error:
        raise ExpressionError(source, f"{type(error).__name__}: {error}.") from error
    return value
