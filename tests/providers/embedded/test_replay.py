"""What real Grafanas answered, exchange by exchange: status, content type, and the shape of the body."""

import asyncio
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from providers.embedded import Options, create_app
from providers.versions import LATEST, RECORDED
from tests.providers.embedded.replaying import CREDENTIALS, Exchanges, differences, make_request, pair, read_body

RECORDINGS = Path(__file__).parents[4] / "shared" / "recordings"
EXCEPTIONS: dict[str, dict[str, str]] = {
    "3.2.1": {"dash-home": "the recorded server had been given a home dashboard of its own, by FlowUp"},
    "5.4.3": {},
    "7.5.5": {},
    "10.1.2": {},
    "11.0.0": {"ds-query-ds": "that build fails at the query of its own test data source"},
    "12.4.0": {"apis": "Grafana lists 11 API groups; the two that the embedded server serves are listed here"},
}
# What was on a server before the recording began: search-all of 3.2.1 finds it.
BEFORE: dict[str, list[dict[str, Any]]] = {"3.2.1": [{"title": "Production Overview"}]}
NOT_COMPARED = frozenset(
    {"created", "updated", "expires", "uid", "url", "key", "deleteKey", "deleteUrl", "commit", "serverAddress"}
)
# Slugs of Chinese titles are pinyin there, and code points here (generations/slugs.py).
CHINESE = ("dash-unicode", "search-all")


def _read(version: str) -> Exchanges:
    name = f"grafana-{version}.json"
    path = next(filter(Path.exists, (RECORDINGS / name, RECORDINGS / "more" / name)), Path(name))
    exchanges: Exchanges = json.loads(path.read_bytes())["exchanges"] if path.exists() else []
    return exchanges


EXCHANGES = {version: _read(version) for version in RECORDED}

pytestmark = pytest.mark.skipif(not all(EXCHANGES.values()), reason=f"no recordings at {RECORDINGS}")


def _named(version: str, exchange: dict[str, Any]) -> Any:
    name = exchange["name"]
    reason = EXCEPTIONS[version].get(name)
    marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
    return pytest.param(version, exchange, id=f"{version}-{name}", marks=marks)


@pytest.fixture(scope="module")
def answers() -> Callable[[str], dict[str, httpx.Response]]:
    """A version's answers to the whole script, by name, from one fresh server."""
    return cache(_answers)


def _answers(version: str) -> dict[str, httpx.Response]:
    given = iter(_uids_given_to_dashboards(EXCHANGES[version]))
    app = create_app(options=Options(version=version, make_uid=lambda: next(given)))
    try:
        return asyncio.run(_replay(app, version))
    finally:
        app.close()


def _uids_given_to_dashboards(exchanges: Exchanges) -> list[str]:
    """The uids Grafana chose, each once; with others, lists that are ordered by uid could not be compared."""
    saved = [one for one in exchanges if one["request"]["path"] == "/api/dashboards/db"]
    posted = [one for one in saved if one["response"]["status"] == 200]
    nameless = [one for one in posted if not one["request"]["body"]["dashboard"].get("uid")]
    return list(dict.fromkeys(one["response"]["body"].get("uid", "") for one in nameless))


async def _replay(app: Any, version: str) -> dict[str, httpx.Response]:
    exceptions = EXCEPTIONS[version]
    answers: dict[str, httpx.Response] = {}
    ours: dict[Any, Any] = {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://embedded") as client:
        for dashboard in BEFORE.get(version, []):
            headers = {"Authorization": CREDENTIALS["admin"]}
            await client.post("/api/dashboards/db", json={"dashboard": dashboard}, headers=headers)
        for exchange in EXCHANGES[version]:
            answer = await client.send(make_request(client, exchange["request"], ours))
            answers[exchange["name"]] = answer
            if exchange["name"] not in exceptions:
                ours |= pair(exchange["response"]["body"], read_body(answer))
    return answers


@pytest.mark.parametrize(
    ("version", "exchange"), [_named(version, one) for version, exchanges in EXCHANGES.items() for one in exchanges]
)
def test_answers_as_recorded(version: str, exchange: dict[str, Any], answers: Any) -> None:
    """Status, content type, keys, kinds of values and error texts are those of the real server."""
    recorded, own = exchange["response"], answers(version)[exchange["name"]]

    assert (own.status_code, own.headers.get("content-type")) == (recorded["status"], recorded["content_type"])
    assert differences(recorded["body"], read_body(own)) == []


@pytest.mark.parametrize("name", ["search-all", "search-tag", "search-query"])
@pytest.mark.parametrize("version", RECORDED)
def test_search_order_is_the_recorded_one(version: str, name: str, answers: Any) -> None:
    """By title without regard to case, and by age where titles are equal; 5.4.3 cuts a search for tags by age."""
    recorded = {exchange["name"]: exchange["response"]["body"] for exchange in EXCHANGES[version]}[name]

    assert [hit["title"] for hit in answers(version)[name].json()] == [hit["title"] for hit in recorded]


@pytest.mark.parametrize("version", RECORDED[:-1])
def test_values_are_the_recorded_ones(version: str, answers: Any) -> None:
    """Before 12 ids and versions are counted, so all values can be compared, but for times, random names and links."""
    given = answers(version)
    exchanges = [one for one in EXCHANGES[version] if one["name"] not in {*EXCEPTIONS[version], *CHINESE}]

    recorded = {one["name"]: _compared(one["response"]["body"]) for one in exchanges}

    assert {name: _compared(read_body(given[name])) for name in recorded} == recorded


def _compared(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _compared(inner) for key, inner in value.items() if key not in NOT_COMPARED}
    return [_compared(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("version", RECORDED)
def test_exceptions_name_recorded_exchanges(version: str) -> None:
    """An exception for an exchange that is not there would never be noticed."""
    assert EXCEPTIONS[version].keys() <= {exchange["name"] for exchange in EXCHANGES[version]}


def test_the_document_names_recorded_exchanges() -> None:
    """What docs/grafana-generations.md says was recorded, was."""
    text = (Path(__file__).parents[3] / "docs" / "grafana-generations.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:auth|dash|folder|ds|search|snap)-(?!db)[a-z0-9-]+)`", text))

    assert named - {exchange["name"] for exchange in EXCHANGES[LATEST]} == set()
