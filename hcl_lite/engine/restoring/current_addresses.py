"""The addresses at which undo and restore put objects, and what those depend on: blocks may have moved since the
run. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from hcl_lite.core.addrs import Address
from hcl_lite.engine.plan import Change
from hcl_lite.engine.restoring.restore_plan import Step
from state.backups import Backup, Entry, Write
from state.model import ObjectKey, Record, State

Moved = Callable[[Address], Address]
"""Where [[moved]] of the configuration brings what is at an address."""


@dataclass(frozen=True)
class CurrentAddresses:
    """Addresses by `state`, for `entries` of the run that is taken back."""

    state: State
    entries: Sequence[Entry] = ()
    moved: Moved = lambda address: address
    records: Mapping[ObjectKey, Record] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "records", {record.key: record for record in self.state.records.values()})

    def needs_of(self, backup: Backup | None) -> frozenset[ObjectKey]:
        """Returns the objects that an object depended on when it was copied."""
        if backup is None or backup.record is None:
            return frozenset()
        if backup.needs:
            return frozenset(backup.needs)
        then = {e.identity.address: e.identity.key for e in self.entries if e.write is not Write.CREATE}
        return self._needed(backup.record.dependencies, then)  # of an earlier hcl-lite: by their addresses

    def needed_by(self, record: Record | None) -> frozenset[ObjectKey]:
        """Returns the objects that an object depends on now."""
        return self._needed(record.dependencies, {}) if record is not None else frozenset()

    def settled(self, steps: Sequence[Step]) -> tuple[Step, ...]:
        """Returns `steps`, each with its current address and those of its dependencies. An object that is created
        again gets a free address where its own stands for another one."""
        goes = {step.key for step in steps if step.removes}
        taken = {address for address, record in self.state.records.items() if record.key not in goes}
        found: list[Step] = []
        for step in steps:
            if step.makes and step.key not in self.records:
                wanted = self.moved(step.change.address)
                address = wanted if wanted not in taken else self._free(wanted, taken)
                taken.add(address)
                step = replace(step, change=self._put_at(step.change, address))
            found.append(step)
        return tuple(self._with_needs(found))

    def _free(self, wanted: Address, taken: Collection[Address]) -> Address:
        """An address of the same block at which nothing stands, nor is brought to."""
        return next(one for one in _others(wanted, taken) if one not in taken and self.moved(one) == one)

    def _put_at(self, change: Change, address: Address) -> Change:
        """`change` under another address, and why."""
        if address == change.address:
            return change
        holder = self.state.records.get(change.address)
        why = f', which stands for "{holder.uid}" now' if holder is not None else ""
        return replace(change, address=address, note=f"It was {change.address}{why}. {change.note}".rstrip())

    def _with_needs(self, steps: Iterable[Step]) -> Iterator[Step]:
        steps = list(steps)
        known = {key: record.address for key, record in self.records.items()}
        known |= {step.key: step.change.address for step in steps if step.makes}
        for step in steps:
            if step.backup is not None:
                needs = tuple(known[key] for key in sorted(step.needs) if key in known)
                step = replace(step, dependencies=needs)
            yield step

    def _needed(self, addresses: Iterable[Address], then: Mapping[Address, ObjectKey]) -> frozenset[ObjectKey]:
        now = {address: record.key for address, record in self.state.records.items()}
        known = {**now, **then}
        return frozenset(known[address] for address in addresses if address in known)


def _others(wanted: Address, taken: Collection[Address]) -> Iterator[Address]:
    """More addresses of the block, beginning with the one that a person would choose."""
    siblings = [one.key for one in taken if one.collection == wanted.collection]
    if isinstance(wanted.key, str):
        yield from (wanted.at(f"{wanted.key}-{number}") for number in range(2, len(siblings) + 3))
    first = max((key + 1 for key in siblings if isinstance(key, int)), default=0)
    yield from (wanted.at(number) for number in count(first))
