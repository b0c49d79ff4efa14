"""A uid that only the apply can tell: it is looked at then, and nothing is written to what is not the block's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_SOURCE = """
[resource.grafana_folder.source]
uid = "source"
title = "TITLE"

[data.grafana_folder.source]
uid = "source"
depends_on = ["grafana_folder.source"]
"""
_LATE = "${data.grafana_folder.source.title}"
# A block whose uid is UID.
_KINDS = {
    "a dashboard's argument": """
[resource.grafana_dashboard.it]
uid = "UID"
config = { title = "It" }
""",
    "a dashboard's JSON": """
[resource.grafana_dashboard.it]
config_json = '{"title": "It", "uid": "UID"}'
""",
    "a dashboard's table": """
[resource.grafana_dashboard.it]
config = { title = "It", uid = "UID" }
""",
    "a folder": """
[resource.grafana_folder.it]
uid = "UID"
title = "It"
""",
    "a data source": """
[resource.grafana_data_source.it]
uid = "UID"
name = "It"
type = "grafana-testdata-datasource"
""",
    "a snapshot": """
[resource.grafana_dashboard.whole]
config = { title = "Whole", uid = "whole" }

[resource.grafana_snapshot.it]
key = "UID"
dashboard = { title = "Whole", uid = "whole" }
depends_on = ["grafana_dashboard.whole"]
""",
}


@pytest.fixture
def project(hcl: Hcl, server: Server, tmp_path: Path) -> Project:
    return Project(hcl, server, tmp_path)


def _uid(project: Project, address: str) -> str:
    found: str = next(r["uid"] for r in project.state()["records"] if r["address"] == address)
    return found


def _world(text: str, uid: str, title: str) -> str:
    return _SOURCE.replace("TITLE", title) + text.replace("UID", uid)


def _action_on(project: Project, name: str) -> list[str]:
    return [action for address, action, _ in project.plan() if address.endswith(f".{name}")]


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("turns_out", ["one", "two"])
def test_the_plan_says_that_it_may_be_another(project: Project, kind: str, turns_out: str) -> None:
    """Where it is another, the object is replaced, and where it is not, it stays; nothing is left on the server."""
    text = _KINDS[kind]
    project.apply(_world(text, "one", "before"))
    address = text.split("[resource.")[-1].partition("]")[0]
    before = project.server.inventory()
    project.write(_world(text, _LATE, turns_out))
    assert _action_on(project, "it") == ["replace"]
    printed = project.run("apply", "p")
    assert ("replaced" in printed) == (turns_out == "two")
    project.run("plan", "--detailed-exitcode")
    assert _uid(project, address) == turns_out
    renamed = {key: sorted(turns_out if uid == "one" else uid for uid in uids) for key, uids in before.items()}
    assert project.server.inventory() == renamed
    project.destroy()


def test_a_replaced_object_keeps_what_belongs_to_it(project: Project) -> None:
    """Permissions are of the folder that there is afterwards, whichever that turns out to be."""
    text = _KINDS["a folder"] + (
        '[resource.grafana_folder_permission.it]\nfolder_uid = "${grafana_folder.it.uid}"\n'
        'permissions = { Viewer = "View" }\n'
    )
    project.apply(_world(text, "one", "before"))
    for uid in ("one", "two"):
        project.apply(_world(text, _LATE, uid))
        assert _uid(project, "grafana_folder_permission.it") == uid
        project.apply(_world(text, uid, "before"))
    project.destroy()


def test_a_protected_object_stays_or_the_apply_is_refused(project: Project) -> None:
    """prevent_destroy asks for no answer that the plan cannot give."""
    text = _KINDS["a dashboard's argument"] + "[resource.grafana_dashboard.it.lifecycle]\nprevent_destroy = true\n"
    project.apply(_world(text, "one", "before"))
    project.write(_world(text, _LATE, "one"))
    assert _action_on(project, "it") == ["update"]
    assert "It is protected: an apply that finds another uid will be refused." in project.run("plan")
    project.apply()
    project.write(_world(text, _LATE, "two"))
    refused = project.hcl("apply", "--auto-approve")
    assert refused.code == 1
    assert 'It turns out to be "two", and the plan was for "one".' in refused.err
    assert project.server.inventory()["dashboards"] == ["one"]
    assert "is protected" in project.hcl("plan").err
    project.apply(_world(_KINDS["a dashboard's argument"], "one", "before"))
    project.destroy()


@pytest.mark.parametrize("kind", ["a dashboard's argument", "a dashboard's JSON", "a folder", "a data source"])
def test_an_object_of_somebody_else_is_not_written_to(project: Project, kind: str) -> None:
    """Neither in the place of a new one nor of the one that is there; on_exists = "adopt" takes it over."""
    text = _KINDS[kind]
    other = Project(project.hcl, project.server, project.root / "other")
    other.root.mkdir()
    theirs = text.replace("UID", "two").replace(".it]", ".theirs]").replace('"It"', '"Theirs"')
    project.apply(theirs)
    (project.root / "hcl-lite.state.json").rename(project.root / "theirs.json")
    for before in ("", _world(text, "one", "before")):
        if before:
            project.apply(before)
        project.write(_world(text, _LATE, "two"))
        refused = project.hcl("apply", "--auto-approve")
        assert (refused.code, '"two" exists already, and is not in the state' in refused.err) == (1, True), refused.err
        again = project.hcl("plan")
        assert again.code == (0 if before else 1), again.out + again.err
    project.destroy()
    project.write(_world(text.replace("\nuid =", '\non_exists = "adopt"\nuid =', 1), _LATE, "two"))
    if "on_exists" in project.text:
        project.apply()
        project.destroy()
    else:
        (project.root / "hcl-lite.state.json").unlink()
        (project.root / "theirs.json").rename(project.root / "hcl-lite.state.json")
        project.write(theirs)
        project.destroy()


def test_two_blocks_do_not_become_one_object(project: Project) -> None:
    """Neither where the other is there, nor where both turn out to be the same new one."""
    one = _KINDS["a folder"]
    two = one.replace(".it]", ".other]")
    project.write(_world(one + two, _LATE, "same"))
    refused = project.hcl("apply", "--auto-approve")
    assert (refused.code, 'both ask for uid "same"' in refused.err) == (1, True), refused.err
    assert project.server.inventory()["folders"] == ["same", "source"]
    project.apply(_world(one, _LATE, "same"))
    project.destroy()


def test_a_snapshot_of_what_turns_out_the_same_stays(project: Project) -> None:
    """Nothing is made anew that would be as it is; other content is another snapshot."""
    text = (
        _KINDS["a snapshot"]
        .replace('key = "UID"\n', "")
        .replace('"Whole", uid = "whole" }\ndepends', '"UID", uid = "whole" }\ndepends')
    )
    project.apply(_world(text, "same", "before"))
    key = _uid(project, "grafana_snapshot.it")
    project.write(_world(text, _LATE, "same"))
    assert _action_on(project, "it") == ["replace"]
    project.apply()
    assert _uid(project, "grafana_snapshot.it") == key
    project.write(_world(text, _LATE, "another"))
    assert _action_on(project, "it") == ["replace"]
    project.apply()
    assert project.server.inventory()["snapshots"] == [_uid(project, "grafana_snapshot.it")]
    project.destroy()


def test_what_is_known_of_a_json_is_shown(project: Project) -> None:
    """Only what is not known says so: in a text as in a table."""
    text = """
[resource.grafana_dashboard.text]
config_json = '{"uid": "text", "title": "Of LATE", "tags": ["TAG"], "panels": []}'

[resource.grafana_dashboard.table]
config = { uid = "table", title = "Of LATE", tags = ["TAG"], panels = [] }

[resource.grafana_data_source.encoded]
uid = "encoded"
name = "encoded"
type = "grafana-testdata-datasource"
json_data_encoded = '{"title": "LATE", "tag": "TAG"}'
"""

    def world(late: str, tag: str, title: str) -> str:
        return _SOURCE.replace("TITLE", title) + text.replace("LATE", late).replace("TAG", tag)

    project.apply(world("before", "old", "before"))
    project.write(world(_LATE, "new", "after"))
    changed = {address: paths for address, action, paths in project.plan() if action == "update"}
    of_dashboard = ["dashboard.tags[0]", "dashboard.title"]
    assert {address: sorted(paths) for address, paths in changed.items()} == {
        "grafana_folder.source": ["title"],
        "grafana_dashboard.text": of_dashboard,
        "grafana_dashboard.table": of_dashboard,
        "grafana_data_source.encoded": ["json_data.tag", "json_data.title"],
    }
    assert '~ dashboard.title: "Of before" → (known after apply)' in project.run("plan")
    project.apply()
    project.destroy()


@pytest.mark.parametrize("refers", ["to what is known", "${grafana_folder.source.id}"])
def test_a_snapshot_waits_for_the_dashboard_that_gets_another_uid(project: Project, refers: str) -> None:
    """Also where the rest of its JSON is only known later: 12.4 refuses a snapshot of what is not there."""
    text = _SOURCE.replace("TITLE", "t") + (
        f'[resource.grafana_dashboard.it]\nconfig_json = \'{{"uid": "UID", "title": "It", "refers": "{refers}"}}\'\n'
    )
    project.apply(text.replace("UID", "one"))
    project.apply(
        text.replace("UID", "two")
        + """
[resource.grafana_snapshot.a]
name = "a"
dashboard = '{"uid": "two", "title": "It"}'
"""
    )
    assert project.server.inventory()["dashboards"] == ["two"]
    project.destroy()


def test_what_was_deleted_and_turns_out_to_be_itself_is_made_again(project: Project) -> None:
    """Its uid is only known once the folder that went with it is there again."""
    text = _SOURCE.replace("TITLE", "t") + (
        "[resource.grafana_dashboard.it]\n"
        'config_json = \'{"uid": "it", "title": "It", "refers": "${grafana_folder.source.id}"}\'\n'
        'folder = "${grafana_folder.source.uid}"\n'
    )
    project.apply(text)
    project.server.call("DELETE", "/api/folders/source")
    project.apply()
    assert project.server.inventory()["dashboards"] == ["it"]
    project.destroy()
