"""Many servers in one run: they share what they can, and do not take all connections of the process."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest

from providers.transport.clients import Clients
from providers.transport.connection import Connection
from providers.transport.http import HttpClient
from tests.contexts import BARE


@pytest.mark.parametrize(
    ("other", "is_shared"),
    [
        ({}, True),
        ({"auth": "another", "timeout": 1.0}, True),
        ({"insecure": True}, False),
        ({"url": "http://b.test"}, False),
    ],
)
def test_servers_that_are_trusted_alike_share_their_tls(
    monkeypatch: pytest.MonkeyPatch, other: dict[str, Any], is_shared: bool
) -> None:
    """All authorities are read once for a run, and not for each server."""
    made: list[object] = []
    monkeypatch.setattr(httpx, "AsyncClient", lambda **settings: made.append(settings["verify"]))
    run = replace(BARE, tls={})
    first = Connection("https://a.test", context=run)
    for connection in (first, Connection(**{"url": "https://b.test", **other}, context=run)):
        with Clients(connection).one():
            pass
    assert (made[0] is made[1]) == is_shared


def test_calls_to_all_servers_together_are_bounded() -> None:
    """Whatever each of them bears."""
    busy, most = 0, 0

    async def answer(_: httpx.Request) -> httpx.Response:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0)
        busy -= 1
        return httpx.Response(200, json={})

    async def work() -> None:
        run = replace(BARE, calls=asyncio.Semaphore(3))
        urls = [f"http://{name}.test" for name in "abcde"]
        clients = [HttpClient(Connection(url, context=run), httpx.MockTransport(answer)) for url in urls]
        await asyncio.gather(*(client.get("/x") for client in clients for _ in range(4)))

    asyncio.run(work())
    assert most == 3
