"""Numbers, texts and bodies that no server keeps: answered as 12.4.0 does where that is known; never a traceback."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from providers.embedded import Options, create_app
from providers.embedded.app import EmbeddedApp
from providers.embedded_headspin import create_app as create_headspin

_NUMBERS = [
    "9223372036854775808",
    "99999999999999999999",
    "9" * 5000,
    "-1",
    "0",
    "1.5",
    "1e3",
    "NaN",
    "%F0%9F%98%80",
    "٣",
]
_BODIES = [
    b"",
    b"null",
    b"[]",
    b"\xff\xfe",
    b'"' + b"a" * 1000 + b'"',
    b"[" * 5000 + b"]" * 5000,
    b'{"a":' * 900 + b"1" + b"}" * 900,
    b'{"id": 99999999999999999999, "version": 99999999999999999999, "orgId": 1e400, "userId": 1e30}',
    b'{"id": 9223372036854775807, "version": 18446744073709551615, "expires": 99999999999999, "name": "x"}',
    b'{"dashboard": {"id": 18446744073709551615, "version": 18446744073709551615, "title": "T"}, "folderId": 1e20}',
    b'{"dashboard": {"title": "T", "id": 9223372036854775807, "version": 9223372036854775807}, "overwrite": true}',
    b'{"name": "x", "title": "\\ud800", "uid": "\\u0000", "secondsToLive": 99999999999999999, "role": "Admin"}',
    b'{"queries": [{"refId": "A", "intervalMs": 1e30, "maxDataPoints": 99999999999999999999}], "from": "1e99"}',
    b'{"name": NaN, "items": [{"userId": 99999999999999999999, "permission": 1e20}]}',
]


# What these answer otherwise than the one before or after, whose other routes they have.
_OWN = {
    "11.0.0": ("/api/folders", "/apis", "/api/v1/provisioning/contact-points"),
    "11.6.0": ("/api/dashboards", "/api/search"),
}


async def _ask_all(app: EmbeddedApp) -> list[tuple[str, int]]:
    transport = httpx.ASGITransport(app=app)
    answered = []
    async with httpx.AsyncClient(transport=transport, base_url="http://e", auth=("admin", "admin")) as client:
        own = _OWN.get(app.options.version, ("",))
        for route in [route for route, *_ in app._router._compiled if route.path.startswith(own)]:
            methods = ["GET", "POST"] if route.method == "*" else [route.method]
            for number in _NUMBERS:
                path = "/".join(number if part.startswith("{") else part for part in route.path.split("/"))
                query = f"?page={number}&limit={number}&perpage={number}&version={number}&from={number}&step={number}"
                for method in methods:
                    answer = await client.request(method, f"{path}{query}", content=b"{}")
                    answered.append((f"{method} {path[:90]}", answer.status_code))
            for body in _BODIES if route.method not in ("GET", "DELETE") else ():
                path = "/".join("1" if part.startswith("{") else part for part in route.path.split("/"))
                answer = await client.request(methods[-1], path, content=body)
                answered.append((f"{methods[-1]} {path} {body[:90]!r}", answer.status_code))
    return answered


def _apps() -> list[Any]:
    versions = ["3.2.1", "5.4.3", "7.5.5", "10.1.2", "11.0.0", "11.6.0", "12.4.0"]
    return [pytest.param(lambda v=v: create_app(options=Options(version=v)), id=v) for v in versions] + [
        pytest.param(lambda: create_headspin(None), id="headspin")
    ]


@pytest.mark.parametrize("make", _apps())
def test_every_route_answers_whatever_the_number_and_the_body(make: Any) -> None:
    """What would be an exception here is a traceback of serve; 500 is what a Grafana says on purpose, if at all."""
    app = make()
    try:
        answered = asyncio.run(_ask_all(app))
    finally:
        app.close()
    assert answered


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/api/folders/id/N", 400, "id is invalid"),
        ("/api/datasources/N", 400, "id is invalid"),
        ("/api/datasources/proxy/N/x", 400, "id is invalid"),
        ("/api/serviceaccounts/N/tokens", 404, "Not found"),
        ("/api/users/N", 404, "User not found"),
        ("/api/users/N/orgs", 404, "User not found"),
    ],
)
@pytest.mark.parametrize("number", ["9223372036854775808", "99999999999999999999", "9" * 5000])
def test_a_number_beyond_64_bits_is_refused_in_the_words_of_12(
    number: str, path: str, status: int, message: str
) -> None:
    """As a real 12.4.0 answered on 2026-11-26."""

    async def ask() -> httpx.Response:
        app = create_app()
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://e", auth=("admin", "admin")
        ) as client:
            return await client.get(path.replace("N", number))

    answer = asyncio.run(ask())
    assert (answer.status_code, answer.json()) == (status, {"message": message})
