"""A server that fails in the middle: what stands before a real one, and lets through what it likes."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.http_servers import Handler


@dataclass(frozen=True)
class Failing:
    """What a call meets instead of an answer: `status` and `body`, or its connection is cut where there is no status.
    `done` says whether the server has done what it was asked for by then."""

    status: int = 0
    body: bytes = b""
    done: bool = False


Choose = Callable[[str, str], Failing | None]


@dataclass
class Gate:
    """A way to the server at `behind` that can be shut: as if it was killed, and back. Its port stays the same.

    `choose` says of each call, by method and path, what it meets; `calls` are all that came.
    """

    behind: str
    choose: Choose = lambda method, path: None
    calls: list[str] = field(default_factory=list)
    port: int = 0
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        gate = self

        class Way(Handler):
            def respond(self, body: bytes) -> None:
                gate._pass(self, body)

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Way)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def shut(self) -> None:
        """No connection is taken any more."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def shut_for(self, seconds: float) -> None:
        """It is open again by itself after that time."""
        self.shut()
        timer = threading.Timer(seconds, self.open)
        timer.daemon = True
        timer.start()

    def _pass(self, handler: Handler, body: bytes) -> None:
        self.calls.append(f"{handler.command} {handler.path}")
        meets = self.choose(handler.command, handler.path)
        if self._server is None or (meets is not None and not meets.done):
            answered = None
        else:
            answered = self._forward(handler, body)
        if self._server is None or (meets is not None and not meets.status):
            handler.close_connection = True
            handler.connection.close()
        elif meets is not None:
            handler.answer(meets.status, meets.body, {"Content-Type": "application/xml"})
        elif answered is not None:
            handler.answer(*answered)

    def _forward(self, handler: Handler, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        connection = http.client.HTTPConnection(urlsplit(self.behind).netloc, timeout=30)
        connection.request(handler.command, handler.path, body, dict(handler.headers.items()))
        answer = connection.getresponse()
        data = answer.read()
        headers = {key: value for key, value in answer.getheaders() if key.lower() not in _OURS}
        connection.close()
        return answer.status, data, headers


_OURS = ("content-length", "transfer-encoding", "connection", "date", "server")


@contextmanager
def gate_to(url: str) -> Iterator[Gate]:
    """An open gate."""
    gate = Gate(url)
    gate.open()
    try:
        yield gate
    finally:
        gate.shut()


def s3_error(code: str, message: str) -> bytes:
    """An error as S3 words it."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message>'
        "<RequestId>4442587FB7D0A2F9</RequestId></Error>"
    ).encode()
