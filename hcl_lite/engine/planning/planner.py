"""Makes a Plan of configuration and state: walks the graph once, then orphans, unique names and checks across all
changes.

The walk (block_walk.py) collects one result a block; decisions are pure (decide.py). Nothing here can write: the
providers of the session are read-only, and the state is a value.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError, Place, Severity, raise_if_errors
from hcl_lite.core.digraph import topological_order
from hcl_lite.core.schema import Distinct, Origin, ProviderError, Version
from hcl_lite.core.values import Value
from hcl_lite.engine.graph import Build
from hcl_lite.engine.moves import move_records
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import MAKES, TAKES_AWAY, WRITES, Action, Change, Plan
from hcl_lite.engine.planning.accounts import forbidden_writes
from hcl_lite.engine.planning.arranging import arrange
from hcl_lite.engine.planning.block_walk import BlockWalk
from hcl_lite.engine.planning.dangling_references import dangling_references
from hcl_lite.engine.planning.deletions import parts_among, with_delete_notes, with_held_objects
from hcl_lite.engine.planning.described import described
from hcl_lite.engine.planning.exclusive_changes import exclusive_conflicts, newly_claimed, with_previous_holders
from hcl_lite.engine.planning.identity import alias_conflict, identity_conflict, whole_conflict
from hcl_lite.engine.planning.interrupted import interrupted_warnings
from hcl_lite.engine.planning.options import Options
from hcl_lite.engine.planning.orphan_planner import OrphanPlanner
from hcl_lite.engine.planning.orphans import in_order_of_deletion
from hcl_lite.engine.planning.output_changes import output_changes, outputs_of_what_goes
from hcl_lite.engine.planning.planned import Draft
from hcl_lite.engine.planning.resource_planner import Observer, ResourcePlanner, unobserved
from hcl_lite.engine.planning.still_named import Managed, after_dependents, find_dependents, still_named
from hcl_lite.engine.planning.targeting import Targeting
from hcl_lite.engine.planning.unique_names import Naming, group_of
from hcl_lite.engine.planning.unreachable import Unreachable, skip_warning
from hcl_lite.engine.prerequisites import unknown_keys
from hcl_lite.engine.secret_paths import hide_sensitive
from hcl_lite.engine.server_faults import fault_at, fault_of
from hcl_lite.engine.skipped_servers import SkippedServer
from hcl_lite.engine.steps import with_asides
from hcl_lite.engine.survey_ahead import remembered_versions
from hcl_lite.lang.evaluation.conditions import broken_variables
from state.model import Record, State

_T = TypeVar("_T")


@dataclass
class Planner:
    """Makes one plan. It alone collects `problems` and `warnings`."""

    build: Build
    state: State
    session: Session
    options: Options = field(default_factory=Options)
    beside_run: bool = False
    """Whether a run is going on, whose writes under way are no interrupted ones."""
    observer: Observer = unobserved

    def __post_init__(self) -> None:
        self.config, self.scope = self.build.config, self.build.scope
        only_moves = self.options.refresh_only
        self.moves = move_records(self.state, self.config) if only_moves else arrange(self.build, self.state)
        self.state = self.moves.state
        self.targeting = Targeting.of(self.build, self.state, self.options)
        self.options = self.targeting.options
        self.resources = ResourcePlanner(self.build, self.moves, self.session, self.options, self.observer)
        self.unreachable = Unreachable(self.options)
        self.problems: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = [*self.moves.warnings]

    async def make(self) -> Plan:
        """Returns the plan. Raises HclError with every error that prevents one."""
        hide_sensitive(self.state.all_records(), self.session.resource_type)
        walk = await self._walk()
        asked, problems, warnings = self.targeting, self.problems, self.warnings
        while True:
            known = len(self.unreachable.faults)
            self.problems, self.warnings = [*problems], [*warnings]
            left = self.unreachable.left_out(asked, self.session)
            self.options = left.targeting.options
            draft = await self._finished(Draft.of(left.without(walk.progress.planned)))
            if len(self.unreachable.faults) == known:
                break
        raise_if_errors(self.problems)
        return self._plan(draft, left.without(walk.outputs), left.servers)

    async def _finished(self, draft: Draft) -> Draft:
        """The draft with all that is there beside the blocks; what is wrong with it is collected."""
        draft = await self._attempt(self._with_orphans(draft), draft)
        draft = await self._attempt(self._with_names_handed_over(draft), draft)
        self.warnings += [doubt for planned in draft.blocks.values() for doubt in planned.doubts]
        if self.options.refresh:
            self.warnings += await self._attempt(self._dangling(draft), [])
            draft = await self._attempt(self._with_dependents(draft), draft)
            await self._find_forbidden(draft)
        self._check_identities(draft)
        claims = {address: planned.claims for address, planned in draft.blocks.items() if planned.claims}
        self.problems += exclusive_conflicts(self.session, self.config, draft.changes, claims)
        return draft

    async def look(self) -> Mapping[Address, Change]:
        """Returns the changes of blocks alone, which `observer` is told the inputs of; no plan is made of them. Raises
        HclError."""
        hide_sensitive(self.state.all_records(), self.session.resource_type)
        return (await self._walk()).progress.changes

    async def _walk(self) -> BlockWalk:
        """The blocks planned. Raises HclError with every problem of those that a plan cannot do without."""
        wanted = self.targeting.blocks()
        raise_if_errors(map(unknown_keys, self.targeting.waiting(wanted)))
        raise_if_errors(self.targeting.unknown_addresses())
        raise_if_errors(broken_variables(self.scope))
        self.session.expected = self._expected_uids(wanted)
        walk = BlockWalk(self.build, self.state.records, self.session, self.options, self.resources, self.unreachable)
        await walk.over(wanted)
        parts = self.targeting.blocks_of(self._parts_of_new(walk.progress.changes.values())) - wanted
        await walk.over(parts)
        if self.options.targets and not self.options.is_about_records:
            await walk.over_other_outputs(wanted | parts)
        self.problems += walk.problems
        self.warnings += walk.warnings
        return walk

    def _plan(self, draft: Draft, evaluated: Mapping[Address, Value], skipped: Sequence[SkippedServer]) -> Plan:
        graph, settled = self.build.graph, self.resources.outliner.settled
        order = [a for a in topological_order(graph, key=lambda a: a.order) if a in draft.changes]
        # What a block stands for was looked for by what it asks for, and not by the uid of the intent alone.
        outputs = {address.name: value for address, value in evaluated.items()}
        skipped = (*self.options.skipped, *skipped)
        outcomes = dict(one.outcome for one in (*draft.orphans, *draft.blocks.values()) if one.outcome is not None)
        plan = Plan(
            changes=(
                *(settled(draft.changes[address]) for address in order),
                *(self._described(change) for change in in_order_of_deletion(draft.gone)),
            ),
            outputs=output_changes(
                self.options, self.state.outputs, outputs, set(outputs_of_what_goes(graph, draft.gone))
            ),
            evaluated=tuple(outputs),
            warnings=(
                *(skip_warning(server, self.config) for server in skipped),
                *self.warnings,
                *interrupted_warnings(() if self.beside_run else self.state.pending, outcomes),
            ),
            lineage=self.state.lineage,
            serial=self.state.serial,
            destroy=self.options.destroy,
            refresh_only=self.options.refresh_only,
            targets=self.options.targets,
            copies={address: planned.copy for address, planned in draft.blocks.items() if planned.copy is not None},
            given=self._given(draft),
            replacing=self.options.replacing,
            refresh=self.options.refresh,
            skipped=skipped,
        )
        return with_asides(plan, graph, self.state.all_records())

    def _described(self, change: Change) -> Change:
        """A change that no block asks for, in the words of people."""
        record = change.record
        if record is None or change.action is Action.NOOP:
            return change
        return described(change, self.session.resource_type(record.provider, record.address.type), record.attributes)

    async def _attempt(self, step: Awaitable[_T], otherwise: _T) -> _T:
        """Returns the result of a step, or `otherwise` where it fails; the error is reported with the others of the
        plan."""
        try:
            return await step
        except HclError as error:
            self.problems.extend(error.diagnostics)
        except ProviderError as error:
            if not self.unreachable.takes(error):
                self.problems.append(fault_of(error, self.config))
        return otherwise

    # --- before the walk ----------------------------------------------------------------------------------------------

    def _expected_uids(self, wanted: set[Address]) -> Mapping[tuple[str, str], Mapping[str, Version]]:
        expected = remembered_versions(self.state.all_records())
        for address in wanted & self.build.identities.keys():
            provider = self.config.blocks[address].provider if address in self.config.blocks else ""
            expected.setdefault((provider, address.type), {}).setdefault(self.build.identities[address], {})
        return expected

    def _parts_of_new(self, changes: Iterable[Change]) -> Iterable[Record]:
        """Returns the records of parts of objects that are created anew, which go with the old ones."""
        made = [change.record.key for change in changes if change.record and change.action in MAKES]
        return parts_among(self.session, made, self.state.records.values())

    # --- after the walk -----------------------------------------------------------------------------------------------

    async def _with_orphans(self, draft: Draft) -> Draft:
        """Adds the changes of objects that no block declares, and the notes on all deletions."""
        planner = OrphanPlanner(self.build, self.state, self.session, self.options, self.resources, draft.changes)
        orphans = await planner.plan()
        draft = replace(draft, orphans=orphans, gone=[orphan.change for orphan in orphans])
        changes = with_delete_notes(self.session, draft.all_changes)
        if self.options.refresh:
            changes = await with_held_objects(self.session, self.state, changes)
        draft = draft.revised(changes)
        return replace(draft, gone=[*draft.gone, *self._other_moves(changes)])

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

    async def _with_names_handed_over(self, draft: Draft) -> Draft:
        """Orders the changes that take over a unique name, or an exclusive attribute, after those that give it up. A
        server is asked only where some do."""
        names = {address: one.names for address, one in draft.blocks.items() if one.names is not None}
        claims = {address: one.claims for address, one in draft.blocks.items() if one.claims}
        groups = {group_of(draft.changes[address]) for address, known in names.items() if known.taken}
        groups |= {
            group_of(one) for one in draft.changes.values() if one.address in names and newly_claimed(one, claims)
        }
        there: dict[tuple[str, str], Distinct] = {}
        for group in sorted(groups):
            try:
                named = await self.session.named(*group)
            except ProviderError as error:
                if self.unreachable.takes(error):
                    continue
                blocks = [self.config.blocks[address] for address in names if group_of(draft.changes[address]) == group]
                self.problems.append(fault_at(error, blocks, self.config))
            else:
                there |= {} if named is None else {group: named}
        if not there:
            return draft
        managed = {record.key: record.address for record in self.state.all_records()}
        found, problems = Naming(names, there, managed, self._place).hand_over(draft.all_changes)
        self.problems += problems
        told = with_previous_holders(found, claims, there, managed)
        return replace(draft, changes=dict(zip(draft.changes, told, strict=False)))

    def _place(self, address: Address) -> Place | None:
        block = self.config.blocks.get(address)
        return block.place() if block is not None else None

    async def _dangling(self, draft: Draft) -> list[Diagnostic]:
        """Warnings of what bodies use and nobody has."""
        return await dangling_references(self.build, self.session, draft.changes, draft.uses)

    async def _with_dependents(self, draft: Draft) -> Draft:
        """Orders deletions after the changes of what names the objects, and reports those that others stay in the way
        of."""
        changes = draft.all_changes
        if not any(change.action in TAKES_AWAY for change in changes):
            return draft
        managed = Managed.of(self.session, self.state.all_records(), changes)
        dependents = await find_dependents(self.session, changes)
        stays = {mention for mention, users in self.build.declared.items() if draft.changes.keys() & {*users}}
        told = still_named(self.session, managed, changes, draft.uses, dependents, stays)
        self.warnings += [one for one in told if one.severity is Severity.WARNING]
        self.problems += [one for one in told if one.severity is Severity.ERROR]
        return draft.revised(after_dependents(managed, changes, dependents))

    async def _find_forbidden(self, draft: Draft) -> None:
        """Reports the planned writes that the accounts lack permission for, as errors that make an apply refuse."""
        try:
            self.warnings += await forbidden_writes(self.session, draft.all_changes)
        except ProviderError as error:
            if not self.unreachable.takes(error):
                self.problems.append(Diagnostic(str(error), hint=error.hint, request_id=error.request_id))

    def _check_identities(self, draft: Draft) -> None:
        """Two blocks cannot stand for one object, nor for one and a piece of it: each would undo the other."""
        origins = self.session.origins()
        first: dict[tuple[Origin | str, str, str], Change] = {}
        for change in draft.changes.values():
            if not change.uid:
                continue
            able = self.session.resource_type(change.provider, change.address.type).capabilities
            server = change.provider if able.personal else origins.get(change.provider, change.provider)
            other = first.setdefault((server, change.address.type, change.uid), change)
            if other is not change:
                here, there = self._place(change.address), self._place(other.address)
                self.problems.append(identity_conflict(change.uid, other.address, there, change.address, here))
        for address, planned in draft.blocks.items():
            provider = planned.change.provider
            whole = planned.whole and first.get((origins.get(provider, provider), *planned.whole))
            if whole:
                type_ = self.session.resource_type(planned.change.provider, address.type)
                told = alias_conflict if type_.capabilities.alias else whole_conflict
                there, here = self._place(whole.address), self._place(address)
                self.problems.append(told(whole.address, there, address, here))

    def _given(self, draft: Draft) -> Mapping[str, Value]:
        """Returns the values that have to be the same at the apply of a saved plan, and are not to be kept in it: see
        engine/seals.py."""
        made = {address for address, change in draft.changes.items() if change.action in (*WRITES, Action.READ)}
        arguments = {
            str(address): planned.given
            for address, planned in draft.blocks.items()
            if address in made and planned.given is not None
        }
        servers = {f"provider.{name}": str(origin) for name, origin in self.session.origins().items()}
        return {**arguments, **servers}
