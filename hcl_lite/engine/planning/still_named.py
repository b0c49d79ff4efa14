"""Deletions of what others name that stay: a server would refuse them, or leave the others without it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.schema import Dependent, Mention, Origin
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import TAKES_AWAY, Action, Change
from state.model import ObjectKey, Record

Dependents = Mapping[ObjectKey, Sequence[Dependent]]
_Named = tuple[str, Mention]
_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Managed:
    """The records of objects by server, type and uid: several providers may be of one server."""

    origins: Mapping[str, Origin]
    records: Mapping[tuple[Origin | str, str, str], Record]

    @classmethod
    def of(cls, session: Session, records: Iterable[Record]) -> Managed:
        """Reads the servers of the providers that are open."""
        origins = session.origins()
        keyed = {(origins.get(one.provider, one.provider), one.address.type, one.uid): one for one in records}
        return cls(origins, keyed)

    def records_of(self, provider: str, dependent: Dependent) -> Sequence[Record]:
        """Returns what is managed of an object that the server of `provider` tells of."""
        keys = [(self.origins.get(provider, provider), *key) for key in dependent.keys]
        return [self.records[key] for key in keys if key in self.records]


async def find_dependents(session: Session, changes: Iterable[Change]) -> Dependents:
    """Returns what names the objects that go, as their servers tell: asked once for each type of which some go. Raises
    ProviderError."""
    going: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        record = change.record
        if record is not None and _goes(session, change) and _is_kept(session, record):
            going.setdefault((record.provider, record.address.type), []).append(record.uid)
    found = await asyncio.gather(*(session.get(name).dependents(type_, uids) for (name, type_), uids in going.items()))
    told = zip(going, found, strict=True)
    return {(*of, uid): dependents for of, by_uid in told for uid, dependents in by_uid.items()}


def still_named(
    session: Session,
    managed: Managed,
    changes: Sequence[Change],
    written: Mapping[Address, Set[Mention]],
    dependents: Dependents,
) -> list[Diagnostic]:
    """Returns an error for each object that goes and is named by what stays. Pure.

    `managed` is all of the state; `written` has what the blocks that are written will name, by their new arguments.
    """
    gone = {change.record.key: change for change in changes if change.record is not None and _goes(session, change)}
    going = [(change, record) for change in gone.values() if (record := change.record) and _is_kept(session, record)]
    if not going:
        return []
    staying = [record for record in managed.records.values() if record.key not in gone]
    others = {named for record in staying for named in _names_of(session, record)}
    remembered = [(record.address, named) for record in staying for named in _used_by(session, record)]
    providers = {change.address: change.provider for change in changes}
    to_be = [(address, (providers[address], mention)) for address in written for mention in written[address]]
    now = _users(remembered)
    then = _users([*((address, named) for address, named in remembered if address not in written), *to_be])
    places = _Places(managed, gone.keys(), written.keys())
    problems = []
    for change, record in going:
        users = now if _goes_first(change) else then
        ours = {user for one in _names_of(session, record) if one not in others for user in users.get(one, ())}
        more, foreign = places.of(change, record, dependents.get(record.key, ()))
        if ours or more or foreign:
            named = sorted(ours | more, key=lambda address: address.order)
            problems.append(_refused(change, [*map(str, named), *foreign]))
    return problems


def after_dependents(managed: Managed, changes: Sequence[Change], dependents: Dependents) -> list[Change]:
    """Returns `changes`; each deletion with the managed objects that name what goes, and leave it before. Pure."""

    def order(change: Change) -> Change:
        record = change.record
        if record is None or record.key not in dependents:
            return change
        told = dependents[record.key]
        keys = [one.key for dependent in told for one in managed.records_of(record.provider, dependent)]
        return replace(change, holds=(*change.holds, *keys)) if keys else change

    return [*map(order, changes)]


@dataclass(frozen=True, slots=True)
class _Places:
    """Addresses of what a server tells of, and what the run makes of it."""

    managed: Managed
    gone: Set[ObjectKey]
    written: Set[Address]

    def of(self, change: Change, record: Record, dependents: Sequence[Dependent]) -> tuple[set[Address], list[str]]:
        """Returns which of `dependents` stay in the way: managed ones by address, others as people know them. What is
        written names what its arguments say."""
        ours, foreign = set[Address](), list[str]()
        for dependent in dependents:
            known = self.managed.records_of(record.provider, dependent)
            staying = {one.address for one in known if one.key not in self.gone}
            ours |= staying if _goes_first(change) else staying - self.written
            foreign += [] if known else [dependent.what]
        return ours, foreign


def _used_by(session: Session, record: Record) -> Iterable[_Named]:
    type_ = session.resource_type(record.provider, record.address.type)
    return ((record.provider, mention) for mention in type_.uses(record.attributes))


def _users(uses: Iterable[tuple[Address, _Named]]) -> Mapping[_Named, Sequence[Address]]:
    users: dict[_Named, list[Address]] = {}
    for address, named in uses:
        users.setdefault(named, []).append(address)
    return users


def _goes(session: Session, change: Change) -> bool:
    is_sure = change.action in TAKES_AWAY and not change.may_stay
    return is_sure and not session.is_deferred((change.record or change).provider)


def _goes_first(change: Change) -> bool:
    """Whether an object goes before its replacement, and so before whatever names that."""
    return change.action is Action.REPLACE and not change.create_first


def _is_kept(session: Session, record: Record) -> bool:
    return session.resource_type(record.provider, record.address.type).capabilities.kept_if_named


def _names_of(session: Session, record: Record) -> Iterable[_Named]:
    type_ = session.resource_type(record.provider, record.address.type)
    return ((record.provider, mention) for mention in type_.names(record.attributes, record.uid))


def _refused(change: Change, users: Sequence[str]) -> Diagnostic:
    more = f" and {len(users) - _MOST_NAMES} more" if len(users) > _MOST_NAMES else ""
    return Diagnostic(
        f"{change.address} cannot be {'replaced' if _goes_first(change) else 'deleted'} while others name it",
        f"It is named by {', '.join(users[:_MOST_NAMES])}{more}, which cannot do without it.",
        change.place,
        "Its replacement comes after it: let them name another one before, in a run of their own."
        if _goes_first(change)
        else "Let them name another one in this run, or delete them too.",
        str(change.address),
    )
