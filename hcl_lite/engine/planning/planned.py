"""What planning comes to, block by block, and what a walk has planned so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.schema import Mention
from hcl_lite.engine.desired import Values
from hcl_lite.engine.plan import Action, Change
from hcl_lite.engine.planning.unique_names import Names
from state.backups import Copy
from state.model import Identity, ObjectKey


@dataclass(frozen=True, slots=True)
class Planned:
    """What planning one block comes to.

    `exposed` are the attributes that other blocks may refer to, None for a lookup that only the apply makes. `given`
    are the arguments, where there are secrets in them; `claims` what the block asks for and one object of an
    organisation has alone; `names` what an object that is to be written will be known as; `uses` what its body uses of
    others; `copy` what was read of an object that is to be updated; `doubts` warnings about its values; `outcome` what
    became of a write that an earlier run was making, in words.
    """

    change: Change
    exposed: Values | None = None
    given: Values | None = None
    claims: frozenset[str] = frozenset()
    names: Names | None = None
    uses: frozenset[Mention] | None = None
    copy: Copy | None = None
    doubts: tuple[Diagnostic, ...] = ()
    outcome: tuple[Identity, str] | None = None


@dataclass
class Progress:
    """What a walk has planned so far. The walk alone adds to it, one result a block; what is planned after that reads
    it."""

    _planned: dict[Address, Planned] = field(default_factory=dict)
    _changes: dict[Address, Change] = field(default_factory=dict)
    _replaced: dict[ObjectKey, Address] = field(default_factory=dict)

    def add(self, planned: Planned) -> None:
        """Take the result of one block."""
        change = planned.change
        self._planned[change.address] = planned
        self._changes[change.address] = change
        if change.action is Action.REPLACE and change.record is not None and not change.may_stay:
            self._replaced[change.record.key] = change.address

    @property
    def planned(self) -> Mapping[Address, Planned]:
        """The results, by block."""
        return MappingProxyType(self._planned)

    @property
    def changes(self) -> Mapping[Address, Change]:
        """The changes alone."""
        return MappingProxyType(self._changes)

    def replacement_of(self, key: ObjectKey) -> Address | None:
        """The block whose object `key` goes for another one; None where that stays."""
        return self._replaced.get(key)
