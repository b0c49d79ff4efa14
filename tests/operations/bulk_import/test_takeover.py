"""The way that all take-overs go: what a source wishes for is written, and what is there is never changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from hcl_lite.core.diags import HclError
from hcl_lite.core.run_context import RunContext
from hcl_lite.lang.toml.write import Code
from hcl_lite.operations.bulk_import.inventory import read_objects
from hcl_lite.operations.bulk_import.model import Found, Inventory, Report, Wish
from hcl_lite.operations.bulk_import.takeover import Scene, take_over
from hcl_lite.operations.caller import Caller
from hcl_lite.operations.requests import Inputs, LockOptions
from tests.conftest import Server

Given = Sequence[tuple[str, str, Wish]]
TakeOver = Callable[[Given], Report]


@pytest.fixture
def server(embedded: Server) -> Server:
    """One with two folders and two dashboards."""
    for uid in ("a", "b"):
        embedded.call("POST", "/api/folders", {"uid": uid, "title": f"Folder {uid}"})
        board = {"dashboard": {"uid": f"d-{uid}", "title": f"Board {uid}"}, "folderUid": uid}
        embedded.call("POST", "/api/dashboards/db", board)
    return embedded


@pytest.fixture
def take(server: Server, tmp_path: Path) -> TakeOver:
    """Takes over objects by type and uid, each with its wish."""
    (tmp_path / "main.toml").write_text(server.provider)

    def run(given: Given) -> Report:
        async def find(scene: Scene) -> Inventory:
            types = {type_: scene.session.resource_type("grafana", type_) for type_, _, _ in given}
            found = [Found("grafana", types[type_], uid, uid, wish=wish) for type_, uid, wish in given]
            read = await read_objects(scene.session, [one for one in found if not one.wish.may_differ], scene.told)
            told = [replace(one, values=one.wish.arguments) for one in found if one.wish.may_differ]
            return Inventory([*read.found, *told], read.left)

        return take_over(RunContext(tmp_path, {}), Inputs(), LockOptions(), Caller(), find)

    return run


def test_objects_become_instances_of_one_block(take: TakeOver, tmp_path: Path) -> None:
    """With for_each over the files that are written for them, in the file that is asked for."""
    each = {
        "for_each": Code('${fileset("boards", "*/*.json")}'),
        "config_json": Code('${file("boards/" ~ each.value)}'),
        "folder": Code('${grafana_folder.all[each.value.split("/")[0]].uid}'),
    }
    folders = [
        (
            "grafana_folder",
            uid,
            Wish(
                "all",
                uid,
                "tree.toml",
                arguments={"for_each": ["a", "b"], "uid": Code("${each.key}"), "title": Code("Folder ${each.key}")},
            ),
        )
        for uid in ("a", "b")
    ]
    boards = [
        (
            "grafana_dashboard",
            f"d-{uid}",
            Wish("all", f"{uid}/x.json", "tree.toml", {"config_json": f"boards/{uid}/x.json"}, {}, each),
        )
        for uid in ("a", "b")
    ]
    report = take([*folders, *boards])
    assert report.plan is not None
    assert not report.left
    assert [str(change.action) for change in report.plan.changes] == ["no-op"] * 4
    assert (
        (tmp_path / "tree.toml").read_text()
        == """\
[resource.grafana_folder.all]
for_each = ["a", "b"]
uid      = "${each.key}"
title    = "Folder ${each.key}"

[resource.grafana_dashboard.all]
for_each    = '${fileset("boards", "*/*.json")}'
config_json = '${file("boards/" ~ each.value)}'
folder      = '${grafana_folder.all[each.value.split("/")[0]].uid}'
"""
    )
    assert sorted(map(str, report.taken)) == [
        'grafana_dashboard.all["a/x.json"]',
        'grafana_dashboard.all["b/x.json"]',
        'grafana_folder.all["a"]',
        'grafana_folder.all["b"]',
    ]


def test_what_is_on_no_server_waits_for_an_apply(take: TakeOver, tmp_path: Path) -> None:
    """Where a source knows of it from elsewhere: the block is written, the state has nothing of it."""
    new = Wish("fresh", arguments={"uid": "new", "title": "New"}, may_differ=True)
    report = take([("grafana_folder", "a", Wish("first")), ("grafana_folder", "new", new)])
    assert list(map(str, report.taken)) == ["grafana_folder.first"]
    assert list(map(str, report.waiting)) == ["grafana_folder.fresh"]
    assert report.plan is not None
    assert [(str(one.address), str(one.action)) for one in report.plan.changes] == [
        ("grafana_folder.first", "no-op"),
        ("grafana_folder.fresh", "create"),
    ]


def test_a_text_of_its_own_is_written_as_it_is(take: TakeOver, tmp_path: Path) -> None:
    """A file that says the same in another way stays as people wrote it."""
    text = '{"title":"Board a",\n "uid":"d-a"}'
    take([("grafana_dashboard", "d-a", Wish(bodies={"config_json": "mine.json"}, texts={"config_json": text}))])
    assert (tmp_path / "mine.json").read_text() == text


@pytest.mark.parametrize("there", [b"{}", b"\xff\xfe{"])
def test_no_file_is_written_over(take: TakeOver, tmp_path: Path, there: bytes) -> None:
    """Wherever a source wishes for it, and whatever is in it: also no text."""
    (tmp_path / "mine.json").write_bytes(there)
    with pytest.raises(HclError, match=r"\.\./x\.json is outside of the configuration"):
        take([("grafana_dashboard", "d-a", Wish(bodies={"config_json": "../x.json"}))])
    with pytest.raises(HclError, match=r"mine\.json is there already"):
        take([("grafana_dashboard", "d-a", Wish(bodies={"config_json": "mine.json"}))])
    assert (tmp_path / "mine.json").read_bytes() == there
    assert sorted(path.name for path in tmp_path.glob("*.toml")) == ["main.toml"]
