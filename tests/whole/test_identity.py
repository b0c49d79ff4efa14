"""Blocks that change names, places and uids, and objects that stay the same all the while: identity is the uid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Planned, Project


def _folder(name: str, title: str, uid: str = "") -> str:
    return f'[resource.grafana_folder.{name}]\ntitle = "{title}"\n' + (f'uid = "{uid}"\n' if uid else "")


def _dashboard(name: str, title: str, uid: str = "", folder: str = "") -> str:
    given = f'"uid": "{uid}", ' if uid else ""
    place = f'folder = "${{grafana_folder.{folder}.uid}}"\n' if folder else ""
    return f'[resource.grafana_dashboard.{name}]\n{place}config_json = \'{{{given}"title": "{title}"}}\'\n'


def _source(name: str, called: str, uid: str = "", url: str = "http://x.invalid") -> str:
    given = f'uid = "{uid}"\n' if uid else ""
    return f'[resource.grafana_data_source.{name}]\nname = "{called}"\ntype = "loki"\nurl = "{url}"\n{given}'


def _permissions(name: str, folder: str) -> str:
    return (
        f'[resource.grafana_folder_permission.{name}]\nfolder_uid = "${{grafana_folder.{folder}.uid}}"\n'
        "permissions = { Viewer = 'View' }\n"
    )


_LIST = """
[variable.teams]
type = "list(string)"
default = TEAMS
[resource.grafana_folder.team]
count = "${length(var.teams)}"
UIDtitle = "Team ${var.teams[count.index]}"
[resource.grafana_dashboard.team]
count = "${length(var.teams)}"
folder = "${grafana_folder.team[count.index].uid}"
config_json = '{DUID"title": "Board ${var.teams[count.index]}"}'
[resource.grafana_data_source.team]
count = "${length(var.teams)}"
name = "Source ${var.teams[count.index]}"
type = "loki"
url = "http://${var.teams[count.index]}.invalid"
SUID"""


def _list(teams: str, *, given: bool) -> str:
    uids = {
        "SUID": 'uid = "s-${var.teams[count.index]}"\n',
        "DUID": '"uid": "d-${var.teams[count.index]}", ',
        "UID": 'uid = "f-${var.teams[count.index]}"\n',
    }
    text = _LIST.replace("TEAMS", teams)
    for mark, uid in uids.items():
        text = text.replace(mark, uid if given else "")
    return text


_TWO = _folder("a", "A", "fa") + _folder("b", "B", "fb") + _permissions("a", "a") + _permissions("b", "b")
_BOARDS = _dashboard("a", "A", "da", "a") + _dashboard("b", "B", "db", "b")
_SOURCES = _source("a", "A", "sa") + _source("b", "B", "sb")


def _swapped(text: str) -> str:
    """The blocks a and b with each other's names, and all that refers to them."""
    for one, other in ((".a", ".@"), (".b", ".a"), (".@", ".b")):
        text = text.replace(f"{one}]", f"{other}]").replace(f"{one}.uid", f"{other}.uid")
    return text


@pytest.fixture
def project(hcl: Hcl, server: Server, tmp_path: Path) -> Iterator[Project]:
    made = Project(hcl, server, tmp_path)
    yield made
    made.destroy()


def _numbers(project: Project) -> Mapping[str, int]:
    """What the server numbers its objects by: another number is another object."""
    call = project.server.call
    sources = {f"source {item['name']}": item["id"] for item in call("GET", "/api/datasources")}
    found = call("GET", "/api/search")
    return {**sources, **{f"{item['type']} {item['title']}": item["id"] for item in found}}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (_TWO + _BOARDS + _SOURCES, _swapped(_TWO + _BOARDS + _SOURCES)),
        # as a person has it who exchanges the uids, and all else, in place
        (_folder("a", "A", "fa") + _folder("b", "B", "fb"), _folder("b", "A", "fa") + _folder("a", "B", "fb")),
        # renamed, with and without a uid
        (_folder("a", "A") + _dashboard("a", "D", "", "a"), _folder("n", "A") + _dashboard("n", "D", "", "n")),
        (_source("a", "Main"), _source("n", "Main")),
        (_dashboard("a", "D"), _dashboard("n", "D")),
    ],
)
def test_blocks_that_change_names_leave_their_objects_alone(project: Project, before: str, after: str) -> None:
    """Nothing is planned, and an apply writes the state alone."""
    project.apply(before)
    numbers = _numbers(project)
    project.write(after)
    assert project.plan() == []
    project.apply()
    assert _numbers(project) == numbers


@pytest.mark.parametrize("given", [True, False])
@pytest.mark.parametrize(
    ("after", "gone", "new"),
    [('["y", "z"]', "x", ""), ('["w", "x", "y", "z"]', "", "w"), ('["z", "x"]', "y", ""), ('["v", "z"]', "xy", "v")],
)
def test_a_list_that_changes_at_its_front_keeps_what_stays_in_it(
    project: Project, after: str, gone: str, new: str, given: bool
) -> None:
    """Only what left the list is deleted, and only what came to it is made; each object keeps its number."""
    project.apply(_list('["x", "y", "z"]', given=given))
    numbers = _numbers(project)
    project.apply(_list(after, given=given))
    now = _numbers(project)
    assert {name: number for name, number in numbers.items() if name[-1] not in gone} == {
        name: number for name, number in now.items() if name[-1] not in (new or " ")
    }
    assert {name[-1] for name in now.keys() - numbers.keys()} == set(new)


def test_the_kept_of_a_list_are_planned_as_such(project: Project) -> None:
    """What goes is told by its uid: its address stands for another object."""
    project.apply(_list('["x", "y"]', given=True))
    project.write(_list('["y"]', given=True))
    assert project.plan() == [
        ("grafana_dashboard.team[0]", "delete", []),
        ("grafana_data_source.team[0]", "delete", []),
        ("grafana_folder.team[0]", "delete", []),
    ]
    out = project.run("plan")
    assert 'it is no longer declared: grafana_dashboard.team[0] stands for "d-y" from now on\n    uid: "d-x"' in out
    project.run("apply", "p")
    project.run("plan", "--detailed-exitcode")


_KEYED = """
[resource.grafana_folder.k]
for_each = KEYS
title = "Folder ${each.key}"
UID"""


@pytest.mark.parametrize(
    ("uid", "keys", "planned"),
    [
        ('uid = "f-${each.value}"\n', '{ n = "1" }', [('grafana_folder.k["n"]', "update", ["title"])]),
        ("", '{ n = "1" }', [('grafana_folder.k["n"]', "create", []), ('grafana_folder.k["a"]', "delete", [])]),
    ],
)
def test_a_renamed_key_keeps_an_object_that_is_known_by_its_uid(
    project: Project, uid: str, keys: str, planned: Planned
) -> None:
    """One that is not, and that is declared otherwise, is another object."""
    project.apply(_KEYED.replace("KEYS", '{ a = "1" }').replace("UID", uid))
    project.write(_KEYED.replace("KEYS", keys).replace("UID", uid))
    assert project.plan() == planned
    project.apply()


def test_modules_renamed_with_what_is_in_them_keep_their_objects(project: Project) -> None:
    """Without [[moved]]: by the uids that are given, and by what is declared as it was."""
    for name, inner in (("m", "a"), ("n", "b")):
        (project.root / name).mkdir()
        text = _folder(inner, "A") + _dashboard(inner, "D", "d", inner) + _dashboard("free", "E", "", inner)
        (project.root / name / "main.toml").write_text(text)
    project.apply('[module.one]\nsource = "./m"\n')
    numbers = _numbers(project)
    project.write('[module.two]\nsource = "./n"\n')
    assert project.plan() == []
    project.apply()
    assert _numbers(project) == numbers


def test_an_object_that_takes_a_uid_over_leaves_the_other_to_go(project: Project) -> None:
    """A block that gives the uid of a removed block goes on from its object; its own goes."""
    project.apply(_folder("a", "A", "fa") + _folder("b", "B", "fb"))
    project.write(_folder("a", "B", "fb"))
    assert project.plan() == [("grafana_folder.a", "delete", [])]
    project.apply()
    assert [item["uid"] for item in project.server.call("GET", "/api/folders")] == ["fb"]


def test_targets_move_the_state_as_a_whole(project: Project) -> None:
    """What is not looked at gets its new address too."""
    project.apply(_TWO)
    project.write(_swapped(_TWO).replace('"A"', '"A2"').replace('"B"', '"B2"'))
    project.run("apply", "--auto-approve", "--target", "grafana_folder.a")
    uids = {record["address"]: record["uid"] for record in project.state()["records"] if "folder." in record["address"]}
    assert uids == {"grafana_folder.a": "fb", "grafana_folder.b": "fa"}
    assert project.plan() == [("grafana_folder.b", "update", ["title"])]
    project.apply()


_KEPT = """
[resource.grafana_folder.k]
count = "${length(var.n)}"
uid = "f-${var.n[count.index]}"
title = "Folder ${var.n[count.index]}"
lifecycle = { prevent_destroy = true }
[variable.n]
type = "list(string)"
default = """


def test_what_moved_is_protected_as_its_block_says(project: Project) -> None:
    """prevent_destroy goes with the object, and not with the number in the list."""
    project.apply(_KEPT + '["x", "y"]')
    project.write(_KEPT + '["y"]')
    assert "grafana_folder.k[0] is protected" in project.hcl("plan").err
    project.write(_KEPT + '["y", "x"]')
    assert project.plan() == []
    project.apply(_KEPT.replace("true", "false") + '["y"]')


def test_what_is_made_anew_is_referred_to_as_it_is_then(project: Project) -> None:
    """Looking for what has moved takes the number of what is remembered for granted: nothing of that is kept."""
    output = '[output.id]\nvalue = "${grafana_data_source.s.id}"\n'
    (project.root / "m").mkdir()
    project.write('[module.m]\nsource = "./m"\n' + _folder("f", "F", "f") + _dashboard("d", "D", "d"))
    (project.root / "m" / "main.toml").write_text(_source("s", "S", "s") + output)
    project.apply()
    project.server.call("DELETE", "/api/datasources/uid/s")
    other = {"name": "O", "uid": "o", "type": "loki", "access": "proxy", "url": "http://x.invalid"}
    project.server.call("POST", "/api/datasources", other)  # it takes the number on servers that give it again
    refers = _dashboard("d", "of ${module.m.id}", "d")
    project.apply('[module.m]\nsource = "./m"\n' + _folder("renamed", "F", "f") + refers)
    number = project.server.call("GET", "/api/datasources/uid/s")["id"]
    assert project.server.call("GET", "/api/dashboards/uid/d")["dashboard"]["title"] == f"of {number}"
    project.server.call("DELETE", "/api/datasources/uid/o")


def test_a_block_with_a_new_uid_gives_its_object_up(project: Project) -> None:
    """To one whose own uid is only known with the rest of its JSON, in a list that has grown as well."""
    late = '[resource.grafana_dashboard.list]\ncount = N\nconfig_json = "${local.list[count.index]}"\n[locals]\nlist = '
    board = '\'{"uid": "UID", "title": "UID", "refers": "${grafana_folder.f.id}"}\''
    one, two = (board.replace("UID", uid) for uid in ("one", "two"))
    project.apply(_folder("f", "F", "f") + _dashboard("a", "two", "two") + late.replace("N", "1") + f"[{one}]\n")
    numbers = _numbers(project)
    late = late.replace("N", "2") + f"[{two}, {one}]\n"
    project.apply(_folder("f", "F", "f") + _dashboard("a", "new", "new") + late)
    assert {uid: number for uid, number in _numbers(project).items() if uid != "dash-db new"} == numbers


def test_an_import_is_what_a_block_with_its_uid_goes_on_with(project: Project) -> None:
    """The object that stood at the address before has no block any more."""
    project.server.call("POST", "/api/folders", {"uid": "theirs", "title": "Theirs"})
    project.apply(_folder("f", "F", "ours"))
    project.write(_folder("f", "F", "theirs") + '[[import]]\nto = "grafana_folder.f"\nid = "theirs"\n')
    assert project.plan() == [("grafana_folder.f", "update", ["title"]), ("grafana_folder.f", "delete", [])]
    project.apply()
    assert project.server.inventory()["folders"] == ["theirs"]


def test_an_empty_uid_is_none(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """As of a variable that nobody sets: it is derived, known by the plan, and the same as where it is left out."""
    project = Project(hcl, server, tmp_path)
    text = """
[resource.grafana_folder.empty]
uid = ""
title = "Empty"

[resource.grafana_data_source.empty]
uid = ""
name = "Empty"
type = "loki"
url = "http://x"

[resource.grafana_dashboard.empty]
uid = ""
config = { title = "Empty" }
"""
    project.apply(text)
    project.write(text.replace('uid = ""\n', ""))
    assert project.plan() == []
    project.destroy()
