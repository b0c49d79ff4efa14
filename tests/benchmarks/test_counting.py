"""The counting proxy."""

from __future__ import annotations

import socket

from tests.benchmarks.counting import Traffic, counting
from tests.http_servers import Handler, serve_http

_GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"


class _Same(Handler):
    protocol_version = "HTTP/1.1"

    def respond(self, body: bytes) -> None:
        self.answer(200, self.path.encode() + body)


def test_requests_and_bytes_are_counted_on_their_way() -> None:
    """Also two at once, and with bodies in parts: each comes to the server as it is, and is counted once."""
    posted = b"POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"
    closing = b"GET /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with serve_http(_Same) as url, counting(url) as (through, counter):
        host, _, port = through.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as connection:
            for part in (_GET + posted[:20], posted[20:], closing):
                connection.sendall(part)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        taken = [counter.take(), counter.take()]

    assert [word for word in answer.split() if word.startswith(b"/")] == [b"/aHTTP/1.1", b"/bbodyHTTP/1.1", b"/c"]
    assert taken == [Traffic(3, len(_GET + posted + closing), len(answer)), Traffic(0, 0, 0)]
