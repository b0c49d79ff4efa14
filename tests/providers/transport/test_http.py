"""The way to a server: accounts, retries, limits, refusals, and errors that tell no secret."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from hcl_lite.core.notices import telling_notices
from providers.grafana.client import GrafanaClient
from providers.transport import waiting
from providers.transport.connection import Connection, split_url
from providers.transport.errors import (
    ApiError,
    NotJson,
    Precondition,
    RateLimited,
    ServerFault,
    Unanswered,
    Unclear,
    Unreachable,
)
from providers.transport.http import HttpClient

Answer = httpx.Response | Exception


class _Server:
    """Gives the answers in turn, the last one for ever; remembers what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.busy = self.most = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.busy += 1
        self.most = max(self.most, self.busy)
        await asyncio.sleep(0)
        self.busy -= 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def _ok(body: Any = None) -> httpx.Response:
    return httpx.Response(200, json={} if body is None else body)


def _call(server: _Server, method: str = "GET", path: str = "/api/x", **settings: Any) -> tuple[Any, list[float]]:
    """The outcome of one call, be it an answer or an error, and the waits before it."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def work() -> Any:
        connection = Connection(**{"url": "http://g.test/sub", "read_only": False, "retries": 3, **settings})
        client = HttpClient(connection, httpx.MockTransport(server), sleep, lambda: 1.0)
        try:
            return await client.call(method, path, body={"a": 1} if method != "GET" else None)
        except ApiError as error:
            return error
        finally:
            await client.close()

    return asyncio.run(work()), waits


@pytest.mark.parametrize(
    ("auth", "header"),
    [("token", "Bearer token"), ("user:pa:ss", "Basic dXNlcjpwYTpzcw=="), ("", None)],
)
def test_an_account_is_a_token_or_a_password(auth: str, header: str | None) -> None:
    """Told by the colon."""
    server = _Server(_ok())
    _call(server, auth=auth)
    assert server.requests[0].headers.get("Authorization") == header


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://g.test/x", ("https://g.test/x", "")),
        ("https://TOKEN@g.test:3000/x", ("https://g.test:3000/x", "TOKEN")),
        ("https://u:p%40s%3A@g.test", ("https://g.test", "u:p@s:")),
    ],
)
def test_an_account_can_be_in_the_url(url: str, parts: tuple[str, str]) -> None:
    """And is taken out of it, so that no message shows it."""
    assert split_url(url) == parts


def test_the_path_below_a_prefix_and_all_headers_are_sent() -> None:
    """A Grafana that is served below a path; headers of a proxy."""
    server = _Server(_ok())
    _call(server, "POST", headers={"X-Proxy": "p"})
    (request,) = server.requests
    assert (str(request.url), request.headers["X-Proxy"]) == ("http://g.test/sub/api/x", "p")
    assert json.loads(request.content) == {"a": 1}


_BUSY = httpx.Response(429, json={"message": "slow down"}, headers={"Retry-After": "7"})
_CUT = httpx.Response(200, text='{"items": [', headers={"Content-Type": "application/json"})
_CUT_TO_NOTHING = httpx.Response(200, headers={"Content-Type": "application/json"})
_DATED = httpx.Response(
    503, headers={"Date": "Sat, 21 Nov 2026 10:00:00 GMT", "Retry-After": "Sat, 21 Nov 2026 10:00:05 GMT"}
)


@pytest.mark.parametrize(
    ("method", "answers", "calls", "waits"),
    [
        ("GET", [httpx.ConnectError("refused"), _ok()], 2, [0.25]),
        ("POST", [httpx.ConnectError("refused"), _ok()], 2, [0.25]),
        ("GET", [httpx.ReadTimeout("slow"), httpx.ReadError("reset"), _ok()], 3, [0.25, 0.5]),
        ("GET", [httpx.Response(502), httpx.Response(500), httpx.Response(504), _ok()], 4, [0.25, 0.5, 1.0]),
        ("POST", [_BUSY, _ok()], 2, [7.0]),
        ("POST", [_DATED, _ok()], 2, [5.0]),
        ("GET", [_CUT, _CUT_TO_NOTHING, _ok()], 3, [0.25, 0.5]),
        ("GET", [httpx.Response(200, text="<html>", headers={"Content-Type": "text/html"})], 1, []),
        ("POST", [_CUT], 1, []),
        ("GET", [httpx.Response(404, json={"message": "no"})], 1, []),
        ("POST", [httpx.ReadTimeout("slow")], 1, []),
        ("POST", [httpx.Response(500, json={"message": "database is locked"})], 1, []),
        ("POST", [httpx.Response(502)], 1, []),
    ],
)
def test_what_can_be_repeated_is(method: str, answers: list[Answer], calls: int, waits: list[float]) -> None:
    """Reads always; writes only where the server cannot have done the work. Waits grow, or are what the server says."""
    server = _Server(*answers)
    _, waited = _call(server, method)
    assert (len(server.requests), waited) == (calls, waits)


def _asking_to_wait(status: int, seconds: object) -> httpx.Response:
    return httpx.Response(status, json={"message": "slow down"}, headers={"Retry-After": str(seconds)})


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("seconds", [3600, 121, 10**20])
def test_a_server_that_wants_to_be_left_alone_for_long_is(status: int, method: str, seconds: int) -> None:
    """It is not asked again before its time, and nobody waits for an hour: the call ends at once, and says when."""
    server = _Server(_asking_to_wait(status, seconds))
    error, waits = _call(server, method)
    assert (len(server.requests), waits, error.status) == (1, [], status)
    assert f"(Retry-After: {seconds})" in str(error)
    assert error.hint == (
        f"The server asks to be left alone for {seconds} s; a call is tried for 120 s at the most. Run this again then."
    )


def test_a_server_is_left_alone_for_as_long_as_it_asks_and_no_longer_than_two_minutes_in_all() -> None:
    """The third minute would be too much."""
    server = _Server(_asking_to_wait(429, 50))
    _, waits = _call(server, "POST", retries=9)
    assert (len(server.requests), waits) == (3, [50.0, 50.0])


def test_retries_come_to_an_end() -> None:
    """And the last error is what is told."""
    server = _Server(_BUSY)
    error, waits = _call(server, "POST")
    assert isinstance(error, RateLimited)
    assert (len(server.requests), waits) == (4, [7.0, 7.0, 7.0])


@pytest.mark.parametrize(
    ("method", "answer", "kind", "unclear"),
    [
        ("POST", httpx.ConnectError("refused"), Unreachable, False),
        ("GET", httpx.ReadTimeout("slow"), Unanswered, True),
        ("POST", httpx.ReadTimeout("slow"), Unclear, True),
        ("POST", httpx.RemoteProtocolError("closed"), Unclear, True),
        ("POST", httpx.Response(500, json={"message": "x"}), ServerFault, True),
        ("POST", httpx.Response(200, text="<html>Log in</html>"), NotJson, True),
        ("POST", httpx.Response(302, headers={"Location": "https://evil.test/login"}, text="x"), NotJson, True),
    ],
)
def test_a_lost_answer_is_told_from_a_refusal(method: str, answer: Answer, kind: type[ApiError], unclear: bool) -> None:
    """Unclear is what may have been done all the same."""
    error, _ = _call(_Server(answer), method, retries=0)
    assert (type(error), error.unclear) == (kind, unclear)


def test_what_was_tried_again_after_a_503_is_unclear() -> None:
    """A proxy may say 503 of what Grafana has done: that it is there then is no refusal."""
    error, _ = _call(_Server(httpx.Response(503), httpx.Response(412, json={"message": "it exists"})), "POST")
    assert isinstance(error, Precondition)
    assert error.unclear


def test_a_redirect_is_not_followed_with_the_token() -> None:
    """One request, to the host that was named."""
    server = _Server(httpx.Response(302, headers={"Location": "https://evil.test/"}, text="moved"))
    error, _ = _call(server, auth="s3cret")
    assert [request.url.host for request in server.requests] == ["g.test"]
    assert "evil.test" in str(error)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_read_only_client_sends_nothing_but_reads(method: str) -> None:
    """It refuses before anything is sent: this is what plan is given."""
    server = _Server(_ok())
    with pytest.raises(RuntimeError, match="read-only"):
        _call(server, method, read_only=True)
    assert server.requests == []


_QUERY = frozenset({"/api/ds/query"})


def test_a_read_only_client_may_ask_by_post_where_that_reads() -> None:
    """And asks again, as for every read."""
    server = _Server(httpx.Response(502), _ok())
    _call(server, "POST", "/api/ds/query", read_only=True, read_by_post=_QUERY)
    assert [(r.method, r.url.path) for r in server.requests] == [("POST", "/sub/api/ds/query")] * 2


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/datasources"),
        ("POST", "/api/ds/query/"),
        ("POST", "/api/ds/query/../../datasources"),
        ("POST", "/api/ds/query?x=1"),
        ("POST", "/api/ds"),
        ("POST", "/API/DS/QUERY"),
        ("POST", "api/ds/query"),
        ("PUT", "/api/ds/query"),
        ("PATCH", "/api/ds/query"),
        ("DELETE", "/api/ds/query"),
        ("post", "/api/ds/query"),
    ],
)
def test_no_other_call_passes_for_a_read(method: str, path: str) -> None:
    """Method and path are compared whole."""
    server = _Server(_ok())
    with pytest.raises(RuntimeError, match="read-only"):
        _call(server, method, path, read_only=True, read_by_post=_QUERY)
    assert server.requests == []


@pytest.mark.parametrize("path", ["/api/snapshots-delete/key", "/api/snapshots-delete/"])
def test_a_get_that_writes_passes_for_no_read(path: str) -> None:
    """Whoever knows a delete key deletes by it."""
    server = _Server(_ok())
    with pytest.raises(RuntimeError, match="read-only"):
        _call(server, "GET", path, read_only=True, write_by_get=("/api/snapshots-delete/",))
    assert server.requests == []


def test_no_more_calls_are_under_way_than_allowed() -> None:
    """The provider's parallelism."""
    server = _Server(_ok())

    async def work() -> None:
        client = HttpClient(Connection("http://g.test", parallelism=3), httpx.MockTransport(server))
        await asyncio.gather(*(client.get("/") for _ in range(20)))
        await client.close()

    asyncio.run(work())
    assert server.most == 3


def test_a_server_that_has_too_much_to_do_is_given_fewer_calls_at_once() -> None:
    """Half of them after the first that it puts off; the calls themselves all succeed."""
    server = _Server(httpx.Response(429, headers={"Retry-After": "0"}), _ok())

    async def work() -> int:
        client = HttpClient(Connection("http://g.test", parallelism=8), httpx.MockTransport(server))
        await client.get("/")
        await asyncio.gather(*(client.get("/") for _ in range(4)))
        found = server.most
        await asyncio.gather(*(client.get("/") for _ in range(20)))
        await client.close()
        return found

    assert asyncio.run(work()) == 4
    assert server.most < 8


@pytest.mark.parametrize("answer", [httpx.ConnectError("no"), httpx.Response(401, json={"message": "Invalid API key"})])
def test_no_message_tells_the_account(answer: Answer) -> None:
    """Nor does the connection when it is printed."""
    error, _ = _call(_Server(answer), auth="s3cret-token", headers={"X": "s3cret-header"}, retries=0)
    assert "s3cret" not in f"{error} {error!r} {error.hint}"
    assert "s3cret" not in repr(Connection("http://g.test", "s3cret", {"X": "s3cret"}))


@pytest.mark.parametrize(("suffix", "version"), [("", "12.4.0"), ("?version=5", "5.4.3"), ("?version=7.5.5", "7.5.5")])
def test_an_embedded_url_names_the_version_to_play(tmp_path: Path, suffix: str, version: str) -> None:
    """And the file, which has no question mark in its name."""

    async def ask() -> Any:
        client = GrafanaClient(Connection(f"embedded:{tmp_path / 'g.db'}{suffix}", auth="admin:admin"))
        try:
            return await client.get("/api/health")
        finally:
            await client.close()

    assert asyncio.run(ask())["version"] == version
    assert (tmp_path / "g.db").exists()


def test_a_file_of_another_grafana_is_not_opened(tmp_path: Path) -> None:
    """It is said as a server that cannot be reached is."""

    async def ask(suffix: str) -> Any:
        client = GrafanaClient(Connection(f"embedded:{tmp_path / 'g.db'}{suffix}", auth="admin:admin", retries=0))
        try:
            return await client.get("/api/org")
        finally:
            await client.close()

    asyncio.run(ask("?version=3"))
    with pytest.raises(Unreachable, match="the file is of Grafana 3, not 12"):
        asyncio.run(ask(""))


def _told(server: _Server, calls: int = 1, **settings: Any) -> list[str]:
    """What a person is told while that many calls go on side by side."""
    told: list[str] = []

    async def sleep(_: float) -> None:
        await asyncio.sleep(0)

    async def work() -> None:
        client = HttpClient(Connection("http://g.test", **settings), httpx.MockTransport(server), sleep, lambda: 1.0)
        await asyncio.gather(*(client.get(f"/api/{n}") for n in range(calls)), return_exceptions=True)
        await client.close()

    with telling_notices(told.append):
        asyncio.run(work())
    return told


_DOWN = httpx.Response(503, json={"message": "starting"})


@pytest.mark.parametrize(
    ("answers", "settings", "told"),
    [
        ([_DOWN, _DOWN, _DOWN, _ok()], {}, []),
        ([_DOWN], {}, ["Waiting: GET http://g.test/api/0 answered 503: starting; tried for 4 s, again in 4 s."]),
        (
            [_BUSY, _ok()],
            {},
            ["Waiting: GET http://g.test/api/0 answered 429: slow down (Retry-After: 7); again in 7 s."],
        ),
        (
            [httpx.ConnectError("no route")],
            {},
            ["Waiting: GET http://g.test/api/0: no route; tried for 4 s, again in 4 s."],
        ),
        ([_DOWN], {"retries": 0}, []),
    ],
    ids=["a moment", "down", "as long as the server asks for", "unreachable", "no retries"],
)
def test_whoever_waits_is_told_after_five_seconds_what_for(
    answers: list[Answer], settings: dict[str, Any], told: list[str]
) -> None:
    """Once, before the try is made that comes later than that."""
    assert _told(_Server(*answers), **settings) == told


@pytest.mark.parametrize(("answer", "unclear"), [(_DOWN, True), (_BUSY, False), (httpx.ReadError("gone"), True)])
def test_who_waits_for_the_next_try_can_be_told_to_stop(answer: Answer, unclear: bool) -> None:
    """It fails at once with what the last try gave, and from then on nothing is tried again."""

    async def work() -> None:
        server = _Server(answer)
        client = HttpClient(Connection("http://g.test"), httpx.MockTransport(server), lambda _: asyncio.sleep(600))
        waiting = asyncio.ensure_future(client.get("/api/a"))
        while not server.requests:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        client.stop_waiting()
        with pytest.raises(ApiError) as caught:
            await waiting
        assert caught.value.unclear is unclear
        with pytest.raises(ApiError):
            await client.get("/api/b")
        assert len(server.requests) == 2
        assert await client.pause(0) is False
        await client.close()

    asyncio.run(asyncio.wait_for(work(), 10))


def test_many_calls_that_wait_for_the_same_are_told_once() -> None:
    """And what is another reason, once more."""
    one = "Waiting: GET http://g.test/api/0 answered 503: starting; tried for 4 s, again in 4 s."
    assert _told(_Server(_DOWN), calls=12) == [one]


def test_a_wait_that_comes_again_is_told_again() -> None:
    """Once nobody had to wait any more."""
    told: list[str] = []

    async def at_once(_: float) -> None:
        pass

    async def work() -> None:
        server = _Server(_BUSY, _ok(), _BUSY, _ok())
        client = HttpClient(Connection("http://g.test"), httpx.MockTransport(server), at_once, lambda: 1.0)
        await client.get("/api/a")
        await client.get("/api/b")
        await client.close()

    with telling_notices(told.append):
        asyncio.run(work())
    assert told == [
        f"Waiting: GET http://g.test/api/{name} answered 429: slow down (Retry-After: 7); again in 7 s."
        for name in ("a", "b")
    ]


def test_whoever_waits_for_an_answer_is_told_after_five_seconds_what_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for all calls that do."""
    monkeypatch.setattr(waiting, "AFTER", 0.0)
    told: list[str] = []

    async def slow(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.01)
        return _ok()

    async def work() -> None:
        client = HttpClient(Connection("http://g.test"), httpx.MockTransport(slow))
        await asyncio.gather(*(client.get(f"/api/{n}") for n in range(4)))
        await client.close()

    with telling_notices(told.append):
        asyncio.run(work())
    assert told == ["Waiting: GET http://g.test/api/0 has no answer after 0 s; it is given 60 s."]
