"""Checks the requests to a served port: for its own names, from no page of another site, and of a bounded size.

A web page can make its own name resolve to 127.0.0.1 (DNS rebinding) and its reader's browser then takes this server
for a part of that site: the name in Host is the only sign. A page of another site that calls it openly sends Origin.
"""

import ipaddress
import logging
import re
import traceback
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.embedded import wire

_MAX_BODY = 64 * 1024 * 1024  # bytes: the largest dashboards that people have are a tenth of that


_HOST = re.compile(r"(?:\[(?P<address>[^\[\]]+)\]|(?P<name>[^\[\]:@/]+))(?::[0-9]+)?")
_LOG = logging.getLogger("uvicorn.error")  # what serve prints


class _TooLarge(Exception):
    """A body went on beyond what is taken."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a server which listens on `host` answers for, and those that its user adds: lower case, no port.

    On a loopback address these are its own; elsewhere every address, since a container or a router may stand between,
    and a page of another site always comes by a name.
    """

    host: str
    added: frozenset[str] = frozenset()

    def have(self, header: str) -> bool:
        """Whether the value of a Host header (with or without port) is one of them."""
        name = _name_of(header)
        if name in self.added or name in {"localhost", self.host.lower()}:
            return True
        address = _address(name)
        return address is not None and (address.is_loopback or not is_loopback(self.host))


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens on `host`."""
    address = _address(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


class Doorway:
    """The ASGI app behind it sees only what may come in; the rest is answered here: 403, 413."""

    def __init__(self, app: ASGIApp, names: Names, max_body: int = _MAX_BODY) -> None:
        self._app = app
        self._names = names
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(Headers(scope=scope)) if scope["type"] == "http" else None
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        try:
            await self._app(scope, self._bounded(receive), send)
        except _TooLarge:
            await self._too_large()(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - of the app behind, which answers whole: nothing has been sent yet
            _LOG.error("%s %r: %s", scope["method"], scope["path"], _explain(error))
            await wire.answer({"message": "Internal Server Error"}, 500)(scope, receive, send)

    def _refusal(self, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        if not self._names.have(host):
            name = _name_of(host)
            hint = f"; hcl-lite serve --allowed-host {name} lets it in" if name else ""
            return wire.answer({"message": f'this server does not answer for host "{host}"{hint}'}, 403)
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2].lower() != host.lower():
            return wire.answer({"message": "origin not allowed"}, 403)
        length = headers.get("content-length", "")
        return self._too_large() if length.isdecimal() and int(length) > self._max_body else None

    def _bounded(self, receive: Receive) -> Receive:
        size = 0

        async def bounded() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self._max_body:
                raise _TooLarge
            return message

        return bounded

    def _too_large(self) -> Response:
        return wire.answer({"message": f"the request is larger than {self._max_body} bytes"}, 413)


def _name_of(header: str) -> str:
    """Without port: "localhost:3000" is "localhost", "[::1]:3000" is "::1"; empty for what is no host."""
    found = _HOST.fullmatch(header)
    return (found["address"] or found["name"]).lower() if found else ""


def _explain(error: Exception) -> str:
    """An exception and where it was raised, in a line."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {str(error)[:200]!r} at {last.filename}:{last.lineno}"


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
