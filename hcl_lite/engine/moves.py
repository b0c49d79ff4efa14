"""Records whose address changes: by [[moved]], and where count was added or removed. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError, Severity, raise_if_errors
from hcl_lite.engine.plan import Action, Change
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.block_references import address_in
from hcl_lite.lang.config.config import Config
from state.model import ObjectKey, Record, State, with_moved


@dataclass(frozen=True, slots=True)
class Moves:
    """`state` has every record at its new address; `sources` are the old addresses by the new ones.

    `displaced` are objects without a block, whose address stands for another object from now on, with the address at
    which they were known. They are among the deposed objects of `state`. `warnings` are about objects that did not
    move, since their target address is taken.
    """

    state: State
    sources: Mapping[Address, Address]
    displaced: Mapping[ObjectKey, Address] = field(default_factory=dict)
    warnings: tuple[Diagnostic, ...] = ()

    def source(self, address: Address) -> Address:
        """Returns the address at which the state knows the object that is at `address` now."""
        return self.sources.get(address, address)


def move_records(state: State, config: Config) -> Moves:
    """Applies the [[moved]] blocks of `config`, which holds instances, also to addresses without a block.

    Of two objects that come to one address the one that is there stays, and the other has no block any more, as in
    Terraform: a chain of killed runs can leave both. Raises HclError for a cycle of moves.
    """
    records = dict(state.records)
    sources: dict[Address, Address] = {}
    warnings: list[Diagnostic] = []
    statements = list(config.of_kind(Kind.MOVED))
    raise_if_errors(problem for block in statements for problem in _still_declared(block, config))
    for source in state.records:
        target, block = _destination(source, statements)
        target = _rekeyed(target, records, config)
        if target == source or (target in records and target not in config.blocks):
            continue
        if target in records:
            warnings.append(_left_behind(records[source], records[target], block))
            continue
        records[target] = replace(records.pop(source), address=target)
        sources[target] = source
    targets = {source: target for target, source in sources.items()}
    records = {address: with_moved(targets, record) for address, record in records.items()}
    return Moves(replace(state, records=records), sources, warnings=tuple(warnings))


def moved(change: Change, record: Record, source: Address) -> Change:
    """Returns `change` with `source` as the address at which the state knows the object; at least the state is to be
    changed."""
    kept = change.record if change.action is Action.REFRESH else record
    action = Action.REFRESH if change.action is Action.NOOP else change.action
    return replace(change, action=action, record=kept, moved_from=source, note=f"It is known as {source} until now.")


def destination(address: Address, config: Config) -> Address:
    """Returns where the moves of `config` lead from `address`. Raises HclError for a cycle of moves."""
    return _destination(address, list(config.of_kind(Kind.MOVED)))[0]


def _left_behind(record: Record, there: Record, block: Block | None) -> Diagnostic:
    command = shlex.join(["hcl-lite", "state", "mv", str(record.address)])
    return Diagnostic(
        f"{record.address} has not moved to {there.address}",
        f'Both are in the state: "{record.uid}" and "{there.uid}", which stays. No block asks for the other one by its'
        " address, so that it goes unless another one asks for its uid.",
        block.place() if block else None,
        f"To keep it: {command} NEW, with a block for it; or hcl-lite state rm.",
        str(record.address),
        Severity.WARNING,
    )


def _still_declared(block: Block, config: Config) -> Iterator[Diagnostic]:
    """An instance that is said to have moved away; a block that is still declared is found without its instances."""
    source = address_in(block, block.body["from"])
    if source != source.written and source in config.blocks:
        detail = f"It is still declared, at {config.blocks[source].place()}."
        hint = "Take its key away, or leave out the [[moved]]."
        yield Diagnostic(f"{source} cannot have moved", detail, block.value_place("from"), hint)


def _destination(address: Address, statements: Sequence[Block]) -> tuple[Address, Block | None]:
    """Returns the address of an object after all moves, and the last of these moves; one move may continue another.

    Raises HclError where it would come back to where it was.
    """
    last: Block | None = None
    passed = {address}
    for _ in statements:
        for block in statements:
            source, target = address_in(block, block.body["from"]), address_in(block, block.body["to"])
            there = _follow(address, source, target) if _is_moved(address, source, target) else address
            if there == address:
                continue
            if there in passed:
                detail = f"They lead {there} back to where it is."
                hint = "Leave out the one that no longer holds."
                raise HclError(Diagnostic("Moves lead in a circle", detail, block.place(), hint))
            passed.add(there)
            address, last = there, block
    return address, last


def _is_moved(address: Address, source: Address, target: Address) -> bool:
    """Whether a move speaks of `address`. Without any key it takes all instances along; one with a key is of one
    instance, and then `source` without a key is what stood there before for_each or count."""
    if source.key is None and target.key is None:
        return source.covers(address)
    if source.kind is Kind.MODULE:
        return address.module[: len(source.inner)] == source.inner
    return address == source


def _follow(address: Address, source: Address, target: Address) -> Address:
    """Returns the address of the object at `address`, which `source` covers, after the move of `source` to `target`."""
    if source.kind is not Kind.MODULE:
        kept = address.key if source.key is None and target.key is None else target.key
        return replace(target, key=kept)
    step = address.module[len(source.module)]
    last = target.inner[-1]
    if source.key is None and target.key is None:
        last += step[len(source.name) :]
    return replace(address, module=(*target.module, last, *address.module[len(source.module) + 1 :]))


def _rekeyed(address: Address, records: Mapping[Address, Record], config: Config) -> Address:
    """A block that got count stands for what it stood for before as [0], and the other way round."""
    if address in config.blocks or address.key not in (None, 0):
        return address
    other = replace(address, key=0) if address.key is None else address.collection
    return other if other in config.blocks and other not in records else address
