"""A server per test, and a way to call it that needs neither sockets nor an event loop of the test's own."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from providers.embedded import Options, create_app
from providers.embedded.app import EmbeddedApp

ADMIN = ("admin", "admin")


class Clock:
    """A clock that stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class Server:
    """An app and a client of it; every call is a fresh event loop, as in a program that calls now and then."""

    def __init__(self, app: EmbeddedApp) -> None:
        self.app = app

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        auth: tuple[str, str] | None = ADMIN,
        token: str | None = None,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            sent = dict(headers or {}) | ({"Authorization": f"Bearer {token}"} if token else {})
            async with httpx.AsyncClient(transport=transport, base_url="http://embedded") as client:
                signed = None if token or auth is None else httpx.BasicAuth(*auth)
                request = client.build_request(method, path, json=body, headers=sent, content=content)
                return await client.send(request, auth=signed)

        return asyncio.run(send())

    def ok(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The JSON of an answer that has to be a success."""
        answer = self(method, path, body, **more)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def save(self, uid: str, title: str = "A title", folder: str = "", **dashboard: Any) -> Any:
        command = {"dashboard": {"uid": uid, "title": title, **dashboard}, "folderUid": folder, "overwrite": True}
        return self.ok("POST", "/api/dashboards/db", command)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_server() -> Iterator[Callable[..., Server]]:
    """Servers with given options, closed after the test."""
    made: list[EmbeddedApp] = []

    def make(path: Path | None = None, **options: Any) -> Server:
        made.append(create_app(path, options=Options(**options)))
        return Server(made[-1])

    yield make
    for app in made:
        app.close()


@pytest.fixture
def server(make_server: Callable[..., Server]) -> Server:
    return make_server()
