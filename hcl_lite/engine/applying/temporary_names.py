"""Temporary names for objects whose name another object needs before their own turn comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from hcl_lite.core.places import marked
from hcl_lite.core.schema import Conflict, Version
from hcl_lite.core.values import JsonValue, is_secret
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.planning.records import left_by, stored_attributes
from state.model import Identity, Intent, Record
from state.store import Ledger


async def set_aside(
    session: Session,
    ledger: Ledger,
    hashes: Hashes,
    identity: Identity,
    record: Record | None,
    expected_version: Version,
    told: Callable[[Version], None] = lambda _: None,
) -> Record:
    """Renames an object that should be at `expected_version`, and returns its new record.

    The record counts as not applied; where `record` is of a managed object it is in the ledger, so that the next run
    goes on from there. `told` is called with the version before. Raises ProviderError, and Conflict where the object is
    at another version.
    """
    name, provider = identity.address.type, session.get(identity.provider)
    type_ = session.resource_type(identity.provider, name)
    live = await provider.read(name, identity.uid, None, expected_version)
    if live is None or live.version != expected_version:
        raise Conflict("It was changed or deleted by someone else since the plan.")
    values = type_.aside(type_.values_of(identity.uid, live.document))
    session.gives_up(identity.key)
    if record is None:
        live = await provider.update(name, identity.uid, values, expected_version)
        told(live.version)
        return Record(identity.address, identity.provider, identity.uid, live.version)
    begun = _begun(Desired(type_, values), replace(record, version=expected_version), hashes)
    async with ledger.writing(Intent("update", begun)):
        live = await provider.update(name, identity.uid, values, expected_version)
    told(live.version)
    done = replace(begun, version=live.version)
    await ledger.put(done)
    return done


def _begun(aside: Desired, record: Record, hashes: Hashes) -> Record:
    content, attrs = marked(aside.content, record.sensitive), aside.type.attrs
    told: Mapping[str, JsonValue] = {key: content[key] for key in attrs.keys() & content.keys()}
    shown = {key: value for key, value in told.items() if not attrs[key].body and not is_secret(value)}
    kept = stored_attributes(aside, {**record.attributes, **shown}, record.sensitive)
    named = hashes.of(aside.hash, sensitive=bool(record.sensitive))
    left = left_by(aside, aside.content, record.sensitive)
    return replace(record.without_write(), content=named, attributes=kept, left=left)
