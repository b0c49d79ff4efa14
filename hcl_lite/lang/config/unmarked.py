"""Texts that look like expressions without ${ }: "grafana_folder.a.uid" in place of "${grafana_folder.a.uid}".

Such a text is valid and is sent as it is, so it is a warning: where the whole text is the address of something
declared, with or without a path, or a call of a known function.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import Diagnostic, Severity
from hcl_lite.core.values import shown
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.config import Config
from hcl_lite.lang.expressions.model import Expression, ExpressionError, Path, Reference
from hcl_lite.lang.expressions.parse import parse_expression

# Most texts are told by their beginning; only what is left is parsed.
_BEGINNING = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*[.\[(]")
_MEMBERS = {"each": ("key", "value"), "count": ("index",), "path": ("module", "root", "cwd")}
# Kinds of blocks whose texts are addresses by themselves, and variables, which have no expressions.
_WITHOUT = frozenset({Kind.VARIABLE, Kind.MOVED, Kind.REMOVED, Kind.IMPORT})


def unmarked_expressions(
    block: Block, config: Config, functions: Collection[str], attributes: Callable[[Block], Collection[str]]
) -> Iterator[Diagnostic]:
    """Returns a warning for each argument of `block` that looks like an expression without its ${ }.

    `attributes` are the attribute names of a block of the configuration.
    """
    if block.address.kind in _WITHOUT:
        return
    for path, text in _texts(block):
        try:
            expression = _read(text, functions)
        except ExpressionError:
            continue
        if expression is not None and _is_meant(block, path, expression, config):
            missing = (
                "" if expression.calls else _missing_attribute(block, expression.references[0], config, attributes)
            )
            yield _warning(block, path, text.strip(), missing, is_call=bool(expression.calls))


def _texts(block: Block) -> Iterator[tuple[Path, str]]:
    body = {"inputs": block.body.get("inputs")} if block.address.kind is Kind.MODULE else block.body
    return _strings(body, ())


def _strings(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        if "${" not in value:
            yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _strings(item, (*path, index))


def _read(text: str, functions: Collection[str]) -> Expression | None:
    """`text` as an expression that is nothing but one reference, or one call; None where it is neither."""
    beginning = _BEGINNING.match(text)
    if beginning is None:
        return None
    expression, name, whole = parse_expression(text), beginning[1], text.strip()
    if expression.calls:
        is_one = expression.calls[0].name == name and name in functions and _ends_with_its_call(whole)
        known = all(call.name in functions for call in expression.calls)
        return expression if is_one and known else None
    is_one = len(expression.references) == 1 and expression.references[0].text == whole
    return expression if is_one else None


def _ends_with_its_call(text: str) -> bool:
    """Whether the parenthesis that the first one opens is the last character; those in quotes do not count."""
    depth, quote = 0, ""
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote and text[at - 1] != "\\" else quote
        elif char in "\"'":
            quote = char
        elif char in "()":
            depth += 1 if char == "(" else -1
            if depth == 0:
                return at == len(text) - 1
    return False


def _is_meant(block: Block, path: Path, expression: Expression, config: Config) -> bool:
    """Whether all that it refers to is declared. Below the top of a block texts may be queries: max(1) is none."""
    if not all(_is_declared(block, reference, config) for reference in expression.references):
        return False
    says_something = bool(expression.references) or any(quote in expression.source for quote in "\"'")
    return says_something or len(path) == 1


def _is_declared(block: Block, reference: Reference, config: Config) -> bool:
    if reference.address is not None:
        return reference.address.within(block.address.module) in config.blocks
    root = str(reference.path[0]) if reference.path else ""
    if (root == "each" and block.for_each is None) or (root == "count" and block.count is None):
        return False
    return len(reference.path) > 1 and reference.path[1] in _MEMBERS.get(root, ())


def _missing_attribute(
    block: Block, reference: Reference, config: Config, attributes: Callable[[Block], Collection[str]]
) -> str:
    """Returns the attribute that is missing after the address of an object that is named alone: ".uid"."""
    target = config.blocks.get(reference.address.within(block.address.module)) if reference.address else None
    alone = target is not None and not target.repeats and not reference.path
    return ".uid" if target is not None and alone and "uid" in attributes(target) else ""


def _warning(block: Block, path: Path, text: str, missing: str, *, is_call: bool) -> Diagnostic:
    is_local = block.address.kind is Kind.LOCAL
    written = path[1:] if is_local else path  # a local's value has no key of its own
    name = str(block.address) if is_local else ".".join(map(str, path))
    what = "what that call gives" if is_call else "what that refers to"
    quote = "'" if '"' in text else '"'
    hint = f"An expression is written {quote}${{{text}{missing}}}{quote}."
    if '"' not in text and "'" not in text:
        hint += f""" Where the text itself is meant: '${{"{text}"}}'"""
    summary = f"{name} is the text {shown(text)}, not {what}"
    return Diagnostic(summary, "", block.value_place(*written), hint, str(block.address), Severity.WARNING)
