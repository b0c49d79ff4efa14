"""Refusals of an apply before it writes an object: what the plan could not know, and now is not as it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import HclError, Place
from hcl_lite.core.schema import Live, ResourceType, Whole
from hcl_lite.core.values import Value, is_unknown
from hcl_lite.engine.applying.diagnostics import plan_mismatch, still_unknown
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.evaluate import Arguments
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import Action, Change
from hcl_lite.engine.planning.identity import identity_conflict, whole_conflict
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.evaluation.scope import Scope
from state.model import Record
from state.store import Ledger


@dataclass(frozen=True, slots=True)
class WriteChecks:
    """Checks what a block is about to write. Methods raise HclError."""

    scope: Scope
    session: Session
    ledger: Ledger

    async def check(
        self, block: Block, arguments: Arguments, wanted: Desired, change: Change, live: Live | None = None
    ) -> None:
        """All of it is known, its server can have it, and the object is the one that the plan is of."""
        if is_unknown(wanted.values):
            raise HclError(still_unknown(block, wanted.values))
        await self.session.check_supported(block, arguments.values, wanted.values, live)
        self.check_uid(block, change, str(wanted.uid))
        self._check_whole(block, wanted, change.provider)

    def check_uid(self, block: Block, change: Change, uid: str) -> None:
        """The object is the one that the plan is of; one that it could not know is nobody else's."""
        record = change.record
        if change.uid and uid != change.uid:
            raise HclError(plan_mismatch(block, f'It turns out to be "{uid}", and the plan was for "{change.uid}".'))
        if change.uid:
            return
        made_first = change.action is Action.REPLACE and change.create_first
        if made_first and record is not None and (record.provider, record.uid) == (change.provider, uid):
            raise HclError(plan_mismatch(block, f'It turns out to be "{uid}" again, which is to be made anew.'))
        key = (change.provider, block.address.type, uid)
        for other in self.ledger.state.all_records():
            if other.key == key and other.address != block.address:
                raise HclError(
                    identity_conflict(uid, other.address, self._place(other.address), block.address, block.place())
                )

    def _check_whole(self, block: Block, wanted: Desired, provider: str) -> None:
        """Nothing that another block has written is a piece of the object, nor the object a piece of that."""
        types = self.session.type_of(provider).resources
        mine, whole = (block.address.type, str(wanted.uid)), _whole(wanted.type, wanted.values)

        def is_piece_type(name: str) -> bool:
            return name in types and types[name].capabilities.piece

        def may_overlap(name: str) -> bool:
            return is_piece_type(name) or (whole is not None and name == whole[0])

        for other in self.ledger.records_of(may_overlap):
            is_whole = whole == (other.address.type, other.uid)
            is_piece = not is_whole and is_piece_type(other.address.type) and self._whole_of(other) == mine
            if not (is_whole or is_piece) or other.address not in self.scope.config.blocks:
                continue
            if self.session.is_same_server(provider, other.provider):
                there, here = self._place(other.address), block.place()
                raise HclError(
                    whole_conflict(other.address, there, block.address, here)
                    if is_whole
                    else whole_conflict(block.address, here, other.address, there)
                )

    def _whole_of(self, record: Record) -> Whole | None:
        return _whole(self.session.resource_type(record.provider, record.address.type), record.attributes)

    def _place(self, address: Address) -> Place | None:
        block = self.scope.config.blocks.get(address)
        return block.place() if block is not None else None


def _whole(type_: ResourceType, values: Mapping[str, Value]) -> Whole | None:
    return type_.whole(values) if type_.capabilities.piece else None
