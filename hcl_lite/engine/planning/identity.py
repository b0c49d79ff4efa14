"""Which object a block stands for: the remembered one, an imported one, one that an interrupted run has created, or a
new one.

Records are at the addresses of their blocks before the walk (arranging.py). Some uids are known only during the walk,
and may turn out to be those of another address: a block that is not planned yet, or that asks for another object
itself, gives its record up.
"""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Set as Collection
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address, Kind
from hcl_lite.core.diags import Diagnostic, HclError, Place
from hcl_lite.core.schema import Live, Resolved, ResourceType, ValueProblem
from hcl_lite.core.values import UNKNOWN, Value
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.evaluate import Arguments, complete
from hcl_lite.engine.graph import Build
from hcl_lite.engine.graph_builder import uid_given
from hcl_lite.engine.moves import Moves, destination
from hcl_lite.engine.open_providers import Session
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.evaluation.conditions import as_warning
from state.model import Intent, Record


@dataclass(frozen=True, slots=True)
class Standing:
    """Which object a block stands for. `declared` is what it asks for, uid included; `record` the record of the
    object, at the address of the block; `source` the address at which the state knows it, where that is another one.
    `adopt_reason` says why an object without a record may be adopted."""

    declared: Desired
    record: Record | None
    source: Address | None = None
    adopt_reason: str = ""
    is_imported: bool = False


@dataclass
class Identities:
    """Records and intents of the state by the object and the address that they belong to; the only store that
    planning a resource changes. Servers are asked only for what the state does not know."""

    build: Build
    moves: Moves
    session: Session

    def __post_init__(self) -> None:
        pending, records = self.moves.state.pending, self.moves.state.records
        self._created = {i.record.address: i.record for i in pending if i.write == "create"}
        self._left = (*self._created.values(), *self.moves.state.deposed)
        self._intents = {intent.record.key: intent for intent in pending}
        self._holders = {record.key: record for record in records.values()}
        self._standing = dict(records)
        self._settled: set[Address] = set()
        self._asked: dict[str, dict[tuple[str, str, Value], Address]] = {}
        self._resolved: dict[tuple[str, str, Value], Resolved] = {}
        self.displaced = {r.key: r for r in self.moves.state.deposed if r.key in self.moves.displaced}
        """Objects that no block stands for, and whose address stands for another one."""
        self.renamed: set[Address] = set()
        """Addresses whose object is found to be known by another one, during the walk."""
        self.rehomed: dict[Address, str] = {}
        """Addresses whose object is known by another provider block of the same server, and which that is."""

    def standing(self, block: Block) -> Record | None:
        """Returns the record at the address of `block`, None once another block has turned out to ask for its
        object."""
        return self._standing.get(block.address)

    def rehome(self, block: Block) -> None:
        """Moves the record at the address of `block` to the provider that the block names, if both are the same
        server. Both are open."""
        record = self._standing.get(block.address)
        if record is None or record.provider == block.provider or record.key in self._intents:
            return
        if self.session.resource_type(block.provider, block.address.type).capabilities.personal:
            return
        is_same = self.session.is_same_server(block.provider, record.provider)
        if not is_same or _named(block, record.uid) in self._holders:
            return
        self.rehomed[block.address] = record.provider
        del self._holders[record.key]
        record = replace(record, provider=block.provider)
        self._standing[block.address] = self._holders[record.key] = record

    def keep(self, block: Block) -> None:
        """Settles the record at the address of `block`: no other block gets it from now on."""
        self._settled.add(block.address)

    async def identify(self, block: Block, type_: ResourceType, arguments: Arguments) -> Standing:
        """Returns which object `block` stands for. Raises HclError where that is impossible, and for an import that
        finds none; ProviderError."""
        record = self._standing.get(block.address)
        if record is not None:
            declared = complete(block, type_, arguments.values, record.uid)
            uid = declared.uid
            self.keep(block)
            other = self._record_that_moves(block, uid) if isinstance(uid, str) and uid != record.uid else None
            adopt_reason = self._why_left(block, uid) if other is None and uid != record.uid else ""
            if other is None and not adopt_reason and (uid == record.uid or not self._is_asked_for(record, type_)):
                return Standing(declared, record, self.moves.sources.get(block.address))
            self.displaced[record.key] = record
            taken, source = other or (None, None)
            return Standing(declared, taken, source, adopt_reason)
        imported = await self._imported(block)
        if imported:
            declared = complete(block, type_, arguments.values, imported)
            adopt_reason = self._why_imported(block, declared.uid, imported)
        else:
            created = self._created.get(block.address)
            declared = complete(block, type_, arguments.values, created.uid if created is not None else "")
            declared = self._with_free_uid(block, arguments, declared)
            adopt_reason = self._why_left(block, declared.uid)
        uid = declared.uid
        self.keep(block)
        found = self._record_that_moves(block, uid) if isinstance(uid, str) else None
        record, source = found or (None, None)
        return Standing(declared, record, source, adopt_reason, imported != "")

    def _is_asked_for(self, record: Record, type_: ResourceType) -> bool:
        """Whether a block that the walk comes to later turns out to ask for an object whose own block asks for another
        one, by what is known now."""
        if type_.name not in self._asked:
            late = [b for b in self.build.config.of_kind(Kind.RESOURCE) if b.address.type == type_.name]
            self._asked[type_.name] = {
                _named(block, uid): block.address
                for block in late
                if self._is_late(block)
                and block.address not in self._settled
                and isinstance(uid := uid_given(self.build.scope, block, type_), str)
            }
        return self._asked[type_.name].get(record.key, record.address) != record.address

    async def find(self, block: Block, uid: str) -> Live | None:
        """Surveys an object that the state does not have at this address; None where it is missing. Raises HclError
        where it is to be imported and is missing, and ProviderError."""
        resolved = self._resolved.pop(_named(block, uid), None)
        if resolved is not None and resolved.live is not None:
            return resolved.live  # read to tell what is imported
        live = await self.session.survey(block.provider, block.address.type, uid)
        statement = self.build.imports.get(block.address)
        if live is None and statement is not None:
            detail = resolved.detail if resolved is not None else ""
            raise HclError(_nothing_to_import(statement, block, uid, detail))
        return live

    def is_managed(self, block: Block, uid: str) -> bool:
        """Whether the state has the object `uid` of the type and the provider of `block`."""
        key = _named(block, uid)
        return key in self._holders or any(record.key == key for record in self._left)

    async def idle_import(self, block: Block, record: Record, source: Address | None) -> Diagnostic | None:
        """Returns a warning where an import has no effect, since its block stands for another object; None
        otherwise. Raises HclError where a [[moved]] contradicts the import."""
        statement = self.build.imports.get(block.address)
        wanted = self.build.scope.evaluate_argument(statement, "id") if statement is not None else None
        if statement is None or not isinstance(wanted, str) or self.is_managed(block, wanted):
            return None
        if await self._is_done(block, record, wanted):
            return None
        place, address = statement.value_place("id"), str(block.address)
        if source is not None and destination(source, self.build.config) == block.address:
            detail = f'{source} has moved there, which is "{record.uid}".'
            hint = "Leave out the [[moved]], or the [[import]]."
            raise HclError(
                Diagnostic(f'"{wanted}" cannot be imported as {block.address}', detail, place, hint, address)
            )
        detail = f'{block.address} stands for "{record.uid}" already.'
        hint = f"Leave it out; or let go of that one before: {shlex.join(['hcl-lite', 'state', 'rm', address])}"
        return as_warning(Diagnostic(f'"{wanted}" is not imported', detail, place, hint, address))

    async def _is_done(self, block: Block, record: Record, wanted: str) -> bool:
        """Whether an import has had its effect: its id means the object that the block stands for. Its server is asked
        only where the state does not tell."""
        if not _ids_in(wanted).isdisjoint(_ids_of(record)) or self.session.is_deferred(block.provider):
            return True
        try:
            found = await self.session.resolve(block.provider, block.address.type, wanted)
        except ValueProblem:
            return False
        return self.is_managed(block, found.uid)

    def intent(self, record: Record) -> Intent | None:
        """Returns the write of the object of `record` that was under way when an earlier run ended; None for none."""
        return self._intents.get(record.key)

    def intent_of_new(self, block: Block, uid: Value) -> Intent | None:
        """Returns such a write of the object `uid`, which has no record; None for none."""
        return self._intents.get(_named(block, uid))

    async def _imported(self, block: Block) -> str:
        """The uid of the object that an import block names for this block; empty for none."""
        statement = self.build.imports.get(block.address)
        if statement is None:
            return ""
        found = self.build.scope.evaluate_argument(statement, "id")
        if not isinstance(found, str) or not found:
            detail = f"Expected the uid of an object, found {found!r}."
            raise HclError(
                Diagnostic("What is imported must be known when planning", detail, statement.value_place("id"))
            )
        if self.session.is_deferred(block.provider):
            return found
        resolved = await self._resolve(block, statement, found)
        if not resolved.uid:
            raise HclError(_nothing_to_import(statement, block, found, resolved.detail))
        if resolved.live is None and self.build.given.get(block.address, UNKNOWN) not in ("", UNKNOWN, resolved.uid):
            raise HclError(_nothing_to_import(statement, block, resolved.uid, resolved.detail))
        self._resolved[_named(block, resolved.uid)] = resolved
        return resolved.uid

    async def _resolve(self, block: Block, statement: Block, id_: str) -> Resolved:
        """The object that an import block means. Raises HclError where that is none, or several."""
        try:
            return await self.session.resolve(block.provider, block.address.type, id_)
        except ValueProblem as problem:
            place, address = statement.value_place("id"), str(block.address)
            raise HclError(Diagnostic(problem.summary, problem.detail, place, problem.hint, address)) from problem

    def _why_imported(self, block: Block, uid: Value, imported: str) -> str:
        if uid != imported:
            place = self.build.imports[block.address].value_place("id")
            detail = "The block's uid, or the one in its JSON, names another object."
            raise HclError(Diagnostic(f'{block.address} asks for "{uid}", not for "{imported}"', detail, place))
        return "It is imported."

    def _why_left(self, block: Block, uid: Value) -> str:
        """Returns the reason why an object without a record may be adopted; empty where it may not."""
        left = next((record for record in self._left if record.key == _named(block, uid)), None)
        return "An interrupted run had made it." if left is not None and self._is_free(left, block) else ""

    def _is_free(self, left: Record, block: Block) -> bool:
        """Whether no other block than `block` goes on with an object that an interrupted run has left."""
        if left.address == block.address or left.address not in self.build.config.blocks:
            return True
        given = self.build.given.get(left.address, UNKNOWN)
        # One that has an object of its own goes on with that.
        return given != left.uid and (left.address in self._standing or given not in ("", UNKNOWN))

    def _with_free_uid(self, block: Block, arguments: Arguments, declared: Desired) -> Desired:
        """`declared` with another uid, where the one that is derived is that of an object which has moved from this
        address to another block. A uid that the user gave stays."""
        type_ = declared.type
        for number in itertools.count(2):
            holder = self._holders.get(_named(block, declared.uid))
            if holder is None or holder.address not in self.build.config.blocks:
                break
            other = type_.new_uid(str(block.address), f"{block.address.label}-{number}")
            found = complete(block, type_, arguments.values, other)
            if found.uid != other:
                break
            declared = found
        return declared

    def _record_that_moves(self, block: Block, uid: str) -> tuple[Record, Address] | None:
        """The record of the object that a block turns out to ask for, and the address at which it is known until now.

        Raises HclError when another block still stands for it.
        """
        key = _named(block, uid)
        displaced = self.displaced.pop(key, None)
        holder = displaced or self._holders.get(key)
        if holder is None:
            return None
        other = None if displaced is not None else self.build.config.blocks.get(holder.address)
        if other is not None and (holder.address in self._settled or not self._may_give_up(other, uid)):
            raise HclError(identity_conflict(uid, holder.address, other.place(), block.address, block.place()))
        record = replace(holder, address=block.address)
        source = self.moves.displaced.get(key) or self.moves.source(holder.address)
        if displaced is None:
            self._standing.pop(holder.address, None)
        self._standing[block.address] = self._holders[key] = record
        self.renamed.add(holder.address)
        return record, source

    def _may_give_up(self, block: Block, uid: str) -> bool:
        """Whether a block asks for another object than `uid`, or only the walk can tell which it asks for."""
        return self._is_late(block) or self.build.given[block.address] not in ("", uid)

    def _is_late(self, block: Block) -> bool:
        """Whether only the walk can tell which uid a block asks for."""
        return self.build.given.get(block.address, UNKNOWN) is UNKNOWN


def _ids_in(text: str) -> Collection[str]:
    """The ids that a text may have in it: itself, what follows a prefix, and the steps of a URL."""
    return {text, text.partition(":")[2], *text.split("/")} - {""}


def _ids_of(record: Record) -> Collection[str]:
    """Returns the possible ids of an object in the state: its uid, names and numbers."""
    return {record.uid, *(str(value) for value in record.attributes.values() if isinstance(value, str | int))}


def identity_conflict(uid: str, first: Address, there: Place | None, second: Address, here: Place | None) -> Diagnostic:
    """Two blocks ask for one object: each would undo the changes of the other."""
    detail = f"The other is at {there}." if there else ""
    hint = "Keep one of them, or let it stand for another object; a dashboard has its uid in its JSON."
    return Diagnostic(f'{first} and {second} both ask for uid "{uid}"', detail, here, hint, str(second))


def whole_conflict(whole: Address, there: Place | None, piece: Address, here: Place | None) -> Diagnostic:
    """A block asks for a piece of what another asks for as a whole: each would undo the other."""
    detail = f"The other is at {there}." if there else ""
    hint = "Declare it in the whole, or manage none of that as a whole."
    return Diagnostic(f"{piece} is a piece of what {whole} manages as a whole", detail, here, hint, str(piece))


def alias_conflict(other: Address, there: Place | None, alias: Address, here: Place | None) -> Diagnostic:
    """Two blocks of different types stand for one object: each would undo the other."""
    detail = f"The other is at {there}." if there else ""
    return Diagnostic(f"{alias} is the same object as {other}", detail, here, "Manage it as one of them.", str(alias))


def _nothing_to_import(statement: Block, block: Block, uid: str, detail: str) -> Diagnostic:
    return Diagnostic(f'There is no {block.address.type} "{uid}" to import', detail, statement.value_place("id"))


def _named(block: Block, uid: Value) -> tuple[str, str, Value]:
    return block.provider, block.address.type, uid
