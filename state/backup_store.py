"""Backups of objects before a run changed them, in files of this machine: a directory for each run.

    .hcl-lite/backups/20260131T101502.123Z-9f3a/
        run.json     which run it was
        log.jsonl    what it did: a line when a write begins, and one when it ends
        0001-….json  one object before its update or deletion

Only the newest runs are kept. Nobody but the user can read these files; secrets are left out of them before.
A copy is in its file, and its line in the log, before the call that changes the object: a run that was killed leaves
what it had changed. They are not synced, so that after a power failure the last of them may be missing.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from io import FileIO
from pathlib import Path
from typing import Any

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.files import make_directory, private
from hcl_lite.core.schema import Origin, Version
from hcl_lite.core.values import content_hash
from state.backups import (
    RUN_NAME,
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
from state.document import as_line
from state.encryption import Cipher, Plain
from state.model import Identity

DEFAULT_PATH = Path(".hcl-lite") / "backups"
DEFAULT_RUNS = 20


class Backups:
    """Implements state.backups.BackupStore: the directory of all runs; the newest `runs` of a state are kept."""

    def __init__(self, root: Path, runs: int = DEFAULT_RUNS, cipher: Cipher | None = None) -> None:
        self.root = root
        self.runs = runs
        self.cipher = cipher or Plain()

    @property
    def place(self) -> str:
        return str(self.root)

    def begin(self, command: str, lineage: str) -> RunLog:
        names: list[str] = []
        with contextlib.suppress(OSError):  # what is wrong with the directory is told by the first write
            names += self._names()
        return RunLog(self, new_run(command, lineage, names))

    def list(self, lineage: str) -> Sequence[Run]:
        found = (self._read(name) for name in sorted(self._names(), reverse=True))
        return [run for run in found if run is not None and run.lineage == lineage]

    def read(self, run: Run, entry: Entry) -> Backup:
        path = self.root / run.name / entry.file
        with _readable(path):
            return decode_backup(json.loads(open_line(self.cipher, path.read_bytes(), str(path))))

    def mark(self, run: Run, entry: Entry, end: End, after: Version | None = None) -> None:
        with _writable(self.root / run.name):
            # The last line of a run that was killed may have been cut short.
            path = self.root / run.name / "log.jsonl"
            _write(path, "ab", b"\n" + self.seal(encode_end(entry.number, end, "", after)))

    def seal(self, document: Mapping[str, Any]) -> bytes:
        return seal_line(self.cipher, document)

    def close(self) -> None:
        pass

    def prune(self, lineage: str) -> None:
        """Remove what is older than the newest runs. What cannot be read stays, and stops nobody."""
        mine = []
        for name in sorted(self._names(), reverse=True):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                if json.loads((self.root / name / "run.json").read_bytes())["lineage"] == lineage:
                    mine.append(name)
        for name in mine[self.runs :]:
            shutil.rmtree(self.root / name, ignore_errors=True)

    def reseal(self, cipher: Cipher) -> None:
        for path in [path for name in self._names() for path in (self.root / name).glob("[0l]*.json*")]:
            with _readable(path):
                lines = [line for line in path.read_bytes().splitlines() if line]
                resealed = reseal_lines(lines, str(path), self.cipher, cipher)
            with _writable(path):
                fresh = path.with_name(f"{path.name}.new")
                fresh.unlink(missing_ok=True)
                _write(fresh, "xb", resealed)
                os.replace(fresh, path)

    def _names(self) -> Iterator[str]:
        with contextlib.suppress(FileNotFoundError):
            yield from (path.name for path in self.root.iterdir() if RUN_NAME.fullmatch(path.name))

    def _read(self, name: str) -> Run | None:
        """None for a run that was ended before its first write."""
        with _readable(self.root / name):
            try:
                # First, since a run that was ended while it wrote its head has none.
                lines = (self.root / name / "log.jsonl").read_bytes().split(b"\n")[:-1]
                head = json.loads((self.root / name / "run.json").read_bytes())
            except FileNotFoundError:
                return None
            found = []
            for line in lines:
                with contextlib.suppress(json.JSONDecodeError):  # cut short by the end of its run
                    found.append(json.loads(open_line(self.cipher, line, str(self.root / name))))
            return read_run(name, head, found)


class RunLog:
    """Implements state.backups.BackupLog."""

    def __init__(self, backups: Backups, run: Run) -> None:
        self._backups = backups
        self._run = run
        self._number = 0
        self._path = backups.root / run.name
        self._log: FileIO | None = None

    @property
    def is_kept(self) -> bool:
        return self._backups.runs > 0

    async def begin(self, write: Write, identity: Identity, origin: Origin, backup: Backup | None = None) -> int:
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
                _write(self._path / file, "xb", self._backups.seal(encode_backup(backup)))
            self._add(encode_begin(number, write, identity, origin, file))
        return number

    def end(self, number: int, end: End, uid: str = "", after: Version | None = None) -> None:
        if self.is_kept:
            with contextlib.suppress(OSError):
                self._add(encode_end(number, end, uid, after))

    def close(self) -> None:
        if self._log is not None:
            self._log.close()

    def _add(self, line: Mapping[str, Any]) -> None:
        if self._log is None:
            self._log = open(self._path / "log.jsonl", "ab", buffering=0, opener=private)  # noqa: SIM115 - see close()
        data = self._backups.seal(line)
        while data:
            data = data[self._log.write(data) :]

    def _prepare(self) -> None:
        make_directory(self._path.parent)
        self._path.mkdir(mode=0o700)
        ignored = self._backups.root.parent / ".gitignore"
        if not ignored.exists():
            _write(ignored, "wb", b"*\n")
        _write(self._path / "run.json", "xb", as_line(encode_run(self._run)))
        self._backups.prune(self._run.lineage)


def _file_name(identity: Identity) -> str:
    """The address as far as any system takes it for a name, and something that keeps two of them apart."""
    text = str(identity.address)
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '_', text)[:100]}-{content_hash(text)[:6]}"


def _write(path: Path, mode: str, data: bytes) -> None:
    with open(path, mode, opener=private) as file:
        file.write(data)


@contextlib.contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HclError(Diagnostic(f"Cannot write the backup {path}", f"{error.strerror}.", hint=WITHOUT)) from error


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        with reading(str(path), "Remove its directory to go on without it."):
            yield
    except OSError as error:
        raise HclError(Diagnostic(f"Cannot read the backup {path}", f"{error.strerror}.")) from error
