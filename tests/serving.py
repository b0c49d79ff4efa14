"""Servers in threads of the tests: the embedded one with its faults and access log at hand, and one that always answers
the same."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from providers.embedded import EmbeddedApp
from providers.embedded.serve import serve_app


@contextlib.contextmanager
def serving(app: EmbeddedApp) -> Iterator[str]:
    """Serve `app` for as long as the block goes on; its URL."""
    ready = threading.Event()
    address: list[str] = []
    loop = asyncio.new_event_loop()

    def on_ready(url: str) -> None:
        address.append(url)
        ready.set()

    task = loop.create_task(serve_app(app, "127.0.0.1", 0, on_ready))

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(10)
    try:
        yield address[0]
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)
        loop.close()
        app.close()


@contextlib.contextmanager
def answering(document: Any) -> Iterator[str]:
    """A server that answers everything with `document`, for as long as the block goes on; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
