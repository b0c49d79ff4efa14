"""What is part of another object, and goes along when that goes in the same run. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from hcl_lite.core.schema import ResourceType
from hcl_lite.engine.changes import Action, Change
from state.model import Record

Gone = tuple[str, str, str]  # provider, type and uid


def all_that_goes(changes: Iterable[Change]) -> frozenset[Gone]:
    """The objects that are taken away, also where another one comes in their place."""
    going = (change for change in changes if change.action in (Action.DELETE, Action.REPLACE))
    return frozenset((c.record.provider, c.address.type, c.record.uid) for c in going if c.record is not None)


def goes_along(type_: ResourceType, record: Record, going: Collection[Gone]) -> bool:
    """Whether the object that `record` remembers is part of one that goes."""
    return (record.provider, type_.part_of, record.uid) in going
