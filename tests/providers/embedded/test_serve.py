"""The server on a real port."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from providers.embedded import Fault
from providers.embedded.serve import Listen, serve_app


def served(app: Any, use: Callable[[httpx.AsyncClient], Awaitable[Any]]) -> Any:
    """What `use` returns, called with a client of the app on a free port."""

    async def run() -> Any:
        ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        serving = asyncio.ensure_future(serve_app(app, Listen(port=0), ready.set_result))
        url = await asyncio.wait_for(ready, 5)
        async with httpx.AsyncClient(base_url=url, auth=("admin", "admin"), trust_env=False) as client:
            result = await use(client)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
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
