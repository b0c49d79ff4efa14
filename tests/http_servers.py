"""HTTP servers on ports of this machine, each served by a thread for as long as a block goes on."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """Gives every request to `respond`, whatever its method; logs nothing."""

    def respond(self, body: bytes) -> None:
        """Answer a request with that body; `command`, `path` and `headers` say the rest of it."""
        raise NotImplementedError

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline()
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        self.respond(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def answer_json(self, status: int, document: object, headers: Mapping[str, str] | None = None) -> None:
        self.answer(status, json.dumps(document).encode(), {"Content-Type": "application/json", **(headers or {})})

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on standard error."""


@contextmanager
def serve_http(handler: type[Handler]) -> Iterator[str]:
    """The URL of a server that answers with `handler`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serve_json(document: object) -> Iterator[str]:
    """The URL of a server that answers everything with `document`."""

    class Same(Handler):
        def respond(self, body: bytes) -> None:
            self.answer_json(200, document)

    with serve_http(Same) as url:
        yield url
