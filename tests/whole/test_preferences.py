"""grafana_organization_preferences, from its creation to its end, beside colleagues with preferences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import AfterTheLastLook, Hcl, Server
from tests.whole.project import Project

_PATH = "/api/org/preferences"
_HOME = '[resource.grafana_dashboard.start]\nuid = "start"\nconfig = { title = "Start here" }\n'
_BLOCK = "[resource.grafana_organization_preferences.org]\n"
_CHOSEN = f'{_HOME}{_BLOCK}home_dashboard_uid = "${{grafana_dashboard.start.uid}}"\ntimezone = "utc"\n'
_SHOWN = '[data.grafana_home_dashboard.h]\n[output.home]\nvalue = "${data.grafana_home_dashboard.h.title}"\n'


class PreferencesProject(Project):
    """A project, and what the organisation prefers."""

    def set(self, **changes: Any) -> None:
        """What a colleague does in the UI."""
        self.server.call("PUT", _PATH, {**self.live(), **changes})

    def live(self) -> Any:
        return self.server.call("GET", _PATH)


@pytest.fixture(params=["5", "7", "11", "12"])
def project(hcl: Hcl, tmp_path: Path, request: pytest.FixtureRequest) -> PreferencesProject:
    return PreferencesProject(hcl, Server.embedded(tmp_path, request.param), tmp_path)


def test_a_dashboard_becomes_the_home_of_the_organisation(project: PreferencesProject) -> None:
    """And is it no longer once the block is gone: a home that is deleted would greet people with an error."""
    project.apply(_CHOSEN)
    assert 'home = "Start here"' in project.apply(_CHOSEN + _SHOWN)
    project.apply(_HOME)
    assert project.server.call("GET", "/api/dashboards/home")["dashboard"]["title"] == "Home"
    assert {key for key, value in project.live().items() if value} == set()


def test_what_a_colleague_prefers_stays(project: PreferencesProject) -> None:
    """What the block leaves out; what it gives is shown as drift, and comes back."""
    project.apply(_CHOSEN)
    project.set(theme="dark")
    project.run("plan", "--detailed-exitcode")
    project.set(timezone="browser")
    assert 'timezone: "browser" → "utc"' in project.run("plan")
    project.apply(_CHOSEN)
    assert (project.live()["theme"], project.live()["timezone"]) == ("dark", "utc")
    project.destroy()
    assert {key: value for key, value in project.live().items() if value} == {"theme": "dark"}


def test_preferences_that_are_there_are_taken_over_by_asking(project: PreferencesProject) -> None:
    """By import, or on_exists."""
    project.set(theme="dark")
    project.write(_CHOSEN)
    assert "exists already" in project.hcl("plan").err
    project.run("import", "grafana_organization_preferences.org", "preferences")
    project.apply(_CHOSEN)
    assert (project.live()["theme"], project.live()["timezone"]) == ("dark", "utc")


def test_a_change_between_plan_and_apply_is_not_written_over(
    project: PreferencesProject, after_the_last_look: AfterTheLastLook
) -> None:
    """PUT looks at no version."""
    project.apply(_CHOSEN)
    project.write(_CHOSEN.replace("utc", "browser"))
    project.run("plan", "--out", "p.plan")
    after_the_last_look(lambda: project.set(timezone="Europe/Berlin"))
    assert "changed by someone else since the plan" in project.hcl("apply", "p.plan").err
    assert project.live()["timezone"] == "Europe/Berlin"


def test_a_home_that_is_not_there_is_said(project: PreferencesProject, after_the_last_look: AfterTheLastLook) -> None:
    """By the plan, at its place; in the server's words, or before 9, where it takes any number, in ours, where somebody
    deletes it after that."""
    project.write(f'{_BLOCK}home_dashboard_uid = "none"\n')
    printed = project.run("plan", "--out", "p.plan")
    assert ('Warning: There is no dashboard "none"' in printed, "main.toml:5:22" in printed) == (True, True)
    outcome = project.hcl("apply", "p.plan")
    assert (outcome.code, 'There is no dashboard "none"' in outcome.err) == (1, True)
    project.server.call("POST", "/api/dashboards/db", {"dashboard": {"uid": "none", "title": "N"}})
    project.run("plan", "--out", "p.plan")
    after_the_last_look(lambda: project.server.call("DELETE", "/api/dashboards/uid/none"))
    outcome = project.hcl("apply", "p.plan")
    assert (outcome.code, "answered 404" in outcome.err, "ashboard" in outcome.err) == (1, True, True)
    assert {key for key, value in project.live().items() if value} == set()


def test_a_home_that_is_gone_stands_in_the_way_of_nothing_else(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Grafana keeps its uid, and takes no call that says it again."""
    project = PreferencesProject(hcl, server, tmp_path)
    server.call("POST", "/api/dashboards/db", {"dashboard": {"uid": "gone", "title": "Gone"}})
    project.set(homeDashboardUID="gone")
    server.call("DELETE", "/api/dashboards/uid/gone")
    project.apply(f'{_BLOCK}theme = "light"\non_exists = "adopt"\n')
    project.apply(f'{_BLOCK}theme = "dark"\ntimezone = "utc"\n')
    assert (project.live()["homeDashboardUID"], project.live()["theme"]) == ("gone", "dark")
    project.destroy()
    assert {key: value for key, value in project.live().items() if value} == {"homeDashboardUID": "gone"}
    project.set(homeDashboardUID="")


def test_a_server_without_uids_has_the_rest(hcl: Hcl, tmp_path: Path) -> None:
    """3.2: a home that somebody chose stays, and is found by its slug."""
    project = PreferencesProject(hcl, Server.embedded(tmp_path, "3"), tmp_path)
    project.server.call("POST", "/api/dashboards/db", {"dashboard": {"title": "Start here"}})
    project.set(homeDashboardId=1)
    assert 'home = "Start here"' in project.apply(f'{_BLOCK}theme = "light"\non_exists = "adopt"\n{_SHOWN}')
    assert project.live() == {"homeDashboardId": 1, "theme": "light", "timezone": ""}
    project.write(_CHOSEN)
    refused = project.hcl("plan").err
    assert ("A home dashboard by its uid needs Grafana ≥ 5; this is 3.2.1" in refused, "main.toml:8:1" in refused) == (
        True,
        True,
    )


@pytest.mark.parametrize(
    ("arguments", "says", "place"),
    [
        ("", "Nothing is preferred", "4:44"),
        ('theme = ""', "Nothing is preferred", "4:44"),
        ('theme = "pink"', "theme", "5:9"),
    ],
)
def test_what_prefers_nothing_is_refused(hcl: Hcl, tmp_path: Path, arguments: str, says: str, place: str) -> None:
    """It would be gone as soon as it is there, and no plan would ever be empty."""
    project = PreferencesProject(hcl, Server.embedded(tmp_path, "12"), tmp_path)
    project.write(f"{_BLOCK}{arguments}\n")
    outcome = hcl("plan")
    assert (outcome.code, says in outcome.err, f"main.toml:{place}" in outcome.err) == (1, True, True), outcome.err
