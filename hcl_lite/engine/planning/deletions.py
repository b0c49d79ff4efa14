"""Deletions: what they leave behind, what is deleted along, and which managed objects have to move out before."""

from __future__ import annotations

import asyncio
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, raise_if_errors
from hcl_lite.core.digraph import DiGraph, has_path
from hcl_lite.core.schema import Held, ResourceType
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import TAKES_AWAY, Action, Change
from hcl_lite.engine.planning.decide_record import with_held
from state.model import ObjectKey, Record, State

_MOST_NAMES = 10


def parent_key(type_: ResourceType, record: Record) -> ObjectKey:
    """Returns the key of the object that the object of `record` is part of; a key that no object has, for none."""
    return record.provider, type_.part_of, record.uid


def parts_among(session: Session, wholes: Iterable[ObjectKey], records: Iterable[Record]) -> Iterator[Record]:
    """Returns those of `records` whose objects are part of `wholes`."""
    whole = set(wholes)
    if not whole:
        return
    for record in records:
        if parent_key(session.resource_type(record.provider, record.address.type), record) in whole:
            yield record


def with_delete_notes(session: Session, changes: Sequence[Change]) -> list[Change]:
    """Returns `changes`; each deletion with a note on what it leaves behind, or with the parent whose deletion
    includes it. A part goes by itself where something goes after it and before its parent: that would change it."""
    records = [change.record for change in changes if change.record and _goes(change)]
    going = {record.key: record.address for record in records}
    needs: DiGraph[Address] = DiGraph((record.address, needed) for record in records for needed in record.dependencies)

    def say(change: Change) -> Change:
        record = change.record
        if record is None or not _goes(change):
            return change
        type_ = session.resource_type(record.provider, record.address.type)
        whole = going.get(parent_key(type_, record))
        if whole is not None and not _are_apart(needs, record.address, whole):
            return replace(change, goes_with=whole)
        return change.noted(type_.delete_note)

    return [say(change) for change in changes]


def _are_apart(needs: DiGraph[Address], part: Address, whole: Address) -> bool:
    """Whether the part needs something that needs the whole."""
    between = [address for address in needs.successors(part) if address != whole] if part in needs else []
    return any(has_path(needs, address, whole) for address in between if whole in needs)


async def with_held_objects(session: Session, state: State, changes: Sequence[Change]) -> list[Change]:
    """Returns `changes`; each deletion with the objects in it: managed ones have to leave it before, unmanaged ones are
    deleted along or prevent it.

    Raises HclError where a managed object would stay inside, and ProviderError.
    """
    managed = {record.key: record.address for record in state.all_records()}
    aliases = _aliases(session, state.all_records())
    planned = {_key(change): change for change in changes}
    problems: list[Diagnostic] = []

    async def look(change: Change) -> Change:
        record = change.record
        if record is None or not _goes(change) or session.is_deferred(record.provider):
            return change
        able = session.resource_type(record.provider, record.address.type).capabilities
        if not able.content:
            return change
        held = await session.get(record.provider).contents(record.address.type, record.uid)
        found = [_as_managed(one, record.provider, aliases) for one in held]
        inside = _Inside.of(found, record.provider, managed, planned)
        if inside.stay:
            problems.append(_cannot_go(change, inside.stay))
        change = replace(change, holds=inside.leave)
        forced = able.forces_destroy(record.attributes)
        return with_held(change, inside.foreign, forced=forced, argument=able.force_destroy)

    looked = iter(await asyncio.gather(*(look(change) for change in changes if _goes(change))))
    raise_if_errors(problems)
    return [next(looked) if _goes(change) else change for change in changes]


def _aliases(session: Session, records: Iterable[Record]) -> Mapping[ObjectKey, ObjectKey]:
    """Returns the keys of managed objects by those that they would have under another type."""
    found: dict[ObjectKey, ObjectKey] = {}
    for record in records:
        type_ = session.resource_type(record.provider, record.address.type)
        other = type_.whole(record.attributes) if type_.capabilities.alias else None
        if other is not None:
            found[record.provider, *other] = record.key
    return found


def _as_managed(held: Held, provider: str, aliases: Mapping[ObjectKey, ObjectKey]) -> Held:
    """An object under the type that it is managed as."""
    _, type_, uid = aliases.get((provider, held.type, held.uid), (provider, held.type, held.uid))
    return replace(held, type=type_, uid=uid)


@dataclass(frozen=True, slots=True)
class _Inside:
    """The objects inside of one that is deleted: those that this run takes out of it, the managed ones that stay in it,
    and the unmanaged ones."""

    leave: tuple[ObjectKey, ...]
    stay: Mapping[Address, Held]
    foreign: Sequence[Held]

    @classmethod
    def of(
        cls,
        found: Sequence[Held],
        provider: str,
        managed: Mapping[ObjectKey, Address],
        planned: Mapping[ObjectKey, Change],
    ) -> _Inside:
        """`found` has what holds others before what it holds."""
        leave: list[ObjectKey] = []
        stay: dict[Address, Held] = {}
        foreign: list[Held] = []
        moved: set[str] = set()
        for one in (part for whole in found for part in _divided(whole, provider, managed)):
            key = (provider, one.type, one.uid)
            change = planned.get(key)
            is_out = one.parent in moved or (change is not None and _moves(change, one))
            moved |= {one.uid} if is_out else set()
            if key not in managed:
                foreign += [] if is_out else [one]
            elif is_out or (change is not None and _goes(change)):
                leave.append(key)
            else:
                stay[managed[key]] = one
        return cls(tuple(sorted(leave)), stay, foreign)


def _divided(held: Held, provider: str, managed: Container[ObjectKey]) -> Sequence[Held]:
    """Returns the pieces of an object where some of them are managed; otherwise itself."""
    return held.pieces if any((provider, one.type, one.uid) in managed for one in held.pieces) else (held,)


def _key(change: Change) -> ObjectKey:
    return change.record.key if change.record is not None else (change.provider, change.address.type, change.uid)


def _goes(change: Change) -> bool:
    return change.action in TAKES_AWAY


def _moves(change: Change, held: Held) -> bool:
    """Whether the run puts the object somewhere else."""
    return change.action is Action.UPDATE and any(one.path == held.placed_by for one in change.differences)


def _cannot_go(change: Change, stay: Mapping[Address, Held]) -> Diagnostic:
    """An object that goes holds what is managed here and is not to go."""
    verb = "replaced" if change.action is Action.REPLACE else "deleted"
    names = [f"{address} ({held.what})" for address, held in stay.items()]
    more = [] if len(names) <= _MOST_NAMES else [f"and {len(names) - _MOST_NAMES} more"]
    return Diagnostic(
        f"{change.address} cannot be {verb} while it holds what stays",
        "\n".join([*names[:_MOST_NAMES], *more]),
        change.place,
        "It would go along. Let this run move it elsewhere, or "
        + ("--replace it too." if change.action is Action.REPLACE else "delete it too (without --target both go)."),
        str(change.address),
    )
