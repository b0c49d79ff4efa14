"""What goes: what that leaves behind, what goes along with it, and what it holds."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from hcl_lite.core.schema import ResourceType
from hcl_lite.engine.changes import Action, Change
from hcl_lite.engine.decide import FORCE, with_held
from hcl_lite.engine.session import Session
from state.model import ObjectKey, Record, State


def all_that_goes(changes: Iterable[Change]) -> frozenset[ObjectKey]:
    """The objects that are taken away, also where another one comes in their place."""
    return frozenset(change.record.key for change in changes if change.record and _goes(change))


def goes_along(type_: ResourceType, record: Record, going: Collection[ObjectKey]) -> bool:
    """Whether the object that `record` remembers is part of one that goes."""
    return (record.provider, type_.part_of, record.uid) in going


def say_what_is_left(session: Session, changes: Sequence[Change]) -> list[Change]:
    """`changes`, with what each deletion leaves behind, unless it is part of something else that goes."""
    going = all_that_goes(changes)

    def say(change: Change) -> Change:
        record = change.record
        if record is None or change.note or not _goes(change):
            return change
        type_ = session.resource_type(record.provider, record.address.type)
        return change if goes_along(type_, record, going) else replace(change, note=type_.leaves)

    return [say(change) for change in changes]


async def look_inside(session: Session, state: State, changes: Sequence[Change]) -> list[Change]:
    """`changes`, with the objects that go along without being managed here. Raises ProviderError."""
    managed = {record.key for record in state.all_records()}

    async def look(change: Change) -> Change:
        record = change.record
        if record is None or not _goes(change) or session.is_deferred(record.provider):
            return change
        found = await session.get(record.provider).contents(record.address.type, record.uid)
        held = [one for one in found if (record.provider, one.type, one.uid) not in managed]
        return with_held(change, held, forced=record.attributes.get(FORCE) is True)

    return await asyncio.gather(*map(look, changes))


def _goes(change: Change) -> bool:
    return change.action in (Action.DELETE, Action.REPLACE)
