"""Records: what the state keeps of an object. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from hcl_lite.core.places import Place
from hcl_lite.core.schema import Live, ResourceType, Version
from hcl_lite.core.values import JsonValue, Value, is_secret, is_unknown, reveal
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.planning.inputs import Inputs
from hcl_lite.engine.secret_paths import without_secrets
from hcl_lite.engine.sensitive import without_slugs
from state.model import Record


def refreshed_record(inputs: Inputs, live: Live, content: str) -> Record:
    """Returns the record of an object that is as desired."""
    old, desired = inputs.record, inputs.desired
    attributes = {**(old.attributes if old else {}), **live.attributes}
    return Record(
        address=inputs.block.address,
        provider=inputs.wanted.provider,
        uid=live.uid,
        version=live.version,
        applied=inputs.wanted.arguments.hash,
        asked=inputs.remembered.hashes.of(
            inputs.wanted.declared.hash,
            (old.asked if old else "") or content,
            sensitive=bool(inputs.wanted.declared.sensitive),
        ),
        content=content,
        attributes=stored_attributes(desired, attributes, desired.sensitive),
        secrets=inputs.secrets.fingerprints,
        dependencies=inputs.wanted.dependencies,
        protected=inputs.wanted.protected,
        sensitive=desired.sensitive,
        declared=desired.places,
        written=_written(inputs, live, content),
        left=left_by(desired, desired.content if live.content is None else live.content, desired.sensitive),
    )


def _written(inputs: Inputs, live: Live, content: str) -> Version:
    """The version of the last write, where the object has only been saved since."""
    old = inputs.record
    if old is None or content != old.content:
        return {}
    return old.written or old.version if inputs.observed.resaved else old.written if live.version == old.version else {}


def left_by(desired: Desired, content: Value, sensitive: Collection[Place]) -> Mapping[str, JsonValue]:
    """Returns the attributes of a written content that no server tells later, without values that come of secrets."""
    told = [key for key, attr in desired.type.attrs.items() if attr.remembered and key in content]
    bodies = {key: reveal(content[key]) for key in told}
    if not bodies or is_unknown(bodies):
        return {}
    kept, places = without_secrets(bodies, sensitive)
    assert isinstance(kept, Mapping)
    beside = {place[0] for place in places if place not in sensitive}  # what tells a secret of something else
    return {key: value for key, value in kept.items() if value and key not in beside}


def wants_check(type_: ResourceType, record: Record) -> bool:
    """Whether the block of `record` asks for a health check, and the last one has passed."""
    return type_.capabilities.checks_health(record.attributes)


def unchecked(type_: ResourceType, record: Record) -> Record:
    """Returns `record` without a passed health check: it counts as not applied."""
    attributes = {key: value for key, value in record.attributes.items() if key != type_.capabilities.health_check}
    return replace(record, applied="", attributes=attributes)


def stored_attributes(
    desired: Desired, attributes: Mapping[str, JsonValue], sensitive: Collection[Place]
) -> Mapping[str, JsonValue]:
    """Returns the attributes that the state keeps of an object: no bodies, and nothing that comes of a secret."""
    values, attrs = desired.values, desired.type.attrs
    dropped = {key for key, attr in attrs.items() if attr.client_only or (attr.computed and attr.secret)}
    open_ = without_slugs(desired.type, attributes, sensitive, desired.uid) if sensitive else attributes
    known = {key: value for key, value in open_.items() if key not in dropped}
    client_only = {
        key: value for key, value in values.items() if key in attrs and attrs[key].client_only and not is_unknown(value)
    }
    return {key: value for key, value in {**known, **client_only}.items() if not is_secret(values.get(key))}
