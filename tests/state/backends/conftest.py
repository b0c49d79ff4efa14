"""Backends to test: each is opened as often as a test wants, as several machines would."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from state.backend import Backend
from state.backends import BACKENDS
from state.backends.objects import ObjectBackend
from tests.services import S3Server
from tests.state_server import StateServer, serve_states

Open = Callable[[], Backend]


def open_backend(name: str, **settings: Any) -> Backend:
    """A backend with its defaults."""
    type_ = BACKENDS[name]
    defaults: Mapping[str, Any] = {key: attr.default for key, attr in type_.settings.items()}
    return type_.open({**defaults, **settings})


@pytest.fixture
def states() -> Iterator[StateServer]:
    """A server with the HTTP protocol."""
    with serve_states() as server:
        yield server


def _open_local(request: pytest.FixtureRequest) -> Open:
    path: Path = request.getfixturevalue("tmp_path")
    return lambda: open_backend("local", path=str(path / "s.state.json"), history=3)


def _open_postgres(request: pytest.FixtureRequest) -> Open:
    conn_str, schema = request.getfixturevalue("postgres"), f"s {uuid.uuid4()}"
    return lambda: open_backend("postgres", conn_str=conn_str, schema_name=schema, history=3)


def _open_s3(request: pytest.FixtureRequest) -> Open:
    server: S3Server = request.getfixturevalue("s3")
    bucket = server.make_bucket(f"b-{uuid.uuid4()}")
    where = {"bucket": bucket, "endpoint": server.url, "region": "us-east-1", "key": "team/s.state.json", "history": 3}
    return lambda: open_backend("s3", **where, access_key_id="key", secret_access_key="secret")


def _open_objects(request: pytest.FixtureRequest) -> Open:
    store = pytest.importorskip("obstore.store").MemoryStore()
    return lambda: ObjectBackend("gcs", "memory://m", lambda: store, {"key": "s.state.json", "history": 3})


def _open_http(request: pytest.FixtureRequest) -> Open:
    address = request.getfixturevalue("states").url + "/states/{workspace}"
    return lambda: open_backend("http", address=address, lock_address=address)


def _open_gitlab(request: pytest.FixtureRequest) -> Open:
    address = request.getfixturevalue("states").url + "/api/v4/projects/1/terraform/state/{workspace}"
    lock = {"lock_address": f"{address}/lock", "lock_method": "POST", "unlock_method": "DELETE"}
    return lambda: open_backend("http", address=address, **lock)


# "objects in memory" is what gcs and azure have in common with s3, on the library's own store.
_OPENERS = {
    "local": _open_local,
    "postgres": _open_postgres,
    "s3": _open_s3,
    "objects in memory": _open_objects,
    "http": _open_http,
    "http as GitLab's": _open_gitlab,
}


@pytest.fixture(params=_OPENERS)
def opens(request: pytest.FixtureRequest) -> Open:
    """Opens the same backend again and again."""
    return _OPENERS[request.param](request)
