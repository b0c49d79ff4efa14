"""What a real Grafana 12.4.0 answered, exchange by exchange: status, content type, and the shape of the body."""

import asyncio
import base64
import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from providers.embedded import Options, create_app

RECORDING = Path(__file__).parents[4] / "shared" / "recordings" / "grafana-12.4.0.json"
EXCHANGES: list[dict[str, Any]] = json.loads(RECORDING.read_bytes())["exchanges"] if RECORDING.exists() else []
EXCEPTIONS = {
    "apis": "Grafana lists 11 API groups; the two that the embedded server serves are listed here",
}
SAME_TEXT = frozenset({"message", "messageId", "status", "reason"})
GIVEN_BY_SERVER = frozenset({"id", "uid", "name", "key", "deleteKey", "resourceVersion"})
CREDENTIALS = {
    "admin": "Basic " + base64.b64encode(b"admin:admin").decode(),
    "wrong-password": "Basic " + base64.b64encode(b"admin:wrong").decode(),
    "wrong-token": "Bearer glsa_0000000000000000000000000000000000_00000000",
}

pytestmark = pytest.mark.skipif(not EXCHANGES, reason=f"no recordings at {RECORDING}")


def _named(exchange: dict[str, Any]) -> Any:
    name = exchange["name"]
    reason = EXCEPTIONS.get(name)
    marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
    return pytest.param(exchange, id=name, marks=marks)


@pytest.fixture(scope="module")
def answers() -> Iterator[dict[str, httpx.Response]]:
    """Our answers to the whole script, by name, from one fresh server."""
    given = iter(_uids_given_to_dashboards())
    app = create_app(options=Options(make_uid=lambda: next(given)))
    yield asyncio.run(_replay(app))
    app.close()


def _uids_given_to_dashboards() -> list[str]:
    """The uids Grafana chose; with others, lists that are ordered by uid could not be compared."""
    saved = [one for one in EXCHANGES if one["request"]["path"] == "/api/dashboards/db"]
    posted = [one for one in saved if one["response"]["status"] == 200]
    return [one["response"]["body"]["uid"] for one in posted if not one["request"]["body"]["dashboard"].get("uid")]


async def _replay(app: Any) -> dict[str, httpx.Response]:
    answers: dict[str, httpx.Response] = {}
    ours: dict[Any, Any] = {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://embedded") as client:
        for exchange in EXCHANGES:
            answer = await client.send(_request(client, exchange["request"], ours))
            answers[exchange["name"]] = answer
            ours |= _pair(exchange["response"]["body"], _body(answer))
    return answers


def _request(client: httpx.AsyncClient, recorded: dict[str, Any], ours: dict[Any, Any]) -> httpx.Request:
    headers = {"Authorization": CREDENTIALS[recorded["auth"]]} if recorded.get("auth") in CREDENTIALS else {}
    if recorded.get("accept"):
        headers["Accept"] = recorded["accept"]
    path = re.sub(r"[^/?&=]+", lambda part: str(ours.get(part[0], part[0])), recorded["path"])
    send = partial(client.build_request, recorded["method"], path, headers=headers)
    if "raw" in recorded:
        return send(content=recorded["raw"])
    return send(json=_translate(recorded["body"], ours)) if "body" in recorded else send()


def _translate(value: Any, ours: dict[Any, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _translate(inner, ours) for key, inner in value.items()}
    if isinstance(value, list):
        return [_translate(inner, ours) for inner in value]
    return ours.get(value, value)


def _pair(recorded: Any, own: Any, key: str = "") -> dict[Any, Any]:
    """What the recorded server called things, and what ours does."""
    if isinstance(recorded, dict) and isinstance(own, dict):
        shared = [(inner, recorded[inner], own[inner]) for inner in recorded.keys() & own.keys()]
    elif isinstance(recorded, list) and isinstance(own, list):
        shared = [(key, *both) for both in zip(recorded, own, strict=False)]
    else:
        return {recorded: own} if key in GIVEN_BY_SERVER and recorded != own and recorded else {}
    return {old: new for inner, left, right in shared for old, new in _pair(left, right, inner).items()}


def _body(answer: httpx.Response) -> Any:
    return answer.json() if answer.content else ""


def _differences(recorded: Any, own: Any, path: str = "$", key: str = "") -> list[str]:
    if _kind(recorded) != _kind(own):
        return [f"{path}: recorded {_kind(recorded)}, here {_kind(own)} ({own!r})"]
    if isinstance(recorded, dict):
        found = [f"{path}.{name}: not here" for name in recorded.keys() - own.keys()]
        found += [f"{path}.{name}: not in the recording" for name in own.keys() - recorded.keys()]
        for name in sorted(recorded.keys() & own.keys()):
            found += _differences(recorded[name], own[name], f"{path}.{name}", name)
        return found
    if isinstance(recorded, list):
        if len(recorded) != len(own):
            return [f"{path}: recorded {len(recorded)} items, here {len(own)}"]
        pairs = enumerate(zip(recorded, own, strict=True))
        return [text for at, (left, right) in pairs for text in _differences(left, right, f"{path}[{at}]")]
    if key in SAME_TEXT and recorded != own:
        return [f"{path}: recorded {recorded!r}, here {own!r}"]
    return []


def _kind(value: Any) -> str:
    kinds = {type(None): "null", bool: "bool", int: "number", float: "number", str: "text", list: "list"}
    return kinds.get(type(value), "object")


@pytest.mark.parametrize("exchange", [_named(exchange) for exchange in EXCHANGES])
def test_answers_as_recorded(exchange: dict[str, Any], answers: dict[str, httpx.Response]) -> None:
    """Status, content type, keys, kinds of values and error texts are those of the real server."""
    recorded, own = exchange["response"], answers[exchange["name"]]

    assert (own.status_code, own.headers.get("content-type")) == (recorded["status"], recorded["content_type"])
    assert _differences(recorded["body"], _body(own)) == []


def test_search_order_is_the_recorded_one(answers: dict[str, httpx.Response]) -> None:
    """12.4.0 sorts by title without regard to case, and by age where titles are equal."""
    recorded = {exchange["name"]: exchange["response"]["body"] for exchange in EXCHANGES}["search-all"]

    assert [hit["title"] for hit in answers["search-all"].json()] == [hit["title"] for hit in recorded]


def test_exceptions_name_recorded_exchanges() -> None:
    """An exception for an exchange that is not there would never be noticed."""
    assert EXCEPTIONS.keys() <= {exchange["name"] for exchange in EXCHANGES}
