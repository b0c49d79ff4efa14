"""A server that is gone costs one patience, and is told of in one way; one route that fails is no gone server."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from providers.transport.connection import Connection
from providers.transport.errors import ApiError
from providers.transport.http import HttpClient

_REFUSED = httpx.ConnectError("refused")
_SLOW = httpx.ReadTimeout("slow")
_BROKEN = httpx.RemoteProtocolError("cut")


def _calls(answers: Mapping[str, Any], *steps: tuple[str, ...], write: bool = False) -> tuple[list[Any], Counter[str]]:
    """What calls give: those of a step side by side, step after step. `answers` are status or error by path, or several
    in turn, the last one for ever."""
    asked: Counter[str] = Counter()

    async def answer(request: httpx.Request) -> httpx.Response:
        asked[request.url.path] += 1
        await asyncio.sleep(0)
        told = answers[request.url.path]
        if isinstance(told, list):
            told = told.pop(0) if len(told) > 1 else told[0]
        if isinstance(told, Exception):
            raise told
        return httpx.Response(told, json={"message": "told"})

    async def sleep(_: float) -> None:
        for _ in range(3):
            await asyncio.sleep(0)

    async def ask(client: HttpClient, path: str) -> Any:
        try:
            return await client.call("POST" if write else "GET", path)
        except ApiError as error:
            return error

    async def work() -> list[Any]:
        connection = Connection(url="http://g.test", read_only=False, retries=2, parallelism=4)
        client = HttpClient(connection, httpx.MockTransport(answer), sleep, lambda: 1.0)
        try:
            found = []
            for paths in steps:
                found += await asyncio.gather(*(ask(client, path) for path in paths))
            return found
        finally:
            await client.close()

    return asyncio.run(work()), asked


@pytest.mark.parametrize("fault", [_REFUSED, httpx.ConnectTimeout("late"), _SLOW, _BROKEN, 502, 503, 504])
def test_a_server_that_never_answers_is_waited_for_once(fault: Any) -> None:
    """Those side by side share the tries of the first; the others fail without one, with the same words, and none of
    them may have done anything."""
    paths = tuple(f"/{number}" for number in range(40))
    errors, asked = _calls(dict.fromkeys(paths, fault), paths, ("/0",))
    assert {str(error) for error in errors} == {str(errors[0])}
    assert [error.is_unreachable for error in errors] == [True] * 41
    assert not any(error.unclear for error in errors[4:])
    assert errors[0].suspects
    assert errors[0].hint
    assert asked == {"/0": 3, "/1": 3, "/2": 3, "/3": 3}


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
def test_a_server_that_says_no_is_there(status: int) -> None:
    """Each call has its own answer."""
    errors, _ = _calls({"/a": status, "/b": status}, ("/a",), ("/b",), ("/a",))
    assert [(error.status, error.is_unreachable) for error in errors] == [(status, False)] * 3


@pytest.mark.parametrize("fault", [_SLOW, 502, 504])
def test_one_route_that_fails_is_no_server_that_is_gone(fault: Any) -> None:
    """As long as what has answered before does so again, each call to it is tried."""
    answers = {"/up": 200, "/slow": fault, "/other": fault}
    found, asked = _calls(answers, ("/up",), ("/slow",), ("/slow",), ("/other",), ("/up", "/other"), ("/up",))
    assert asked == {"/up": 7, "/slow": 6, "/other": 6}
    assert not any(getattr(one, "is_unreachable", False) for one in found)


@pytest.mark.parametrize("fault", [_SLOW, 502, 504])
def test_a_server_whose_proxy_answers_no_longer_is_gone(fault: Any) -> None:
    """What has answered before does not any more, asked once."""
    found, asked = _calls({"/up": [200, fault], "/slow": fault}, ("/up",), ("/slow",), ("/up",), ("/slow",))
    assert asked == {"/up": 2, "/slow": 3}
    assert [getattr(one, "is_unreachable", None) for one in found] == [None, True, True, True]


def test_a_server_that_goes_down_in_the_middle_is_found_by_the_first_call_that_is_given_up() -> None:
    """No connection is enough, whatever it has answered before."""
    found, asked = _calls({"/up": 200, "/a": _REFUSED, "/b": _REFUSED}, ("/up",), ("/a",), ("/b",), ("/up",))
    assert asked == {"/up": 1, "/a": 3}
    assert [getattr(one, "is_unreachable", None) for one in found] == [None, True, True, True]


@pytest.mark.parametrize("fault", [_SLOW, 502, 504])
def test_a_write_that_may_have_been_done_says_so_and_closes_nothing(fault: Any) -> None:
    """It is tried once, and tells nothing of the server."""
    found, asked = _calls({"/a": fault, "/b": fault}, ("/a",), ("/b",), write=True)
    assert [(error.unclear, error.is_unreachable) for error in found] == [(True, False)] * 2
    assert asked == {"/a": 1, "/b": 1}
