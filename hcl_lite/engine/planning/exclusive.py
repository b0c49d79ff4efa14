"""Attributes that only one object of an organisation can have, such as being its default data source. Pure.

Two blocks that claim one would take it from each other at every apply; a single one takes it from its current holder.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Set
from dataclasses import dataclass, field

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.paths import Everything
from hcl_lite.core.schema import ResourceType
from hcl_lite.engine.desired import Values
from hcl_lite.lang.config.block import Block

Claims = Mapping[Address, Set[str]]
"""The attributes that blocks ask for and only one object of an organisation has."""


def exclusive_claims(block: Block, type_: ResourceType, values: Values) -> frozenset[str]:
    """Returns the exclusive attributes that a block sets to true, except those in ignore_changes."""
    ignored = {path.steps for path in block.lifecycle.ignore_changes}
    if (Everything(),) in ignored:
        return frozenset()
    asked = (key for key, attr in type_.attrs.items() if attr.exclusive and values.get(key) is True)
    return frozenset(key for key in asked if (key,) not in ignored)


@dataclass
class Exclusive:
    """The claims of the blocks seen so far."""

    _first: dict[tuple[Hashable, str, str], Block] = field(default_factory=dict)

    def ask(self, where: Hashable, block: Block, claims: Set[str]) -> Iterator[Diagnostic]:
        """Adds the `claims` of a block; returns an error for each that another block has made before. `where` is the
        organisation."""
        for key in sorted(claims):
            first = self._first.setdefault((where, block.address.type, key), block)
            if first is not block:
                yield Diagnostic(
                    f"{first.address} and {block.address} both have {key} = true",
                    f"An organisation has one such object. The other is at {first.value_place(key)}.",
                    block.value_place(key),
                    f"Leave {key} to one of them: each apply would take it from the other.",
                    str(block.address),
                )
