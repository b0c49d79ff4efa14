"""Plans objects that are in the state and that no block stands for: delete, forget, release, or refresh."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError, raise_if_errors
from hcl_lite.core.progress import Counter, in_step
from hcl_lite.core.schema import Live
from hcl_lite.engine.graph import Build
from hcl_lite.engine.moves import moved
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import MAKES, Action, Change
from hcl_lite.engine.planning.decide_record import decide_orphan
from hcl_lite.engine.planning.deletions import parts_among
from hcl_lite.engine.planning.diagnostics import cannot_be_deleted
from hcl_lite.engine.planning.drift import saved_since
from hcl_lite.engine.planning.interrupted import DELETED, Outcome, reconcile
from hcl_lite.engine.planning.lifecycle import is_protected
from hcl_lite.engine.planning.options import Options
from hcl_lite.engine.planning.orphans import Orphan, find_orphans
from hcl_lite.engine.planning.planned import Planned
from hcl_lite.engine.planning.refresh import Refresher
from hcl_lite.engine.planning.resource_planner import ResourcePlanner
from hcl_lite.engine.walk import in_order
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.block_references import address_in
from state.model import Intent, Record, State

_AT_ONCE = 10  # objects with their contents, where these have changed
_NOT_OURS_YET = "an interrupted run was about to take it over"


@dataclass
class OrphanPlanner:
    """Plans the objects that are left once `changes` are those of all blocks. Changes nothing."""

    build: Build
    state: State
    session: Session
    options: Options
    resources: ResourcePlanner
    changes: Mapping[Address, Change]

    def __post_init__(self) -> None:
        self.config = self.build.config
        self.scope = self.build.scope
        self.refresher = Refresher(self.build, self.session, self.resources.hashes, self.state.records)
        # The blocks that objects stay with, whatever else an interrupted run has left of them in the state.
        kept = (change for change in self.changes.values() if change.uid and change.action not in MAKES)
        self.holders = {(change.provider, change.address.type, change.uid): change.address for change in kept}

    async def plan(self) -> list[Planned]:
        """Returns a result for each orphan: with --destroy for all records, with --refresh-only for each record as
        it is on the server. Raises HclError and ProviderError."""
        known = self.resources.identities
        displaced = list(known.displaced.values())
        orphans = list(
            find_orphans(self.state, self.options, self.config.blocks, self.changes, known.renamed, displaced)
        )
        orphans += self._left_parts(orphans)
        reading = Counter("Reading", len(orphans) if self.options.is_about_records else 0)
        found = await asyncio.gather(*(self.resources.survey(orphan.record) for orphan in orphans))
        turns = asyncio.Semaphore(_AT_ONCE)

        async def plan(orphan: Orphan, live: Live | None) -> Planned:
            async with turns:
                with in_step(orphan.record.address):
                    planned = await self._plan(orphan, live)
            reading.count()
            return planned

        return await in_order(map(plan, orphans, found))

    def _left_parts(self, orphans: Sequence[Orphan]) -> list[Orphan]:
        """Returns the parts of deleted objects, also those that no -target names."""
        if not self.options.targets or self.options.refresh_only:
            return []
        wholes = [orphan.record.key for orphan in orphans]
        parts = parts_among(self.session, wholes, self.state.records.values())
        known = {*self.changes, *(orphan.record.address for orphan in orphans)}
        return [
            Orphan(part)
            for part in parts
            if part.address not in known and (self.options.destroy or part.address not in self.config.blocks)
        ]

    async def _plan(self, orphan: Orphan, live: Live | None) -> Planned:
        record = orphan.record
        there = live.uid if live is not None else record.uid  # another one where the server chose it
        holder = self.holders.get((record.provider, record.address.type, there))
        if holder is not None:
            held = decide_orphan(record, live, orphan.deposed, f"{holder} stands for it", Action.FORGET)
            return self._moved(orphan, Planned(held))
        intent = next((i for i in self.state.pending if i.identity == record.identity), None)
        if intent is None:
            return self._moved(orphan, Planned(await self._decide(orphan, record, live, None)))
        if self.options.refresh_only:
            return self._moved(
                orphan, Planned(Change(record.address, Action.NOOP, record.provider, record.uid, record))
            )
        outcome = reconcile(intent, record, live, None, None, self.resources.hashes)
        change = await self._decide_interrupted(orphan, live, intent, outcome)
        return self._moved(orphan, Planned(change, outcome=(intent.identity, outcome.words)))

    def _moved(self, orphan: Orphan, planned: Planned) -> Planned:
        """`planned`, with the address at which the object is known until now, where that is another one."""
        record, moves, change = orphan.record, self.resources.moves, planned.change
        if orphan.displaced:
            source = moves.displaced.get(record.key) or moves.source(record.address)
            return replace(planned, change=replace(change, moved_from=source))
        moved_from = None if orphan.deposed else moves.sources.get(record.address)
        return planned if moved_from is None else replace(planned, change=moved(change, record, moved_from))

    async def _decide_interrupted(self, orphan: Orphan, live: Live | None, intent: Intent, outcome: Outcome) -> Change:
        """The change of an object that an earlier run was writing when it ended.

        `record is intent.record`: what it was making, or taking over.
        """
        record = orphan.record
        if outcome.deleted:
            return replace(decide_orphan(record, live, orphan.deposed, ""), reason=DELETED)
        if record is intent.record and intent.write == "update":
            return decide_orphan(record, live, orphan.deposed, _NOT_OURS_YET, Action.RELEASE)
        if record is intent.record and outcome.record is not None:
            record = replace(outcome.record, applied="", asked="")
        return await self._decide(orphan, record, live, intent)

    async def _decide(self, orphan: Orphan, record: Record, live: Live | None, intent: Intent | None) -> Change:
        """The change of an object that no block stands for; `record` is what is known of it. Raises HclError."""
        if self.options.refresh_only and not orphan.deposed:
            return await self.refresher.plan(record, live)
        removed = next((b for b in self.config.of_kind(Kind.REMOVED) if _removes(b, record.address)), None)
        if removed is not None and removed.body.get("destroy") is False:
            told = "[[removed]] says destroy = false"
            change = decide_orphan(record, live, orphan.deposed, told, Action.RELEASE)
            return replace(change, place=removed.place())
        if live is not None and removed is None and not orphan.deposed:
            raise_if_errors(self._protections(record))
        type_ = self.session.resource_type(record.provider, record.address.type)
        if type_.undeletable_reason:
            return decide_orphan(record, live, orphan.deposed, type_.undeletable_reason, Action.RELEASE)
        if live is not None and live.fixed:
            raise HclError(cannot_be_deleted(record, self.config.blocks.get(record.address), live.fixed))
        change = decide_orphan(record, live, orphan.deposed, self._because(orphan))
        if live is None or intent is not None or not saved_since(record, live):
            return change
        revision = await self.session.get(record.provider).read_revision(type_.name, live)
        return replace(change, note=saved_since(record, replace(live, revision=revision)))

    def _because(self, orphan: Orphan) -> str:
        """Returns the reason of a deletion."""
        address = orphan.record.address
        if orphan.deposed:
            return "what it was replaced by is there"
        if self.options.destroy:
            return ""
        if orphan.displaced and address in self.changes:
            return f'it is no longer declared: {address} stands for "{self.changes[address].uid}" from now on'
        if address in self.resources.moves.sources:
            return f"{address}, which it has moved to, is not declared"
        return "it is no longer declared"

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


def _removes(block: Block, address: Address) -> bool:
    return address_in(block, block.body["from"]).covers(address)
