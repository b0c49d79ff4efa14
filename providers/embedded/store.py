"""The SQLite file: its tables, and the one connection everything goes through.

One row of `version` per saved version of a dashboard or folder, bodies apart, so that a list of metadata never
reads a body. `current` marks the live row of a name; a deletion is a row of its own (`deleted`), which is the trash.
"""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_SCHEMA = """
create table if not exists clock (one integer primary key check (one = 1), rv integer not null);
insert or ignore into clock values (1, 0);
create table if not exists org (id integer primary key, name text not null unique);
create table if not exists account (
    id integer primary key, uid text not null unique, login text not null unique, name text not null,
    email text not null, service integer not null, server_admin integer not null, created real not null);
create table if not exists membership (
    account integer not null references account, org integer not null, role text not null,
    primary key (account, org)) without rowid;
create table if not exists password (account integer primary key references account, hash text not null);
create table if not exists disabled (account integer primary key references account);
create table if not exists token (
    id integer primary key, account integer not null references account, name text not null,
    hash text not null unique, created real not null, expires real, org integer not null, unique (org, name));
create table if not exists body (rv integer primary key, spec blob not null);
create table if not exists version (
    rv integer primary key, org integer not null, kind text not null, name text not null, id integer not null,
    uid text not null, generation integer not null, current integer not null, deleted integer not null,
    folder text not null, title text not null, tags text not null, created real not null, created_by text not null,
    updated real, updated_by text not null, message text not null, labels text not null, annotations text not null,
    api_version text not null, manager text not null, managed_at real not null, fields text not null,
    size integer not null, body integer not null references body);
create unique index if not exists version_live on version (org, kind, name) where current = 1;
create index if not exists version_id on version (org, kind, id) where current = 1;
create index if not exists version_folder on version (org, kind, folder) where current = 1;
create index if not exists version_history on version (org, kind, name, rv);
create index if not exists version_trash on version (org, kind, name) where deleted = 1;
create table if not exists datasource (
    id integer primary key autoincrement, org integer not null, uid text not null, name text not null,
    type text not null, access text not null, url text not null, user text not null, database text not null,
    basic_auth integer not null, basic_auth_user text not null, with_credentials integer not null,
    is_default integer not null, json_data text not null, secure text not null, version integer not null,
    created real not null, updated real not null, unique (org, uid), unique (org, name));
create table if not exists preference (org integer primary key, body text not null);
create table if not exists permission (object text primary key, rules text not null);
create table if not exists snapshot (
    id integer primary key autoincrement, org integer not null, account integer not null, name text not null,
    key text not null unique, delete_key text not null unique, external integer not null,
    expires real not null, created real not null, body blob not null);
create table if not exists counter (kind text primary key, last integer not null) without rowid;
create table if not exists item (
    kind text not null, id integer not null, org integer not null, uid text not null, name text not null,
    body text not null, secure text not null, created real not null, created_by integer not null,
    updated real not null, updated_by integer not null, version integer not null,
    primary key (kind, id), unique (org, kind, uid)) without rowid;
"""

_UNMARKED = 12  # what made a file that does not say


def _make_private(path: str | os.PathLike[str]) -> None:
    """Make the file, its owner's alone, where there is none: SQLite would ask the umask, and gives -wal and -shm the
    mode that it finds."""
    with contextlib.suppress(OSError):  # SQLite says what is wrong
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


class Store:
    """One connection, used by one request at a time; several processes may each have their own on the same file."""

    def __init__(
        self,
        path: str | os.PathLike[str] | None,
        clock: Callable[[], float],
        busy_timeout: float,
        generation: int = _UNMARKED,
    ) -> None:
        """Raises sqlite3.Error, also for a file that another generation of Grafana has made."""
        self.now = clock
        self._lock = threading.RLock()
        self._depth = 0
        if path is not None:
            _make_private(path)
        self._db = sqlite3.connect(
            ":memory:" if path is None else os.fspath(path),
            timeout=busy_timeout,
            isolation_level=None,
            check_same_thread=False,
        )
        self._db.row_factory = sqlite3.Row
        try:
            self._prepare(generation)
        except sqlite3.Error:
            self._db.close()
            raise

    def _prepare(self, generation: int) -> None:
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        with self.write():
            self._mark(generation)
            for statement in _SCHEMA.split(";\n"):
                self._db.execute(statement)

    def _mark(self, generation: int) -> None:
        """Say in the file which Grafana made it: what one stores, another would tell wrong (uids, ids, versions)."""
        marked = self._db.execute("pragma user_version").fetchone()[0]
        if self._db.execute("select 1 from sqlite_master").fetchone() is None:
            self._db.execute(f"pragma user_version = {generation:d}")
        elif (marked or _UNMARKED) != generation:
            raise sqlite3.DatabaseError(f"the file is of Grafana {marked or _UNMARKED}, not {generation}")

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        with self._lock:
            found: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
            return found

    def each(self, sql: str, *values: Any) -> Iterator[sqlite3.Row]:
        """Rows one by one, for a caller that may stop early; read it to its end or drop it before writing."""
        with self._lock:
            yield from self._db.execute(sql, values)

    def run(self, sql: str, *values: Any) -> int:
        """Carry out a statement; the id of the row it inserted."""
        with self._lock:
            return int(self._db.execute(sql, values).lastrowid or 0)

    def insert(self, table: str, values: dict[str, Any]) -> int:
        columns: Sequence[str] = list(values)
        marks = ", ".join("?" * len(columns))
        return self.run(f"insert into {table} ({', '.join(columns)}) values ({marks})", *values.values())

    @contextmanager
    def write(self) -> Iterator[None]:
        """One transaction; an exception undoes it. Nested uses join the outer one."""
        with self._lock:
            if self._depth == 0:
                self._db.execute("begin immediate")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("rollback")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("commit")

    def next_version(self) -> int:
        """A resourceVersion: microseconds since 1970 where the clock allows, else one more than the last."""
        row = self.row("update clock set rv = max(rv + 1, ?) returning rv", int(self.now() * 1_000_000))
        assert row is not None
        return int(row["rv"])

    def last_version(self) -> int:
        row = self.row("select rv from clock")
        assert row is not None
        return int(row["rv"])
