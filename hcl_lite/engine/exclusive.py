"""What only one object of an organisation can have, such as being its default data source: two blocks that ask for it
would take it from each other for ever. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.schema import ResourceType
from hcl_lite.engine.changes import Change
from hcl_lite.engine.session import Session
from hcl_lite.engine.wanted import Values
from hcl_lite.lang.block import Block
from hcl_lite.lang.config import Config


@dataclass
class Exclusive:
    """The blocks that have asked so far."""

    _first: dict[tuple[Hashable, str, str], Block] = field(default_factory=dict)

    def ask(self, where: Hashable, block: Block, type_: ResourceType, values: Values) -> Iterator[Diagnostic]:
        """Of a block with its `values`, what another one has asked for before; `where` is the organisation."""
        for key, attr in type_.attrs.items():
            if not attr.exclusive or values.get(key) is not True:
                continue
            first = self._first.setdefault((where, type_.name, key), block)
            if first is not block:
                yield Diagnostic(
                    f"{first.address} and {block.address} both have {key} = true",
                    f"An organisation has one such object. The other is at {first.value_place(key)}.",
                    block.value_place(key),
                    f"Leave {key} to one of them: each apply would take it from the other.",
                    str(block.address),
                )


def both_exclusive(
    session: Session, config: Config, changes: Mapping[Address, Change], objects: Mapping[Address, Values]
) -> Iterator[Diagnostic]:
    """What two of the planned blocks ask for; also of two providers that are of one organisation."""
    exclusive, origins = Exclusive(), session.origins()
    for address, change in changes.items():
        if address in config.blocks and address.kind is Kind.RESOURCE and change.provider:
            type_ = session.resource_type(change.provider, address.type)
            where = origins.get(change.provider, change.provider)
            yield from exclusive.ask(where, config.blocks[address], type_, objects[address])
