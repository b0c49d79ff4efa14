"""The files that the arguments of a block are read from, by the paths that a person uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import HclError
from hcl_lite.core.values import Value
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.evaluation.scope import Scope
from hcl_lite.lang.expressions.model import Expression, ExpressionError, Path, Reference
from hcl_lite.lang.expressions.parse import expressions_in

_READERS = ("file", "templatefile", "jsonnet", "python_dashboard")
_READING = re.compile(rf"\b(?:{'|'.join(_READERS)})\(")


def sources_of(scope: Scope, block: Block) -> tuple[str, ...]:
    """Returns the files that the arguments of `block` are read from, directly or through locals, module inputs and
    for_each; each once. None for those that cannot be told."""
    try:
        return tuple(dict.fromkeys(_Sources(scope).of(block, dict(block.body), ())))
    except (HclError, ExpressionError):  # what is wrong with them is said where they are evaluated
        return ()


class _Sources:
    """The files that values read, directly and through their references; each value is visited once."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._seen: set[tuple[Address, Path]] = set()

    def of(self, block: Block, value: Any, place: Path) -> Iterator[str]:
        """The files that `value`, which stands at `place` in `block`, is read from."""
        for path, expression in expressions_in(value):
            for name in self._names(block, expression, (*place, *path)):
                if isinstance(name, str):
                    yield str(PurePath(block.source.name).parent / name)
            for reference in expression.references:
                yield from self._behind(block, reference)

    def _names(self, block: Block, expression: Expression, place: Path) -> Iterator[Value]:
        """The first arguments of the calls that read a file."""
        if expression.literal is not None:  # file("path"), as most are
            yield from (expression.literal for call in expression.calls if call.name in _READERS)
        else:
            for argument in _first_arguments(expression.source):
                yield self._scope.evaluate(block, f"${{{argument}}}", place)

    def _behind(self, block: Block, reference: Reference) -> Iterator[str]:
        if reference.address is None:
            if reference.path[:2] == ("each", "value"):
                written = self._scope.config.blocks[block.address.written]
                key = () if block.address.key is None else (block.address.key,)
                around = self._scope.instance(block.address.collection)
                yield from self._below(around, written.for_each, ("for_each",), (*key, *reference.path[2:]))
            return
        address = reference.address.within(block.address.module)
        if address.kind is Kind.LOCAL:
            local = self._scope.instance(address)
            yield from self._below(local, local.body["value"], ("value",), reference.path)
        elif address.kind is Kind.VARIABLE and address.module:
            call, given = self._scope.call_of(address)
            yield from self._below(call, given, ("inputs", address.name), reference.path)

    def _below(self, block: Block, value: Any, place: Path, path: Path) -> Iterator[str]:
        """The files of `value`, which stands at `place`: where it is written as a table, of what is at `path` in it."""
        for step in path:
            if not isinstance(value, Mapping) or step not in value:
                break
            value, place = value[step], (*place, step)
        if (block.address, place) not in self._seen:
            self._seen.add((block.address, place))
            yield from self.of(block, value, place)


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
