"""Text with `${ … }` in it: cut into parts, each expression with the references it makes. Nothing is evaluated here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hcl_lite.core.addrs import Address, Kind

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_PLAIN_REFERENCE = re.compile(rf"\s*({_NAME}(?:\.{_NAME})+)\s*")
_PLAIN_CALL = re.compile(rf"\s*({_NAME})\(\s*(?:\"([^\"\\]*)\"|'([^'\\]*)')\s*\)\s*")
_PREFIXES = {"var": Kind.VARIABLE, "local": Kind.LOCAL, "data": Kind.DATA}
BUILT_IN_ROOTS = ("path",)


class ExpressionError(Exception):
    """`source` cannot be read as an expression; the message says why."""

    def __init__(self, source: str, message: str) -> None:
        super().__init__(message)
        self.source = source


@dataclass(frozen=True, slots=True)
class Reference:
    """`text` as written; `address` of what it speaks of, None for a root that is nothing; `path` below that address."""

    text: str
    address: Address | None
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Expression:
    """What stands between `${` and `}`. `call` is set for the common f("literal"), which needs no expression engine."""

    source: str
    references: tuple[Reference, ...]
    functions: tuple[str, ...]
    plain: bool = False
    call: tuple[str, str] | None = None


Template = tuple[str | Expression, ...]


def parse_template(text: str) -> Template:
    """Cut `text` into strings and expressions. Raises ExpressionError."""
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
        parts.append(parse_expression(text[start + 2 : end]))
        at = end + 1
    literal += text[at:]
    if literal or not parts:
        parts.append(literal)
    return tuple(parts)


def parse_expression(source: str) -> Expression:
    """Read one expression and find what it refers to. Raises ExpressionError."""
    plain = _PLAIN_REFERENCE.fullmatch(source)
    if plain:
        return Expression(source, (_reference([*plain.group(1).split(".")]),), (), plain=True)
    call = _PLAIN_CALL.fullmatch(source)
    if call:
        name, double, single = call.groups()
        return Expression(source, (), (name,), call=(name, double if double is not None else single))
    references, functions = _find_names(source)
    return Expression(source, references, functions)


def expressions_in(value: object) -> Iterator[tuple[tuple[str | int, ...], Expression]]:
    """Every expression in the strings of `value`, with the path to its string. Raises ExpressionError."""
    if isinstance(value, str):
        for part in parse_template(value):
            if isinstance(part, Expression):
                yield (), part
    elif isinstance(value, dict):
        for key, item in value.items():
            for path, expression in expressions_in(item):
                yield (key, *path), expression
    elif isinstance(value, list):
        for index, item in enumerate(value):
            for path, expression in expressions_in(item):
                yield (index, *path), expression


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
    raise ExpressionError(text[start - 2 :], "The expression has no closing brace; a literal ${ is written $${.")


def _reference(steps: list[str | int]) -> Reference:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)[1:]
    root = str(steps[0])
    kind = _PREFIXES.get(root)
    if root in BUILT_IN_ROOTS:
        return Reference(text, None, tuple(steps))
    if kind in (Kind.VARIABLE, Kind.LOCAL):
        return (
            Reference(text, Address(kind, str(steps[1])), tuple(steps[2:])) if len(steps) > 1 else Reference(text, None)
        )
    if kind is Kind.DATA:
        steps = steps[1:]
    if len(steps) < 2:
        return Reference(text, None)
    return Reference(text, Address(kind or Kind.RESOURCE, str(steps[1]), str(steps[0])), tuple(steps[2:]))


def _find_names(source: str) -> tuple[tuple[Reference, ...], tuple[str, ...]]:
    # Jinja2 takes 40 ms to import: only configurations with more than plain references pay for it.
    from jinja2 import nodes  # noqa: PLC0415

    from hcl_lite.lang.sandbox import parse  # noqa: PLC0415

    references: list[Reference] = []
    functions: list[str] = []

    def visit(node: nodes.Node) -> None:
        steps = _static_steps(node)
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
            functions.append(node.node.name)
            children: list[nodes.Node] = [*node.args, *node.kwargs]
        elif isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
            # A method: x.title.upper() refers to x.title.
            children = [node.node.node, *node.args, *node.kwargs]
        elif steps is not None:
            references.append(_reference(steps))
            children = []
        else:
            children = list(node.iter_child_nodes())
        for child in children:
            visit(child)

    visit(parse(source))
    return tuple(dict.fromkeys(references)), tuple(dict.fromkeys(functions))


def _static_steps(node: object) -> list[str | int] | None:
    """a.b["c"][0] as its steps; None for what is not such a chain from a name."""
    from jinja2 import nodes  # noqa: PLC0415 - see _find_names

    if isinstance(node, nodes.Name):
        return [node.name]
    if isinstance(node, nodes.Getattr):
        below = _static_steps(node.node)
        return None if below is None else [*below, node.attr]
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str | int):
        below = _static_steps(node.node)
        return None if below is None else [*below, node.arg.value]
    return None
