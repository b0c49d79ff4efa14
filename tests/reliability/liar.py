"""A server that lies and dawdles: it stands on a real socket before a Grafana that is true, and speaks HTTP by hand.

What it is asked it passes on; where a lie is told for a call, that decides what the client gets, byte by byte. The
Grafana is an ASGI app, as the embedded one is, or a real one at a URL.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.types import ASGIApp

_HOP_BY_HOP = {"host", "connection", "content-length", "transfer-encoding", "content-encoding", "date", "server"}
_NOT_PASSED_ON = {*_HOP_BY_HOP, "accept-encoding"}


@dataclass(frozen=True)
class Asked:
    """One request: `number` counts those of a run from 1."""

    number: int
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def writes(self) -> bool:
        return self.method != "GET" and "dryRun=All" not in self.target and self.path != "/api/ds/query"


@dataclass
class Told:
    """One answer."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    def raw(self, version: str = "1.1", **headers: str) -> bytes:
        """As it is sent, with its length unless `headers` say something else of it; "" leaves one out."""
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        whole = {**self.headers, "Content-Length": str(len(self.body)), **named}
        lines = [f"HTTP/{version} {self.status} Told", *(f"{key}: {value}" for key, value in whole.items() if value)]
        return "\r\n".join((*lines, "", "")).encode() + self.body


def told(document: Any, status: int = 200, **headers: str) -> Told:
    """An answer of JSON."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return Told(status, json.dumps(document).encode(), {"Content-Type": "application/json", **named})


Truth = Callable[[], Awaitable[Told]]
Say = Callable[[Asked, Truth, asyncio.StreamWriter], Awaitable[None]]
"""What a lie does with a call: whoever leaves without a word closes the connection."""


@dataclass
class Lie:
    """Told to the calls that `of` picks: all of them, or the first so many (`times`), after so many (`after`)."""

    of: Callable[[Asked], bool]
    say: Say
    times: int | None = None
    after: int = 0
    met: int = 0

    def picks(self, asked: Asked) -> bool:
        if not self.of(asked):
            return False
        self.met += 1
        return self.met > self.after and (self.times is None or self.met <= self.after + self.times)


class Liar:
    """Passes calls on to `upstream`, notes them in `asked`, and tells `lies`; to one client after the other."""

    def __init__(self, upstream: ASGIApp | str) -> None:
        self.upstream = upstream
        self.lies: tuple[Lie, ...] = ()
        self.asked: list[Asked] = []
        self.url = ""

    def begin(self, *lies: Lie) -> None:
        """Another run, with other lies."""
        self.lies, self.asked = lies, []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing() and await self._answer_next(reader, writer):
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the client is gone
        finally:
            writer.close()

    async def _answer_next(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        asked = await self._read(reader)
        self.asked.append(asked)

        async def truth() -> Told:
            return await self.pass_on(asked)

        for lie in self.lies:
            if lie.picks(asked):
                await lie.say(asked, truth, writer)
                return False
        writer.write((await truth()).raw())
        return True

    async def _read(self, reader: asyncio.StreamReader) -> Asked:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, target, _ = first.split(" ")
        return Asked(len(self.asked) + 1, method, target, headers, body)

    async def pass_on(self, asked: Asked, upstream: ASGIApp | str | None = None) -> Told:
        """What is true."""
        to = upstream or self.upstream
        headers = {key: value for key, value in asked.headers.items() if key not in _NOT_PASSED_ON}
        base = to if isinstance(to, str) else "http://embedded"
        request = httpx.Request(asked.method, base + asked.target, headers=headers, content=asked.body)
        transport = httpx.AsyncHTTPTransport() if isinstance(to, str) else httpx.ASGITransport(to)
        async with transport:
            answer = await transport.handle_async_request(request)
            body = await answer.aread()
        kept = {key: value for key, value in answer.headers.items() if key.lower() not in _HOP_BY_HOP}
        return Told(answer.status_code, body, kept)


@contextlib.contextmanager
def listening(*liars: Liar, tls: ssl.SSLContext | None = None) -> Iterator[None]:
    """Each of `liars` on a port of its own, with its `url`; all are served by one thread."""
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)  # a call that is ended with the test is no news
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def open_() -> list[asyncio.Server]:
        servers = [await asyncio.start_server(liar, "127.0.0.1", 0, ssl=tls) for liar in liars]
        for liar, server in zip(liars, servers, strict=True):
            liar.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return servers

    async def close(servers: list[asyncio.Server]) -> None:
        for server in servers:
            server.close()
        under_way = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    servers = asyncio.run_coroutine_threadsafe(open_(), loop).result()
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(close(servers), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
