"""Hands unique names from one object to another during an apply, where the plan could not order their writes: it did
not know the names, or could not read the server.

An object that has a needed name and gives it up in this run gets a temporary name until its own turn
(temporary_names.py).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from hcl_lite.core.diags import HclError
from hcl_lite.core.schema import Distinct, Live, Taken, Version
from hcl_lite.engine.applying.deferred_decisions import resolve_deferred
from hcl_lite.engine.applying.diagnostics import taken
from hcl_lite.engine.applying.temporary_names import set_aside
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.evaluate import complete, evaluate_resource
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import TAKES_AWAY, Action, Change
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.evaluation.scope import Scope
from state.model import Intent, ObjectKey, Record
from state.store import Ledger


@dataclass
class NameHandover:
    """Sends the writes of a run: one at a time for each object, and as many concurrently as `calls` has places.

    `changes` are those of the plan. Writes whose intents are not yet in the journal take no place.
    """

    scope: Scope
    session: Session
    ledger: Ledger
    hashes: Hashes
    changes: Iterable[Change] = ()
    calls: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(10))

    def __post_init__(self) -> None:
        self._aside: dict[ObjectKey, Record] = {}
        self._turns: defaultdict[ObjectKey, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._done: set[ObjectKey] = set()
        self._waiting = {
            change.record.key: change
            for change in self.changes
            if change.record is not None and change.action in (Action.UPDATE, *TAKES_AWAY)
        }

    def now(self, record: Record) -> Record:
        """Returns the current record of an object, which may have a temporary name since the plan."""
        return self._aside.get(record.key, record)

    def expected_version(self, key: ObjectKey, planned: Version) -> Version:
        """Returns the version that an object should have: the one that the plan saw, or that of its temporary name."""
        return self._aside[key].version if key in self._aside else planned

    def stays(self, record: Record) -> None:
        """Notes that an object keeps its name."""
        self._waiting.pop(record.key, None)

    async def set_aside(self, change: Change) -> None:
        """Gives an object that is to be updated or deleted a temporary name: another object needs its own first."""
        record = change.record
        assert record is not None
        if record.key not in self._aside:
            async with self.calls:
                done = await set_aside(
                    self.session, self.ledger, self.hashes, record.identity, record, change.expected_version
                )
            self._aside[record.key] = done

    async def send(self, block: Block, wanted: Desired, intent: Intent, write: Callable[[], Awaitable[Live]]) -> Live:
        """Sends a write and returns its result; before that, the holder of its name gets a temporary one if it gives
        its name up in this run.

        Raises HclError for a name that is not given up, and ProviderError.
        """
        try:
            return await self._send(intent, write)
        except Taken as error:
            await self._free(block, wanted, error)
        return await self._send(intent, write)

    async def delete(self, record: Record, delete: Callable[[], Awaitable[None]]) -> None:
        """Sends a deletion by `delete`, at most one write of the object at a time. Raises ProviderError."""
        async with self._turns[record.key], self.ledger.writing(Intent("delete", record)), self.calls:
            await delete()
            self._end(record.key)

    async def _send(self, intent: Intent, write: Callable[[], Awaitable[Live]]) -> Live:
        key = intent.record.key
        async with self._turns[key], self.ledger.writing(intent), self.calls:
            live = await write()
            self._end(key)
            return live

    def _end(self, key: ObjectKey) -> None:
        """The object has had its turn."""
        self._waiting.pop(key, None)
        self._done.add(key)

    async def _free(self, block: Block, wanted: Desired, error: Taken) -> None:
        """Let whatever has a name of `wanted` give it up. Raises HclError where it does not."""
        named = await self.session.get(block.provider).named(block.address.type)
        if named is None:
            raise error
        for name in wanted.type.known_as(wanted.content):
            key = (block.provider, block.address.type, named.holder(name) or "")
            if not key[2] or key[2] == wanted.uid:
                continue
            async with self._turns[key]:
                giver = self._waiting.get(key)
                if giver is not None and self._gives_up(giver, name, named):
                    await self.set_aside(giver)
                    continue
                if key in self._done:  # since it was asked who has the name
                    continue
            holder = next((r.address for r in self.ledger.state.all_records() if r.key == key), None)
            raise HclError(taken(block, error, holder)) from error

    def _gives_up(self, giver: Change, name: str, named: Distinct) -> bool:
        """Whether an object will have another name, or be gone, once the run is through: as far as that is known."""
        block, record = self.scope.config.blocks.get(giver.address), giver.record
        if block is None or record is None or (giver.action in TAKES_AWAY and not giver.may_stay):
            return giver.action in TAKES_AWAY
        type_ = self.session.resource_type(giver.provider, giver.address.type)
        try:
            arguments = evaluate_resource(self.scope, block, type_)
            giver = resolve_deferred(block, type_, arguments, giver, self.hashes)
            names = [*type_.known_as(complete(block, type_, arguments.values, record.uid).content)]
        except (HclError, LookupError):
            return False
        is_renamed = giver.action is Action.UPDATE and bool(names) and not named.is_among(name, names)
        return giver.action in TAKES_AWAY or is_renamed
