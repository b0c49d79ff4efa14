"""Dependencies of an expression: the instances and names that it refers to, and of collections those that it reads."""

from __future__ import annotations

from collections.abc import Iterator

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.evaluation.named_values import NAMED
from hcl_lite.lang.evaluation.scope import Scope
from hcl_lite.lang.expressions.model import Expression, Reference
from hcl_lite.lang.expressions.parse import expressions_in


def needs(scope: Scope, block: Block, expression: Expression) -> Iterator[Address]:
    """Yields the dependencies of an expression in `block`. Raises HclError where keys are not known."""
    for reference in expression.references:
        if reference.address is None:
            if reference.path[:2] == ("each", "value"):
                yield from _needs_of_each(scope, block)
        elif reference.address.kind in NAMED:
            full = reference.address.within(block.address.module)
            if full.module or full.kind is not Kind.VARIABLE:
                yield full
        else:
            full = reference.address.within(block.address.module)
            yield from _needs_of_instances(scope, block, expression, reference, full)


def _needs_of_instances(
    scope: Scope, block: Block, expression: Expression, reference: Reference, collection: Address
) -> Iterator[Address]:
    written = scope.config.blocks.get(collection.written)
    instances = None if written is None else scope.instances(collection)
    if written is None or instances is None:
        return
    below = reference.path
    needed = list(instances.values())
    if written.repeats and reference.path:
        below = reference.path[1:]
        needed = [instances[reference.path[0]]] if reference.path[0] in instances else []
    elif written.repeats:
        touched = scope.touched(block, expression)
        needed = [instance for instance in needed if touched is None or instance in touched]
    for instance in needed:
        if collection.kind is not Kind.MODULE:
            yield instance
            continue
        for output in scope.outputs_of(instance):
            if not below or output == below[0]:
                yield Address(Kind.OUTPUT, output, module=instance.inner)


def _needs_of_each(scope: Scope, block: Block) -> Iterator[Address]:
    """Yields the dependencies of each.value: where for_each is another block's collection, its instance of the same
    key."""
    written = scope.config.blocks[block.address.written]
    around = scope.instance(block.address.collection)
    for _, expression in expressions_in({"for_each": written.for_each}):
        for address in needs(scope, around, expression):
            other = expression.plain and address.type and address.key is not None
            if not other or address.key == block.address.key:
                yield address
