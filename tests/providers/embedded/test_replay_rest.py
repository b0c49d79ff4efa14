"""What real Grafanas answered for teams, playlists, alerting and the rest, exchange by exchange: with all values."""

import asyncio
import json
import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from providers.embedded import Options, create_app
from providers.versions import LATEST
from tests.providers.embedded.replaying import GIVEN_BY_SERVER, Exchanges, make_request, pair, read_body

RECORDINGS = Path(__file__).parents[4] / "shared" / "recordings" / "rest"
OLD = ("10.1.2", "11.0.0")


def _read(version: str) -> Exchanges:
    path = RECORDINGS / f"grafana-{version}.json"
    exchanges: Exchanges = json.loads(path.read_bytes())["exchanges"] if path.exists() else []
    return exchanges


EXCHANGES = _read(LATEST)

_NOT_YET = "not served yet"
_REASONS = {
    _NOT_YET: """
    org-quotas short-url
    """,
}
# Which of the answers of older ones are not given alike: what no version is served of yet, and the faults of a build.
_OF_ACCESS = """
    sa-permissions sa-permissions-after perm-folders perm-folders-missing perm-folders-after perm-folders-bad
    perm-dashboards perm-dashboards-missing perm-dashboards-after perm-dashboards-bad
    """
_OF_OTHERS = "org-quotas short-url ruler-list"
OLD_EXCEPTIONS = {
    # The export of rules fails there.
    "10.1.2": f"{_OF_ACCESS} {_OF_OTHERS} perm-folders-description perm-dashboards-description rule-export",
    "11.0.0": f"{_OF_ACCESS} {_OF_OTHERS} cp-export",  # which ends in "EOF" there
}
EXCEPTIONS = {name: reason for reason, names in _REASONS.items() for name in names.split()}
GIVEN = GIVEN_BY_SERVER | {"version"}
# Times, what is random, of the server's build, or of its settings: pictures were switched off there.
NOT_COMPARED = frozenset(
    {
        *("created", "updated", "createdAt", "updatedAt", "lastSeenAt", "lastSeenAtAge", "expiration"),
        *("creationTimestamp", "time", "manager", "grafana.app/updatedTimestamp", "grafana.app/createdBy"),
        "grafana.app/deprecatedInternalID",
        *(
            "accessErrorId",
            "secondsUntilExpiration",
            "commit",
            "guid",
            "key",
            "avatarUrl",
            "userAvatarUrl",
            "teamAvatarUrl",
        ),
    }
)

pytestmark = pytest.mark.skipif(not EXCHANGES, reason=f"no recording at {RECORDINGS}")


def _named(exchange: dict[str, Any]) -> Any:
    name = exchange["name"]
    marks = [pytest.mark.xfail(reason=EXCEPTIONS[name], strict=True)] if name in EXCEPTIONS else []
    return pytest.param(exchange, id=name, marks=marks)


@pytest.fixture(scope="module")
def replayed() -> Callable[[], dict[str, tuple[httpx.Response, Any]]]:
    """Our answers to the whole script, by name, each with the recorded body in our names; from one fresh server."""
    return cache(partial(_replayed, LATEST, EXCHANGES))


def _replayed(version: str, exchanges: Exchanges) -> dict[str, tuple[httpx.Response, Any]]:
    app = create_app(options=Options(version=version))
    try:
        return asyncio.run(_replay(app, exchanges))
    finally:
        app.close()


async def _replay(app: Any, exchanges: Exchanges) -> dict[str, tuple[httpx.Response, Any]]:
    answers: dict[str, tuple[httpx.Response, Any]] = {}
    ours: dict[Any, Any] = {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:3300") as client:
        for exchange in exchanges:
            answer = await client.send(make_request(client, exchange["request"], ours))
            recorded = exchange["response"]["body"]
            if answer.status_code == exchange["response"]["status"]:
                ours |= {
                    old: new for old, new in pair(recorded, read_body(answer), given=GIVEN).items() if _is_random(old)
                }
            answers[exchange["name"]] = (answer, _in_our_names(recorded, ours))
    return answers


def _in_our_names(value: Any, ours: dict[Any, Any]) -> Any:
    """What was recorded, with what ours calls things, also within texts."""
    if isinstance(value, dict):
        return {key: _in_our_names(inner, ours) for key, inner in value.items()}
    if isinstance(value, list):
        return [_in_our_names(inner, ours) for inner in value]
    if isinstance(value, str):
        return re.sub(r"[\w-]+", lambda word: str(ours.get(word[0], word[0])), value)
    return value if isinstance(value, bool) else ours.get(value, value)


def _is_random(value: Any) -> bool:
    """Whether the server did not count it, nor has it from the request."""
    return value > 1_000_000 if isinstance(value, int) else not str(value).startswith("rest")


@pytest.mark.parametrize("exchange", [_named(one) for one in EXCHANGES])
def test_answers_as_recorded(exchange: dict[str, Any], replayed: Any) -> None:
    """Status, content type and all values are those of the real server, but for times and what is random."""
    answer, recorded = replayed()[exchange["name"]]

    assert _of(answer) == _recorded(exchange, recorded)


@pytest.mark.parametrize("version", OLD)
def test_older_ones_answer_as_recorded(version: str) -> None:
    """The same of 10.1.2 and 11.0.0: all but what is listed, and what is listed does not."""
    exchanges = _read(version)
    answers = _replayed(version, exchanges)

    given = {name: _of(answer) for name, (answer, _) in answers.items()}
    recorded = {one["name"]: _recorded(one, answers[one["name"]][1]) for one in exchanges}
    others = {name: (given[name], recorded[name]) for name in given if given[name] != recorded[name]}

    excepted = set(OLD_EXCEPTIONS[version].split())
    assert {name: both for name, both in others.items() if name not in excepted} == {}
    assert excepted - others.keys() == set()


def _of(answer: httpx.Response) -> tuple[int, str | None, Any]:
    return answer.status_code, answer.headers.get("content-type"), _compared(read_body(answer))


def _recorded(exchange: dict[str, Any], body: Any) -> tuple[int, str | None, Any]:
    return exchange["response"]["status"], exchange["response"]["content_type"], _compared(body)


def test_exceptions_name_recorded_exchanges() -> None:
    """An exception for an exchange that is not there would never be noticed."""
    assert EXCEPTIONS.keys() <= {exchange["name"] for exchange in EXCHANGES}


def _named_holder(item: dict[str, Any]) -> dict[str, Any]:
    """The holder of a permission, without pictures and what is random."""
    return {key: value for key, value in item.items() if key != "id" and not key.endswith(("AvatarUrl", "Uid"))}


def _compared(value: Any) -> Any:
    """Actions, and the holders of permissions, come in any order, and each has the number of its role."""
    if isinstance(value, list) and value and isinstance(value[0], dict) and "roleName" in value[0]:
        items = [{**_compared(_named_holder(item)), "actions": sorted(set(item["actions"]))} for item in value]
        return sorted(items, key=lambda item: (item["roleName"], item["isInherited"]))
    if isinstance(value, dict) and value.get("title") == "Built-in Templates":
        return {**value, "content": ""}  # the text is Grafana's own, of 13,000 characters
    if isinstance(value, dict):
        return {key: type(inner).__name__ if key in NOT_COMPARED else _compared(inner) for key, inner in value.items()}
    return [_compared(inner) for inner in value] if isinstance(value, list) else value
