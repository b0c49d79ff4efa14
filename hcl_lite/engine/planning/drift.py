"""Drift: what others have done to an object since its last write. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hcl_lite.core.contents import without_unasked
from hcl_lite.core.equality import hash_of, same
from hcl_lite.core.redaction import redact
from hcl_lite.core.schema import Attr, Live, count_in
from hcl_lite.core.values import Value
from hcl_lite.engine.diff import Difference, diff
from hcl_lite.engine.plan import Outside
from hcl_lite.engine.planning.inputs import Inputs
from hcl_lite.engine.secret_paths import filled
from state.model import Record

Attrs = Mapping[str, Attr]

OUTSIDE = "it was changed outside of hcl-lite"
SAVED = "saved without a change"


def has_drifted(inputs: Inputs, live: Live, found: Value, differences: tuple[Difference, ...], unchanged: bool) -> bool:
    """Whether others have changed the object. `found` is its content, `differences` what an update would change."""
    record = inputs.record
    if record is None:
        return False
    if live.version == record.version and not record.drifted and inputs.observed.baseline is None:
        return bool(unchanged and differences)
    if record.content == "" or found is None or inputs.remembered.hashes.is_of(record.content, hash_of(found)):
        return False
    return inputs.observed.baseline is None or not same(inputs.observed.baseline, found)


def outside_of(record: Record | None, live: Live) -> Outside:
    """Returns who changed an object, when, from which version to which, and why, as far as the server tells."""
    before = count_in(record.written or record.version) if record is not None else None
    now = count_in(live.version)
    if not isinstance(before, int) or not isinstance(now, int) or before == now:
        before = now = None
    return Outside(replace(live.revision, message=redact(live.revision.message)), before, now)


def saved_since(record: Record, live: Live) -> str:
    """Returns a sentence on who has saved an object since its last write, whose deletion loses that; empty for
    nobody."""
    if live.version == record.version and not record.drifted:
        return ""
    return f"It was {outside_of(record, live).told('saved outside of hcl-lite')}."


def drift_of(attrs: Attrs, record: Record, before: Value, found: Value) -> tuple[Difference, ...]:
    """Returns what others have changed since the content `before`; where that is unknown, as far as the state has
    attributes."""
    if before is None and isinstance(found, Mapping):
        before = left_before(attrs, record, found, found)
    return diff(before, found) if before is not None else ()


def left_before(attrs: Attrs, record: Record, found: Mapping[str, Value], secrets: Value) -> Mapping[str, Value]:
    """Returns the content that the last write left, as far as the state tells: other keys as in `found`, values that
    come of secrets as in `secrets`. What is left to the server within nested blocks is none of it, as in `found`."""
    told = {key: value for key, value in {**record.attributes, **record.left}.items() if key in found}
    known = without_unasked(attrs, told, found)
    left = filled({**found, **known}, secrets, record.sensitive)
    assert isinstance(left, Mapping)
    return left
