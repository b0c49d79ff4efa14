"""The one way to a server: authentication, time-outs, retries, limits, and errors translated.

A client that is opened read-only refuses everything but reads before anything is sent: GET, but not below the paths in
`Connection.write_by_get`, POST to the very paths in `Connection.read_by_post`, and PUT below
`Connection.read_by_dry_run` with dryRun=All.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from hcl_lite.core.redaction import redact
from hcl_lite.core.values import to_json
from providers.transport.answers import retry_after, says_json, value_of
from providers.transport.breaker import Breaker
from providers.transport.call_log import log_answer, log_failure, log_sent, new_request_id, trace_headers
from providers.transport.clients import Clients
from providers.transport.connection import EMBEDDED, Connection, distrust_in, split_embedded
from providers.transport.errors import (
    ApiError,
    NotFound,
    NotJson,
    NotTaken,
    ServerFault,
    Unanswered,
    Unclear,
    Unreachable,
    Untrusted,
    from_answer,
)
from providers.transport.kept_answers import keep_answer, kept_answer
from providers.transport.measuring import receive_measured
from providers.transport.misread import Called, note_call
from providers.transport.pace import Pace, Places
from providers.transport.pauses import Pauses
from providers.transport.receiving import Answer, Refusal, Request, Room
from providers.transport.waiting import Waiting, Waits

if TYPE_CHECKING:
    import httpx

_BUSY = (429, 503)


class EmbeddedServer(Protocol):
    """An ASGI app with something to close."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Written:
    """A write that was answered with success; `is_told` where the answer says anything."""

    method: str
    path: str
    is_told: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


_WRITTEN: ContextVar[list[Written]] = ContextVar("written")


@contextmanager
def noting_writes() -> Iterator[list[Written]]:
    """The writes that are done by calls inside of the block; a list that grows."""
    token = _WRITTEN.set([])
    try:
        yield _WRITTEN.get()
    finally:
        _WRITTEN.reset(token)


def last_write() -> Written | None:
    """The last of these writes; None where none is noted."""
    return next(reversed(_WRITTEN.get([])), None)


class HttpClient:
    """Calls to one server, at most `parallelism` at a time, and fewer while it has too much to do. Built without a
    call; the first call connects.

    Redirects are not followed, so that no other host gets the account. What a kind of server does in its own way, a
    subclass says: `advice` in place of that of the error tree, the status of an answer, the embedded server.
    """

    advice: ClassVar[Mapping[type[ApiError], str]] = {}

    def __init__(
        self,
        connection: Connection,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Any] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        new_id: Callable[[], str] = new_request_id,
    ) -> None:
        self.connection = connection
        self._transport = transport
        self._jitter = jitter
        self._new_id = new_id
        self._clients: Clients | None = None
        self._closers: list[Callable[[], object]] = []
        self._room = Room()
        self._waits = Waits()
        self._pauses = Pauses(sleep)
        self._breaker = Breaker(self._pauses.end)
        self._pace = Pace(connection.parallelism)
        self._places = Places(self._pace)

    async def get(self, path: str, params: Mapping[str, str] | None = None, accept: str = "") -> Any:
        """The JSON answer to a GET. Raises ApiError."""
        return await self.call("GET", path, params=params, headers={"Accept": accept} if accept else None)

    async def find(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """The JSON answer to a GET, None for 404. Raises ApiError."""
        try:
            return await self.get(path, params)
        except NotFound:
            return None

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The JSON answer to one call, with the JSON of `body`, or that which it is, as bytes.

        Retried, with growing jittered waits or as Retry-After says, where the server says that it has not done the
        work, and for reads always; not beyond the connection's patience. A write whose fate is unknown raises an error
        that is `unclear`, and so does one that was tried again after a 503, which may come from a proxy: the caller
        reads back. Once the server was found unreachable, calls fail at once.
        """
        if self.connection.read_only and not self.connection.reads(method, path, params):
            raise RuntimeError(f"a read-only client was asked to {method} {path}")
        if not {".", ".."}.isdisjoint(path.split("/")):  # which would lead to another route, at either end of the line
            raise NotFound(method, self._url(path), 0, "no path has a step that is called . or ..")
        request = self._request(method, path, body, params, headers or {})
        note_call(Called(request.method, request.url, request.id))
        async with self._places.one():
            with self._waits.of_call() as waiting:
                return await self._tried(request, waiting)

    def _request(
        self, method: str, path: str, body: Any, params: Mapping[str, str] | None, headers: Mapping[str, str]
    ) -> Request:
        content = body if body is None or isinstance(body, bytes) else _spelled(body)
        typed = {"Content-Type": "application/json"} if content is not None else {}
        request_id = self._new_id()
        sent = {**headers, **typed, **trace_headers(request_id)}
        reads = self.connection.reads(method, path, params)
        return Request(request_id, method, path, self._url(path), sent, params, content, reads)

    async def _tried(self, request: Request, waiting: Waiting) -> Any:
        """The answer of the first try that has one. Raises ApiError."""
        doubtful = False
        if fault := self._breaker.fault():
            raise fault
        for attempt in range(self.connection.retries + 1):
            async with self.connection.context.calls or nullcontext():
                with waiting.for_answer(f"{request.method} {redact(request.url)}", self.connection.timeout):
                    answers, begun = self._breaker.answers, time.monotonic()
                    wait, outcome = await self._attempt(request, attempt)
                    self._pace.note(outcome, begun, time.monotonic(), writes=not request.reads)
            self._breaker.note(request, outcome)
            if not isinstance(outcome, ApiError):
                if not request.reads:
                    _WRITTEN.get([]).append(Written(request.method, request.path, bool(outcome)))
                return outcome
            outcome.unclear = outcome.unclear or doubtful
            doubtful = doubtful or isinstance(outcome, ServerFault)
            outcome.request_id = "" if isinstance(outcome, Unreachable) else request.id  # which no server has seen
            wait = None if attempt == self.connection.retries else self._bearable(wait, outcome, waiting.spent)
            log_failure(request.id, request.method, request.url, outcome.said, wait)
            if wait is None:
                raise await self._given_up(request, outcome, answers)
            waiting.for_next(outcome, wait)
            if not await self._pauses.last(wait):
                raise self._breaker.last_word(request, outcome)
        raise AssertionError("unreachable")

    async def _given_up(self, request: Request, error: ApiError, answers: int) -> ApiError:
        """The error of a call that is not tried again; where it may be that of its route alone, another is asked."""
        witness = self._breaker.witness(request, error, answers)
        if witness is not None:
            answers = self._breaker.answers
            _, outcome = await self._attempt(witness, 0)
            self._breaker.note(witness, outcome)
            if isinstance(outcome, ApiError):
                self._breaker.give_up(witness, outcome, answers)
        return self._breaker.give_up(request, error, answers)

    def _bearable(self, wait: float | None, error: ApiError, spent: float) -> float | None:
        """`wait`, unless the next try would come too late for anybody who waits."""
        patience = self.connection.patience
        if wait is None or spent + wait <= patience:
            return wait
        if wait > self.connection.longest_wait:
            asked = (
                f"The server asks to be left alone for {wait:.0f} s; a call is tried for {patience:.0f} s at the most."
            )
            error.advice = f"{asked} Run this again then."
        return None

    async def pause(self, attempt: int) -> bool:
        """Wait before a write is tried again; False where it is not to be."""
        return await self._pauses.last(self.backoff(attempt))

    def stop_waiting(self) -> None:
        """Try nothing again from now on: what waits for its next try fails with what the last one gave."""
        self._pauses.end()

    async def close(self) -> None:
        if self._clients is not None:
            await self._clients.close()
        for close in self._closers:
            close()

    async def _attempt(self, request: Request, attempt: int) -> tuple[float | None, Any]:
        """One try: how long to wait before the next (None: there must be none), and the answer or the error."""
        import httpx  # noqa: PLC0415 - see clients.py

        method, url = request.method, request.url
        wait, begun = self.backoff(attempt), time.monotonic()
        kept = kept_answer(self.connection, request)
        if kept is not None:
            return self._outcome(request, kept, wait)
        with ExitStack() as use:
            try:
                client = use.enter_context(self._open().one())
            except (ValueError, ImportError, httpx.InvalidURL) as error:  # of the proxy that the environment names
                return None, Unreachable(method, url, 0, _reason(error))
            except Unreachable as error:
                return None, error
            headers = (client.headers, request.headers)
            log_sent(request.id, method, url, headers, request.content, self.connection.headers)
            try:
                answer = await receive_measured(client, request, self.connection.timeout, self._room)
            except Refusal as refusal:
                return None, self.explained(NotTaken(method, url, 0, str(refusal)))
            except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ConnectionError) as error:
                return self._unanswered(request, error, wait)
        seconds = time.monotonic() - begun
        log_answer(request.id, method, url, answer.status_code, answer.headers, answer.content, seconds)
        keep_answer(self.connection, request, answer)
        return self._outcome(request, answer, wait)

    def _unanswered(self, request: Request, error: Exception, wait: float) -> tuple[float | None, ApiError]:
        """Returns the error of a request without an answer, with the wait before the next try, None for none: the work
        may have been done, unless nothing was sent."""
        import httpx  # noqa: PLC0415 - see _attempt

        method, url, reason = request.method, request.url, _reason(error)
        if isinstance(error, httpx.InvalidURL):
            return None, Unreachable(method, url, 0, reason)
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError):
            distrust = distrust_in(error)
            if distrust is not None:
                return None, Untrusted(method, url, reason, getattr(distrust, "verify_code", 0))
            return wait, Unreachable(method, url, 0, reason)
        if isinstance(error, TimeoutError):
            reason = f"no whole answer within {self.connection.timeout:g} s, the provider's timeout"
        return (wait, Unanswered(method, url, 0, reason)) if request.reads else (None, Unclear(method, url, 0, reason))

    def _outcome(self, request: Request, answer: Answer, wait: float) -> tuple[float | None, Any]:
        """Returns the value or the error of an answer, with the wait before the next try, None for none."""
        status = self.status_of(answer)
        if status < 400:
            outcome = value_of(request.method, request.url, answer)
            if not isinstance(outcome, ApiError):
                return None, outcome
            is_cut = status == 200 and isinstance(outcome, NotJson) and says_json(answer)
            return (wait if is_cut and request.reads else None), self.explained(outcome)
        said = answer.headers.get("Retry-After", "")
        failure = self.explained(from_answer(request.method, request.url, status, answer.content, said))
        if status in _BUSY:
            return retry_after(answer, wait), failure
        return (wait if status >= 500 and request.reads else None), failure

    def _url(self, path: str) -> str:
        return self.connection.url.rstrip("/") + path

    def status_of(self, answer: Answer) -> int:
        """The status by which an answer is judged."""
        return answer.status_code

    def explained(self, error: ApiError) -> ApiError:
        """`error` with the advice that fits this kind of server."""
        kind = NotJson if error.advice == NotJson.advice else type(error)
        error.advice = self.advice.get(kind, error.advice)
        return error

    def make_app(self, path: str, version: str) -> EmbeddedServer:
        """The embedded server on the file `path`, as `version` of it; the latest where that is empty.

        A subclass whose kind of server can be embedded says how it is made. Raises Unreachable where there is none.
        """
        raise Unreachable("Opening", self.connection.url, 0, "No such server can be embedded.")

    def backoff(self, attempt: int) -> float:
        """0.25 s doubled at each attempt, up to the longest wait; half of it by chance, so that callers spread."""
        full = min(0.25 * 2.0**attempt, self.connection.longest_wait)
        return full / 2 + full / 2 * self._jitter()

    def _open(self) -> Clients:
        if self._clients is None:
            url = self.connection.url.rstrip("/")
            if url.startswith(EMBEDDED) and self._transport is None:
                self._transport = self._embedded(*split_embedded(url))
            self._clients = Clients(self.connection, self._transport)
        return self._clients

    def _embedded(self, path: str, version: str) -> httpx.AsyncBaseTransport:
        import sqlite3  # noqa: PLC0415 - no other server needs it

        import httpx  # noqa: PLC0415 - see _attempt

        try:
            app = self.make_app(str(self.connection.context.directory / path), version)
        except sqlite3.Error as error:
            raise Unreachable("Opening", self.connection.url, 0, f"{error}") from error
        self._closers.append(app.close)
        return httpx.ASGITransport(app=app)


def _spelled(body: Any) -> bytes:
    return json.dumps(body, default=to_json, allow_nan=False).encode()


def _reason(error: Exception) -> str:
    return redact(str(error)) or type(error).__name__
