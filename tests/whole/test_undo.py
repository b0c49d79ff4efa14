"""hcl-lite undo: what the last run changed is taken back, and nothing that somebody did since."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

from providers.embedded import Fault
from providers.grafana.client import make_client
from tests.conftest import Hcl, Server
from tests.contexts import BARE
from tests.whole.blocks import DASHBOARD, DATA_SOURCE, FOLDERS, IN_TEAM
from tests.whole.processes import served, start, wait_for, wait_until_met
from tests.whole.project import Project

_PASSWORD = 'secure_json_data = { basicAuthPassword = "planted-secret" }\n'
_API = f"""
[resource.grafana_dashboard.api]
{IN_TEAM}config_json = '{{"uid": "api", "title": "API", "tags": ["a"], "panels": [{{"id": 1, "type": "text"}}]}}'
"""
_SNAPSHOT = """
[resource.grafana_snapshot.shot]
dashboard = "${grafana_dashboard.api.config_json}"
key = "shot"
"""
_MAIN = FOLDERS + DATA_SOURCE + _PASSWORD + _API + DASHBOARD + _SNAPSHOT


class UndoProject(Project):
    """A project that has been applied, and what is on the server then."""

    def __init__(self, hcl: Hcl, server: Server, root: Path) -> None:
        super().__init__(hcl, server, root)
        self.apply(_MAIN)
        self.before = self.content()

    def undo(self, *args: str) -> str:
        outcome = self.hcl("undo", "--auto-approve", *args)
        assert (outcome.code, outcome.err) == (0, "")
        return outcome.out

    def content(self) -> dict[str, Any]:
        """Everything that is on the server, without what changes with every save."""
        return asyncio.run(_content(self.server))


async def _content(server: Server) -> dict[str, Any]:
    client = make_client({"url": server.url, "auth": server.auth}, True, BARE)
    found: dict[str, Any] = {}
    try:
        for hit in await client.get("/api/search"):
            if hit["type"] == "dash-folder":
                folder = await client.get(f"/api/folders/{hit['uid']}")
                found[hit["uid"]] = (folder["title"], folder.get("parentUid"))
                continue
            answer = await client.get(f"/api/dashboards/uid/{hit['uid']}")
            model = {key: value for key, value in answer["dashboard"].items() if key not in ("id", "version")}
            found[hit["uid"]] = (answer["meta"]["folderUid"], model)
        for item in await client.get("/api/datasources"):
            found[item["uid"]] = (item["name"], item["url"], item["jsonData"])
        for item in await client.get("/api/dashboard/snapshots"):
            found[item["key"]] = (await client.get(f"/api/snapshots/{item['key']}"))["dashboard"]["title"]
    finally:
        await client.close()
    return found


@pytest.fixture
def project(hcl: Hcl, embedded: Server, tmp_path: Path) -> UndoProject:
    return UndoProject(hcl, embedded, tmp_path)


def _without(text: str, *names: str) -> str:
    for name in names:
        text = re.sub(rf"\[resource\.\w+\.{name}\]\n(.+\n)*", "", text)
    return text


_RUNS: list[tuple[str, Callable[[str], str], dict[str, str]]] = [
    (
        "objects of every type are made",
        lambda text: (
            text
            + '[resource.grafana_folder.new]\ntitle = "New"\nuid = "new"\n'
            + '[resource.grafana_dashboard.new]\nfolder = "${grafana_folder.new.uid}"\n'
            + 'config_json = \'{"uid": "newd", "title": "N"}\'\n'
            + '[resource.grafana_data_source.new]\nname = "New"\ntype = "loki"\nuid = "newds"\n'
            + '[resource.grafana_snapshot.new]\ndashboard = "${grafana_dashboard.new.config_json}"\nkey = "newshot"\n'
        ),
        {
            "grafana_folder.new": "create",
            "grafana_dashboard.new": "create",
            "grafana_data_source.new": "create",
            "grafana_snapshot.new": "create",
        },
    ),
    (
        "objects of every type are updated",
        lambda text: text.replace('"Team"', '"Squad"').replace("http://x:1", "http://y:2").replace('"Web"', '"Site"'),
        {"grafana_folder.team": "update", "grafana_data_source.prom": "update", "grafana_dashboard.web": "update"},
    ),
    (
        "a dashboard moves to another folder, and its own goes",
        lambda text: _without(text.replace("grafana_folder.team.uid", "grafana_folder.other.uid"), "team"),
        {"grafana_dashboard.api": "update", "grafana_dashboard.web": "update", "grafana_folder.team": "delete"},
    ),
    (
        "a folder moves below another",
        lambda text: text.replace('uid = "team"', 'uid = "team"\nparent_folder_uid = "${grafana_folder.other.uid}"'),
        {"grafana_folder.team": "update"},
    ),
    (
        "a folder and all that is in it are deleted",
        lambda text: _without(text, "team", "api", "web", "shot"),
        {
            "grafana_folder.team": "delete",
            "grafana_dashboard.api": "delete",
            "grafana_dashboard.web": "delete",
            "grafana_snapshot.shot": "delete",
        },
    ),
    (
        "a folder is replaced by one with another uid",
        lambda text: text.replace('uid = "team"', 'uid = "crew"'),
        {"grafana_folder.team": "replace", "grafana_dashboard.api": "update", "grafana_dashboard.web": "update"},
    ),
    (
        "a snapshot is replaced where it stands",
        lambda text: text.replace('"API"', '"API 2"'),
        {"grafana_dashboard.api": "update", "grafana_snapshot.shot": "replace"},
    ),
    ("everything is deleted", lambda text: "", {}),
]


@pytest.mark.parametrize(("change", "left"), [run[1:] for run in _RUNS], ids=[run[0] for run in _RUNS])
def test_after_an_undo_the_server_is_as_before_and_the_plan_as_usual(
    project: UndoProject, change: Callable[[str], str], left: dict[str, str]
) -> None:
    """Whatever the run did; the next plan shows what differs from the configuration, and its apply ends as before."""
    project.apply(change(_MAIN))
    after = project.content()
    assert after != project.before

    told = project.undo()

    assert project.content() == project.before
    makes_anew = "+ grafana_dashboard.api" in told or "+ grafana_snapshot.shot" in told
    assert ("+ panels[id=1]: text" in told) == makes_anew  # as a plan tells a new one
    if left:
        assert {address: action for address, action, _ in project.plan()} == left
    project.apply()
    assert project.content() == after


_REPLACED = """
[variable.token]
type = "string"
sensitive = true
default = "planted-title"

[resource.grafana_folder.f]
uid = "f"
title = "Team ${var.token}"

[resource.grafana_folder_permission.f]
folder_uid = "${grafana_folder.f.uid}"
permissions = { Viewer = "View" }

[resource.grafana_data_source.s]
uid = "s"
name = "S"
type = "loki"
url = "http://x:1"
secure_json_data = { token = "planted-secret" }
"""


@pytest.mark.parametrize("command", ["undo", "restore"])
def test_what_was_replaced_under_its_uid_is_taken_back_where_it_stands(
    hcl: Hcl, embedded: Server, tmp_path: Path, command: str
) -> None:
    """Nothing is deleted for it: no backup has what was secret, and nobody could make the objects anew."""
    project = Project(hcl, embedded, tmp_path)
    project.apply(_REPLACED)
    before = asyncio.run(_content(embedded))
    project.write(_REPLACED.replace('"http://x:1"', '"http://y:2"').replace('"View"', '"Edit"'))
    project.run("apply", "--auto-approve", "--replace", "grafana_folder.f", "--replace", "grafana_data_source.s")
    newest = json.loads(project.run("restore", "--json"))[0]["run"]

    out = project.run(command, *([newest] if command == "restore" else []), "--auto-approve")

    assert "0 created, 2 updated, 0 deleted" in out
    assert '~ url: "http://y:2" → "http://x:1"' in out
    assert '~ permissions.Viewer: "Edit" → "View"' in out
    assert asyncio.run(_content(embedded)) == before
    assert embedded.call("GET", "/api/datasources/uid/s")["secureJsonFields"] == {"token": True}
    project.write(_REPLACED)
    assert project.plan() == []


def test_a_deleted_data_source_comes_back_without_its_secrets(project: UndoProject) -> None:
    """They can be read from nowhere: the plan of the undo says so, and the configuration's next apply sets them."""
    project.apply(_without(_MAIN, "prom"))
    project.write(_MAIN)
    out = project.undo()
    assert "Its secrets are in no backup (basicAuthPassword): the next apply sets them again." in out
    assert project.content() == project.before
    planned = project.hcl("plan").out
    assert "+ basicAuthPassword: (sensitive, set)" in planned
    project.apply(_MAIN)
    keys = project.server.call("GET", "/api/datasources/uid/prom")["secureJsonFields"]
    assert keys == {"basicAuthPassword": True}


def test_a_secret_that_the_run_gave_goes(project: UndoProject) -> None:
    """The object had none of that name; with what else has changed, and alone."""
    plain = _MAIN.replace(_PASSWORD, "")
    for given in (_MAIN, _MAIN.replace("x.invalid", "y.invalid")):
        project.apply(plain)
        project.apply(given)
        out = project.run("undo", "--auto-approve")
        assert "basicAuthPassword: (sensitive, removed)" in out
        assert project.server.call("GET", "/api/datasources/uid/prom").get("secureJsonFields") in ({}, None)
        assert "basicAuthPassword: (sensitive, set)" in project.run("plan")


def test_a_rotated_secret_is_said_to_stay(project: UndoProject) -> None:
    """There is nothing to put back, and the exit code says that not all was undone."""
    project.apply(_MAIN.replace("planted-secret", "planted-other"))
    outcome = project.hcl("undo", "--auto-approve")
    assert outcome.code == 1
    assert "Nothing but what is secret in it can have changed, and no backup has that." in outcome.out
    assert project.hcl("plan", "--detailed-exitcode").code == 0


def test_what_a_colleague_changed_since_stays(project: UndoProject) -> None:
    """Refused for that object, by its name and the colleague's; the others are undone. --overwrite takes it too."""
    project.apply(_MAIN.replace('"API"', '"API 2"').replace('"Web"', '"Web 2"'))
    live = project.server.call("GET", "/api/dashboards/uid/web")["dashboard"]
    project.server.call("POST", "/api/dashboards/db", {"dashboard": {**live, "title": "Hers"}, "folderUid": "team"})

    outcome = project.hcl("undo", "--auto-approve")

    assert outcome.code == 1
    assert (
        "Warning: grafana_dashboard.web stays as it is\n\n"
        "  It was changed since by admin: the run left it at version 2, now it is at version 3.\n\n"
        "  → --overwrite takes it back all the same.\n"
    ) in outcome.out
    titles = {uid: content[1]["title"] for uid, content in project.content().items() if uid in ("api", "web")}
    assert titles == {"api": "API", "web": "Hers"}

    project.undo("--overwrite")

    assert project.content() == project.before


def test_a_folder_in_which_a_colleague_works_now_stays(project: UndoProject) -> None:
    """Also one with force_destroy: nobody was asked about what is in it now."""
    block = '[resource.grafana_folder.new]\ntitle = "New"\nuid = "new"\nforce_destroy = true\n'
    project.apply(_MAIN + block)
    body = {"dashboard": {"uid": "hers", "title": "Hers"}, "folderUid": "new"}
    project.server.call("POST", "/api/dashboards/db", body)
    outcome = project.hcl("undo", "--auto-approve")
    assert outcome.code == 1
    assert 'The folder holds 1 object (dashboard "Hers"), which would go with it.' in outcome.err
    assert {"new", "hers"} <= project.content().keys()


def test_an_object_that_is_protected_is_not_deleted_by_an_undo(project: UndoProject) -> None:
    """prevent_destroy holds here, too."""
    block = '[resource.grafana_folder.new]\ntitle = "New"\nuid = "new"\nlifecycle = { prevent_destroy = true }\n'
    project.apply(_MAIN + block)
    outcome = project.hcl("undo", "--auto-approve")
    assert outcome.code == 1
    assert "lifecycle.prevent_destroy protects it." in outcome.out
    assert "new" in project.content()


def test_an_undo_is_not_undone(project: UndoProject) -> None:
    """The second one says that it is undone already, and changes nothing."""
    project.apply(_MAIN.replace('"Web"', '"Site"'))
    project.undo()
    outcome = project.hcl("undo", "--auto-approve")
    assert outcome.code == 1
    assert re.match(r"Error: The apply of [-0-9]+ [:0-9]+ UTC is undone already\n", outcome.err)
    assert "hcl-lite restore RUN puts back what was before one" in outcome.err
    assert project.content() == project.before


def test_an_object_that_was_taken_over_is_given_back(project: UndoProject) -> None:
    """on_exists = "adopt" changed it: it is as it was, and no longer managed."""
    project.server.call("POST", "/api/folders", {"uid": "hers", "title": "Hers"})
    before = project.content()
    project.apply(_MAIN + '[resource.grafana_folder.hers]\ntitle = "Ours"\nuid = "hers"\non_exists = "adopt"\n')
    project.undo()
    assert project.content() == before
    assert "grafana_folder.hers" not in project.hcl("state", "list").out.split()


def test_a_partial_apply_is_undone_as_far_as_it_went(project: UndoProject) -> None:
    """What had failed was never changed, and needs nothing."""
    broken = _MAIN.replace('"Web"', '"Site"').replace('"Team"', '"Squad"').replace("http://x:1", "no url at all:")
    project.write(broken)
    failed = project.hcl("apply", "--auto-approve")
    assert (failed.code, "2 updated, 0 deleted, 1 failed" in failed.out) == (1, True), failed.out
    out = project.undo()
    assert "Plan: 0 to create, 2 to update, 0 to delete." in out
    assert project.content() == project.before


def test_a_project_without_a_run_has_nothing_to_undo(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """Nor one that keeps no backups."""
    (tmp_path / "main.toml").write_text(f"[hcl_lite]\nbackups = 0\n{embedded.provider}{_MAIN}")
    assert hcl("apply", "--auto-approve").code == 0
    outcome = hcl("undo", "--auto-approve")
    assert outcome.code == 1
    assert outcome.err.startswith("Error: There is nothing to undo\n")
    assert not Path(".hcl-lite").exists()


def test_backups_of_another_server_are_not_put_on_this_one(project: UndoProject, tmp_path: Path) -> None:
    """The provider has another URL now: every object is refused."""
    project.apply(_MAIN.replace('"Web"', '"Site"'))
    (tmp_path / "other.db").write_bytes((tmp_path / "grafana.db").read_bytes())
    text = (tmp_path / "main.toml").read_text()
    (tmp_path / "main.toml").write_text(text.replace("grafana.db", "other.db"))
    outcome = project.hcl("undo", "--auto-approve")
    assert outcome.code == 1
    assert "The run was on embedded:" in outcome.out
    assert project.content()["web"][1]["title"] == "Site"


def test_nobody_to_ask_is_refused(project: UndoProject) -> None:
    """An undo shows its plan and asks, as an apply does."""
    project.apply(_MAIN.replace('"Web"', '"Site"'))
    outcome = project.hcl("undo")
    assert outcome.code == 1
    assert "undo asks before it changes anything, and nobody is there to answer" in outcome.err
    assert project.content()["web"][1]["title"] == "Site"


@pytest.mark.parametrize("kind", ["latency", "hang-after"])
def test_a_killed_undo_is_finished_by_the_next_one(
    hcl: Hcl, tmp_path: Path, kind: Literal["latency", "hang-after"]
) -> None:
    """kill -9 in the middle: what is undone already needs nothing, the rest is undone then; also where the server had
    made a snapshot by then, of which nobody can read what is in it."""
    with served(tmp_path / "served.db") as (server, app):
        project = UndoProject(hcl, server, tmp_path)
        project.apply(_without(_MAIN, "api", "web", "shot").replace('"Other"', '"Another"'))
        app.faults.add(Fault("POST", "/api/snapshots", kind, seconds=20, times=1))
        process = start(tmp_path, "undo", "--auto-approve")
        wait_for(process, 3)
        wait_until_met(process, app.faults)
        while kind == "hang-after" and not server.call("GET", "/api/dashboard/snapshots"):
            pass
        process.kill()
        process.communicate()
        app.faults.clear()
        assert (project.content() == project.before) == (kind == "hang-after")

        outcome = hcl("undo", "--auto-approve")

        assert outcome.code == 0, outcome.out + outcome.err
        assert project.content() == project.before
        assert "is undone already" in hcl("undo", "--auto-approve").err


_WITHOUT_FOLDERS = DATA_SOURCE + _API.replace(IN_TEAM, "")


@pytest.mark.parametrize("version", ["3", "5", "7", "11"])
@pytest.mark.parametrize("change", ["updated", "deleted"])
def test_an_older_grafana_is_as_before_after_an_undo(hcl: Hcl, tmp_path: Path, version: str, change: str) -> None:
    """Also where the server knows no uids, and where data sources have none; the plan is as usual."""
    project = Project(hcl, Server.embedded(tmp_path, version), tmp_path)
    text = _WITHOUT_FOLDERS if version == "3" else FOLDERS + DATA_SOURCE + _API
    changed = "" if change == "deleted" else text.replace('"API"', '"Site"').replace("x:1", "y:2")
    for step in (text, changed):
        project.apply(step)

    outcome = hcl("undo", "--auto-approve")

    assert (outcome.code, outcome.err) == (0, ""), outcome.out
    project.write(text)
    project.run("plan", "--detailed-exitcode")


_WITHOUT_URL = '[resource.grafana_data_source.u]\nuid = "undo-url"\nname = "Undo url"\ntype = "loki"\n'


@pytest.mark.parametrize(("more", "left"), [("json_data = { maxLines = 9 }\n", {}), ("", None)])
def test_what_the_server_keeps_is_not_said_to_be_taken_back(
    hcl: Hcl, server: Server, tmp_path: Path, more: str, left: dict[str, int] | None
) -> None:
    """12.4 keeps a url that is sent empty: the undo takes back the rest, and where there is none, says why nothing."""
    project = Project(hcl, server, tmp_path)
    project.apply(_WITHOUT_URL)
    project.apply(f'{_WITHOUT_URL}url = "http://x"\n{more}')
    outcome = hcl("undo", "--auto-approve")
    assert outcome.code == (1 if left is None else 0), outcome.err
    assert "keeps url when nothing is sent for it: that stays." in outcome.out + outcome.err
    assert "~ url" not in outcome.out
    there = server.call("GET", "/api/datasources/uid/undo-url")
    assert there["url"] == "http://x"
    assert left is None or there["jsonData"] == left
    project.destroy()
