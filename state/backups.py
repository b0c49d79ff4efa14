"""What objects were before a run changed them: one backup an object, and a log of what the run did. No secrets."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from hcl_lite.core.addrs import Address
from hcl_lite.core.schema import Live, Origin, Version
from hcl_lite.core.values import JsonValue
from state.file import decode_record, encode_record
from state.model import Identity, ObjectKey, Record

FORMAT = 1


class Write(StrEnum):
    """What a run did to an object."""

    CREATE = "created"
    UPDATE = "updated"
    DELETE = "deleted"


class End(StrEnum):
    """What came of a write; of one whose run was ended under way there is no telling.

    UNDONE says that the object is as it was before, or has nothing of that write any more.
    """

    OPEN = "open"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Copy:
    """An object at one version, packed: what it holds is many times as large."""

    version: Version
    secret_keys: frozenset[str]
    packed: bytes = field(repr=False)

    @classmethod
    def of(cls, live: Live) -> Copy:
        return cls(live.version, live.secret_keys or frozenset(), zlib.compress(json.dumps(live.document).encode(), 1))

    @property
    def document(self) -> JsonValue:
        """The object as its server gave it."""
        return json.loads(zlib.decompress(self.packed))  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Backup:
    """An object before it was changed: `document` as its server gave it, but for the paths in `left_out`, which were
    secret; `record` what the state remembered, without fingerprints; None where it was not managed before. `needs` are
    the objects that it depended on, whose addresses may be others by now."""

    identity: Identity
    origin: Origin
    version: Version
    document: JsonValue
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
        """How many objects it has created, updated or deleted."""
        return sum(entry.write is write and entry.end is not End.FAILED for entry in self.entries)

    @property
    def has_changed(self) -> bool:
        """Whether any of its writes may have been done."""
        return any(entry.end is not End.FAILED for entry in self.entries)

    @property
    def is_undone(self) -> bool:
        """Whether nothing of it is left."""
        return self.has_changed and all(entry.end in (End.UNDONE, End.FAILED) for entry in self.entries)


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
