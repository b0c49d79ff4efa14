"""Which object a block stands for: the one that the state remembers for it, the one that an import names, the one that
another block stood for before, one that an interrupted run has made, or a new one."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError, Place
from hcl_lite.core.schema import Live, ResourceType
from hcl_lite.core.values import Value
from hcl_lite.engine.evaluate import Arguments, Values, complete
from hcl_lite.engine.graph import Build
from hcl_lite.engine.session import Session
from hcl_lite.lang.block import Block
from state.model import Intent, Record, State


@dataclass(frozen=True, slots=True)
class Standing:
    """`values` are the completed arguments, with the uid; `record` is what the state remembers of the object, at the
    block's address. `ours` says why an object without a record may be taken over."""

    values: Values
    record: Record | None
    ours: str
    is_imported: bool


@dataclass
class Identities:
    """What `state` knows of objects, by who asks for them. Servers are only asked for what it does not know."""

    build: Build
    state: State
    session: Session

    def __post_init__(self) -> None:
        pending, records = self.state.pending, self.state.records.values()
        self._created = {i.record.address: i.record for i in pending if i.write == "create"}
        self._left = (*self._created.values(), *self.state.deposed)
        self._intents = {intent.record.key: intent for intent in pending}
        self._holders = {record.key: record for record in records}

    async def identify(self, block: Block, type_: ResourceType, arguments: Arguments) -> Standing:
        """Raises HclError where the object cannot be the block's, and where an import names none."""
        record = self.state.records.get(block.address)
        if record is not None:
            return Standing(complete(block, type_, arguments.values, record.uid), record, "", False)
        imported = await self._imported(block)
        if imported:
            values = complete(block, type_, arguments.values, imported)
            ours = self._why_imported(block, type_.uid(values), imported)
        else:
            created = self._created.get(block.address)
            values = complete(block, type_, arguments.values, created.uid if created is not None else "")
            values = self._with_free_uid(block, type_, arguments, values)
            ours = self._why_left(block, type_.uid(values))
        uid = type_.uid(values)
        record = self._record_that_moves(block, uid) if isinstance(uid, str) else None
        return Standing(values, record, ours, imported != "")

    async def find(self, block: Block, uid: str) -> Live | None:
        """What is there of an object that the state does not know at this address. Raises HclError where it is to be
        imported and is not there."""
        live = await self.session.survey(block.provider, block.address.type, uid)
        statement = self.build.imports.get(block.address)
        if live is None and statement is not None:
            raise HclError(_nothing_to_import(statement, block, uid))
        return live

    def holder(self, record: Record) -> Record | None:
        """What is remembered of the same object, perhaps at another address."""
        return self._holders.get(record.key)

    def intent(self, record: Record) -> Intent | None:
        """The write of the remembered object that an earlier run was making when it ended."""
        return self._intents.get(record.key)

    def intent_of_new(self, block: Block, uid: Value) -> Intent | None:
        """The write of the object that `block` asks for and nothing remembers."""
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
        uid = await self.session.get(block.provider).resolve(block.address.type, found)
        if uid is None:
            raise HclError(_nothing_to_import(statement, block, found))
        return uid

    def _why_imported(self, block: Block, uid: Value, imported: str) -> str:
        if uid != imported:
            place = self.build.imports[block.address].value_place("id")
            detail = "The block's uid, or the one in its JSON, names another object."
            raise HclError(Diagnostic(f'{block.address} asks for "{uid}", not for "{imported}"', detail, place))
        return "It is imported."

    def _why_left(self, block: Block, uid: Value) -> str:
        """Why an object that is there without a record may be taken over; empty where it may not."""
        left = next((record for record in self._left if record.key == _named(block, uid)), None)
        free = left is not None and (left.address == block.address or left.address not in self.build.config.blocks)
        return "An interrupted run had made it." if free else ""

    def _with_free_uid(self, block: Block, type_: ResourceType, arguments: Arguments, values: Values) -> Values:
        """Completed `values` with another uid, where the one that is derived is that of an object which has moved from
        this address to another block. A uid that the user gave stays."""
        for number in itertools.count(2):
            holder = self._holders.get(_named(block, type_.uid(values)))
            if holder is None or holder.address not in self.build.config.blocks:
                break
            other = type_.new_uid(str(block.address), f"{block.address.label}-{number}")
            found = complete(block, type_, arguments.values, other)
            if type_.uid(found) != other:
                break
            values = found
        return values

    def _record_that_moves(self, block: Block, uid: str) -> Record | None:
        """The record of the object that a new block asks for, when no block stands for it any more: it was renamed.

        Raises HclError when another block still stands for it.
        """
        holder = self._holders.get(_named(block, uid))
        if holder is None:
            return None
        other = self.build.config.blocks.get(holder.address)
        if other is not None:
            raise HclError(both_ask_for(uid, holder.address, other.place(), block.address, block.place()))
        return replace(holder, address=block.address)


def both_ask_for(uid: str, first: Address, there: Place | None, second: Address, here: Place | None) -> Diagnostic:
    """Two blocks cannot stand for one object: each would undo the other."""
    detail = f"The other is at {there}." if there else ""
    hint = "Give one of them another uid; a dashboard has it in its JSON."
    return Diagnostic(f'{first} and {second} both ask for uid "{uid}"', detail, here, hint, str(second))


def _nothing_to_import(statement: Block, block: Block, uid: str) -> Diagnostic:
    return Diagnostic(f'There is no {block.address.type} "{uid}" to import', "", statement.value_place("id"))


def _named(block: Block, uid: Value) -> tuple[str, str, Value]:
    return block.provider, block.address.type, uid
