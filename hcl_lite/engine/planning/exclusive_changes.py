"""Changes that claim what only one object of an organisation can have: which blocks are in each other's way, and from
which object a write takes it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.schema import Distinct
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import MAKES, TAKES_AWAY, Action, Change
from hcl_lite.engine.planning.exclusive import Claims, Exclusive
from hcl_lite.engine.planning.unique_names import Group, group_of
from hcl_lite.lang.config.config import Config
from state.model import ObjectKey


def exclusive_conflicts(
    session: Session, config: Config, changes: Mapping[Address, Change], claims: Claims
) -> Iterator[Diagnostic]:
    """Returns an error for each claim that two planned blocks make, also of two providers with one organisation."""
    exclusive, origins = Exclusive(), session.origins()
    for address, change in sorted(changes.items(), key=lambda one: one[0].order):
        if address in config.blocks and address.kind is Kind.RESOURCE and change.provider:
            where = origins.get(change.provider, change.provider)
            yield from exclusive.ask(where, config.blocks[address], claims.get(address, frozenset()))


def newly_claimed(change: Change, claims: Claims) -> Set[str]:
    """Returns the claims of a write that its object does not have yet, so that another one may have them."""
    asked = claims.get(change.address, frozenset())
    if change.action in MAKES:
        return asked
    changed = {difference.path for difference in change.differences} if change.action is Action.UPDATE else set()
    return asked & changed


def with_previous_holders(
    changes: Iterable[Change],
    claims: Claims,
    there: Mapping[Group, Distinct],
    managed: Mapping[ObjectKey, Address],
) -> Iterator[Change]:
    """Returns `changes`, each with a note on what it takes from an object that does not give it up by this plan."""
    changes = list(changes)
    now = {change.record.key: change for change in changes if change.record is not None}
    for change in changes:
        group = group_of(change)
        for key in sorted(newly_claimed(change, claims)) if group in there else ():
            uid = there[group].alone.get(key)
            if uid is None or uid == change.uid or _gives_up(now.get((*group, uid)), key):
                continue
            holder = managed.get((*group, uid)) or f"{there[group].told(uid)}, which is not managed here"
            change = change.noted(f"It takes {key} from {holder}.")
        yield change


def _gives_up(change: Change | None, key: str) -> bool:
    """Whether the plan says of an object that it goes, or that it no longer has such a thing."""
    if change is None:
        return False
    changed = {difference.path for difference in change.differences}
    return change.action in TAKES_AWAY or (change.action is Action.UPDATE and key in changed)
