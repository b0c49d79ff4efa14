"""Orphans: objects that are in the state and that no block stands for; and their order of deletion. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hcl_lite.core.addrs import Address, in_order
from hcl_lite.core.digraph import DiGraph, cycle_in, topological_order
from hcl_lite.engine.plan import MAKES, Change
from hcl_lite.engine.planning.options import Options
from state.model import Record, State


@dataclass(frozen=True, slots=True)
class Orphan:
    """`deposed` says that its replacement exists already, `displaced` that its address stands for another object."""

    record: Record
    deposed: bool = False
    displaced: bool = False


def find_orphans(
    state: State,
    options: Options,
    declared: Collection[Address],
    planned: Mapping[Address, Change],
    moved: Collection[Address],
    displaced: Collection[Record] = (),
) -> Iterator[Orphan]:
    """Returns the records without a block; all of them for destroy and refresh-only. `moved` are addresses whose object
    has moved by its uid, `displaced` the objects whose address stands for another one.

    Objects that an interrupted run may have created or adopted are included.
    """
    everything, targets = options.destroy or options.refresh_only, frozenset(options.targets)
    for record in state.records.values():
        left = record.address not in moved and (everything or record.address not in declared)
        if left and _is_wanted(record, state, targets, options):
            yield Orphan(record)
    for record in displaced if not options.refresh_only else ():
        if _is_wanted(record, state, targets, options):
            yield Orphan(record, displaced=True)
    for record in state.deposed if not options.refresh_only else ():
        if (
            record not in displaced
            and _is_wanted(record, state, targets, options)
            and not _stands_for(planned.get(record.address), record)
        ):
            yield Orphan(record, deposed=True)
    for intent in state.unrecorded() if not options.refresh_only else ():
        there = planned.get(intent.record.address)
        left = options.destroy or there is None or there.uid != intent.record.uid
        if left and _is_wanted(intent.record, state, targets, options):
            yield Orphan(intent.record)


def in_order_of_deletion(changes: Sequence[Change]) -> list[Change]:
    """Returns `changes` with dependents before what they depend on, by the dependencies in the state."""
    by_address = {change.address: change for change in changes}
    graph: DiGraph[Address] = DiGraph()
    graph.add_nodes_from(by_address)
    for address, change in by_address.items():
        graph.add_edges_from((address, needed) for needed in change.dependencies if needed in by_address)
    order = in_order(by_address) if cycle_in(graph) else topological_order(graph, key=lambda a: a.order)
    rank = {address: index for index, address in enumerate(order)}
    return sorted(changes, key=lambda change: rank[change.address])


def _is_wanted(record: Record, state: State, targets: frozenset[Address], options: Options) -> bool:
    """Without targets everything; with them a target, or, when destroying, what depends on one."""
    if not targets:
        return True
    needed, open_ = {record.address}, [record]
    while open_ and options.destroy:
        for address in open_.pop().dependencies:
            if address not in needed:
                needed.add(address)
                open_ += [state.records[address]] if address in state.records else []
    return any(not targets.isdisjoint(address.covering()) for address in needed)


def _stands_for(change: Change | None, record: Record) -> bool:
    """Whether a block is about to take back the object that it had given up."""
    return (
        change is not None
        and change.action not in MAKES
        and (change.provider, change.uid) == (record.provider, record.uid)
    )
