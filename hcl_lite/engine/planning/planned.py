"""Results of planning: of one block, of all blocks so far, and of all objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Self

from hcl_lite.core.addrs import Address, in_order
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.schema import Mention, Whole
from hcl_lite.engine.desired import Values
from hcl_lite.engine.plan import Action, Change
from hcl_lite.engine.planning.unique_names import Names
from state.backups import Copy
from state.model import Identity, ObjectKey


@dataclass(frozen=True, slots=True)
class Planned:
    """The result of planning one block.

    `exposed` are the attributes that other blocks may refer to, None for a lookup that only the apply reads. `given`
    are arguments that hold secrets; `claims` the exclusive attributes that the block sets; `names` the unique names of
    an object to be written; `uses` the objects that its body refers to; `copy` what was read of an object to be
    updated; `doubts` warnings about its values; `outcome` the result of an interrupted write; `whole` the object that
    it is a piece of.
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
    whole: Whole | None = None


@dataclass
class Progress:
    """The results of a walk so far. Only the walk adds to it, one result a block; planners read it."""

    _planned: dict[Address, Planned] = field(default_factory=dict)
    _changes: dict[Address, Change] = field(default_factory=dict)
    _replaced: dict[ObjectKey, Address] = field(default_factory=dict)

    def add(self, planned: Planned) -> None:
        """Adds the result of one block."""
        change = planned.change
        self._planned[change.address] = planned
        self._changes[change.address] = change
        if change.action is Action.REPLACE and change.record is not None and not change.may_stay:
            self._replaced[change.record.key] = change.address

    @property
    def planned(self) -> Mapping[Address, Planned]:
        """The results by address."""
        return MappingProxyType(self._planned)

    @property
    def changes(self) -> Mapping[Address, Change]:
        """The changes by address."""
        return MappingProxyType(self._changes)

    def replacement_of(self, key: ObjectKey) -> Address | None:
        """Returns the block that replaces the object `key`; None where it is not replaced."""
        return self._replaced.get(key)


@dataclass(frozen=True, slots=True)
class Draft:
    """An unfinished plan. `blocks` are the results of blocks by address, `orphans` those of objects without a block;
    `changes` and `gone` are their changes, revised by the later steps."""

    blocks: Mapping[Address, Planned]
    changes: Mapping[Address, Change]
    orphans: Sequence[Planned] = ()
    gone: Sequence[Change] = ()

    @classmethod
    def of(cls, planned: Mapping[Address, Planned]) -> Self:
        """Returns the draft of what was planned of blocks, in the order of their addresses, whichever came first."""
        blocks = {address: planned[address] for address in in_order(planned)}
        return cls(blocks, {address: one.change for address, one in blocks.items()})

    @property
    def all_changes(self) -> list[Change]:
        return [*self.changes.values(), *self.gone]

    @property
    def uses(self) -> Mapping[Address, frozenset[Mention]]:
        """The objects that each block that is written will name."""
        return {address: planned.uses for address, planned in self.blocks.items() if planned.uses is not None}

    def revised(self, changes: Sequence[Change]) -> Draft:
        """Returns the draft with `changes` in place of `all_changes`, in the same order."""
        count = len(self.changes)
        return replace(self, changes=dict(zip(self.changes, changes[:count], strict=True)), gone=changes[count:])
