"""grafana_team: its number, its name, its parts. Its life is in tests/providers/test_lifecycle.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from providers.embedded import Fault
from tests.conftest import Hcl, Server
from tests.whole.processes import served
from tests.whole.project import Project

_TEAM = """
[resource.grafana_team.a]
name = "hcl-lite team"
email = "a@example.org"
members = ["admin@localhost"]
preferences = { theme = "dark", timezone = "utc" }
[resource.grafana_folder.f]
uid = "hcl-lite-team-folder"
title = "hcl-lite team folder"
[resource.grafana_folder_permission.f]
folder_uid = "${grafana_folder.f.uid}"
permissions = '${ {"team:" ~ grafana_team.a.team_id: "Edit"} }'
"""


class TeamProject(Project):
    """A project, and the teams that there are."""

    def live(self) -> dict[str, Any]:
        found = self.server.call("GET", "/api/teams/search")["teams"]
        return {team["name"]: team for team in found if team["name"].startswith("hcl-lite")}

    def below(self, name: str, part: str) -> Any:
        return self.server.call("GET", f"/api/teams/{self.live()[name]['id']}/{part}")


@pytest.fixture
def project(hcl: Hcl, server: Server, tmp_path: Path) -> TeamProject:
    return TeamProject(hcl, server, tmp_path)


def test_the_number_of_a_team_is_what_permissions_are_given_to(project: TeamProject) -> None:
    """It is known when the team is made; the permissions are given in the same run."""
    project.apply(_TEAM)
    assert [one["email"] for one in project.below("hcl-lite team", "members")] == ["admin@localhost"]
    given = project.server.call("GET", "/api/folders/hcl-lite-team-folder/permissions")
    assert [rule["teamId"] for rule in given if rule["teamId"]] == [project.live()["hcl-lite team"]["id"]]
    project.destroy()
    assert project.live() == {}


def test_a_name_that_is_taken_is_not_had_twice(project: TeamProject) -> None:
    """The plan says whose it is; two teams of ours may exchange theirs."""
    project.server.call("POST", "/api/teams", {"name": "hcl-lite other"})
    both = '[resource.grafana_team.a]\nname = "hcl-lite one"\n[resource.grafana_team.b]\nname = "hcl-lite other"\n'
    project.write(both)
    outcome = project.hcl("plan")
    assert outcome.code == 1
    assert 'grafana_team with name "hcl-lite other" exists already' in outcome.err
    project.apply(both + 'on_exists = "adopt"\n')
    there = {name: team["id"] for name, team in project.live().items()}
    project.apply(both.replace("other", "x").replace("one", "other").replace('"hcl-lite x"', '"hcl-lite one"'))
    assert {name: team["id"] for name, team in project.live().items()} == {
        "hcl-lite one": there["hcl-lite other"],
        "hcl-lite other": there["hcl-lite one"],
    }
    project.destroy()


def test_a_part_that_is_refused_is_made_by_the_next_apply(hcl: Hcl, tmp_path: Path) -> None:
    """The team is there by then, and known by its number; nothing is in doubt."""
    with served(tmp_path / "grafana.db") as (server, app):
        project = TeamProject(hcl, server, tmp_path)
        app.faults.add(Fault("PUT", "/preferences$", "status", status=403))
        project.write('[resource.grafana_team.a]\nname = "hcl-lite team"\npreferences = { theme = "dark" }\n')
        assert "403" in project.hcl("apply", "--auto-approve").err
        planned = project.run("plan")
        assert "grafana_team.a will be updated" in planned
        assert "An earlier run" not in planned
        project.apply()
