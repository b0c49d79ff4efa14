"""Decisions about an object from its record alone, where no block stands for it or none is evaluated. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from hcl_lite.core.equality import hash_of
from hcl_lite.core.schema import Held, Live, Version, summarize
from hcl_lite.core.values import JsonValue, Value
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.plan import Action, Change
from hcl_lite.engine.planning.drift import OUTSIDE, SAVED, Attrs, drift_of, outside_of
from hcl_lite.engine.sensitive import refreshed
from state.model import Record


def decide_orphan(
    record: Record, live: Live | None, deposed: bool, reason: str, gone: Action = Action.DELETE
) -> Change:
    """Returns the change for an object that is no longer declared: `gone` where it exists, FORGET where it does not."""
    change = Change(
        address=record.address,
        action=gone if live is not None else Action.FORGET,
        provider=record.provider,
        uid=record.uid,
        record=record,
        reason=reason if live is not None else "it is gone from the server",
        deposed=deposed,
        dependencies=record.dependencies,
    )
    return change if live is None else replace(change, expected_version=live.version)


def with_held(change: Change, held: Sequence[Held], *, forced: bool, argument: str) -> Change:
    """Returns the deletion `change` with the unmanaged objects in it: deleted along where it is `forced` by the
    argument, otherwise the reason for refusal."""
    if not held:
        return change
    if forced:
        note = f"With it {summarize(held)} will go: {argument} is set, and they are not managed here."
        keys = tuple((one.type, one.uid) for one in held)
        return replace(change.noted(note), takes=tuple(one.what for one in held), along=keys)
    unless = f", unless {argument} is applied first" if argument else ""
    return change.noted(f"It holds {summarize(held)} not managed here, so its deletion will be refused{unless}.")


def decide_refresh_only(
    record: Record,
    live: Live | None,
    hashes: Hashes,
    before: Value = None,
    resaved: str = "",
    attrs: Attrs = MappingProxyType({}),
) -> Change:
    """Returns the change of the state alone, to the object `live`. `before` is its content at the last write, where
    that is known; `resaved` says that only an editor has saved it since; `attrs` are those of its type."""
    base = decide_orphan(record, live, False, "")
    if live is None:
        return base
    if record.drifted and live.version == record.version:
        return replace(base, action=Action.NOOP)
    edited = live.content is not None and not hashes.is_of(record.content, hash_of(live.content))
    new = _drifted(record, live) if edited and record.content else as_found(record, live, hashes)
    new = new if edited else replace(new, written=_written(record, live, resaved))
    if not edited and live.version == record.version:
        return replace(base, action=Action.NOOP, record=new)
    differences = drift_of(attrs, record, before, live.content) if edited else ()
    base = replace(
        base,
        reason=OUTSIDE if edited else f"it was {resaved or SAVED}",
        outside=outside_of(record, live),
        drifted=edited,
    )
    return replace(base, action=Action.REFRESH, record=new, differences=differences)


def as_found(record: Record, live: Live, hashes: Hashes) -> Record:
    """Returns the record of an object as it is on the server: where it differs from the remembered one, it counts as
    not applied."""
    new = replace(record, version=live.version, attributes=_attributes(record, live), written={}, drifted=False)
    if live.content is None or hashes.is_of(record.content, hash_of(live.content)):
        return new
    content = hashes.of(hash_of(live.content), sensitive=bool(record.sensitive))
    return replace(new.without_write(), content=content)


def _written(record: Record, live: Live, resaved: str) -> Version:
    """The version of the last write, where the object has at the most been saved since."""
    if resaved:
        return record.written or record.version
    return record.written if live.version == record.version else {}


def _drifted(record: Record, live: Live) -> Record:
    """Returns the record of an object that others have changed; `left` keeps what the last write left."""
    attributes = _attributes(record, live)
    content = live.content if isinstance(live.content, Mapping) else {}
    old = {key: value for key, value in record.attributes.items() if key in content and value != attributes[key]}
    new = replace(record, version=live.version, attributes=attributes, left={**old, **record.left})
    return replace(new, written=record.written or record.version, drifted=True)


def _attributes(record: Record, live: Live) -> Mapping[str, JsonValue]:
    known = {key: value for key, value in live.attributes.items() if key in record.attributes}
    return refreshed(record.attributes, known, record.sensitive)
