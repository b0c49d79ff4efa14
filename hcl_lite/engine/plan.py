"""Config and state to a Plan: the graph is walked once, each block evaluated, looked at on its server, and decided.

Evaluation and reading go together, since a lookup or a provider may depend on what another block will be; the decision
itself is pure (decide.py). Nothing here can write: the session's providers are read-only, the state is a value.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import networkx as nx

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError, Place, did_you_mean, raise_if_errors
from hcl_lite.core.schema import Live, ProviderError, ResourceType
from hcl_lite.core.values import UNKNOWN, Secret, Value, conceal, is_unknown, reveal
from hcl_lite.engine.changes import WRITES, Action, Change, OutputChange, Plan
from hcl_lite.engine.decide import Case, decide, decide_orphan, decide_refresh_only
from hcl_lite.engine.diff import ABSENT, hash_of
from hcl_lite.engine.evaluate import (
    Arguments,
    Values,
    complete,
    evaluate_resource,
    exposed,
)
from hcl_lite.engine.graph import Build, nearest_resources
from hcl_lite.engine.options import Options
from hcl_lite.engine.orphans import Orphan, find_orphans, in_order_of_deletion
from hcl_lite.engine.preparing import look_up, lookup_arguments, open_provider, output_value
from hcl_lite.engine.session import Session
from hcl_lite.engine.walk import walk
from hcl_lite.lang.config import Block
from hcl_lite.lang.scope import Scope
from state.fingerprint import fingerprint, matches
from state.model import Record, State

_BLOCKS_AT_ONCE = 64


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
        self.pending = {intent.address: intent for intent in self.state.pending}
        self.holders = {(r.provider, r.address.type, r.uid): r for r in self.state.records.values()}
        self.moved: set[Address] = set()

    async def make(self) -> Plan:
        """The plan. Raises HclError with every problem that stands in its way."""
        graph = self.build.graph
        raise_if_errors(self._unknown_addresses())
        wanted = self._wanted_nodes()
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
        self._check_identities()
        raise_if_errors(self.problems)
        order = [a for a in nx.lexicographical_topological_sort(graph, key=lambda a: a.order) if a in self.changes]
        return Plan(
            changes=(*(self.changes[address] for address in order), *in_order_of_deletion(self.leftovers)),
            outputs=self._output_changes(),
            lineage=self.state.lineage,
            serial=self.state.serial,
            destroy=self.options.destroy,
            refresh_only=self.options.refresh_only,
            targets=self.options.targets,
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
                if address not in known:
                    near = did_you_mean(str(address), (str(a) for a in objects))
                    yield Diagnostic(f"There is no {address} to {verb}", near)

    def _wanted_nodes(self) -> set[Address]:
        """All blocks; with targets, these and what they need; for destroying, only what opens the providers."""
        graph = self.build.graph
        if self.options.destroy or self.options.refresh_only:
            roots = [address for address in graph if address.kind is Kind.PROVIDER]
        elif self.options.targets:
            targets = set(self.options.targets)
            used = {Address(Kind.PROVIDER, r.provider) for r in self.state.all_records() if r.address in targets}
            roots = [address for address in targets | used if address in graph]
        else:
            return set(graph)
        return set().union(*({root, *nx.ancestors(graph, root)} for root in roots)) if roots else set()

    def _expected_uids(self, wanted: set[Address]) -> Mapping[tuple[str, str], Iterable[str]]:
        expected: dict[tuple[str, str], list[str]] = {}
        for record in self.state.all_records():
            expected.setdefault((record.provider, record.address.type), []).append(record.uid)
        for intent in self.state.pending:
            expected.setdefault((intent.provider, intent.address.type), []).append(intent.uid)
        for address in wanted & self.build.identities.keys():
            provider = self.session.provider_for(self.config.blocks[address]) if address in self.config.blocks else ""
            expected.setdefault((provider, address.type), []).append(self.build.identities[address])
        return expected

    async def _visit(self, address: Address) -> bool:
        """Whether what depends on this block can be planned."""
        block = self.config.blocks.get(address)
        if block is None or address.kind is Kind.LOCAL:
            return True
        try:
            match address.kind:
                case Kind.PROVIDER:
                    open_provider(self.session, self.scope, block)
                case Kind.DATA:
                    await self._look_up(block)
                case Kind.RESOURCE:
                    change = await self._plan_resource(block)
                    self.changes[address] = change
                case Kind.OUTPUT:
                    self._plan_output(block)
        except HclError as error:
            self.problems.extend(error.diagnostics)
            return False
        except ProviderError as error:
            self.problems.append(Diagnostic(str(error), hint=error.hint))
            return False
        return True

    async def _look_up(self, block: Block) -> None:
        values = lookup_arguments(self.session, self.scope, block)
        needed = nearest_resources(self.build.graph, block.address)
        if is_unknown(values) or any(self.changes[a].action in WRITES for a in needed if a in self.changes):
            self.changes[block.address] = Change(block.address, Action.READ, place=block.place())
            return
        self.scope.objects[block.address] = await look_up(self.session, block, values)

    def _plan_output(self, block: Block) -> None:
        value = output_value(self.scope, block)
        if isinstance(value, Secret) and block.body.get("sensitive") is not True:
            detail = "It holds a value that is marked as sensitive."
            hint = "Set sensitive = true."
            raise HclError(Diagnostic(f"Output {block.address.name} must be sensitive", detail, block.place(), hint))
        self.outputs[block.address.name] = value

    # --- one resource -------------------------------------------------------------------------------------------------

    async def _plan_resource(self, block: Block) -> Change:
        provider = self.session.provider_for(block)
        type_ = self.session.resource_type(provider, block.address.type)
        arguments = evaluate_resource(self.scope, block, type_)
        record = self.state.records.get(block.address)
        live = await self._survey(record) if record else None
        if record and self._is_untouched(block, record, arguments, provider, live):
            change = self._untouched(block, record, arguments)
            self._expose(block, type_, arguments.values, record.attributes, record.uid, settled=True)
            return change
        case = await self._make_case(block, type_, provider, arguments, record, live)
        change = decide(case)
        if record is None and case.record is not None:
            change = self._moved(change, case.record)
        settled = change.action in (Action.NOOP, Action.REFRESH)
        known = {**(record.attributes if record else {}), **(case.live.attributes if case.live else {})}
        fresh = change.action in (Action.CREATE, Action.REPLACE)
        uid = change.uid or UNKNOWN
        self._expose(block, type_, case.values, {} if fresh else known, uid, settled=settled)
        return change

    def _record_that_moves(self, block: Block, provider: str, uid: str) -> Record | None:
        """The record of the object that a new block asks for, when no block stands for it any more: it was renamed.

        Raises HclError when another block still stands for it.
        """
        holder = self.holders.get((provider, block.address.type, uid))
        if holder is None:
            return None
        other = self.config.blocks.get(holder.address)
        if other is not None:
            raise HclError(_both_ask_for(uid, holder.address, other.place(), block.address, block.place()))
        return replace(holder, address=block.address)

    def _moved(self, change: Change, record: Record) -> Change:
        source = self.holders[record.provider, record.address.type, record.uid].address
        self.moved.add(source)
        kept = change.record if change.action is Action.REFRESH else record
        action = Action.REFRESH if change.action is Action.NOOP else change.action
        return replace(
            change, action=action, record=kept, moved_from=source, note=f"It is known as {source} until now."
        )

    def _is_untouched(
        self, block: Block, record: Record, arguments: Arguments, provider: str, live: Live | None
    ) -> bool:
        """Nothing that the plan rests on has changed, so nothing of the object has to be read."""
        return (
            arguments.hash != ""
            and arguments.hash == record.applied
            and not arguments.has_secrets
            and not record.secrets
            and provider == record.provider
            and block.address not in self.options.replacing
            and live is not None
            and live.version == record.version
            and (live.content is None or hash_of(live.content) == record.content)
        )

    def _untouched(self, block: Block, record: Record, arguments: Arguments) -> Change:
        needs = self._dependencies(block)
        base = Change(
            block.address,
            Action.NOOP,
            record.provider,
            record.uid,
            record,
            record.version,
            arguments.hash,
            dependencies=needs,
        )
        if needs == record.dependencies:
            return base
        return replace(base, action=Action.REFRESH, record=replace(record, dependencies=needs))

    async def _make_case(
        self,
        block: Block,
        type_: ResourceType,
        provider: str,
        arguments: Arguments,
        record: Record | None,
        live: Live | None,
    ) -> Case:
        values = complete(block, type_, arguments.values, self._remembered_uid(block, record))
        uid = type_.uid(values)
        intent = self.pending.get(block.address)
        ours = record is None and intent is not None and (intent.provider, intent.uid) == (provider, uid)
        if record is None and isinstance(uid, str):
            record = self._record_that_moves(block, provider, uid)
            live = await self.session.survey(provider, block.address.type, uid)
        baseline: Value = None
        if live is not None and record is not None and uid == record.uid:
            live, baseline = await self._whole(block, type_, arguments, values, record, live)
        elif live is not None and live.content is None and not type_.immutable:
            live = await self.session.get(provider).read(block.address.type, live.uid, values)
        # Of an object that cannot be changed, and was not made by these arguments as far as is known, there is no
        # telling which secrets it was given: they are taken to be these, rather than making it anew.
        trusted = type_.immutable and (ours or (record is not None and record.applied == ""))
        fates, kept = await self._fates_of_secrets(type_.secrets(values), record, live, trusted)
        return Case(
            block=block,
            type=type_,
            provider=provider,
            arguments=arguments,
            values=values,
            record=record,
            live=live,
            baseline=baseline,
            secrets=fates,
            fingerprints=kept,
            dependencies=self._dependencies(block),
            ours=ours,
            replace=block.address in self.options.replacing,
            now=self.clock(),
        )

    async def _whole(
        self, block: Block, type_: ResourceType, arguments: Arguments, values: Values, record: Record, live: Live
    ) -> tuple[Live | None, Value]:
        """The object with its content, read only where it cannot be told; and the content when it was remembered."""
        reader = self.session.get(record.provider)
        baseline: Value = None
        if live.version != record.version and arguments.hash and arguments.hash == record.applied:
            baseline = await reader.read_baseline(block.address.type, record.uid, record.version, values)
        if live.content is not None or type_.immutable:
            return live, baseline
        wanted = type_.content(values)
        if (
            live.version == record.version
            and record.content
            and not is_unknown(wanted)
            and hash_of(wanted) == record.content
        ):
            return replace(live, content=reveal(wanted)), baseline
        return await reader.read(block.address.type, record.uid, values), baseline

    async def _fates_of_secrets(
        self, wanted: Mapping[str, str], record: Record | None, live: Live | None, trusted: bool
    ) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """What becomes of each secret, and the fingerprints of those that stay as they are."""
        known = record.secrets if record else {}
        if trusted:
            made = [asyncio.to_thread(fingerprint, text, self.environment) for text in wanted.values()]
            return dict.fromkeys(wanted, "unchanged"), dict(zip(wanted, await asyncio.gather(*made), strict=True))
        lost = set(known) - live.secret_keys if live is not None and live.content is not None else set()
        same = await asyncio.gather(
            *(asyncio.to_thread(matches, text, known.get(name, ""), self.environment) for name, text in wanted.items())
        )
        fates: dict[str, str] = {}
        for (name, _), unchanged in zip(wanted.items(), same, strict=True):
            if name not in known or name in lost:
                fates[name] = "set"
            else:
                fates[name] = "unchanged" if unchanged else "rotated"
        there = live.secret_keys if live is not None else frozenset()
        fates.update(dict.fromkeys(sorted((set(known) | there) - set(wanted)), "removed"))
        return fates, {name: known[name] for name, fate in fates.items() if fate == "unchanged"}

    def _check_identities(self) -> None:
        """Two blocks cannot stand for one object: each would undo the other."""
        first: dict[tuple[str, str, str], Change] = {}
        for change in self.changes.values():
            if not change.uid:
                continue
            other = first.setdefault((change.provider, change.address.type, change.uid), change)
            if other is not change:
                self.problems.append(
                    _both_ask_for(change.uid, other.address, other.place, change.address, change.place)
                )

    # --- what is no longer declared -----------------------------------------------------------------------------------

    async def _plan_orphans(self) -> None:
        """Records that no block stands for; with --destroy all of them, with --refresh-only each as it is."""
        orphans = list(find_orphans(self.state, self.options, self.config.blocks, self.changes, self.moved))
        try:
            found = await asyncio.gather(*(self._survey(o.record) for o in orphans))
            for orphan, live in zip(orphans, found, strict=True):
                self.leftovers.append(await self._plan_orphan(orphan, live))
        except ProviderError as error:
            self.problems.append(Diagnostic(str(error), hint=error.hint))

    async def _plan_orphan(self, orphan: Orphan, live: Live | None) -> Change:
        record = orphan.record
        if not self.options.refresh_only or orphan.deposed:
            why = "" if self.options.destroy else "it is no longer declared"
            return decide_orphan(
                record, live, orphan.deposed, "what it was replaced by is there" if orphan.deposed else why
            )
        if live is not None and live.version != record.version and live.content is None:
            live = await self.session.get(record.provider).read(record.address.type, record.uid)
        return decide_refresh_only(record, live)

    # --- small things -------------------------------------------------------------------------------------------------

    async def _survey(self, record: Record) -> Live | None:
        """What is there of a remembered object, on the server where it was made."""
        if not self.options.refresh:
            return Live(record.uid, record.version, record.attributes, None)
        return await self.session.survey(record.provider, record.address.type, record.uid)

    def _dependencies(self, block: Block) -> tuple[Address, ...]:
        return nearest_resources(self.build.graph, block.address)

    def _remembered_uid(self, block: Block, record: Record | None) -> str:
        """The uid for a block that gives none: the one it has."""
        if record is not None:
            return record.uid
        intent = self.pending.get(block.address)
        return intent.uid if intent is not None else ""

    def _expose(
        self, block: Block, type_: ResourceType, values: Values, attributes: Values, uid: Value, *, settled: bool
    ) -> None:
        self.scope.objects[block.address] = exposed(type_, values, attributes, uid=uid, settled=settled)

    def _output_changes(self) -> tuple[OutputChange, ...]:
        if self.options.refresh_only:
            return ()
        old = self.state.outputs
        if self.options.targets:
            old = {name: value for name, value in old.items() if name in self.outputs}
        changes = []
        for name in [*self.outputs, *(name for name in old if name not in self.outputs)]:
            before, after = old.get(name, ABSENT), self.outputs.get(name, ABSENT)
            if isinstance(after, Secret):
                continue
            if before != after:
                changes.append(OutputChange(name, before, conceal(after)))
        return tuple(changes)


def _both_ask_for(uid: str, first: Address, there: Place | None, second: Address, here: Place | None) -> Diagnostic:
    detail = f"The other is at {there}." if there else ""
    hint = "Give one of them another uid; a dashboard has it in its JSON."
    return Diagnostic(f'{first} and {second} both ask for uid "{uid}"', detail, here, hint, str(second))
