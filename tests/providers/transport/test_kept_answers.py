"""Answers given again within a piece of work: each GET is sent once, and only to whom it was answered."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from providers.transport.connection import Connection
from providers.transport.http import HttpClient
from providers.transport.kept_answers import asking_once, is_keeping, keep_object, keeping_answers, kept_object


def test_the_same_get_is_sent_once() -> None:
    """By address, parameters, account and organisation; never a write, a failure, or beyond the work."""
    sent: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        sent.append(f"{request.method} {request.url.path}?{request.url.query.decode()}")
        return httpx.Response(404 if request.url.path == "/none" else 200, json={"number": len(sent)})

    def client(**settings: Any) -> HttpClient:
        return HttpClient(
            Connection("http://grafana", read_only=False, **settings), transport=httpx.MockTransport(answer)
        )

    async def work() -> list[Any]:
        first, second = client(auth="a:b"), client(auth="a:b")
        got = [await first.get("/x"), await second.get("/x"), await second.get("/x", {"page": "2"})]
        got += [await client(auth="c:d").get("/x"), await client(headers={"X-Grafana-Org-Id": "2"}).get("/x")]
        got += [await first.find("/none"), await first.find("/none")]
        return [*got, await first.call("POST", "/x"), await first.call("POST", "/x")]

    with keeping_answers():
        got = asyncio.run(work())
    assert [one and one["number"] for one in got] == [1, 1, 2, 3, 4, None, None, 7, 8]
    assert asyncio.run(client(auth="a:b").get("/x")) == {"number": 9}
    assert sent == [
        *("GET /x?", "GET /x?page=2", "GET /x?", "GET /x?", "GET /none?", "GET /none?", "POST /x?", "POST /x?"),
        "GET /x?",
    ]


def test_an_object_of_a_list_is_kept_as_it_was() -> None:
    """By its route, server and account, within the work; of a page that was asked for once no answer is."""
    sent: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.url.path)
        return httpx.Response(200, json={})

    here, other = Connection("http://grafana", auth="a:b"), Connection("http://grafana", auth="c:d")
    document = {"whole": 2**70, "half": "\ud800", "float": 1.0, "list": [None, True]}

    async def work() -> None:
        client = HttpClient(here, transport=httpx.MockTransport(answer))
        with asking_once():
            await client.get("/page")
        await client.get("/page")

    keep_object(here, "/x", document)
    assert (is_keeping(), kept_object(here, "/x")) == (False, None)
    with keeping_answers():
        keep_object(here, "/x", document)
        assert kept_object(here, "/x") == document
        assert (kept_object(here, "/y"), kept_object(other, "/x")) == (None, None)
        asyncio.run(work())
    assert kept_object(here, "/x") is None
    assert sent == ["/page", "/page"]
