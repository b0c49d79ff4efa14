"""Trash, versions and folders of dashboards at the seam of HTTP: what is sent to which server, and what comes of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

import pytest
import respx

from hcl_lite.core.schema import Live, ProviderError, Writer
from providers.grafana.client import GrafanaClient
from providers.grafana.dashboard import DASHBOARD
from providers.grafana.provider import Grafana
from providers.grafana.trash import Deleted, NoTrash, open_trash
from providers.grafana.versions import list_versions, restore_version
from providers.transport.connection import Connection
from providers.transport.errors import NotFound

_URL = "http://g.test"
_PLATFORM = "/apis/dashboard.grafana.app/{}/namespaces/default/dashboards"
_ITEM: Any = {
    "apiVersion": "dashboard.grafana.app/v0alpha1",
    "kind": "Dashboard",
    "metadata": {
        "name": "d",
        "uid": "server's",
        "resourceVersion": "9",
        "generation": -999,
        "deletionTimestamp": "2026-01-02T03:04:05Z",
        "labels": {"grafana.app/deprecatedInternalID": "7"},
        "annotations": {
            "grafana.app/folder": "f",
            "grafana.app/message": "m",
            "grafana.app/updatedBy": "user:u",
            "other": "kept",
        },
    },
    "spec": {"title": "T"},
}
_KEPT = {
    "name": "d",
    "labels": {"grafana.app/deprecatedInternalID": "7"},
    "annotations": {"other": "kept", "grafana.app/folder": "f"},
}


def _stored_as(form: str) -> Any:
    return {**_ITEM, "status": {"conversion": {"storedVersion": form}}}


def _page(*items: Any, token: str = "") -> Any:
    return {"metadata": {"continue": token} if token else {}, "items": list(items)}


@pytest.fixture
def grafana() -> Any:
    """Routes of a Grafana; what is not among them answers 404."""
    with respx.mock(base_url=_URL, assert_all_called=False) as routes:
        yield routes
        routes.route().respond(404, json={"message": "Not found"})


def _is(grafana: Any, version: str, **toggles: bool) -> None:
    settings = {"buildInfo": {"version": version}, "namespace": "default", "featureToggles": toggles}
    grafana.get("/api/frontend/settings").respond(json=settings)


def _run(work: Callable[[GrafanaClient], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        client = GrafanaClient(Connection(_URL, "t", read_only=False, retries=0))
        try:
            return await work(client)
        finally:
            await client.close()

    return asyncio.run(main())


def _provide(work: Callable[[Writer], Awaitable[Any]]) -> Any:
    return _run(lambda client: work(Grafana(client)))


def _body(route: Any) -> Any:
    return json.loads(route.calls.last.request.content)


# --- the app platform -------------------------------------------------------------------------------------------------


def test_the_trash_of_the_app_platform_is_read_to_its_last_page(grafana: Any) -> None:
    """When it was deleted and by whom; what could not be converted has its title all the same.

    A later page lists the earlier deletion of what was made again, and deleted again.
    """
    _is(grafana, "12.4.0")
    other = {**_ITEM["metadata"], "name": "e"}
    earlier = {**_ITEM, "spec": {"title": "Earlier"}}
    broken = {
        **_ITEM,
        "metadata": other,
        "spec": None,
        "status": {"conversion": {"source": {"spec": {"title": "Old"}}}},
    }
    route = grafana.get(_PLATFORM.format("v0alpha1"))
    route.side_effect = [
        respx.MockResponse(json=_page(_ITEM, token="next")),
        respx.MockResponse(json=_page(earlier, broken)),
    ]

    async def work(client: GrafanaClient) -> list[Deleted]:
        return await (await open_trash(client)).list()

    assert _run(work) == [
        Deleted("d", "T", "f", "2026-01-02T03:04:05Z", "user:u"),
        Deleted("e", "Old", "f", "2026-01-02T03:04:05Z", "user:u"),
    ]
    selector = {"labelSelector": "grafana.app/get-trash=true"}
    assert [dict(call.request.url.params) for call in route.calls] == [selector, {**selector, "continue": "next"}]


@pytest.mark.parametrize(
    ("folder", "annotations"),
    [
        (None, {"other": "kept", "grafana.app/folder": "f"}),
        ("g", {"other": "kept", "grafana.app/folder": "g"}),
        ("", {"other": "kept"}),
    ],
    ids=["where it was", "elsewhere", "the root"],
)
def test_a_dashboard_is_restored_as_it_is_stored(grafana: Any, folder: str | None, annotations: Any) -> None:
    """With the label that gives it its id back, without what the server writes itself."""
    _is(grafana, "12.4.0")
    grafana.get(_PLATFORM.format("v0alpha1")).respond(json=_page(_stored_as("v2beta1")))
    stored = {**_ITEM, "apiVersion": "dashboard.grafana.app/v2beta1"}
    grafana.get(_PLATFORM.format("v2beta1")).respond(json=_page(stored))
    route = grafana.post(_PLATFORM.format("v2beta1")).respond(201, json={})

    async def work(client: GrafanaClient) -> None:
        await (await open_trash(client)).restore("d", folder)

    _run(work)
    assert _body(route) == {
        "apiVersion": "dashboard.grafana.app/v2beta1",
        "kind": "Dashboard",
        "metadata": {**_KEPT, "annotations": annotations},
        "spec": {"title": "T"},
    }


def test_what_is_not_in_the_trash_cannot_be_restored(grafana: Any) -> None:
    """Nothing is sent."""
    _is(grafana, "12.4.0")
    grafana.get(_PLATFORM.format("v0alpha1")).respond(json=_page())

    async def work(client: GrafanaClient) -> None:
        await (await open_trash(client)).restore("d")

    with pytest.raises(NotFound, match="there is no deleted dashboard d"):
        _run(work)


# --- other servers ----------------------------------------------------------------------------------------------------


def test_grafana_11_has_its_trash_behind_a_toggle(grafana: Any) -> None:
    """Listed by the search, restored and purged by the routes of the Dashboard API."""
    _is(grafana, "11.5.1", dashboardRestore=True)
    hits = [{"uid": "d", "title": "T", "folderUid": "f", "isDeleted": True}]
    grafana.get("/api/search", params={"deleted": "true"}).respond(json=hits)
    path = "/api/dashboards/uid/d/trash"
    patched = grafana.patch(path).respond(json={"title": "T", "uid": "d"})
    deleted = grafana.delete(path).respond(json={"title": "T", "uid": "d"})

    async def work(client: GrafanaClient) -> Any:
        trash = await open_trash(client)
        await trash.restore("d", "g")
        await trash.purge("d")
        return await trash.list(), await trash.has("d"), await trash.has("e")

    assert _run(work) == ([Deleted("d", "T", "f")], True, False)
    assert (_body(patched), deleted.call_count) == ({"folderUid": "g"}, 1)


@pytest.mark.parametrize("version", ["11.5.1", "7.5.5", "5.4.3"])
def test_a_server_without_a_trash_is_named_with_its_version(grafana: Any, version: str) -> None:
    """And nothing of it counts as restorable."""
    _is(grafana, version)
    with pytest.raises(NoTrash, match=f"Grafana {version} does not keep deleted dashboards"):
        _run(open_trash)
    assert _provide(lambda provider: provider.is_trashed("grafana_dashboard", "d")) is False


def test_12_4_cannot_purge(grafana: Any) -> None:
    """It says so, and when what is deleted goes by itself."""
    _is(grafana, "12.4.0")

    async def work(client: GrafanaClient) -> None:
        await (await open_trash(client)).purge("d")

    with pytest.raises(ProviderError, match=r"Grafana 12\.4\.0 has no route to purge d") as caught:
        _run(work)
    assert "garbage_collection_enabled" in caught.value.hint


# --- a resource that is restored --------------------------------------------------------------------------------------


_VALUES = DASHBOARD.complete("a", "n", {"config_json": '{"uid": "d", "title": "New"}', "message": "m"}, "")
_SAVED = {"id": 7, "uid": "d", "version": 2, "url": "/d/d/new", "status": "success"}


def test_a_restored_dashboard_is_brought_to_what_is_wanted(grafana: Any) -> None:
    """By an update of what came back, so that it keeps its id."""
    _is(grafana, "12.4.0")
    grafana.get(_PLATFORM.format("v0alpha1")).respond(json=_page(_ITEM))
    posted = grafana.post(_PLATFORM.format("v0alpha1")).respond(201, json={})
    back = {"meta": {"version": 1, "url": "/d/d/t"}, "dashboard": {"id": 7, "uid": "d", "title": "T"}}
    grafana.get("/api/dashboards/uid/d").respond(json=back)
    saved = grafana.post("/api/dashboards/db").respond(json=_SAVED)

    live: Live = _provide(lambda provider: provider.restore("grafana_dashboard", _VALUES))

    assert (live.version, posted.call_count) == ({"id": 7, "version": 2}, 1)
    assert _body(saved) == {
        "dashboard": {"uid": "d", "title": "New", "version": 1},
        "folderUid": "",
        "message": "m",
        "overwrite": False,
    }


def test_what_has_left_the_trash_since_the_plan_is_made_anew(grafana: Any) -> None:
    """As if it had never been there."""
    _is(grafana, "12.4.0")
    grafana.get(_PLATFORM.format("v0alpha1")).respond(json=_page())
    saved = grafana.post("/api/dashboards/db").respond(json=_SAVED)
    _provide(lambda provider: provider.restore("grafana_dashboard", _VALUES))
    assert _body(saved)["dashboard"] == {"uid": "d", "title": "New"}


def test_a_restore_whose_answer_is_lost_is_settled_by_reading(grafana: Any) -> None:
    """It was done: it is brought to what is wanted, and not restored twice."""
    _is(grafana, "12.4.0")
    grafana.get(_PLATFORM.format("v0alpha1")).respond(json=_page(_ITEM))
    posted = grafana.post(_PLATFORM.format("v0alpha1")).respond(500, json={"message": "fault"})
    back = {"meta": {"version": 1, "url": "/d/d/t"}, "dashboard": {"id": 7, "uid": "d", "title": "T"}}
    grafana.get("/api/dashboards/uid/d").respond(json=back)
    saved = grafana.post("/api/dashboards/db").respond(json=_SAVED)
    _provide(lambda provider: provider.restore("grafana_dashboard", _VALUES))
    assert (posted.call_count, saved.call_count) == (1, 1)


# --- folders of older servers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "fields"), [("7.5.5", {"folderUid": "f", "folderId": 3}), ("12.4.0", {"folderUid": "f"})]
)
def test_a_folder_goes_by_its_number_where_its_uid_is_not_understood(grafana: Any, version: str, fields: Any) -> None:
    """7.5.5 would save the dashboard in the root."""
    _is(grafana, version)
    grafana.get("/api/folders/f").respond(json={"id": 3, "uid": "f"})
    saved = grafana.post("/api/dashboards/db").respond(json=_SAVED)
    _provide(lambda provider: provider.create("grafana_dashboard", {**_VALUES, "folder": "f"}))
    sent = _body(saved)
    assert {key: sent[key] for key in sent if key.startswith("folder")} == fields


def test_the_folder_of_an_older_servers_dashboard_is_in_the_url_of_it(grafana: Any) -> None:
    """7.5.5 has no folderUid in meta."""
    _is(grafana, "7.5.5")
    meta = {"version": 1, "url": "/d/d/t", "folderId": 3, "folderUrl": "/dashboards/f/rec-folder/rec-folder-forced"}
    wire = {"meta": meta, "dashboard": {"id": 7, "uid": "d", "title": "T"}}
    grafana.get("/api/dashboards/uid/d").respond(json=wire)
    live = _provide(lambda provider: provider.read("grafana_dashboard", "d"))
    assert live.content["folder"] == "rec-folder"


# --- versions ---------------------------------------------------------------------------------------------------------

_LINE = {"version": 2, "created": "2026-01-01T00:00:00Z", "createdBy": "admin", "message": "m", "restoredFrom": 1}
_SHOWN = {
    "version": 2,
    "created": "2026-01-01T00:00:00Z",
    "created_by": "admin",
    "message": "m",
    "restored_from": 1,
}


def test_versions_are_read_to_the_last_page(grafana: Any) -> None:
    """12.4.0."""
    _is(grafana, "12.4.0")
    route = grafana.get("/api/dashboards/uid/d/versions")
    pages = [{"continueToken": "t", "versions": [_LINE]}, {"continueToken": "", "versions": [{**_LINE, "version": 1}]}]
    route.side_effect = [respx.MockResponse(json=page) for page in pages]
    assert [asdict(one) for one in _run(lambda client: list_versions(client, "d"))] == [
        _SHOWN,
        {**_SHOWN, "version": 1},
    ]


def test_an_older_server_knows_versions_by_the_dashboards_number(grafana: Any) -> None:
    """7.5: one list, and the restore is by number too."""
    _is(grafana, "7.5.5")
    grafana.get("/api/dashboards/uid/d").respond(json={"meta": {}, "dashboard": {"id": 4, "uid": "d"}})
    grafana.get("/api/dashboards/id/4/versions").respond(json=[_LINE])
    restored = grafana.post("/api/dashboards/id/4/restore").respond(json={**_SAVED, "version": 3})
    assert [asdict(one) for one in _run(lambda client: list_versions(client, "d"))] == [_SHOWN]
    assert _run(lambda client: restore_version(client, "d", 2)) == 3
    assert _body(restored) == {"version": 2}


# --- data blocks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("redirect", "path", "version"),
    [
        ("/d/u%201/slug", "/api/dashboards/uid/u%201", "12.4.0"),
        ("/grafana/d/u%201/slug?orgId=1", "/api/dashboards/uid/u%201", "12.4.0"),
        ("db/some-slug", "/api/dashboards/db/some-slug", "3.2.1"),
        ("/dashboard/db/some-slug", "/api/dashboards/db/some-slug", "3.2.1"),
    ],
    ids=["12.4.0", "below a path", "3.2", "3.2, by home_page"],
)
def test_a_chosen_home_is_followed(grafana: Any, redirect: str, path: str, version: str) -> None:
    """To the dashboard that it redirects to."""
    _is(grafana, version)
    grafana.get("/api/dashboards/home").respond(json={"redirectUri": redirect})
    found = grafana.get(path).respond(json={"meta": {}, "dashboard": {"id": 1, "uid": "u 1", "title": "Start"}})
    assert _provide(lambda provider: provider.lookup("grafana_home_dashboard", {})) == {
        "uid": "u 1",
        "title": "Start",
        "redirect_uri": redirect,
        "config_json": '{"uid": "u 1", "title": "Start"}',
    }
    assert found.called


def test_a_dashboard_is_found_by_slug_where_a_server_has_the_route(grafana: Any) -> None:
    """3.2.1 to 7.5.5."""
    _is(grafana, "7.5.5")
    wire = {"meta": {"slug": "t", "version": 1}, "dashboard": {"id": 2, "title": "T", "version": 1}}
    grafana.get("/api/dashboards/db/t").respond(json=wire)
    found = _provide(lambda provider: provider.lookup("grafana_dashboard", {"slug": "t"}))
    assert (found["dashboard_id"], found["uid"], found["title"]) == (2, "", "T")
