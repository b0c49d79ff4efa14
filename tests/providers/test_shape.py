"""Answers that are JSON and cannot be true: refused, and after a write looked at once more."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from hcl_lite.core.schema import Live
from providers.connection import Connection
from providers.errors import Unexpected
from providers.grafana import client as grafana_client
from providers.grafana.client import GrafanaClient
from providers.grafana.folder import FOLDER
from providers.grafana.provider import Grafana
from providers.shape import check_live

_FOLDER = {"id": 7, "uid": "team", "title": "Team", "url": "/f/team", "version": 1, "parentUid": ""}


@pytest.mark.parametrize(
    ("live", "says"),
    [
        (Live("other", {}), "uid is 'other', not 'team'"),
        (Live("", {}), "uid is ''"),
        (Live(None, {}), "uid is None"),  # type: ignore[arg-type]
        (Live("team", {}, {"title": None}), "title is None"),
        (Live("team", {}, {"title": ["x"]}), "title is"),
        (Live("team", {}, {"id": "7"}), "id is '7'"),
        (Live("team", {}, {"id": True}), "id is True"),
        (Live("team", {"version": [1]}), "version is"),
    ],
)
def test_what_cannot_be_the_object_is_refused(live: Live, says: str) -> None:
    """Another uid, kinds of values that the attributes have not, a version that is no version."""
    with pytest.raises(ValueError, match=says):
        check_live(FOLDER, live, "team")


def test_what_a_server_leaves_out_is_no_fault() -> None:
    """Null for what is not set, and what no attribute speaks of."""
    live = Live("team", {"version": None}, {"title": "T", "url": None, "more": object()})  # type: ignore[dict-item]
    assert check_live(FOLDER, live, "team") is live


def _grafana(*answers: tuple[str, Any]) -> tuple[Grafana, list[str]]:
    """A Grafana that gives these answers in turn to what is asked by these methods."""
    left, asked = list(answers), []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        method, body = left.pop(0)
        assert request.method == method
        return httpx.Response(404, json={}) if body is None else httpx.Response(200, json=body)

    async def at_once(_: float) -> None:
        return None

    connection = Connection("http://g.test", retries=0, read_only=False)
    return Grafana(GrafanaClient(connection, httpx.MockTransport(handle), at_once)), asked


@pytest.mark.parametrize(
    "nonsense", [[], "x", {}, {**_FOLDER, "uid": None}, {**_FOLDER, "title": 7}, {**_FOLDER, "uid": "x"}]
)
def test_a_write_whose_answer_makes_no_sense_is_read_back(nonsense: Any) -> None:
    """The folder was made: nobody makes it twice, and what is remembered is what is there."""
    grafana, asked = _grafana(("POST", nonsense), ("GET", _FOLDER))
    live = asyncio.run(grafana.create("grafana_folder", {"uid": "team", "title": "Team"}))
    assert (live.uid, live.version, asked) == ("team", {"id": 7, "version": 1}, ["POST", "GET"])


def test_where_nothing_can_be_found_out_the_write_stays_unclear() -> None:
    """So that the intent stays in the journal, and the next run looks again."""
    grafana, asked = _grafana(("POST", []), ("GET", "x"))
    with pytest.raises(Unexpected) as caught:
        asyncio.run(grafana.create("grafana_folder", {"uid": "team", "title": "Team"}))
    assert (caught.value.unclear, asked) == (True, ["POST", "GET"])


def test_a_list_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a stated number of pages."""
    monkeypatch.setattr(grafana_client, "MOST_PAGES", 3)
    page = {"items": [], "metadata": {"continue": "more"}}
    settings = {"buildInfo": {"version": "12.4.0"}, "namespace": "../x"}
    grafana, asked = _grafana(("GET", settings), *([("GET", page)] * 3))
    with pytest.raises(Unexpected, match="go on after 3 pages"):
        asyncio.run(grafana.survey("grafana_folder", ["team"]))
    assert len(asked) == 4
