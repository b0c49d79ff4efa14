"""Carries out a Restoration: objects put back, created again and deleted, concurrently; the state is on disk after
each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.equality import hash_of
from hcl_lite.core.progress import Scheduled, in_step, tell_progress
from hcl_lite.core.schema import Live, Made, ProviderError, Version
from hcl_lite.engine.applying.progress import ApplyResult, Event
from hcl_lite.engine.applying.temporary_names import set_aside
from hcl_lite.engine.applying.write_records import partial_write_recorder
from hcl_lite.engine.desired import Desired
from hcl_lite.engine.hashes import Hashes
from hcl_lite.engine.open_providers import Session
from hcl_lite.engine.plan import Action
from hcl_lite.engine.planning.decide_record import as_found
from hcl_lite.engine.planning.records import left_by
from hcl_lite.engine.restoring.restore_plan import Restoration, Step
from hcl_lite.engine.server_faults import fault_text
from hcl_lite.engine.walk import walk
from state.backups import End, Entry
from state.model import Intent, Record
from state.store import Ledger


@dataclass
class Restorer:
    """Carries out one restoration. `note` is called for each write: without a version once it is taken back wholly,
    with the version of an object that has only a temporary name so far. Setting `stop` lets no further step begin."""

    restoration: Restoration
    session: Session
    ledger: Ledger
    undoing: bool
    note: Callable[[Entry, End, Version | None], None] = lambda _, __, ___: None
    parallelism: int = 10
    progress: Callable[[Event], None] = lambda _: None
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.hashes = Hashes(self.session.context.environment)
        self.counts: dict[Action, int] = {}
        self._seen: dict[Step, Version] = {}
        self._calls = asyncio.Semaphore(self.parallelism)
        self.failures: list[Diagnostic] = []
        self.skipped: list[Step] = []

    async def run(self) -> ApplyResult:
        """Carries it out and writes the state at the end, whatever has happened. Never raises ProviderError."""
        try:
            for entry in self.restoration.settled:
                self._undone(entry)
            for step in self.restoration.asides:
                await self._set_aside(step)
            graph = self.restoration.graph()
            waits = {
                one.change.address: tuple(step.change.address for step in graph.predecessors(one)) for one in graph
            }
            tell_progress(Scheduled(waits))
            visits = self.parallelism + self.ledger.ahead
            await walk(graph, self._visit, self._skip, visits, lambda step: -step.entry.number, self.stop)
        finally:
            self.ledger.finish()
        skipped = tuple(step.change.address for step in self.skipped)
        return ApplyResult(self.counts, tuple(self.failures), skipped, stopped=self.stop.is_set())

    async def _set_aside(self, step: Step) -> None:
        """Renames an object for the moment. A failure is reported by the step that waits for the name."""
        entry, record, expected_version = step.entry, step.change.record, step.change.expected_version

        def told(version: Version) -> None:
            self._seen[step] = version
            self.note(entry, entry.end, version)

        try:
            await set_aside(self.session, self.ledger, self.hashes, entry.identity, record, expected_version, told)
        except (ProviderError, HclError):
            return

    async def _visit(self, step: Step) -> bool:
        """Whether the steps after this one can go on."""
        with in_step(step.change.address):
            return await self._put_back(step)

    async def _put_back(self, step: Step) -> bool:
        address, action = step.change.address, step.change.action
        begun = time.monotonic()
        self.progress(Event("begin", address, action, ends=False))
        try:
            match action:
                case Action.DELETE:
                    await self._delete(step)
                case Action.CREATE:
                    await self._create(step)
                case _:
                    await self._update(step)
            self._undone(step.entry)
        except HclError as error:
            failed = error.diagnostics
        except ProviderError as error:
            told = fault_text(error, self.session.config)
            failed = (Diagnostic(f"{address} stays as it is", told, hint=error.hint, address=str(address)),)
        else:
            self.counts[action] = self.counts.get(action, 0) + 1
            self.progress(Event("done", address, action, seconds=time.monotonic() - begun))
            return True
        self.failures.extend(failed)
        self.progress(Event("fail", address, action, seconds=time.monotonic() - begun, problems=failed))
        return False

    def _skip(self, step: Step) -> None:
        self.skipped.append(step)
        self.progress(Event("skip", step.change.address, step.change.action))

    async def _delete(self, step: Step) -> None:
        """Deletes an object, without what others have put into it in the meantime."""
        identity, record = step.entry.identity, step.change.record
        assert record is not None
        force = self.session.resource_type(identity.provider, identity.address.type).capabilities.force_destroy
        attributes = {key: value for key, value in record.attributes.items() if key != force}
        async with self.ledger.writing(Intent("delete", record)), self._calls:
            await self.session.get(identity.provider).delete(identity.address.type, identity.uid, attributes)
        await self.ledger.remove(record.identity)

    async def _update(self, step: Step) -> None:
        identity, record, backup = step.entry.identity, step.change.record, step.backup
        assert backup is not None
        update = self.session.get(identity.provider).update
        type_, expected_version = identity.address.type, self._seen.get(step, step.change.expected_version)
        if record is None:  # not managed here any longer
            await update(type_, identity.uid, step.values, expected_version)
            return
        sensitive = tuple(dict.fromkeys((*(backup.record or record).sensitive, *record.sensitive)))
        secrets = {name: known for name, known in record.secrets.items() if name not in step.change.secrets}
        before = replace(backup.record or record, address=record.address, secrets=secrets, sensitive=sensitive)
        before = replace(before, dependencies=step.dependencies)
        expected = self._expected(step, replace(before, version=expected_version))
        async with self.ledger.writing(Intent("update", expected)), self._calls:
            live = await update(type_, identity.uid, step.values, expected_version, self._told(step, expected))
        if backup.record is None and self.undoing:  # not managed before the run
            await self.ledger.remove(record.identity)
        else:
            await self._remember(step, before, live)

    async def _create(self, step: Step) -> None:
        identity, backup = step.entry.identity, step.backup
        assert backup is not None
        provider = self.session.get(identity.provider)
        type_ = identity.address.type
        address = step.change.address
        before = backup.record or Record(address, identity.provider, identity.uid, {})
        before = replace(before, address=address, dependencies=step.dependencies)
        holder = self.ledger.record_at(address)
        replaced = holder if holder is not None and holder.identity != before.identity else None
        if replaced is not None:  # it goes with what the run made
            await self.ledger.depose(replaced)
        trashed = await provider.is_trashed(type_, identity.uid)
        write = provider.restore if trashed else provider.create
        try:
            expected = self._expected(step, replace(before, version={}))
            async with self.ledger.writing(Intent("create", expected)), self._calls:
                live = await write(type_, step.values, self._told(step, expected))
        except ProviderError as error:
            if not error.unclear and replaced is not None and self.ledger.record_at(address) is None:
                await self.ledger.put(replaced)
            raise
        for gone in [
            old for old in self.ledger.state.deposed if old.key == before.key
        ]:  # found under its address again
            await self.ledger.remove(gone.identity)
        await self._remember(step, replace(before, uid=live.uid), live)
        if live.uid != identity.uid:  # the server has chosen another one
            await self.ledger.fail(identity)

    def _told(self, step: Step, expected: Record) -> Made:
        type_ = self.session.resource_type(expected.provider, expected.address.type)
        return partial_write_recorder(self.ledger, expected, Desired(type_, step.values), self.hashes)

    def _expected(self, step: Step, before: Record) -> Record:
        """The record of what is about to be written."""
        type_ = self.session.resource_type(before.provider, before.address.type)
        content = self.hashes.of(hash_of(type_.content(step.values)), before.content, sensitive=bool(before.sensitive))
        if content != before.content:
            return replace(before.without_write(), content=content)
        return replace(before, drifted=False, written={})

    async def _remember(self, step: Step, before: Record, live: Live) -> None:
        """The record that the object had, at the version that it has now."""
        type_ = self.session.resource_type(before.provider, before.address.type)
        known = replace(live, content=None) if type_.immutable else live
        record, wanted = as_found(before, known, self.hashes), Desired(type_, step.values)
        left = left_by(wanted, wanted.content if live.content is None else live.content, record.sensitive)
        await self.ledger.put(replace(record, left=left))

    def _undone(self, entry: Entry) -> None:
        if self.undoing:
            self.note(entry, End.UNDONE, None)
