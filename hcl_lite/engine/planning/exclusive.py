"""Attributes that only one object of an organisation can have, such as being its default data source. Pure.

Two blocks that claim one would take it from each other at every apply; a single one takes it from its current holder.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.paths import Everything
from hcl_lite.core.schema import Distinct, ResourceType
from hcl_lite.engine.desired import Values
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import MAKES, TAKES_AWAY, Action, Change
from hcl_lite.engine.planning.unique_names import Group, group_of
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.config import Config
from state.model import ObjectKey

Claims = Mapping[Address, Set[str]]
"""The attributes that blocks ask for and only one object of an organisation has."""


def exclusive_claims(block: Block, type_: ResourceType, values: Values) -> frozenset[str]:
    """Returns the exclusive attributes that a block sets to true, except those in ignore_changes."""
    ignored = {path.steps for path in block.lifecycle.ignore_changes}
    if (Everything(),) in ignored:
        return frozenset()
    asked = (key for key, attr in type_.attrs.items() if attr.exclusive and values.get(key) is True)
    return frozenset(key for key in asked if (key,) not in ignored)


@dataclass
class Exclusive:
    """The claims of the blocks seen so far."""

    _first: dict[tuple[Hashable, str, str], Block] = field(default_factory=dict)

    def ask(self, where: Hashable, block: Block, claims: Set[str]) -> Iterator[Diagnostic]:
        """Adds the `claims` of a block; returns an error for each that another block has made before. `where` is the
        organisation."""
        for key in sorted(claims):
            first = self._first.setdefault((where, block.address.type, key), block)
            if first is not block:
                yield Diagnostic(
                    f"{first.address} and {block.address} both have {key} = true",
                    f"An organisation has one such object. The other is at {first.value_place(key)}.",
                    block.value_place(key),
                    f"Leave {key} to one of them: each apply would take it from the other.",
                    str(block.address),
                )


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
