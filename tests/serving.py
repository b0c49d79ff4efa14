"""The embedded server on a port, in a thread of the tests, with its faults and its access log at hand."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

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
