"""What stands between hcl-lite and a Grafana: it notes every write, and loses answers on demand.

A dry run stores nothing, and is no write.

The Grafana is the embedded one, or a real one at a URL. What a colleague does passes by unnoted.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

COLLEAGUE = "X-Colleague"
_TRANSPORT = "machine.transport"
_HOP_BY_HOP = {"host", "connection", "content-length", "transfer-encoding", "content-encoding", "date", "server"}


@dataclass(frozen=True)
class Written:
    """One request that is no GET."""

    method: str
    path: str
    body: bytes
    status: int
    answer: bytes


@dataclass(frozen=True)
class Loss:
    """What the write number `at` of a run meets: "before" and "after" cut the connection, "refused" is a 503."""

    at: int
    kind: str


class Wire:
    """An ASGI app in front of `upstream`, another one or a URL."""

    def __init__(self) -> None:
        self.upstream: ASGIApp | str = ""
        self.written: list[Written] = []
        self.losses: tuple[Loss, ...] = ()
        self.active = 0  # requests that are being answered
        self.requests = 0  # of hcl-lite, since the beginning
        self._client = httpx.AsyncClient(timeout=60, trust_env=False)

    def begin(self, *losses: Loss) -> None:
        """Forget what was written, for a run that begins."""
        self.written, self.losses = [], losses
        self._count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.active += 1
        try:
            await self._answer(scope, receive, send)
        except ClientDisconnect:
            pass  # it was killed in the middle of its words
        finally:
            self.active -= 1

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        reads = request.method == "GET" or request.query_params.get("dryRun") == "All"
        is_ours = COLLEAGUE.lower() not in request.headers
        self.requests += is_ours
        noted = is_ours and not reads
        loss = self._loss() if noted else ""
        if loss == "refused":
            await Response(b'{"message": "try later"}', 503, media_type="application/json")(scope, receive, send)
            return
        response = None if loss == "before" else await self._pass_on(request, scope, body)
        if noted and response is not None:
            path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            self.written.append(Written(request.method, path, body, response.status_code, bytes(response.body)))
        if response is None or loss == "after":
            scope["state"][_TRANSPORT].abort()
            await asyncio.sleep(0)
            return
        await response(scope, receive, send)

    def _loss(self) -> str:
        self._count += 1
        return next((loss.kind for loss in self.losses if loss.at == self._count), "")

    async def _pass_on(self, request: Request, scope: Scope, body: bytes) -> Response:
        headers = [(k, v) for k, v in request.headers.raw if k.decode().lower() not in _HOP_BY_HOP]
        if isinstance(self.upstream, str):
            url = self.upstream + scope["raw_path"].decode() + (f"?{request.url.query}" if request.url.query else "")
            answer = await self._client.request(request.method, url, content=body, headers=headers)
        else:
            transport = httpx.ASGITransport(self.upstream)
            async with httpx.AsyncClient(transport=transport, base_url="http://embedded") as client:
                target = scope["raw_path"].decode() + (f"?{request.url.query}" if request.url.query else "")
                answer = await client.request(request.method, target, content=body, headers=headers)
        kept = {k: v for k, v in answer.headers.items() if k.lower() not in _HOP_BY_HOP}
        return Response(answer.content, answer.status_code, headers=kept)


class _Protocol(H11Protocol):
    """Leaves the connection where the wire can cut it."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.app_state = {**self.app_state, _TRANSPORT: transport}


@contextlib.contextmanager
def stretched(wire: Wire) -> Iterator[str]:
    """The URL of the wire, which a thread serves."""
    config = uvicorn.Config(
        wire, host="127.0.0.1", port=0, http=_Protocol, log_level="error", access_log=False, lifespan="off", ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
