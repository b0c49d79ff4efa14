"""The clients of a server: one connection for each call at once."""

from __future__ import annotations

import asyncio

from providers.transport.connection import Connection
from providers.transport.http import HttpClient

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


def test_there_are_as_many_connections_as_calls_at_once_and_each_is_used_again() -> None:
    """Of twelve calls, three at a time, and twelve more one after the other: three connections in all."""
    connections: list[asyncio.Task[None] | None] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(asyncio.current_task())
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(0)
                writer.write(_ANSWER)
        except asyncio.IncompleteReadError:
            writer.close()
            await writer.wait_closed()

    async def work() -> None:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            client = HttpClient(Connection(f"http://127.0.0.1:{port}", parallelism=3))
            await asyncio.gather(*(client.get("/api/x") for _ in range(12)))
            for _ in range(12):
                await client.get("/api/x")
            await client.close()
            await asyncio.gather(*filter(None, connections))

    asyncio.run(work())
    assert len(connections) == 3
