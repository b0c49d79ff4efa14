"""Creates, updates and deletes one object: its intent goes into the ledger before the call, its record after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from hcl_lite.core.contents import without_unasked
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.schema import Conflict, Live, ProviderError, ResourceType, Taken, Version
from hcl_lite.core.values import UNKNOWN, Value
from hcl_lite.engine.applying.diagnostics import (
    conflict_found,
    incomplete,
    not_healthy,
    step_failed,
    taken,
)
from hcl_lite.engine.applying.name_handover import NameHandover
from hcl_lite.engine.applying.write_checks import WriteChecks
from hcl_lite.engine.applying.write_records import (
    partial_write_recorder,
    record_expected,
    record_found,
    record_untold,
)
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.evaluate import Arguments, complete
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import Action, Change
from hcl_lite.engine.planning.diagnostics import exists_already, may_take_over
from hcl_lite.engine.planning.lifecycle import is_protected, with_ignored
from hcl_lite.engine.planning.records import unchecked, wants_check
from hcl_lite.engine.planning.secret_changes import to_send, without_unmoved
from hcl_lite.engine.sinks import check_sinks, put_secrets
from hcl_lite.lang.config.block import Block
from hcl_lite.lang.evaluation.conditions import as_warning
from hcl_lite.lang.evaluation.scope import Scope
from state.model import Identity, Intent, Record
from state.store import Ledger

_TRIES = 3


@dataclass
class ObjectWriter:
    """Writes objects one by one as their changes say; made before the first write of a run. `warn` receives warnings
    about objects that were written and are not as desired.

    Methods return the record that is in the ledger afterwards. They raise HclError for what the server cannot have, a
    conflict and an object that is not healthy, and ProviderError for any other fault of the server.
    """

    scope: Scope
    session: Session
    ledger: Ledger
    hashes: Hashes
    names: NameHandover
    warn: Callable[[Diagnostic], None]

    def __post_init__(self) -> None:
        self.checks = WriteChecks(self.scope, self.session, self.ledger)
        self.interrupted = {intent.identity for intent in self.ledger.state.pending}
        self.created = {intent.identity for intent in self.ledger.state.pending if intent.write == "create"}

    async def create(self, block: Block, type_: ResourceType, arguments: Arguments, change: Change) -> Record:
        """Creates the object, or its replacement; an object that an interrupted run has created is adopted."""
        wanted, there = await self.look(block, type_, arguments, change)
        uid, values = str(wanted.uid), wanted.values
        provider = self.session.get(change.provider)
        protected, secrets = is_protected(self.scope, block), type_.secrets(values)
        record = await record_expected(
            block, arguments, wanted, wanted, change, secrets, self.hashes, protected=protected
        )
        replaced = change.record if change.action is Action.REPLACE and change.create_first else None
        deposed = self.names.now(replaced) if replaced is not None else None
        if deposed is not None:
            await self.ledger.depose(deposed)
        if there is not None and not type_.immutable:
            if record.identity in self.created:
                await self.put_recovered(replace(record, uid=there.uid, version=there.version, applied="", asked=""))
            found = replace(change, action=Action.UPDATE, uid=there.uid, expected_version=there.version, record=None)
            return await self.update(block, type_, arguments, found)
        if change.record is not None and change.action is Action.CREATE and change.record.identity != record.identity:
            await self.ledger.remove(change.record.identity)
        write = provider.restore if change.restores else provider.create

        async def make() -> Live:
            self.checks.check_uid(block, change, uid)  # once more: another block may have come first
            made = partial_write_recorder(self.ledger, record, wanted, self.hashes)
            intent, type_name = Intent("create", record), block.address.type
            return await self.names.send(block, wanted, intent, lambda: write(type_name, values, made))

        try:
            live = await make() if there is None else there
            for _ in range(_TRIES):
                if not type_.capabilities.is_untold(live.secrets):
                    break
                lost = record_untold(record, live)
                await self.put_recovered(lost)
                await self.delete(lost, (), {})
                live = await make()
            if live is not there:
                await self._hand_on(block, type_, record, values, live)
        except (ProviderError, HclError) as error:
            begun, is_refused = self.ledger.record_at(block.address), not getattr(error, "unclear", False)
            if deposed is not None and begun is None and is_refused:
                await self.ledger.put(deposed)
            if begun is not None and begun.uid != uid and is_refused:  # what is made goes by what the server has chosen
                await self.ledger.fail(begun.identity)
            if isinstance(error, Conflict):
                raise HclError(await self._explained(block, wanted, change, error)) from error
            raise
        done = await self._remember(block, wanted, record, live)
        if live.uid != uid:  # the server has chosen another one
            await self.ledger.fail(record.identity)
        return done

    async def look(
        self, block: Block, type_: ResourceType, arguments: Arguments, change: Change
    ) -> tuple[Desired, Live | None]:
        """Returns the desired object, and the existing one that may be adopted, None for none.

        A server may carry out late what an earlier run had asked of it, and a uid that the plan did not know was not
        looked up.
        """
        wanted = _to_create(block, type_, arguments, change)
        await self.checks.check(block, arguments, wanted, change)
        uid, values = str(wanted.uid), wanted.values
        await check_sinks(self.session.context, block, type_, values)
        interrupted = Identity(block.address, change.provider, uid) in self.interrupted
        asked = not change.uid and complete(block, type_, arguments.values, "").uid is not UNKNOWN
        is_new = change.record is None or (change.record.provider, change.record.uid) != (change.provider, uid)
        # What is part of another object is as that was made, and its write looks at what is there.
        if not interrupted and not (asked and is_new and not type_.part_of):
            return wanted, None
        there = await self.session.get(change.provider).read(block.address.type, uid, values)
        if there is not None and not interrupted and (type_.immutable or not may_take_over(block, type_, values)):
            self.checks.check_uid(block, change, uid)  # once more: another block may have made it during the look
            raise HclError(exists_already(block, type_, uid))
        return wanted, there

    async def update(self, block: Block, type_: ResourceType, arguments: Arguments, change: Change) -> Record:
        """Updates the object. Raises HclError where it no longer has the version that the plan saw, or that of its
        temporary name."""
        key = (change.provider, block.address.type, change.uid)
        change = replace(change, expected_version=self.names.expected_version(key, change.expected_version))
        known = change.record.attributes if change.record is not None else {}
        before = change.record.declared if change.record is not None else ()
        declared = wanted = complete(block, type_, arguments.values, change.uid).after(before)
        there = Live(change.uid, change.expected_version, known)
        await self.checks.check(block, arguments, declared, change, there)
        provider = self.session.get(change.provider)
        if block.lifecycle.ignore_changes:
            found = await provider.read(block.address.type, change.uid, declared.values, change.expected_version)
            wanted = with_ignored(block, declared, found) if found is not None else declared
        secrets = to_send(block, wanted, change.record)
        protected = is_protected(self.scope, block)
        record = await record_expected(
            block, arguments, declared, wanted, change, secrets, self.hashes, protected=protected
        )
        asked = type_.with_secrets(wanted.values, without_unmoved(wanted, secrets, change.secrets))
        try:
            made = partial_write_recorder(self.ledger, record, wanted, self.hashes)
            live = await self.names.send(
                block,
                wanted,
                Intent("update", record),
                lambda: provider.update(
                    key[1], change.uid, asked, self.names.expected_version(key, change.expected_version), made
                ),
            )
        except Conflict as error:
            raise HclError(await self._explained(block, wanted, change, error)) from error
        return await self._remember(block, wanted, record, live)

    async def delete(self, record: Record, parts: Iterable[Record], expected_version: Version) -> None:
        """Deletes the object. Raises HclError where it no longer has the version that the plan saw, or that of its
        temporary name.

        `parts` are deleted by the server with it: they are copied before, and stay in the ledger until that is done.
        """
        provider = self.session.get(record.provider)
        for part in parts:
            try:
                await provider.delete(part.address.type, part.uid, part.attributes, deleted_with_parent=True)
            except ProviderError as error:
                raise HclError(step_failed(part.address, self.scope.config, error, deleting=True)) from error
        await self.names.delete(
            record,
            lambda: provider.delete(
                record.address.type,
                record.uid,
                record.attributes,
                expected_version=self.names.expected_version(record.key, expected_version),
            ),
        )
        await self.ledger.remove(record.identity)

    async def put_recovered(self, record: Record) -> None:
        """Puts an object that an interrupted run has written into the ledger, also where its address stands for another
        one by now."""
        known = self.ledger.record_at(record.address)
        if known is None or known.key == record.key:
            await self.ledger.put(record)
        else:
            await self.ledger.depose(record)

    async def forget_intended(self, block: Block, type_: ResourceType, record: Record) -> None:
        """Drops the intents of an object whose server chose another uid than the intended one."""
        for intended in sorted(self.interrupted, key=str) if type_.server_given else ():
            if (intended.address, intended.provider) == (block.address, record.provider) and intended.uid != record.uid:
                await self.ledger.fail(intended)

    async def settle(self, block: Block, record: Record, *, written: bool = False) -> Record:
        """Puts `record` into the ledger; where the block asks for a health check, after that has passed.

        Until then the stored record does not count as applied, and the next plan asks for another check.
        """
        type_ = self.session.resource_type(record.provider, block.address.type)
        if not wants_check(type_, record) or not (written or self._is_unchecked(block, type_)):
            await self.ledger.put(record)
            return record
        argument = type_.capabilities.health_check
        await self.ledger.put(unchecked(type_, record))
        try:
            warning = await self.session.get(record.provider).check_health(block.address.type, record.uid)
        except ProviderError as error:
            raise HclError(not_healthy(block, argument, error)) from error
        if warning:
            self.warn(as_warning(Diagnostic(warning, "", block.key_place(argument), address=str(block.address))))
        await self.ledger.put(record)
        return record

    async def _hand_on(
        self, block: Block, type_: ResourceType, record: Record, values: Mapping[str, Value], live: Live
    ) -> None:
        """Puts the secrets of a new object where the block says. One whose secrets nobody has got is remembered as one
        to be replaced. Raises HclError."""
        try:
            await put_secrets(self.session.context, block, type_, values, live.secrets)
        except HclError:
            await self.ledger.put(record_untold(record, live))
            await self.ledger.fail(record.identity)
            raise

    # --- after it -----------------------------------------------------------------------------------------------------

    async def _remember(self, block: Block, wanted: Desired, expected: Record, live: Live) -> Record:
        """The record of what was written, on disk."""
        if live.warnings:
            self.warn(incomplete(block, live.warnings))
        return await self.settle(block, record_found(expected, wanted, live, self.hashes), written=True)

    def _is_unchecked(self, block: Block, type_: ResourceType) -> bool:
        known = self.ledger.record_at(block.address)
        return known is None or not wants_check(type_, known)

    async def _explained(self, block: Block, wanted: Desired, change: Change, error: Conflict) -> Diagnostic:
        """Returns the diagnostic of a conflict, after reading the live object again."""
        if isinstance(error, Taken):
            return taken(block, error)
        provider = self.session.get(change.provider)
        try:
            live = await provider.read(block.address.type, str(wanted.uid), wanted.values, change.expected_version)
        except ProviderError:
            live = None
        if live is not None:
            live = replace(live, content=without_unasked(wanted.type.attrs, live.content, wanted.content))
        return conflict_found(block, change, wanted.content, live, error)


def _to_create(block: Block, type_: ResourceType, arguments: Arguments, change: Change) -> Desired:
    """A new object with its uid: the planned one, the one it had before, or one made here."""
    uid = change.uid or (change.record.uid if change.record and change.action is Action.CREATE else "")
    wanted = complete(block, type_, arguments.values, uid)
    if wanted.uid is UNKNOWN:
        wanted = complete(block, type_, arguments.values, type_.new_uid(str(block.address), block.address.label))
    return wanted
