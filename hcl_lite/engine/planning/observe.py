"""A resource looked at on its server: what is there, read only as far as the decision needs it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from hcl_lite.core.contents import without_unasked
from hcl_lite.core.equality import hash_of, same
from hcl_lite.core.schema import Live
from hcl_lite.core.values import Value, is_secret, is_unknown, reveal
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.planning.drift import left_before, saved_since
from hcl_lite.engine.planning.inputs import Case
from state.model import Record


async def with_content(session: Session, case: Case) -> Case:
    """`case`, whose object was surveyed, with its content; and, where that is of use, with the content when it was
    remembered. Raises ProviderError."""
    record, live = case.record, case.live
    if live is None:
        return case
    if record is not None and case.uid == record.uid:
        case = replace(case, live=await _whole(session, case, record, live))
        return await _with_drift(session, case, record)
    # One that is to be replaced is on the server where it was made.
    there, type_ = session.get(record.provider if record is not None else case.provider), case.block.address.type
    if record is not None and saved_since(record, live):
        live = replace(live, revision=await there.read_revision(type_, live))
        case = replace(case, live=live)
    if live.content is not None or case.type.immutable:
        return case
    read = await there.read(type_, live.uid, case.values, live.version)
    return replace(case, live=read and replace(read, revision=read.revision.or_else(live.revision)))


async def is_trashed(session: Session, case: Case) -> bool:
    """Whether the remembered object, which is gone, can be brought back as the one that the block asks for."""
    record = case.record
    if record is None or not case.is_same_object or not case.type.capabilities.trash:
        return False
    return await session.get(record.provider).is_trashed(case.block.address.type, record.uid)


async def with_reading(session: Session, case: Case) -> Case:
    """`case` with what the server would make of what is wanted, where that is not as before and it tells."""
    live = case.live
    if live is None or live.content is None or case.type.immutable or is_unknown(case.values) or live.uid != case.uid:
        return case
    if _is_as_remembered(case, live) or same(live.content, case.wanted.content):
        return case
    reader = session.get(case.provider)
    reading = await reader.read_sent(case.block.address.type, live.uid, case.values)
    return replace(case, reading=reading)


def _is_as_remembered(case: Case, live: Live) -> bool:
    """Whether what is wanted is known: as it was remembered, which is there, or which the server has told."""
    record = case.record
    if record is None or not case.is_unchanged:
        return False
    if case.baseline is not None or (live.version == record.version and not record.drifted):
        return True
    found = without_unasked(case.type.attrs, live.content, case.wanted.content)
    return case.hashes.is_of(record.content, hash_of(found))


async def _with_drift(session: Session, case: Case, record: Record) -> Case:
    """`case`, where the object is another one than is remembered, with what it was and who has changed it."""
    live = case.live
    if live is None or live.content is None or not record.content:
        return case
    wanted = case.wanted.content
    if case.hashes.is_of(record.content, hash_of(without_unasked(case.type.attrs, live.content, wanted))):
        return case
    reader, type_ = session.get(record.provider), case.block.address.type
    live = replace(live, revision=await reader.read_revision(type_, live))
    left = await _left(session, case, record)
    if left is None:
        return replace(case, live=live)
    resaved = await reader.resaved(type_, record.uid, reveal(left), reveal(live.content))
    # What is there is what was left there, but for what nobody has asked for.
    return replace(case, live=replace(live, content=left) if resaved else live, baseline=left, resaved=resaved)


async def _left(session: Session, case: Case, record: Record) -> Value:
    """What the last write left on the server, None where nobody knows."""
    if case.wanted.hash and case.hashes.is_of(record.content, case.wanted.hash):
        return case.wanted.content
    reader = session.get(record.provider)
    past = await reader.read_baseline(
        case.block.address.type, record.uid, record.written or record.version, case.values
    )
    left = without_unasked(case.type.attrs, past, case.wanted.content)
    # One that was made anew counts its versions anew.
    if past is not None and case.hashes.is_of(record.content, hash_of(left)):
        return left
    return _remembered(case, record)


def _remembered(case: Case, record: Record) -> Value:
    """What the last write left, where the state tells all of it but secrets, and these are as they are wanted, or as
    they are there."""
    there = without_unasked(case.type.attrs, case.live.content if case.live is not None else None, case.wanted.content)
    if not isinstance(there, Mapping):
        return None
    asked = {
        key: value for key, value in there.items() if key not in case.type.attrs or not case.type.attrs[key].computed
    }
    told = {**record.attributes, **record.left}
    unset = {  # what an answer leaves out is empty
        key: value if key in told or value is None or is_secret(value) else type(value)()
        for key, value in asked.items()
    }
    for content in (there, asked, unset):  # what was left to the server then was no part of it
        for secrets in (case.wanted.content, there):
            left = left_before(record, content, reveal(secrets))
            if case.hashes.is_of(record.content, hash_of(left)):
                return {**there, **left}
    return None


async def _whole(session: Session, case: Case, record: Record, live: Live) -> Live | None:
    """The remembered object with its content, read only where it cannot be told. None where it has gone meanwhile."""
    if live.content is not None or case.type.immutable:
        return live
    unmoved = live.version == record.version and record.content != "" and not record.drifted
    if unmoved and case.is_unchanged and not case.block.lifecycle.ignore_changes:
        return live
    if unmoved and await asyncio.to_thread(case.hashes.is_of, record.content, case.wanted.hash):
        return replace(live, content=reveal(case.wanted.content))
    read = await session.get(record.provider).read(case.block.address.type, record.uid, case.values, record.version)
    if read is None or read.version != live.version:
        return read
    return replace(read, revision=read.revision.or_else(live.revision))
