"""Unique names: which object takes one over from which, and which may not. Pure.

Names are those of `ResourceType.known_as`, such as: name "Main".
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, Place
from hcl_lite.core.schema import Distinct
from hcl_lite.engine.plan import TAKES_AWAY, Action, Change
from state.model import ObjectKey

Group = tuple[str, str]
"""Provider and type: among whose objects names are unique."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names that an object to be written will have, and those that it has now (empty for a new one)."""

    wanted: frozenset[str] = field(default_factory=frozenset)
    held: frozenset[str] = field(default_factory=frozenset)
    has_uid: bool = False
    """Whether the block gives its uid."""

    @property
    def taken(self) -> frozenset[str]:
        """The names that it does not have yet."""
        return self.wanted - self.held


def group_of(change: Change) -> Group:
    """Returns the group of objects among which names are unique."""
    return change.provider, change.address.type


@dataclass(frozen=True)
class Naming:
    """All names of a plan: those of changes by address, those on the servers (`there`), the addresses of managed
    objects, and the places of blocks."""

    names: Mapping[Address, Names]
    there: Mapping[Group, Distinct]
    managed: Mapping[ObjectKey, Address]
    place: Callable[[Address], Place | None] = lambda _: None

    def hand_over(self, changes: Sequence[Change]) -> tuple[list[Change], list[Diagnostic]]:
        """Returns `changes`, each with the objects whose names it has to wait for, and an error for each name that
        is not free."""
        problems: list[Diagnostic] = []
        found: list[Change] = []
        # What is forgotten here may be another address's by now, which then says what becomes of it.
        now = {_key_now(change): change for change in sorted(changes, key=lambda one: one.action is not Action.FORGET)}
        first: dict[tuple[Group, str], Change] = {}
        for change in changes:
            after: list[str] = []
            for name in sorted(self._taken(change)):
                distinct = self.there[group_of(change)]
                other = first.setdefault((group_of(change), distinct.compared(name)), change)
                if other is not change:
                    problems.append(self._both_named(name, other, change))
                    continue
                uid = distinct.holder(name)
                if uid is None or (change.action is Action.UPDATE and uid == change.uid):
                    continue
                giver = now.get((*group_of(change), uid))
                if giver is not None and self._gives_up(giver, name):
                    after += [uid] if giver is not change or change.create_first else []
                else:
                    problems.append(self._refused(change, name, uid, giver))
            found.append(replace(change, after=tuple(after)) if after else change)
        return found, problems

    def _taken(self, change: Change) -> frozenset[str]:
        known = self.names.get(change.address)
        writes = change.action in (Action.CREATE, Action.UPDATE, Action.REPLACE)
        return known.taken if known is not None and writes and group_of(change) in self.there else frozenset()

    def _gives_up(self, giver: Change, name: str) -> bool:
        if giver.action is Action.UPDATE:
            known = self.names.get(giver.address)
            return known is not None and not self.there[group_of(giver)].is_among(name, known.wanted)
        return giver.action in TAKES_AWAY

    def _refused(self, change: Change, name: str, uid: str, giver: Change | None) -> Diagnostic:
        if giver is not None:
            return self._both_named(name, giver, change)
        holder = self.managed.get((*group_of(change), uid))
        if holder is not None:
            detail = f'It is that of {holder} ("{uid}"), which this plan leaves as it is.'
            hint = f"Leave out --target, or add --target '{holder}'."
            return _problem(f"{change.address.type} {name} is taken", detail, change, hint)
        return exists_by_name(change, name, uid, has_uid=self.names[change.address].has_uid)

    def _both_named(self, name: str, first: Change, second: Change) -> Diagnostic:
        """Two that are to have one name: the later one says it."""
        place = self.place(first.address)
        detail = f"The other is at {place}." if place else f"{first.address} stays as it is."
        compared = self.there[group_of(second)].compared(name)
        detail += f" Their titles are compared as {compared}." if compared != name else ""
        summary = f"{first.address} and {second.address} both ask for {name}"
        return _problem(summary, detail, second, "The server has each name but once: give one of them another.")


def exists_by_name(change: Change, name: str, uid: str, *, has_uid: bool) -> Diagnostic:
    """An object that is not in the state has the name that a block asks for."""
    summary = f"{change.address.type} with {name} exists already, and is not in the state"
    detail = f'Its uid is "{uid}". The server has each name but once.'
    if change.action is not Action.CREATE:
        return _problem(summary, detail, change, "Choose another name, or give that one another.")
    if has_uid:
        hint = f'Choose another name; or set uid = "{uid}", with on_exists = "adopt", to take that one over.'
        return _problem(summary, f'{detail} The block asks for "{change.uid}".', change, hint)
    command = shlex.join(["hcl-lite", "import", str(change.address), uid])
    hint = f'{command} takes it over; so does on_exists = "adopt". Or give another name.'
    return _problem(summary, detail, change, hint)


def _problem(summary: str, detail: str, change: Change, hint: str) -> Diagnostic:
    return Diagnostic(summary, detail, change.place, hint, str(change.address))


def _key_now(change: Change) -> ObjectKey:
    """Which object a change finds there."""
    record = change.record
    if record is not None and change.action is not Action.REFRESH:
        return record.key
    return (*group_of(change), change.uid)
