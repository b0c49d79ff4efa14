"""Copies each object before it is updated or deleted, and records the result of the write: a wrapper around the
providers that write.

A copy costs no call where the plan has read the object at the version that the update expects, otherwise one GET right
before the write. A deletion applies to the version that was copied: another one than the plan saw is refused, as a
server refuses an update. Where the server itself refuses a deletion of anything but what was copied, the copies of many
come from the pages of a list (copy_pages.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

from hcl_lite.core.schema import Conflict, Live, Made, ProviderError, ResourceType, Version, Writer, untold
from hcl_lite.core.values import JsonValue, Value
from hcl_lite.engine.applying.copy_pages import CopyPages
from hcl_lite.engine.plan import TAKES_AWAY, WRITES, Change, Plan
from hcl_lite.engine.secret_paths import copy_without_secrets, secret_paths
from state.backups import Backup, BackupLog, Copy, End, Write
from state.model import Identity, ObjectKey, Record
from state.store import Ledger

Values = Mapping[str, Value]


class BackupWriter:
    """Wraps the providers of one run, so that they back up what they change."""

    def __init__(self, plan: Plan, log: BackupLog, ledger: Ledger, type_of: Callable[[str, str], ResourceType]) -> None:
        self.log = log
        self.type_of = type_of
        self._ledger = ledger
        self._changes = {_key(change): change for change in plan.changes if change.action in WRITES}
        self._copies = dict(plan.copies)
        # Those that are written twice, since they give up a name first: the copy is of what they were before.
        self._givers: set[ObjectKey] = set()
        self._first: dict[ObjectKey, _First] = {}
        self._before = ledger.state  # whose addresses are those before the run moves anything

    def around(self, name: str, writer: Writer) -> Writer:
        """Returns `writer`, the provider of block `name`, wrapped."""
        return cast(Writer, _BackedUp(name, writer, self)) if self.log.is_kept else writer

    def change(self, provider: str, type_: str, uid: str) -> Change | None:
        """Returns the planned change of an object; None for a new one whose uid the plan did not know."""
        return self._changes.get((provider, type_, uid))

    def gives_up(self, key: ObjectKey) -> None:
        """Notes that an object is about to get a temporary name, and will be written or deleted once more."""
        self._givers.add(key)

    def note_first(self, key: ObjectKey, first: _First) -> None:
        """Keeps the first backup of an object that may be written once more in this run."""
        if key in self._givers:
            self._first[key] = first

    def take_first(self, key: ObjectKey, expected_version: Version) -> Copy | None:
        """Returns, and forgets, the backup from before the write of this run that has led to `expected_version`: the
        next write stands for both."""
        first = self._first.get(key)
        if first is None or first.after != expected_version:
            return None
        self.log.end(self._first.pop(key).number, End.FAILED)
        return first.copy

    def deletions(self, provider: str, type_: str) -> frozenset[str]:
        """Returns the uids of the objects of a type that the run deletes, but for those that go with others."""
        return frozenset(
            uid
            for (where, kind, uid), change in self._changes.items()
            if (where, kind) == (provider, type_) and change.action in TAKES_AWAY and change.goes_with is None
        )

    def is_giver(self, key: ObjectKey) -> bool:
        """Whether the object has got a temporary name in this run, so that its copy is from before that."""
        return key in self._givers

    def expected_version(self, key: ObjectKey, planned: Version) -> Version:
        """Returns the version that the object should have: the one that the plan saw, or the result of a write of this
        run."""
        return self._first[key].after if key in self._first else planned

    def take_copy(self, change: Change | None, expected_version: Version) -> Copy | None:
        """Returns, and forgets, the copy that the plan has of the object at `expected_version`; None for none."""
        copy = self._copies.pop(change.address, None) if change is not None else None
        return copy if copy is not None and copy.version == expected_version else None

    async def begin(self, write: Write, identity: Identity, writer: Writer, copy: Copy | None, values: Values) -> int:
        """Stores `copy` and records that the write begins. Returns the number of the entry."""
        change = self.change(*identity.key)
        record = replace(change.record, secrets={}) if change is not None and change.record is not None else None
        backup: Backup | None = None
        if copy is not None:
            type_ = self.type_of(identity.provider, identity.address.type)
            known = copy.spelled.value if record is not None and record.sensitive else None
            paths = secret_paths(type_, values, record, known, copy.version)
            document, left_out = copy_without_secrets(copy, paths)
            told = tuple(sorted(copy.secret_keys))
            needs = self._needs(identity.key)
            backup = Backup(identity, writer.origin, copy.version, document, record, told, left_out, needs)
        return await self.log.begin(write, identity, writer.origin, backup)

    def _needs(self, key: ObjectKey) -> tuple[ObjectKey, ...]:
        """The objects that an object depended on before the run."""
        record = self._records.get(key)
        there = self._before.records
        return tuple(there[one].key for one in record.dependencies if one in there) if record is not None else ()

    @cached_property
    def _records(self) -> Mapping[ObjectKey, Record]:
        return {record.key: record for record in self._before.all_records()}

    def identity(self, provider: str, type_: str, uid: str) -> Identity:
        """Returns the identity of an object; the address of a new one is in the journal."""
        change = self.change(provider, type_, uid)
        if change is not None:
            return Identity(change.address, provider, uid)
        intended = (intent.identity for intent in self._ledger.state.pending)
        return next(one for one in intended if one.key == (provider, type_, uid))


@dataclass(frozen=True, slots=True)
class _First:
    """The first of two writes of one object: its entry in the log, what was there before it, and the version since."""

    number: int
    copy: Copy | None
    after: Version


class _BackedUp:
    """A provider; whatever writes nothing is done as it does it."""

    def __init__(self, name: str, writer: Writer, owner: BackupWriter) -> None:
        self._name = name
        self._writer = writer
        self._owner = owner
        self._pages: dict[str, CopyPages] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)

    async def create(self, type_: str, values: Values, made: Made = untold) -> Live:
        return await self._make(type_, values, self._writer.create, made)

    async def restore(self, type_: str, values: Values, made: Made = untold) -> Live:
        return await self._make(type_, values, self._writer.restore, made)

    async def update(
        self, type_: str, uid: str, values: Values, expected_version: Version, made: Made = untold
    ) -> Live:
        key = (self._name, type_, uid)
        copy = self._owner.take_first(key, expected_version) or self._owner.take_copy(
            self._owner.change(*key), expected_version
        )
        if copy is None or self._owner.type_of(self._name, type_).capabilities.overwrites(values):
            there = await self._writer.original(type_, uid, expected_version)
            copy = Copy.of(there) if there is not None else None
        number = await self._begin(Write.UPDATE, type_, uid, copy, values)
        begun = _Begun(self._owner.log, number, made)
        live: Live = await self._noted(
            number, self._writer.update(type_, uid, values, expected_version, begun.tell), begun
        )
        begun.note(live)
        self._owner.note_first(key, _First(number, copy, live.version))
        return live

    async def delete(
        self,
        type_: str,
        uid: str,
        attributes: Mapping[str, JsonValue],
        deleted_with_parent: bool = False,
        expected_version: Version | None = None,
        precondition: str = "",
    ) -> None:
        key = (self._name, type_, uid)
        change = self._owner.change(*key)
        expected_version = self._owner.expected_version(key, change.expected_version if change is not None else {})

        async def delete(copy: Copy, precondition: str) -> None:
            number = await self._begin(Write.DELETE, type_, uid, copy, {})
            await self._noted(
                number,
                self._writer.delete(type_, uid, attributes, deleted_with_parent, precondition=precondition),
            )
            self._owner.log.end(number, End.DONE)

        is_apart = deleted_with_parent or self._owner.is_giver(key)
        copy = None if is_apart else await self._copies(type_).take(uid)
        if copy is not None and copy.version == expected_version:
            with suppress(Conflict):  # changed since the list: as what, is seen by reading it
                return await delete(copy, copy.precondition)
        there = await self._writer.original(type_, uid, change.expected_version if change is not None else None)
        if there is None:
            return await self._writer.delete(type_, uid, attributes, deleted_with_parent)
        if expected_version and there.version != expected_version:
            raise Conflict.between(expected_version, there.version)
        copy = self._owner.take_first(key, there.version) or Copy.of(there)
        return await delete(copy, there.precondition)

    def _copies(self, type_: str) -> CopyPages:
        if type_ not in self._pages:
            uids = self._owner.deletions(self._name, type_)
            self._pages[type_] = CopyPages(self._writer.originals(type_, uids), uids)
        return self._pages[type_]

    async def _make(
        self, type_: str, values: Values, make: Callable[[str, Values, Made], Awaitable[Live]], made: Made
    ) -> Live:
        uid = str(self._owner.type_of(self._name, type_).uid(values))
        number = await self._begin(Write.CREATE, type_, uid, None, values)
        begun = _Begun(self._owner.log, number, made)
        live: Live = await self._noted(number, make(type_, values, begun.tell), begun)
        begun.note(live)
        return live

    async def _begin(self, write: Write, type_: str, uid: str, copy: Copy | None, values: Values) -> int:
        return await self._owner.begin(write, self._owner.identity(self._name, type_, uid), self._writer, copy, values)

    async def _noted(self, number: int, work: Awaitable[Any], begun: _Begun | None = None) -> Any:
        """Returns the result of `work`. Marks entry `number` as failed where the write certainly did not happen and had
        not begun."""
        try:
            return await work
        except ProviderError as error:
            if not error.unclear and not (begun is not None and begun.is_told):
                self._owner.log.end(number, End.FAILED)
            raise


class _Begun:
    """A write that may take several requests: each leaves the entry with what there is then."""

    def __init__(self, log: BackupLog, number: int, made: Made) -> None:
        self._log = log
        self._number = number
        self._made = made
        self.is_told = False

    async def tell(self, live: Live) -> None:
        self.is_told = True
        self.note(live)
        await self._made(live)

    def note(self, live: Live) -> None:
        self._log.end(self._number, End.DONE, live.uid, live.version)


def _key(change: Change) -> ObjectKey:
    old = change.record
    provider, uid = (old.provider, old.uid) if old is not None else (change.provider, change.uid)
    return provider, change.address.type, uid
