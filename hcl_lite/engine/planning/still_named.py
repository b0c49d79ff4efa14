"""Deletions that a server would refuse, since others that stay name the object. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.schema import Mention
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import TAKES_AWAY, Change
from state.model import ObjectKey, Record

_Named = tuple[str, Mention]
_MOST_NAMES = 3


def still_named(
    session: Session, records: Sequence[Record], changes: Iterable[Change], written: Mapping[Address, Set[Mention]]
) -> list[Diagnostic]:
    """Returns an error for each object that goes and is named by what stays.

    `records` are all of the state; `written` has what the blocks that are written will name, by their new arguments.
    """
    gone = {change.record.key: change for change in changes if change.record is not None and _goes(session, change)}
    if not any(_is_kept(session, change.record) for change in gone.values() if change.record is not None):
        return []
    staying = [record for record in records if record.key not in gone or gone[record.key].address in written]
    users = _users(session, staying, gone, written)
    others = {named for record in records if record.key not in gone for named in _names(session, record)}
    problems = []
    for change in gone.values():
        record = change.record
        if record is None or not _is_kept(session, record):
            continue
        named = [user for one in _names(session, record) if one not in others for user in users.get(one, ())]
        if named:
            problems.append(_refused(change, sorted(dict.fromkeys(named), key=lambda address: address.order)))
    return problems


def _goes(session: Session, change: Change) -> bool:
    return change.action in TAKES_AWAY and not session.is_deferred((change.record or change).provider)


def _is_kept(session: Session, record: Record) -> bool:
    return session.resource_type(record.provider, record.address.type).capabilities.kept_if_named


def _names(session: Session, record: Record) -> Iterable[_Named]:
    type_ = session.resource_type(record.provider, record.address.type)
    return ((record.provider, mention) for mention in type_.names(record.attributes, record.uid))


def _users(
    session: Session,
    staying: Sequence[Record],
    gone: Mapping[ObjectKey, Change],
    written: Mapping[Address, Set[Mention]],
) -> Mapping[_Named, list[Address]]:
    """Returns the objects that name others: by what is written, or by what the state remembers of those that are
    not."""
    users: dict[_Named, list[Address]] = {}
    for record in staying:
        type_ = session.resource_type(record.provider, record.address.type)
        known = written.get(record.address)
        uses = type_.uses(record.attributes) if known is None and record.key not in gone else known or ()
        for mention in uses:
            if mention.argument:
                users.setdefault((record.provider, mention), []).append(record.address)
    return users


def _refused(change: Change, users: Sequence[Address]) -> Diagnostic:
    shown = ", ".join(map(str, users[:_MOST_NAMES]))
    more = f" and {len(users) - _MOST_NAMES} more" if len(users) > _MOST_NAMES else ""
    return Diagnostic(
        f"{change.address} cannot be deleted while others name it",
        f"It is named by {shown}{more}: the server would refuse.",
        change.place,
        "Let them name another one in this run, or delete them too.",
        str(change.address),
    )
