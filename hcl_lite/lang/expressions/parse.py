"""Text with `${ … }` in it: cut into parts, each expression with the references it makes. Nothing is evaluated here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from hcl_lite.lang.expressions.jinja import find_names
from hcl_lite.lang.expressions.model import (
    Call,
    Expression,
    ExpressionError,
    Path,
    Reference,
    Template,
    make_reference,
)

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_PLAIN_REFERENCE = re.compile(rf"\s*({_NAME}(?:\.{_NAME})+)\s*")
_PART = rf"{_NAME}(?:\.{_NAME})+|\"[^\"\\]*\"|'[^'\\]*'"
_READING = re.compile(rf"\s*(file|filebase64|filesha256|filemd5)\(\s*((?:{_PART})(?:\s*~\s*(?:{_PART}))*)\s*\)\s*")
_PLAIN_CALL = re.compile(rf"\s*({_NAME})\(\s*(?:\"([^\"\\]*)\"|'([^'\\]*)')\s*\)\s*")


@lru_cache(maxsize=4096)
def parse_template(text: str) -> Template:
    """Cut `text` into strings and expressions. Raises ExpressionError, whose place is one in `text`."""
    if "${" not in text:
        return (text,)
    parts: list[str | Expression] = []
    literal = ""
    at = 0
    while at < len(text):
        start = text.find("${", at)
        if start < 0:
            break
        if start > 0 and text[start - 1] == "$":
            literal += text[at : start - 1] + "${"
            at = start + 2
            continue
        literal += text[at:start]
        end = _closing_brace(text, start + 2)
        if literal:
            parts.append(literal)
        literal = ""
        parts.append(parse_expression(text[start + 2 : end], start + 2))
        at = end + 1
    literal += text[at:]
    if literal or not parts:
        parts.append(literal)
    return tuple(parts)


def parse_expression(source: str, at: int = 0) -> Expression:
    """Read one expression and find what it refers to. Raises ExpressionError, whose place counts from `at`."""
    plain = _PLAIN_REFERENCE.fullmatch(source)
    if plain:
        reference = make_reference([*plain.group(1).split(".")], plain.start(1))
        return Expression(source, (reference,), (), at, plain=True)
    call = _PLAIN_CALL.fullmatch(source)
    if call:
        name, double, single = call.groups()
        return Expression(
            source, (), (Call(name, call.start(1)),), at, literal=double if double is not None else single
        )
    reading = _READING.fullmatch(source)
    if reading:
        joined = tuple(_parts(reading[2], reading.start(2)))
        named = {part.text: part for part in reversed(joined) if isinstance(part, Reference)}
        return Expression(
            source, tuple(reversed(named.values())), (Call(reading[1], reading.start(1)),), at, joined=joined
        )
    try:
        references, calls = find_names(source)
    except ExpressionError as error:
        error.at, error.width = (error.at + at, error.width) if error.at >= 0 else (at, len(source))
        raise
    return Expression(source, references, calls, at)


def _parts(text: str, at: int) -> Iterator[str | Reference]:
    """The literals and references that `text`, which begins at `at`, joins with ~."""
    for part in re.finditer(_PART, text):
        quoted = part[0][0] in "\"'"
        yield part[0][1:-1] if quoted else make_reference([*part[0].split(".")], at + part.start())


def expressions_in(value: object) -> Iterator[tuple[Path, Expression]]:
    """Every expression in the strings of `value`, with the path to its string. Raises ExpressionError."""
    for path, text in texts_in(value):
        for part in parse_template(text):
            if isinstance(part, Expression):
                yield path, part


def texts_in(value: object) -> Iterator[tuple[Path, str]]:
    """Every string of `value` that may hold an expression, with its path."""
    if isinstance(value, str):
        if "${" in value:
            yield (), value
    elif isinstance(value, dict):
        for key, item in value.items():
            for path, text in texts_in(item):
                yield (key, *path), text
    elif isinstance(value, list):
        for index, item in enumerate(value):
            for path, text in texts_in(item):
                yield (index, *path), text


def _closing_brace(text: str, at: int) -> int:
    """The offset of the `}` that ends the expression begun before `at`; braces and quotes inside it are skipped."""
    start, depth, quote = at, 0, ""
    while at < len(text):
        char = text[at]
        if quote:
            if char == "\\":
                at += 1
            elif char == quote:
                quote = ""
        elif char in "\"'":
            quote = char
        elif char == "{":
            depth += 1
        elif char == "}":
            if depth == 0:
                return at
            depth -= 1
        at += 1
    message = "The expression has no closing brace; a literal ${ is written $${."
    raise ExpressionError(message, start - 2, 2)
