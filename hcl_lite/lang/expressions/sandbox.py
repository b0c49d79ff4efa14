"""The expression engine: Jinja2's expressions in its sandbox, with less to reach and bounded in time and size.

Mappings are read by key, and of other values only a few methods can be called; there is nothing to import, and what a
function can do is the business of functions/. Loaded late: Jinja2 takes 40 ms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, nodes
from jinja2.environment import TemplateExpression
from jinja2.exceptions import SecurityError, TemplateError, UndefinedError
from jinja2.runtime import Macro

from hcl_lite.core.diags import did_you_mean
from hcl_lite.core.values import UNKNOWN, Secret, Value
from hcl_lite.lang.expressions.binding import bind, explained, listed
from hcl_lite.lang.expressions.bounded import within
from hcl_lite.lang.expressions.costs import CHARACTERS, VALUES, check_length
from hcl_lite.lang.expressions.environment import (
    FUNCTIONS,
    TRACKER,
    Joiner,
    expression_environment,
    template_environment,
)
from hcl_lite.lang.expressions.functions import FunctionError
from hcl_lite.lang.expressions.functions.costs import weight
from hcl_lite.lang.expressions.marks import Mark, Tracker, UnknownUsed, current_texts, tracking, unmark
from hcl_lite.lang.expressions.model import LAZY_FUNCTIONS, Call, ExpressionError
from hcl_lite.lang.expressions.syntax import parse, plain

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Compiled:
    """An expression ready to run. `parts` are the arguments of try() and can(), which run when they are wanted."""

    main: TemplateExpression
    parts: tuple[TemplateExpression, ...]


class _Rewriter(Joiner):
    """Gives each call a name of its own, so that its errors have a place, and takes out what is to run later."""

    def __init__(self) -> None:
        self.calls = 0
        self.parts: list[nodes.Expr] = []

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.Node:  # noqa: N802 - Jinja2's name
        # In the order in which they are written, as find_names() counts the calls.
        node.expr1 = self.visit(node.expr1)
        node.test = self.visit(node.test)
        node.expr2 = self.visit(node.expr2) if node.expr2 is not None else None
        return node

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802 - Jinja2's name
        return nodes.Name(_SELF, "load", lineno=1) if node.name == "self" else node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja2's name
        if not isinstance(node.node, nodes.Name):
            return self.generic_visit(node)
        name, node.node = node.node.name, nodes.Name(_call_name(self.calls), "load", lineno=1)
        self.calls += 1
        node.args = [self.visit(arg) for arg in node.args]
        node.kwargs = [self.visit(keyword) for keyword in node.kwargs]
        node.dyn_args = self.visit(node.dyn_args) if node.dyn_args is not None else None
        node.dyn_kwargs = self.visit(node.dyn_kwargs) if node.dyn_kwargs is not None else None
        if name in LAZY_FUNCTIONS:
            first = len(self.parts)
            self.parts += node.args
            node.args = [nodes.Const(first + index, lineno=1) for index in range(len(node.args))]
        return node


_SELF = "call_self"  # what `self` is renamed to: to Jinja2 it is the template


def _call_name(index: int) -> str:
    return f"call_{index}"


@lru_cache(maxsize=4096)
def _compile(source: str) -> _Compiled:
    rewriter = _Rewriter()
    main = rewriter.visit(parse(source))
    return _Compiled(_as_template(main), tuple(_as_template(part) for part in rewriter.parts))


def _as_template(tree: nodes.Expr) -> TemplateExpression:
    """Compiles a tree, as Environment.compile_expression does a text."""
    body: list[nodes.Node] = [nodes.Assign(nodes.Name("result", "store", lineno=1), tree, lineno=1)]
    template = nodes.Template(body, lineno=1)
    template.set_environment(expression_environment())
    return TemplateExpression(expression_environment().from_string(template), False)


def run(
    source: str,
    calls: tuple[Call, ...],
    names: Mapping[str, Any],
    functions: Mapping[str, Callable[..., Any]],
    tracker: Tracker,
) -> Value:
    """The value of an expression whose names mean `names`: UNKNOWN or Secret where it rests on such values.

    Raises ExpressionError with the reason.
    """

    def evaluate() -> Value:
        compiled = _compile(source)
        meaning = {_SELF if name == "self" else name: value for name, value in names.items()}
        meaning |= {FUNCTIONS: functions, TRACKER: tracker}
        for index, call in enumerate(calls):
            lazy = call.name in LAZY_FUNCTIONS
            meaning[_call_name(index)] = (
                _lazy(call, compiled.parts, meaning) if lazy else bind(_function(functions, call), call, tracker)
            )
        try:
            return unmark(_finished(compiled.main(meaning)))  # not as keywords: self is a name of ours, too
        except UnknownUsed:
            return UNKNOWN

    with _nothing_told(tracker), _errors_explained(), tracking(tracker):
        value = within(SECONDS, evaluate)
    return tracker.sealed(_revealed(value)) if tracker.secret and value is not UNKNOWN else value


def _function(functions: Mapping[str, Callable[..., Any]], call: Call) -> Callable[..., Any]:
    if call.name not in functions:
        hint = did_you_mean(call.name, [*functions, *LAZY_FUNCTIONS])
        raise ExpressionError(f'There is no function "{call.name}". {hint}'.rstrip(), call.at, len(call.name))
    return functions[call.name]


def missing(message: str) -> Any:
    """Returns the value of a reference that means nothing: an error where it is used, but `is defined` accepts it."""
    return StrictUndefined(hint=message)


def render(text: str, names: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> Value:
    """A template with ${ … } and %{ for … } … %{ endfor }, for templatefile(): a text; a Secret where a function in it
    gave one. Raises FunctionError."""
    tracker = Tracker(current_texts())
    bound = {name: bind(function, Call(name), tracker) for name, function in functions.items()}
    escaped = text.replace("$${", "\x00$").replace("%%{", "\x00%")

    def fill() -> str:
        template = template_environment().from_string(escaped)
        pieces: list[str] = []
        length = 0
        for piece in template.generate({**bound, **names, FUNCTIONS: functions, TRACKER: tracker}):
            length += weight(piece)
            check_length(length)
            pieces.append(piece)
        return "".join(pieces)

    try:
        with _errors_explained(), tracking(tracker):
            filled = within(SECONDS, fill)
    except ExpressionError as error:
        raise FunctionError(str(error), error.hint) from error
    rendered = filled.replace("\x00$", "${").replace("\x00%", "%{")
    return tracker.sealed(rendered) if tracker.secret else rendered


@contextmanager
def _errors_explained() -> Iterator[None]:
    """Whatever goes wrong inside of an expression, as ExpressionError."""
    try:
        yield
    except (ExpressionError, UnknownUsed):
        raise
    except (UndefinedError, SecurityError, TemplateError) as error:
        line = f" (line {error.lineno})" if isinstance(error, TemplateSyntaxError) and error.lineno > 1 else ""
        message = plain(error.message or str(error))
        raise ExpressionError(message if message.endswith("?") else f"{message.rstrip('.')}{line}.") from error
    except FunctionError as error:
        raise explained(error, Call("")) from error
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError, MemoryError) as error:
        raise ExpressionError(_in_our_words(error)) from error


# How Python says that an operator does not fit its operands.
_MISFITS = (
    re.compile(r"'(?P<sign>\S+)' not supported between instances of '(?P<left>\w+)' and '(?P<right>\w+)'"),
    re.compile(
        r"unsupported operand type\(s\) for (?P<sign>\S+?)(?: or pow\(\))?: '(?P<left>\w+)' and '(?P<right>\w+)'"
    ),
    re.compile(r"can only concatenate (?P<left>\w+) \(not \"(?P<right>\w+)\"\) to \w+(?P<sign>)"),
    re.compile(r"(?P<sign>)can't multiply (?P<left>sequence) by non-int of type '(?P<right>\w+)'"),
    re.compile(r"bad operand type for unary (?P<sign>\S+): '(?P<left>\w+)'(?P<right>)"),
)
_PYTHON_TYPES: Mapping[str, str] = {
    "NoneType": "null",
    **dict.fromkeys(("int", "float"), "a number"),
    **dict.fromkeys(("list", "tuple"), "a list"),
    "bool": "a bool",
    "str": "a string",
    "dict": "a map",
    "sequence": "a text or a list",
}


def _in_our_words(error: Exception) -> str:
    """Returns Python's message on an expression in the words of the language, where possible."""
    message = str(error)
    if isinstance(error, ZeroDivisionError):
        return "A number is divided by zero."
    if isinstance(error, RecursionError | MemoryError):
        return "It needs too much memory."
    if isinstance(error, OverflowError):
        return "A number is too large."
    if "unhashable type" in message:
        return "Only a text can be a key."
    if "has no len()" in message:
        return "Only a text, a list or a map has a length."
    misfit = next((match for pattern in _MISFITS if (match := pattern.match(message))), None)
    if misfit:
        left, right = (_PYTHON_TYPES.get(misfit[side], "this value") for side in ("left", "right"))
        sign = misfit["sign"] or ("*" if misfit["left"] == "sequence" else "+")
        hint = " ~ joins texts." if sign == "+" and "a string" in (left, right) else ""
        return f'"{sign}" cannot be used with {left}{f" and {right}" if misfit["right"] else ""}.{hint}'
    return re.sub(r"'(\w+)' object", lambda match: _PYTHON_TYPES.get(match[1], "this value"), message).rstrip(".") + "."


@contextmanager
def _nothing_told(tracker: Tracker) -> Iterator[None]:
    """An error of an expression that has looked at a secret may quote it: only its place is told."""
    try:
        yield
    except ExpressionError as error:
        if tracker.secret:
            message = "It fails on a sensitive value, so the reason is not shown."
            raise ExpressionError(message, error.at, error.width) from None
        raise


def _lazy(call: Call, parts: tuple[TemplateExpression, ...], meaning: Mapping[str, Any]) -> Callable[..., Any]:
    """try(a, b, …): the first that has a value. can(a): whether it has one."""

    def attempt(index: int) -> Any:
        with _errors_explained():
            return _finished(parts[index](meaning))

    def try_(*indices: int) -> Any:
        last: ExpressionError | None = None
        for index in indices:
            try:
                return attempt(index)
            except ExpressionError as error:
                last = error
        raise ExpressionError(f"try(): nothing of it has a value. {last}", call.at, len(call.name))

    def can(index: int) -> bool:
        try:
            attempt(index)
        except ExpressionError:
            return False
        return True

    return try_ if call.name == "try" else can


def _finished(value: Any) -> Any:
    """The result as JSON, with marks in it. Raises ExpressionError for what is none, or too large."""
    left = [CHARACTERS, VALUES]

    def finish(value: Any) -> Any:
        left[1] -= 1
        if isinstance(value, str):
            left[0] -= weight(value)
            value = value if type(value) is str else "".join(value)
        if min(left) < 0:
            raise ExpressionError("The result is too large.")
        if value is None or isinstance(value, bool | int | float | str | Mark):
            return value
        value = listed(value)
        if isinstance(value, Mapping):
            return {finish(key): finish(item) for key, item in value.items()}
        if isinstance(value, list | tuple) or type(value).__module__ == "jinja2.filters":
            return [finish(item) for item in value]
        if isinstance(value, Undefined):
            str(value)  # raises UndefinedError, which says what is not there
            raise ExpressionError('The condition does not hold, and there is no "else".')
        what = "a function that is not called" if callable(value) or isinstance(value, Macro) else type(value).__name__
        raise ExpressionError(f"An expression cannot have this value: it is {what}.")

    return finish(value)


def _revealed(value: Value) -> Value:
    """Without the secrets inside, for a result that is secret as a whole; what is unknown stays so."""
    if isinstance(value, Secret):
        return _revealed(value.value)
    if isinstance(value, dict):
        return {key: _revealed(item) for key, item in value.items()}
    return [_revealed(item) for item in value] if isinstance(value, list) else value
