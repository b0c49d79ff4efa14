"""grafana_app_resource: kinds that have something of their own. Its life is in tests/providers/test_lifecycle.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Hcl, Server
from tests.whole.leaks import texts_below
from tests.whole.project import Project

_ALERTING = "notifications.alerting.grafana.app/v0alpha1"
_PATH = f"/apis/{_ALERTING}/namespaces/default"
_RECEIVER = f"""
[resource.grafana_app_resource.receiver]
api_version = "{_ALERTING}"
kind = "Receiver"
[resource.grafana_app_resource.receiver.spec]
title = "hcl-lite app"
[[resource.grafana_app_resource.receiver.spec.integrations]]
type = "email"
settings = {{ addresses = "a@example.org" }}
[[resource.grafana_app_resource.receiver.spec.integrations]]
type = "webhook"
[resource.grafana_app_resource.receiver.spec.integrations.settings]
url = "http://127.0.0.1:9/h"
password = "env:HOOK"
hmacConfig = {{ header = "X", secret = "env:SIGN" }}
"""
_OTHERS = f"""
[resource.grafana_app_resource.interval]
api_version = "{_ALERTING}"
kind = "TimeInterval"
spec = {{ name = "hcl-lite app", time_intervals = [{{ weekdays = ["Monday:friday"], months = ["january:3"] }}] }}
[resource.grafana_app_resource.template]
api_version = "{_ALERTING}"
kind = "TemplateGroup"
spec = {{ title = "hcl-lite app", content = " Hello " }}
[resource.grafana_app_resource.tree]
api_version = "{_ALERTING}"
kind = "RoutingTree"
on_exists = "adopt"
metadata = {{ name = "user-defined" }}
[resource.grafana_app_resource.tree.spec]
defaults = {{ receiver = "empty", group_by = ["alertname"], group_wait = "60s" }}
[[resource.grafana_app_resource.tree.spec.routes]]
receiver = "hcl-lite app"
matchers = [{{ type = "=", label = "z", value = "1" }}, {{ type = "=~", label = "a", value = "x.*" }}]
mute_time_intervals = ["hcl-lite app"]
"""


@pytest.fixture
def project(hcl: Hcl, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("HOOK", "planted-hook")
    monkeypatch.setenv("SIGN", "planted-sign")
    return Project(hcl, server, tmp_path)


def _settings(project: Project) -> Any:
    """The settings of our webhook in the open, as the older API tells them."""
    told = project.server.call("GET", "/api/v1/provisioning/contact-points/export?decrypt=true&format=json")
    (point,) = [one for one in told["contactPoints"] if one["name"] == "hcl-lite app"]
    (hook,) = [one["settings"] for one in point["receivers"] if one["type"] == "webhook"]
    return hook


def test_secrets_of_a_receiver_are_secrets(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sent, rotated, taken away, kept where another setting changes; in no file of ours. The uid of an integration, and
    what rules and policies know it by, stays."""
    project.apply(_RECEIVER)
    uids = [one["uid"] for one in project.server.call("GET", "/api/v1/provisioning/contact-points")]
    assert (_settings(project)["password"], _settings(project)["hmacConfig"]["secret"]) == (
        "planted-hook",
        "planted-sign",
    )
    monkeypatch.setenv("HOOK", "planted-rotated")
    project.replace("9/h", "9/other")
    name = "spec.integrations.1.settings"
    assert f"{name}.password: (sensitive, rotated)" in project.run("plan")
    project.apply()
    kept = _settings(project)
    assert (kept["url"], kept["password"], kept["hmacConfig"]["secret"]) == (
        "http://127.0.0.1:9/other",
        "planted-rotated",
        "planted-sign",
    )
    project.replace(', secret = "env:SIGN"', "")
    assert f"{name}.hmacConfig.secret: (sensitive, removed)" in project.run("plan")
    project.apply()
    assert _settings(project)["hmacConfig"] == {"header": "X"}
    assert [one["uid"] for one in project.server.call("GET", "/api/v1/provisioning/contact-points")] == uids
    assert [name for name, text in texts_below(project.root, {project.root / "main.toml"}) if "planted" in text] == []
    project.destroy()


def test_kinds_of_alerting_are_compared_as_grafana_keeps_them(project: Project) -> None:
    """In their one form: nothing is left to do after an apply, nor after an import afresh. A policy comes after what it
    names, though nothing refers to that, and goes before it."""
    project.apply(_RECEIVER + _OTHERS)
    records = {record["address"]: record["uid"] for record in project.state()["records"]}
    assert records["grafana_app_resource.interval"] == f"{_ALERTING.partition('/')[0]}:TimeInterval:aGNsLWxpdGUgYXBw"
    for address, uid in records.items():
        project.run("state", "rm", address)
        project.run("import", address, uid)
    secrets = ("spec.integrations.1.settings.hmacConfig.secret", "spec.integrations.1.settings.password")
    assert [(address, action) for address, action, paths in project.plan() if paths] == []
    assert all(f"{one}: (sensitive, set)" in project.run("plan") for one in secrets)
    project.replace("60s", "90s")
    assert ("grafana_app_resource.tree", "update", ["spec.defaults.group_wait"]) in project.plan()
    project.apply()
    project.destroy()
    assert project.server.call("GET", f"{_PATH}/timeintervals")["items"] == []


def test_what_the_older_api_changes_is_seen(project: Project) -> None:
    """And put back; what others have put on the object stays: labels, annotations."""
    path = "/apis/playlist.grafana.app/v1/namespaces/default/playlists/hcl-lite-app"
    playlist = """
[resource.grafana_app_resource.p]
api_version = "playlist.grafana.app/v1"
kind = "Playlist"
metadata = { name = "hcl-lite-app", labels = { ours = "1" } }
spec = { title = "Tour", interval = "5m", items = [] }
"""
    project.apply(playlist)
    there = project.server.call("GET", path)
    there["metadata"]["labels"]["theirs"] = "2"
    project.server.call("PUT", path, {**there, "spec": {**there["spec"], "interval": "9m"}})
    assert project.plan() == [("grafana_app_resource.p", "update", ["spec.interval"])]
    project.apply()
    there = project.server.call("GET", path)
    assert (there["metadata"]["labels"], there["spec"]["interval"]) == ({"ours": "1", "theirs": "2"}, "5m")
    project.server.call("PUT", "/api/playlists/hcl-lite-app", {"name": "Theirs", "interval": "5m", "items": []})
    assert project.plan()[0][2][-1] == "spec.title" or "spec.title" in project.plan()[0][2]
    project.apply()
    assert project.server.call("GET", "/api/playlists/hcl-lite-app")["name"] == "Tour"
    project.destroy()


def test_a_folder_goes_with_what_lies_in_it_and_is_managed(project: Project) -> None:
    """Whichever type that is managed as: it goes first, and where it stays, the folder does. `name` is for others."""
    folder = '[resource.grafana_folder.f]\nuid = "hcl-lite-app"\ntitle = "F"\n'
    board = """
[resource.grafana_app_resource.b]
api_version = "dashboard.grafana.app/v1beta1"
kind = "Dashboard"
metadata = { annotations = { "grafana.app/folder" = "hcl-lite-app" } }
spec = { title = "Board" }
[output.name]
value = "${grafana_app_resource.b.name}"
"""
    project.apply(folder + board)
    record = next(one for one in project.state()["records"] if one["address"] == "grafana_app_resource.b")
    assert record["uid"] == f"dashboard.grafana.app:Dashboard:{json.loads(project.run('output', '--json', 'name'))}"
    project.write(board)
    assert "grafana_folder.f cannot be deleted while it holds what stays" in project.hcl("plan").err
    project.write("")
    assert "not managed here" not in project.run("plan")
    project.apply()


_SAME = f"""
[resource.grafana_folder.f]
uid = "hcl-lite-app"
title = "F"
[resource.grafana_app_resource.f]
api_version = "folder.grafana.app/v1beta1"
kind = "Folder"
metadata = {{ name = "hcl-lite-app" }}
spec = {{ title = "F" }}
[resource.grafana_mute_timing.m]
name = "hcl-lite app"
[resource.grafana_app_resource.m]
api_version = "{_ALERTING}"
kind = "TimeInterval"
spec_json = '{{"name": "hcl-lite app", "time_intervals": []}}'
[resource.grafana_contact_point.c]
name = "hcl-lite app"
type = "email"
settings = {{ addresses = "a@example.org" }}
[resource.grafana_app_resource.c]
api_version = "{_ALERTING}"
kind = "Receiver"
spec = {{ title = "hcl-lite app", integrations = [] }}
"""


def test_one_object_under_two_types_is_a_mistake(project: Project) -> None:
    """Whatever the older type goes by: a uid, a name; a contact point is a part of a receiver."""
    project.write(_SAME)
    told = project.hcl("plan").err
    found = [line for line in told.splitlines() if line.startswith("Error: ")]
    assert found == [
        "Error: grafana_app_resource.f is the same object as grafana_folder.f",
        "Error: grafana_app_resource.m is the same object as grafana_mute_timing.m",
        "Error: grafana_contact_point.c is a piece of what grafana_app_resource.c manages as a whole",
    ]


def test_what_is_there_is_taken_over_only_where_it_is_asked_for(project: Project) -> None:
    """By the older types otherwise. A spec with null in it, which TOML has no word for, is a file; into that comes
    what somebody changes."""
    board = {"uid": "hcl-lite-app", "title": "Board", "panels": [{"id": 1, "type": "text", "title": None}]}
    project.server.call("POST", "/api/dashboards/db", {"dashboard": board})
    project.write("")
    taken = project.run("import", "--all", "--dry-run")
    assert "grafana_dashboard" in taken
    assert "grafana_app_resource" not in taken
    taken = project.run("import", "--all", "--type", "grafana_app_resource", "--exclude", "*Receiver*")
    assert "No changes." in taken, taken
    (file,) = (
        path for path in project.root.rglob("*.json") if "Board" in path.read_text() and "state" not in path.name
    )
    board = {**board, "title": "Board, changed"}
    project.server.call("POST", "/api/dashboards/db", {"dashboard": board, "overwrite": True})
    project.run("pull")
    assert "Board, changed" in file.read_text()
    assert project.plan() == []
    project.server.call("DELETE", "/api/dashboards/uid/hcl-lite-app")


def test_secrets_are_neither_identity_nor_in_the_state(project: Project) -> None:
    """A sensitive spec or label is sent, and hidden; a name is in the state, and refused."""
    block = """
[variable.secret]
default = "planted-secret"
sensitive = true
[resource.grafana_app_resource.p]
api_version = "playlist.grafana.app/v1"
kind = "Playlist"
metadata = { name = "hcl-lite-app", labels = { ours = "${var.secret}" } }
spec_json = '{"title": "${var.secret}", "interval": "5m", "items": []}'
"""
    project.apply(block)
    assert project.server.call("GET", "/api/playlists/hcl-lite-app")["name"] == "planted-secret"
    assert [name for name, text in texts_below(project.root, {project.root / "main.toml"}) if "planted" in text] == []
    project.replace('name = "hcl-lite-app"', 'name = "${var.secret}"')
    assert "metadata.name cannot be sensitive" in project.hcl("plan").err
    project.apply("")


@pytest.mark.parametrize(
    ("api_version", "kind", "rest", "told"),
    [
        ("playlist/v1", "Playlist", "", "Grafana 12.4.0 has no group playlist"),
        ("playlist.grafana.app/v9", "Playlist", "", "Grafana 12.4.0 has no playlist.grafana.app/v9"),
        ("playlist.grafana.app/v1", "Play", "", "Grafana 12.4.0 has no kind Play in playlist.grafana.app/v1"),
        ("playlist.grafana.app", "Playlist", "", "api_version is none"),
        ("iam.grafana.app/v0alpha1", "Team", "", "without the feature toggle kubernetesAuthnMutation"),
        ("preferences.grafana.app/v1alpha1", "Preferences", "namespace", "Grafana makes preferences by its older API"),
        (_ALERTING, "RoutingTree", "other", "Grafana has one RoutingTree, user-defined, without the feature toggle"),
        (_ALERTING, "Receiver", "other", "metadata.name is not the one of the title"),
    ],
)
def test_what_grafana_cannot_have_is_told_by_the_plan(
    project: Project, api_version: str, kind: str, rest: str, told: str
) -> None:
    """At the argument, with what there is instead."""
    metadata = f'metadata = {{ name = "{rest}" }}\n' if rest else ""
    block = f'[resource.grafana_app_resource.x]\napi_version = "{api_version}"\nkind = "{kind}"\n{metadata}'
    project.write(f'{block}spec = {{ title = "T", theme = "dark" }}\n')
    outcome = project.hcl("plan")
    assert (outcome.code, told in outcome.err) == (1, True), outcome.err


def test_preferences_are_changed_once_they_are_there(project: Project) -> None:
    """Which the older API makes them; a deletion forgets them."""
    project.server.call("PUT", "/api/org/preferences", {"theme": "dark"})
    project.apply("""
[resource.grafana_app_resource.p]
api_version = "preferences.grafana.app/v1alpha1"
kind = "Preferences"
on_exists = "adopt"
metadata = { name = "namespace" }
spec = { weekStart = "monday", theme = "" }
""")
    assert project.server.call("GET", "/api/org/preferences") == {"weekStart": "monday"}
    project.destroy()
    assert project.server.call("GET", "/api/org/preferences") == {}
