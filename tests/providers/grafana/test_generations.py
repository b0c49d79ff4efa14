"""Which Grafana a server is, by one probe; what that means; and how objects are found that have no uids there."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Any

import httpx
import pytest
import respx

from hcl_lite.core.schema import Conflict, Live, ValueProblem
from providers.grafana.client import GrafanaClient
from providers.grafana.dashboard import DASHBOARD
from providers.grafana.generations.table import GENERATIONS, generation_of, pick_generation, require
from providers.grafana.permissions import FOLDER_PERMISSION
from providers.grafana.provider import Grafana
from providers.grafana.server import Server
from providers.transport.connection import Connection
from providers.transport.errors import Denied, NotFound, Unexpected
from providers.transport.kept_answers import keeping_answers

_URL = "http://g.test"


@pytest.fixture
def grafana() -> Any:
    """Routes of a Grafana."""
    with respx.mock(base_url=_URL, assert_all_called=False) as routes:
        yield routes


def _run(grafana: Any, work: Callable[[GrafanaClient], Awaitable[Any]]) -> Any:
    """What `work` gives; a path that is no route answers as 3.2.1 does."""
    grafana.route().respond(404, text="404 page not found\n")

    async def main() -> Any:
        client = GrafanaClient(Connection(_URL, "t", read_only=False, retries=0))
        try:
            return await Grafana(client).ask(work)
        finally:
            await client.close()

    return asyncio.run(main())


def _settings(version: Any, **more: Any) -> Any:
    return {"/api/frontend/settings": {"buildInfo": {"version": version}, **more}}


_ORG = {"/api/org": {"id": 1, "name": "Main Org.", "address": {}}}
_HEALTH = {"/api/health": {"commit": "NA", "database": "ok", "version": "5.4.3"}}


@pytest.mark.parametrize(
    ("answers", "server"),
    [
        (
            _settings("12.4.0", namespace="stacks-1", featureToggles={"a": True, "b": False}),
            Server((12, 4, 0), "stacks-1", frozenset({"a"})),
        ),
        (_settings("11.0.0-pre"), Server((11, 0, 0))),
        (_settings("9"), Server((9, 0, 0))),
        (_settings(""), Server(())),
        ({"/api/frontend/settings": {}}, Server(())),
        (_HEALTH | _ORG, Server((5, 4, 3))),
        (_ORG, Server((3,))),
    ],
    ids=["12.4", "a build before a release", "one number", "kept secret", "not told", "health alone", "neither"],
)
def test_a_server_says_which_it_is(grafana: Any, answers: Any, server: Server) -> None:
    """Once, however often it is asked, and at once from several sides."""
    routes = [grafana.get(path).respond(json=answer) for path, answer in answers.items()]

    async def work(client: GrafanaClient) -> Any:
        return await asyncio.gather(client.server(), client.server()), await client.server()

    assert _run(grafana, work) == ([server, server], server)
    assert routes[0].call_count == 1


def test_what_has_none_of_the_routes_is_no_grafana(grafana: Any) -> None:
    """A wrong path, or another program."""
    with pytest.raises(NotFound, match="404 page not found") as caught:
        _run(grafana, lambda client: client.server())
    assert "Is the provider's url that of Grafana itself" in caught.value.hint


def test_what_answers_something_else_is_no_grafana(grafana: Any) -> None:
    """JSON, but not an organisation."""
    grafana.get("/api/org").respond(json={"ok": True})
    with pytest.raises(Unexpected):
        _run(grafana, lambda client: client.server())


@pytest.mark.parametrize(
    ("version", "since"),
    [
        ((2, 6, 0), 3),
        ((3,), 3),
        ((3, 2, 1), 3),
        ((4, 6, 3), 3),
        ((5, 0, 0), 5),
        ((6, 7, 6), 5),
        ((7, 5, 5), 7),
        ((8, 0, 0), 8),
        ((9, 5, 2), 9),
        ((10, 4, 1), 10),
        ((11, 6, 0), 11),
        ((12, 4, 0), 12),
        ((13, 0, 0), 12),
        ((), 12),
    ],
)
def test_a_version_is_of_one_generation(version: tuple[int, ...], since: int) -> None:
    """The latest that is not after it; one that keeps it to itself is taken for a new one."""
    assert pick_generation(Server(version)).since == since


@pytest.mark.parametrize(("toggles", "nested"), [((), False), (("nestedFolders",), True)])
def test_grafana_10_nests_folders_by_a_toggle(toggles: tuple[str, ...], nested: bool) -> None:
    """Since 11 there is no toggle."""
    assert pick_generation(Server((10, 4, 1), toggles=frozenset(toggles))).nested_folders is nested
    assert pick_generation(Server((11, 0, 0))).nested_folders is True


def test_what_is_needed_is_said_with_the_first_generation_that_has_it(grafana: Any) -> None:
    """As the table has it, and as the server is."""
    grafana.get("/api/frontend/settings").respond(json=_settings("7.5.5")["/api/frontend/settings"])

    async def work(client: GrafanaClient) -> str:
        await require(client, lambda generation: generation.folders, "A folder")
        with pytest.raises(ValueProblem) as caught:
            await require(client, lambda generation: generation.app_platform, "This", "that")
        return f"{caught.value.attribute}: {caught.value.summary}"

    assert _run(grafana, work) == "that: This needs Grafana ≥ 12; this is 7.5.5"
    assert [generation.since for generation in GENERATIONS] == sorted(generation.since for generation in GENERATIONS)


# --- objects without uids ---------------------------------------------------------------------------------------------


def _dashboard(number: int, slug: str, **body: Any) -> Any:
    return {"meta": {"slug": slug, "version": 1}, "dashboard": {"id": number, "title": slug, **body}}


_THERE = [
    _dashboard(1, "unmarked"),
    _dashboard(2, "ours", uid="u"),
    _dashboard(3, "copy", uid="u"),
    _dashboard(4, "other", uid="v"),
]


def _serve(grafana: Any) -> None:
    grafana.get("/api/frontend/settings").respond(json=_settings("3.2.1")["/api/frontend/settings"])
    hits = [
        {"id": wire["dashboard"]["id"], "title": wire["meta"]["slug"], "uri": f"db/{wire['meta']['slug']}"}
        for wire in _THERE
    ]
    grafana.get("/api/search").respond(json=hits)
    for wire in _THERE:
        grafana.get(f"/api/dashboards/db/{wire['meta']['slug']}").respond(json=wire)


@pytest.mark.parametrize(
    ("uid", "title", "expected_version", "number"),
    [
        ("u", "", None, 2),
        ("u", "copy", None, 3),
        ("u", "unmarked", None, 2),
        ("u", "", {"id": 3, "slug": "copy"}, 3),
        ("u", "", {"id": 1, "slug": "an older slug"}, 1),
        ("u", "", {"id": 9, "slug": "gone"}, 2),
        ("unmarked", "", None, 1),
        ("unmarked", "", {"id": 9, "slug": "gone"}, None),
        ("other", "", None, None),
        ("nowhere", "", None, None),
    ],
    ids=[
        "by our uid, the oldest",
        "by its title, with our uid",
        "by its title, without our uid",
        "by its number",
        "by its number, renamed and saved in the UI",
        "by our uid, its number gone",
        "by its slug, to be imported",
        "by its slug, its number gone",
        "by the slug of another of ours",
        "not there",
    ],
)
def test_a_dashboard_without_a_uid_is_found(
    grafana: Any, uid: str, title: str, expected_version: Any, number: int | None
) -> None:
    """Grafana 3; never another one than ours."""
    _serve(grafana)

    async def work(client: GrafanaClient) -> Any:
        return await (await generation_of(client)).dashboards.find(client, uid, title, expected_version)

    found = _run(grafana, work)
    assert (found and (found["dashboard"]["id"], found["dashboard"]["uid"])) == (number and (number, uid))


def test_dashboards_are_searched_through_once(grafana: Any) -> None:
    """However many there are to find, and not at all while all have been seen."""
    _serve(grafana)

    async def work(client: GrafanaClient) -> int:
        await DASHBOARD.survey(client, {"u": {"id": 2, "slug": "ours"}, "v": {"id": 4, "slug": "other"}})
        return len(grafana.calls)

    assert _run(grafana, work) == 3  # the probe, and one each

    async def search(client: GrafanaClient) -> int:
        await DASHBOARD.survey(client, {f"new-{number}": {} for number in range(20)})
        return sum(call.request.url.path == "/api/search" for call in grafana.calls)

    assert _run(grafana, search) == 1


def test_what_a_list_leaves_out_is_asked_for(grafana: Any) -> None:
    """12.4 lists no new dashboards to an editor for half a minute; what is not known is not asked for."""
    path = "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards"
    metadata = {"name": "hidden", "generation": 2, "labels": {"grafana.app/deprecatedInternalID": "7"}}
    grafana.get("/api/frontend/settings").respond(json=_settings("12.4.0")["/api/frontend/settings"])
    grafana.get(path).respond(json={"items": None, "metadata": {}})
    grafana.get(f"{path}/hidden").respond(json={"metadata": metadata})
    grafana.get(f"{path}/gone").respond(404, json={"message": "not found"})

    async def work(client: GrafanaClient) -> Any:
        known = {"hidden": {"id": 7, "version": 2}, "gone": {"id": 8, "version": 1}, "new": {}}
        found = await DASHBOARD.survey(client, known)
        return {uid: live and live.version for uid, live in found.items()}

    assert _run(grafana, work) == {"hidden": {"id": 7, "version": 2}, "gone": None, "new": None}
    assert [call.request.url.path for call in grafana.calls if call.request.url.path.endswith("/new")] == []


def test_what_comes_from_a_file_is_told_once_it_is_known_whether_it_can_be_changed(grafana: Any) -> None:
    """12.4 tells that by the classic API, after the list; and what has moved is kept first, where answers are."""
    path = "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards"
    file = {"grafana.app/managedBy": "classic-file-provisioning"}
    items = [{"metadata": {"name": "own", "generation": 1}}, {"metadata": {"name": "file", "annotations": file}}]
    grafana.get("/api/frontend/settings").respond(json=_settings("12.4.0")["/api/frontend/settings"])
    grafana.get(path).respond(json={"items": items, "metadata": {}})
    grafana.get("/api/dashboards/uid/file").respond(json={"meta": {"provisioned": False}, "dashboard": {"uid": "file"}})

    async def work(client: GrafanaClient) -> Any:
        told: list[Any] = []
        found = await DASHBOARD.survey(client, {"own": {}, "file": {}}, told.append)
        with keeping_answers():
            await DASHBOARD.survey(client, {"own": {}, "file": {}}, told.append)
        return told, found

    own = Live("own", {"id": 0, "version": 1})
    assert _run(grafana, work) == ([own], {"own": own, "file": Live("file", {"id": 0, "version": 0})})


_MAKERS = {"userId": 1, "permission": 4, "inherited": False}
_OF_NEW = [_MAKERS, {"role": "Editor", "permission": 2}, {"role": "Viewer", "permission": 1}]


def _folder(grafana: Any, place: str, items: list[Any]) -> Any:
    """A folder of 12.4 with permissions, and then with others; the route that replaces them."""
    grafana.get("/api/frontend/settings").respond(json=_settings("12.4.0")["/api/frontend/settings"])
    grafana.get("/api/folders/f").respond(json={"uid": "f", "parentUid": place})
    replaced = httpx.Response(200, json=[{"role": "Viewer", "permission": 1}])
    answers = itertools.chain([httpx.Response(200, json=items)], itertools.repeat(replaced))
    grafana.get("/api/folders/f/permissions").mock(side_effect=answers)
    return grafana.post("/api/folders/f/permissions").respond(json={})


@pytest.mark.parametrize("place", ["", "above"])
@pytest.mark.parametrize(
    ("items", "is_given"),
    [(_OF_NEW, True), ([], True), ([_MAKERS], True), ([{"role": "Viewer", "permission": 4}], False)],
)
def test_what_was_given_elsewhere_goes_along_with_a_move(
    grafana: Any, place: str, items: list[Any], is_given: bool
) -> None:
    """It is nobody's choice where the folder is now, either (12.4.0)."""
    route = _folder(grafana, place, items)

    async def work(client: GrafanaClient) -> None:
        await FOLDER_PERMISSION.create(client, {"folder_uid": "f", "permissions": {"Viewer": "View"}})

    with nullcontext() if is_given else pytest.raises(Conflict):
        _run(grafana, work)
    assert route.called == is_given


@pytest.mark.parametrize("is_there", [False, True])
def test_what_an_editor_may_not_see_may_be_missing(grafana: Any, is_there: bool) -> None:
    """12.4 denies the permissions of a folder that is not there to an editor; its app platform says which it is."""
    path = "/apis/folder.grafana.app/v1beta1/namespaces/default/folders/f"
    _folder(grafana, "", [])
    grafana.get("/api/folders/f/permissions").respond(403, json={"message": "Permissions needed"})
    grafana.get(path).respond(200 if is_there else 404, json={"metadata": {"name": "f"}})

    async def work(client: GrafanaClient) -> Any:
        return await FOLDER_PERMISSION.read(client, "f")

    with pytest.raises(Denied) if is_there else nullcontext():
        assert _run(grafana, work) is None


@pytest.mark.parametrize(
    "item", [{"permission": 1}, {"userId": 1, "teamId": 1, "permission": 1}, {"role": "Viewer", "permission": 8}, {}, 1]
)
def test_what_is_no_permission_is_not_what_a_grafana_gives(grafana: Any, item: Any) -> None:
    """A holder too few or too many, a level that there is not."""
    _folder(grafana, "", [item])
    with pytest.raises(Unexpected):
        _run(grafana, lambda client: FOLDER_PERMISSION.read(client, "f"))
