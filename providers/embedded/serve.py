"""The embedded server on a port, through uvicorn."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from providers.embedded.app import TRANSPORT_KEY, EmbeddedApp
from providers.embedded.doorway import Doorway, Names
from providers.embedded.pages.site import Site

_LAST_CALLS = 2  # seconds for what is under way at the end: a call may wait for long, and for a client that is gone
_ARRIVAL = 60.0  # seconds for a request to come whole, head and body, on a new connection or after the last answer


class _Protocol(H11Protocol):
    """Leaves the connection in the scope's state, so that a fault can close it without an answer.

    A client that does not end its request, whether it dawdles or is refused and goes on sending, loses the connection.
    """

    _arrival: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # Head and body are sent apart: without this each answer waits 40 ms for the client to say that it got the head.
        # asyncio does the same, but not for a listener of socket.create_server, which names no protocol.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.app_state = {**self.app_state, TRANSPORT_KEY: transport}
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._arrival is not None:
            self._arrival.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._await_request()

    def send_400_response(self, msg: str) -> None:
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:  # what is broken comes after the answer, such as a chunk of a body that was refused
            self.transport.close()

    def _await_request(self) -> None:
        if self._arrival is not None:
            self._arrival.cancel()
        self._arrival = self.loop.call_later(_ARRIVAL, self._give_up)

    def _give_up(self) -> None:
        if self.conn.their_state in (h11.IDLE, h11.SEND_BODY):
            self.transport.close()


@dataclass(frozen=True, slots=True)
class Listen:
    """The address to listen on (port 0 takes a free one), and the names beside its own that it answers for (see
    `doorway`). `open_pages` says that its pages are for whoever comes: the API is not."""

    host: str = "127.0.0.1"
    port: int = 3000
    allowed_hosts: frozenset[str] = frozenset()
    open_pages: bool = False


def serve(app: EmbeddedApp, listen: Listen, on_ready: Callable[[str], None] | None = None) -> None:
    """Serve `app` until interrupted, then close it. `on_ready` is told the real URL."""
    try:
        asyncio.run(serve_app(app, listen, on_ready))
    finally:
        app.close()


async def serve_app(app: EmbeddedApp, listen: Listen, on_ready: Callable[[str], None] | None = None) -> None:
    """Serve an app that exists; cancelling the task stops it."""
    host = listen.host
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, listen.port), family=family)
    shown = f"[{host}]" if ":" in host else host
    names = Names(host, listen.allowed_hosts | {socket.gethostname().lower()})
    config = uvicorn.Config(
        Doorway(Site(app, listen.open_pages), names),
        http=_Protocol,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=_LAST_CALLS,
    )
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    try:
        while not server.started and not serving.done():
            await asyncio.sleep(0.01)
        if on_ready is not None and not serving.done():
            on_ready(f"http://{shown}:{listener.getsockname()[1]}")
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await asyncio.wait([serving])
        listener.close()
