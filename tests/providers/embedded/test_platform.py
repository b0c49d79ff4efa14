"""The app platform's routes: objects, conflicts, pages, trash, history, versions of the API."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from providers.embedded import User

GROUP = "/apis/dashboard.grafana.app"
BOARDS = f"{GROUP}/v1beta1/namespaces/default/dashboards"
ALPHA = f"{GROUP}/v0alpha1/namespaces/default/dashboards"
BETA2 = f"{GROUP}/v2beta1/namespaces/default/dashboards"
FOLDERS = "/apis/folder.grafana.app/v1beta1/namespaces/default/folders"
METADATA = {"Accept": "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}


def manifest(name: str, rv: str = "", version: str = "v1beta1", folder: str = "", **spec: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name} | ({"resourceVersion": rv} if rv else {})
    if folder:
        metadata["annotations"] = {"grafana.app/folder": folder}
    kind = {"apiVersion": f"dashboard.grafana.app/{version}", "kind": "Dashboard"}
    return kind | {"metadata": metadata, "spec": {"title": "T"} | spec}


def folder_manifest(name: str, title: str = "F", parent: str = "") -> dict[str, Any]:
    metadata = {"name": name} | ({"annotations": {"grafana.app/folder": parent}} if parent else {})
    kind = {"apiVersion": "folder.grafana.app/v1beta1", "kind": "Folder"}
    return kind | {"metadata": metadata, "spec": {"title": title}}


def pages(server: Any, path: str, headers: dict[str, str] | None = None) -> list[list[dict[str, Any]]]:
    """Every page of a list, following its continue tokens."""
    found, token = [], ""
    while True:
        joint = "&" if "?" in path else "?"
        body = server.ok("GET", f"{path}{joint}continue={token}" if token else path, headers=headers)
        found.append(body["items"] or [])
        token = body["metadata"].get("continue", "")
        if not token:
            return found


def test_one_dashboard_has_one_identity_in_both_apis(server: Any) -> None:
    """The id is the label, the version the generation, the folder an annotation."""
    server.ok("POST", "/api/folders", {"title": "F", "uid": "f"})
    server.save("d", "one", folder="f")
    saved = server.ok("POST", "/api/dashboards/db", {"dashboard": {"uid": "d", "title": "two"}, "overwrite": True})

    metadata = server.ok("GET", f"{ALPHA}/d")["metadata"]

    assert metadata["labels"] == {"grafana.app/deprecatedInternalID": str(saved["id"])}
    assert (metadata["name"], metadata["generation"]) == ("d", saved["version"])
    assert "grafana.app/folder" not in metadata["annotations"]
    assert server.ok("GET", f"{ALPHA}/d")["spec"] == {"title": "two"}


def test_a_save_without_change_is_a_new_resource_version_at_most(server: Any) -> None:
    """With another message it is one, of the same generation; with the same message and keys it is none."""

    def save(message: str) -> tuple[str, int]:
        command = {"dashboard": {"uid": "d", "title": "T"}, "overwrite": True, "message": message}
        server.ok("POST", "/api/dashboards/db", command)
        metadata = server.ok("GET", f"{ALPHA}/d")["metadata"]
        return metadata["resourceVersion"], metadata["generation"]

    save("a")
    second, third, fourth = save("a"), save("b"), save("b")

    assert second[0] != third[0] == fourth[0]
    assert {one[1] for one in (second, third, fourth)} == {1}


def test_deleting_and_making_again_changes_the_uid(server: Any) -> None:
    """So a client can tell that it is another object."""
    server.save("d")
    before = server.ok("GET", f"{ALPHA}/d")["metadata"]["uid"]
    server.ok("DELETE", f"{ALPHA}/d")
    server.save("d")

    after = server.ok("GET", f"{ALPHA}/d")["metadata"]
    assert (after["uid"] != before, after["generation"]) == (True, 1)


def test_a_replace_needs_the_live_resource_version_or_none(server: Any) -> None:
    """A stale one is a conflict (409); without one it is taken; what is not there is made (201)."""
    first = server.ok("POST", BOARDS, manifest("d"))["metadata"]["resourceVersion"]
    statuses = [
        server("PUT", f"{BOARDS}/d", manifest("d", rv, title=title)).status_code
        for rv, title in ((first, "2"), (first, "3"), ("", "4"))
    ]

    assert statuses == [200, 409, 200]
    assert server("PUT", f"{BOARDS}/new", manifest("new")).status_code == 201
    assert server.ok("GET", f"{BOARDS}/d")["metadata"]["generation"] == 3


def test_a_deletion_may_say_at_which_resource_version(server: Any) -> None:
    """Another one is a conflict (409), in these words; the live one is deleted."""
    there = server.ok("POST", BOARDS, manifest("d"))["metadata"]["resourceVersion"]
    refused = server("DELETE", f"{BOARDS}/d", {"preconditions": {"resourceVersion": "1"}})

    assert (refused.status_code, refused.json()["reason"], refused.json()["message"]) == (
        409,
        "Conflict",
        'Operation cannot be fulfilled on Dashboard.dashboard.grafana.app "d": the ResourceVersion in the precondition '
        f"(1) does not match the ResourceVersion in record ({there}). The object might have been modified",
    )
    server.ok("DELETE", f"{BOARDS}/d", {"preconditions": {"resourceVersion": there}})
    assert server("GET", f"{BOARDS}/d").status_code == 404


def test_a_dry_run_changes_nothing(server: Any) -> None:
    """Neither creating, nor replacing, nor deleting; a dry run of a new folder is a 404 on 12.4.0."""
    server.ok("POST", BOARDS, manifest("d"))
    before = server.ok("GET", f"{BOARDS}/d")

    made = server("POST", f"{BOARDS}?dryRun=All", manifest("x"))
    put = server.ok("PUT", f"{BOARDS}/d?dryRun=All", manifest("d", title="dry"))
    server.ok("DELETE", f"{BOARDS}/d?dryRun=All")
    folder = server("POST", f"{FOLDERS}?dryRun=All", folder_manifest("f"))

    assert (made.status_code, "resourceVersion" in made.json()["metadata"], folder.status_code) == (201, False, 404)
    assert (put["spec"]["title"], put["metadata"]["generation"]) == ("dry", 1)
    assert server("GET", f"{BOARDS}/x").status_code == 404
    assert server.ok("GET", f"{BOARDS}/d") == before


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        (BOARDS, manifest("u" * 41), 400, "uid too long, max 40 characters"),
        (BOARDS, manifest("a.b"), 400, "uid contains illegal characters"),
        (BOARDS, manifest("x", title=""), 400, "Dashboard title cannot be empty"),
        (BOARDS, manifest("x", folder="none"), 404, 'folders.folder.grafana.app "none" not found'),
        (BOARDS, manifest("x", rv="5"), 500, "resourceVersion should not be set on objects to be created"),
        (
            BOARDS,
            manifest("x", version="v0alpha1"),
            400,
            "the API version in the data (dashboard.grafana.app/v0alpha1) does not match the expected API version"
            " (dashboard.grafana.app/v1beta1)",
        ),
        (
            BETA2,
            manifest("x", version="v2beta1") | {"kind": "DashboardWithAccessInfo"},
            400,
            'DashboardWithAccessInfo in version "v2beta1" cannot be handled as a Dashboard: converting'
            " (v2beta1.DashboardWithAccessInfo) to (v2beta1.Dashboard): unknown conversion",
        ),
        (
            f"{GROUP}/v2/namespaces/default/dashboards",
            manifest("x", version="v2"),
            404,
            "the server could not find the requested resource",
        ),
        *(
            (
                BOARDS,
                manifest("x", gnetId=number),
                422,
                f'Dashboard.dashboard.grafana.app "x" is invalid: spec.gnetId: Invalid value: conflicting values {why}',
            )
            for number, why in (
                (1860, "1860 and string (mismatched types int and string)"),
                (1.5, "1.5 and string (mismatched types float and string)"),
                (True, "true and string (mismatched types bool and string)"),
                ([1], "string and [1] (mismatched types string and list)"),
                ({"a": [1]}, "string and {a:[1]} (mismatched types string and struct)"),
            )
        ),
        (
            BOARDS,
            manifest(""),
            422,
            'Dashboard.dashboard.grafana.app "" is invalid: metadata.name: Required value: name or generateName is'
            " required",
        ),
    ],
)
def test_a_bad_object_is_refused(server: Any, path: str, body: Any, status: int, message: str) -> None:
    """As a Status, in the words of 12.4.0."""
    answer = server("POST", path, body)

    assert (answer.status_code, answer.json()["kind"], answer.json()["message"]) == (status, "Status", message)


@pytest.mark.parametrize(("path", "version", "number"), [(BOARDS, "v1beta1", "1860"), (ALPHA, "v0alpha1", 1860)])
def test_a_number_of_grafana_com_is_taken(server: Any, path: str, version: str, number: Any) -> None:
    """As text in v1beta1, as anything in v0alpha1."""
    assert server.ok("POST", path, manifest("d", version=version, gnetId=number))["spec"]["gnetId"] == number


def test_a_v2_layout_with_rows_of_another_kind_is_refused(server: Any) -> None:
    """Each conflict is a cause of its own, the layout's alternatives included."""
    layout = {"kind": "RowsLayout", "spec": {"rows": [{"kind": "Row", "spec": {}}]}}

    answer = server("POST", BETA2, manifest("x", version="v2beta1", layout=layout))

    causes = answer.json()["details"]["causes"]
    assert answer.status_code == 422
    assert [cause["field"].removeprefix("DashboardSpec.layout.") for cause in causes] == [
        "kind",
        "kind",
        "kind",
        "spec.rows.0.kind",
    ]


def test_v0alpha1_read_as_v1beta1_has_the_defaults(server: Any) -> None:
    """schemaVersion 42 and the keys a dashboard is never without; the status tells of the conversion."""
    server.save("d", panels=[{"id": 1}], schemaVersion=16)

    read = server.ok("GET", f"{BOARDS}/d")

    assert read["status"] == {"conversion": {"failed": False, "storedVersion": "v0alpha1"}}
    assert {key: value for key, value in read["spec"].items() if key != "annotations"} == {
        "editable": True,
        "fiscalYearStartMonth": 0,
        "graphTooltip": 0,
        "links": [],
        "panels": [{"id": 1}],
        "refresh": "",
        "schemaVersion": 42,
        "tags": [],
        "templating": {"list": []},
        "time": {"from": "now-6h", "to": "now"},
        "timepicker": {},
        "timezone": "",
        "title": "A title",
        "weekStart": "",
    }
    assert [one["name"] for one in read["spec"]["annotations"]["list"]] == ["Annotations & Alerts"]


def test_a_v2_dashboard_is_a_classic_one_to_the_classic_routes(server: Any) -> None:
    """12.4.0 converts it; elements become panels in the order of the layout."""
    place = {"x": 0, "y": 2, "width": 6, "height": 4, "element": {"kind": "ElementReference", "name": "p"}}
    panel = {"id": 7, "title": "P", "vizConfig": {"kind": "VizConfig", "group": "stat", "spec": {"options": {"o": 1}}}}
    layout = {"kind": "GridLayout", "spec": {"items": [{"kind": "GridLayoutItem", "spec": place}]}}
    elements = {"p": {"kind": "Panel", "spec": panel}}
    server.ok("POST", BETA2, manifest("d", version="v2beta1", layout=layout, elements=elements, tags=["t"]))

    classic = server.ok("GET", "/api/dashboards/uid/d")["dashboard"]

    assert (classic["title"], classic["tags"], classic["schemaVersion"], classic["version"]) == ("T", ["t"], 42, 1)
    assert classic["panels"] == [
        {
            "id": 7,
            "title": "P",
            "type": "stat",
            "gridPos": {"x": 0, "y": 2, "w": 6, "h": 4},
            "options": {"o": 1},
            "fieldConfig": {},
            "targets": [],
        }
    ]


def test_pages_of_300_dashboards_hold_each_once_in_order(server: Any) -> None:
    """By limit; metadata and whole objects alike."""
    names = [f"d{number:03}" for number in range(300)]
    for name in reversed(names):
        server.save(name)

    metadata = pages(server, f"{BOARDS}?limit=70", METADATA)
    whole = pages(server, f"{ALPHA}?limit=128")

    assert [len(page) for page in metadata] == [70, 70, 70, 70, 20]
    assert [item["metadata"]["name"] for page in metadata for item in page] == names
    assert [item["metadata"]["name"] for page in whole for item in page] == names
    assert {tuple(item) for page in metadata for item in page} == {("kind", "apiVersion", "metadata")}


def test_a_page_ends_by_size_before_its_limit(make_server: Callable[..., Any]) -> None:
    """As 12.4.0 does at about 3.4 MB of bodies, for metadata too."""
    server = make_server(page_bytes=5_000)
    for number in range(10):
        server.save(f"d{number}", text="x" * 2_000)

    assert [len(page) for page in pages(server, f"{BOARDS}?limit=1000", METADATA)] == [3, 3, 3, 1]


@pytest.mark.parametrize("offset", [0, 2, 5, 9])
def test_a_token_may_say_its_offset_alone(server: Any, offset: int) -> None:
    """As 12.4.0's do: for a client that asks for pages side by side."""
    for number in range(6):
        server.save(f"d{number}")
    version = int(server.ok("GET", ALPHA)["metadata"]["resourceVersion"])
    token = base64.b64encode(json.dumps({"o": offset, "v": version, "s": False}).encode()).decode()

    told = server.ok("GET", f"{ALPHA}?limit=3&continue={token}")

    assert [item["metadata"]["name"] for item in told["items"]] == [f"d{n}" for n in range(6)][offset : offset + 3]


def test_later_pages_are_of_the_moment_of_the_first(server: Any) -> None:
    """What is deleted or made in between neither drops nor doubles an object."""
    for number in range(6):
        server.save(f"d{number}")
    first = server.ok("GET", f"{ALPHA}?limit=3")
    server.ok("DELETE", f"{ALPHA}/d0")
    server.save("d2x")

    rest = server.ok("GET", f"{ALPHA}?limit=9&continue={first['metadata']['continue']}")

    assert [item["metadata"]["name"] for item in first["items"] + rest["items"]] == [f"d{n}" for n in range(6)]


def test_the_trash_holds_what_was_deleted_and_not_made_again(server: Any) -> None:
    """With generation -999 and a deletion time, whichever way it was deleted."""
    server.ok("POST", "/api/folders", {"title": "F", "uid": "f"})
    for name, folder in (("a", ""), ("b", "f"), ("c", "")):
        server.save(name, folder=folder)
    server.ok("DELETE", "/api/dashboards/uid/a")
    server.ok("DELETE", "/api/folders/f")
    server.ok("DELETE", f"{ALPHA}/c")
    server.save("c")

    trash = server.ok("GET", f"{ALPHA}?labelSelector=grafana.app/get-trash=true")["items"]

    assert [(one["metadata"]["name"], one["metadata"]["generation"]) for one in trash] == [("b", -999), ("a", -999)]
    assert all("deletionTimestamp" in one["metadata"] for one in trash)
    assert server.ok("GET", f"{FOLDERS}?labelSelector=grafana.app/get-trash=true")["items"] == []


def test_the_trash_shows_others_what_they_deleted_themselves(make_server: Callable[..., Any]) -> None:
    """All of it to admins; `updatedBy` is who deleted it."""
    server = make_server(users=(User("admin", "admin", server_admin=True), User("ed", "secret", orgs={1: "Editor"})))
    for name, auth in (("a", ("admin", "admin")), ("b", ("ed", "secret"))):
        server.save(name)
        server.ok("DELETE", f"/api/dashboards/uid/{name}", auth=auth)
    trash = f"{ALPHA}?labelSelector=grafana.app/get-trash=true"

    def names(query: str, **auth: Any) -> list[str]:
        return [one["metadata"]["name"] for one in server.ok("GET", query, **auth)["items"]]

    assert (names(trash), names(trash, auth=("ed", "secret"))) == (["b", "a"], ["b"])
    assert names(f"{trash}&fieldSelector=metadata.name=a") == ["a"]


def test_what_comes_back_from_the_trash_keeps_its_id(server: Any) -> None:
    """By its label; its uid and its versions are new."""
    number = server.save("a")["id"]
    server.ok("DELETE", "/api/dashboards/uid/a")
    gone = server.ok("GET", f"{ALPHA}?labelSelector=grafana.app/get-trash=true")["items"][0]

    back = server.ok("POST", ALPHA, {**gone, "metadata": {**gone["metadata"], "resourceVersion": ""}})

    assert server.ok("GET", "/api/dashboards/uid/a")["dashboard"]["id"] == number
    assert (back["metadata"]["generation"], back["metadata"]["uid"] == gone["metadata"]["uid"]) == (1, False)
    assert server.ok("GET", f"{ALPHA}?labelSelector=grafana.app/get-trash=true")["items"] == []


def test_a_refresh_below_the_minimum_is_refused(server: Any) -> None:
    """The classic route stores the minimum instead."""
    answer = server("POST", ALPHA, {"metadata": {"name": "d"}, "spec": {"title": "T", "refresh": "1s"}})
    assert (answer.status_code, answer.json()["message"]) == (400, "Dashboard refresh interval is too low")


def test_the_history_holds_every_version_newest_first(server: Any) -> None:
    """Of one named dashboard; without a name it is refused."""
    for title in ("one", "two", "three"):
        server.save("d", title)
    query = "labelSelector=grafana.app/get-history=true"

    history = server.ok("GET", f"{ALPHA}?{query}&fieldSelector=metadata.name=d")["items"]

    assert [(one["metadata"]["generation"], one["spec"]["title"]) for one in history] == [
        (3, "three"),
        (2, "two"),
        (1, "one"),
    ]
    assert server("GET", f"{ALPHA}?{query}").status_code == 400


def test_folders_have_generation_parent_and_title_in_one_list(server: Any) -> None:
    """And here a folder has to be empty to be deleted, other than in the classic API."""
    server.ok("POST", FOLDERS, folder_manifest("a"))
    server.ok("POST", FOLDERS, folder_manifest("b", parent="a"))
    server.ok("PUT", f"{FOLDERS}/a", folder_manifest("a", "G"))

    listed = server.ok("GET", FOLDERS)["items"]
    full = server("DELETE", f"{FOLDERS}/a")
    twice = server("POST", FOLDERS, folder_manifest("a"))

    seen = [
        (one["metadata"]["generation"], one["metadata"]["annotations"].get("grafana.app/folder"), one["spec"]["title"])
        for one in listed
    ]
    assert seen == [(2, None, "G"), (1, "a", "F")]
    assert (full.status_code, full.json()["message"]) == (400, "Folder cannot be deleted: folder is not empty")
    assert twice.status_code == 412


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("continue=bad", 500, 'get continue token ("bad"): error decoding continue token'),
        ("limit=abc", 400, 'strconv.ParseInt: parsing "abc": invalid syntax'),
        (
            "fieldSelector=spec.title=T",
            400,
            '"spec.title" is not a known field selector: only "metadata.name", "metadata.namespace"',
        ),
    ],
)
def test_a_bad_list_is_refused(server: Any, query: str, status: int, message: str) -> None:
    """As a Status, in the words of 12.4.0."""
    answer = server("GET", f"{BOARDS}?{query}")

    assert (answer.status_code, answer.json()["message"]) == (status, message)


def test_selectors_narrow_a_list(server: Any) -> None:
    """By label or name; a metadata list of nothing has null items."""
    server.save("a")
    server.ok("POST", BOARDS, manifest("b") | {"metadata": {"name": "b", "labels": {"team": "x"}}})

    def listed(query: str) -> Any:
        items = server.ok("GET", f"{BOARDS}?{query}", headers=METADATA)["items"]
        return items and [item["metadata"]["name"] for item in items]

    queries = ("labelSelector=team=x", "fieldSelector=metadata.name=a", "labelSelector=team=y")
    assert [listed(query) for query in queries] == [["b"], ["a"], None]
