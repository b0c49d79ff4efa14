"""The server on a real port."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from providers.embedded import Fault
from providers.embedded import serve as serving
from providers.embedded.serve import Listen, serve_app


def served(app: Any, use: Callable[[httpx.AsyncClient], Awaitable[Any]]) -> Any:
    """What `use` returns, called with a client of the app on a free port."""

    async def run() -> Any:
        ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        running = asyncio.ensure_future(serve_app(app, Listen(port=0), ready.set_result))
        url = await asyncio.wait_for(ready, 5)
        async with httpx.AsyncClient(base_url=url, auth=("admin", "admin"), trust_env=False) as client:
            result = await use(client)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return result

    return asyncio.run(run())


def test_it_tells_the_url_it_took(server: Any) -> None:
    """Port 0 is a free one; links in answers lead back to it."""
    server.save("d")

    async def use(client: httpx.AsyncClient) -> tuple[int, bool]:
        made = await client.post("/api/snapshots", json={"dashboard": {"uid": "d"}})
        link = await client.get(made.json()["url"].replace("/dashboard/snapshot/", "/api/snapshots/"))
        return link.status_code, made.json()["url"].startswith(str(client.base_url))

    assert served(server.app, use) == (200, True)


@pytest.mark.parametrize(("kind", "stored"), [("drop", 404), ("drop-after", 200)])
def test_a_dropped_connection_has_no_answer(server: Any, kind: Any, stored: int) -> None:
    """The socket closes without a byte, which no status says; the next request is served."""
    server.app.faults.add(Fault("POST", kind=kind))

    async def use(client: httpx.AsyncClient) -> int:
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await client.post("/api/dashboards/db", json={"dashboard": {"uid": "d", "title": "T"}})
        return (await client.get("/api/dashboards/uid/d")).status_code

    assert served(server.app, use) == stored


_CHUNKED = b"POST /api/folders HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        pytest.param(b"", b"", id="nothing"),
        pytest.param(b"GET /api/org HTTP/1.1\r\nX: ", b"", id="half a head"),
        pytest.param(_CHUNKED + b"000", b"", id="half a chunk's length"),
        pytest.param(_CHUNKED + b"5\r\nab", b"", id="half a chunk"),
        pytest.param(_CHUNKED.replace(b"localhost", b"x.example") + b"5\r\nab", b"403", id="refused, and goes on"),
    ],
)
def test_a_request_that_does_not_end_is_not_waited_for(
    server: Any, monkeypatch: pytest.MonkeyPatch, sent: bytes, answered: bytes
) -> None:
    """The connection is closed after a minute, whatever part of the request is missing."""
    monkeypatch.setattr(serving, "_ARRIVAL", 0.2)
    assert _exchange(server.app, sent).split(b" ")[1:2] == ([answered] if answered else [])


def test_what_is_broken_after_the_answer_ends_the_connection(server: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A body that was refused before it came, and is none: there is one answer, and no traceback."""
    refused = _CHUNKED.replace(b"localhost", b"x.example")

    answer = _exchange(server.app, refused, b"no chunk\r\n")

    assert (answer.count(b"HTTP/1.1"), answer.split(b" ")[1]) == (1, b"403")
    assert not [record for record in caplog.records if record.exc_info]


def _exchange(app: Any, *sent: bytes) -> bytes:
    """All that comes back until the server closes the connection; each piece waits for an answer to the one before."""

    async def use(client: httpx.AsyncClient) -> bytes:
        reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
        received = b""
        for position, piece in enumerate(sent):
            if position:
                received += await reader.readuntil(b"}")
            writer.write(piece)
        received += await asyncio.wait_for(reader.read(), 5)
        writer.close()
        return received

    result: bytes = served(app, use)
    return result
