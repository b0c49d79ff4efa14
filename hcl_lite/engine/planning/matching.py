"""Which remembered object each block of one type stands for: blocks and records held against each other as two whole
sets, before anything is decided. Pure.

A record goes to the first of these that asks for it:

1. the block that gives its uid, whatever the address of either;
2. the block at its address whose uid is only known later: the walk looks again (identity.py);
3. among the instances of one block with count, where some came or went: the one that declares the same, be it by all
   arguments or by name. A number in a list says nothing about what stands there;
4. the block at its address that gives no uid: an object without one is known by its address;
5. a new block that gives no uid, and declares the same arguments;
6. the block at its address that gives another uid, which nothing remembered has: the object is to be replaced. Not
   where that other one is imported;
7. a new block that gives no uid, and has the same name.

What two blocks or two records could be is guessed for none of them. Records that are left have no block any more.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from hcl_lite.core.addrs import Address
from hcl_lite.core.values import UNKNOWN, Value
from state.model import ObjectKey, Record

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Ask:
    """One block: the uid that it gives, empty for none, UNKNOWN where only the walk can tell; and whether that is of an
    object to be imported."""

    address: Address
    provider: str
    uid: Value = ""
    is_import: bool = False


@dataclass(frozen=True, slots=True)
class Likeness:
    """The marks by which an object can be recognised: the hash of the arguments that made it, empty where that is not
    known, and its names."""

    hash: str = ""
    names: frozenset[str] = field(default_factory=frozenset)


def match(
    asks: Iterable[Ask],
    records: Iterable[Record],
    look: Callable[[Address], Likeness],
    names: Callable[[Record], frozenset[str]],
) -> Mapping[Address, Record]:
    """The record that each block goes on from, as it is remembered; none for a block whose object is new.

    `look` evaluates a block, and is only called for those whose object is in question; `names` are those of a record.
    """
    matching = _Matching(asks, records, look, names)
    matching.by_given_uid()
    matching.at_own_address(lambda ask: ask.uid is UNKNOWN)
    matching.within_lists()
    matching.at_own_address(lambda ask: ask.uid == "")
    matching.by_likeness(matching.new(), matching.left.values(), by_name=False)
    matching.at_own_address(lambda ask: not ask.is_import)
    matching.by_likeness(matching.new(), matching.left.values(), by_name=True)
    return matching.found


class _Matching:
    """`open` are the blocks, and `left` the records, that are not matched yet."""

    def __init__(
        self,
        asks: Iterable[Ask],
        records: Iterable[Record],
        look: Callable[[Address], Likeness],
        names: Callable[[Record], frozenset[str]],
    ) -> None:
        self.open = {ask.address: ask for ask in asks}
        self.left: dict[ObjectKey, Record] = {record.key: record for record in records}
        self.found: dict[Address, Record] = {}
        self._standing = {record.address: record for record in self.left.values()}
        self._look = look
        self._names = names

    def take(self, address: Address, record: Record) -> None:
        self.found[address] = record
        del self.open[address], self.left[record.key]

    def own(self, address: Address) -> Record | None:
        """The record at `address`, as long as no other block has it."""
        record = self._standing.get(address)
        return record if record is not None and record.key in self.left else None

    def by_given_uid(self) -> None:
        """Matches blocks by the uid that they give; of two blocks with one uid, the one that had it before keeps it."""
        given = [ask for ask in self.open.values() if isinstance(ask.uid, str) and ask.uid]
        for at_home in (True, False):
            for ask in given:
                record = self.left.get((ask.provider, ask.address.type, ask.uid))
                if record is not None and ask.address in self.open and (record.address == ask.address) >= at_home:
                    self.take(ask.address, record)

    def at_own_address(self, is_meant: Callable[[Ask], bool]) -> None:
        for ask in [ask for ask in self.open.values() if is_meant(ask)]:
            record = self.own(ask.address)
            if record is not None:
                self.take(ask.address, record)

    def within_lists(self) -> None:
        """Blocks with count of which an instance came or went, or lost its record to a block that gives its uid."""
        lists: dict[Address, list[Ask]] = {}
        stock: dict[Address, list[Record]] = {}
        for ask in self.open.values():
            if isinstance(ask.address.key, int) and ask.uid == "":
                lists.setdefault(ask.address.collection, []).append(ask)
        for record in self.left.values():
            if record.address.collection in lists:
                stock.setdefault(record.address.collection, []).append(record)
        for collection, asks in lists.items():
            records = stock.get(collection, [])
            if records and {ask.address for ask in asks} != {record.address for record in records}:
                self._keep_unchanged(asks)
                for by_name in (False, True):
                    self.by_likeness(asks, records, by_name=by_name)

    def _keep_unchanged(self, asks: Iterable[Ask]) -> None:
        for ask in asks:
            record = self.own(ask.address)
            if record is not None and self._look(ask.address).hash == record.applied != "":
                self.take(ask.address, record)

    def new(self) -> list[Ask]:
        """Blocks without a uid, and without a record of their own."""
        return [ask for ask in self.open.values() if ask.uid == "" and self.own(ask.address) is None]

    def by_likeness(self, asks: Iterable[Ask], records: Iterable[Record], *, by_name: bool) -> None:
        """Pairs that are like each other, and like no other."""
        asks = [ask for ask in asks if ask.address in self.open]
        records = [record for record in records if record.key in self.left]
        if not asks or not records:
            return
        wanted = _unique((key, ask) for ask in asks for key in self._keys_of_ask(ask, by_name))
        known = _unique((key, record) for record in records for key in self._keys_of_record(record, by_name))
        for key, ask in wanted.items():
            record = known.get(key)
            if record is not None and record.key in self.left and ask.address in self.open:
                self.take(ask.address, record)

    def _keys_of_ask(self, ask: Ask, by_name: bool) -> Iterable[Hashable]:
        likeness = self._look(ask.address)
        return [(ask.provider, one) for one in (likeness.names if by_name else (likeness.hash,)) if one]

    def _keys_of_record(self, record: Record, by_name: bool) -> Iterable[Hashable]:
        return [(record.provider, one) for one in (self._names(record) if by_name else (record.applied,)) if one]


def _unique(pairs: Iterable[tuple[Hashable, T]]) -> Mapping[Hashable, T]:
    """Returns the items whose key is unique."""
    found: dict[Hashable, T | None] = {}
    for key, item in pairs:
        found[key] = None if key in found else item
    return {key: item for key, item in found.items() if item is not None}
