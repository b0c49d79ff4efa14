"""What a served port lets in."""

import asyncio
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from providers.embedded.doorway import Doorway, Names, is_loopback

_LOOPBACK = Names("127.0.0.1", frozenset({"grafana"}))
_EVERYWHERE = Names("0.0.0.0", frozenset({"grafana"}))


@pytest.mark.parametrize("port", ["", ":3000"])
@pytest.mark.parametrize(
    ("host", "on_loopback", "everywhere"),
    [
        ("127.0.0.1", True, True),
        ("127.0.0.2", True, True),
        ("[::1]", True, True),
        ("localhost", True, True),
        ("LOCALHOST", True, True),
        ("Grafana", True, True),
        ("10.0.0.7", False, True),
        ("[2001:db8::7]", False, True),
        ("rebound.example", False, False),
        ("localhost.rebound.example", False, False),
        ("127.0.0.1.rebound.example", False, False),
        ("2130706433", False, False),
        ("localhost.", False, False),
        ("localhost:3000@rebound.example", False, False),
        ("localhost:3000/rebound.example", False, False),
        ("[::1", False, False),
        ("[::1].rebound.example", False, False),
        ("", False, False),
    ],
)
def test_a_server_has_its_own_names(host: str, port: str, on_loopback: bool, everywhere: bool) -> None:
    """Addresses where others reach it; a name of somebody else is none of them, whatever it resolves to."""
    assert (_LOOPBACK.have(host + port), _EVERYWHERE.have(host + port)) == (on_loopback, everywhere)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False), ("grafana", False)],
)
def test_only_this_machine_reaches_a_loopback_address(host: str, loopback: bool) -> None:
    """What is no address counts as reachable."""
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("headers", "chunks", "status"),
    [
        pytest.param({"host": "localhost:3000"}, [b"1234"], 200, id="its own name"),
        pytest.param({"host": "localhost:3000", "origin": "http://localhost:3000"}, [b""], 200, id="its own page"),
        pytest.param({"host": "rebound.example"}, [b""], 403, id="a name that was rebound"),
        pytest.param({}, [b""], 403, id="no name"),
        pytest.param({"host": "localhost", "origin": "http://other.example"}, [b""], 403, id="another site"),
        pytest.param({"host": "localhost", "origin": "http://localhost:5173"}, [b""], 403, id="another port"),
        pytest.param({"host": "localhost", "origin": "null"}, [b""], 403, id="a page of no site"),
        pytest.param({"host": "localhost", "content-length": "9"}, [b""], 413, id="too large, announced"),
        pytest.param({"host": "localhost"}, [b"1234", b"5678", b"9"], 413, id="too large, in chunks"),
        pytest.param({"host": "localhost"}, [b"1234", b"5678"], 200, id="as large as may be"),
    ],
)
def test_what_may_come_in_does(headers: dict[str, str], chunks: list[bytes], status: int) -> None:
    """403 for another name or site, 413 beyond the size; the app behind sees nothing of these."""
    assert _ask(headers, chunks) == (status, status == 200)


def _ask(headers: dict[str, str], chunks: list[bytes]) -> tuple[int, bool]:
    """Status, and whether the app behind read the whole body."""
    sizes: list[int] = []
    sent: list[Any] = []
    messages = iter(
        [{"type": "http.request", "body": b, "more_body": i < len(chunks) - 1} for i, b in enumerate(chunks)]
    )

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        more = True
        size = 0
        while more:
            message = await receive()
            size += len(message["body"])
            more = message["more_body"]
        sizes.append(size)
        await PlainTextResponse("")(scope, receive, send)

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "headers": [(k.encode(), v.encode()) for k, v in headers.items()]}
    asyncio.run(Doorway(app, _LOOPBACK, max_body=8)(scope, receive, send))
    return sent[0]["status"], bool(sizes)


def test_an_exception_behind_it_is_a_line_and_a_500(caplog: pytest.LogCaptureFixture) -> None:
    """No traceback of serve, whatever a handler runs into."""
    sent: list[Any] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise KeyError("a\u001b[2J")

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/x\n", "headers": [(b"host", b"localhost")]}
    asyncio.run(Doorway(app, _LOOPBACK)(scope, receive, send))

    assert (sent[0]["status"], sent[1]["body"]) == (500, b'{"message":"Internal Server Error"}')
    (record,) = caplog.records
    assert record.exc_info is None
    assert record.getMessage().startswith("GET '/x\\n': KeyError: ")
    assert "\u001b" not in record.getMessage()
