"""Config and state to a Plan: the graph is walked once, each block evaluated, looked at on its server, and decided.

Evaluation and reading go together, since a lookup or a provider may depend on what another block will be; the decision
itself is pure (decide.py). Nothing here can write: the session's providers are read-only, the state is a value.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import networkx as nx

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError, Place, raise_if_errors
from hcl_lite.core.schema import ProviderError, Version
from hcl_lite.core.values import Value, conceal, is_secret, is_unknown
from hcl_lite.engine.diff import ABSENT
from hcl_lite.engine.graph import Build, nearest_objects, nearest_resources
from hcl_lite.engine.moves import move_records
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import GOES, MAKES, WRITES, Action, Change, OutputChange, Plan
from hcl_lite.engine.planning.accounts import forbidden_writes
from hcl_lite.engine.planning.arranging import arrange
from hcl_lite.engine.planning.dangling_references import dangling_references
from hcl_lite.engine.planning.deletions import look_inside, parts_of, say_what_is_left
from hcl_lite.engine.planning.exclusive import both_exclusive, say_from_whom, taken_over
from hcl_lite.engine.planning.identity import both_ask_for
from hcl_lite.engine.planning.interrupted import tell_interrupted
from hcl_lite.engine.planning.options import Options
from hcl_lite.engine.planning.orphan_planner import OrphanPlanner
from hcl_lite.engine.planning.orphans import in_order_of_deletion
from hcl_lite.engine.planning.resource_planner import ResourcePlanner
from hcl_lite.engine.planning.targeting import Targeting
from hcl_lite.engine.planning.unique_names import Naming, group_of
from hcl_lite.engine.prerequisites import look_up, lookup_arguments, open_provider, remembered_attributes, unknown_keys
from hcl_lite.engine.secret_paths import hide_sensitive
from hcl_lite.engine.server_faults import fault_of
from hcl_lite.engine.steps import with_asides
from hcl_lite.engine.walk import walk
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.evaluation.conditions import as_warning, broken_rules, check_rule
from hcl_lite.lang.evaluation.scope import Scope
from state.model import Record, State

_BLOCKS_AT_ONCE = 64


@dataclass
class Planner:
    """Everything that a plan is made from."""

    build: Build
    state: State
    session: Session
    options: Options = field(default_factory=Options)
    beside_run: bool = False
    """Whether a run is going on, whose writes under way are no interrupted ones."""

    def __post_init__(self) -> None:
        self.config = self.build.config
        self.scope: Scope = self.build.scope
        self.changes: dict[Address, Change] = {}
        self.orphans: list[Change] = []
        self.outputs: dict[str, Value] = {}
        self.problems: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []
        only_moves = self.options.refresh_only
        self.moves = move_records(self.state, self.config) if only_moves else arrange(self.build, self.state)
        self.warnings += self.moves.warnings
        self.state = self.moves.state
        self.targeting = Targeting.of(self.build, self.state, self.options)
        self.options = self.targeting.options
        self.resources = ResourcePlanner(self.build, self.moves, self.session, self.options, self.changes)

    async def make(self) -> Plan:
        """The plan. Raises HclError with every problem that stands in its way."""
        hide_sensitive(self.state.all_records(), self.session.resource_type)
        graph = self.build.graph
        wanted = self.targeting.blocks()
        raise_if_errors(map(unknown_keys, self.targeting.waiting(wanted)))
        raise_if_errors(self.targeting.unknown_addresses())
        raise_if_errors(self._broken_variables())
        self.session.expected = self._expected_uids(wanted)
        await self._walk(wanted)
        raise_if_errors(self.problems)
        parts = self.targeting.blocks_of(self._parts_of_new()) - wanted
        await self._walk(parts)
        wanted |= parts
        raise_if_errors(self.problems)
        if self.options.targets and not self.options.leaves_blocks:
            await self._plan_other_outputs(wanted)
        await self._plan_orphans()
        await self._hand_over_names()
        await self._find_dangling()
        await self._find_forbidden()
        self._check_identities()
        self.problems += both_exclusive(self.session, self.config, self.changes, self.resources.claims)
        raise_if_errors(self.problems)
        self.changes.update({a: self.resources.outliner.settled(change) for a, change in self.changes.items()})
        order = [a for a in nx.lexicographical_topological_sort(graph, key=lambda a: a.order) if a in self.changes]
        plan = Plan(
            changes=(*(self.changes[address] for address in order), *in_order_of_deletion(self.orphans)),
            outputs=self._output_changes(),
            evaluated=tuple(self.outputs),
            warnings=(*self.warnings, *self._interrupted()),
            lineage=self.state.lineage,
            serial=self.state.serial,
            destroy=self.options.destroy,
            refresh_only=self.options.refresh_only,
            targets=self.options.targets,
            copies=self.resources.copies,
            given=self._given(),
            replacing=self.options.replacing,
            refresh=self.options.refresh,
        )
        return with_asides(plan, graph, self.state.all_records())

    async def _walk(self, addresses: Collection[Address]) -> None:
        await walk(
            self.build.graph.subgraph(addresses),
            visit=self._visit,
            skip=lambda _: None,
            parallelism=self.options.parallelism or _BLOCKS_AT_ONCE,
            order=lambda address: address.order,
        )

    # --- what is visited ----------------------------------------------------------------------------------------------

    def _parts_of_new(self) -> Iterable[Record]:
        """What is part of an object that is made anew, and goes with it."""
        made = [change.record.key for change in self.changes.values() if change.record and change.action in MAKES]
        return parts_of(self.session, made, self.state.records.values())

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
                case Kind.RESOURCE if self.options.leaves_blocks:  # a provider needs it
                    known = await remembered_attributes(
                        self.session, self.scope, block, self.state.records.get(address)
                    )
                    if known is not None:
                        self.scope.expose(address, known)
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
            self.problems.append(fault_of(error, self.config))
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
            if not self.options.leaves_blocks:
                self.changes[block.address] = Change(block.address, Action.READ, place=block.place())
                if is_secret(values):
                    self.resources.given[block.address] = values
            return
        found = await look_up(self.session, block, values)
        self.scope.expose(block.address, found)
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

    async def _plan_other_outputs(self, wanted: set[Address]) -> None:
        """The outputs that come of nothing but `wanted` blocks and of objects that are as the state has them."""
        for address in (a for a in self.build.graph if a.kind is Kind.OUTPUT and not a.module and a not in wanted):
            needed = [a for a in nearest_objects(self.build.graph, address) if a not in wanted]
            if all([await self._is_as_applied(needed_one) for needed_one in needed]):
                await self._visit(address)

    async def _is_as_applied(self, address: Address) -> bool:
        """Whether an object that is none of the targets is declared as it was applied; others may refer to it then."""
        if address.kind is not Kind.RESOURCE:
            return False
        record = self.state.records.get(address)
        try:
            block = self.config.blocks[address]
            known = await remembered_attributes(self.session, self.scope, block, record, only_as_applied=True)
        except HclError:
            return False
        if known is not None:
            self.scope.expose(address, known)
        return known is not None

    def _broken_variables(self) -> Iterator[Diagnostic]:
        """Validations of the root module's variables; those of modules are looked at when they are known."""
        for block in self.config.of_kind(Kind.VARIABLE):
            if not block.address.module:
                yield from broken_rules(self.scope, block, block.rules)

    async def _plan_orphans(self) -> None:
        """What becomes of objects that no block stands for; and of all that goes, what else there is to say."""
        planner = OrphanPlanner(self.build, self.state, self.session, self.options, self.resources, self.changes)
        try:
            orphans = await planner.plan()
            changes = say_what_is_left(self.session, [*self.changes.values(), *orphans])
            if self.options.refresh:
                changes = await look_inside(self.session, self.state, changes)
        except HclError as error:
            self.problems.extend(error.diagnostics)
            return
        except ProviderError as error:
            self.problems.append(fault_of(error, self.config))
            return
        self.changes.update(zip(self.changes, changes, strict=False))
        self.orphans = [*changes[len(self.changes) :], *self._other_moves(changes)]

    def _other_moves(self, changes: Sequence[Change]) -> Iterator[Change]:
        """Objects that get another address, and that this plan does not look at: the state moves as a whole."""
        told = {change.moved_from for change in changes}
        for address, source in self.moves.sources.items():
            record = self.state.records[address]
            if source not in told:
                note = f"It is known as {source} until now."
                yield Change(address, Action.NOOP, record.provider, record.uid, record, moved_from=source, note=note)
        for record in self.resources.identities.displaced.values():
            source = self.moves.displaced.get(record.key) or self.moves.source(record.address)
            if source not in told:
                yield Change(
                    record.address,
                    Action.NOOP,
                    record.provider,
                    record.uid,
                    record,
                    moved_from=source,
                    deposed=True,
                    note="Its address stands for another object from now on.",
                )

    async def _hand_over_names(self) -> None:
        """Who waits for whom to give up a name, or takes what it has alone. A server is asked only where one does."""
        names, claims, changes = self.resources.names, self.resources.claims, self.changes
        groups = {group_of(changes[address]) for address, known in names.items() if known.taken and address in changes}
        groups |= {group_of(one) for one in changes.values() if one.address in names and taken_over(one, claims)}
        try:
            listed = {group: await self.session.named(*group) for group in sorted(groups)}
        except ProviderError as error:
            self.problems.append(fault_of(error, self.config))
            return
        there = {group: named for group, named in listed.items() if named is not None}
        if there:
            managed = {record.key: record.address for record in self.state.all_records()}
            naming = Naming(names, there, managed, self._place)
            found = naming.hand_over([*changes.values(), *self.orphans], self.problems)
            found = say_from_whom(found, claims, there, managed)
            self.changes.update(zip(self.changes, found, strict=False))

    def _place(self, address: Address) -> Place | None:
        block = self.config.blocks.get(address)
        return block.place() if block is not None else None

    async def _find_dangling(self) -> None:
        """What is warned of once it is known what is written."""
        self.warnings += self.resources.doubts
        if not self.options.refresh:
            return
        try:
            self.warnings += await dangling_references(self.build, self.session, self.changes, self.resources.uses)
        except ProviderError as error:
            self.problems.append(fault_of(error, self.config))

    async def _find_forbidden(self) -> None:
        """What the accounts may not do of all that is planned: errors, by which an apply is refused."""
        if not self.options.refresh:
            return
        try:
            self.warnings += await forbidden_writes(self.session, [*self.changes.values(), *self.orphans])
        except ProviderError as error:
            self.problems.append(Diagnostic(str(error), hint=error.hint, request_id=error.request_id))

    # --- what fits together -------------------------------------------------------------------------------------------

    def _check_identities(self) -> None:
        """Two blocks cannot stand for one object: each would undo the other."""
        first: dict[tuple[str, str, str], Change] = {}
        for change in self.changes.values():
            if not change.uid:
                continue
            other = first.setdefault((change.provider, change.address.type, change.uid), change)
            if other is not change:
                here, there = self._place(change.address), self._place(other.address)
                self.problems.append(both_ask_for(change.uid, other.address, there, change.address, here))

    def _interrupted(self) -> Iterable[Diagnostic]:
        pending = () if self.beside_run else self.state.pending
        return tell_interrupted(pending, self.resources.outcomes)

    def _given(self) -> Mapping[str, Value]:
        """What has to be the same when the plan is carried out, and is not to be kept: see engine/seals.py."""
        made = {address for address, change in self.changes.items() if change.action in (*WRITES, Action.READ)}
        arguments = {str(address): values for address, values in self.resources.given.items() if address in made}
        servers = {f"provider.{name}": str(origin) for name, origin in self.session.origins().items()}
        return {**arguments, **servers}

    # --- outputs ------------------------------------------------------------------------------------------------------

    def _outputs_of_what_goes(self) -> Iterator[str]:
        """Outputs that come of objects which a destroy takes away."""
        goes = {change.address.written for change in self.orphans if change.action in GOES}
        for address in (a for a in self.build.graph if a.kind is Kind.OUTPUT and not a.module):
            if any(needed.written in goes for needed in nx.ancestors(self.build.graph, address)):
                yield address.name

    def _output_changes(self) -> tuple[OutputChange, ...]:
        if self.options.refresh_only:
            return ()
        old = self.state.outputs
        if self.options.targets:
            known = {*self.outputs, *(self._outputs_of_what_goes() if self.options.destroy else ())}
            old = {name: value for name, value in old.items() if name in known}
        changes = []
        for name in [*self.outputs, *(name for name in old if name not in self.outputs)]:
            before, after = old.get(name, ABSENT), self.outputs.get(name, ABSENT)
            if is_secret(after):
                continue
            if before != after:
                changes.append(OutputChange(name, before, conceal(after)))
        return tuple(changes)
