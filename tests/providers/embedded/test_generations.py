"""The generations before the app platform: whole sequences, beyond the single answers that test_replay compares."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from providers.embedded import Options, create_app
from providers.embedded.generations import before_11, before_11_alerting, v11_0, v12_4
from providers.embedded.generations.adapting import name_of

SAVE = "/api/dashboards/db"
STALE = {"message": "The dashboard has been changed by someone else", "status": "version-mismatch"}
OLD = ["3.2.1", "5.4.3", "7.5.5"]
WITH_FOLDERS = ["5.4.3", "7.5.5"]


@pytest.fixture
def old(make_server: Callable[..., Any], clock: Any) -> Callable[..., Any]:
    """Makes a server of a version, with users of each role beside the admin, and a clock that a test can move."""

    def make(version: str, **options: Any) -> Any:
        tokens = {"editor": "Editor", "viewer": "Viewer"}
        return make_server(version=version, tokens=tokens, clock=clock, **options)

    return make


def _post(server: Any, overwrite: bool = False, folder: int = 0, **dashboard: Any) -> Any:
    return server("POST", SAVE, {"dashboard": dashboard, "overwrite": overwrite, "folderId": folder})


def _save(server: Any, overwrite: bool = False, folder: int = 0, **dashboard: Any) -> Any:
    answer = _post(server, overwrite, folder, **dashboard)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _titles(server: Any, query: str = "") -> list[str]:
    return [hit["title"] for hit in server.ok("GET", f"/api/search{query}")]


@pytest.mark.parametrize(
    ("asked", "played"),
    [
        ("7", "7.5.5"),
        ("7.5", "7.5.5"),
        ("5.4.3", "5.4.3"),
        ("10", "10.1.2"),
        ("11", "11.0.0"),
        ("11.6", "11.6.0"),
        ("12", "12.4.0"),
        ("12.4.0", "12.4.0"),
    ],
)
def test_a_version_may_be_cut_short(old: Any, asked: str, played: str) -> None:
    """What is recorded of that generation is what is played, and what the server says it is."""
    server = old(asked)

    assert server.ok("GET", "/api/health")["version"] == played
    assert server.ok("GET", "/api/frontend/settings")["buildInfo"]["version"] == played


@pytest.mark.parametrize("version", ["9", "7.5.6", "1", "", "7.", "seven"])
def test_no_other_version_is_played(version: str) -> None:
    """Rather nothing than a guess."""
    with pytest.raises(ValueError, match=r"it plays 3\.2\.1, 5\.4\.3, 7\.5\.5, 10\.1\.2, 11\.0\.0, 11\.6\.0, 12\.4\.0"):
        create_app(options=Options(version=version))


def test_3_2_tells_its_version_in_the_settings_only(old: Any) -> None:
    """There is no health route."""
    server = old("3")

    assert server("GET", "/api/health").text == "404 page not found\n"
    assert server.ok("GET", "/api/frontend/settings")["buildInfo"]["version"] == "3.2.1"


def test_3_2_knows_a_dashboard_by_the_slug_of_its_title(old: Any) -> None:
    """A new title is a new slug; with the id it is the same dashboard all the same."""
    server = old("3.2.1")
    assert _save(server, title="Über uns & mehr") == {"slug": "uber-uns-and-mehr", "status": "success", "version": 0}
    found = server.ok("GET", "/api/dashboards/db/uber-uns-and-mehr")["dashboard"]

    renamed = _save(server, id=found["id"], version=0, title="Us")

    assert (renamed["slug"], renamed["version"]) == ("us", 1)
    assert server("GET", "/api/dashboards/db/uber-uns-and-mehr").status_code == 404
    assert server.ok("GET", "/api/dashboards/db/us")["dashboard"] == {"id": found["id"], "title": "Us", "version": 1}


def test_3_2_keeps_a_uid_as_a_key_like_any_other(old: Any) -> None:
    """It names nothing: two dashboards may have the same."""
    server = old("3.2.1")
    for title in ("one", "two"):
        _save(server, title=title, uid="same", panels=[1])

    assert server.ok("GET", "/api/dashboards/db/two")["dashboard"]["uid"] == "same"
    assert server("GET", "/api/dashboards/uid/same").status_code == 404


def test_3_2_looks_at_versions_only_where_an_id_is_sent(old: Any) -> None:
    """By title alone an overwriting save makes version 1, again and again."""
    server = old("3.2.1")
    _save(server, title="d")
    number = server.ok("GET", "/api/dashboards/db/d")["dashboard"]["id"]

    assert [_save(server, id=number, version=version, title="d")["version"] for version in (0, 1)] == [1, 2]
    stale = _post(server, id=number, version=1, title="d")
    assert (stale.status_code, stale.json()) == (412, STALE)
    assert _save(server, overwrite=True, id=number, version=0, title="d")["version"] == 3
    assert [_save(server, overwrite=True, title="d", version=9)["version"] for _ in range(2)] == [1, 1]


def test_3_2_refuses_a_title_in_use_unless_it_may_overwrite(old: Any) -> None:
    """Whoever has the title is overwritten then, not the dashboard whose id was sent."""
    server = old("3.2.1")
    _save(server, title="A")
    _save(server, title="B", panels=["b"])
    number = server.ok("GET", "/api/dashboards/db/a")["dashboard"]["id"]

    clash = _post(server, id=number, version=0, title="b")
    _save(server, overwrite=True, id=number, version=0, title="b", panels=["a"])

    assert clash.json() == {"message": "A dashboard with the same name already exists", "status": "name-exists"}
    assert server.ok("GET", "/api/dashboards/db/b")["dashboard"]["panels"] == ["a"]
    assert server.ok("GET", "/api/dashboards/db/a")["dashboard"]["id"] == number


def test_3_2_deletes_by_slug_once(old: Any) -> None:
    """The answer is the title; there is no trash, and ids are not given again."""
    server = old("3.2.1")
    _save(server, title="A b")
    assert server.ok("DELETE", "/api/dashboards/db/a-b") == {"title": "A b"}

    again = server("DELETE", "/api/dashboards/db/a-b")
    _save(server, title="A b")

    assert (again.status_code, again.json()) == (404, {"message": "Dashboard not found"})
    assert server.ok("GET", "/api/dashboards/db/a-b")["dashboard"]["id"] == 2


@pytest.mark.parametrize(
    "path",
    [
        "/api/health",
        "/api/folders",
        "/api/dashboards/uid/d",
        "/api/dashboards/uid/d/versions",
        "/api/datasources/uid/d",
        "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards",
    ],
)
@pytest.mark.parametrize("auth", [("admin", "admin"), None])
def test_3_2_answers_in_plain_text_where_it_has_no_route(old: Any, path: str, auth: Any) -> None:
    """Whoever asks: the router knows nothing of accounts."""
    answer = old("3.2.1")("GET", path, auth=auth)

    assert (answer.status_code, answer.text) == (404, "404 page not found\n")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("version", WITH_FOLDERS)
def test_since_5_every_save_is_a_version(old: Any, version: str) -> None:
    """Also one that changes nothing; a version that is not the live one is refused, overwrite is not."""
    server = old(version)
    assert [_save(server, overwrite=True, uid="d", title="D")["version"] for _ in range(3)] == [1, 2, 3]

    stale = _post(server, uid="d", title="D", version=2)

    assert (stale.status_code, stale.json()) == (412, STALE)
    assert _save(server, uid="d", title="D", version=3)["version"] == 4
    meta = server.ok("GET", "/api/dashboards/uid/d")["meta"]
    assert (meta["version"], meta["createdBy"], meta["updatedBy"]) == (4, "admin", "admin")


@pytest.mark.parametrize("version", WITH_FOLDERS)
def test_since_5_a_title_is_free_once_in_a_folder(old: Any, version: str) -> None:
    """Titles are the same if their slugs are; overwriting by title keeps the uid that was there."""
    server = old(version)
    folder = server.ok("POST", "/api/folders", {"title": "F", "uid": "f"})["id"]
    _save(server, uid="root", title="Same title")
    _save(server, uid="in", title="Same title", folder=folder)

    clash = _post(server, uid="new", title="same Title")
    forced = _save(server, overwrite=True, uid="new", title="same Title")
    like_folder = _post(server, uid="other", title="f", overwrite=True)

    assert (clash.status_code, clash.json()["status"]) == (412, "name-exists")
    assert (forced["uid"], forced["version"]) == ("root", 2)
    assert (like_folder.status_code, like_folder.json()) == (
        400,
        {"message": "Dashboard name cannot be the same as folder"},
    )
    assert server("GET", "/api/dashboards/uid/new").status_code == 404


@pytest.mark.parametrize("version", WITH_FOLDERS)
def test_since_5_an_id_with_another_uid_renames(old: Any, version: str) -> None:
    """Unlike 12.4, where it makes a second dashboard."""
    server = old(version)
    first = _save(server, uid="a", title="A")
    _save(server, uid="b", title="B")

    renamed = _save(server, id=first["id"], uid="c", title="A", version=1)
    taken = _post(server, id=first["id"], uid="b", title="A", version=2)

    assert (renamed["id"], renamed["uid"], renamed["version"]) == (first["id"], "c", 2)
    assert server("GET", "/api/dashboards/uid/a").status_code == 404
    assert (taken.status_code, taken.json()) == (400, {"message": "A dashboard with the same uid already exists"})


@pytest.mark.parametrize("version", WITH_FOLDERS)
def test_since_5_a_slug_may_be_of_two_dashboards(old: Any, version: str) -> None:
    """The old route gives the older one, and deletes neither."""
    server = old(version)
    folder = server.ok("POST", "/api/folders", {"title": "F"})["id"]
    _save(server, uid="one", title="T")
    _save(server, uid="two", title="T", folder=folder)

    got = server.ok("GET", "/api/dashboards/db/t")["dashboard"]["uid"]
    refused = server("DELETE", "/api/dashboards/db/t")
    server.ok("DELETE", "/api/dashboards/uid/one")

    assert (got, refused.status_code, refused.json()["status"]) == ("one", 412, "multiple-slugs-exists")
    assert server.ok("DELETE", "/api/dashboards/db/t")["message"] == "Dashboard T deleted"


@pytest.mark.parametrize("version", WITH_FOLDERS)
def test_since_5_only_the_folder_id_places_a_dashboard(old: Any, version: str) -> None:
    """`folderUid` is passed over; without id the dashboard moves to the root; meta tells no folderUid."""
    server = old(version)
    folder = server.ok("POST", "/api/folders", {"title": "My folder", "uid": "f"})["id"]
    server.ok("POST", SAVE, {"dashboard": {"uid": "d", "title": "D"}, "folderUid": "f"})
    at_root = server.ok("GET", "/api/dashboards/uid/d")["meta"]
    _save(server, overwrite=True, uid="d", title="D", folder=folder)
    placed = server.ok("GET", "/api/dashboards/uid/d")["meta"]

    assert (at_root["folderId"], at_root["folderTitle"], at_root["folderUrl"]) == (0, "General", "")
    assert (placed["folderId"], placed["folderTitle"]) == (folder, "My folder")
    assert placed["folderUrl"] == "/dashboards/f/f/my-folder"
    assert "folderUid" not in placed
    _save(server, overwrite=True, uid="d", title="D")
    assert server.ok("GET", "/api/dashboards/uid/d")["meta"]["folderId"] == 0


@pytest.mark.parametrize("version", WITH_FOLDERS)
def test_since_5_dashboards_and_folders_are_numbered_together(old: Any, version: str) -> None:
    """From 1 on, and uids that were not given are nine letters."""
    server = old(version)
    made = [_save(server, title="A"), server.ok("POST", "/api/folders", {"title": "F"}), _save(server, title="B")]

    assert [one["id"] for one in made] == [1, 2, 3]
    assert {len(one["uid"]) for one in made} == {9}
    server.ok("DELETE", f"/api/dashboards/uid/{made[2]['uid']}")
    assert _save(server, title="C")["id"] == 4


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("5.4.3", ["The folder has been changed by someone else", "Folder not found", "Folder title cannot be empty"]),
        ("7.5.5", ["the folder has been changed by someone else", "folder not found", "folder title cannot be empty"]),
    ],
)
def test_since_5_folders_have_versions(old: Any, version: str, words: list[str]) -> None:
    """Create, change, conflict, force, delete: what differs is how it is worded."""
    server = old(version)
    server.ok("POST", "/api/folders", {"title": "F", "uid": "f"})
    changed = server.ok("PUT", "/api/folders/f", {"title": "G", "version": 1})
    stale = server("PUT", "/api/folders/f", {"title": "H", "version": 1})
    forced = server.ok("PUT", "/api/folders/f", {"title": "H", "overwrite": True})
    nameless = server("POST", "/api/folders", {"title": " "})
    deleted = server.ok("DELETE", "/api/folders/f")
    gone = server("GET", "/api/folders/f")

    assert (changed["version"], changed["title"], changed["url"]) == (2, "G", "/dashboards/f/f/g")
    assert (stale.status_code, stale.json()) == (412, {"message": words[0], "status": "version-mismatch"})
    assert forced["version"] == 3
    assert (gone.status_code, gone.json()) == (404, {"message": words[1], "status": "not-found"})
    assert (nameless.status_code, nameless.json()) == (400, {"message": words[2]})
    assert deleted["message"] == "Folder H deleted"
    assert ("id" in deleted) == (version == "7.5.5")


@pytest.mark.parametrize("version", WITH_FOLDERS)
def test_since_5_a_folder_takes_its_dashboards_with_it(old: Any, version: str) -> None:
    """For good; others stay. A folder's uid can be changed, and what is in it stays there."""
    server = old(version)
    folder = server.ok("POST", "/api/folders", {"title": "F", "uid": "f"})["id"]
    _save(server, uid="in", title="In", folder=folder)
    _save(server, uid="out", title="Out")
    server.ok("PUT", "/api/folders/f", {"title": "F", "uid": "g", "version": 1})
    assert server.ok("GET", "/api/dashboards/uid/in")["meta"]["folderUrl"] == "/dashboards/f/g/f"

    server.ok("DELETE", "/api/folders/g")

    assert _titles(server) == ["Out"]
    assert server("GET", f"/api/folders/id/{folder}").status_code == 404


@pytest.mark.parametrize("version", WITH_FOLDERS)
def test_since_5_viewers_may_look_and_editors_change(old: Any, version: str) -> None:
    """Folders and dashboards say what the caller may; data sources are for admins, even to look at."""
    server = old(version)
    server.ok("POST", "/api/folders", {"title": "F", "uid": "f"})
    _save(server, uid="d", title="D")
    may = {
        token: [server.ok("GET", "/api/folders/f", token=token)[f"can{what}"] for what in ("Save", "Edit", "Admin")]
        for token in ("viewer", "editor")
    }
    refused = server("POST", "/api/folders", {"title": "G"}, token="viewer")
    unsaved = server("POST", SAVE, {"dashboard": {"title": "X"}}, token="viewer")

    assert may == {"viewer": [False, False, False], "editor": [True, True, False]}
    assert (refused.status_code, refused.json()) == (403, {"message": "Access denied"})
    assert (unsaved.status_code, unsaved.json()) == (403, {"message": "Access denied to save dashboard"})
    assert server("GET", "/api/datasources", token="editor").json() == {"message": "Permission denied"}
    assert server("DELETE", "/api/dashboards/uid/d", token="editor").status_code == 200


def test_3_2_lets_viewers_delete_dashboards(old: Any) -> None:
    """The route has no check of roles; saving has one."""
    server = old("3.2.1")
    _save(server, title="D")

    assert server("POST", SAVE, {"dashboard": {"title": "E"}}, token="viewer").status_code == 403
    assert server("DELETE", "/api/dashboards/db/d", token="viewer").status_code == 200


@pytest.mark.parametrize("version", OLD)
def test_data_sources_are_known_by_id_and_by_name(old: Any, version: str) -> None:
    """Made, found both ways, renamed, deleted; secrets are told by name only, and not at all in 3.2."""
    server = old(version)
    sent = {"name": "a b/ü", "type": "prometheus", "access": "proxy", "url": "http://p", "jsonData": {"x": [1]}}
    number = server.ok("POST", "/api/datasources", sent | {"secureJsonData": {"token": "s3cr3t"}})["id"]
    by_id, by_name = (server.ok("GET", f"/api/datasources/{path}") for path in (str(number), "name/a%20b%2F%C3%BC"))
    server.ok("PUT", f"/api/datasources/{number}", sent | {"name": "c", "isDefault": True})

    assert by_id | {"readOnly": 0} == by_name | {"readOnly": 0}
    assert by_id["jsonData"] == {"x": [1]}
    assert by_id.get("secureJsonFields") == (None if version == "3.2.1" else {"token": True})
    assert server.ok("GET", "/api/datasources/id/c") == {"id": number}
    assert [(one["name"], one["isDefault"]) for one in server.ok("GET", "/api/datasources")] == [("c", True)]
    assert server.ok("DELETE", f"/api/datasources/{number}") == {"message": "Data source deleted"}
    assert server("GET", f"/api/datasources/{number}").status_code == 404


@pytest.mark.parametrize(("version", "refusal"), [("3.2.1", 500), ("5.4.3", 409), ("7.5.5", 409)])
def test_a_data_source_name_is_free_once(old: Any, version: str, refusal: int) -> None:
    """In creation and in changes."""
    server = old(version)
    sent = {"type": "loki", "access": "proxy"}
    for name in ("a", "b"):
        server.ok("POST", "/api/datasources", sent | {"name": name})

    assert server("POST", "/api/datasources", sent | {"name": "a"}).status_code == refusal
    assert server("PUT", "/api/datasources/2", sent | {"name": "a"}).status_code == 500
    assert server("PUT", "/api/datasources/2", sent | {"name": "b"}).status_code == 200


@pytest.mark.parametrize(
    ("version", "statuses"), [("3.2.1", [200] * 4), ("5.4.3", [200, 200, 200, 500]), ("7.5.5", [200, 200, 200, 409])]
)
def test_a_data_source_has_a_version_since_5(old: Any, version: str, statuses: list[int]) -> None:
    """None, or one that is not older than the stored one, is taken; it is counted on from what was sent."""
    server = old(version)
    sent = {"name": "a", "type": "loki", "access": "proxy"}
    server.ok("POST", "/api/datasources", sent)
    versions = [{}, {"version": 1}, {"version": 7}, {"version": 7}]

    given = [server("PUT", "/api/datasources/1", sent | one).status_code for one in versions]

    assert given == statuses
    assert server.ok("GET", "/api/datasources/1").get("version") == (None if version == "3.2.1" else 8)


@pytest.mark.parametrize(
    ("version", "kept"),
    [
        ("3.2.1", {"url": "http://u", "user": "u", "database": "d", "password": "p", "jsonData": {"x": 1}}),
        ("5.4.3", {"url": "http://u", "user": "u", "database": "d", "password": "p", "jsonData": {"x": 1}}),
        ("7.5.5", {"url": "http://u", "user": "", "database": "d", "password": "", "jsonData": {}}),
    ],
)
def test_what_is_sent_empty_stays(old: Any, version: str, kept: dict[str, Any]) -> None:
    """An update cannot take an argument away, and 5.4.3 answers as if it had."""
    server = old(version)
    base = {"name": "a", "type": "mysql", "access": "proxy"}
    rest = {"url": "http://u", "user": "u", "database": "d", "password": "p", "jsonData": {"x": 1}}
    server.ok("POST", "/api/datasources", base | rest)

    answered = server.ok("PUT", "/api/datasources/1", base)
    stored = server.ok("GET", "/api/datasources/1")

    assert {key: stored[key] for key in rest} == kept
    said = {"3.2.1": None, "5.4.3": "", "7.5.5": "http://u"}[version]
    assert answered.get("datasource", {}).get("url") == said


def test_7_5_has_uids_for_data_sources(old: Any) -> None:
    """To read and to delete; a change needs the id."""
    server = old("7.5.5")
    sent = {"name": "a", "type": "loki", "access": "proxy"}
    given = server.ok("POST", "/api/datasources", sent | {"uid": "u"})["datasource"]["uid"]
    chosen = server.ok("POST", "/api/datasources", sent | {"name": "b"})["datasource"]["uid"]

    assert (given, len(chosen)) == ("u", 9)
    assert server("PUT", "/api/datasources/uid/u", sent).json() == {"message": "Not found"}
    assert server.ok("DELETE", "/api/datasources/uid/u") == {"message": "Data source deleted"}
    assert server.ok("DELETE", "/api/datasources/name/b") == {"message": "Data source deleted", "id": 2}


@pytest.mark.parametrize("version", OLD)
def test_a_snapshot_needs_no_stored_dashboard(old: Any, version: str, clock: Any) -> None:
    """Anybody reads it, until it expires."""
    server = old(version)
    made = server.ok("POST", "/api/snapshots", {"dashboard": {"title": "S", "x": None}, "expires": 60})
    read = server("GET", f"/api/snapshots/{made['key']}", auth=None)
    clock.now += 61
    expired = server("GET", f"/api/snapshots/{made['key']}")

    assert made["url"] == f"http://embedded/dashboard/snapshot/{made['key']}"
    assert read.json()["dashboard"] == {"title": "S", "x": None}
    assert (expired.status_code, expired.json()) == (404, {"message": "Dashboard snapshot not found"})


@pytest.mark.parametrize(
    ("version", "keys", "status"),
    [
        ("3.2.1", {}, 400),
        ("3.2.1", {"key": "k", "deleteKey": "d"}, 200),
        ("5.4.3", {"key": "k"}, 400),
        ("7.5.5", {}, 403),
    ],
)
def test_no_snapshot_leaves_the_server(old: Any, version: str, keys: dict[str, str], status: int) -> None:
    """Before 6 Grafana only takes note of one that is elsewhere, by the keys that it has there."""
    answer = old(version)("POST", "/api/snapshots", {"dashboard": {"title": "S"}, "external": True, **keys})
    assert answer.status_code == status
    assert status != 200 or (answer.json()["key"], answer.json()["deleteKey"]) == ("k", "d")


@pytest.mark.parametrize("version", OLD)
def test_only_7_5_takes_the_keys_that_a_client_chooses(old: Any, version: str) -> None:
    """Elsewhere they are passed over, and what was made has to be found in the answer."""
    made = old(version).ok("POST", "/api/snapshots", {"dashboard": {}, "key": "k", "deleteKey": "dk"})

    assert ((made["key"], made["deleteKey"]) == ("k", "dk")) == (version == "7.5.5")
    assert ("id" in made) == (version == "7.5.5")


@pytest.mark.parametrize(("version", "unsigned"), [("3.2.1", 403), ("5.4.3", 200), ("7.5.5", 401)])
def test_a_delete_key_deletes(old: Any, version: str, unsigned: int) -> None:
    """Of anybody in 5.4.3, of those signed in to 7.5.5, of editors in 3.2.1."""
    server = old(version)
    made = server.ok("POST", "/api/snapshots", {"dashboard": {"title": "S"}})
    path = f"/api/snapshots-delete/{made['deleteKey']}"

    assert server("GET", path, auth=None).status_code == unsigned
    if unsigned != 200:
        server.ok("GET", path)
    assert server("GET", f"/api/snapshots/{made['key']}").status_code == 500
    assert server.ok("GET", "/api/dashboard/snapshots") == []


@pytest.mark.parametrize(
    ("version", "deleted", "again"), [("3.2.1", 404, 404), ("5.4.3", 200, 500), ("7.5.5", 200, 500)]
)
def test_a_key_deletes_since_5(old: Any, version: str, deleted: int, again: int) -> None:
    """3.2.1 has no such route: there the delete key is the only way, and the list tells it."""
    server = old(version)
    key = server.ok("POST", "/api/snapshots", {"dashboard": {"title": "S"}})["key"]
    listed = server.ok("GET", "/api/dashboard/snapshots")[0]

    assert [server("DELETE", f"/api/snapshots/{key}").status_code for _ in range(2)] == [deleted, again]
    assert ("deleteKey" in listed) == (version == "3.2.1")


@pytest.mark.parametrize(("version", "found"), [("3.2.1", 2), ("5.4.3", 1), ("7.5.5", 1)])
def test_snapshots_are_searched_by_whole_name(old: Any, version: str, found: int) -> None:
    """Without regard to case; 3.2.1 lists them all the same."""
    server = old(version)
    for name in ("Snap", "Snap two"):
        server.ok("POST", "/api/snapshots", {"dashboard": {}, "name": name})

    assert len(server.ok("GET", "/api/dashboard/snapshots?query=sNAP")) == found


@pytest.mark.parametrize("version", OLD)
def test_search_finds_a_part_of_the_title(old: Any, version: str) -> None:
    """As it is written, not word by word; all tags have to be there."""
    server = old(version)
    for title, tags in (("Beta two", ["x"]), ("alpha two", ["x", "y"]), ("Gamma", [])):
        _save(server, title=title, tags=tags)

    assert _titles(server) == ["alpha two", "Beta two", "Gamma"]
    assert _titles(server, "?query=A%20TWO") == ["alpha two", "Beta two"]
    assert _titles(server, "?query=two%20alpha") == []
    assert _titles(server, "?tag=x&tag=y") == ["alpha two"]
    assert server.ok("GET", "/api/dashboards/tags") == [{"term": "x", "count": 2}, {"term": "y", "count": 1}]


@pytest.mark.parametrize(
    ("version", "pages"),
    [
        ("3.2.1", [["a", "b"], ["a", "b"]]),
        ("5.4.3", [["b", "c"], ["b", "c"]]),
        ("7.5.5", [["a", "b"], ["c"]]),
    ],
)
def test_only_7_5_has_pages(old: Any, version: str, pages: list[list[str]]) -> None:
    """5.4.3 cuts a search for tags by age, not by title, as search-tag shows."""
    server = old(version)
    for title in ("c", "b", "a"):
        _save(server, title=title, tags=["x"])

    assert [_titles(server, f"?tag=x&limit=2&page={page}") for page in (1, 2)] == pages


@pytest.mark.parametrize("version", WITH_FOLDERS)
def test_since_5_search_knows_folders_by_id(old: Any, version: str) -> None:
    """Folders first; hits say where they are, those at the root do not."""
    server = old(version)
    folder = server.ok("POST", "/api/folders", {"title": "Z", "uid": "z"})["id"]
    _save(server, uid="in", title="In", folder=folder)
    _save(server, uid="out", title="At root")

    assert _titles(server) == ["Z", "At root", "In"]
    hit = server.ok("GET", f"/api/search?folderIds={folder}")[0]
    assert (hit["title"], hit["folderUid"], hit["folderUrl"]) == ("In", "z", "/dashboards/f/z/z")
    assert "folderId" not in server.ok("GET", "/api/search?folderIds=0&type=dash-db")[0]


@pytest.mark.parametrize("version", OLD)
def test_home_has_first_steps_for_admins(old: Any, version: str) -> None:
    """And says that it is home."""
    server = old(version)
    admin, viewer = (server.ok("GET", "/api/dashboards/home", token=token) for token in (None, "viewer"))

    assert (admin["meta"]["isHome"], admin["meta"]["canEdit"], viewer["meta"]["canEdit"]) == (True, True, False)
    kinds = [{panel["type"] for panel in home["dashboard"].get("panels", [])} for home in (admin, viewer)]
    assert kinds[0] - kinds[1] == (set() if version == "3.2.1" else {"gettingstarted"})


@pytest.mark.parametrize("version", OLD)
@pytest.mark.parametrize(
    ("content", "status", "first"),
    [
        (b"", 422, {"fieldNames": ["Dashboard"], "classification": "RequiredError", "message": "Required"}),
        (b"{} x", 400, {"classification": "DeserializationError", "message": None}),
        (b"[]", 400, {"classification": "DeserializationError", "message": None}),
        (
            b'{"dashboard": {"title": "T"}, "overwrite": 1}',
            400,
            {"classification": "DeserializationError", "message": None},
        ),
    ],
)
def test_bodies_are_complained_of_in_a_list(
    old: Any, version: str, content: bytes, status: int, first: dict[str, Any]
) -> None:
    """It is the framework that reads them; what it says of garbled ones is not compared here."""
    answer = old(version)("POST", SAVE, content=content)

    said = answer.json()[0] | ({} if first["message"] else {"message": None})
    assert (answer.status_code, answer.headers["content-type"], said) == (
        status,
        "application/json; charset=utf-8",
        first,
    )


def test_a_file_is_of_the_grafana_that_made_it(tmp_path: Path, old: Any) -> None:
    """Another would tell wrong what is in it."""
    path = tmp_path / "g.db"
    create_app(path, options=Options(version="7")).close()

    with pytest.raises(Exception, match="the file is of Grafana 7, not 12"):
        create_app(path)

    create_app(path, options=Options(version="7.5.5")).close()


@pytest.mark.parametrize(
    ("adapted", "later"),
    [
        (v11_0.ADAPTATIONS, v12_4.CLASSIC),
        (before_11.FOLDERS, v12_4.CLASSIC),
        (before_11_alerting.POINTS, v12_4.CLASSIC),
        ({**before_11.ADAPTATIONS, **before_11_alerting.ADAPTATIONS}, v11_0.CLASSIC),
    ],
    ids=["11.0.0", "folders", "contact points", "10.1.2"],
)
def test_what_is_adapted_is_a_route_of_the_later_one(adapted: dict[str, Any], later: tuple[Any, ...]) -> None:
    """An adaptation of another name would never be noticed."""
    assert adapted.keys() - {name_of(route) for route in later} == set()


@pytest.mark.parametrize("version", ["10.1.2", "11.0.0"])
def test_titles_are_unique_in_a_folder_before_12(old: Any, version: str) -> None:
    """A change to the title of another is refused; elsewhere it is free. 10 compares slugs, and counts folders."""
    server = old(version)
    for uid in ("f", "g"):
        assert server("POST", "/api/folders", {"uid": uid, "title": uid}).status_code == 200
    server.ok("POST", SAVE, {"dashboard": {"uid": "a", "title": "Same"}, "folderUid": "f"})
    server.ok("POST", SAVE, {"dashboard": {"uid": "b", "title": "Other"}, "folderUid": "f"})
    saves = {
        "renamed": {"dashboard": {"uid": "b", "title": "Same", "version": 1}, "folderUid": "f"},
        "stale": {"dashboard": {"uid": "b", "title": "Same", "version": 7}, "folderUid": "f"},
        "by slug": {"dashboard": {"uid": "c", "title": "same!"}, "folderUid": "f"},
        "as a folder": {"dashboard": {"uid": "d", "title": "g"}, "folderUid": "f"},
        "elsewhere": {"dashboard": {"uid": "e", "title": "Same"}, "folderUid": "g"},
    }
    answers = {what: server("POST", SAVE, save) for what, save in saves.items()}
    told = {what: answer.json().get("status", answer.status_code) for what, answer in answers.items()}
    loose = {"by slug": "name-exists", "as a folder": 400} if version == "10.1.2" else {}
    kept = dict.fromkeys(("by slug", "as a folder", "elsewhere"), "success")
    assert told == {"renamed": "name-exists", "stale": "version-mismatch", **kept, **loose}


@pytest.mark.parametrize("version", ["10.1.2", "11.0.0"])
def test_a_folder_cannot_take_the_title_of_another_before_12(old: Any, version: str) -> None:
    """Neither by a change, nor by a move; what was refused has left nothing behind."""
    server = old(version)
    for uid in ("f", "g"):
        server.ok("POST", "/api/folders", {"uid": uid, "title": uid})
    renamed = server("PUT", "/api/folders/g", {"title": "f", "version": 1})
    assert (renamed.status_code, server.ok("GET", "/api/folders/g")["title"]) == (409, "g")
    assert server("POST", "/api/folders", {"uid": "h", "title": "f"}).status_code == 409
    assert server("GET", "/api/folders/h").status_code == 404
