"""Backends that can be broken: their servers killed, cut off, too busy, or with another mind about who may write."""

from __future__ import annotations

import dataclasses
import errno
import itertools
import os
import signal
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from state.backends import BACKENDS
from state.backends.http import HttpStorage
from state.backends.local import LocalStorage
from state.backends.object_log import ObjectLog
from state.backends.objects import ObjectBackend, ObjectStorage
from state.backends.postgres import PostgresStorage
from state.backends.postgres_log import PostgresLog
from state.file_log import FileLog
from tests.faulty import Failing, Gate, gate_to, s3_error
from tests.services import PostgresServer, S3Server
from tests.state_server import serve_states

ALL = os.environ.get("HCL_LITE_TEST_KILLS") == "1"
SECONDS = 5.0 if ALL else 0.6


@dataclass
class Place:
    """A backend that can be broken: `table` are its settings, `failures` how.

    With each failure is what is said of it, empty for those that pass by themselves. `is_elsewhere` says that all of it
    outlives the machine that runs.
    """

    table: str
    storage: type
    log: type | None
    failures: Mapping[str, tuple[Callable[[], None], str]]
    mend: Callable[[], None]
    environment: Mapping[str, str] = field(default_factory=dict)
    is_elsewhere: bool = True


def _for_a_moment(begin: Callable[[], object], end: Callable[[], object]) -> Callable[[], None]:
    def meet() -> None:
        begin()
        timer = threading.Timer(SECONDS, end)
        timer.daemon = True
        timer.start()

    return meet


# --- postgres ---------------------------------------------------------------------------------------------------------


def _on_postgres(request: pytest.FixtureRequest) -> Iterator[Place]:
    psycopg = pytest.importorskip("psycopg")
    server: PostgresServer = request.getfixturevalue("database")
    schema, role = f"w{uuid.uuid4().hex}", f"r{uuid.uuid4().hex}"
    conn_str = server.conn_str.replace("user=hcl", f"user={role}")

    def sql(statement: str) -> None:
        with psycopg.connect(server.conn_str, autocommit=True) as connection:
            connection.execute(statement)

    def drop(more: str) -> None:
        """As a server that is killed with whatever it does; `more` is what holds from now on."""
        sql(more)
        sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'")

    def kill() -> None:
        server.stop(signal.SIGKILL)

    def start() -> None:
        if server.process is None:
            server.start()

    def mend() -> None:
        start()
        _until(lambda: sql(f"ALTER ROLE {role} PASSWORD 'old'; ALTER ROLE {role} RESET ALL"), psycopg.OperationalError)

    sql(f"CREATE ROLE {role} LOGIN PASSWORD 'old' IN ROLE with_password; GRANT CREATE ON DATABASE postgres TO {role}")
    hold = f"ALTER ROLE {role} SET statement_timeout = '1ms'"
    yield Place(
        f'type = "postgres"\nconn_str = "{conn_str}"\nschema_name = "{schema}"\nbackups = true\n',
        PostgresStorage,
        PostgresLog,
        {
            "killed, and back": (_for_a_moment(kill, start), ""),
            "killed": (kill, "Cannot use the database postgres://"),
            "cut off": (lambda: drop("SELECT 1"), ""),
            "password changed": (lambda: drop(f"ALTER ROLE {role} PASSWORD 'new'"), "password authentication failed"),
            "too slow": (lambda: drop(f"{hold}"), "statement timeout"),
        },
        mend,
        {"HCL_LITE_BACKEND_PASSWORD": "old"},
    )
    mend()


def _until(work: Callable[[], object], error: type[Exception]) -> None:
    for _ in range(600):
        try:
            work()
        except error:
            threading.Event().wait(0.05)
        else:
            return
    work()


# --- s3 ---------------------------------------------------------------------------------------------------------------


def _on_s3(request: pytest.FixtureRequest) -> Iterator[Place]:
    server: S3Server = request.getfixturevalue("s3")
    bucket = server.make_bucket(f"b-{uuid.uuid4()}")
    with gate_to(server.url) as gate:
        table = f'type = "s3"\nbucket = "{bucket}"\nendpoint = "{gate.url}"\nregion = "us-east-1"\nbackups = true\n'
        keys = {"HCL_LITE_BACKEND_ACCESS_KEY_ID": "key", "HCL_LITE_BACKEND_SECRET_ACCESS_KEY": "s3cret"}
        refused = s3_error("ConditionalRequestConflict", "A conflicting operation occurred. Retry the upload.")
        skewed = s3_error("RequestTimeTooSkewed", "The difference between the request time and ours is too large.")
        failures = {
            "down, and back": (lambda: gate.shut_for(SECONDS), ""),
            "down": (gate.shut, "Connection refused"),
            "slows down": (_meets(gate, 3, Failing(503, s3_error("SlowDown", "Please reduce your rate."))), ""),
            "answer lost": (_meets(gate, 1, Failing(done=True)), ""),
            "write refused once": (_meets(gate, 1, Failing(409, refused), "PUT"), ""),
            "credentials expired": (
                _meets(gate, None, Failing(403, s3_error("ExpiredToken", "The provided token has expired."))),
                "403 Forbidden: ExpiredToken: The provided token has expired.",
            ),
            "clock skew": (
                _meets(gate, None, Failing(403, skewed)),
                "RequestTimeTooSkewed: The difference",
            ),
            "writes refused": (_meets(gate, None, Failing(409, refused), "PUT"), "refuses a conditional write"),
        }
        yield Place(table, ObjectStorage, ObjectLog, failures, lambda: _mended(gate), keys)


def _meets(gate: Gate, times: int | None, failing: Failing, method: str = "") -> Callable[[], None]:
    """From now on so many calls, or all, meet that."""

    def meet() -> None:
        left = itertools.count() if times is None else iter(range(times))
        gate.choose = lambda called, path: (
            failing if called.startswith(method) and next(left, None) is not None else None
        )

    return meet


def _mended(gate: Gate) -> None:
    gate.choose = lambda method, path: None
    gate.shut()
    gate.open()


# --- http -------------------------------------------------------------------------------------------------------------


def _on_http(request: pytest.FixtureRequest) -> Iterator[Place]:
    with serve_states() as states, gate_to(states.url) as gate:
        address = f"{gate.url}/states/x"
        other = b'{"ID": "other", "Who": "ann@host", "Operation": "apply"}'
        failures = {
            "down, and back": (lambda: gate.shut_for(SECONDS), ""),
            "down": (gate.shut, "Connection refused"),
            "out of order for a moment": (_meets(gate, 3, Failing(503, b"starting")), ""),
            "answer lost": (_meets(gate, 1, Failing(done=True)), ""),
            "token expired": (_meets(gate, None, Failing(401, b"token expired")), "401 Unauthorized: token expired"),
            "locked by others": (_meets(gate, None, Failing(423, other), "P"), "ann@host (apply) holds it"),
        }
        table = f'type = "http"\naddress = "{address}"\nlock_address = "{address}"\n'
        yield Place(table, HttpStorage, None, failures, lambda: _mended(gate), is_elsewhere=False)


# --- local ------------------------------------------------------------------------------------------------------------


def _on_local(request: pytest.FixtureRequest) -> Iterator[Place]:
    """A disk that takes nothing any more, whatever asks for it."""
    refused: list[int] = []

    def refuses(name: str, original: Any) -> Any:
        def call(path: Any, *args: Any, **more: Any) -> Any:
            writes = name != "open" or (args and args[0] & (os.O_WRONLY | os.O_RDWR))
            if refused and writes and "state.json" in str(path):
                raise OSError(refused[0], os.strerror(refused[0]))
            return original(path, *args, **more)

        return call

    patch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
    for name in ("open", "replace", "unlink", "link", "mkdir"):
        patch.setattr(os, name, refuses(name, getattr(os, name)))
    failures = {
        "read-only": (lambda: refused.append(errno.EROFS), "Read-only file system"),
        "full": (lambda: refused.append(errno.ENOSPC), "No space left on device"),
    }
    yield Place('type = "local"\n', LocalStorage, FileLog, failures, refused.clear, is_elsewhere=False)


# --- gcs, azure -------------------------------------------------------------------------------------------------------


def _on_memory(kind: str) -> Callable[[pytest.FixtureRequest], Iterator[Place]]:
    """The library's own store in memory, whose calls meet what the library would raise."""

    def place(request: pytest.FixtureRequest) -> Iterator[Place]:
        obstore = pytest.importorskip("obstore")
        store, gate = pytest.importorskip("obstore.store").MemoryStore(), Gate("")

        class Library:
            def __getattr__(self, name: str) -> Any:
                original = getattr(obstore, name)
                if name not in ("get", "put", "list", "delete", "list_with_delimiter"):
                    return original

                def call(*args: Any, **more: Any) -> Any:
                    meets = gate.choose(name.upper(), "")
                    result = original(*args, **more) if meets is None or meets.done else None
                    if meets is None:
                        return result
                    said = (
                        f"status code: {meets.status} X: {meets.body.decode()}" if meets.status else "HTTP error: cut"
                    )
                    raise obstore.exceptions.GenericError(f"Generic {kind} error: Error performing {name} - {said}")

                return call

        class Bucket(ObjectBackend):
            obstore = Library()  # type: ignore[assignment]

        def open_(settings: Mapping[str, Any]) -> ObjectBackend:
            return Bucket(kind, f"{kind}://m", lambda: store, settings, rewrites=kind != "gcs")

        patch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
        backends = {**BACKENDS, kind: dataclasses.replace(BACKENDS[kind], open=open_)}
        patch.setattr("hcl_lite.operations.backend.BACKENDS", backends)
        settings = {"gcs": 'bucket = "m"\n', "azure": 'account = "a"\ncontainer = "m"\n'}[kind]
        failures = {
            "cut off for a moment": (_meets(gate, 3, Failing()), ""),
            "cut off": (_meets(gate, None, Failing()), "HTTP error: cut"),
            "too many requests": (_meets(gate, 3, Failing(429, b"rateLimitExceeded")), ""),
            "answer lost": (_meets(gate, 1, Failing(done=True)), ""),
            "credentials expired": (
                _meets(gate, None, Failing(401, b"Signature not valid in the specified time frame")),
                "Signature not valid in the specified time frame",
            ),
        }
        table = f'type = "{kind}"\n{settings}backups = true\n'
        yield Place(table, ObjectStorage, ObjectLog, failures, lambda: _meets(gate, 0, Failing())())

    return place


PLACES = {
    "postgres": _on_postgres,
    "s3": _on_s3,
    "http": _on_http,
    "gcs": _on_memory("gcs"),
    "azure": _on_memory("azure"),
    "local": _on_local,
}
