"""Finds the object of a block before it is read: its record, the result of an interrupted write, and a survey of an
object without a record."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hcl_lite.core.contents import without_unasked
from hcl_lite.core.schema import Live, Reader
from hcl_lite.core.values import UNKNOWN, Value, is_secret, is_unknown
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.evaluate import Arguments, complete
from hcl_lite.engine.graph import Build
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.planning.identity import Identities, Standing
from hcl_lite.engine.planning.inputs import Remembered
from hcl_lite.engine.planning.interrupted import reconcile
from hcl_lite.engine.sensitive import without_slugs
from hcl_lite.lang.config.block import Block
from state.model import Identity, Intent, Record


@dataclass(frozen=True, slots=True)
class Found:
    """The object of a block, surveyed. `declared` is what the block asks for, with the uid of the object; `surveyed`
    the object without its content.

    `deferred_provider` is the provider that would have to be asked and that only the apply opens. `outcome` is the
    result of an interrupted write, with the object that it was of.
    """

    remembered: Remembered
    declared: Desired
    surveyed: Live | None
    deferred_provider: str = ""
    outcome: tuple[Identity, str] | None = None


@dataclass(frozen=True, slots=True)
class ObjectFinder:
    """Finds the objects of blocks one by one. Changes nothing."""

    build: Build
    session: Session
    identities: Identities
    hashes: Hashes

    async def find(self, block: Block, arguments: Arguments, standing: Standing, surveyed: Live | None) -> Found:
        """Returns the object that `block` stands for. `surveyed` is what a survey found of its record, None for
        nothing.

        Raises HclError for an import of a missing object, and ProviderError.
        """
        record = standing.record
        declared = standing.declared.after(record.declared if record is not None else ())
        deferred = "" if standing.is_imported else self._deferred(block, record)
        found = Found(Remembered(record, self.hashes), declared, surveyed, deferred)
        if deferred:
            return found
        intent = None if standing.is_imported else self._intent(block, found)
        if intent is not None:
            found = replace(found, remembered=replace(found.remembered, interrupted=True))
            if record is not None or standing.adopt_reason:
                found = await self._after_interruption(block, arguments, found, intent)
        uid = found.declared.uid
        if isinstance(uid, str) and (record is None or standing.is_imported):
            found = replace(found, surveyed=await self.identities.find(block, uid))
            if found.surveyed is None and found.remembered.record is None and not standing.adopt_reason:
                found = await self._adopted_by_name(block, arguments, found)
        return found

    def gives_uid(self, block: Block, arguments: Arguments, desired: Desired) -> bool:
        """Whether the block gives a uid itself, as far as is known."""
        given = self.build.given.get(block.address, UNKNOWN)
        return bool((desired.type.given_uid(arguments.values) if given is UNKNOWN else given) != "")

    def _deferred(self, block: Block, record: Record | None) -> str:
        """The provider that would have to be asked and is not open before the apply; empty where there is none."""
        names = [block.provider, *([record.provider] if record else [])]
        return next((name for name in names if self.session.is_deferred(name)), "")

    def _intent(self, block: Block, found: Found) -> Intent | None:
        """The write of the object that an earlier run was making when it ended."""
        record = found.remembered.record
        if record is not None:
            return self.identities.intent(record)
        return self.identities.intent_of_new(block, found.declared.uid)

    async def _after_interruption(self, block: Block, arguments: Arguments, found: Found, intent: Intent) -> Found:
        """`found`, with what became of the write of `intent`."""
        record = found.remembered.record
        places = (*(record.declared if record is not None else ()), *intent.record.declared)
        declared = found.declared.after(places)
        reader, expected_version = self.session.get(intent.record.provider), (record or intent.record).version
        live = await reader.read(block.address.type, intent.record.uid, declared.values, expected_version)
        content: Value = None
        sent: Value = None
        shown = live
        if live is not None:
            if arguments.made(intent.record):
                sent = await _sent(reader, block, declared, live)
            open_ = {key: value for key, value in live.attributes.items() if not is_secret(declared.values.get(key))}
            shown = replace(live, attributes=without_slugs(declared.type, open_, declared.sensitive, live.uid))
            content = without_unasked(declared.type.attrs, live.content, declared.content)
        told = declared.type.capabilities.told_once
        outcome = reconcile(intent, record, shown, content, sent, self.hashes, told)
        # A uid that the server chose is not the one that the record of the intent has.
        if live is None or live.uid == intent.record.uid:
            record = outcome.record and replace(outcome.record, address=block.address, declared=places)
        elif declared.type.server_given:
            declared = complete(block, declared.type, arguments.values, live.uid).after(places)
        return replace(
            found,
            remembered=replace(found.remembered, record=record, deleted=outcome.deleted),
            declared=declared,
            surveyed=live,
            outcome=(intent.identity, outcome.words),
        )

    async def _adopted_by_name(self, block: Block, arguments: Arguments, found: Found) -> Found:
        """`found` of a new object, where the block gives no uid and takes over what has its name."""
        type_ = found.declared.type
        if block.on_exists != "adopt" or self.gives_uid(block, arguments, found.declared):
            return found
        there = await self.session.named(block.provider, type_.name)
        for name in type_.known_as(found.declared.content):
            uid = there.holder(name) if there is not None else None
            if uid is not None and not self.identities.is_managed(block, uid):
                live = await self.session.survey(block.provider, type_.name, uid)
                return replace(found, declared=complete(block, type_, arguments.values, uid), surveyed=live)
        return found


async def _sent(reader: Reader, block: Block, declared: Desired, live: Live) -> Value:
    """Returns the content that the server has made, or would have made, of the declared object, where it rewrites what
    it is sent."""
    name = block.address.type
    reading = None if is_unknown(declared.values) else await reader.read_sent(name, live.uid, declared.values)
    if reading is not None:
        return reading
    history = await reader.read_baseline(name, live.uid, live.version, declared.values)
    return declared.content if history is not None else None
