"""The embedded server: an ASGI app that answers as a generation of Grafana does, on one SQLite file.

Which generation `options.version` says; its routes, and what it answers where no route is, come from `generations`.
"""

import asyncio
import os
import sqlite3
from collections import deque
from dataclasses import replace
from typing import cast

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from providers.embedded import auth, wire
from providers.embedded.accounts import Accounts
from providers.embedded.faults import Fault, Faults
from providers.embedded.generations import find_generation
from providers.embedded.options import Options
from providers.embedded.routing import Call, Identity, Route, Router
from providers.embedded.store import Store

TRANSPORT_KEY = "hcl_lite.transport"
_LOG_SIZE = 10_000


class EmbeddedApp:
    """`faults` is what it should do wrong; `access_log` holds (method, path, status), status 0 where none was sent."""

    def __init__(self, path: str | os.PathLike[str] | None, options: Options) -> None:
        self.generation = find_generation(options.version)
        self.options = replace(options, version=self.generation.version)
        self.faults = Faults()
        self.access_log: deque[tuple[str, str, int]] = deque(maxlen=_LOG_SIZE)
        major = int(self.generation.version.partition(".")[0])
        self.store = Store(path, options.clock, options.busy_timeout, major)
        public = self.generation.public_routes if options.public_snapshots else ()
        self._router = Router((*public, *self.generation.routes))
        with self.store.write():
            Accounts(self.store).prepare(options)

    @property
    def is_there(self) -> bool:
        """Whether there is a Grafana to be looked at."""
        return True

    def close(self) -> None:
        """Close the database; the app must not be called afterwards."""
        self.store.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _answer_lifespan(receive, send)
            return
        if scope["type"] != "http":
            raise RuntimeError(f"the embedded server does not speak {scope['type']}")
        request = Request(scope, receive)
        response = await self._answer_unless_faulty(request)
        self.access_log.append((request.method, scope["path"], 0 if response is None else response.status_code))
        if response is None:
            await _drop(scope)
        else:
            await response(scope, receive, send)

    async def _answer_unless_faulty(self, request: Request) -> Response | None:
        query = request.scope["query_string"].decode("latin-1")
        target = request.scope["path"] + (f"?{query}" if query else "")
        kinds = {fault.kind: fault for fault in self.faults.take(request.method, target)}
        if "latency" in kinds:
            await asyncio.sleep(kinds["latency"].seconds)
        if "hang" in kinds:
            await asyncio.sleep(kinds["hang"].seconds)
            return None
        if "drop" in kinds:
            return None
        if "status" in kinds:
            return _faulty(kinds["status"])
        response = await self._answer(request)
        if "hang-after" in kinds:
            await asyncio.sleep(kinds["hang-after"].seconds)
        if "status-after" in kinds:
            return _faulty(kinds["status-after"])
        return None if kinds.keys() & {"drop-after", "hang-after"} else response

    async def _answer(self, request: Request) -> Response:
        try:
            body = await request.body()
            return await self._route(request, body)
        except wire.Refused as refused:
            return refused.response
        except sqlite3.OperationalError as exc:
            # A file locked by another process for longer than the timeout, or a full disk: not a bug of ours.
            return wire.answer({"message": f"database: {exc}"}, 500)
        except OverflowError:  # a number of more than 64 bits, which SQLite has no place for
            return wire.answer({"message": "bad request data"}, 400)
        except RecursionError:
            return wire.answer({"message": "bad request data"}, 400)
        except ClientDisconnect:
            return Response(status_code=499)

    async def _route(self, request: Request, body: bytes) -> Response:
        # Not request.url.path, which ends where a %3F or %23 was.
        found = self._router.find(request.method, request.scope["path"])
        who: Identity | None = None
        if found is None or not found[0].anonymous:
            who = auth.sign_in(request, auth.Door(Accounts(self.store), self.options, self.generation.wording))
        if found is None:
            raise self.generation.unknown_route(who is not None)
        route, params = found
        auth.check_permission(route, who, self.generation.wording)
        return await self._handle(route, Call(request, params, body, who, self.store, self.options))

    async def _handle(self, route: Route, call: Call) -> Response:
        if route.writes:
            with self.store.write():
                return cast(Response, route.handler(call))
        result = route.handler(call)
        return result if isinstance(result, Response) else await result


def _faulty(fault: Fault) -> Response:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return wire.answer({"message": f"fault on demand: {fault.status}"}, fault.status, headers=headers)


async def _drop(scope: Scope) -> None:
    """Close the connection without an answer: `serve` leaves the transport in the scope's state, a test has none."""
    transport = scope.get("state", {}).get(TRANSPORT_KEY)
    if transport is None:
        import httpx  # noqa: PLC0415 - loaded only where somebody drops connections in-process

        raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
    transport.abort()
    await asyncio.sleep(0)


async def _answer_lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
