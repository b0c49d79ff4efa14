"""Sessions of a PostgreSQL database: opened when they are used, opened again when they were lost, never waited for
without an end.

Library: psycopg 3.
"""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from hcl_lite.core.diags import Diagnostic, HclError
from state.lock import Claim, LockInfo, decode_lock, encode_lock
from state.patience import UNKNOWN_HOST, Patience, Unavailable

if TYPE_CHECKING:
    import psycopg

# Seconds for a transaction: a server that hangs, or is held up by others, is no reason to wait for ever.
LONGEST = 30.0

T = TypeVar("T")


class Database(Protocol):
    """The protocol of state.backends.postgres.PostgresBackend. Methods raise HclError."""

    @property
    def name(self) -> str: ...

    @property
    def schema(self) -> str: ...

    @property
    def patience(self) -> Patience: ...

    def open(self) -> psycopg.Connection[Any]:
        """A new connection, in autocommit."""

    def run(self, work: Callable[[Statements], T]) -> T:
        """Returns the result of `work`, in a transaction of a connection of its own."""

    def prepare(self, sql: Statements) -> None:
        """Make the tables, unless they are there."""

    def explained(self, error: psycopg.Error) -> HclError:
        """Returns an error of the library as HclError."""


class Statements:
    """Sends statements in which {schema} stands for the schema's name."""

    def __init__(self, connection: psycopg.Connection[Any], schema: str) -> None:
        self._connection = connection
        self._schema = schema

    def __call__(self, statement: str, *values: object, **named: object) -> psycopg.Cursor[Any]:
        from psycopg.sql import SQL, Identifier  # noqa: PLC0415 - an extra

        query = SQL(statement).format(schema=Identifier(self._schema))
        return self._connection.execute(query, named or values or None)


class Session:
    """One connection, of all threads in turn."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._connection: psycopg.Connection[Any] | None = None
        self._turn = threading.RLock()

    def run(self, work: Callable[[Statements], T], whole: bool = True) -> T:
        """Returns the result of `work`, in one transaction, or with `whole` = False each of its statements in its own.

        It is done again where the connection is lost, also where nobody can tell whether it was done. Raises HclError.
        """
        return self.database.patience.call(lambda: self._run(work, whole))

    def close(self) -> None:
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _run(self, work: Callable[[Statements], T], whole: bool) -> T:
        with self._turn:
            try:
                connection = self._connected()
                statements = Statements(connection, self.database.schema)
                with _in_time(connection):
                    if not whole:
                        return work(statements)
                    with connection.transaction():
                        self.database.prepare(statements)
                        return work(statements)
            except Unavailable:
                self.close()
                raise
            except HclError:
                raise
            except self._failure() as error:
                explained = self.database.explained(error)
                if isinstance(explained, Unavailable):
                    self.close()
                raise explained from error

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = self.database.open()
            self._begun(self._connection)
        return self._connection

    def _begun(self, connection: psycopg.Connection[Any]) -> None:
        """Prepare a new connection."""

    @staticmethod
    def _failure() -> type[psycopg.Error]:
        import psycopg  # noqa: PLC0415 - an extra

        return psycopg.Error


class LockSession(Session):
    """The session that has the lock of a workspace, with a row that says whose it is.

    A new connection takes the lock again, unless another run has it by now: then nothing is sent any more.
    """

    def __init__(self, database: Database, workspace: str, number: int, info: LockInfo, name: str) -> None:
        """`number` is the advisory lock's, `name` what a person is told of the workspace."""
        super().__init__(database)
        self._workspace = workspace
        self._number = number
        self._info = info
        self._name = name
        self._is_ours = False

    def take(self) -> Claim:
        """Ask for the lock once."""
        claim = self.run(self._take)
        self._is_ours = claim.held_by is None
        if not self._is_ours:
            self.close()
        return claim

    def _take(self, sql: Statements) -> Claim:
        is_free = self._try_lock(sql)  # of the session, whatever becomes of this transaction
        holder = self._holder(sql)
        if not is_free and holder is not None and holder.id == self._info.id:
            self._end_the_lost_one(sql)
        if not is_free:
            return Claim(held_by=holder or LockInfo("", "Another run"))
        sql(
            "INSERT INTO {schema}.locks (workspace, info, session) VALUES (%s, %s, pg_backend_pid())"
            " ON CONFLICT (workspace) DO UPDATE SET info = EXCLUDED.info, session = EXCLUDED.session",
            *(self._workspace, encode_lock(self._info, self._name).decode()),
        )
        return Claim(taken_from=holder if holder is not None and holder.id != self._info.id else None)

    def _begun(self, connection: psycopg.Connection[Any]) -> None:
        """Since PostgreSQL 14 a server may end sessions that are idle, and the lock would go with this one."""
        sql = Statements(connection, self.database.schema)
        sql("SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'idle_session_timeout'")
        if self._is_ours:
            self._take_again(sql)

    def _take_again(self, sql: Statements) -> None:
        is_free = self._try_lock(sql)
        holder = self._holder(sql)
        if holder is not None and holder.id == self._info.id:
            if not is_free:
                self._end_the_lost_one(sql)
            sql("UPDATE {schema}.locks SET session = pg_backend_pid() WHERE workspace = %s", self._workspace)
            return
        self.close()
        taken = f"{holder} has taken it meanwhile." if holder is not None else "It was ended meanwhile."
        detail = f"The connection that had the lock of {self._name} was lost. {taken}"
        raise HclError(Diagnostic("This run has lost its lock", detail, hint="Let that run end, and plan again."))

    def _end_the_lost_one(self, sql: Statements) -> None:
        """The server has not seen yet that a connection of this run is gone. Raises Unavailable."""
        sql(
            "SELECT pg_terminate_backend(session) FROM {schema}.locks"
            " WHERE workspace = %s AND session <> pg_backend_pid()",
            self._workspace,
        )
        raise Unavailable(
            Diagnostic(f"Cannot lock {self._name}", "A connection of this run that was lost has it still.")
        )

    def _try_lock(self, sql: Statements) -> bool:
        row = sql("SELECT pg_try_advisory_lock(%s)", self._number).fetchone()
        return row is not None and bool(row[0])

    def _holder(self, sql: Statements) -> LockInfo | None:
        row = sql("SELECT info FROM {schema}.locks WHERE workspace = %s", self._workspace).fetchone()
        return decode_lock(row[0]) if row else None


@contextmanager
def _in_time(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Cut the connection where the work over it takes too long."""
    timer = threading.Timer(LONGEST, _cut, [connection])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(connection: psycopg.Connection[Any]) -> None:
    with suppress(Exception), socket.socket(fileno=os.dup(connection.fileno())) as ours:
        ours.shutdown(socket.SHUT_RDWR)


# --- what the library raises ------------------------------------------------------------------------------------------

# Connections that end or cannot be had, by SQLSTATE: what passes when the server is up again, less busy, or no standby.
_FOR_NOW = r"08...|40...|53[02345]..|57P0[1235]|57014|55P03|25006"
# Of connections that were not made, the library gives text alone; in other languages PQping tells, unless the server
# has come up between the two.
_BUSY = r"too many|remaining connection slots|starting up|shutting down|in recovery|not yet accepting"
_NOT_FOR_NOW = rf"{UNKNOWN_HOST}|certificate|SSL|no password supplied"
_ADVICE = (
    (
        r"28...|password|pg_hba\.conf",
        "Give what holds now: password in [hcl_lite.backend], HCL_LITE_BACKEND_PASSWORD or PGPASSWORD.",
    ),
    (
        r"57014",
        "The statement_timeout of this user or database is too short, or others hold the tables for long.",
    ),
    (r"25006", "This server is a standby, or lets nobody write: name the one that does."),
    (r"53100", "The server's disk is full: make room there."),
    (r"42501", "The user needs USAGE of the schema, and all rights on its tables."),
)


def is_for_now(error: psycopg.Error, is_up: Callable[[], bool]) -> bool:
    """Whether the same may go well in a moment; `is_up` asks whether the server takes connections."""
    text, state = str(error), error.sqlstate or ""
    if state:
        return bool(re.fullmatch(_FOR_NOW, state))
    if "FATAL" in text:  # it has answered, and does not want us: while it is being started, or ever
        return bool(re.search(_BUSY, text)) or not is_up()
    return not re.search(_NOT_FOR_NOW, text)


def advice(error: psycopg.Error) -> str:
    """Returns what to do about an error."""
    said = f"{error.sqlstate or ''} {error}"
    return next((hint for pattern, hint in _ADVICE if re.search(pattern, said)), "")
