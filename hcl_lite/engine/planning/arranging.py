"""Brings records to the addresses of the blocks that take them over: first by [[moved]], then by matching
(matching.py).

Uids and names that blocks ask for are evaluated as far as they are known before any server is read: one type after the
other, since the uid of one object may be an argument of the next. No server is asked, and nothing is decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import HclError
from hcl_lite.core.schema import ResourceType
from hcl_lite.core.values import UNKNOWN, Value
from hcl_lite.engine.evaluate import complete, evaluate_resource
from hcl_lite.engine.graph import Build
from hcl_lite.engine.graph_builder import uid_given
from hcl_lite.engine.moves import Moves, move_records
from hcl_lite.engine.planning.matching import Ask, Likeness, match
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.config.declared import owner_of
from state.model import Record, State, with_moved

_UID: Final = re.compile(r"[\w.-]+")  # an id that is taken for a uid before any server is asked
_MOST_ROUNDS = 5  # folders in folders: each level is known once the one above it is


def arrange(build: Build, state: State) -> Moves:
    """Returns the records of `state` at the addresses of the blocks of `build`. Raises HclError for a [[moved]] that
    is impossible."""
    moves = move_records(state, build.config)
    arranger = _Arranger(build, moves)
    found = arranger.found()
    return _moved(moves, found, arranger.given_up) if found or arranger.given_up else moves


def _moved(moves: Moves, found: Mapping[Address, Record], given_up: Iterable[Address]) -> Moves:
    """`moves` with the records `found` at their new addresses; one whose address is taken then, or that its block has
    `given_up` for one to be imported, is deposed there."""
    left = {record.address for record in found.values()}
    targets = {record.address: address for address, record in found.items()}
    kept = {address: record for address, record in moves.state.records.items() if address not in left}
    displaced = [kept.pop(address) for address in (*found, *given_up) if address in kept]
    records = {**kept, **{address: replace(record, address=address) for address, record in found.items()}}
    state = replace(
        moves.state,
        records={address: with_moved(targets, record) for address, record in records.items()},
        deposed=tuple(with_moved(targets, record) for record in (*moves.state.deposed, *displaced)),
    )
    sources = {address: source for address, source in moves.sources.items() if address not in left}
    sources |= {address: moves.source(record.address) for address, record in found.items()}
    sources = {address: source for address, source in sources.items() if source != address}
    known_at = {record.key: moves.source(record.address) for record in displaced}
    return Moves(state, sources, known_at, moves.warnings)


@dataclass
class _Arranger:
    build: Build
    moves: Moves

    def __post_init__(self) -> None:
        self.records = self.moves.state.records
        self._has_moved = False
        self.given_up: set[Address] = set()
        """Addresses whose record no block goes on from, since theirs is to be imported."""
        self._created = {i.record.address: i.record.uid for i in self.moves.state.pending if i.write == "create"}
        self._blocks: dict[str, list[Block]] = {}
        for block in self.build.config.of_kind(Kind.RESOURCE):
            self._blocks.setdefault(block.address.type, []).append(block)
        self._stock: dict[str, list[Record]] = {}
        for record in self.records.values():
            if not any(_waits(block, record.address) for block in self.build.waiting):
                self._stock.setdefault(record.address.type, []).append(record)

    def found(self) -> Mapping[Address, Record]:
        """The records whose address is another one from now on, by that address."""
        if all(self._is_settled(type_, self._asks(type_)) for type_ in self._blocks):
            return {}
        found: dict[Address, Record] = {}
        with self.build.scope.supposing():
            for type_, is_nested in _types_in_order(self.build, self._blocks):
                self._has_moved = any(record.address != address for address, record in found.items())
                found |= self._match(type_, _MOST_ROUNDS if is_nested else 1)
        return {address: record for address, record in found.items() if record.address != address}

    def _match(self, type_: str, rounds: int) -> Mapping[Address, Record]:
        kind = self._kind(type_)
        found: Mapping[Address, Record] = {}
        for _ in range(rounds):
            before, asks = found, self._asks(type_)
            if self._is_settled(type_, asks):
                found = {ask.address: self.records[ask.address] for ask in asks if ask.address in self.records}
            else:
                asks = self._asks(type_, foreseen=True)
                found = match(asks, self._stock.get(type_, ()), self._look, lambda r: _names(kind, r.attributes))
            for ask in asks:
                self.build.scope.expose(ask.address, _foreseen(kind, ask, found.get(ask.address)))
            if found == before:
                break
        self.given_up |= {ask.address for ask in asks if ask.is_import and self._loses(ask, found)}
        return found

    def _loses(self, ask: Ask, found: Mapping[Address, Record]) -> bool:
        """Whether the record at the block's address is nobody's, since the block's object is to be imported. Not one
        that a [[moved]] has brought there: that contradicts the import, and the walk says so."""
        record = self.records.get(ask.address)
        if record is None or record.uid == ask.uid or ask.address in self.moves.sources:
            return False
        return record.key not in {one.key for one in found.values()}

    def _is_settled(self, type_: str, asks: Iterable[Ask]) -> bool:
        """Whether each block of the type plainly stands for the record at its address, and no other could be another's:
        then nothing is evaluated for that. What is only known later the walk looks at."""
        asks, records = list(asks), self._stock.get(type_, ())
        blocks = {ask.address for ask in asks}
        new = [ask.address for ask in asks if ask.address not in self.records]
        left = [record.address for record in records if record.address not in blocks]
        if new and (left or any(ask.uid not in ("", UNKNOWN) and ask.address in new for ask in asks)):
            return not records
        if any(isinstance(address.key, int) for address in (*new, *left)):
            return not records
        known = (ask for ask in asks if ask.address in self.records and ask.uid is not UNKNOWN)
        return all(ask.uid in ("", self.records[ask.address].uid) for ask in known)

    def _asks(self, type_: str, *, foreseen: bool = False) -> list[Ask]:
        return [self._ask(block, foreseen) for block in self._blocks[type_]]

    def _ask(self, block: Block, foreseen: bool) -> Ask:
        """Returns what identity `block` asks for; with `foreseen`, evaluated with the foreseen attributes of its
        dependencies."""
        address = block.address
        is_new = address not in self.records
        imported = self._imported(self.build.imports[address]) if address in self.build.imports else ""
        if is_new and imported != "":
            return Ask(address, block.provider, imported, is_import=True)
        given = self.build.given.get(address, UNKNOWN)
        if given is UNKNOWN and (self._has_moved or is_new or foreseen):
            given = uid_given(self.build.scope, block, self._kind(address.type))
        uid = self._created.get(address, "") if is_new and given == "" else given
        return Ask(address, block.provider, uid, is_import=uid not in ("", UNKNOWN) and uid == imported)

    def _imported(self, statement: Block) -> Value:
        """The uid that is imported; UNKNOWN where its server has to be asked, as for a URL."""
        try:
            found = self.build.scope.evaluate_argument(statement, "id")
        except HclError:
            return UNKNOWN
        return found if isinstance(found, str) and _UID.fullmatch(found) else UNKNOWN

    def _look(self, address: Address) -> Likeness:
        """Returns the likeness of a block; an empty one for a block with errors, which its plan reports."""
        block, kind = self.build.config.blocks[address], self._kind(address.type)
        try:
            arguments = evaluate_resource(self.build.scope, block, kind)
            names = _names(kind, complete(block, kind, arguments.values, "-").content)
        except (HclError, LookupError, TypeError):
            return Likeness()
        return Likeness(arguments.hash, names)

    def _kind(self, type_: str) -> ResourceType:
        owner = owner_of(type_, Kind.RESOURCE, self.build.providers)
        assert owner is not None, "the configuration was checked"
        return owner.resources[type_]


def _names(kind: ResourceType, content: Value) -> frozenset[str]:
    return frozenset(kind.known_as(content))


def _foreseen(kind: ResourceType, ask: Ask, record: Record | None) -> Mapping[str, Value]:
    """Returns the attributes of a block that its identity tells before it is planned; UNKNOWN for the others."""
    uid = ask.uid
    if uid in ("", UNKNOWN):
        uid = record.uid if record is not None else UNKNOWN
    stable = {key for key, attr in kind.attrs.items() if attr.stable and record is not None and uid == record.uid}
    known = {key: record.attributes.get(key, UNKNOWN) for key in stable} if record is not None else {}
    identity = {key: uid for key, attr in kind.attrs.items() if attr.computed and attr.replaces}
    return {**dict.fromkeys(kind.attrs, UNKNOWN), **known, **identity}


def _types_in_order(build: Build, types: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Yields the types in the order of their dependencies as far as they form no cycle, each with whether its objects
    may depend on others of its type."""
    import networkx as nx  # noqa: PLC0415 - takes 80 ms: only where blocks and records are matched

    small: nx.DiGraph[object] = nx.DiGraph()
    small.add_nodes_from(types)
    small.add_edges_from((_node(before), _node(after)) for before, after in build.graph.edges)
    parts: nx.DiGraph[int] = nx.condensation(small)
    for part in nx.topological_sort(parts):
        names = sorted(node for node in parts.nodes[part]["members"] if isinstance(node, str))
        yield from ((name, len(names) > 1 or small.has_edge(name, name)) for name in names)


def _node(address: Address) -> object:
    return address.type if address.kind is Kind.RESOURCE else address


def _waits(block: Block, address: Address) -> bool:
    """Whether `address` is an instance of a block whose instances are not known yet."""
    return block.address.covers(address.written) or block.address == address.written
