"""The state in memory: one record an object. No bodies and no secrets are in it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Literal, Self

from hcl_lite.core.addrs import Address
from hcl_lite.core.places import Place
from hcl_lite.core.schema import Version
from hcl_lite.core.values import JsonValue

ObjectKey = tuple[str, str, str]
"""Provider, type and uid: which object, whatever address stands for it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which object: what its address stands for on one server."""

    address: Address
    provider: str
    uid: str

    @property
    def key(self) -> ObjectKey:
        return self.provider, self.address.type, self.uid


@dataclass(frozen=True, slots=True)
class Record:
    """One managed object, as it was last seen.

    `provider` is the name of the provider block, `version` what tells whether the object has moved since, `applied` the
    hash of the arguments that made it what it is (empty where it was not made by them: imported, or changed outside),
    `asked` the hash of the content that they ask for, however they are written (empty as `applied`, or where it holds a
    secret), `content` the hash of its canonical content as the server has it, `secrets` the fingerprint of each secret
    that the server was given. A `protected` object is not deleted, also when its block is gone
    (lifecycle.prevent_destroy). `sensitive` are the places in its content of what came of secrets, `declared` those of
    what was written where others may have put more beside it, so that it can be taken away again. `written` is the
    version that the last write led to, where the object was saved since without anybody's change, or where it has
    `drifted`: others have changed it, and a refresh has taken note of that; `applied`, `asked`, `content` and
    `declared` are still those of the last write then. `left` is what that has left on the server, by attribute, as far
    as neither `attributes` nor the server's history tells it; without what came of secrets.
    """

    address: Address
    provider: str
    uid: str
    version: Version
    applied: str = ""
    content: str = ""
    attributes: Mapping[str, JsonValue] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    dependencies: tuple[Address, ...] = ()
    protected: bool = False
    sensitive: tuple[Place, ...] = ()
    asked: str = ""
    declared: tuple[Place, ...] = ()
    written: Version = field(default_factory=dict)
    drifted: bool = False
    left: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def identity(self) -> Identity:
        return Identity(self.address, self.provider, self.uid)

    @property
    def key(self) -> ObjectKey:
        return self.provider, self.address.type, self.uid

    def without_write(self) -> Self:
        """The record of an object that no arguments have made what it is: nothing of a last write holds."""
        return replace(self, applied="", asked="", written={}, drifted=False, left={})


WriteKind = Literal["create", "update", "delete"]


@dataclass(frozen=True, slots=True)
class Intent:
    """A write that is about to be made. Where no result comes after it, it may have been done, and then it was ours.

    `record` is what is remembered of the object once it is done; for a delete, what was remembered before. Its
    `version` is the one that the write relies on, empty for a create.
    """

    write: WriteKind
    record: Record

    @property
    def identity(self) -> Identity:
        return self.record.identity


@dataclass(frozen=True, slots=True)
class State:
    """All that is remembered.

    `deposed` records are replaced objects that are still to be deleted, `pending` the writes of runs that ended before
    they knew what came of them. `plan` is the id of the saved plan that was carried out last.
    """

    lineage: str
    serial: int = 0
    records: Mapping[Address, Record] = field(default_factory=dict)
    deposed: tuple[Record, ...] = ()
    pending: tuple[Intent, ...] = ()
    outputs: Mapping[str, JsonValue] = field(default_factory=dict)
    plan: str = ""

    @staticmethod
    def new() -> State:
        """An empty one, with a lineage that no other has."""
        return State(str(uuid.uuid4()))

    def all_records(self) -> Iterable[Record]:
        """Every object that is there, or may be."""
        yield from self.records.values()
        yield from self.deposed
        yield from (intent.record for intent in self.pending if intent.write == "create")

    def unrecorded(self) -> Sequence[Intent]:
        """Writes of what no record is of: what a run was making, or taking over, when it ended."""
        known = {record.identity for record in (*self.records.values(), *self.deposed)}
        return [intent for intent in self.pending if intent.identity not in known]


@dataclass(frozen=True, slots=True)
class Move:
    """The object at `source` is known as `target` from now on; with `deposed`, as one that is there beside the object
    that `target` stands for."""

    source: Address
    target: Address
    deposed: bool = False


def with_moved(moves: Mapping[Address, Address], record: Record) -> Record:
    """`record` with what it depends on under new addresses, which `moves` gives for the old ones."""
    if not any(address in moves for address in record.dependencies):
        return record
    return replace(record, dependencies=tuple(moves.get(address, address) for address in record.dependencies))


class _Records:
    """Records by address, and of these by type: what a run asks for each write does not take longer the more there
    are."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.by_address: dict[Address, Record] = {}
        self.by_type: dict[str, dict[Address, Record]] = {}
        for record in records:
            self.put(record)

    def get(self, address: Address) -> Record | None:
        return self.by_address.get(address)

    def put(self, record: Record) -> None:
        self.by_address[record.address] = record
        self.by_type.setdefault(record.address.type, {})[record.address] = record

    def pop(self, address: Address) -> Record | None:
        record = self.by_address.pop(address, None)
        if record is not None:
            del self.by_type[address.type][address]
        return record

    def follow(self, moves: Mapping[Address, Address]) -> None:
        """Gives what the records depend on its new addresses."""
        for record in [*self.by_address.values()]:
            self.put(with_moved(moves, record))


class Draft:
    """A state while a run changes it: each method is one line of the journal, `state()` the outcome."""

    def __init__(self, state: State) -> None:
        self._base = state
        self._records = _Records(state.records.values())
        self._deposed = list(state.deposed)
        self._pending = {intent.identity: intent for intent in state.pending}

    def state(self) -> State:
        return replace(
            self._base,
            records=dict(self._records.by_address),
            deposed=tuple(self._deposed),
            pending=tuple(self._pending.values()),
        )

    def record_at(self, address: Address) -> Record | None:
        """Returns what is remembered at an address; None for nothing."""
        return self._records.get(address)

    def records_of(self, is_wanted: Callable[[str], bool]) -> Iterable[Record]:
        """Returns the records of the resource types that are wanted, without what is deposed or pending."""
        wanted = [records for type_, records in self._records.by_type.items() if is_wanted(type_)]
        return chain.from_iterable(records.values() for records in wanted)

    def begin(self, plan: str) -> None:
        """A saved plan is about to be carried out."""
        self._base = replace(self._base, plan=plan)

    def intend(self, intent: Intent) -> None:
        """The object is about to be created, updated or deleted."""
        self._pending[intent.identity] = intent

    def fail(self, identity: Identity) -> None:
        """The object was not created, updated or deleted after all."""
        self._pending.pop(identity, None)

    def put(self, record: Record) -> None:
        """The object is as `record` says; one that is deposed stays so while its address stands for another."""
        self._pending.pop(record.identity, None)
        current = self._records.get(record.address)
        deposed = any(old.identity == record.identity for old in self._deposed)
        if deposed and current is not None and current.key != record.key:
            self._deposed = [record if old.identity == record.identity else old for old in self._deposed]
            return
        self._records.put(record)
        if deposed:
            self._deposed = [old for old in self._deposed if old.identity != record.identity]

    def move(self, source: Address, target: Address) -> None:
        """The object that `source` stood for is known as `target` from now on."""
        record = self._records.pop(source)
        if record is not None:
            self._records.put(replace(record, address=target))
            self._records.follow({source: target})
            open_ = self._pending.pop(record.identity, None)
            if open_ is not None:
                self.intend(replace(open_, record=replace(open_.record, address=target)))

    def arrange(self, moves: Sequence[Move]) -> None:
        """All at once, since one object may come to where another one was. What nobody has moved out of the way is
        deposed."""
        found = ((move, self._records.pop(move.source)) for move in moves)
        taken = [(move, record) for move, record in found if record is not None]
        for move, old in taken:
            record = replace(old, address=move.target)
            kept = old if move.deposed else self._records.pop(move.target)
            if kept is not None:
                self._deposed.append(replace(kept, address=move.target))
            if not move.deposed:
                self._records.put(record)
            open_ = self._pending.pop(old.identity, None)
            if open_ is not None:
                self.intend(replace(open_, record=replace(open_.record, address=move.target)))
        targets = {move.source: move.target for move in moves if not move.deposed}
        self._records.follow(targets)
        self._deposed = [with_moved(targets, record) for record in self._deposed]

    def depose(self, record: Record) -> None:
        """The object is still there, but its address will stand for another one, or does so already."""
        current = self._records.get(record.address)
        if current is not None and current.key == record.key:
            self._records.pop(record.address)
        self._pending.pop(record.identity, None)
        self._deposed.append(record)

    def remove(self, identity: Identity) -> None:
        """The object is gone, or no longer ours."""
        current = self._records.get(identity.address)
        if current is not None and current.identity == identity:
            self._records.pop(identity.address)
        self._deposed = [record for record in self._deposed if record.identity != identity]
        self._pending.pop(identity, None)
