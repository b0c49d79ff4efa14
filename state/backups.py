"""What objects were before a run changed them, in files of this machine: a directory for each run.

    .hcl-lite/backups/20260131T101502.123Z-9f3a/
        run.json     which run it was
        log.jsonl    what it did: a line when a write begins, and one when it ends
        0001-….json  one object before its update or deletion

Only the newest runs are kept. Nobody but the user can read these files; secrets are left out of them before.
A copy is in its file, and its line in the log, before the call that changes the object: a run that was killed leaves
what it had changed. They are not synced, so that after a power failure the last of them may be missing.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import secrets
import shutil
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.schema import Live, Origin, Version
from hcl_lite.core.values import JsonValue, content_hash
from state.file import decode_record, encode_record
from state.model import Identity, Record

FORMAT = 1
DEFAULT_PATH = Path(".hcl-lite") / "backups"
DEFAULT_RUNS = 20

_NAME = re.compile(r"\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{4}")


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
        return cls(live.version, live.secret_keys, zlib.compress(json.dumps(live.document).encode(), 1))

    @property
    def document(self) -> JsonValue:
        """The object as its server gave it."""
        return json.loads(zlib.decompress(self.packed))  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Backup:
    """An object before it was changed: `document` as its server gave it, but for the paths in `left_out`, which were
    secret; `record` what the state remembered, None where it was not managed before."""

    identity: Identity
    origin: Origin
    version: Version
    document: JsonValue
    record: Record | None = None
    secret_keys: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One write of a run; `number` counts from 1. `after` is the version that it led to, where that is known."""

    number: int
    write: Write
    identity: Identity
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
    def is_undone(self) -> bool:
        return all(entry.end in (End.UNDONE, End.FAILED) for entry in self.entries)


class Backups:
    """The directory of all runs; the newest `runs` of a state are kept. The methods raise HclError where the disk fails
    or a file is not what was written."""

    def __init__(self, root: Path, runs: int = DEFAULT_RUNS) -> None:
        self.root = root
        self.runs = runs

    def begin(self, command: str, lineage: str) -> RunLog:
        """A run that is about to change things; its directory is made with the first of them."""
        return RunLog(self, Run(_new_name(datetime.now(UTC)), command, lineage, datetime.now(UTC)))

    def list(self, lineage: str) -> Sequence[Run]:
        """The runs on the state `lineage`, newest first."""
        found = (self._read(name) for name in sorted(self._names(), reverse=True))
        return [run for run in found if run is not None and run.lineage == lineage]

    def read(self, run: Run, entry: Entry) -> Backup:
        """What the object of `entry` was before it."""
        path = self.root / run.name / entry.file
        with _readable(path):
            return _decode(json.loads(path.read_bytes()))

    def mark(self, run: Run, entry: Entry, end: End) -> None:
        """Note in the log what has become of a write since."""
        with _writable(self.root / run.name):
            _append(self.root / run.name / "log.jsonl", {"entry": entry.number, "end": end})

    def prune(self, lineage: str) -> None:
        """Remove what is older than the newest runs."""
        for run in self.list(lineage)[self.runs :]:
            shutil.rmtree(self.root / run.name, ignore_errors=True)

    def _names(self) -> Iterator[str]:
        with contextlib.suppress(FileNotFoundError):
            yield from (path.name for path in self.root.iterdir() if _NAME.fullmatch(path.name))

    def _read(self, name: str) -> Run | None:
        """None for a run that was ended before its first write."""
        with _readable(self.root / name):
            try:
                head = json.loads((self.root / name / "run.json").read_bytes())
                lines = (self.root / name / "log.jsonl").read_bytes().split(b"\n")[:-1]
            except FileNotFoundError:
                return None
            entries: dict[int, Entry] = {}
            for line in lines:
                with contextlib.suppress(json.JSONDecodeError):  # cut short by the end of its run
                    found = json.loads(line)
                    entries[found["entry"]] = _followed(entries.get(found["entry"]), found)
            started = datetime.fromisoformat(head["started"])
            return Run(name, head["command"], head["lineage"], started, tuple(entries.values()))


class RunLog:
    """The run that is under way. With no runs to be kept, nothing is written."""

    def __init__(self, backups: Backups, run: Run) -> None:
        self._backups = backups
        self._run = run
        self._number = 0
        self._path = backups.root / run.name

    @property
    def is_kept(self) -> bool:
        return self._backups.runs > 0

    async def begin(self, write: Write, identity: Identity, backup: Backup | None = None) -> int:
        """The write is about to be made; `backup` is what the object is now. The number of the entry."""
        self._number += 1
        number = self._number
        if not self.is_kept:
            return number
        with _writable(self._path):
            if number == 1:
                self._prepare()
            file = ""
            if backup is not None:
                file = f"{number:04}-{_file_name(identity)}.json"
                await asyncio.to_thread(_create, self._path / file, _encode(backup))
            begun = {"write": write, "provider": identity.provider, "uid": identity.uid, "file": file}
            self._add({"entry": number, "address": str(identity.address), **begun})
        return number

    def end(self, number: int, end: End, uid: str = "", after: Version | None = None) -> None:
        """What came of the write: the version that the object has now, and its uid where the server chose that."""
        if self.is_kept:
            with _writable(self._path):
                known = {"after": after} if after is not None else {}
                self._add({"entry": number, "end": end, **({"uid": uid} if uid else {}), **known})

    def _add(self, line: Mapping[str, Any]) -> None:
        _append(self._path / "log.jsonl", line)

    def _prepare(self) -> None:
        self._path.mkdir(mode=0o700, parents=True)
        ignored = self._backups.root.parent / ".gitignore"
        if not ignored.exists():
            ignored.write_text("*\n", encoding="utf-8")
        run = self._run
        head = {
            "format": FORMAT,
            "command": run.command,
            "lineage": run.lineage,
            "started": run.started.isoformat(),
        }
        _create(self._path / "run.json", head)
        self._backups.prune(run.lineage)


def _followed(entry: Entry | None, line: Mapping[str, Any]) -> Entry:
    """The entry after one more line of the log."""
    if entry is None:
        identity = Identity(Address.parse(line["address"]), line["provider"], line["uid"])
        return Entry(line["entry"], Write(line["write"]), identity, line["file"])
    identity = Identity(entry.identity.address, entry.identity.provider, line.get("uid", entry.identity.uid))
    return Entry(entry.number, entry.write, identity, entry.file, End(line["end"]), line.get("after", entry.after))


def _encode(backup: Backup) -> Mapping[str, Any]:
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
        "record": encode_record(backup.record) if backup.record else None,
        "document": backup.document,
    }


def _decode(item: Mapping[str, Any]) -> Backup:
    if item["format"] != FORMAT:
        raise ValueError(f"format {item['format']} is not known here")
    return Backup(
        Identity(Address.parse(item["address"]), item["provider"], item["uid"]),
        Origin(item["url"], item["organisation"]),
        item["version"],
        item["document"],
        decode_record(item["record"]) if item["record"] else None,
        tuple(item["secret_keys"]),
        tuple(item["left_out"]),
    )


def _new_name(now: datetime) -> str:
    return f"{now:%Y%m%dT%H%M%S}.{now.microsecond // 1000:03}Z-{secrets.token_hex(2)}"


def _file_name(identity: Identity) -> str:
    """The address as far as any system takes it for a name, and something that keeps two of them apart."""
    text = str(identity.address)
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '_', text)[:100]}-{content_hash(text)[:6]}"


def _create(path: Path, document: Mapping[str, Any]) -> None:
    with open(path, "xb", opener=_private) as file:
        file.write(json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace") + b"\n")


def _append(path: Path, line: Mapping[str, Any]) -> None:
    with open(path, "ab", opener=_private) as file:
        file.write(b"\n" + json.dumps(line).encode() + b"\n")  # the line before it may have been cut short


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextlib.contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = "Nothing is changed without it. [hcl_lite] backups = 0 does without."
        raise HclError(Diagnostic(f"Cannot write the backup {path}", f"{error.strerror}.", hint=hint)) from error


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HclError(Diagnostic(f"Cannot read the backup {path}", f"{error.strerror}.")) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        detail = f"{type(error).__name__}: {error}."
        hint = "Remove its directory to go on without it."
        raise HclError(Diagnostic(f"{path} is not a backup of hcl-lite", detail, hint=hint)) from error
