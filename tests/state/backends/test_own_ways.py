"""What single backends do by themselves: dead holders, stuck sessions, servers that do not keep their word."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import HclError
from state.backend import Changed, Storage
from state.backends.objects import KEY, ObjectBackend
from state.journal import put_line
from state.lock import Claim, LockInfo, decode_lock, describe_run, encode_lock
from state.model import Record, State
from state.workspace import Workspace
from tests.http_servers import Handler, serve_http
from tests.services import S3Server
from tests.state.backends.conftest import Open, open_backend
from tests.state_server import StateServer

needs_proc = pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="only Linux tells processes apart")


def dead_process() -> LockInfo:
    """The lock info of a process that has ended."""
    code = "import sys; from state.lock import *; sys.stdout.buffer.write(encode_lock(describe_run('apply'), ''))"
    return decode_lock(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)


@needs_proc
@pytest.mark.parametrize("opens", ["s3", "objects in memory", "http", "http as GitLab's"], indirect=True)
def test_the_lock_of_a_dead_process_is_taken_over(opens: Open, tmp_path: Path) -> None:
    """With a note; one of another machine stays, and the message says how it can be ended."""
    dead, told = dead_process(), []
    opens().storage("default").acquire(dead)
    workspace = Workspace(opens().storage("default"), tmp_path)
    with workspace.lock("plan", 0, told.append):
        assert told == [f"{dead} ended without releasing its lock, which is taken over."]
        assert opens().storage("default").acquire(describe_run("apply")).held_by is not None
    elsewhere = LockInfo("their-id", "ci@runner", "apply", "2026-01-01T00:00:00+00:00", 7, "boot/pid:[1]/7@1")
    opens().storage("default").acquire(elsewhere)
    with pytest.raises(HclError) as caught, workspace.lock("plan", 0):
        pass
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.detail.startswith("ci@runner (apply, pid 7, since 2026-01-01T00:00:00+00:00) is changing ")
    assert "hcl-lite force-unlock their-id" in diagnostic.hint
    opens().storage("default").release("their-id")
    with workspace.lock("plan", 0):
        pass


# --- postgres ---------------------------------------------------------------------------------------------------------

_HOLD = """
import sys
from state.backends import BACKENDS
from state.lock import describe_run, encode_lock
type_ = BACKENDS["postgres"]
settings = {key: attr.default for key, attr in type_.settings.items()}
storage = type_.open({**settings, "conn_str": sys.argv[1], "schema_name": "held"}).storage("default")
info = describe_run("apply")
assert storage.acquire(info).held_by is None
print(info.id, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(postgres: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that holds the lock, and its ID."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, postgres], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    yield process, process.stdout.readline().strip()
    process.kill()
    process.communicate()


def _held(conn_str: str) -> Storage:
    return open_backend("postgres", conn_str=conn_str, schema_name="held").storage("default")


def test_a_postgres_lock_ends_with_its_process(
    postgres: str, holder: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    """kill -9: the session ends, and with it the lock; the next run says whose it was."""
    process, lock_id = holder
    claim = _held(postgres).acquire(describe_run("plan"))
    assert claim.held_by is not None
    assert (claim.held_by.id, claim.held_by.pid) == (lock_id, process.pid)
    process.kill()
    process.wait()
    told: list[str] = []
    with Workspace(_held(postgres), tmp_path).lock("plan", 20, told.append):
        assert f"pid {process.pid}" in told[-1]
        assert "ended without releasing its lock" in told[-1]


def test_force_unlock_ends_a_session_that_hangs(postgres: str, holder: tuple[subprocess.Popen[str], str]) -> None:
    """As that of a machine that vanished: it is ended on the server."""
    _, lock_id = holder
    with pytest.raises(HclError, match="is not locked with the ID other"):
        _held(postgres).release("other")
    _held(postgres).release(lock_id)
    ours = describe_run("plan")
    storage = _held(postgres)
    deadline = 200
    while (claim := storage.acquire(ours)).held_by is not None and deadline:
        deadline -= 1  # the server ends the session a moment later
    assert claim.taken_from is None
    storage.release(ours.id)


def test_a_log_outlives_its_connection(postgres: str) -> None:
    """A database that was started anew in the middle of a run: the next append connects again, and is made once."""
    psycopg = pytest.importorskip("psycopg")
    log = open_backend("postgres", conn_str=postgres, schema_name="outlives").storage("default").log()
    assert log is not None
    log.append(b"a\n")
    with psycopg.connect(postgres, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hcl-lite'")
    log.append(b"b\n")
    log.close()
    assert log.read() == b"a\nb\n"


def _end_sessions(conn_str: str) -> None:
    """As a server that is started anew, or a connection that is cut."""
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(conn_str, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hcl-lite'")


def test_a_lock_is_taken_again_with_its_session(postgres: str) -> None:
    """The server has forgotten it: whoever comes after that is kept out all the same."""
    ours = describe_run("apply")
    storage = open_backend("postgres", conn_str=postgres, schema_name="taken again").storage("default")
    assert storage.acquire(ours).held_by is None
    log = storage.log()
    log.append(b"a\n")
    _end_sessions(postgres)
    log.append(b"b\n")
    other = open_backend("postgres", conn_str=postgres, schema_name="taken again").storage("default")
    claim = other.acquire(describe_run("plan"))
    assert claim.held_by is not None
    assert claim.held_by.id == ours.id
    log.remove()
    storage.release(ours.id)


def test_a_run_that_has_lost_its_lock_writes_nothing_more(postgres: str) -> None:
    """Another one has taken it while the connection was gone: neither journal nor state is touched, nor its lock."""
    ours, theirs = describe_run("apply"), describe_run("destroy")
    storage = open_backend("postgres", conn_str=postgres, schema_name="lost").storage("default")
    storage.acquire(ours)
    log = storage.log()
    log.append(b"a\n")
    _end_sessions(postgres)
    other = open_backend("postgres", conn_str=postgres, schema_name="lost").storage("default")
    assert other.acquire(theirs).taken_from == ours
    for work in (lambda: log.append(b"b\n"), lambda: storage.write(b"x", 1, ""), lambda: storage.release(ours.id)):
        with pytest.raises(HclError) as caught:
            work()
        (diagnostic,) = caught.value.diagnostics
        assert diagnostic.summary == "This run has lost its lock"
        assert f"{theirs} has taken it meanwhile." in diagnostic.detail
    assert other.read() is None
    assert other.log().read() == b"a\n"
    other.release(theirs.id)


def test_a_session_of_ones_own_that_hangs_is_ended(postgres: str) -> None:
    """The answer to the lock was lost, and the server does not know yet: asked again, it is ours all the same."""
    ours = describe_run("apply")
    first, again = (open_backend("postgres", conn_str=postgres, schema_name="hangs").storage("default") for _ in "12")
    first.acquire(ours)
    assert again.acquire(ours) == Claim()
    again.release(ours.id)
    with suppress(HclError):
        first.release(ours.id)


def test_a_statement_is_not_waited_for_for_ever(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that hangs, or a table that others hold: the connection is cut."""
    monkeypatch.setattr("state.backends.postgres_session.LONGEST", 0.2)
    backend = open_backend("postgres", conn_str=postgres)
    with pytest.raises(HclError) as caught:
        backend.run(lambda sql: sql("SELECT pg_sleep(3)"))
    assert "Cannot use the database" in caught.value.diagnostics[0].summary


def test_a_server_that_ends_idle_sessions_leaves_that_of_the_lock(postgres: str) -> None:
    """PostgreSQL 14 and newer: idle_session_timeout would end the lock of a run that waits for its Grafana."""
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(postgres, autocommit=True) as sql:
        sql.execute("CREATE ROLE idler LOGIN; GRANT CREATE ON DATABASE postgres TO idler")
        sql.execute("ALTER ROLE idler SET idle_session_timeout = '10s'")
    conn_str = postgres.replace("user=hcl", "user=idler")
    storage = open_backend("postgres", conn_str=conn_str, schema_name="idle").storage("default")
    ours = describe_run("apply")
    storage.acquire(ours)
    ask = "SHOW idle_session_timeout"
    assert storage._backend.run(lambda sql: sql(ask).fetchone()) == ("10s",)
    assert storage._held.run(lambda sql: sql(ask).fetchone()) == ("0",)
    storage.release(ours.id)


def test_a_journal_that_was_left_on_this_machine_is_taken_up_first(postgres: str, tmp_path: Path) -> None:
    """By an hcl-lite that had none elsewhere; what is in the backend is later, and counts."""
    storage = open_backend("postgres", conn_str=postgres, schema_name="left here").storage("default")
    workspace = Workspace(storage, tmp_path)
    file = workspace._journal_here()
    file.append(_journal("here"))
    file.close()
    assert list(workspace.read().records) == [Address.resource("t", "here")]
    assert workspace.journal.name == file.name
    there = storage.log()
    there.append(_journal("there"))
    there.close()
    assert list(Workspace(storage, tmp_path).read().records) == [Address.resource("t", "there")]


def _journal(name: str) -> bytes:
    put = put_line(Record(Address.resource("t", name), "p", name, {}))
    return b"".join(json.dumps(line).encode() + b"\n" for line in ({"lineage": "l", "serial": 0}, put))


def test_a_database_that_is_down_is_named_without_its_password(tmp_path: Path) -> None:
    """Server, database, and libpq's own words."""
    backend = open_backend("postgres", conn_str=f"host={tmp_path} dbname=states user=u", password="pa55word")
    with pytest.raises(HclError) as caught:
        backend.storage("default").read()
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.summary == f"Cannot use the database postgres://{tmp_path}/states/hcl_lite"
    assert "failed: No such file or directory" in diagnostic.detail
    assert "pa55word" not in str(caught.value) + diagnostic.detail


# --- object stores ----------------------------------------------------------------------------------------------------


class _Deaf(Handler):
    """An object store that has no ear for If-None-Match."""

    objects: dict[str, bytes]

    def respond(self, body: bytes) -> None:
        match self.command:
            case "PUT":
                self.objects[self.path] = body
                self._answer(200, b"")
            case "GET":
                self._answer(200 if self.path in self.objects else 404, self.objects.get(self.path, b""))
            case "DELETE":
                self.objects.pop(self.path, None)
                self._answer(204, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.answer(status, body, {"ETag": '"e"', "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT"})


def test_a_server_without_conditional_writes_is_refused(tmp_path: Path) -> None:
    """When the lock is taken, which is left as free as it was: it would keep nobody out."""
    pytest.importorskip("obstore")
    handler = type("Handler", (_Deaf,), {"objects": {}})
    with serve_http(handler) as url:
        keys = {"access_key_id": "k", "secret_access_key": "s", "region": "us-east-1"}
        storage = open_backend("s3", bucket="bucket", endpoint=url, **keys).storage("default")
        with pytest.raises(HclError, match="has no conditional writes"), Workspace(storage, tmp_path).lock("apply", 0):
            pass
        assert handler.objects == {}  # type: ignore[attr-defined]


def test_a_bucket_that_is_not_there_is_no_empty_state(s3: S3Server) -> None:
    """The message is the server's, and short."""
    keys = {"access_key_id": "key", "secret_access_key": "s3cret", "region": "us-east-1"}
    storage = open_backend("s3", bucket="no-such-bucket", endpoint=s3.url, **keys).storage("default")
    for work in (storage.read, lambda: storage.write(b"", 1, ""), lambda: storage.acquire(describe_run("apply"))):
        with pytest.raises(HclError) as caught:
            work()
        (diagnostic,) = caught.value.diagnostics
        assert f"s3://no-such-bucket/{KEY.default}" in diagnostic.summary
        assert "NoSuchBucket: The specified bucket does not exist." in diagnostic.detail
        assert "s3cret" not in diagnostic.detail


def test_a_store_that_limits_writes_to_one_object_gets_one_for_each_append() -> None:
    """Google's takes one a second. It is read as it was written, and a run whose log was taken away finds that out."""
    store = pytest.importorskip("obstore.store").MemoryStore()
    backend = ObjectBackend("gcs", "gs://m", lambda: store, {"key": "s", "history": 3}, rewrites=False)
    log = backend.storage("default").log()
    for number in range(3):
        log.append(f"{number}\n".encode())
    assert [meta["path"] for meta in log._objects.list("s.journal")] == [f"s.journal/{n:08}" for n in range(3)]
    assert backend.storage("default").log().read() == b"0\n1\n2\n"
    backend.storage("default").log().remove()
    with pytest.raises(Changed):
        log.append(b"3\n")


# --- http -------------------------------------------------------------------------------------------------------------


def test_the_lock_is_named_with_every_write(states: StateServer, tmp_path: Path) -> None:
    """?ID= while it is held, as Terraform says it; not without a lock."""
    address = f"{states.url}/state"
    workspace = Workspace(open_backend("http", address=address, lock_address=address).storage("default"), tmp_path)
    with workspace.lock("apply", 0):
        lock_id = states.locks["/state"]["ID"]
        workspace.write(State("l", 1))
    workspace.write(State("l", 2))
    assert [call for call in states.calls if not call.startswith("GET")] == [
        "LOCK /state",
        f"POST /state?ID={lock_id}",
        f"UNLOCK /state?ID={lock_id}",
        "POST /state",
    ]


def test_a_write_past_a_lock_is_refused_by_the_server(states: StateServer, tmp_path: Path) -> None:
    """423 with the holder, although this client did not ask for the lock (--lock=false)."""
    address = f"{states.url}/state"
    open_backend("http", address=address, lock_address=address).storage("default").acquire(
        LockInfo("i", "ann@host", "apply", "now", 3)
    )
    workspace = Workspace(open_backend("http", address=address).storage("default"), tmp_path)
    with pytest.raises(HclError) as caught:
        workspace.write(State("l", 1))
    assert caught.value.diagnostics[0].detail == "ann@host (apply, pid 3, since now) holds it."
    assert states.states == {}


def test_a_login_is_sent_where_it_was_asked_for(states: StateServer) -> None:
    """Basic authentication, as GitLab takes it."""
    states.login = "team:token"
    assert base64.b64encode(b"team:token")
    storage = open_backend("http", address=f"{states.url}/state", username="team", password="token").storage("default")
    assert storage.read() is None
    wrong = open_backend("http", address=f"{states.url}/state", username="team", password="t0p").storage("default")
    with pytest.raises(HclError) as caught:
        wrong.read()
    assert caught.value.diagnostics[0].detail == f"GET {states.url}/state: 401 Unauthorized: who are you"
    assert "HCL_LITE_BACKEND_PASSWORD" in caught.value.diagnostics[0].hint


def test_one_address_has_one_workspace() -> None:
    """Unless {workspace} stands in it."""
    with pytest.raises(HclError, match="has room for one workspace"):
        open_backend("http", address="https://x/state").storage("staging")
    several = open_backend("http", address="https://x/{workspace}", lock_address="https://x/{workspace}/lock")
    assert several.storage("staging").name == "https://x/staging"


def test_lock_info_is_sent_whole(states: StateServer) -> None:
    """So that a colleague with Terraform can read who it is."""
    info = describe_run("apply")
    address = f"{states.url}/state"
    open_backend("http", address=address, lock_address=address).storage("default").acquire(info)
    assert decode_lock(encode_lock(info, address)) == info
    assert states.locks["/state"]["Path"] == address
