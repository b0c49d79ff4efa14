"""Backups of objects before a run changed them: one for each object, and a log of the run's writes. No secrets."""

from __future__ import annotations

import contextlib
import re
import secrets
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.schema import Live, Origin, Version
from state.document import Spelled, as_line
from state.encryption import Cipher, is_sealed
from state.file import decode_record, encode_record
from state.model import Identity, ObjectKey, Record

FORMAT = 1
_SEALED_AS = "backup"
_STAMP = "%Y%m%dT%H%M%S.%f"
RUN_NAME = re.compile(r"(?P<stamp>\d{8}T\d{6}\.\d{3})Z-[0-9a-f]{4}")
WITHOUT = "Nothing is changed without it. [hcl_lite] backups = 0 does without."


class Write(StrEnum):
    """The write of a run to an object."""

    CREATE = "created"
    UPDATE = "updated"
    DELETE = "deleted"


class End(StrEnum):
    """The result of a write. OPEN is that of a run that was ended under way: it is not known.

    UNDONE says that the object is as it was before, or has nothing of that write any more.
    """

    OPEN = "open"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Copy:
    """An object at one version, packed: what it holds is many times as large. `precondition` is that of Live."""

    version: Version
    secret_keys: frozenset[str]
    packed: bytes = field(repr=False)
    precondition: str = ""

    @classmethod
    def of(cls, live: Live) -> Copy:
        packed = zlib.compress(as_line(live.document), 1)
        return cls(live.version, live.secret_keys or frozenset(), packed, live.precondition)

    @property
    def spelled(self) -> Spelled:
        """The object as its server gave it, as JSON."""
        return Spelled(zlib.decompress(self.packed).rstrip(b"\n"))


@dataclass(frozen=True, slots=True)
class Backup:
    """An object before it was changed: `document` as its server gave it, but for the paths in `left_out`, which were
    secret, Spelled perhaps where it is to be written; `record` what the state remembered, without fingerprints; None
    where it was not managed before. `needs` are the objects that it depended on, whose addresses may be others by
    now."""

    identity: Identity
    origin: Origin
    version: Version
    document: Any
    record: Record | None = None
    secret_keys: tuple[str, ...] = ()
    left_out: tuple[tuple[str | int, ...], ...] = ()
    needs: tuple[ObjectKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One write of a run; `number` counts from 1. `after` is the version that it led to, where that is known."""

    number: int
    write: Write
    identity: Identity
    origin: Origin
    file: str = ""
    end: End = End.OPEN
    after: Version | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run that has changed something; `entries` in the order in which the writes began."""

    name: str
    command: str
    lineage: str
    started: datetime
    entries: tuple[Entry, ...] = ()

    def count(self, write: Write) -> int:
        """Returns the number of objects that the run has created, updated or deleted."""
        return sum(entry.write is write and entry.end is not End.FAILED for entry in self.entries)

    @property
    def has_changed(self) -> bool:
        """Whether any of its writes may have been done."""
        return any(entry.end is not End.FAILED for entry in self.entries)

    @property
    def is_undone(self) -> bool:
        """Whether nothing of it is left."""
        return self.has_changed and all(entry.end in (End.UNDONE, End.FAILED) for entry in self.entries)


class BackupLog(Protocol):
    """The run that is under way. With no runs to be kept, nothing is written."""

    @property
    def is_kept(self) -> bool: ...

    async def begin(self, write: Write, identity: Identity, origin: Origin, backup: Backup | None = None) -> int:
        """The write is about to be made; `backup` is what the object is now. The number of the entry."""

    def end(self, number: int, end: End, uid: str = "", after: Version | None = None) -> None:
        """Logs the result of the write: the version that the object has now, and its uid where the server chose that.

        A disk that fails now is no reason to call the write a failure: the entry stays open.
        """

    def close(self) -> None:
        """The run is over; what was said of it lasts when this returns."""


class BackupStore(Protocol):
    """The backups of all runs. The methods raise HclError where the place cannot be used, or holds something else."""

    @property
    def place(self) -> str:
        """The place of the backups, for people."""

    def begin(self, command: str, lineage: str) -> BackupLog:
        """A run that is about to change things; nothing is written before the first of them."""

    def list(self, lineage: str) -> Sequence[Run]:
        """The runs on the state `lineage`, newest first."""

    def read(self, run: Run, entry: Entry) -> Backup:
        """Returns the object of `entry` as it was before the write."""

    def mark(self, run: Run, entry: Entry, end: End, after: Version | None = None) -> None:
        """Note what has become of a write since, and at which version the object is `after` that."""

    def reseal(self, cipher: Cipher) -> None:
        """Write every backup anew with `cipher`."""

    def close(self) -> None:
        """Makes all marks durable."""


def new_run(command: str, lineage: str, before: Iterable[str]) -> Run:
    """A run that begins now. By its name it comes after those of `before`, also where clocks are off: the newest are
    kept, and the last one is undone."""
    now = named = datetime.now(UTC)
    latest = max((found["stamp"] for found in map(RUN_NAME.fullmatch, before) if found), default="")
    if _stamp(now) <= latest:
        named = datetime.strptime(latest, _STAMP) + timedelta(milliseconds=1)
    return Run(f"{_stamp(named)}Z-{secrets.token_hex(2)}", command, lineage, now)


def _stamp(time: datetime) -> str:
    return time.strftime(_STAMP)[:-3]  # milliseconds


def encode_run(run: Run) -> Mapping[str, Any]:
    """The head of a run's log."""
    return {"format": FORMAT, "command": run.command, "lineage": run.lineage, "started": run.started.isoformat()}


def encode_begin(number: int, write: Write, identity: Identity, origin: Origin, file: str) -> Mapping[str, Any]:
    """The line of a log that says that a write begins; `file` is where its backup is, if it has one."""
    begun = {"write": write.value, "provider": identity.provider, "uid": identity.uid, "file": file}
    server = {"url": origin.url, "organisation": origin.organisation}
    return {"entry": number, "address": str(identity.address), **begun, **server}


def encode_end(number: int, end: End, uid: str, after: Version | None) -> Mapping[str, Any]:
    """The line of a log that says what came of a write."""
    known = {**({"uid": uid} if uid else {}), **({"after": after} if after is not None else {})}
    return {"entry": number, "end": end.value, **known}


def seal_line(cipher: Cipher, document: Mapping[str, Any]) -> bytes:
    """A line of JSON; of a state that is encrypted, so are its backups."""
    return cipher.seal(as_line(document), _SEALED_AS)


def open_line(cipher: Cipher, line: bytes, name: str) -> bytes:
    """Decrypts a line, also one written before the state was encrypted; `name` is its place. Raises HclError."""
    return cipher.open(line, _SEALED_AS, name) if is_sealed(line) else line


def reseal_lines(lines: Iterable[bytes], name: str, old: Cipher, new: Cipher) -> bytes:
    """All of `lines`, written anew with the `new` cipher. Raises HclError."""
    opened = [open_line(old, line, name).rstrip(b"\n") + b"\n" for line in lines]
    return b"".join(new.seal(line, _SEALED_AS) for line in opened)


def read_run(name: str, head: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> Run:
    """A run of its head and its log. Raises ValueError, KeyError or TypeError."""
    entries: dict[int, Entry] = {}
    for line in lines:
        entries[line["entry"]] = followed(entries.get(line["entry"]), line)
    started = datetime.fromisoformat(head["started"])
    return Run(name, head["command"], head["lineage"], started, tuple(entries.values()))


@contextlib.contextmanager
def reading(name: str, hint: str) -> Iterator[None]:
    """Around the decoding of what is called `name`: for what is something else, HclError that says so."""
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        detail = f"{type(error).__name__}: {error}."
        raise HclError(Diagnostic(f"{name} is not a backup of hcl-lite", detail, hint=hint)) from error


def followed(entry: Entry | None, line: Mapping[str, Any]) -> Entry:
    """The entry after one more line of the log."""
    if entry is None:
        identity = Identity(Address.parse(line["address"]), line["provider"], line["uid"])
        origin = Origin(line["url"], line["organisation"])
        return Entry(line["entry"], Write(line["write"]), identity, origin, line["file"])
    identity = Identity(entry.identity.address, entry.identity.provider, line.get("uid", entry.identity.uid))
    return replace(entry, identity=identity, end=End(line["end"]), after=line.get("after", entry.after))


def encode_backup(backup: Backup) -> Mapping[str, Any]:
    """The JSON object of a backup's file."""
    identity = backup.identity
    return {
        "format": FORMAT,
        "type": identity.address.type,
        "address": str(identity.address),
        "uid": identity.uid,
        "provider": identity.provider,
        "url": backup.origin.url,
        "organisation": backup.origin.organisation,
        "version": backup.version,
        "secret_keys": backup.secret_keys,
        "left_out": backup.left_out,
        "needs": backup.needs,
        "record": encode_record(backup.record) if backup.record else None,
        "document": backup.document,
    }


def decode_backup(item: Mapping[str, Any]) -> Backup:
    """Raises ValueError, KeyError or TypeError for anything that is not one."""
    if item["format"] != FORMAT:
        raise ValueError(f"format {item['format']} is not known here")
    return Backup(
        Identity(Address.parse(item["address"]), item["provider"], item["uid"]),
        Origin(item["url"], item["organisation"]),
        item["version"],
        item["document"],
        decode_record(item["record"]) if item["record"] else None,
        tuple(item["secret_keys"]),
        tuple(tuple(path) for path in item["left_out"]),
        tuple((provider, type_, uid) for provider, type_, uid in item.get("needs", ())),
    )
