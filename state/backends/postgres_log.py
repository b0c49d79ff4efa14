"""A log in a PostgreSQL database: a row for each append, over a session that stays open as long as the run."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

from hcl_lite.core.diags import HclError
from state.backend import Changed

if TYPE_CHECKING:
    import psycopg

TABLE = """
CREATE TABLE IF NOT EXISTS {schema}.logs (
    workspace text NOT NULL, log text NOT NULL, number bigint NOT NULL, run text NOT NULL, data bytea NOT NULL,
    written timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (workspace, log, number)
);
"""

# The first row where there is none, every other one after the row before it: whoever takes a log away ends it so.
_APPEND = """
INSERT INTO {schema}.logs (workspace, log, number, run, data)
SELECT %(workspace)s, %(log)s, %(number)s, %(run)s, %(data)s
WHERE CASE WHEN %(number)s = 0
      THEN NOT EXISTS (SELECT FROM {schema}.logs WHERE workspace = %(workspace)s AND log = %(log)s)
      ELSE EXISTS (SELECT FROM {schema}.logs WHERE workspace = %(workspace)s AND log = %(log)s
                   AND number = %(number)s - 1 AND run = %(run)s) END
ON CONFLICT DO NOTHING RETURNING number
"""
_WRITTEN = (
    "SELECT number FROM {schema}.logs"
    " WHERE workspace = %(workspace)s AND log = %(log)s AND number = %(number)s AND run = %(run)s"
)

# A server that is started anew is waited for: seconds altogether, and between two attempts.
_PATIENCE, _BETWEEN = 30.0, 0.5

Statements = Callable[..., Any]


class Database(Protocol):
    """What state.backends.postgres.PostgresBackend is. Methods raise HclError."""

    @property
    def name(self) -> str: ...

    def connect(self) -> AbstractContextManager[Statements]:
        """One transaction, with the tables there."""

    def open_session(self) -> psycopg.Connection[Any]: ...

    def statements(self, session: psycopg.Connection[Any]) -> Statements: ...

    def explained(self) -> AbstractContextManager[None]: ...


class PostgresLog:
    """Implements state.backend.Log."""

    pause = 0.05

    def __init__(self, database: Database, workspace: str, log: str) -> None:
        self._database = database
        self._workspace = workspace
        self._log = log
        self._run = str(uuid.uuid4())
        self._number = 0
        self._found: bool | None = None
        self._session: psycopg.Connection[Any] | None = None

    @property
    def name(self) -> str:
        return f"{self._database.name}/{self._workspace}.{self._log}"

    @property
    def way_out(self) -> str:
        return (
            f"Delete its rows to go on without it: workspace '{self._workspace}', log '{self._log}' of the table logs."
        )

    def exists(self) -> bool:
        if self._found is None:
            self.read()
        return bool(self._found)

    def read(self) -> bytes:
        with self._database.connect() as sql:
            rows = sql(
                "SELECT data FROM {schema}.logs WHERE workspace = %s AND log = %s ORDER BY number",
                *(self._workspace, self._log),
            ).fetchall()
        self._found = bool(rows)
        return b"".join(bytes(row[0]) for row in rows)

    def append(self, data: bytes) -> None:
        self.exists()  # which makes the table
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                self._insert(data)
            except Changed:
                self.close()
                raise
            except HclError:
                self.close()
                if time.monotonic() > until:
                    raise
                time.sleep(_BETWEEN)
            else:
                self._number, self._found = self._number + 1, True
                return

    def remove(self) -> None:
        self.close()
        with self._database.connect() as sql:
            sql("DELETE FROM {schema}.logs WHERE workspace = %s AND log = %s", self._workspace, self._log)
        self._number, self._found = 0, False

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def _insert(self, data: bytes) -> None:
        """Raises Changed, unless the row is there by a call whose answer was lost."""
        row = {"workspace": self._workspace, "log": self._log, "number": self._number, "run": self._run, "data": data}
        with self._database.explained():
            if self._session is None:
                self._session = self._database.open_session()
            sql = self._database.statements(self._session)
            if sql(_APPEND, **row).fetchone() is None and sql(_WRITTEN, **row).fetchone() is None:
                raise Changed
