"""Records whose blocks have another address than before: by [[moved]], and where count came or went. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.lang.config import Block, Config
from hcl_lite.lang.statements import address_in
from state.model import Record, State


@dataclass(frozen=True, slots=True)
class Moves:
    """`state` with every record at its new address; `sources` are the old addresses by the new ones."""

    state: State
    sources: Mapping[Address, Address]


def move_records(state: State, config: Config) -> Moves:
    """Follow the moves of `config`, which holds instances. Raises HclError where two objects come to one address."""
    records = dict(state.records)
    sources: dict[Address, Address] = {}

    def move(source: Address, target: Address, block: Block | None) -> None:
        if target in records:
            detail = f"{source} and {target} are both in the state."
            hint = (
                f"hcl-lite state rm makes room, or leave out the [[moved]]. {target} stands for {records[target].uid}."
            )
            raise HclError(
                Diagnostic(f"{source} cannot move to {target}", detail, block.place() if block else None, hint)
            )
        records[target] = replace(records.pop(source), address=target)
        sources[target] = sources.pop(source, source)

    statements = list(config.of_kind(Kind.MOVED))
    for _ in statements:  # a record may move on from where another statement has brought it
        for block in statements:
            for source, target in _moved_by(block, records):
                if target in config.blocks:
                    move(source, target, block)
    for source, target in _rekeyed(records, config):
        move(source, target, None)
    return Moves(replace(state, records=records), sources)


def _moved_by(block: Block, records: Mapping[Address, Record]) -> list[tuple[Address, Address]]:
    source, target = address_in(block, block.body["from"]), address_in(block, block.body["to"])
    found = []
    for address in records:
        moved = _follow(address, source, target) if source.covers(address) else None
        if moved is not None and moved != address:
            found.append((address, moved))
    return found


def _follow(address: Address, source: Address, target: Address) -> Address:
    """Where `address`, which `source` covers, is when `source` has become `target`."""
    if source.kind is not Kind.MODULE:
        kept = address.key if source.key is None and target.key is None else target.key
        return replace(target, key=kept)
    step = address.module[len(source.module)]
    last = target.inner[-1]
    if source.key is None and target.key is None:
        last += step[len(source.name) :]
    return replace(address, module=(*target.module, last, *address.module[len(source.module) + 1 :]))


def _rekeyed(records: Mapping[Address, Record], config: Config) -> Iterator[tuple[Address, Address]]:
    """A block that got count stands for what [0] stands for, and the other way round."""
    for address in list(records):
        if address in config.blocks:
            continue
        other = replace(address, key=0) if address.key is None else address.collection
        if address.key in (None, 0) and other in config.blocks and other not in records:
            yield address, other
