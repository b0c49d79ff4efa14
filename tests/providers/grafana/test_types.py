"""What is sent for each resource type, whole, and what is made of the answers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from hcl_lite.core.schema import Conflict, Live, Refused, ValueProblem
from hcl_lite.core.values import UNKNOWN, Secret
from providers.grafana.client import make_client
from providers.grafana.dashboard import DASHBOARD
from providers.grafana.data_source import DATA_SOURCE
from providers.grafana.folder import FOLDER
from providers.grafana.model import mentions_in, read_model
from providers.grafana.snapshot import SNAPSHOT
from providers.transport.errors import ApiError, NotJson, Precondition, ServerFault, Unexpected
from tests.contexts import BARE
from tests.providers.fakes import FakeGrafana


def _dashboard(**values: Any) -> Any:
    config = {"title": "T", "id": 99, "version": 7, "panels": [{"x": None}]}
    return DASHBOARD.complete("grafana_dashboard.d", "d", {"config_json": json.dumps(config), **values}, "")


_THERE = {
    "meta": {"version": 1, "url": "/d/d-x/t"},
    "dashboard": {"id": 5, "uid": "d-x", "title": "T", "panels": [{"x": None}]},
}
_SAVED = {"id": 5, "uid": "d-x", "version": 2, "url": "/d/d-x/t", "status": "success"}


def test_a_dashboard_is_created_as_it_was_written() -> None:
    """Without id and version, which are the server's, and never over another one."""
    grafana = FakeGrafana(**{"POST /api/dashboards/db": _SAVED})
    values = _dashboard(uid="d-x", folder="f", message="m")
    live = grafana.run(lambda provider: provider.create("grafana_dashboard", values))
    body = {
        "dashboard": {"title": "T", "panels": [{"x": None}], "uid": "d-x"},
        "folderUid": "f",
        "message": "m",
        "overwrite": False,
    }
    assert grafana.writes() == [("POST /api/dashboards/db", body)]
    attributes = {"dashboard_id": 5, "version": 2, "url": "/d/d-x/t", "folder": "f", "title": "T"}
    content = {"folder": "f", "dashboard": {"title": "T", "panels": [{"x": None}]}}
    assert live == Live("d-x", {"id": 5, "version": 2}, attributes, content)


def test_an_update_names_the_version_that_the_plan_saw() -> None:
    """So that the server refuses what has moved since; with overwrite it saves over whatever is there."""
    grafana = FakeGrafana(**{"POST /api/dashboards/db": _SAVED})
    for overwrite in (False, True):
        values = _dashboard(uid="d-x", overwrite=overwrite)
        grafana.run(lambda p, v=values: p.update("grafana_dashboard", "d-x", v, {"id": 5, "version": 1}))
    sent = [(body["dashboard"]["version"], body["overwrite"]) for _, body in grafana.writes()]
    assert sent == [(1, False), (1, True)]


@pytest.mark.parametrize(
    ("posts", "gets", "calls"),
    [
        ([500], [_THERE], 1),
        ([500, _SAVED], [404], 2),
    ],
    ids=["it was done", "it was not done"],
)
def test_a_create_whose_answer_is_lost_is_settled_by_reading(posts: list[Any], gets: list[Any], calls: int) -> None:
    """Repeated only where the dashboard is not there."""
    grafana = FakeGrafana(**{"POST /api/dashboards/db": posts, "GET /api/dashboards/uid/d-x": gets})
    live = grafana.run(lambda provider: provider.create("grafana_dashboard", _dashboard(uid="d-x")))
    assert (live.uid, len(grafana.writes())) == ("d-x", calls)


@pytest.mark.parametrize(
    ("write", "raised"),
    [
        (lambda p: p.create("grafana_dashboard", _dashboard(uid="d-x")), ServerFault),
        (lambda p: p.update("grafana_dashboard", "d-x", _dashboard(uid="d-x"), {"id": 5, "version": 0}), Precondition),
    ],
    ids=["create", "update"],
)
def test_what_somebody_else_made_meanwhile_is_not_taken_for_ours(write: Any, raised: Any) -> None:
    """The answer is lost, and what is there is not what was sent: nothing is overwritten, nothing remembered."""
    theirs = {**_THERE, "dashboard": {**_THERE["dashboard"], "title": "theirs"}}
    grafana = FakeGrafana(**{"POST /api/dashboards/db": [500, 412], "GET /api/dashboards/uid/d-x": [theirs, theirs]})
    with pytest.raises(raised):
        grafana.run(write)


def test_a_resource_form_goes_to_its_own_version_of_the_app_platform() -> None:
    """With the folder as an annotation, and with the resourceVersion of what the plan saw."""
    path = "/apis/dashboard.grafana.app/v2beta1/namespaces/default/dashboards"
    document = {
        "apiVersion": "dashboard.grafana.app/v2beta1",
        "kind": "Dashboard",
        "metadata": {"name": "r", "uid": "server's", "resourceVersion": "old"},
        "spec": {"title": "R", "elements": {}},
    }
    label = {"grafana.app/deprecatedInternalID": "5"}
    metadata = {
        "name": "r",
        "generation": 3,
        "resourceVersion": "77",
        "labels": label,
        "annotations": {"grafana.app/folder": "f"},
    }
    wire = {"metadata": metadata, "spec": {**document["spec"], "added": True}}
    grafana = FakeGrafana(**{f"POST {path}": wire, f"GET {path}/r": wire, f"PUT {path}/r": wire})
    values = DASHBOARD.complete("a", "n", {"config_json": json.dumps(document), "folder": "f"}, "")

    live = grafana.run(lambda provider: provider.create("grafana_dashboard", values))
    grafana.run(lambda provider: provider.update("grafana_dashboard", "r", values, {"id": 5, "version": 3}))

    sent = {**document, "metadata": {"name": "r", "annotations": {"grafana.app/folder": "f"}}}
    moved = {**sent, "metadata": {**sent["metadata"], "labels": label, "resourceVersion": "77"}}
    assert grafana.writes() == [(f"POST {path}", sent), (f"PUT {path}/r", moved)]
    assert live.content == {"folder": "f", "dashboard": {"title": "R", "elements": {}, "added": True}}


_WIRE = {
    "id": 1,
    "uid": "s",
    "name": "S",
    "type": "loki",
    "access": "proxy",
    "url": "http://l",
    "isDefault": True,
    "jsonData": {"a": 1},
    "secureJsonFields": {"old": True, "kept": True},
    "version": 4,
    "basicAuth": False,
    "basicAuthUser": "idle",
}


def _source(**values: Any) -> Any:
    return DATA_SOURCE.complete("a", "n", {"uid": "s", "name": "S", "type": "loki", "url": "http://l", **values}, "")


def test_a_data_source_is_updated_whole() -> None:
    """PUT keeps what it does not mention: what is not wanted is sent empty, but for secrets and the default."""
    path = "/api/datasources/uid/s"
    grafana = FakeGrafana(**{f"GET {path}": [_WIRE, {**_WIRE, "version": 5}], f"PUT {path}": {"datasource": _WIRE}})
    values = _source(json_data={"b": 2}, secure_json_data={"kept": Secret("k"), "new": Secret("n")})
    live = grafana.run(lambda p: p.update("grafana_data_source", "s", values, {"id": 1, "version": 4}))
    assert grafana.writes() == [
        (
            f"PUT {path}",
            {
                "url": "http://l",
                "user": "",
                "database": "",
                "basicAuthUser": "",
                "basicAuth": False,
                "withCredentials": False,
                "access": "proxy",
                "uid": "s",
                "name": "S",
                "type": "loki",
                "jsonData": {"b": 2},
                "version": 4,
                "isDefault": True,
                "secureJsonData": {"kept": "k", "new": "n"},
            },
        )
    ]
    assert (live.version, live.secret_keys) == ({"id": 1, "version": 5}, {"old", "kept"})


def test_a_data_source_that_has_moved_is_not_overwritten() -> None:
    """12.4 takes a PUT with an old version, so the check is ours."""
    grafana = FakeGrafana(**{"GET /api/datasources/uid/s": _WIRE})
    with pytest.raises(Conflict):
        grafana.run(lambda p: p.update("grafana_data_source", "s", _source(), {"id": 1, "version": 3}))
    assert grafana.writes() == []


def test_headers_of_a_data_source_are_numbered_and_their_values_secret() -> None:
    """http_headers as Grafana keeps them."""
    values = _source(http_headers={"X-A": Secret("1"), "X-B": Secret("2")})
    wire = DATA_SOURCE.to_wire(values)
    assert wire["jsonData"] == {"httpHeaderName1": "X-A", "httpHeaderName2": "X-B"}
    assert wire["secureJsonData"] == {"httpHeaderValue1": "1", "httpHeaderValue2": "2"}
    assert DATA_SOURCE.content(values)["json_data"] == wire["jsonData"]


def test_a_folder_is_retitled_and_moved_by_two_calls() -> None:
    """PUT for the title, with the version that the plan saw; move for the parent."""
    wire = {"id": 1, "uid": "f", "title": "Old", "version": 2, "url": "/f"}
    after = {**wire, "title": "New", "version": 3}
    moved = {**after, "parentUid": "p", "version": 4}
    path = "/api/folders/f"
    grafana = FakeGrafana(**{f"GET {path}": [wire, after], f"PUT {path}": after, f"POST {path}/move": moved})
    values = FOLDER.complete("a", "n", {"uid": "f", "title": "New", "parent_folder_uid": "p"}, "")
    live = grafana.run(lambda p: p.update("grafana_folder", "f", values, {"id": 1, "version": 2}))
    assert grafana.writes() == [
        (f"PUT {path}", {"title": "New", "version": 2}),
        (f"POST {path}/move", {"parentUid": "p"}),
    ]
    assert live.version == {"id": 1, "version": 4}


def test_a_server_that_never_takes_what_it_is_sent_is_not_asked_for_ever() -> None:
    """Each answer has the old title: after a few writes that is a fault of the server."""
    folder = {"id": 1, "uid": "f", "title": "Old", "url": "/f", "version": 2}
    grafana = FakeGrafana(**{"GET /api/folders/f": folder, "PUT /api/folders/f": folder})
    values = FOLDER.complete("a", "n", {"uid": "f", "title": "New", "parent_folder_uid": "p"}, "")
    with pytest.raises(Unexpected, match="after 4 more writes it is still not what was sent"):
        grafana.run(lambda p: p.update("grafana_folder", "f", values, {"id": 1, "version": 2}))
    assert len(grafana.writes()) == 5


def test_a_folder_that_holds_something_is_deleted_only_by_force() -> None:
    """Refused with the names of what would go."""
    held = [{"type": "dash-db", "title": "D", "uid": "d"}, {"type": "dash-folder", "title": "F", "uid": "e"}]
    counts = {"dashboard": 1, "folder": 1, "alertrule": 2}
    answers = {"GET /api/folders/f/counts": counts, "GET /api/search": [held, []]}
    grafana = FakeGrafana(**answers, **{"DELETE /api/folders/f": {}})
    with pytest.raises(Refused, match=r'holds 4 objects \(dashboard "D", folder "F", alertrule\), which'):
        grafana.run(lambda provider: provider.delete("grafana_folder", "f", {}))
    assert grafana.writes() == []
    grafana.run(lambda provider: provider.delete("grafana_folder", "f", {"force_destroy": True}))
    assert grafana.writes() == [("DELETE /api/folders/f", None)]


def test_a_folder_whose_content_cannot_be_found_counts_as_full() -> None:
    """The search lags, or the account may not see it: the counts alone are enough to refuse."""
    answers: dict[str, Any] = {"GET /api/folders/f/counts": {"dashboard": 12, "folder": 0}, "GET /api/search": [[]]}
    grafana = FakeGrafana(**answers)
    with pytest.raises(Refused, match=r"holds 12 objects \(dashboard\), which"):
        grafana.run(lambda provider: provider.delete("grafana_folder", "f", {}))
    assert grafana.writes() == []


def test_a_list_is_read_to_its_last_page() -> None:
    """Pages end by size: only the continue token tells."""
    path = "/apis/folder.grafana.app/v1beta1/namespaces/default/folders"
    item = {"metadata": {"name": "a", "generation": 2, "labels": {"grafana.app/deprecatedInternalID": "7"}}}
    other = {"metadata": {"name": "b", "generation": 1}}
    pages = [{"metadata": {"continue": "next"}, "items": [item]}, {"metadata": {}, "items": [other]}]
    grafana = FakeGrafana(**{f"GET {path}": pages})
    found = grafana.run(lambda provider: provider.survey("grafana_folder", {"a": {}, "b": {}, "c": {}}))
    assert found == {"a": Live("a", {"id": 7, "version": 2}), "b": Live("b", {"id": 0, "version": 1}), "c": None}


@pytest.mark.parametrize("answer", [[], {}, {"items": 3}, None, "text", {"metadata": {}, "items": [{}]}])
def test_an_answer_that_is_not_grafanas_is_the_servers_fault(answer: Any) -> None:
    """Named as such, with the URL; no KeyError."""
    path = "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards"
    grafana = FakeGrafana(**{f"GET {path}": answer})
    with pytest.raises(ApiError, match=r"http://g\.test") as caught:
        grafana.run(lambda provider: provider.survey("grafana_dashboard", {"a": {}}))
    assert type(caught.value) is (NotJson if answer is None else Unexpected)


def test_a_snapshot_is_sent_with_the_key_that_was_chosen_before() -> None:
    """expires and delete_key only where they are given."""
    key_path = "GET /api/snapshots/k"
    meta = {"meta": {"expires": "2076-01-01T00:00:00Z", "created": "2026-01-01T00:00:00Z"}, "dashboard": {}}
    answer = {"key": "k", "deleteKey": "d", "url": "http://g/dashboard/snapshot/k", "deleteUrl": "u"}
    grafana = FakeGrafana(**{"POST /api/snapshots": answer, key_path: meta})
    given = {"dashboard": {"title": "T", "uid": "t"}, "key": "k", "delete_key": Secret("dk"), "expires": 60}
    live = grafana.run(lambda p: p.create("grafana_snapshot", SNAPSHOT.complete("a", "n", given, "")))
    body = {
        "dashboard": {"title": "T", "uid": "t"},
        "name": "T",
        "key": "k",
        "external": False,
        "expires": 60,
        "deleteKey": "dk",
    }
    assert grafana.writes() == [("POST /api/snapshots", body)]
    assert live.attributes["url"] == "http://g/dashboard/snapshot/k"
    assert SNAPSHOT.complete("a", "n", {"dashboard": {"title": "T"}}, "")["key"] is UNKNOWN
    keys = {SNAPSHOT.new_uid("a", "n") for _ in range(100)}
    assert (len(keys), [key for key in keys if not re.fullmatch("[0-9a-f]{32}", key)]) == (100, [])


@pytest.mark.parametrize(
    ("config", "summary"),
    [
        ("{", "config_json is not JSON"),
        ('{"title": NaN}', "config_json is not JSON"),
        ('{"title": 1e999}', "config_json is not JSON"),
        ("[]", "A dashboard is a JSON object"),
        ('{"panels": []}', "The dashboard has no title"),
        ('{"dashboard": {"title": "x"}, "meta": {}}', "This is not a dashboard but an answer of the API"),
        ('{"title": "x", "uid": "a b"}', '"a b" cannot be a uid'),
        ('{"title": "x", "uid": "' + "u" * 41 + '"}', '"' + "u" * 41 + '" cannot be a uid'),
        ('{"apiVersion": "v1", "kind": "Pod", "spec": {}}', "This is a Pod of v1, not a dashboard"),
        (
            '{"apiVersion": "dashboard.grafana.app/v1beta1", "kind": "DashboardList", "metadata": {}, "items": []}',
            "This is not a dashboard but a DashboardList",
        ),
    ],
)
def test_what_is_no_dashboard_says_what_it_is(config: str, summary: str) -> None:
    """Before anything is sent."""
    with pytest.raises(ValueProblem) as caught:
        read_model("config_json", config)
    assert caught.value.summary == summary


_V2 = {"title": "t", "layout": {}}


@pytest.mark.parametrize(
    ("document", "form", "uid"),
    [
        ({"title": "t", "uid": "u"}, "", "u"),
        ({"title": "t", "uid": None}, "", ""),
        (
            {
                "apiVersion": "dashboard.grafana.app/v0alpha1",
                "kind": "Dashboard",
                "metadata": {"name": "n"},
                "spec": {"title": "t"},
            },
            "v0alpha1",
            "n",
        ),
        (
            {
                "apiVersion": "dashboard.grafana.app/v1beta1",
                "kind": "DashboardWithAccessInfo",
                "metadata": {"name": "n", "namespace": "default"},
                "spec": {"title": "t"},
                "status": {},
                "access": {"canSave": True},
            },
            "v1beta1",
            "n",
        ),
        ({**_V2, "elements": {"a": {"spec": {"query": {"kind": "prometheus"}}}}}, "v2alpha1", ""),
        ({**_V2, "elements": {"a": {"spec": {"query": {"kind": "DataQuery"}}}}}, "v2beta1", ""),
    ],
)
def test_the_form_of_a_dashboard_is_told_by_its_keys(document: dict[str, Any], form: str, uid: str) -> None:
    """Classic, a resource, or the bare spec of one."""
    model = read_model("config_json", json.dumps(document))
    assert (model.form, model.uid) == (form, uid)


def test_what_a_dashboard_mentions_is_found_by_pattern() -> None:
    """A name with quotes in it too."""
    text = json.dumps({"datasource": 'My "DB"', "x": {"uid": "u1"}, "y": {"datasourceUid": "u2"}})
    found = {(mention.kind, mention.name) for mention in mentions_in(text)}
    assert {("data source name", 'My "DB"'), ("data source", "u1"), ("data source", "u2")} <= found


@pytest.mark.parametrize(
    ("settings", "environment", "connection"),
    [
        ({"url": "http://T@g"}, {}, ("http://g", "T", {})),
        ({"url": "http://T@g", "auth": "A"}, {"GRAFANA_AUTH": "E"}, ("http://g", "A", {})),
        (
            {},
            {"GRAFANA_URL": "https://g", "GRAFANA_AUTH": "E", "GRAFANA_ORG_ID": "3"},
            ("https://g", "E", {"X-Grafana-Org-Id": "3"}),
        ),
        ({"url": "embedded:x.db"}, {}, ("embedded:x.db", "admin:admin", {})),
        ({"url": "embedded:x.db?version=7"}, {}, ("embedded:x.db?version=7", "admin:admin", {})),
        (
            {"url": "http://g", "org_id": 2},
            {"GRAFANA_HTTP_HEADERS": '{"X": "y"}'},
            ("http://g", "", {"X": "y", "X-Grafana-Org-Id": "2"}),
        ),
    ],
)
def test_settings_come_from_the_block_and_then_from_the_environment(
    settings: dict[str, Any], environment: dict[str, str], connection: tuple[str, str, dict[str, str]]
) -> None:
    """url, auth, organisation and headers."""
    made = make_client(settings, True, replace(BARE, environment=environment)).connection
    assert (made.url, made.auth, made.headers, made.read_only) == (*connection, True)


@pytest.mark.parametrize(
    ("settings", "summary"),
    [
        ({}, "Grafana's url is not known"),
        ({"url": "grafana.example.org"}, '"grafana.example.org" is not a URL'),
        ({"url": "http://g:99999"}, "The url is not one"),
        ({"url": "http://"}, '"http://" is not a URL'),
        ({"url": "embedded:"}, "The embedded server needs a file"),
        ({"url": "embedded:?version=7"}, "The embedded server needs a file"),
        ({"url": "embedded:x.db?version=9"}, 'The embedded server does not play Grafana "9"'),
        ({"url": "embedded:x.db?version="}, 'The embedded server does not play Grafana ""'),
        ({"url": "http://g", "retries": -1}, "retries cannot be -1"),
        ({"url": "http://g", "parallelism": 0}, "parallelism cannot be 0"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any], summary: str) -> None:
    """Before any call."""
    with pytest.raises(ValueProblem) as caught:
        make_client(settings, True, BARE)
    assert caught.value.summary == summary


@pytest.mark.parametrize(
    ("there", "calls"),
    [([{"key": "theirs", "name": "S"}, {"key": "new", "name": "S"}], 1), ([{"key": "theirs", "name": "S"}], 2)],
    ids=["it was done", "it was not done"],
)
def test_a_snapshot_whose_key_the_server_chooses_is_found_by_its_name(there: list[Any], calls: int) -> None:
    """The answer is lost, and nobody knows the key: the one that is new is ours, and none is made twice."""
    answer = {"key": "new", "url": "http://elsewhere/new"}
    wire = {"meta": {"created": "c", "expires": "e"}, "dashboard": {}}
    before = [{"key": "theirs", "name": "S"}, {"key": "other", "name": "S too"}]
    grafana = FakeGrafana(
        **{
            "POST /api/snapshots": [500, answer],
            "GET /api/dashboard/snapshots": [before, there, before],
            "GET /api/snapshots/new": wire,
        }
    )
    values = SNAPSHOT.complete("s", "s", {"dashboard": {"title": "S"}, "external": True}, "chosen")
    live = grafana.run(lambda provider: provider.create("grafana_snapshot", values))
    assert (live.uid, len(grafana.writes())) == ("new", calls)
