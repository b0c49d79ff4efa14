"""A proxy that passes bytes on as they are, and counts them and the requests in them: for HTTP/1.1 without TLS."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11

_CHUNK = 65536
_CLOSING = 2.0  # seconds for connections to be closed when their program has ended


@dataclass(frozen=True, slots=True)
class Traffic:
    """Numbers of what went through, heads included."""

    requests: int
    sent: int
    received: int


class Counter:
    """The numbers since they were last taken, over all connections."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests = self._sent = self._received = self._open = 0

    def take(self) -> Traffic:
        """Return the numbers when all connections are closed, and begin anew."""
        until = time.monotonic() + _CLOSING
        while self._open and time.monotonic() < until:
            time.sleep(0.01)
        with self._lock:
            taken = Traffic(self._requests, self._sent, self._received)
            self._requests = self._sent = self._received = 0
        return taken

    @contextmanager
    def connection(self) -> Iterator[None]:
        """Context manager: a connection is open."""
        self._add(opened=1)
        try:
            yield
        finally:
            self._add(opened=-1)

    def sending(self) -> Callable[[bytes], None]:
        """Return what counts the chunks that one connection sends."""
        parser = h11.Connection(h11.SERVER)

        def count(chunk: bytes) -> None:
            nonlocal parser
            begun = 0
            parser.receive_data(chunk)
            while (event := parser.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
                begun += isinstance(event, h11.Request)
                if isinstance(event, h11.EndOfMessage):  # the next request, whatever is answered to this one
                    rest, parser = parser.trailing_data[0], h11.Connection(h11.SERVER)
                    if rest:
                        parser.receive_data(rest)
            self._add(requests=begun, sent=len(chunk))

        return count

    def receiving(self, chunk: bytes) -> None:
        """Count a chunk of an answer."""
        self._add(received=len(chunk))

    def _add(self, requests: int = 0, sent: int = 0, received: int = 0, opened: int = 0) -> None:
        with self._lock:
            self._requests += requests
            self._sent += sent
            self._received += received
            self._open += opened


@contextmanager
def counting(url: str) -> Iterator[tuple[str, Counter]]:
    """The URL of a proxy for the server at `url`, and its counter."""
    target = urlsplit(url)
    address = (target.hostname or "", target.port or 80)
    counter = Counter()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with counter.connection(), socket.create_connection(address) as server:
                for end in (self.request, server):  # each chunk goes on at once
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                answers = threading.Thread(target=_pass_on, args=(server, self.request, counter.receiving))
                answers.start()
                _pass_on(self.request, server, counter.sending())
                answers.join()

    with _Server(("127.0.0.1", 0), Handler) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{proxy.server_address[1]}{target.path}", counter
        finally:
            proxy.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


def _pass_on(source: socket.socket, sink: socket.socket, count: Callable[[bytes], None]) -> None:
    """Pass on what comes until there is no more, and say so."""
    with suppress(OSError):  # either end may go at any time
        while chunk := source.recv(_CHUNK):
            count(chunk)
            sink.sendall(chunk)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
