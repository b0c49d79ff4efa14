"""Decisions that a plan has left open, made by the apply once all arguments are known. Pure."""

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
from hcl_lite.engine.planning.fixed_attributes import changed_fixed
from hcl_lite.engine.planning.records import stored_attributes
from hcl_lite.lang.config.block import Block
from state.model import Record


def resolve_deferred(block: Block, type_: ResourceType, arguments: Arguments, change: Change, hashes: Hashes) -> Change:
    """Returns the change that is really needed for `change`, which the plan could not decide (`may_stay`).

    An object that keeps its uid is updated instead of replaced; one that is already as desired is only refreshed.
    Raises HclError where arguments are still unknown.
    """
    record = change.record
    if not change.may_stay or record is None:
        return change
    wanted = complete(block, type_, arguments.values, record.uid)
    if is_unknown(wanted.values):
        raise HclError(still_unknown(block, wanted.values))
    change = replace(change, may_stay=False)
    if wanted.uid != record.uid or changed_fixed(type_, wanted.values, record.attributes):
        return change
    if not change.changes_secrets and _is_as_before(wanted, record, hashes):
        return replace(change, action=Action.REFRESH, uid=record.uid, record=replace(record, applied=""))
    return change if type_.immutable else replace(change, action=Action.UPDATE, uid=record.uid)


def completed_record(block: Block, type_: ResourceType, arguments: Arguments, record: Record) -> Record:
    """Returns the record of an object that is as desired, completed with the arguments that the plan did not know.

    Raises HclError where arguments are still unknown.
    """
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
