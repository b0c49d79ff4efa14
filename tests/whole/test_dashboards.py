"""The Dashboard API by commands and data: trash, versions, home, tags; and what was deleted outside, restored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_UID = "h5-dash"
_PATH = f"/api/dashboards/uid/{_UID}"


class DashboardProject(Project):
    """A project with one dashboard in a folder, and what becomes of the dashboard."""

    def write_dashboard(self, title: str, more: str = "") -> None:
        folder = '[resource.grafana_folder.f]\ntitle = "H5"\nuid = "h5-folder"\n'
        config = json.dumps({"uid": _UID, "title": title, "tags": ["h5-tag"]})
        dashboard = (
            f"[resource.grafana_dashboard.d]\nfolder = \"${{grafana_folder.f.uid}}\"\nconfig_json = '{config}'\n"
        )
        self.write(folder + dashboard + more)

    def delete(self) -> None:
        """What a colleague does."""
        self.server.call("DELETE", _PATH)

    def live(self) -> Any:
        return self.server.call("GET", _PATH)

    def versions(self) -> list[tuple[int, int]]:
        """Number and origin of each version."""
        found = json.loads(self.run("dashboard", "versions", _UID, "--json"))
        return [(one["version"], one["restored_from"]) for one in found]


@pytest.fixture
def project(hcl: Hcl, server: Server, tmp_path: Path) -> Iterator[DashboardProject]:
    made = DashboardProject(hcl, server, tmp_path)
    made.write_dashboard("One")
    made.apply()
    yield made
    made.write_dashboard("One")
    made.destroy()


_RESTORED = "because it was deleted outside of hcl-lite; it is in the trash and will be restored"


@pytest.mark.parametrize("title", ["One", "Two"], ids=["as it was", "changed since"])
def test_what_was_deleted_outside_is_restored(project: DashboardProject, title: str) -> None:
    """With its id, also by a saved plan; then it is as the configuration says, and nothing is left to do."""
    before = project.live()["dashboard"]["id"]
    project.delete()
    project.write_dashboard(title)
    assert _RESTORED in project.run("plan", "--out", "p")
    project.run("apply", "p")
    after = project.live()
    assert (after["dashboard"]["id"], after["dashboard"]["title"]) == (before, title)
    assert after["meta"]["folderUid"] == "h5-folder"
    assert project.hcl("plan", "--detailed-exitcode").code == 0


def test_what_was_deleted_with_its_folder_is_restored_into_the_new_one(project: DashboardProject) -> None:
    """The folder is made anew first."""
    before = project.live()["dashboard"]["id"]
    project.server.call("DELETE", "/api/folders/h5-folder")
    assert _RESTORED in project.run("plan")
    project.run("apply", "--auto-approve")
    assert project.live()["dashboard"]["id"] == before
    assert project.hcl("plan", "--detailed-exitcode").code == 0


def test_with_replace_it_is_made_anew(project: DashboardProject) -> None:
    """As --replace asks for."""
    project.delete()
    planned = project.run("plan", "--replace", "grafana_dashboard.d")
    assert ("deleted outside" in planned, "will be restored" in planned) == (True, False)


def test_the_trash_is_listed_and_a_dashboard_restored_from_it(project: DashboardProject) -> None:
    """By hand; the next plan finds it as it was."""
    project.delete()
    listed = json.loads(project.run("dashboard", "trash", "--json"))
    found = next(one for one in listed if one["uid"] == _UID)
    assert (found["title"], found["folder"], bool(found["deleted"]), bool(found["by"])) == (
        "One",
        "h5-folder",
        True,
        True,
    )
    assert _UID in project.run("dashboard", "trash")
    assert project.run("dashboard", "restore", _UID) == f"{_UID} is restored.\n"
    assert project.live()["meta"]["folderUid"] == "h5-folder"
    assert _UID not in project.run("dashboard", "trash")
    assert project.hcl("plan", "--detailed-exitcode").code == 0


def test_a_dashboard_whose_folder_is_gone_is_restored_elsewhere(project: DashboardProject) -> None:
    """With --folder; without it, the server's refusal is shown."""
    project.server.call("DELETE", "/api/folders/h5-folder")
    refused = project.hcl("dashboard", "restore", _UID)
    assert (refused.code, '"h5-folder" not found' in refused.err) == (1, True)
    project.run("dashboard", "restore", _UID, "--folder", "")
    assert project.live()["meta"]["folderUid"] == ""


def test_what_12_4_cannot_do_is_said(project: DashboardProject) -> None:
    """Purging, and restoring what is not deleted; nothing is asked of nobody."""
    asked = project.hcl("dashboard", "purge", _UID)
    assert (asked.code, "nobody is there to answer" in asked.err) == (1, True)
    purged = project.hcl("dashboard", "purge", _UID, "--auto-approve")
    assert (purged.code, f"Grafana 12.4.0 has no route to purge {_UID}" in purged.err) == (1, True)
    restored = project.hcl("dashboard", "restore", _UID)
    assert (restored.code, f"there is no deleted dashboard {_UID}" in restored.err) == (1, True)


def test_versions_are_listed_and_restored(project: DashboardProject) -> None:
    """The restored one is the newest, and drift to the next plan."""
    project.write_dashboard("Two")
    project.run("apply", "--auto-approve")
    assert project.versions() == [(2, 0), (1, 0)]
    said = project.run("dashboard", "restore", _UID, "--version", "1")
    assert said == f"{_UID} is as it was in version 1; this is version 3.\n"
    assert project.versions() == [(3, 1), (2, 0), (1, 0)]
    assert "changed outside" in project.run("plan")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("versions", "h5-none"), "answered 404: Dashboard not found"),
        (("restore", "h5-none", "--version", "1"), "answered 404"),
        (("trash", "--provider", "grafanas"), "There is no Grafana called grafanas"),
    ],
)
def test_what_is_not_there_is_said(project: DashboardProject, args: tuple[str, ...], says: str) -> None:
    """With exit code 1."""
    outcome = project.hcl("dashboard", *args)
    assert (outcome.code, says in outcome.err) == (1, True)


def test_a_grafana_without_a_configuration_is_named_by_its_url(hcl: Hcl, embedded: Server) -> None:
    """As for data sources and snapshots."""
    assert hcl("dashboard", "trash", "--url", embedded.url).out == "The trash is empty.\n"
    assert "answered 404: Dashboard not found" in hcl("dashboard", "versions", "none", "--url", embedded.url).err


def test_which_grafana_has_to_be_said_where_there_are_several(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """Instances of one block too; quotes of either kind."""
    block = f'[provider.grafana]\nfor_each = {{ eu = "a", us = "b" }}\nurl = "embedded:{tmp_path}/${{each.value}}.db"\n'
    (tmp_path / "main.toml").write_text(block)
    refused = hcl("dashboard", "trash")
    assert 'There are grafana["eu"], grafana["us"].' in refused.err
    assert hcl("dashboard", "trash", "--provider", "grafana['us']").out == "The trash is empty.\n"
    assert [path.name for path in tmp_path.glob("*.db")] == ["b.db"]


def test_home_tags_and_versions_are_data(project: DashboardProject) -> None:
    """Grafana's own home dashboard; a tag with its count; who saved what."""
    outputs = {
        "home": "[data.grafana_home_dashboard.h.uid, data.grafana_home_dashboard.h.title]",
        "count": 'data.grafana_dashboard_tags.t.counts["h5-tag"]',
        "terms": '"h5-tag" in data.grafana_dashboard_tags.t.terms',
        "messages": "data.grafana_dashboard_versions.v.versions | map(attribute='message') | list",
    }
    blocks = (
        "[data.grafana_home_dashboard.h]\n[data.grafana_dashboard_tags.t]\n"
        f'[data.grafana_dashboard_versions.v]\nuid = "{_UID}"\n'
        + "".join(f"[output.{name}]\nvalue = '''${{{value}}}'''\n" for name, value in outputs.items())
    )
    project.write_dashboard("One", blocks)
    project.run("apply", "--auto-approve")
    assert json.loads(project.run("output", "--json")) == {
        "home": ["", "Home"],
        "count": 1,
        "terms": True,
        "messages": ["Initial save"],
    }


@pytest.mark.parametrize(
    ("type_", "by", "says"),
    [
        ("grafana_dashboard", 'slug = "one"', 'There is no dashboard with slug "one"'),
        ("grafana_dashboard_versions", 'uid = "h5-none"', 'There is no dashboard with uid "h5-none"'),
    ],
)
def test_a_lookup_that_finds_nothing_says_so(project: DashboardProject, type_: str, by: str, says: str) -> None:
    """12.4.0 has no route by slug."""
    project.write_dashboard("One", f"[data.{type_}.x]\n{by}\n")
    outcome = project.hcl("plan")
    assert (outcome.code, says in outcome.err) == (1, True)


def test_what_the_embedded_server_does_not_migrate_is_said(hcl: Hcl, tmp_path: Path) -> None:
    """At the write of a resource form of an older schema; a real Grafana migrates it, and has nothing to say."""
    resource = {
        "apiVersion": "dashboard.grafana.app/v1beta1",
        "kind": "Dashboard",
        "metadata": {"name": "r"},
        "spec": {"title": "Case", "schemaVersion": 36},
    }
    (tmp_path / "r.json").write_text(json.dumps(resource))
    provider = f"[provider.grafana]\nurl = 'embedded:{tmp_path / 'own.db'}'\n"
    (tmp_path / "main.toml").write_text(
        f"{provider}[resource.grafana_dashboard.r]\nconfig_json = '${{file(\"r.json\")}}'\n"
    )
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0
    assert "the embedded server does not migrate its panels and variables from schemaVersion 36" in applied.err
