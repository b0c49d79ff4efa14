"""Backups of objects before a run changed them, in logs beside the state, so that another machine can undo a run.

    backups/20260131T101502.123Z-9f3a/log        which run it was, and what it did, as in backup_store's log.jsonl
    backups/20260131T101502.123Z-9f3a/objects    each object before its update or deletion
    backups/20260131T101502.123Z-9f3a/since-…    what a later run has made of it

A copy, and after it that the write begins, are there before the call goes out; what came of it follows a moment later.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.schema import Origin, Version
from state.appending import Appender
from state.backend import BACKUPS, Changed, Log, Storage
from state.backups import (
    WITHOUT,
    Backup,
    End,
    Entry,
    Run,
    Write,
    decode_backup,
    encode_backup,
    encode_begin,
    encode_end,
    encode_run,
    new_run,
    open_line,
    read_run,
    reading,
    reseal_lines,
    seal_line,
)
from state.encryption import Cipher
from state.model import Identity


class LoggedBackups:
    """Implements state.backups.BackupStore: all runs on one workspace; the newest `runs` are kept."""

    def __init__(self, storage: Storage, runs: int, cipher: Cipher) -> None:
        self.runs = runs
        self.cipher = cipher
        self._storage = storage
        self._objects: dict[str, Sequence[bytes]] = {}
        self._since: dict[str, Appender] = {}
        self._name = secrets.token_hex(8)

    @property
    def place(self) -> str:
        return f"{self._storage.name}.{BACKUPS}"

    def begin(self, command: str, lineage: str) -> LoggedRun:
        return LoggedRun(self, new_run(command, lineage, self._names() if self.runs else ()))

    def list(self, lineage: str) -> Sequence[Run]:
        found = (self._read(name, logs) for name, logs in sorted(self._names().items(), reverse=True))
        return [run for run in found if run is not None and run.lineage == lineage]

    def read(self, run: Run, entry: Entry) -> Backup:
        log = self.log(run.name, "objects")
        if run.name not in self._objects:
            self._objects[run.name] = _lines(log)
        with reading(log.name, log.way_out):
            line = self._objects[run.name][int(entry.file) - 1]
            return decode_backup(json.loads(open_line(self.cipher, line, log.name)))

    def mark(self, run: Run, entry: Entry, end: End, after: Version | None = None) -> None:
        if run.name not in self._since:
            self._since[run.name] = Appender(self.log(run.name, f"since-{self._name}"), _unwritten)
        self._since[run.name].soon(self.seal(encode_end(entry.number, end, "", after)))

    def close(self) -> None:
        for appender in self._since.values():
            appender.end()

    def reseal(self, cipher: Cipher) -> None:
        for run, logs in self._names().items():
            for name in logs:
                log = self.log(run, name)
                fresh = reseal_lines(_lines(log), log.name, self.cipher, cipher)
                log.remove()
                log.append(fresh)
                log.close()

    def prune(self) -> None:
        """Remove what is older than the newest runs; what hinders that stops nobody."""
        with contextlib.suppress(HclError):
            for run, logs in sorted(self._names().items(), reverse=True)[self.runs :]:
                for name in logs:
                    self.log(run, name).remove()

    def seal(self, document: Mapping[str, Any]) -> bytes:
        return seal_line(self.cipher, document)

    def log(self, run: str, name: str) -> Log:
        """One of the logs of a run."""
        log = self._storage.log(f"{BACKUPS}/{run}/{name}")
        assert log is not None
        return log

    def _names(self) -> Mapping[str, Sequence[str]]:
        """The names of the logs of each run."""
        found: dict[str, list[str]] = {}
        for path in self._storage.logs(BACKUPS):
            _, run, name = path.split("/")
            found.setdefault(run, []).append(name)
        return found

    def _read(self, name: str, logs: Sequence[str]) -> Run | None:
        """None for a run that was ended before its first write."""
        if "log" not in logs:
            return None
        log = self.log(name, "log")
        with reading(log.name, log.way_out):
            since = [self.log(name, other) for other in logs if other.startswith("since-")]
            lines = [
                json.loads(open_line(self.cipher, line, one.name)) for one in (log, *since) for line in _lines(one)
            ]
            return read_run(name, lines[0], lines[1:])


class LoggedRun:
    """Implements state.backups.BackupLog."""

    def __init__(self, backups: LoggedBackups, run: Run) -> None:
        self._backups = backups
        self._run = run
        self._number = 0
        self._count = 0  # of objects
        self._log = Appender(backups.log(run.name, "log"), _unwritten)
        self._objects = Appender(backups.log(run.name, "objects"), _unwritten)

    @property
    def is_kept(self) -> bool:
        return self._backups.runs > 0

    async def begin(self, write: Write, identity: Identity, origin: Origin, backup: Backup | None = None) -> int:
        self._number += 1
        number = self._number
        if not self.is_kept:
            return number
        if number == 1:
            self._log.add(self._backups.seal(encode_run(self._run)))
        file = ""
        if backup is not None:
            self._count += 1
            file, document = str(self._count), encode_backup(backup)
            await self._objects.append(self._backups.seal(document))
        await self._log.append(self._backups.seal(encode_begin(number, write, identity, origin, file)))
        return number

    def end(self, number: int, end: End, uid: str = "", after: Version | None = None) -> None:
        if self.is_kept:
            with contextlib.suppress(HclError):
                self._log.soon(self._backups.seal(encode_end(number, end, uid, after)))

    def close(self) -> None:
        if self._number and self.is_kept:
            self._objects.end()
            self._log.end()
            self._backups.prune()


def _lines(log: Log) -> Sequence[bytes]:
    return log.read().split(b"\n")[:-1]


def _unwritten(log: Log, error: Changed | HclError) -> Diagnostic:
    if isinstance(error, Changed):
        return Diagnostic(f"Cannot write the backup {log.name}", "Another run writes there.", hint=WITHOUT)
    first = error.diagnostics[0]
    hint = f"{first.hint} Nothing is changed without it." if first.hint else WITHOUT
    return Diagnostic(f"Cannot write the backup {log.name}", first.detail, hint=hint)
