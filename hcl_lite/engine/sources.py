"""The files that a block's arguments are read from, as a person would name them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from hcl_lite.core.diags import HclError
from hcl_lite.lang.block import Block
from hcl_lite.lang.expression import ExpressionError, expressions_in
from hcl_lite.lang.scope import Scope

_READING = re.compile(r"\b(?:file|templatefile|jsonnet|python_dashboard)\(")


def sources_of(scope: Scope, block: Block) -> tuple[str, ...]:
    """The files that the block's own expressions read, each once. None for those that cannot be told."""
    found: dict[str, None] = {}
    try:
        for path, expression in expressions_in(dict(block.body)):
            for argument in _first_arguments(expression.source):
                name = scope.evaluate(block, f"${{{argument}}}", path)
                if isinstance(name, str):
                    found[str(Path(block.source.name).parent / name)] = None
    except (HclError, ExpressionError):  # what is wrong with them is said where they are evaluated
        return ()
    return tuple(found)


def _first_arguments(source: str) -> Iterator[str]:
    """The text of the first argument of each call that reads a file."""
    for call in _READING.finditer(source):
        depth, quote, at = 0, "", call.end()
        while at < len(source):
            letter = source[at]
            if quote:
                at += letter == "\\"
                quote = "" if letter == quote else quote
            elif letter in "\"'":
                quote = letter
            elif letter in "([{":
                depth += 1
            elif depth and letter in ")]}":
                depth -= 1
            elif letter in "),":
                break
            at += 1
        yield source[call.end() : at]
