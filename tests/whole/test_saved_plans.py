"""Saved plans: good for one apply, of what they were made for; shown anywhere; without secrets."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.engine.planning.plan_file import FORMAT
from tests.conftest import Figures, Hcl, Server
from tests.whole.project import Project

_SECRETS = {name: f"planted-{name}-4711" for name in ("source", "variable", "header")}
_PLAN = "saved.plan"


class PlannedProject(Project):
    """A project that is applied, has changed since, and has a plan for that."""

    def save(self, **change: Any) -> None:
        """What a colleague does to the dashboard."""
        live = self.server.call("GET", "/api/dashboards/uid/d")
        body = {"dashboard": {**live["dashboard"], **change}, "folderUid": live["meta"]["folderUid"]}
        self.server.call("POST", "/api/dashboards/db", body)

    def edit_plan(self, **change: Any) -> None:
        document = json.loads((self.root / _PLAN).read_text())
        (self.root / _PLAN).write_text(json.dumps({**document, **change}))

    def server_side(self) -> dict[str, Any]:
        """What is there, with the versions that tell whether anything was written."""
        dashboards = [
            self.server.call("GET", f"/api/dashboards/uid/{u}") for u in self.server.inventory()["dashboards"]
        ]
        return {
            **self.server.inventory(),
            "versions": [(d["dashboard"]["uid"], d["meta"]["version"]) for d in dashboards],
        }


@pytest.fixture
def project(hcl: Hcl, embedded: Server, tmp_path: Path) -> PlannedProject:
    """A folder, a dashboard from a file, a data source with secrets; planned: an update, a create and a delete."""
    (tmp_path / "d.json").write_text(json.dumps({"uid": "d", "title": "Old"}))
    (tmp_path / "main.toml").write_text(
        embedded.provider
        + '[variable.pass]\nsensitive = true\ntype = "string"\n'
        + '[resource.grafana_folder.f]\ntitle = "F"\n'
        + '[resource.grafana_dashboard.d]\nfolder = "${grafana_folder.f.uid}"\nconfig_json = "${file(\'d.json\')}"\n'
        + '[resource.grafana_folder.gone]\ntitle = "Gone"\n'
        + '[resource.grafana_data_source.s]\nname = "s"\ntype = "prometheus"\nurl = "http://x:1"\nis_default = false\n'
        + f'http_headers = {{ X-Key = "{_SECRETS["header"]}" }}\n'
        + f'secure_json_data = {{ a = "{_SECRETS["source"]}", b = "${{var.pass}}" }}\n'
    )
    (tmp_path / "pass.tfvars").write_text("")
    given = PlannedProject(_with_variable(hcl), embedded, tmp_path)
    assert given.hcl("apply", "--auto-approve").code == 0
    given.replace('[resource.grafana_folder.gone]\ntitle = "Gone"', '[resource.grafana_folder.new]\ntitle = "New"')
    given.replace("http://x:1", "http://x:2")
    given.replace("Old", "New", "d.json")
    assert given.hcl("plan", "--out", _PLAN).code == 0
    return given


def _with_variable(hcl: Hcl) -> Hcl:
    def run(*args: str) -> Any:
        return hcl(*args, *(["--var", f"pass={_SECRETS['variable']}"] if args[0] in ("plan", "apply") else []))

    return run


def _apply(project: PlannedProject) -> None:
    assert project.hcl("apply", _PLAN).code == 0


def _apply_another(project: PlannedProject) -> None:
    shutil.copy(project.root / _PLAN, project.root / "kept")
    assert project.hcl("plan", "--target", "grafana_folder.new", "--out", _PLAN).code == 0
    assert project.hcl("apply", _PLAN).code == 0
    shutil.copy(project.root / "kept", project.root / _PLAN)


def _fail_in_the_middle(project: PlannedProject) -> None:
    """The dashboard in the folder that is to go appears once the plan was looked at."""
    folder = next(u for u in project.server.inventory()["folders"] if u.startswith("gone"))
    body = {"dashboard": {"uid": "theirs", "title": "T"}, "folderUid": folder}
    project.server.call("POST", "/api/dashboards/db", body)
    assert project.hcl("apply", _PLAN).code == 1
    project.server.call("DELETE", "/api/dashboards/uid/theirs")


_STALE = "The saved plan is stale"
_USED = "The saved plan was carried out already"
_CASES: dict[str, tuple[Callable[[PlannedProject], None], tuple[str, ...]]] = {
    "applied": (_apply, (_USED, "Plan again: what is left to do is in the new plan.")),
    "applied in part": (_fail_in_the_middle, (_USED, "also where that has failed or ended early")),
    "state moved on": (
        _apply_another,
        (_STALE, "its serial was 1, and is 2.", "grafana_folder.new is new in it."),
    ),
    "another state": (
        lambda p: (p.root / "hcl-lite.state.json").unlink(),
        (_STALE, "The plan is of another state: its lineage is "),
    ),
    "object changed": (
        lambda p: p.save(title="Theirs"),
        (_STALE, "grafana_dashboard.d: on its server it was at version 1, and is at version 2 now."),
    ),
    "object gone": (
        lambda p: p.server.call("DELETE", "/api/dashboards/uid/d"),
        (_STALE, 'grafana_dashboard.d: "update" was planned, and it would be "create" now.'),
    ),
    "object came": (
        lambda p: p.server.call("POST", "/api/folders", {"uid": _new_uid(p), "title": "Theirs"}),
        ("exists already, and is not in the state",),
    ),
    "configuration changed": (lambda p: p.replace('"New"', '"Newer"'), (_STALE, "main.toml has changed.")),
    "configuration file came": (
        lambda p: (p.root / "more.toml").write_text('[locals]\nx = "1"\n'),
        (_STALE, "more.toml is new."),
    ),
    "file that is read changed": (
        lambda p: p.replace("New", "Newer", "d.json"),
        (_STALE, "grafana_dashboard.d: its arguments, or a file that they name, have changed."),
    ),
    "another version's": (
        lambda p: p.edit_plan(version="9.9"),
        ("The saved plan is of another version of hcl-lite", "It was saved by hcl-lite 9.9; this is "),
    ),
    "another format": (
        lambda p: p.edit_plan(version="9.9", format=7),
        ("was saved by another version of hcl-lite", f"By 9.9, in format 7; this version reads format {FORMAT}."),
    ),
}


def _new_uid(project: PlannedProject) -> str:
    found = re.search(r'"(new-[a-z0-9]+)"', project.hcl("show", _PLAN).out)
    assert found
    return found[1]


@pytest.mark.parametrize("case", _CASES)
def test_a_plan_that_no_longer_holds_is_refused_with_the_reason(
    project: PlannedProject, figures: Figures, case: str
) -> None:
    """Before anything is written, by the server's own versions; the next plan is carried out."""
    spoil, said = _CASES[case]
    spoil(project)
    before = project.server_side()
    outcome = project.hcl("apply", _PLAN)
    assert outcome.code == 1
    assert [words for words in said if words not in outcome.err] == [], outcome.err
    assert project.server_side() == before
    figures("ways in which a saved plan no longer holds", 1)


def test_a_plan_that_holds_is_carried_out_as_it_is(project: PlannedProject) -> None:
    """Nothing has changed; also where somebody saved what is not touched."""
    project.server.call("POST", "/api/folders", {"uid": "theirs", "title": "Theirs"})
    assert project.hcl("apply", _PLAN).code == 0
    assert project.hcl("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize("there", [None, "this is no TOML"], ids=["nothing", "a broken configuration"])
def test_a_plan_is_shown_where_it_was_not_made(
    project: PlannedProject, tmp_path_factory: pytest.TempPathFactory, there: str | None
) -> None:
    """On another machine, without its configuration, state and server."""
    shown = project.hcl("show", _PLAN)
    assert shown.code == 0
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    if there is not None:
        (elsewhere / "main.toml").write_text(there)
    shutil.copy(project.root / _PLAN, elsewhere)
    assert project.hcl("--chdir", str(elsewhere), "show", _PLAN) == shown


def test_a_plan_holds_no_secret(project: PlannedProject) -> None:
    """Neither those of arguments, nor of variables, nor the provider's; shown or not."""
    text = (
        (project.root / _PLAN).read_text() + project.hcl("show", "--json", _PLAN).out + project.hcl("show", _PLAN).out
    )
    assert [name for name, secret in {**_SECRETS, "auth": project.server.auth}.items() if secret in text] == []
    document = json.loads((project.root / _PLAN).read_text())
    assert {"lineage", "serial", "files", "id", "version"} <= document.keys()
    # A file may have secrets in it: whoever guesses one cannot try it out.
    assert [kept.split("$")[0] for kept in document["files"].values()] == ["scrypt"]
    seen = {change["address"]: change["seen"] for change in document["changes"] if change["action"] == "update"}
    assert all(seen.values())
    assert sorted(seen) == ["grafana_dashboard.d", "grafana_data_source.s"]


_GIVEN = """
[variable.token]
sensitive = true
default = "changeme-0123456789"

[variable.server]
sensitive = true
default = "SERVER"

[provider.grafana]
url = "${var.server}"
auth = "admin:admin"

[resource.grafana_data_source.secure]
name = "Secure"
type = "prometheus"
url = "http://x.invalid"
secure_json_data = { a = "${var.token}" }

[resource.grafana_data_source.reference]
name = "Reference"
type = "prometheus"
url = "http://x.invalid"
http_headers = { X-A = "env:TOKEN" }

[resource.grafana_data_source.url]
name = "Url"
type = "prometheus"
url = "http://x.invalid/${var.token}"

[resource.grafana_data_source.settings]
name = "Settings"
type = "prometheus"
url = "http://x.invalid"
json_data = { a = ["${var.token}"] }

[resource.grafana_folder.title]
title = "Team ${var.token}"

[resource.grafana_dashboard.text]
config_json = '{"uid": "text", "title": "Text", "description": "${var.token}"}'

[resource.grafana_dashboard.table]
config = { uid = "table", title = "Table", tags = ["${var.token}"] }

[resource.grafana_dashboard.message]
config = { uid = "message", title = "Message" }
message = "by ${var.token}"

[resource.grafana_snapshot.key]
dashboard = "${grafana_dashboard.message.config_json}"
delete_key = "delete-${var.token}"

[data.grafana_folder.late]
title = "Team ${var.token}"
depends_on = ["grafana_folder.title"]
"""
_TOKEN = ("--var", "token=planned-0123456789")
_OF_TOKEN = {
    "grafana_data_source.secure",
    "grafana_data_source.url",
    "grafana_data_source.settings",
    "grafana_folder.title",
    "grafana_dashboard.text",
    "grafana_dashboard.table",
    "grafana_dashboard.message",
    "grafana_snapshot.key",
    "data.grafana_folder.late",
}


@pytest.mark.parametrize("updates", [False, True], ids=["create", "update"])
def test_a_plan_with_other_secrets_is_refused_with_the_names(
    hcl: Hcl, embedded: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, updates: bool
) -> None:
    """Whatever they got into: a variable, what a reference stands for, another server; nothing is written."""
    (tmp_path / "main.toml").write_text(_GIVEN.replace("SERVER", embedded.url))
    monkeypatch.setenv("TOKEN", "first")
    if updates:
        outcome = hcl("apply", "--auto-approve", "--var", "token=before-0123456789")
        assert outcome.code == 0, outcome.err
    monkeypatch.setenv("TOKEN", "planned")
    assert hcl("plan", *_TOKEN, "--out", _PLAN).code == 0
    before = embedded.inventory()

    def refused(*args: str) -> set[str]:
        outcome = hcl("apply", _PLAN, *args)
        assert (outcome.code, "The saved plan is stale" in outcome.err) == (1, True), outcome.err
        said = re.findall(r"([\w.]+): its secrets are not those that were planned\.", outcome.err)
        assert embedded.inventory() == before
        return set(said)

    of_token = _OF_TOKEN - ({"grafana_dashboard.message"} if updates else set())  # another message alone is no update
    assert refused() == of_token
    assert refused("--var", "token=another-0123456789") == of_token
    monkeypatch.setenv("TOKEN", "another")
    assert refused(*_TOKEN) == {"grafana_data_source.reference"}
    monkeypatch.setenv("TOKEN", "planned")
    elsewhere = hcl("apply", _PLAN, *_TOKEN, "--var", f"server=embedded:{tmp_path / 'other.db'}")
    assert elsewhere.code == 1
    assert "provider.grafana: it is not the server that was planned for." in elsewhere.err
    assert hcl("apply", _PLAN, *_TOKEN).code == 0
    assert "No changes." in hcl("plan", *_TOKEN).out
