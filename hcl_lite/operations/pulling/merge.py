"""Three-way merge of values: what others have changed since a base, and what the files have changed. Pure.

Tables are merged by key; items of lists (panels, targets, variables, links) by what they are, as differences pair them
(core.pairing), and never by line. What both sides have changed to different values is a conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from hcl_lite.core.equality import same
from hcl_lite.core.pairing import pair, unmoved
from hcl_lite.core.places import Place
from hcl_lite.core.redaction import has_password, redact
from hcl_lite.core.values import Secret, Value, is_secret
from hcl_lite.engine.edits import ABSENT


class Side(StrEnum):
    """Whose value stays: that of the files, or that of the server."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place where both sides have changed: positions in lists are those of `theirs`. ABSENT stands for no value, for
    `base` also where nobody knows what was there."""

    place: Place
    base: Value
    ours: Value
    theirs: Value


Choose = Callable[[Conflict], Side | None]
"""Whose value is taken; None leaves that of the files, and the conflict open."""


@dataclass(frozen=True, slots=True)
class Merged:
    """`value` with what was taken over; `open` are conflicts that nobody has decided, `secret` the places where what is
    there is secret, and stays out of files."""

    value: Value
    open: tuple[Conflict, ...] = ()
    decided: tuple[tuple[Conflict, Side], ...] = ()
    secret: tuple[Place, ...] = ()


def merge(base: Value, ours: Value, theirs: Value, choose: Choose = lambda _: None) -> Merged:
    """Returns `ours` with what differs between `base` and `theirs`. A `base` that is ABSENT is not known: what differs
    is in conflict then."""
    merger = _Merger(choose)
    value = merger.merged((), base, ours, theirs)
    return Merged(value, tuple(merger.open), tuple(merger.decided), tuple(merger.secret))


@dataclass(slots=True)
class _Merger:
    choose: Choose
    open: list[Conflict] = field(default_factory=list)
    decided: list[tuple[Conflict, Side]] = field(default_factory=list)
    secret: list[Place] = field(default_factory=list)

    def merged(self, place: Place, base: Value, ours: Value, theirs: Value) -> Value:
        if _same(ours, theirs) or _same(base, theirs):
            return ours
        if isinstance(ours, Secret) or isinstance(theirs, Secret):
            return self._kept_secret(place, ours)
        if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
            return self._tables(place, base if isinstance(base, Mapping) else {}, ours, theirs, base is ABSENT)
        if isinstance(ours, list | tuple) and isinstance(theirs, list | tuple) and isinstance(base, list | tuple):
            return self._lists(place, base, ours, theirs)
        if _same(base, ours):
            return self._taken(place, ours, theirs)
        return self._chosen(place, base, ours, theirs)

    def _taken(self, place: Place, ours: Value, theirs: Value) -> Value:
        """Returns the server's value; nothing of it where it holds a secret."""
        return self._kept_secret(place, ours) if _is_secret(theirs) else theirs

    def _kept_secret(self, place: Place, ours: Value) -> Value:
        self.secret.append(place)
        return ours

    def _chosen(self, place: Place, base: Value, ours: Value, theirs: Value) -> Value:
        if _is_secret(theirs):
            return self._kept_secret(place, ours)
        conflict = Conflict(place, base, ours, theirs)
        side = self.choose(conflict)
        if side is None:
            self.open.append(conflict)
        else:
            self.decided.append((conflict, side))
        return theirs if side is Side.THEIRS else ours

    def _tables(
        self,
        place: Place,
        base: Mapping[str, Value],
        ours: Mapping[str, Value],
        theirs: Mapping[str, Value],
        blind: bool,
    ) -> Value:
        """Merges two tables by key. `blind` is where no base is known: what one side lacks is in conflict too."""
        found: dict[str, Value] = {}
        for key in [*ours, *(key for key in theirs if key not in ours)]:
            before = base.get(key, ABSENT)
            sides = ours.get(key, ABSENT), theirs.get(key, ABSENT)
            merged = self._blind if blind and ABSENT in sides else self.merged
            value = merged((*place, key), before, *sides)
            if value is not ABSENT:
                found[key] = value
        return found

    def _blind(self, place: Place, base: Value, ours: Value, theirs: Value) -> Value:
        return self._chosen(place, base, ours, theirs)

    # --- lists --------------------------------------------------------------------------------------------------------

    def _lists(self, place: Place, base: Sequence[Value], ours: Sequence[Value], theirs: Sequence[Value]) -> Value:
        mine, others = dict(pair(base, ours)), dict(pair(base, theirs))
        is_moved, are_moved = len(unmoved([*mine.items()])) < len(mine), len(unmoved([*others.items()])) < len(others)
        if is_moved and are_moved and not _same([*mine], [*others]):
            return self._chosen(place, base, ours, theirs)
        both_new = _pairs_of_new(ours, set(mine.values()), theirs, set(others.values()))
        rows = _Rows(place, base, ours, theirs, mine, others, both_new)
        values = {row: self._item(rows, row) for row in rows.all()}
        order = rows.ordered(theirs_first=are_moved)
        return [values[row] for row in order if values[row] is not ABSENT]

    def _item(self, rows: _Rows, row: _Row) -> Value:
        old, our, their = row
        before = rows.base[old] if old is not None else ABSENT
        ours = rows.ours[our] if our is not None else ABSENT
        theirs = rows.theirs[their] if their is not None else ABSENT
        at = next(index for index in (their, our, old) if index is not None)
        if old is None and our is None:
            return self._taken((*rows.place, at), ABSENT, theirs)
        if old is None and their is None:
            return ours
        return self.merged((*rows.place, at), before, ours, theirs)


_Row = tuple[int | None, int | None, int | None]
"""One item: its positions in base, ours and theirs."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """The items of three lists, each once."""

    place: Place
    base: Sequence[Value]
    ours: Sequence[Value]
    theirs: Sequence[Value]
    mine: Mapping[int, int]
    others: Mapping[int, int]
    both_new: Mapping[int, int]

    def all(self) -> list[_Row]:
        known: list[_Row] = [(old, self.mine.get(old), self.others.get(old)) for old in range(len(self.base))]
        ours = [our for our in range(len(self.ours)) if our not in set(self.mine.values())]
        known += [(None, our, self.both_new.get(our)) for our in ours]
        seen = {*self.others.values(), *self.both_new.values()}
        return [*known, *((None, None, their) for their in range(len(self.theirs)) if their not in seen)]

    def ordered(self, *, theirs_first: bool) -> list[_Row]:
        """In the order of one side, what only the other has after what stands before it there."""
        side, other = (2, 1) if theirs_first else (1, 2)
        rows = self.all()
        order = sorted((row for row in rows if row[side] is not None), key=lambda row: row[side] or 0)
        for row in sorted((row for row in rows if row[side] is None and row[other] is not None), key=_at(other)):
            before = [one for one in order if one[other] is not None and (one[other] or 0) < (row[other] or 0)]
            nearest = max(before, key=_at(other), default=None)
            order.insert(0 if nearest is None else order.index(nearest) + 1, row)
        return order


def _at(side: int) -> Callable[[_Row], int]:
    return lambda row: row[side] or 0


def _pairs_of_new(ours: Sequence[Value], known: set[int], theirs: Sequence[Value], seen: set[int]) -> Mapping[int, int]:
    """Returns the items that both sides have added alike: positions in `theirs` by those in `ours`."""
    mine = [index for index in range(len(ours)) if index not in known]
    others = [index for index in range(len(theirs)) if index not in seen]
    pairs = pair([ours[index] for index in mine], [theirs[index] for index in others])
    return {mine[our]: others[their] for our, their in pairs if _same(ours[mine[our]], theirs[others[their]])}


def _same(left: Value, right: Value) -> bool:
    if left is ABSENT or right is ABSENT:
        return left is right
    return same(left, right)


def _is_secret(value: Value) -> bool:
    """Whether a value is secret, holds a password, or a secret that this run knows."""
    if value is ABSENT:
        return False
    return is_secret(value) or any(_is_secret_text(text) for text in _texts(value))


def _is_secret_text(text: str) -> bool:
    return has_password(text) or redact(text) != text


def _texts(value: Value) -> list[str]:
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return [text for item in items for text in _texts(item)]
