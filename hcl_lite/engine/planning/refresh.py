"""--refresh-only: records brought up to date with their objects, and what others have changed meanwhile.

A record keeps a hash of the content in the form that the block asks for. So the block is evaluated where its object has
changed; where that is impossible, the object is compared as far as the state has its attributes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.contents import without_unasked
from hcl_lite.core.diags import HclError
from hcl_lite.core.equality import hash_of
from hcl_lite.core.places import marked
from hcl_lite.core.schema import Live
from hcl_lite.engine.evaluate import complete
from hcl_lite.engine.graph import Build, nearest_objects
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import Change
from hcl_lite.engine.planning.decide_record import decide_refresh_only
from hcl_lite.engine.planning.inputs import Remembered, Wanted
from hcl_lite.engine.planning.observe import observe_content
from hcl_lite.engine.prerequisites import remembered_attributes
from hcl_lite.lang.config.block import Block
from state.model import Record


@dataclass(frozen=True)
class Refresher:
    """Plans records one by one, without decisions about their blocks; `records` are those of the state."""

    build: Build
    session: Session
    hashes: Hashes
    records: Mapping[Address, Record]

    async def plan(self, record: Record, live: Live | None) -> Change:
        """Returns the change of the state for one record. `live` is the surveyed object, None where it is missing.
        Raises HclError and ProviderError."""
        if live is None or self._is_as_remembered(record, live):
            return decide_refresh_only(record, live, self.hashes)
        wanted = await self._wanted(record)
        if wanted is None:
            return await self._plan_as_it_is(record, live)
        observed = await observe_content(self.session, wanted, Remembered(record, self.hashes), live)
        if observed.live is None:
            return decide_refresh_only(record, None, self.hashes)
        desired = observed.desired
        found = without_unasked(desired.type.attrs, observed.live.content, desired.content)
        live = replace(observed.live, content=found)
        if found is not None and self.hashes.is_of(record.content, hash_of(found)):  # for what has drifted it was asked
            live = await self._with_revision(record, live, live)
        return decide_refresh_only(record, live, self.hashes, observed.baseline, observed.resaved, desired.type.attrs)

    def _is_as_remembered(self, record: Record, live: Live) -> bool:
        is_same = live.content is None or record.drifted or self.hashes.is_of(record.content, hash_of(live.content))
        return live.version == record.version and is_same

    async def _wanted(self, record: Record) -> Wanted | None:
        """Returns the configuration's side of an object; None where there is no block, or the block cannot be
        evaluated."""
        block = self.build.config.blocks.get(record.address)
        if block is None:
            return None
        try:
            await self._expose_needed(block)
            type_ = self.session.resource_type(record.provider, record.address.type)
            arguments = await self.session.arguments(self.build.scope, block, type_)
            declared = complete(block, type_, arguments.values, record.uid).after(record.declared)
        except HclError:  # what is wrong with it is said by a plan
            return None
        return Wanted(block, record.provider, arguments, declared)

    async def _expose_needed(self, block: Block) -> None:
        """Let the block refer to others as the state knows them."""
        for address in nearest_objects(self.build.graph, block.address):
            if address.kind is Kind.RESOURCE and address not in self.build.scope.objects:
                needed = self.build.config.blocks[address]
                known = await remembered_attributes(self.session, self.build.scope, needed, self.records.get(address))
                if known is not None:
                    self.build.scope.expose(address, known)

    async def _plan_as_it_is(self, record: Record, live: Live) -> Change:
        """The change, where nobody can tell what the block asks for: the object is compared in the form that it has."""
        reader, type_ = self.session.get(record.provider), record.address.type
        whole = live if live.content is not None else await reader.original(type_, record.uid, record.version)
        if whole is None:
            return decide_refresh_only(record, None, self.hashes)
        whole = await self._with_revision(record, whole, live)
        if whole.content is None or self.hashes.is_of(record.content, hash_of(whole.content)):
            return decide_refresh_only(record, whole, self.hashes)
        desired = self.session.resource_type(record.provider, type_).values_of(record.uid, whole.document)
        past = await reader.read_baseline(type_, record.uid, record.written or record.version, desired)
        before = past if past is not None and self.hashes.is_of(record.content, hash_of(past)) else None
        before, now = (marked(side, record.sensitive, anywhere=True) for side in (before, whole.content))
        return decide_refresh_only(record, replace(whole, content=now), self.hashes, before)

    async def _with_revision(self, record: Record, live: Live, surveyed: Live) -> Live:
        """`live` with who made it what it is, where it is another version than the one that is remembered."""
        if live.version == record.version:
            return live
        found = await self.session.get(record.provider).read_revision(record.address.type, live)
        return replace(live, revision=found.or_else(surveyed.revision) if live.version == surveyed.version else found)
