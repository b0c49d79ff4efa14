"""The state in a PostgreSQL database: a row for each serial, and a lock that ends with the session that took it.

The lock is an advisory one of a session that stays open as long as the run, with a row that says whose it is; whatever
that run reads and writes goes over that session.
Library: psycopg 3, which is loaded when the first statement is sent.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.schema import Attr
from hcl_lite.core.values import Value
from state.backend import (
    HISTORY,
    JOURNAL,
    KEEPS_BACKUPS,
    BackendType,
    Changed,
    Stored,
    Version,
    missing_library,
    not_this_lock,
)
from state.backends.postgres_log import TABLE, PostgresLog
from state.backends.postgres_session import LockSession, Session, Statements, advice, is_for_now
from state.lock import Claim, LockInfo, decode_lock
from state.patience import Patience, Unavailable

if TYPE_CHECKING:
    import psycopg

T = TypeVar("T")

# Seconds for a new connection.
_CONNECT = 10

_TABLES = """
CREATE SCHEMA IF NOT EXISTS {schema};
CREATE TABLE IF NOT EXISTS {schema}.versions (
    workspace text NOT NULL, serial bigint NOT NULL, data bytea NOT NULL,
    written timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (workspace, serial)
);
CREATE TABLE IF NOT EXISTS {schema}.states (
    workspace text PRIMARY KEY, serial bigint NOT NULL, revision bigint NOT NULL,
    FOREIGN KEY (workspace, serial) REFERENCES {schema}.versions
);
CREATE TABLE IF NOT EXISTS {schema}.locks (
    workspace text PRIMARY KEY, info text NOT NULL, session integer NOT NULL
);
""" + TABLE.lstrip()


class PostgresStorage:
    """Implements state.backend.Storage."""

    def __init__(self, backend: PostgresBackend, workspace: str) -> None:
        self._backend = backend
        self._workspace = workspace
        self._held: LockSession | None = None

    @property
    def name(self) -> str:
        return f"{self._backend.name}/{self._workspace}"

    @property
    def path(self) -> Path | None:
        return None

    def read(self) -> Stored | None:
        row = self._run(
            lambda sql: sql(
                "SELECT data, revision FROM {schema}.states JOIN {schema}.versions USING (workspace, serial)"
                " WHERE workspace = %s",
                self._workspace,
            ).fetchone()
        )
        return Stored(bytes(row[0]), str(row[1])) if row else None

    def write(self, data: bytes, serial: int, after: str) -> str:
        return self._run(lambda sql: self._write(sql, data, serial, after))

    def _write(self, sql: Statements, data: bytes, serial: int, after: str) -> str:
        sql(
            "INSERT INTO {schema}.versions (workspace, serial, data) VALUES (%s, %s, %s)"
            " ON CONFLICT (workspace, serial) DO UPDATE SET data = EXCLUDED.data, written = now()",
            *(self._workspace, serial, data),
        )
        if after:
            done = sql(
                "UPDATE {schema}.states SET serial = %s, revision = revision + 1"
                " WHERE workspace = %s AND revision = %s RETURNING revision",
                *(serial, self._workspace, int(after)),
            ).fetchone()
        else:
            # Not 1: a workspace that was deleted and made again has another revision than before.
            done = sql(
                "INSERT INTO {schema}.states (workspace, serial, revision)"
                " VALUES (%s, %s, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)"
                " ON CONFLICT DO NOTHING RETURNING revision",
                *(self._workspace, serial),
            ).fetchone()
        if done is None:
            raise Changed  # which rolls back the version too
        sql(
            "DELETE FROM {schema}.versions WHERE workspace = %s AND serial < %s AND serial NOT IN"
            " (SELECT serial FROM {schema}.versions WHERE workspace = %s ORDER BY serial DESC LIMIT %s)",
            *(self._workspace, serial, self._workspace, self._backend.history + 1),
        )
        return str(done[0])

    @property
    def keeps_backups(self) -> bool:
        return self._backend.keeps_backups

    def log(self, name: str = JOURNAL) -> PostgresLog:
        """The journal goes over the session that has the lock: what could be appended was so under it."""
        if name == JOURNAL and self._held is not None:
            return PostgresLog(self._held, self._workspace, name, is_shared=True)
        return PostgresLog(Session(self._backend), self._workspace, name, is_shared=False)

    def logs(self, below: str) -> Sequence[str]:
        rows = self._run(
            lambda sql: sql(
                "SELECT DISTINCT log FROM {schema}.logs WHERE workspace = %s AND starts_with(log, %s)",
                *(self._workspace, f"{below}/"),
            ).fetchall()
        )
        return sorted(row[0] for row in rows)

    def versions(self) -> Sequence[Version]:
        rows = self._run(
            lambda sql: sql(
                "SELECT serial, written FROM {schema}.versions WHERE workspace = %s ORDER BY serial", self._workspace
            ).fetchall()
        )
        return [Version(serial, written.astimezone(UTC).isoformat(timespec="seconds")) for serial, written in rows]

    def version(self, serial: int) -> bytes | None:
        row = self._run(
            lambda sql: sql(
                "SELECT data FROM {schema}.versions WHERE workspace = %s AND serial = %s", self._workspace, serial
            ).fetchone()
        )
        return bytes(row[0]) if row else None

    def forget(self, serials: Sequence[int]) -> None:
        delete = "DELETE FROM {schema}.versions WHERE workspace = %s AND serial = ANY(%s)"
        self._run(lambda sql: sql(delete, self._workspace, [*serials]))

    def acquire(self, info: LockInfo) -> Claim:
        session = LockSession(self._backend, self._workspace, self._lock_number, info, self.name)
        try:
            claim = session.take()
        except BaseException:
            session.close()
            raise
        if claim.held_by is None:
            self._held = session
        return claim

    def release(self, lock_id: str) -> None:
        try:
            self._run(lambda sql: self._release(sql, lock_id))
        finally:
            held, self._held = self._held, None
            if held is not None:
                held.close()

    def _release(self, sql: Statements, lock_id: str) -> None:
        row = sql("SELECT info, session FROM {schema}.locks WHERE workspace = %s", self._workspace).fetchone()
        holder = decode_lock(row[0]) if row else None
        if row is None or holder is None or holder.id != lock_id:
            raise not_this_lock(self.name, lock_id, holder)
        if self._held is None:
            # Somebody else's, whose connection may hang where its machine is gone.
            sql(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid = %s"
                " AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                row[1],
            )
        sql("DELETE FROM {schema}.locks WHERE workspace = %s AND info = %s", self._workspace, row[0])

    def stop_waiting(self) -> None:
        self._backend.patience.hurry()

    def _run(self, work: Callable[[Statements], T]) -> T:
        """Over the session that has the lock, if this storage has it: it needs no new connection."""
        return (self._held or self._backend).run(work)

    @property
    def _lock_number(self) -> int:
        digest = hashlib.sha256(f"hcl-lite/{self._backend.schema}/{self._workspace}".encode()).digest()
        return int.from_bytes(digest[:8], signed=True)


class PostgresBackend:
    """Implements state.backend.Backend. A connection for each transaction: a run makes few, over a long time."""

    def __init__(self, settings: Mapping[str, Value]) -> None:
        self.schema = str(settings["schema_name"])
        self.history = int(settings["history"])
        self.keeps_backups = bool(settings["backups"])
        self._conninfo = str(settings["conn_str"] or "")
        self._password = settings["password"]
        self._made = False
        self.patience = Patience(self.name)

    @cached_property
    def library(self) -> ModuleType:
        """The library. Raises HclError where it is not installed."""
        try:
            import psycopg  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise missing_library("postgres", "psycopg") from error
        return psycopg

    @property
    def name(self) -> str:
        """Server, database and schema, without a password."""
        if "://" in self._conninfo:
            url = urlsplit(self._conninfo)
            place = f"{url.hostname or ''}{f':{url.port}' if url.port else ''}{url.path}"
        else:
            words = dict(word.partition("=")[::2] for word in self._conninfo.split())
            place = "/".join(words.get(key, os.environ.get(f"PG{key[:4].upper()}", "")) for key in ("host", "dbname"))
        return f"postgres://{place}/{self.schema}"

    def storage(self, workspace: str) -> PostgresStorage:
        return PostgresStorage(self, workspace)

    def workspaces(self) -> Sequence[str]:
        rows = self.run(lambda sql: sql("SELECT workspace FROM {schema}.states ORDER BY workspace").fetchall())
        return [row[0] for row in rows]

    def delete(self, workspace: str) -> None:
        def delete_all(sql: Statements) -> None:
            for table in ("states", "versions", "logs"):
                sql(f"DELETE FROM {{schema}}.{table} WHERE workspace = %s", workspace)

        self.run(delete_all)

    def run(self, work: Callable[[Statements], T]) -> T:
        """Returns the result of `work`, in a transaction of a connection of its own."""
        session = Session(self)
        try:
            return session.run(work)
        finally:
            session.close()

    def prepare(self, sql: Statements) -> None:
        """Unless the tables are there: whoever may use them need not have the right to make any."""
        if self._made:
            return
        row = sql("SELECT to_regclass(format('%%I.logs', %s::text))", self.schema).fetchone()
        if row is None or row[0] is None:
            # Two runs that make them at once would fail on each other in PostgreSQL's own catalogue.
            sql("SELECT pg_advisory_xact_lock(hashtext('hcl-lite tables'))")
            sql(_TABLES)
        else:
            self._made = True

    def open(self) -> psycopg.Connection[Any]:
        # Keepalives let the server see within a minute that a machine, and the lock it held, is gone.
        session: psycopg.Connection[Any] = self.library.connect(
            self._conninfo,
            autocommit=True,
            connect_timeout=_CONNECT,
            application_name="hcl-lite",
            tcp_user_timeout=60_000,  # a server that vanishes is no reason to wait for ever
            options="-c tcp_keepalives_idle=20 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=4",
            password=self._password,
        )
        return session

    def explained(self, error: psycopg.Error) -> HclError:
        kind = Unavailable if is_for_now(error, self._is_up) else HclError
        detail = " ".join(str(error).split())
        detail = detail if detail.endswith((".", "?")) else f"{detail}."
        return kind(Diagnostic(f"Cannot use the database {self.name}", detail, hint=advice(error)))

    def _is_up(self) -> bool:
        """Whether the server takes connections, of whomever."""
        pq = self.library.pq
        words = self.library.conninfo.make_conninfo(self._conninfo, connect_timeout=_CONNECT)
        return bool(pq.PGconn.ping(words.encode()) == pq.Ping.OK)


def _check(settings: Mapping[str, Value]) -> tuple[str, str, str] | None:
    text = str(settings.get("conn_str", ""))
    with suppress(ValueError):
        url = urlsplit(text)
        words = {word.partition("=")[0] for word in text.split()}
        if url.password or "password" in parse_qs(url.query) or ("://" not in text and "password" in words):
            return (
                "conn_str",
                "conn_str has a password in the clear",
                'Leave it out, and write password = "env:NAME", or set PGPASSWORD.',
            )
    return None


BACKEND = BackendType(
    name="postgres",
    doc="A PostgreSQL database.",
    settings={
        "conn_str": Attr(doc="URL or key=value words of libpq. What it leaves out: PGHOST, PGDATABASE and so on."),
        "password": Attr(doc="Default: PGPASSWORD, or ~/.pgpass.", secret=True),
        "schema_name": Attr(doc="The schema that has the tables, which are made there.", default="hcl_lite"),
        "history": HISTORY,
        "backups": KEEPS_BACKUPS,
    },
    open=PostgresBackend,
    environment={"conn_str": "PG_CONN_STR", "schema_name": "PG_SCHEMA_NAME"},
    check=_check,
)
