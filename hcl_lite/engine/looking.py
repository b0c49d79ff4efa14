"""A resource looked at on its server: what is there, read only as far as the decision needs it."""

from __future__ import annotations

from dataclasses import replace

from hcl_lite.core.equality import hash_of
from hcl_lite.core.schema import Live
from hcl_lite.core.values import Value, is_unknown, reveal
from hcl_lite.engine.case import Case
from hcl_lite.engine.session import Session
from state.model import Record


async def with_content(session: Session, case: Case) -> Case:
    """`case`, whose object was surveyed, with its content; and, where that is of use, with the content when it was
    remembered. Raises ProviderError."""
    record, live = case.record, case.live
    if live is None:
        return case
    if record is not None and case.uid == record.uid:
        baseline = await _baseline(session, case, record, live)
        return replace(case, live=await _whole(session, case, record, live), baseline=baseline)
    if live.content is not None or case.type.immutable:
        return case
    # One that is to be replaced is on the server where it was made.
    there = session.get(record.provider if record is not None else case.provider)
    return replace(case, live=await there.read(case.block.address.type, live.uid, case.values, live.version))


async def is_trashed(session: Session, case: Case) -> bool:
    """Whether the remembered object, which is gone, can be brought back as the one that the block asks for."""
    record = case.record
    if record is None or not case.is_same_object:
        return False
    return await session.get(record.provider).is_trashed(case.block.address.type, record.uid)


async def _baseline(session: Session, case: Case, record: Record, live: Live) -> Value:
    """What the arguments had become on the server, where they are the same and the object has moved since."""
    if live.version == record.version or not case.arguments.made(record):
        return None
    reader = session.get(record.provider)
    return await reader.read_baseline(case.block.address.type, record.uid, record.version, case.values)


async def _whole(session: Session, case: Case, record: Record, live: Live) -> Live | None:
    """The remembered object with its content, read only where it cannot be told. None where it has gone meanwhile."""
    if live.content is not None or case.type.immutable:
        return live
    wanted = case.type.content(case.values)
    unmoved = live.version == record.version and record.content
    if unmoved and not is_unknown(wanted) and hash_of(wanted) == record.content:
        return replace(live, content=reveal(wanted))
    return await session.get(record.provider).read(case.block.address.type, record.uid, case.values, record.version)
