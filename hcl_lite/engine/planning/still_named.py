"""Deletions of what others name that stay: a server would refuse them, or leave the others without it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, Severity
from hcl_lite.core.schema import Capabilities, Dependent, Mention, Origin
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import TAKES_AWAY, Action, Change
from state.model import ObjectKey, Record

Dependents = Mapping[ObjectKey, Sequence[Dependent]]
_Named = tuple[str, Mention]
_Key = tuple[Origin | str, str, str]
_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Managed:
    """The records of objects by server, type and uid: several providers may be of one server."""

    origins: Mapping[str, Origin]
    records: Mapping[_Key, Record]
    along: Mapping[_Key, ObjectKey]
    """What is not managed and goes along with something else, and with what."""

    @classmethod
    def of(cls, session: Session, records: Iterable[Record], changes: Iterable[Change]) -> Managed:
        """Reads the servers of the providers that are open."""
        origins = session.origins()
        keyed = {(origins.get(one.provider, one.provider), one.address.type, one.uid): one for one in records}
        along = {
            (origins.get(record.provider, record.provider), *key): record.key
            for change in changes
            if (record := change.record) is not None and _goes(session, change)
            for key in change.along
        }
        return cls(origins, keyed, along)

    def records_of(self, provider: str, dependent: Dependent) -> Sequence[Record]:
        """Returns what is managed of an object that the server of `provider` tells of."""
        return [self.records[key] for key in self._keys(provider, dependent) if key in self.records]

    def takers_of(self, provider: str, dependent: Dependent) -> Sequence[ObjectKey]:
        """Returns the deleted objects with which it goes along."""
        return [self.along[key] for key in self._keys(provider, dependent) if key in self.along]

    def _keys(self, provider: str, dependent: Dependent) -> Sequence[_Key]:
        return [(self.origins.get(provider, provider), *key) for key in dependent.keys]


async def find_dependents(session: Session, changes: Iterable[Change]) -> Dependents:
    """Returns what names the objects that go, as their servers tell: asked once for each type of which some go. Raises
    ProviderError."""
    going: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        record = change.record
        if record is not None and _goes(session, change) and _is_needed(session, record):
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
    declared: Set[Mention] = frozenset(),
) -> list[Diagnostic]:
    """Returns an error for each object that goes and is named by what stays; a warning where its server lets it go.
    Pure.

    `managed` is all of the state; `written` has what the blocks that are written will name, by their new arguments,
    `declared` the names that the blocks which stay declare.
    """
    gone = {change.record.key: change for change in changes if change.record is not None and _goes(session, change)}
    going = [(change, record) for change in gone.values() if (record := change.record) and _is_needed(session, record)]
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
        able, users = _capabilities(session, record), now if _goes_first(change) else then
        names = [one for one in _names_of(session, record) if one not in others]
        if able.missed:
            names = [one for one in names if one[1] not in declared]
            if not names:
                continue
        ours = {user for one in names for user in users.get(one, ())}
        more, foreign = places.of(change, record, dependents.get(record.key, ()))
        if ours or more or foreign:
            named = [*map(str, sorted(ours | more, key=lambda address: address.order)), *foreign]
            problems.append(_missed(change, named) if able.missed else _refused(change, named))
    return problems


def after_dependents(managed: Managed, changes: Sequence[Change], dependents: Dependents) -> list[Change]:
    """Returns `changes`; each deletion with the managed objects that name what goes, and leave it before. Pure."""

    def order(change: Change) -> Change:
        record = change.record
        if record is None or record.key not in dependents:
            return change
        told = dependents[record.key]
        keys = [one.key for dependent in told for one in managed.records_of(record.provider, dependent)]
        keys += [key for dependent in told for key in managed.takers_of(record.provider, dependent)]
        return replace(change, holds=(*change.holds, *dict.fromkeys(keys))) if keys else change

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
            foreign += [] if known or self.managed.takers_of(record.provider, dependent) else [dependent.what]
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


def _is_needed(session: Session, record: Record) -> bool:
    able = _capabilities(session, record)
    return able.kept_if_named or able.missed


def _capabilities(session: Session, record: Record) -> Capabilities:
    return session.resource_type(record.provider, record.address.type).capabilities


def _names_of(session: Session, record: Record) -> Iterable[_Named]:
    type_ = session.resource_type(record.provider, record.address.type)
    return ((record.provider, mention) for mention in type_.names(record.attributes, record.uid))


def _few(users: Sequence[str]) -> str:
    more = f" and {len(users) - _MOST_NAMES} more" if len(users) > _MOST_NAMES else ""
    return f"{', '.join(users[:_MOST_NAMES])}{more}"


def _missed(change: Change, users: Sequence[str]) -> Diagnostic:
    return Diagnostic(
        f"{change.address} goes, and others name what it defines",
        f"It is named by {_few(users)}, which will fail without it.",
        change.place,
        "Let them name another one in this run, or delete them too.",
        str(change.address),
        Severity.WARNING,
    )


def _refused(change: Change, users: Sequence[str]) -> Diagnostic:
    return Diagnostic(
        f"{change.address} cannot be {'replaced' if _goes_first(change) else 'deleted'} while others name it",
        f"It is named by {_few(users)}, which cannot do without it.",
        change.place,
        "Its replacement comes after it: let them name another one before, in a run of their own."
        if _goes_first(change)
        else "Let them name another one in this run, or delete them too.",
        str(change.address),
    )
