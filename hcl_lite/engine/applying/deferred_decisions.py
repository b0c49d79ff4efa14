"""What a plan has left open, decided by the apply once all arguments are known. Pure."""

from __future__ import annotations

from dataclasses import replace

from hcl_lite.core.diags import HclError
from hcl_lite.core.schema import ResourceType
from hcl_lite.core.values import is_unknown
from hcl_lite.engine.applying.diagnostics import still_unknown
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.evaluate import Arguments, complete
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.plan import Action, Change
from hcl_lite.engine.planning.records import stored_attributes
from hcl_lite.lang.config.block import Block
from state.model import Record


def as_it_turned_out(block: Block, type_: ResourceType, arguments: Arguments, change: Change, hashes: Hashes) -> Change:
    """`change`, which may not be called for, as what is called for.

    An object whose uid has stayed the same is updated and not replaced; of one that has stayed the same in all, note is
    taken. Raises HclError where it is still not known.
    """
    record = change.record
    if not change.may_stay or record is None:
        return change
    wanted = complete(block, type_, arguments.values, record.uid)
    if is_unknown(wanted.values):
        raise HclError(still_unknown(block, wanted.values))
    change = replace(change, may_stay=False)
    if wanted.uid != record.uid:
        return change
    if not change.changes_secrets and _is_as_before(wanted, record, hashes):
        return replace(change, action=Action.REFRESH, uid=record.uid, record=replace(record, applied=""))
    return change if type_.immutable else replace(change, action=Action.UPDATE, uid=record.uid)


def known_by_now(block: Block, type_: ResourceType, arguments: Arguments, record: Record) -> Record:
    """What is to be remembered of an object that is as it should be, with the arguments that the plan did not know."""
    if record.applied:
        return record
    wanted = complete(block, type_, arguments.values, record.uid)
    if is_unknown(wanted.values):
        raise HclError(still_unknown(block, wanted.values))
    attributes = stored_attributes(wanted, record.attributes, wanted.sensitive)
    return replace(record, applied=arguments.hash, attributes=attributes, sensitive=wanted.sensitive)


def _is_as_before(wanted: Desired, record: Record, hashes: Hashes) -> bool:
    """Whether the object would be made what it is."""
    values, attrs = wanted.values, wanted.type.attrs
    triggers = (key for key, attr in attrs.items() if attr.triggers and values.get(key) is not None)
    same = all(values[key] == record.attributes.get(key) for key in triggers)
    return same and hashes.is_of(record.content, wanted.hash)
