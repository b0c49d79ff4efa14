"""Reads the object of a block from its server, only as far as the decision needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hcl_lite.core.contents import without_unasked
from hcl_lite.core.equality import hash_of, same
from hcl_lite.core.paths import keep
from hcl_lite.core.places import lies_in, marked, texts_beside
from hcl_lite.core.redaction import texts_in
from hcl_lite.core.schema import Live
from hcl_lite.core.values import Value, is_secret, is_unknown, reveal
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.planning.drift import left_before, saved_since
from hcl_lite.engine.planning.inputs import Observed, Remembered, Wanted
from hcl_lite.engine.planning.lifecycle import with_ignored
from state.model import Record


@dataclass(frozen=True, slots=True)
class _Content:
    """An object with its content; `baseline` and `resaved` as in Observed."""

    live: Live | None
    baseline: Value = None
    resaved: str = ""


async def observe(session: Session, wanted: Wanted, remembered: Remembered, surveyed: Live | None) -> Observed:
    """Returns the object as it is on its server, compared with what is wanted. Raises ProviderError.

    `surveyed` is the object without its content, None where it is missing.
    """
    observed = await observe_content(session, wanted, remembered, surveyed)
    if observed.live is None:
        return replace(observed, trashed=await _is_trashed(session, wanted, remembered))
    return replace(observed, reading=await _reading(session, wanted, remembered, observed))


async def observe_content(session: Session, wanted: Wanted, remembered: Remembered, surveyed: Live | None) -> Observed:
    """Returns the object with its content, and the content at the remembered version where it is needed. Asks for
    neither trash nor `reading`. Raises ProviderError."""
    content = await _content(session, wanted, remembered, surveyed)
    return _compared(session, wanted, remembered, content)


def assume(
    session: Session, wanted: Wanted, remembered: Remembered, surveyed: Live | None, deferred_provider: str
) -> Observed:
    """Returns the object as it is remembered, where the provider is opened only by the apply."""
    observed = _compared(session, wanted, remembered, _Content(surveyed))
    return replace(observed, deferred_provider=deferred_provider)


def _compared(session: Session, wanted: Wanted, remembered: Remembered, content: _Content) -> Observed:
    desired, content = _left_to_others(wanted, content)
    content = _concealed(remembered.record, desired, content)
    return Observed(content.live, desired, content.baseline, content.resaved, time=session.context.clock())


async def _content(session: Session, wanted: Wanted, remembered: Remembered, live: Live | None) -> _Content:
    """An object that was surveyed, with its content."""
    record, declared = remembered.record, wanted.declared
    if live is None:
        return _Content(None)
    if record is not None and declared.uid == record.uid:
        whole = await _whole(session, wanted, remembered, record, live)
        return await _with_drift(session, wanted, remembered, record, whole)
    # One that is to be replaced is on the server where it was made.
    there, type_ = session.get(record.provider if record is not None else wanted.provider), wanted.block.address.type
    if record is not None and saved_since(record, live):
        live = replace(live, revision=await there.read_revision(type_, live))
    if live.content is not None or declared.type.immutable:
        return _Content(live)
    read = await there.read(type_, live.uid, declared.values, live.version)
    return _Content(read and replace(read, revision=read.revision.or_else(live.revision)))


def _left_to_others(wanted: Wanted, content: _Content) -> tuple[Desired, _Content]:
    """Returns the desired object with the paths of ignore_changes as they are on the server."""
    live, baseline = content.live, content.baseline
    if live is None or live.content is None:
        return wanted.declared, content
    desired = with_ignored(wanted.block, wanted.declared, live)
    if baseline is not None:
        for path in wanted.block.lifecycle.ignore_changes:
            baseline = keep(baseline, live.content, desired.type.steps(desired.values, path))
    return desired, replace(content, baseline=baseline)


def _concealed(record: Record | None, desired: Desired, content: _Content) -> _Content:
    """`content` with what was written last and came of secrets marked as such. Where somebody has taken such a value
    from its place, it may be any text that the block does not have."""
    live = content.live
    if record is None or live is None or not record.sensitive:
        return content
    now = marked(live.content, record.sensitive, anywhere=record.version != live.version)
    if not all(lies_in(live.content, place) for place in record.sensitive):
        now = marked(now, list(texts_beside(now, frozenset(texts_in(reveal(desired.content))))))
    return replace(content, live=replace(live, content=now), baseline=marked(content.baseline, record.sensitive))


async def _is_trashed(session: Session, wanted: Wanted, remembered: Remembered) -> bool:
    """Whether the remembered object, which is gone, can be brought back as the one that the block asks for."""
    record = remembered.record
    if record is None or not remembered.is_object_of(wanted) or not wanted.declared.type.capabilities.trash:
        return False
    return await session.get(record.provider).is_trashed(wanted.block.address.type, record.uid)


async def _reading(session: Session, wanted: Wanted, remembered: Remembered, observed: Observed) -> Value:
    """Returns the content that the server would make of the desired object; None where that is as before, or the server
    does not tell."""
    live, desired = observed.live, observed.desired
    if live is None or live.content is None or desired.type.immutable:
        return None
    if is_unknown(desired.values) or live.uid != desired.uid:
        return None
    if _is_as_remembered(wanted, remembered, observed, live) or same(live.content, desired.content):
        return None
    return await session.get(wanted.provider).read_sent(wanted.block.address.type, live.uid, desired.values)


def _is_as_remembered(wanted: Wanted, remembered: Remembered, observed: Observed, live: Live) -> bool:
    """Whether what is desired is known: as it was remembered, which is there, or which the server has told."""
    record = remembered.record
    if record is None or not remembered.is_asked_for(wanted):
        return False
    if observed.baseline is not None or (live.version == record.version and not record.drifted):
        return True
    found = without_unasked(observed.desired.type.attrs, live.content, observed.desired.content)
    return remembered.hashes.is_of(record.content, hash_of(found))


async def _with_drift(
    session: Session, wanted: Wanted, remembered: Remembered, record: Record, live: Live | None
) -> _Content:
    """The object, and where it is another one than is remembered, what it was and who has changed it."""
    declared = wanted.declared
    if live is None or live.content is None or not record.content:
        return _Content(live)
    found = hash_of(without_unasked(declared.type.attrs, live.content, declared.content))
    if remembered.hashes.is_of(record.content, found):
        return _Content(live)
    reader, type_ = session.get(record.provider), wanted.block.address.type
    live = replace(live, revision=await reader.read_revision(type_, live))
    if found == declared.hash:  # it has come to what is asked for: what it was before does not matter
        return _Content(live)
    left = await _left(session, declared, remembered.hashes, record, live)
    if left is None:
        return _Content(live)
    resaved = await reader.resaved(type_, record.uid, reveal(left), reveal(live.content))
    # What is there is what was left there, but for what nobody has asked for.
    return _Content(replace(live, content=left) if resaved else live, left, resaved)


async def _left(session: Session, declared: Desired, hashes: Hashes, record: Record, live: Live) -> Value:
    """Returns the content that the last write left on the server; None where it is not known."""
    if declared.hash and hashes.is_of(record.content, declared.hash):
        return declared.content
    reader = session.get(record.provider)
    past = await reader.read_baseline(
        record.address.type, record.uid, record.written or record.version, declared.values
    )
    left = without_unasked(declared.type.attrs, past, declared.content)
    # One that was made anew counts its versions anew; a history lacks what is not versioned, such as the folder.
    if isinstance(left, Mapping):
        for content in (left, left_before(declared.type.attrs, record, left, left)):
            if hashes.is_of(record.content, hash_of(content)):
                return content
    return _remembered(declared, hashes, record, live)


def _remembered(declared: Desired, hashes: Hashes, record: Record, live: Live) -> Value:
    """Returns the content that the last write left, where the state has all of it but secrets, and those are as desired
    or as on the server."""
    attrs = declared.type.attrs
    there = without_unasked(attrs, live.content, declared.content)
    if not isinstance(there, Mapping):
        return None
    asked = {key: value for key, value in there.items() if key not in attrs or not attrs[key].computed}
    told = {**record.attributes, **record.left}
    unset = {  # what an answer leaves out is empty
        key: value if key in told or value is None or is_secret(value) else type(value)()
        for key, value in asked.items()
    }
    for content in (there, asked, unset):  # what was left to the server then was no part of it
        for secrets in (declared.content, there):
            left = left_before(attrs, record, content, reveal(secrets))
            if hashes.is_of(record.content, hash_of(left)):
                return {**there, **left}
    return None


async def _whole(session: Session, wanted: Wanted, remembered: Remembered, record: Record, live: Live) -> Live | None:
    """The remembered object with its content, read only where it cannot be told. None where it has gone meanwhile."""
    declared, hashes = wanted.declared, remembered.hashes
    if live.content is not None or declared.type.immutable:
        return live
    unmoved = live.version == record.version and record.content != "" and not record.drifted
    if unmoved and remembered.is_asked_for(wanted) and not wanted.block.lifecycle.ignore_changes:
        return live
    if unmoved and await hashes.tell(record.content, declared.hash):
        return replace(live, content=reveal(declared.content))
    read = await session.get(record.provider).read(
        wanted.block.address.type, record.uid, declared.values, record.version
    )
    if read is None or read.version != live.version:
        return read
    return replace(read, revision=read.revision.or_else(live.revision))
