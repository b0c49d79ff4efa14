"""Text with `${ … }` in it: cut into parts, each expression with the references it makes. Nothing is evaluated here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from hcl_lite.core.addrs import Address, Kind

Path = tuple[str | int, ...]

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_PLAIN_REFERENCE = re.compile(rf"\s*({_NAME}(?:\.{_NAME})+)\s*")
_PLAIN_CALL = re.compile(rf"\s*({_NAME})\(\s*(?:\"([^\"\\]*)\"|'([^'\\]*)')\s*\)\s*")
_PREFIXES = {"var": Kind.VARIABLE, "local": Kind.LOCAL, "data": Kind.DATA, "module": Kind.MODULE, "output": Kind.OUTPUT}

# Names that mean something besides what the configuration declares.
BUILT_IN_ROOTS = ("path", "hcl_lite", "each", "count", "self")
# Part of the language itself: their arguments are evaluated only as far as they are wanted.
LAZY_FUNCTIONS = ("try", "can")


class ExpressionError(Exception):
    """An expression that cannot be read, or has no value; `at` and `width` say where in it, -1 for all of it."""

    def __init__(self, message: str, at: int = -1, width: int = 1) -> None:
        super().__init__(message)
        self.at = at
        self.width = width
        self.hint = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """`text` as written; `address` of what it speaks of, None for a root that is nothing; `path` below that address.

    The address is as seen from the module where the expression stands. `at` is where it begins in the expression.
    """

    text: str
    address: Address | None
    path: Path = ()
    at: int = -1


@dataclass(frozen=True, slots=True)
class Call:
    """A function called in an expression, and where."""

    name: str
    at: int = -1


@dataclass(frozen=True, slots=True)
class Expression:
    """What stands between `${` and `}`, `at` in its text.

    `literal` is the argument of the common f("literal"), which needs no expression engine.
    """

    source: str
    references: tuple[Reference, ...]
    calls: tuple[Call, ...]
    at: int = 0
    plain: bool = False
    literal: str | None = None


Template = tuple[str | Expression, ...]


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
    # Jinja2 takes 40 ms to import: only configurations with more than plain references pay for it.
    from hcl_lite.lang.expressions.syntax import find_names  # noqa: PLC0415

    try:
        references, calls = find_names(source)
    except ExpressionError as error:
        error.at, error.width = (error.at + at, error.width) if error.at >= 0 else (at, len(source))
        raise
    return Expression(source, references, calls, at)


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


def make_reference(steps: list[str | int], at: int, written: str = "") -> Reference:
    """The reference that a chain such as data.TYPE.NAME.attribute makes; `written` is its text, where that differs."""
    text = written or "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)[1:]
    root = str(steps[0])
    if root in BUILT_IN_ROOTS:
        return Reference(text, None, tuple(steps), at)
    kind = _PREFIXES.get(root, Kind.RESOURCE)
    below = steps if kind is Kind.RESOURCE else steps[1:]
    named = 2 if kind in (Kind.RESOURCE, Kind.DATA) else 1
    if len(below) < named or not all(isinstance(step, str) for step in below[:named]):
        return Reference(text, None, (), at)
    type_ = str(below[0]) if named == 2 else ""
    return Reference(text, Address(kind, str(below[named - 1]), type_), tuple(below[named:]), at)
