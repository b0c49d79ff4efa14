"""Answers that are JSON and cannot be true: refused, and after a write looked at once more."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from hcl_lite.core.schema import Live
from providers.grafana.client import GrafanaClient
from providers.grafana.folder import FOLDER
from providers.grafana.provider import Grafana
from providers.kit import paging
from providers.kit.answer_check import check_live
from providers.transport.connection import Connection
from providers.transport.errors import Unexpected

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
    monkeypatch.setattr(paging, "MOST_PAGES", 3)
    pages = [("GET", {"items": [], "metadata": {"continue": f"more-{number}"}}) for number in range(3)]
    settings = {"buildInfo": {"version": "12.4.0"}, "namespace": "../x"}
    grafana, asked = _grafana(("GET", settings), *pages)
    with pytest.raises(Unexpected, match="go on after 3 pages"):
        asyncio.run(grafana.survey("grafana_folder", {"team": {}}))
    assert len(asked) == 4


def _page(number: int, token: str) -> tuple[str, Any]:
    items = [{"metadata": {"name": f"f{number}", "generation": 1}}]
    return "GET", {"items": items, "metadata": {"continue": token}}


@pytest.mark.parametrize(
    ("pages", "says"),
    [
        (
            [_page(1, "a"), _page(2, "b"), _page(3, "a")],
            "page 3 of folders ends with the continue token that page 1 had",
        ),
        (
            [_page(1, "a"), _page(2, "b"), _page(1, "c")],
            "page 3 of folders is page 1 once more, and says that it goes on",
        ),
        ([("GET", {"items": [], "metadata": {"continue": "a"}})] * 2, "page 2 of folders ends with the continue token"),
    ],
    ids=["a token", "a page", "nothing at all"],
)
def test_a_list_that_goes_round_in_a_circle_is_given_up(pages: list[tuple[str, Any]], says: str) -> None:
    """At the first page that was there before, by the call."""
    grafana, asked = _grafana(("GET", {"buildInfo": {"version": "12.4.0"}}), *pages)
    with pytest.raises(Unexpected) as caught:
        asyncio.run(grafana.survey("grafana_folder", {"team": {}}))
    assert says in str(caught.value)
    assert str(caught.value).startswith("GET http://g.test/apis/folder.grafana.app/v1beta1/namespaces/default/folders:")
    assert len(asked) == len(pages) + 1


def test_a_list_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page is in time, and all of them together are not."""
    monkeypatch.setattr(paging, "MOST_TIME", 0)
    grafana, _ = _grafana(("GET", {"buildInfo": {"version": "12.4.0"}}), _page(1, "a"))
    with pytest.raises(Unexpected, match="folders go on after 1 pages"):
        asyncio.run(grafana.survey("grafana_folder", {"team": {}}))


def test_of_a_list_only_what_is_asked_for_is_kept() -> None:
    """However many others there are; of two with one name the last, as where one was changed in between."""
    grafana, _ = _grafana(("GET", {"buildInfo": {"version": "12.4.0"}}), _page(1, "a"), _page(2, "b"), _page(3, ""))
    found = asyncio.run(grafana.survey("grafana_folder", {"f2": {}, "gone": {}}))
    assert {uid: live and live.version for uid, live in found.items()} == {"f2": {"id": 0, "version": 1}, "gone": None}


def test_folders_that_are_in_one_another_are_not_gone_through_for_ever() -> None:
    """What a folder holds is asked for before it is deleted."""
    hit = {"type": "dash-folder", "uid": "team", "title": "Team"}
    answers = [("GET", {"buildInfo": {"version": "12.4.0"}}), ("GET", {"folder": 1}), ("GET", [hit])]
    grafana, _ = _grafana(*answers)
    with pytest.raises(Unexpected, match=r"what is in folder team goes on after 1 folders, with 'team'"):
        asyncio.run(grafana.contents("grafana_folder", "team"))


def test_the_call_is_named_whose_answer_makes_no_sense_among_many_at_once() -> None:
    """Side by side: the one that was answered last is another."""
    good = {"meta": {"version": 1, "folderUid": "", "url": "/d/x"}, "dashboard": {"id": 1, "uid": "good", "title": "T"}}

    async def handle(request: httpx.Request) -> httpx.Response:
        if "frontend" in request.url.path:
            return httpx.Response(200, json={"buildInfo": {"version": "7.5.5"}})
        is_bad = request.url.path.endswith("/bad")
        for _ in range(0 if is_bad else 5):
            await asyncio.sleep(0)
        return httpx.Response(200, json={"meta": {}} if is_bad else good)

    connection = Connection("http://g.test", retries=0)
    grafana = Grafana(GrafanaClient(connection, httpx.MockTransport(handle)), "eu")
    with pytest.raises(Unexpected) as caught:
        asyncio.run(grafana.survey("grafana_dashboard", {"good": {}, "bad": {}, "too": {}}))
    assert str(caught.value).startswith("GET http://g.test/api/dashboards/uid/bad: the answer is not what a Grafana")
    assert (caught.value.provider, len(caught.value.request_id)) == ("eu", 32)
