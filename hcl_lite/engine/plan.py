"""Config and state to a Plan: the graph is walked once, each block evaluated, looked at on its server, and decided.

Evaluation and reading go together, since a lookup or a provider may depend on what another block will be; the decision
itself is pure (decide.py). Nothing here can write: the session's providers are read-only, the state is a value.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import networkx as nx

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError, Severity, did_you_mean, raise_if_errors
from hcl_lite.core.schema import Live, ProviderError, Version
from hcl_lite.core.values import Value, conceal, is_secret, is_unknown
from hcl_lite.engine.changes import MAKES, WRITES, Action, Change, OutputChange, Plan
from hcl_lite.engine.decide import FORCE, decide_orphan, decide_refresh_only, with_held
from hcl_lite.engine.diff import ABSENT
from hcl_lite.engine.graph import Build, nearest_resources, openers
from hcl_lite.engine.identities import both_ask_for
from hcl_lite.engine.lifecycle import is_protected
from hcl_lite.engine.moves import move_records, moved
from hcl_lite.engine.options import Options
from hcl_lite.engine.orphans import Orphan, find_orphans, in_order_of_deletion
from hcl_lite.engine.parts import all_that_goes, goes_along
from hcl_lite.engine.preparing import expose_remembered, look_up, lookup_arguments, open_provider, unknown_keys
from hcl_lite.engine.reconcile import DELETED, reconcile
from hcl_lite.engine.resources import ResourcePlanner
from hcl_lite.engine.session import Session
from hcl_lite.engine.walk import walk
from hcl_lite.lang.block import Block, expressions_of
from hcl_lite.lang.expand import provider_address
from hcl_lite.lang.expression import expressions_in
from hcl_lite.lang.rules import as_warning, broken_rules, check_rule
from hcl_lite.lang.scope import Scope
from hcl_lite.lang.statements import address_in
from state.model import Record, State

_BLOCKS_AT_ONCE = 64
_DOING = {"create": "created", "update": "updated", "delete": "deleted"}
_NOT_LOOKED_AT = "this plan does not look at it"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Planner:
    """Everything that a plan is made from."""

    build: Build
    state: State
    session: Session
    options: Options = field(default_factory=Options)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Callable[[], datetime] = _now

    def __post_init__(self) -> None:
        self.config = self.build.config
        self.scope: Scope = self.build.scope
        self.changes: dict[Address, Change] = {}
        self.leftovers: list[Change] = []
        self.outputs: dict[str, Value] = {}
        self.problems: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []
        moves = move_records(self.state, self.config)
        self.state = moves.state
        self.resources = ResourcePlanner(
            self.build, moves, self.session, self.options, self.environment, self.clock, self.changes
        )

    async def make(self) -> Plan:
        """The plan. Raises HclError with every problem that stands in its way."""
        graph = self.build.graph
        wanted = self._wanted_nodes()
        raise_if_errors(map(unknown_keys, self._waited_for(wanted)))
        raise_if_errors(self._unknown_addresses())
        raise_if_errors(self._broken_variables())
        self.session.expected = self._expected_uids(wanted)
        await walk(
            graph.subgraph(wanted),
            visit=self._visit,
            skip=lambda _: None,
            parallelism=_BLOCKS_AT_ONCE,
            order=lambda address: address.order,
        )
        raise_if_errors(self.problems)
        await self._plan_orphans()
        self._say_what_is_left()
        await self._look_inside()
        self._check_identities()
        raise_if_errors(self.problems)
        order = [a for a in nx.lexicographical_topological_sort(graph, key=lambda a: a.order) if a in self.changes]
        return Plan(
            changes=(*(self.changes[address] for address in order), *in_order_of_deletion(self.leftovers)),
            outputs=self._output_changes(),
            warnings=(*self.warnings, *self._interrupted()),
            lineage=self.state.lineage,
            serial=self.state.serial,
            destroy=self.options.destroy,
            refresh_only=self.options.refresh_only,
            targets=self.options.targets,
            copies=self.resources.copies,
            replacing=self.options.replacing,
            refresh=self.options.refresh,
        )

    # --- what is visited ----------------------------------------------------------------------------------------------

    def _unknown_addresses(self) -> Iterator[Diagnostic]:
        """--target and --replace speak of what is declared or remembered."""
        objects = {*(block.address for block in self.config.of_kind(Kind.RESOURCE)), *self.state.records}
        for verb, addresses, known in (
            ("target", self.options.targets, {*self.build.graph, *objects}),
            ("replace", self.options.replacing, objects),
        ):
            for address in addresses:
                if not any(address.covers(other) for other in known):
                    near = did_you_mean(str(address), (str(a) for a in objects))
                    yield Diagnostic(f"There is no {address} to {verb}", near)

    @property
    def _leaves_blocks(self) -> bool:
        """Whether the plan is about records alone, whatever the blocks say."""
        return self.options.destroy or self.options.refresh_only

    def _waited_for(self, wanted: set[Address]) -> Iterator[Block]:
        """Blocks whose instances are not known yet, and that this plan cannot do without."""
        waiting = self.build.waiting
        if self._leaves_blocks:
            return (block for block in waiting if block.address.kind is Kind.PROVIDER)
        if not self.options.targets:
            return iter(waiting)
        named = {target.written for target in self.options.targets}
        for address in wanted:
            block = self.config.blocks.get(address)
            if block is not None:
                named |= _names_in(self.scope, block) | {provider_address(block.provider).written}
        return (block for block in waiting if any(_touch(block.address.written, name) for name in named))

    def _wanted_nodes(self) -> set[Address]:
        """All blocks; with targets, these and what they need; for destroying, only what opens the providers."""
        graph = self.build.graph
        if self._leaves_blocks:
            return openers(graph)
        if self.options.targets:
            roots = [address for address in graph if self._is_target(address)]
            used = {provider_address(r.provider) for r in self.state.all_records() if self._is_target(r.address)}
            roots += [address for address in used if address in graph]
        else:
            return set(graph)
        return set().union(*({root, *nx.ancestors(graph, root)} for root in roots)) if roots else set()

    def _is_target(self, address: Address) -> bool:
        return any(target.covers(address) for target in self.options.targets)

    def _expected_uids(self, wanted: set[Address]) -> Mapping[tuple[str, str], Mapping[str, Version]]:
        expected: dict[tuple[str, str], dict[str, Version]] = {}
        for record in self.state.all_records():
            expected.setdefault((record.provider, record.address.type), {}).setdefault(record.uid, record.version)
        for address in wanted & self.build.identities.keys():
            provider = self.config.blocks[address].provider if address in self.config.blocks else ""
            expected.setdefault((provider, address.type), {}).setdefault(self.build.identities[address], {})
        return expected

    async def _visit(self, address: Address) -> bool:
        """Whether what depends on this block can be planned."""
        block = self.config.blocks.get(address)
        if block is None:
            return True
        try:
            match address.kind:
                case Kind.PROVIDER:
                    await open_provider(self.session, self.scope, block)
                case Kind.DATA:
                    await self._look_up(block)
                case Kind.RESOURCE if self._leaves_blocks:  # a provider needs it
                    await expose_remembered(self.session, self.scope, block, self.state.records.get(address))
                case Kind.RESOURCE:
                    change = await self.resources.plan(block)
                    self.changes[address] = change
                case Kind.OUTPUT:
                    self._plan_output(block)
                case Kind.CHECK:
                    problems = broken_rules(self.scope, block, [check_rule(block)])
                    self.warnings.extend(as_warning(problem) for problem in problems)
                case Kind.LOCAL | Kind.VARIABLE:
                    self.scope.value(address)
                    raise_if_errors(broken_rules(self.scope, block, block.rules))
        except HclError as error:
            self.problems.extend(error.diagnostics)
            return False
        except ProviderError as error:
            self.problems.append(Diagnostic(str(error), hint=error.hint, request_id=error.request_id))
            return False
        return True

    async def _look_up(self, block: Block) -> None:
        if block.address in self.scope.objects:
            return  # for_each needed it before
        raise_if_errors(broken_rules(self.scope, block, [r for r in block.lifecycle.rules if not r.post]))
        values = lookup_arguments(self.session, self.scope, block)
        needed = nearest_resources(self.build.graph, block.address)
        deferred = self.session.is_deferred(block.provider)
        if deferred or is_unknown(values) or any(self.changes[a].action in WRITES for a in needed if a in self.changes):
            if not self._leaves_blocks:
                self.changes[block.address] = Change(block.address, Action.READ, place=block.place())
            return
        found = await look_up(self.session, block, values)
        self.scope.objects[block.address] = found
        raise_if_errors(broken_rules(self.scope, block, [r for r in block.lifecycle.rules if r.post], found))

    def _plan_output(self, block: Block) -> None:
        value = self.scope.value(block.address)
        raise_if_errors(broken_rules(self.scope, block, block.rules))
        if is_secret(value) and block.body.get("sensitive") is not True:
            detail = "It holds a value that is marked as sensitive."
            hint = "Set sensitive = true."
            raise HclError(Diagnostic(f"Output {block.address.name} must be sensitive", detail, block.place(), hint))
        if not block.address.module:
            self.outputs[block.address.name] = value

    def _broken_variables(self) -> Iterator[Diagnostic]:
        """Validations of the root module's variables; those of modules are looked at when they are known."""
        for block in self.config.of_kind(Kind.VARIABLE):
            if not block.address.module:
                yield from broken_rules(self.scope, block, block.rules)

    # --- what fits together -------------------------------------------------------------------------------------------

    def _check_identities(self) -> None:
        """Two blocks cannot stand for one object: each would undo the other."""
        first: dict[tuple[str, str, str], Change] = {}
        for change in self.changes.values():
            if not change.uid:
                continue
            other = first.setdefault((change.provider, change.address.type, change.uid), change)
            if other is not change:
                self.problems.append(both_ask_for(change.uid, other.address, other.place, change.address, change.place))

    # --- what is no longer declared -----------------------------------------------------------------------------------

    async def _plan_orphans(self) -> None:
        """Records that no block stands for; with --destroy all of them, with --refresh-only each as it is."""
        renamed = self.resources.renamed
        orphans = list(find_orphans(self.state, self.options, self.config.blocks, self.changes, renamed))
        try:
            found = await asyncio.gather(*(self.resources.survey(o.record) for o in orphans))
            holders = self._holders()
            for orphan, live in zip(orphans, found, strict=True):
                record = orphan.record
                there = live.uid if live is not None else record.uid  # another one where the server chose it
                holder = holders.get((record.provider, record.address.type, there))
                change = (
                    decide_orphan(record, live, orphan.deposed, f"{holder} stands for it", Action.FORGET)
                    if holder is not None
                    else await self._plan_orphan(orphan, live)
                )
                source = None if orphan.deposed else self.resources.moves.sources.get(record.address)
                self.leftovers.append(change if source is None else moved(change, record, source))
        except ProviderError as error:
            self.problems.append(Diagnostic(str(error), hint=error.hint, request_id=error.request_id))

    async def _plan_orphan(self, orphan: Orphan, live: Live | None) -> Change:
        record = orphan.record
        intent = next((i for i in self.state.pending if i.identity == record.identity), None)
        if self.options.refresh_only and intent is not None:
            return Change(record.address, Action.NOOP, record.provider, record.uid, record)
        if intent is not None:
            outcome = reconcile(intent, record, live, None, None)
            self.resources.outcomes[intent.identity] = outcome.words
            if outcome.deleted:
                return replace(decide_orphan(record, live, orphan.deposed, ""), because=DELETED)
        if orphan.deposed:
            return decide_orphan(record, live, True, "what it was replaced by is there")
        if self.options.refresh_only:
            if live is not None and live.version != record.version and live.content is None:
                live = await self.session.get(record.provider).read(
                    record.address.type, record.uid, None, record.version
                )
            return decide_refresh_only(record, live)
        removed = next((b for b in self.config.of_kind(Kind.REMOVED) if _removes(b, record.address)), None)
        if removed is not None and removed.body.get("destroy") is False:
            change = decide_orphan(record, live, False, "[[removed]] says destroy = false", Action.RELEASE)
            return replace(change, place=removed.place())
        if live is not None and removed is None:
            raise_if_errors(self._protections(record))
        type_ = self.session.resource_type(record.provider, record.address.type)
        if type_.stays:
            return decide_orphan(record, live, False, type_.stays, Action.RELEASE)
        return decide_orphan(record, live, False, "" if self.options.destroy else "it is no longer declared")

    def _say_what_is_left(self) -> None:
        """Of what is to be deleted, unless it is part of something else that goes."""
        changes = [*self.changes.values(), *self.leftovers]
        going = all_that_goes(changes)

        def say(change: Change) -> Change:
            record = change.record
            if record is None or change.note or change.action not in (Action.DELETE, Action.REPLACE):
                return change
            type_ = self.session.resource_type(record.provider, record.address.type)
            return change if goes_along(type_, record, going) else replace(change, note=type_.leaves)

        self._replace_changes([say(change) for change in changes])

    async def _look_inside(self) -> None:
        """Say of what is to be deleted which objects it holds that are not managed here."""
        managed = {(record.provider, record.address.type, record.uid) for record in self.state.all_records()}

        async def look(change: Change) -> Change:
            record = change.record
            goes = change.action in (Action.DELETE, Action.REPLACE)
            if not goes or record is None or self.session.is_deferred(record.provider):
                return change
            found = await self.session.get(record.provider).contents(record.address.type, record.uid)
            held = [one for one in found if (record.provider, one.type, one.uid) not in managed]
            return with_held(change, held, forced=record.attributes.get(FORCE) is True)

        if not self.options.refresh:
            return
        try:
            looked = await asyncio.gather(*map(look, [*self.changes.values(), *self.leftovers]))
        except ProviderError as error:
            self.problems.append(Diagnostic(str(error), hint=error.hint))
            return
        self._replace_changes(looked)

    def _replace_changes(self, changes: Sequence[Change]) -> None:
        """By those of the blocks, and then the leftovers, each in their order."""
        self.changes.update(zip(self.changes, changes, strict=False))
        self.leftovers = [*changes[len(self.changes) :]]

    def _holders(self) -> Mapping[tuple[str, str, str], Address]:
        """The blocks that objects stay with, whatever else an interrupted run has left of them in the state."""
        kept = (change for change in self.changes.values() if change.uid and change.action not in MAKES)
        return {(change.provider, change.address.type, change.uid): change.address for change in kept}

    def _protections(self, record: Record) -> Iterator[Diagnostic]:
        """prevent_destroy: what the block says now, or what it said last where there is none."""
        block = self.config.blocks.get(record.address)
        written = self.scope.config.blocks.get(record.address.written)
        if block is not None:
            protected = is_protected(self.scope, block)
        elif written is not None and isinstance(written.lifecycle.prevent_destroy, bool):
            protected = written.lifecycle.prevent_destroy
        else:
            protected = record.protected
        if protected:
            there = block or written
            place = there.value_place("lifecycle", "prevent_destroy") if there else None
            detail = "It would be deleted; lifecycle.prevent_destroy forbids that."
            if there is None:
                detail = "Its block is gone, and it was applied with lifecycle.prevent_destroy."
            hint = f'Set prevent_destroy = false, or say [[removed]] from = "{record.address}" once its block is gone.'
            yield Diagnostic(f"{record.address} is protected", detail, place, hint, str(record.address))

    # --- what an earlier run has left open ----------------------------------------------------------------------------

    def _interrupted(self) -> Iterator[Diagnostic]:
        """What is said of the writes that an earlier run was making when it ended, each looked at on its server."""
        if not self.state.pending:
            return
        count = len(self.state.pending)
        writes = "1 write was" if count == 1 else f"{count} writes were"
        outcomes = self.resources.outcomes
        lines = [
            f"{i.record.address} ({i.record.uid}) was being {_DOING[i.write]}: "
            f"{outcomes.get(i.identity, _NOT_LOOKED_AT)}."
            for i in self.state.pending
        ]
        yield Diagnostic(
            f"An earlier run ended before it knew what came of all that it did: {writes} under way",
            "\n".join(lines),
            severity=Severity.WARNING,
        )

    # --- outputs ------------------------------------------------------------------------------------------------------

    def _output_changes(self) -> tuple[OutputChange, ...]:
        if self.options.refresh_only:
            return ()
        old = self.state.outputs
        if self.options.targets:
            old = {name: value for name, value in old.items() if name in self.outputs}
        changes = []
        for name in [*self.outputs, *(name for name in old if name not in self.outputs)]:
            before, after = old.get(name, ABSENT), self.outputs.get(name, ABSENT)
            if is_secret(after):
                continue
            if before != after:
                changes.append(OutputChange(name, before, conceal(after)))
        return tuple(changes)


def _names_in(scope: Scope, block: Block) -> set[Address]:
    """The blocks that `block` speaks of in expressions, as they are written; a variable's are those of its input."""
    address = block.address
    inside = address.kind is Kind.VARIABLE and address.module
    call = scope.instance(address.caller) if inside else block
    given = call.body.get("inputs", {}).get(address.name) if inside else None
    found = expressions_in(given) if inside else expressions_of(block)
    references = (reference.address for _, expression in found for reference in expression.references)
    return {named.within(call.address.module).written for named in references if named is not None}


def _touch(one: Address, other: Address) -> bool:
    return one.covers(other) or other.covers(one)


def _removes(block: Block, address: Address) -> bool:
    return address_in(block, block.body["from"]).covers(address)
