"""The httpx clients of one server, each with one connection, for one call at a time.

The pool of httpcore (1.0.9) goes through all its connections before and after each request, and asks the system about
each idle one: a call in a pool of ten takes twice the CPU of one that has its own.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from providers.transport.connection import EMBEDDED, Connection, tls_of
from providers.transport.receiving import ENCODINGS

if TYPE_CHECKING:
    import httpx

_ENCODED = {"Accept-Encoding": ", ".join(ENCODINGS)}


class Clients:
    """Opens as many clients as there are calls at once; the one that was used last is the next to be used.

    With a `transport` no connection is opened.
    """

    def __init__(self, connection: Connection, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._connection = connection
        self._transport = transport
        self._all: list[httpx.AsyncClient] = []
        self._idle: list[httpx.AsyncClient] = []

    @contextmanager
    def one(self) -> Iterator[httpx.AsyncClient]:
        """A client for one call. Raises ValueError, ImportError and httpx.InvalidURL for a proxy that the environment
        names and that cannot be used."""
        client = self._idle.pop() if self._idle else self._opened()
        try:
            yield client
        finally:
            self._idle.append(client)

    async def close(self) -> None:
        for client in self._all:
            await client.aclose()

    def _opened(self) -> httpx.AsyncClient:
        import httpx  # noqa: PLC0415 - takes 110 ms: loaded where a server is called, not for --help

        connection = self._connection
        is_embedded = connection.url.startswith(EMBEDDED)
        user, colon, password = connection.auth.partition(":")
        bearer = {"Authorization": f"Bearer {connection.auth}"} if connection.auth and not colon else {}
        client = httpx.AsyncClient(
            base_url="http://embedded" if is_embedded else connection.url.rstrip("/"),
            headers={
                "User-Agent": "hcl-lite",
                "Accept": "application/json",
                **_ENCODED,
                **connection.headers,
                **bearer,
            },
            auth=httpx.BasicAuth(user, password) if colon else None,
            timeout=httpx.Timeout(connection.timeout, connect=min(10.0, connection.timeout)),
            verify=_context_of(connection),
            transport=self._transport,
            trust_env=not is_embedded,
        )
        self._all.append(client)
        return client


def _context_of(connection: Connection) -> ssl.SSLContext:
    """Returns the TLS context of all connections that are trusted alike, made once in a run. Raises ValueProblem."""
    import httpx  # noqa: PLC0415 - see _opened

    if connection.url.startswith(EMBEDDED):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # nothing is connected to, whatever certificates are named
    made = connection.context.tls
    if connection.trust not in made:
        verify = tls_of(connection)
        made[connection.trust] = (
            verify if isinstance(verify, ssl.SSLContext) else httpx.create_ssl_context(verify=verify)
        )
    return made[connection.trust]
