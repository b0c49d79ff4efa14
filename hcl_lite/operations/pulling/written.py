"""The written form of a value: expressions as far as they can be followed, values as TOML has them. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hcl_lite.core.equality import same
from hcl_lite.core.json_edit import edit_json
from hcl_lite.core.values import Value, read_json
from hcl_lite.engine.edits import ABSENT
from hcl_lite.lang.expressions.model import Expression, ExpressionError
from hcl_lite.lang.expressions.model import Path as Steps
from hcl_lite.lang.expressions.parse import parse_template
from hcl_lite.lang.toml.write import NULL, escaped
from hcl_lite.operations.pulling.files import CannotEdit

_CALL = re.compile(r"\s*([a-z_]+)\((.*)\)\s*", re.DOTALL)


class Untraced(Exception):
    """There is not exactly one place that says a value; the message is the reason."""


References = Callable[[Steps, Value], str]
"""The expression for what an argument names at a place; empty for none."""


def no_references(_: Steps, __: Value) -> str:
    """Returns no expression for any name."""
    return ""


def has_expressions(text: str) -> bool:
    """Whether an expression is in a text; `$${` is none."""
    return "${" in text.replace("$${", "")


def only_expression(text: str) -> Expression:
    """The expression that a text is made of. Raises Untraced where there are several parts."""
    try:
        match parse_template(text):
            case (Expression() as expression,):
                return expression
    except ExpressionError:
        pass
    raise Untraced("it is put together from parts")


def call_in(expression: Expression) -> tuple[str, str]:
    """The function that makes all of a value, and its argument as written."""
    if expression.literal is not None:
        return expression.calls[0].name, json.dumps(expression.literal)
    match = _CALL.fullmatch(expression.source)
    if match is None:
        raise Untraced("an expression computes it")
    if _closes_early(match[2]):
        raise Untraced(_MADE.get(match[1], "an expression computes it"))
    return match[1], match[2]


def _closes_early(argument: str) -> bool:
    """Whether the bracket of a call closes before the end, or it has several arguments."""
    depth, quote = 0, ""
    for letter in argument:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
            if depth < 0:
                return True
        elif letter == "," and depth == 0:
            return True
    return False


_MADE = {
    "jsonnet": "Jsonnet makes it",
    "python_dashboard": "a Python program makes it",
    "templatefile": "a template makes it",
    "yamldecode": "it comes from YAML, whose style cannot be kept",
}


def reason_of(name: str) -> str:
    """Returns the reason why the result of a function cannot be edited."""
    return _MADE.get(name, f"{name}() computes it")


def edited_text(text: str, wanted: Value) -> str:
    """JSON text with another value. Raises CannotEdit."""
    try:
        return edit_json(text, wanted)
    except ValueError as error:
        raise CannotEdit(f"its text cannot be edited: {error}") from error


def literal(value: Value, place: Steps, refer: References) -> Any:
    """A value as TOML has it."""
    expression = refer(place, value)
    if expression:
        return f"${{{expression}}}"
    if isinstance(value, str):
        return escaped(value)
    if value is None:
        return NULL.text
    if isinstance(value, Mapping):
        return {key: literal(item, (*place, key), refer) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [literal(item, (*place, index), refer) for index, item in enumerate(value)]
    return value


def is_same(left: Value, right: Value) -> bool:
    """Whether two values are equal; ABSENT is equal to itself alone."""
    return left is right if left is ABSENT or right is ABSENT else same(left, right)


def listed(names: Iterable[str]) -> str:
    """Names, each once, of many the first ones."""
    known = [*dict.fromkeys(names)]
    return ", ".join(known[:3]) + (f" and {len(known) - 3} more" if len(known) > 3 else "")


def parsed(text: str) -> Value:
    """The document in JSON text. Raises Untraced."""
    try:
        return read_json(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise Untraced("it is no JSON") from error


def is_json(text: str) -> bool:
    """Whether a text is JSON as it is written, with expressions in its texts at the most."""
    try:
        return isinstance(parsed(text), Mapping)
    except Untraced:
        return False


def all_escaped(value: Value) -> Value:
    """A value whose texts are no expressions."""
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, Mapping):
        return {key: all_escaped(item) for key, item in value.items()}
    return [all_escaped(item) for item in value] if isinstance(value, list | tuple) else value
