"""The steps that carry out a plan, and their order. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.digraph import DiGraph, descendants, has_path, topological_order
from hcl_lite.engine.graph import Graph
from hcl_lite.engine.plan import GOES, MAKES, TAKES_AWAY, Action, Change, Plan
from hcl_lite.lang.evaluation.expand import provider_address
from state.model import Move, Record, State


@dataclass(frozen=True, slots=True)
class Step:
    """A node of the apply: a block, or the deletion of the object `uid` at its address. With `aside` it gives that
    object a temporary name."""

    address: Address
    uid: str = ""
    aside: bool = False

    @property
    def order(self) -> tuple[object, ...]:
        """Sorts steps by address."""
        return (self.uid != "", self.address.order, self.uid, self.aside)

    @property
    def turn(self) -> tuple[object, ...]:
        """Sorts steps as they are carried out where nothing else orders them: deletions by type and uid, as the lists
        of servers have their objects, from which copies are taken."""
        return (True, self.address.type, self.uid, self.order) if self.uid else self.order


def changes_of(plan: Plan) -> Mapping[Address, Change]:
    """Returns the changes of blocks, and of refreshed records, by address."""
    return {change.address: change for change in plan.changes if change.action not in GOES and not change.deposed}


def deletions_of(plan: Plan) -> Mapping[Step, Change]:
    """Returns the deletions, the old objects of replacements included, by step."""
    return {
        Step(change.address, _old_uid(change)): change
        for change in plan.changes
        if change.action in GOES or change.action is Action.REPLACE
    }


def parts_by_whole(deletions: Mapping[Step, Change]) -> Mapping[Step, Sequence[Record]]:
    """Returns the deletions that each deleted object includes, being parts of it: they have its uid."""
    parts: dict[Step, list[Record]] = {}
    for step, change in deletions.items():
        if change.goes_with is not None and change.record is not None:
            parts.setdefault(Step(change.goes_with, step.uid), []).append(change.record)
    return parts


def moves_of(plan: Plan) -> Sequence[Move]:
    """Returns the records that change their address; displaced ones first make room for others."""
    blocks = changes_of(plan)
    return [
        Move(
            change.moved_from,
            change.address,
            deposed=change.deposed or (change.action in GOES and change.address in blocks),
        )
        for change in plan.changes
        if change.moved_from is not None
    ]


def recovered_records(plan: Plan, state: State) -> Sequence[Record]:
    """Returns what the plan has found of objects that an interrupted run was writing, and `state` does not have. A
    run puts these into its state before it writes them: its own intents replace the earlier ones."""
    open_ = {intent.record.key for intent in state.pending}
    known = {record.key: record for record in (*state.records.values(), *state.deposed)}
    there = [change.record for change in plan.changes if change.action in (Action.UPDATE, *TAKES_AWAY)]
    return [record for record in there if record and record.key in open_ and known.get(record.key) != record]


def order_steps(plan: Plan, graph: Graph, records: Iterable[Record]) -> DiGraph[Step]:
    """Returns the graph of steps: a block after what it depends on; a deletion after everything that lies in the object
    now or used to depend on it, and before or after its replacement. `records` are those of the state.

    Current places count more than remembered dependencies: somebody may have moved objects.
    """
    deletions = deletions_of(plan)
    steps = _blocks(plan, graph, deletions)
    steps.add_nodes_from(deletions)
    for step, change in deletions.items():
        if change.action is Action.REPLACE:
            block = Step(change.address)
            steps.add_edge(*((block, step) if change.create_first else (step, block)))
            if change.may_stay and not change.create_first:  # whether it goes rests on all that the block rests on
                steps.add_edges_from((before, step) for before in [*steps.predecessors(block)] if before != step)
        provider = Step(provider_address((change.record or change).provider))
        if provider in steps:
            steps.add_edge(provider, step)
        if plan.destroy and Step(change.address) in steps:
            _put_after_providers(steps, step)
        if change.goes_with is not None:
            steps.add_edge(Step(change.goes_with, step.uid), step)
    _empty(steps, plan, deletions)
    _make_room(steps, plan, deletions)
    _leave_wholes(steps, plan, deletions)
    by_address: dict[Address, list[Step]] = {}
    for step in deletions:
        by_address.setdefault(step.address, []).append(step)
    for user in records:
        for needed in user.dependencies:
            for step in by_address.get(needed, ()):
                _put_after(steps, step, user)
    _hand_over_names(steps, plan, deletions)
    return steps


def _blocks(plan: Plan, graph: Graph, deletions: Mapping[Step, Change]) -> DiGraph[Step]:
    steps: DiGraph[Step] = DiGraph()
    changes = changes_of(plan)
    if plan.destroy or plan.refresh_only:
        steps.add_nodes_from(Step(address) for address, change in changes.items() if change.action is not Action.NOOP)
        wanted = _with_needs(graph, _providers_of(graph, deletions))
    else:
        wanted = _wanted_blocks(plan, graph, changes, deletions)
    steps.add_nodes_from(Step(address) for address in wanted)
    steps.add_edges_from((Step(a), Step(b)) for a, b in graph.edges if a in wanted and b in wanted)
    if plan.destroy:  # a provider's settings may come from what goes
        lookups = [Step(address) for address in wanted if address.kind is Kind.DATA]
        steps.add_edges_from((lookup, deletion) for lookup in lookups for deletion in deletions)
    return steps


def _wanted_blocks(
    plan: Plan, graph: Graph, changes: Mapping[Address, Change], deletions: Mapping[Step, Change]
) -> set[Address]:
    """Blocks with something to do, and what they need; outputs too, with targets those that the plan has evaluated."""
    wanted = {a for a, change in changes.items() if change.action is not Action.NOOP and a in graph}
    outputs = {a for a in graph if a.kind is Kind.OUTPUT and not a.module}
    if plan.targets:
        wanted |= {a for a in outputs if a.name in plan.evaluated}
    else:
        wanted |= outputs | {a for a in graph if a.kind is Kind.CHECK}
    return _with_needs(graph, wanted | _providers_of(graph, deletions))


def _providers_of(graph: Graph, deletions: Mapping[Step, Change]) -> set[Address]:
    """The providers that make deletions."""
    made = [change for change in deletions.values() if change.action not in (Action.FORGET, Action.RELEASE)]
    return {a for change in made if change.record and (a := provider_address(change.record.provider)) in graph}


def _with_needs(graph: Graph, addresses: Collection[Address]) -> set[Address]:
    wanted, open_ = set(addresses), list(addresses)
    while open_:
        for before in graph.predecessors(open_.pop()):
            if before not in wanted:
                wanted.add(before)
                open_.append(before)
    return wanted


def _put_after_providers(steps: DiGraph[Step], deletion: Step) -> None:
    """The deletion of what a provider takes its settings from comes after the provider was opened."""
    block = Step(deletion.address)
    for step in descendants(steps, block):
        if step.address.kind is Kind.PROVIDER:
            steps.add_edge(step, deletion)
    steps.add_edge(block, deletion)


def _empty(steps: DiGraph[Step], plan: Plan, deletions: Mapping[Step, Change]) -> None:
    """Orders the deletion or the move of what lies in an object before the deletion of the object."""
    leaving = {change.record.key: step for step, change in deletions.items() if change.record is not None}
    moving = {change.record.key: Step(change.address) for change in plan.writes if change.record is not None}
    for step, change in deletions.items():
        for key in change.holds:
            before = leaving.get(key, moving.get(key))
            if before is not None and not has_path(steps, step, before):
                steps.add_edge(before, step)


def _make_room(steps: DiGraph[Step], plan: Plan, deletions: Mapping[Step, Change]) -> None:
    """Orders a deletion before the creation of another object with the same identity."""
    makers = {(c.provider, c.address.type, c.uid): Step(c.address) for c in plan.changes if c.uid and c.action in MAKES}
    for step, change in deletions.items():
        maker = makers.get(((change.record or change).provider, step.address.type, step.uid))
        if maker is not None and not has_path(steps, maker, step):
            steps.add_edge(step, maker)


def _leave_wholes(steps: DiGraph[Step], plan: Plan, deletions: Mapping[Step, Change]) -> None:
    """Orders the deletion of a part after the update of the object that it is part of and that stays: what the deletion
    leaves behind is that of the new place."""
    updated = {(c.provider, c.uid, c.address): Step(c.address) for c in plan.changes if c.action is Action.UPDATE}
    for step, record in ((step, change.record) for step, change in deletions.items() if change.record is not None):
        for address in record.dependencies:
            whole = updated.get((record.provider, record.uid, address))
            if whole is not None and not has_path(steps, step, whole):
                steps.add_edge(whole, step)


def _hand_over_names(steps: DiGraph[Step], plan: Plan, deletions: Mapping[Step, Change]) -> None:
    """Orders the change that takes over a name after the one that gives it up; where that makes a cycle, the name is
    set aside."""
    givers = {(c.provider, c.address.type, c.uid): Step(c.address) for c in plan.changes if c.action is Action.UPDATE}
    givers |= {change.record.key: step for step, change in deletions.items() if change.record is not None}
    for change in plan.changes:
        taker = Step(change.address)
        for uid in change.after:
            giver = givers.get((change.provider, change.address.type, uid))
            if giver is None or giver not in steps or taker not in steps:
                continue
            if not has_path(steps, taker, giver):
                steps.add_edge(giver, taker)
                continue
            aside = Step(giver.address, uid, aside=True)
            provider = Step(provider_address(change.provider))
            steps.add_edges_from(((aside, giver), (aside, taker)))
            steps.add_edges_from([(provider, aside)] if provider in steps else [])


def waits_of(steps: DiGraph[Step], shown: Callable[[Step], bool]) -> Mapping[Address, tuple[Address, ...]]:
    """Returns the addresses of the steps that are `shown`, in their order, each with the nearest of them that come
    before it."""
    nearest: dict[Step, frozenset[Step]] = {}
    waits: dict[Address, set[Address]] = {}
    for step in topological_order(steps, key=lambda one: one.order):
        befores = list(steps.predecessors(step))
        near = frozenset[Step]().union(*(nearest[one] for one in befores))
        if shown(step):
            waits.setdefault(step.address, set()).update(one.address for one in near)
            near = frozenset([step])
        nearest[step] = near
    return {address: tuple(sorted(before - {address}, key=lambda one: one.order)) for address, before in waits.items()}


def with_asides(plan: Plan, graph: Graph, records: Iterable[Record]) -> Plan:
    """Returns `plan`, with a note on each object that gets a temporary name."""
    takers: dict[Step, list[Step]] = {}
    if any(change.after for change in plan.changes):
        steps = order_steps(plan, graph, records)
        takers = {Step(s.address, s.uid): list(steps.successors(s)) for s in steps if s.aside}

    def told(change: Change) -> Change:
        after = takers.get(Step(change.address, _old_uid(change)), ())
        names = ", ".join(str(step.address) for step in after if step.address != change.address)
        if not after:
            return change
        return change.noted(
            f'{names or "The new one"} takes its name before: until then it has another, with "hcl-lite" in it.'
        )

    return replace(plan, changes=tuple(map(told, plan.changes)))


def _put_after(steps: DiGraph[Step], deletion: Step, user: Record) -> None:
    """The deletion comes after whatever happens to `user`, which used to need what is deleted.

    Not so where the object goes first and its replacement, which `user` waits for, comes after it.
    """
    for before in (Step(user.address, user.uid), Step(user.address)):
        if before in steps and before != deletion and not has_path(steps, deletion, before):
            steps.add_edge(before, deletion)


def _old_uid(change: Change) -> str:
    return change.record.uid if change.record is not None else change.uid
