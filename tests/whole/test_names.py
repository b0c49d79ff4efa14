"""Names of which Grafana has each but once: data sources', and before Grafana 12 the titles in a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Project


def _source(block: str, name: str, uid: str = "", more: str = "") -> str:
    given = f'uid = "{uid}"\n' if uid else ""
    return f'[resource.grafana_data_source.{block}]\nname = "{name}"\ntype = "loki"\nurl = "http://x.invalid"\n{given}{more}'


def _user(block: str) -> str:
    config = {"title": "User", "panels": [{"id": 1, "datasource": {"uid": f"${{grafana_data_source.{block}.uid}}"}}]}
    return f"[resource.grafana_dashboard.user]\nconfig_json = '{json.dumps(config)}'\n"


@pytest.fixture
def project(hcl: Hcl, server: Server, tmp_path: Path) -> Iterator[Project]:
    made = Project(hcl, server, tmp_path)
    yield made
    made.destroy()


def _names(project: Project) -> dict[str, str]:
    return {item["uid"]: item["name"] for item in project.server.call("GET", "/api/datasources")}


_FIRST = "lifecycle = { create_before_destroy = true }\n"
_SECRET = 'secure_json_data = { password = "planted" }\n'


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        (_source("a", "Main", "a", _SECRET) + _source("b", "Standby", "b"),
         _source("a", "Standby", "a", _SECRET) + _source("b", "Main", "b"), {"a": "Standby", "b": "Main"}),
        (_source("a", "1", "a") + _source("b", "2", "b") + _source("c", "3", "c"),
         _source("a", "2", "a") + _source("b", "3", "b") + _source("c", "1", "c"), {"a": "2", "b": "3", "c": "1"}),
        (_source("a", "1", "a") + _source("b", "2", "b"), _source("b", "1", "b") + _source("c", "2", "c"),
         {"b": "1", "c": "2"}),
        (_source("old", "Main", "o") + _user("old"), _source("new", "Main", "n") + _user("new"), {"n": "Main"}),
        (_source("a", "Main", "o", _FIRST) + _user("a"), _source("a", "Main", "n", _FIRST) + _user("a"), {"n": "Main"}),
        (_source("a", "Main", "o") + _user("a"), _source("a", "Main", "n") + _user("a"), {"n": "Main"}),
    ],
)  # fmt: skip
def test_names_change_hands(project: Project, before: str, after: str, names: dict[str, str]) -> None:
    """In one apply, whoever has which name; secrets that nobody changed stay."""
    project.apply(before)
    secrets = _secrets(project)
    project.apply(after)
    assert _names(project) == names
    assert {uid: kept for uid, kept in _secrets(project).items() if uid in secrets} == {
        uid: kept for uid, kept in secrets.items() if uid in names
    }


def _secrets(project: Project) -> dict[str, list[str]]:
    found = (project.server.call("GET", f"/api/datasources/uid/{uid}") for uid in _names(project))
    return {item["uid"]: sorted(item.get("secureJsonFields") or ()) for item in found}


def test_a_name_that_is_taken_is_found_by_the_plan(project: Project) -> None:
    """With its place; a block without a uid can take it over, one with a uid cannot."""
    body = {"name": "Taken", "uid": "theirs", "type": "loki", "access": "proxy", "url": "http://x.invalid"}
    project.server.call("POST", "/api/datasources", body)
    project.write(_source("mine", "Taken"))
    assert ('Error: grafana_data_source with name "Taken" exists already, and is not in the state\n'
            "  at main.toml:4:31, in grafana_data_source.mine") in project.hcl("plan").err  # fmt: skip
    project.write(_source("mine", "Taken", "mine", 'on_exists = "adopt"\n'))
    assert 'The block asks for "mine".' in project.hcl("plan").err
    project.apply(_source("mine", "Taken", "", 'on_exists = "adopt"\n'))
    assert _names(project) == {"theirs": "Taken"}
    assert project.state()["records"][0]["uid"] == "theirs"


def test_a_renamed_block_without_a_uid_keeps_its_data_source(project: Project) -> None:
    """Also where it changes in other ways at once; what refers to it does not change."""
    project.apply(_source("prom", "Prometheus") + _user("prom"))
    uids = _names(project)
    project.write(_source("other", "Prometheus").replace("http://x", "http://y") + _user("other"))
    assert project.plan() == [("grafana_data_source.other", "update", ["url"])]
    project.apply()
    assert _names(project) == uids


@pytest.mark.parametrize(
    ("kind", "version"),
    [("folder", "7.5"), ("folder", "5.4"), ("dashboard", "7.5"), ("dashboard", "5.4"), ("dashboard", "3.2")],
)
def test_titles_change_hands_where_they_are_unique(hcl: Hcl, tmp_path: Path, version: str, kind: str) -> None:
    """Before Grafana 12: exchanged, handed on, and refused where a stranger has one."""
    project = Project(hcl, Server.embedded(tmp_path, version), tmp_path)

    def text(**titles: str) -> str:
        if kind == "folder":
            block = '[resource.grafana_folder.{0}]\nuid = "{0}"\ntitle = "{1}"\n'
            return "".join(block.format(uid, title) for uid, title in titles.items())
        return "".join(
            f"[resource.grafana_dashboard.{uid}]\nconfig_json = '{json.dumps({'uid': uid, 'title': title})}'\n"
            for uid, title in titles.items()
        )

    project.apply(text(aaa="A", bbb="B"))
    project.apply(text(aaa="B", bbb="A"))
    project.apply(text(bbb="B", ccc="A"))
    known = project.state()["records"]
    assert {record["uid"]: record["attributes"]["title"] for record in known} == {"bbb": "B", "ccc": "A"}
    # Titles of one slug are the same to these servers.
    project.apply(text(bbb="X y", ccc="A"))
    project.apply(text(bbb="A", ccc="x-Y"))
    project.apply(text(ddd="X  Y!", ccc="other"))
    project.run("undo", "--auto-approve")
    project.write(text(bbb="A", ccc="x-Y"))
    project.run("plan", "--detailed-exitcode")
    project.write(text(bbb="A b", ccc="a-B"))
    assert 'Their titles are compared as slug "a-b".' in project.hcl("plan").err
    project.apply(text(bbb="B", ccc="A"))
    if kind == "folder":
        project.server.call("POST", "/api/folders", {"uid": "theirs", "title": "C"})
    else:
        project.server.call("POST", "/api/dashboards/db", {"dashboard": {"uid": "theirs", "title": "C"}})
    project.write(text(bbb="B", ccc="C"))
    assert f'Error: grafana_{kind} with title "C" exists already, and is not in the state' in project.hcl("plan").err


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (_source("a", "1", "a") + _source("b", "2", "b"), _source("a", "2", "a") + _source("b", "1", "b")),
        (_source("old", "Main", "o") + _user("old"), _source("new", "Main", "n") + _user("new")),
        (_source("a", "1", "a") + _source("b", "2", "b"), _source("b", "1", "b") + _source("c", "2", "c")),
    ],
)  # fmt: skip
def test_names_that_changed_hands_are_taken_back(project: Project, before: str, after: str) -> None:
    """To what they were before the run, and not for a moment in between."""
    project.apply(before)
    names = _names(project)
    project.apply(after)
    assert "(hcl-lite" not in project.run("undo", "--auto-approve")
    assert _names(project) == names
    project.write(before)
    project.run("plan", "--detailed-exitcode")
