"""Which of the things that a dashboard uses are asked for, and what counts as missing."""

from __future__ import annotations

import asyncio

import httpx
import pytest
import respx

from hcl_lite.core.schema import Mention
from providers.grafana.client import make_client
from providers.grafana.references import find_missing
from tests.contexts import BARE

_URL = "http://grafana.invalid"
_SOURCES = [{"id": 1, "uid": "prom", "name": "Prometheus", "type": "prometheus"}]
_NO_PANEL = {"message": "library element could not be found"}


def _missing(*mentions: Mention) -> set[Mention]:
    async def ask() -> set[Mention]:
        client = make_client({"url": _URL, "auth": "token"}, True, BARE)
        try:
            return set(await find_missing(client, mentions))
        finally:
            await client.close()

    return asyncio.run(ask())


@respx.mock
def test_a_data_source_is_there_by_uid_or_by_name() -> None:
    """One list for all of them."""
    respx.get(f"{_URL}/api/health").respond(json={"version": "12.4.0"})
    respx.get(f"{_URL}/api/frontend/settings").respond(json={"buildInfo": {"version": "12.4.0"}})
    listed = respx.get(f"{_URL}/api/datasources").respond(json=_SOURCES)
    uid, name = "data source", "data source name"
    gone = {Mention(uid, "gone"), Mention(name, "Gone")}
    assert _missing(Mention(uid, "prom"), Mention(name, "prom"), Mention(name, "Prometheus"), *gone) == gone
    assert listed.call_count == 1


@pytest.mark.parametrize(
    ("answer", "is_missing"),
    [
        (httpx.Response(200, json={"result": {"uid": "lib"}}), False),
        (httpx.Response(404, json=_NO_PANEL), True),
        (httpx.Response(404, json={"message": "Not found"}), False),
        (httpx.Response(403, json={"message": "You'll need additional permissions"}), False),
    ],
    ids=["there", "not there", "no such route", "not for this account"],
)
@respx.mock
def test_a_library_panel_is_missing_where_the_server_says_so(answer: httpx.Response, is_missing: bool) -> None:
    """What nobody can tell is no reason to warn."""
    respx.get(f"{_URL}/api/library-elements/lib").mock(return_value=answer)
    panel = Mention("library panel", "lib")
    assert _missing(panel) == ({panel} if is_missing else set())


@respx.mock
def test_a_list_that_is_refused_tells_nothing() -> None:
    """Viewers may not list data sources."""
    respx.get(f"{_URL}/api/health").respond(json={"version": "12.4.0"})
    respx.get(f"{_URL}/api/frontend/settings").respond(json={"buildInfo": {"version": "12.4.0"}})
    respx.get(f"{_URL}/api/datasources").respond(403, json={"message": "Permission denied"})
    assert _missing(Mention("data source", "gone")) == set()
