"""Servers that mean harm, on real sockets: limits of size and time, and a token that goes nowhere else."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from providers.transport import receiving
from providers.transport.connection import Connection
from providers.transport.errors import ApiError, NotJson, NotTaken, Unanswered, Unclear, Unreachable, Untrusted
from providers.transport.http import HttpClient
from tests.certificates import served_certificate

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]


class _Hostile:
    """Reads a request, says what it likes, and remembers what it was told."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.requests.append(await reader.readuntil(b"\r\n\r\n"))
            await self.script(writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def _says(*pieces: bytes) -> Script:
    async def script(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    return script


def _answer(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> Script:
    length = b"Content-Length: %d" % len(body)
    return _says(b"\r\n".join((b"HTTP/1.1 " + status, *headers, length, b"", body)))


@asynccontextmanager
async def _serving(hostile: _Hostile) -> AsyncIterator[str]:
    server = await asyncio.start_server(hostile, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def _ask(script: Script, method: str = "GET", **settings: Any) -> tuple[Any, list[bytes]]:
    """What comes of one call, and the requests that the server has read."""

    async def work() -> tuple[Any, list[bytes]]:
        hostile = _Hostile(script)
        async with _serving(hostile) as url:
            given = {"auth": "s3cret", "retries": 0, "read_only": False, "timeout": 5.0, **settings}
            client = HttpClient(Connection(url, **given))
            try:
                return await client.call(method, "/api/x"), hostile.requests
            except ApiError as error:
                return error, hostile.requests
            finally:
                await client.close()

    return asyncio.run(work())


async def _endless_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" " * 65536)
        await writer.drain()


async def _endless_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while not writer.is_closing():
        writer.write(b"X-More: " + b"x" * 1000 + b"\r\n")
        await writer.drain()


async def _endless_continue(writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
        await writer.drain()


async def _drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _silence(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("packed", "header"),
    [
        (gzip.compress(b" " * 4_000_000), b"gzip"),
        (zlib.compress(b" " * 4_000_000), b"deflate"),
        (b" " * 4_000_000, b"identity"),
    ],
    ids=["gzip", "deflate", "plain"],
)
def test_an_answer_beyond_the_limit_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, packed: bytes, header: bytes, method: str
) -> None:
    """Counted as it is unpacked, so that a small answer cannot become a large one; the limit is named."""
    monkeypatch.setattr(receiving, "LARGEST_ANSWER", 1_000_000)
    error, _ = _ask(_answer(packed, b"Content-Encoding: " + header), method)
    assert type(error) is NotTaken
    assert "more than 1000000 bytes, the most that are taken" in str(error)
    assert error.unclear


def test_a_body_without_an_end_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read as far as the limit, and left."""
    monkeypatch.setattr(receiving, "LARGEST_ANSWER", 1_000_000)
    error, _ = _ask(_endless_body)
    assert type(error) is NotTaken


@pytest.mark.parametrize("encoding", [b"br", b"zstd", b"gzip, gzip", b"gzip, deflate, gzip", b"x"])
def test_an_encoding_that_was_not_asked_for_is_not_taken(encoding: bytes) -> None:
    """Packed twice, a kilobyte could become a gigabyte."""
    bomb = gzip.compress(gzip.compress(b"{}"))
    error, requests = _ask(_answer(bomb, b"Content-Encoding: " + encoding))
    assert type(error) is NotTaken
    assert f"packed as '{encoding.decode()}', which was not asked for" in str(error)
    assert b"accept-encoding: gzip, deflate\r\n" in requests[0].lower()


@pytest.mark.parametrize("script", [_drip, _silence, _endless_continue], ids=lambda script: script.__name__)
def test_a_server_that_never_comes_to_an_end_is_given_up(script: Script) -> None:
    """After the provider's timeout in all, however often a byte comes."""
    error, _ = _ask(script, timeout=0.4)
    assert type(error) is Unanswered
    assert "within 0.4 s, the provider's timeout" in str(error) or "ReadTimeout" in str(error)


@pytest.mark.parametrize(
    "script",
    [
        _endless_headers,
        _says(b""),
        _says(b"\x16\x03\x01\x02"),
        _says(b"SSH-2.0-OpenSSH_9.2\r\n"),
        _says(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}"),
        _says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        _says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
        _says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffffff\r\n{}"),
        _says(b"HTTP/1.1 abc OK\r\n\r\n"),
        _answer(b"not gzip", b"Content-Encoding: gzip"),
    ],
    ids=[
        "endless headers",
        "nothing",
        "TLS",
        "SSH",
        "cut short",
        "two lengths",
        "no chunk",
        "huge chunk",
        "no status",
        "not gzip",
    ],
)
def test_what_is_no_http_is_an_unclear_answer(script: Script) -> None:
    """A diagnostic, and after a write a look at what is there."""
    error, _ = _ask(script, "POST")
    assert type(error) is Unclear


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html>", b"text/html"),
        (b"\xff\xfe\x00", b"application/json"),
        ('{"a": "ü"}'.encode("latin-1"), b"application/json; charset=latin-1"),
        (b'{"a": NaN}', b"application/json"),
        (b'{"a": 1e400}', b"application/json"),
        (b'{"a": ' + b"1" * 5000 + b"}", b"application/json"),
        (b"[" * 100_000, b"application/json"),
        (b'{"a": [1, 2', b"application/json"),
    ],
)
def test_what_is_no_json_is_said_with_its_content_type(body: bytes, kind: bytes) -> None:
    """HTML, other character sets, numbers that JSON has not, nesting without end, half of it."""
    error, _ = _ask(_answer(body, b"Content-Type: " + kind))
    assert type(error) is NotJson
    said = "not whole, or no JSON though it says to be" if b"json" in kind else "not JSON but"
    assert f"the answer is {said} {kind.decode()}" in str(error)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [b"301 Moved", b"302 Found", b"307 Temporary", b"308 Permanent"])
@pytest.mark.parametrize("to", ["{other}/x", "//127.0.0.1/x", "/api/x", "http://[", "file:///etc/passwd"])
def test_the_token_is_not_sent_after_a_redirect(method: str, status: bytes, to: str) -> None:
    """To another host, to http, round in a circle or to nowhere: no redirect is followed."""

    async def work() -> tuple[ApiError | None, int, int]:
        thief = _Hostile(_answer(b"{}"))
        async with _serving(thief) as other:
            location = b"Location: " + to.format(other=other).encode()
            hostile = _Hostile(_answer(b"", location, status=status))
            async with _serving(hostile) as url:
                client = HttpClient(Connection(url, auth="s3cret", retries=0, read_only=False))
                failure = None
                try:
                    await client.call(method, "/api/x")
                except ApiError as error:
                    failure = error
                await client.close()
                return failure, len(hostile.requests), len(thief.requests)

    failure, asked, stolen = asyncio.run(work())
    assert (type(failure), asked, stolen) == (NotJson, 1, 0)


def test_a_second_answer_is_not_taken_for_that_of_the_next_request() -> None:
    """Whoever sends two answers to one request loses the connection."""

    async def work() -> list[Any]:
        twice = _answer(b'{"for": "first"}')

        async def script(writer: asyncio.StreamWriter) -> None:
            await twice(writer)
            await _answer(b'{"for": "nobody"}')(writer)

        hostile = _Hostile(script)
        async with _serving(hostile) as url:
            client = HttpClient(Connection(url, retries=3), sleep=lambda _: asyncio.sleep(0))
            answers = [await client.get("/1"), await client.get("/2")]
            await client.close()
            return answers

    assert asyncio.run(work()) == [{"for": "first"}, {"for": "first"}]


@pytest.mark.parametrize("wait", [b"\xb2", b"-1", b"Mon, 99 Foo 99999 99:99:99 GMT", b"nan", b"1e9", b"3600, 7"])
def test_a_senseless_retry_after_is_as_none(wait: bytes) -> None:
    """The waits are ours to say then."""
    waits: list[float] = []

    async def work() -> None:
        async def sleep(seconds: float) -> None:
            waits.append(seconds)

        hostile = _Hostile(_answer(b"{}", b"Retry-After: " + wait, status=b"503 Busy"))
        async with _serving(hostile) as url:
            client = HttpClient(Connection(url, retries=1), sleep=sleep)
            with pytest.raises(ApiError):
                await client.get("/x")
            await client.close()

    asyncio.run(work())
    assert len(waits) == 1
    assert 0 <= waits[0] <= 1


@pytest.mark.parametrize(
    "proxy", ["socks5://u:hunter2@127.0.0.1:9", "foo://u:hunter2@x", "http://u:hunter2@127.0.0.1:9"]
)
def test_a_proxy_that_does_not_work_is_a_server_that_is_not_reached(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    """Without the proxy's password, and without a traceback where its scheme is none."""
    monkeypatch.setenv("http_proxy", proxy)

    async def work() -> Any:
        client = HttpClient(Connection("http://grafana.invalid", retries=0))
        try:
            return await client.get("/x")
        except ApiError as error:
            return error

    error = asyncio.run(work())
    assert type(error) is Unreachable
    assert "hunter2" not in f"{error} {error.hint}"


async def _no_tls(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """What a line that is no HTTP is answered."""
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()


@pytest.mark.parametrize(
    ("kind", "says", "advice"),
    [
        ("wrong name", "certificate is not valid for '127.0.0.1'", "a host that the server's certificate is for"),
        ("expired", "certificate has expired", "this one's time is over"),
        ("not yet valid", "certificate is not yet valid", "is the clock of this machine right?"),
        ("self-signed", "self-signed certificate", "as ca_cert"),
        ("no TLS", "WRONG_VERSION_NUMBER", "http:// instead of https://"),
    ],
)
def test_a_server_that_cannot_be_trusted_is_told_nothing(tmp_path: Path, kind: str, says: str, advice: str) -> None:
    """It is connected to once, no request is sent, and the advice is that for its fault."""

    async def work() -> tuple[ApiError, int, int]:
        tried = 0

        async def sleep(_: float) -> None:
            nonlocal tried
            tried += 1

        hostile = _Hostile(_answer(b"{}"))
        tls = None if kind == "no TLS" else served_certificate(tmp_path, kind)
        server = await asyncio.start_server(hostile if tls else _no_tls, "127.0.0.1", 0, ssl=tls)
        async with server:
            url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            trusted = "" if kind in ("self-signed", "no TLS") else str(tmp_path / "server.pem")
            client = HttpClient(Connection(url, auth="s3cret", ca_cert=trusted), sleep=sleep)
            with pytest.raises(Untrusted) as caught:
                await client.get("/api/x")
            await client.close()
            return caught.value, tried, sum(b"s3cret" in request for request in hostile.requests)

    error, tried, told = asyncio.run(work())
    assert (tried, told, error.unclear) == (0, 0, False)
    assert says in str(error)
    assert str(error).startswith("GET https://127.0.0.1:")
    assert advice in error.hint


def _packed(body: bytes) -> Script:
    return _answer(gzip.compress(body, 1), b"Content-Encoding: gzip", b"Content-Type: application/json")


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (_packed(b'{"a":[' + b"{}," * 4_000_000 + b"{}]}"), "packed more than 200 to 1"),
        (_answer(b"[" + b"{}," * 4_000_000 + b"{}]"), "the values in the answer need more than"),
        (_answer(b"[" + b"[]," * 6_000_000 + b"1]"), "the values in the answer need more than"),
        (_answer(b"[" + b"1," * 12_000_000 + b"1]"), "the values in the answer need more than"),
    ],
    ids=["packed", "maps", "lists", "numbers"],
)
def test_an_answer_that_would_become_far_larger_as_values_is_refused(script: Script, says: str) -> None:
    """While it comes, by call and server; nothing of it is parsed."""
    error, _ = _ask(script)
    assert isinstance(error, NotTaken)
    assert says in str(error)
    assert "GET http://127.0.0.1:" in str(error)


@pytest.mark.parametrize(("levels", "taken"), [(240, True), (260, False), (900, False)])
@pytest.mark.parametrize(("begin", "end"), [(b'{"a":', b"}"), (b"[", b"]")])
def test_an_answer_that_is_nested_too_deeply_is_not_taken(levels: int, taken: bool, begin: bytes, end: bytes) -> None:
    """Python's stack has no place for it further on; what a dashboard may have is taken."""
    answer, _ = _ask(_answer(begin * levels + b"1" + end * levels))
    assert isinstance(answer, NotTaken) != taken
    assert taken or "answered 200: the answer is nested in more than 250 levels" in str(answer)


def test_a_list_of_ten_thousand_dashboards_is_taken() -> None:
    """As Grafana packs it, and with some to spare."""
    item = {"id": 1, "uid": "u", "title": "T", "uri": "db/t", "url": "/d/u/t", "type": "dash-db", "tags": ["a", "b"]}
    body = json.dumps([{**item, "id": number, "folderTitle": "F"} for number in range(20_000)]).encode()
    assert len(_ask(_packed(body))[0]) == 20_000


def test_all_answers_that_come_at_once_share_one_limit() -> None:
    """What is given back when one of them has come can be taken by the next."""
    room = receiving.Room()
    with room.share() as first, room.share() as second:
        first(receiving.LARGEST_VALUES)
        second(receiving.LARGEST_VALUES)
        with room.share() as third, pytest.raises(receiving.Refusal, match="at once"):
            third(1)
    with room.share() as again, pytest.raises(receiving.Refusal, match="the values in the answer"):
        again(receiving.LARGEST_VALUES + 1)
