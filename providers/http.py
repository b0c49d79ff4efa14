"""The one way to a server: authentication, time-outs, retries, limits, and errors translated.

A client that is opened read-only refuses everything but reads before anything is sent: GET, but not below the paths in
`Connection.write_by_get`, POST to the very paths in `Connection.read_by_post`, and PUT below
`Connection.read_by_dry_run` with dryRun=All.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol
from urllib.parse import unquote, urlsplit, urlunsplit

from hcl_lite.core.redaction import redact
from hcl_lite.core.schema import ValueProblem
from hcl_lite.core.values import read_json, to_json
from providers.call_log import log_answer, log_failure, log_sent, new_request_id, trace_headers
from providers.errors import ApiError, NotFound, NotJson, NotTaken, ServerFault, Unclear, Unreachable, from_answer
from providers.receiving import ENCODINGS, Answer, Refusal, Room, receive
from providers.versions import LATEST
from providers.waiting import Wait, Waits

if TYPE_CHECKING:
    import httpx

EMBEDDED = "embedded:"
DRY_RUN: Mapping[str, str] = {"dryRun": "All"}
_BUSY = (429, 503)
_ENCODED = {"Accept-Encoding": ", ".join(ENCODINGS)}


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach one server. `auth` is a token, or user:password; `timeout` and waits are in seconds."""

    url: str
    auth: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    ca_cert: str = ""
    tls_cert: str = ""
    tls_key: str = ""
    insecure: bool = False
    timeout: float = 60.0
    retries: int = 5
    longest_wait: float = 20.0
    parallelism: int = 16
    read_only: bool = True
    read_by_post: frozenset[str] = frozenset()
    write_by_get: tuple[str, ...] = ()
    read_by_dry_run: str = ""

    def reads(self, method: str, path: str, params: Mapping[str, str] | None = None) -> bool:
        """Whether a call changes nothing on the server.

        Of POST, paths are compared whole: what lies below is another route. Of GET, whatever begins so is a write. A
        PUT below `read_by_dry_run` reads where dryRun=All is all that it asks for.
        """
        if method == "GET":
            return not path.startswith(self.write_by_get)
        if method == "PUT":
            return params == DRY_RUN and self.read_by_dry_run != "" and path.startswith(self.read_by_dry_run)
        return method == "POST" and path in self.read_by_post


class EmbeddedServer(Protocol):
    """An ASGI app with something to close."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...

    def close(self) -> None: ...


def split_url(url: str) -> tuple[str, str]:
    """A URL without its user part, and that part as `auth`: https://TOKEN@host or https://user:password@host."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, ""
    name, colon, password = user.partition(":")
    auth = unquote(name) + (f":{unquote(password)}" if colon and password else "")
    return urlunsplit((parts.scheme, host, parts.path, parts.query, "")), auth


def split_embedded(url: str) -> tuple[str, str]:
    """The file of `embedded:PATH?version=VERSION`, and the version, which is empty where none is given."""
    path, _, version = url.removeprefix(EMBEDDED).partition("?version=")
    return path, version


_WRITTEN: ContextVar[list[str]] = ContextVar("written")


@contextmanager
def noting_writes() -> Iterator[list[str]]:
    """The writes that are done by calls inside of the block, by method and path; a list that grows."""
    token = _WRITTEN.set([])
    try:
        yield _WRITTEN.get()
    finally:
        _WRITTEN.reset(token)


class HttpClient:
    """Calls to one server, at most `parallelism` at a time. Built without a call; the first call connects.

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
        self._sleep = sleep
        self._jitter = jitter
        self._new_id = new_id
        self._client: httpx.AsyncClient | None = None
        self._closers: list[Callable[[], object]] = []
        self._room = Room()
        self._waits = Waits()
        self._slots = asyncio.Semaphore(connection.parallelism)

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
        """The JSON answer to one call.

        Retried, with growing jittered waits or as Retry-After says, where the server says that it has not done the
        work, and for reads always. A write whose fate is unknown raises an error that is `unclear`, and so does one
        that was tried again after a 503, which may come from a proxy: the caller reads back.
        """
        if self.connection.read_only and not self.connection.reads(method, path, params):
            raise RuntimeError(f"a read-only client was asked to {method} {path}")
        if not {".", ".."}.isdisjoint(path.split("/")):  # which would lead to another route, at either end of the line
            raise NotFound(method, self._url(path), 0, "no path has a step that is called . or ..")
        content = None if body is None else json.dumps(body, default=to_json, allow_nan=False).encode()
        request_id = self._new_id()
        typed = {"Content-Type": "application/json"} if content is not None else {}
        sent = {**(headers or {}), **typed, **trace_headers(request_id)}
        async with self._slots:
            with self._waits.of_call() as wait_for:
                return await self._tried(method, path, content, params, sent, wait_for)

    async def _tried(
        self,
        method: str,
        path: str,
        content: bytes | None,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str],
        wait_for: Wait,
    ) -> Any:
        """The answer of the first try that has one. Raises ApiError."""
        doubtful, request_id = False, headers["X-Request-ID"]
        for attempt in range(self.connection.retries + 1):
            wait, outcome = await self._attempt(method, path, content, params, headers, attempt)
            if not isinstance(outcome, ApiError):
                if not self.connection.reads(method, path, params):
                    _WRITTEN.get([]).append(f"{method} {path}")
                return outcome
            outcome.unclear = outcome.unclear or doubtful
            doubtful = doubtful or isinstance(outcome, ServerFault)
            outcome.request_id = "" if isinstance(outcome, Unreachable) else request_id  # which no server has seen
            wait = None if attempt == self.connection.retries else wait
            log_failure(request_id, method, self._url(path), outcome.said, wait)
            if wait is None:
                raise outcome
            wait_for(outcome, wait)
            await self._sleep(wait)
        raise AssertionError("unreachable")

    async def pause(self, attempt: int) -> None:
        """Wait before a write is tried again."""
        await self._sleep(self.backoff(attempt))

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
        for close in self._closers:
            close()

    async def _attempt(
        self,
        method: str,
        path: str,
        content: bytes | None,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str],
        attempt: int,
    ) -> tuple[float | None, Any]:
        """One try: how long to wait before the next (None: there must be none), and the answer or the error."""
        import httpx  # noqa: PLC0415 - takes 110 ms: loaded where a server is called, not for --help

        url, request_id, begun = self._url(path), headers["X-Request-ID"], time.monotonic()
        wait, reads = self.backoff(attempt), self.connection.reads(method, path, params)
        try:
            client = self._open()
        except (ValueError, ImportError, httpx.InvalidURL) as error:  # of the proxy that the environment names
            return None, Unreachable(method, url, 0, _reason(error))
        log_sent(request_id, method, url, (client.headers, headers), content, self.connection.headers)
        try:
            answer = await receive(
                client,
                method,
                path,
                self.connection.timeout,
                self._room,
                content=content,
                params=params,
                headers=headers,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            return wait, Unreachable(method, url, 0, _reason(error))
        except TimeoutError:
            reason = f"no whole answer within {self.connection.timeout:g} s, the provider's timeout"
            return (wait if reads else None), Unclear(method, url, 0, reason)
        except Refusal as refusal:
            return None, self.explained(NotTaken(method, url, 0, str(refusal)))
        except (httpx.TransportError, httpx.DecodingError, ConnectionError) as error:
            return (wait if reads else None), Unclear(method, url, 0, _reason(error))
        except httpx.InvalidURL as error:
            return None, Unreachable(method, url, 0, _reason(error))
        log_answer(
            request_id, method, url, answer.status_code, answer.headers, answer.content, time.monotonic() - begun
        )
        status = self.status_of(answer)
        if status < 400:
            outcome = _decode(method, url, answer)
            return None, self.explained(outcome) if isinstance(outcome, ApiError) else outcome
        failure = self.explained(
            from_answer(method, url, status, answer.content, answer.headers.get("Retry-After", ""))
        )
        if status in _BUSY:
            return min(_retry_after(answer, wait), self.connection.longest_wait), failure
        if status >= 500 and reads:
            return wait, failure
        return None, failure

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
        """The embedded server on the file `path`, as `version` of it; the latest where that is empty."""
        from providers.embedded import Options, create_app  # noqa: PLC0415 - loads a web framework

        return create_app(path, options=Options(version=version or LATEST))

    def backoff(self, attempt: int) -> float:
        """0.25 s doubled at each attempt, up to the longest wait; half of it by chance, so that callers spread."""
        full = min(0.25 * 2.0**attempt, self.connection.longest_wait)
        return full / 2 + full / 2 * self._jitter()

    def _open(self) -> httpx.AsyncClient:
        if self._client is not None:
            return self._client
        import httpx  # noqa: PLC0415 - see _attempt

        connection = self.connection
        user, colon, password = connection.auth.partition(":")
        headers = {"User-Agent": "hcl-lite", "Accept": "application/json", **_ENCODED, **connection.headers}
        if connection.auth and not colon:
            headers["Authorization"] = f"Bearer {connection.auth}"
        url = connection.url.rstrip("/")
        if url.startswith(EMBEDDED) and self._transport is None:
            self._transport = self._embedded(*split_embedded(url))
        self._client = httpx.AsyncClient(
            base_url="http://embedded" if url.startswith(EMBEDDED) else url,
            headers=headers,
            auth=httpx.BasicAuth(user, password) if colon else None,
            timeout=httpx.Timeout(connection.timeout, connect=min(10.0, connection.timeout)),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=connection.parallelism),
            verify=True if url.startswith(EMBEDDED) else tls_of(connection),
            transport=self._transport,
            trust_env=not url.startswith(EMBEDDED),
        )
        return self._client

    def _embedded(self, path: str, version: str) -> httpx.AsyncBaseTransport:
        import httpx  # noqa: PLC0415 - see _attempt

        try:
            app = self.make_app(path, version)
        except sqlite3.Error as error:
            raise Unreachable("Opening", self.connection.url, 0, f"{error}") from error
        self._closers.append(app.close)
        return httpx.ASGITransport(app=app)


def tls_of(connection: Connection) -> ssl.SSLContext | bool:
    """How the server's certificate is checked, and what is shown to it. Raises ValueProblem for files that are none."""
    if connection.insecure and not connection.tls_cert:
        return False
    if not (connection.ca_cert or connection.tls_cert):
        return True
    with _readable("ca_cert", connection.ca_cert):
        context = ssl.create_default_context(cafile=connection.ca_cert or None)
    if connection.tls_cert:
        with _readable("tls_cert", " and ".join(filter(None, (connection.tls_cert, connection.tls_key)))):
            # Without a password of ours, OpenSSL would ask the terminal for that of a key.
            context.load_cert_chain(connection.tls_cert, connection.tls_key or None, password="")
    if connection.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@contextmanager
def _readable(attribute: str, files: str) -> Iterator[None]:
    """Around reading certificates. Raises ValueProblem, since OpenSSL's reasons say little."""
    try:
        yield
    except OSError as error:  # ssl.SSLError is one
        wanted = "certificates" if attribute == "ca_cert" else "a certificate, and its key without a password,"
        reason = "" if isinstance(error, ssl.SSLError) else f" {error.strerror}."
        detail = f"Expected {wanted} in PEM in {files}.{reason}"
        raise ValueProblem(attribute, f"{attribute} cannot be used", detail) from error


def _decode(method: str, url: str, answer: Answer) -> Any:
    """The value of an answer that is no error, or NotJson."""
    if 300 <= answer.status_code < 400:
        return NotJson(method, url, answer.status_code, f"a redirect to {answer.headers.get('Location', 'nowhere')}")
    if not answer.content:
        # What a GET finds nothing of is a 404: nothing at all comes from something else than the server.
        return _not_json(method, url, answer, "an empty answer") if method == "GET" else None
    try:
        return read_json(answer.content)
    except (ValueError, RecursionError):
        kind = answer.headers.get("Content-Type", "no content type")
        return _not_json(method, url, answer, f"the answer is not JSON but {kind}")


def _not_json(method: str, url: str, answer: Answer, message: str) -> NotJson:
    error = NotJson(method, url, answer.status_code, message)
    error.text = None if "html" in answer.headers.get("Content-Type", "") else answer.text
    return error


def _retry_after(answer: Answer, default: float) -> float:
    """Retry-After in seconds, given as seconds or as a date."""
    text = answer.headers.get("Retry-After", "")
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        now = parsedate_to_datetime(answer.headers["Date"])
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (KeyError, TypeError, ValueError, OverflowError):
        return default


def _reason(error: Exception) -> str:
    return redact(str(error)) or type(error).__name__
