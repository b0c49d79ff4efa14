"""A log in a PostgreSQL database: a row for each append, over a session that stays open as long as the run."""

from __future__ import annotations

import uuid

from state.backend import Changed
from state.backends.postgres_session import Session

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


class PostgresLog:
    """Implements state.backend.Log."""

    pause = 0.05

    def __init__(self, session: Session, workspace: str, log: str, *, is_shared: bool) -> None:
        """`session` is what lines are appended over; `is_shared` says that others do too, for as long as a run."""
        self._session = session
        self._once = session if is_shared else session.database
        self._workspace = workspace
        self._log = log
        self._is_shared = is_shared
        self._run = str(uuid.uuid4())
        self._number = 0
        self._found: bool | None = None

    @property
    def name(self) -> str:
        return f"{self._session.database.name}/{self._workspace}.{self._log}"

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
        rows = self._once.run(
            lambda sql: sql(
                "SELECT data FROM {schema}.logs WHERE workspace = %s AND log = %s ORDER BY number",
                *(self._workspace, self._log),
            ).fetchall()
        )
        self._found = bool(rows)
        return b"".join(bytes(row[0]) for row in rows)

    def append(self, data: bytes, *, synced: bool = True) -> None:
        self.exists()  # which makes the table
        row = {"workspace": self._workspace, "log": self._log, "number": self._number, "run": self._run, "data": data}
        # A row may be there by a call whose answer was lost.
        is_there = self._session.run(
            lambda sql: sql(_APPEND, **row).fetchone() or sql(_WRITTEN, **row).fetchone(), whole=False
        )
        if not is_there:
            self.close()
            raise Changed
        self._number, self._found = self._number + 1, True

    def remove(self) -> None:
        self._once.run(
            lambda sql: sql("DELETE FROM {schema}.logs WHERE workspace = %s AND log = %s", self._workspace, self._log)
        )
        self._number, self._found = 0, False
        self.close()

    def close(self) -> None:
        if not self._is_shared:
            self._session.close()
