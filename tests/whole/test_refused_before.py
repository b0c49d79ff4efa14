"""What a server would refuse is said by validate, plan or import, at its place, before anything is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Project


@pytest.fixture
def project(hcl: Hcl, server: Server, tmp_path: Path) -> Project:
    return Project(hcl, server, tmp_path)


def _refused(hcl: Hcl, *commands: str) -> list[str]:
    """What each command says on its way out."""
    found = []
    for command in commands:
        outcome = hcl(*command.split())
        assert outcome.code == 1, outcome.out
        found.append(outcome.err)
    return found


def test_the_root_is_no_folder(hcl: Hcl, project: Project) -> None:
    """As a uid, as the folder of a dashboard, and where it is imported; a plan after it is as before."""
    project.write('[resource.grafana_folder.general]\nuid = "general"\ntitle = "General"\n')
    commands = ("validate", "plan", "apply --auto-approve", "import grafana_folder.general general")
    for said in _refused(hcl, *commands):
        assert 'No folder can have the uid "general"' in said
        assert "main.toml:5:1" in said
        assert "Leave `folder` out instead." in said
    project.write('[resource.grafana_folder.x]\ntitle = "X"\n[[import]]\nto = "grafana_folder.x"\nid = "general"\n')
    (said,) = _refused(hcl, "plan")
    assert 'No folder can have the uid "general"' in said
    project.write("[resource.grafana_dashboard.d]\nfolder = 'general'\nconfig_json = '{\"title\": \"D\"}'\n")
    (said,) = _refused(hcl, "validate")
    assert 'There is no folder "general"' in said
    assert "main.toml:5:1" in said


def test_uids_that_no_folder_has_are_found_by_validate(hcl: Hcl, project: Project) -> None:
    """All of them at once, each at its place; also where a variable gives it."""
    project.write(
        '[variable.slash]\ndefault = "a/b"\n'
        '[resource.grafana_folder.slash]\nuid = "${var.slash}"\ntitle = "Slash"\n'
        '[resource.grafana_folder.blank]\nuid = "a b"\ntitle = "Blank"\n'
        f'[resource.grafana_folder.long]\nuid = "{"1" * 41}"\ntitle = "Long"\n'
    )
    for said in _refused(hcl, "validate", "plan"):
        assert said.count("cannot be a uid") == 3
        assert [f"main.toml:{line}:1" in said for line in (7, 10, 13)] == [True] * 3


def test_what_only_this_server_refuses_is_found_by_the_plan(hcl: Hcl, project: Project) -> None:
    """Up to 11 data sources have uids of any letters; validate asks no server."""
    source = '[resource.grafana_data_source.s]\nuid = "a b"\nname = "S"\ntype = "loki"\n'
    board = "[resource.grafana_dashboard.d]\nmessage = 'TEXT'\nconfig = { title = 'D', tags = ['TAG'] }\n"
    project.write(source + board.replace("TEXT", "x" * 501).replace("TAG", "ok"))
    project.run("validate")
    (said,) = _refused(hcl, "plan")
    assert '"a b" cannot be the uid of a data source' in said
    assert "The message is too long" in said
    project.write(board.replace("TEXT", "m").replace("TAG", "t" * 51))
    (said,) = _refused(hcl, "plan")
    assert f'The tag "{"t" * 50}…" is too long' in said


def test_no_folder_is_renamed_to_what_the_root_is_called(hcl: Hcl, project: Project) -> None:
    """A new one may have the title, as 12.4 has it."""
    project.apply('[resource.grafana_folder.f]\nuid = "gen"\ntitle = "general"\n')
    project.apply('[resource.grafana_folder.f]\nuid = "gen"\ntitle = "Other"\n')
    project.write('[resource.grafana_folder.f]\nuid = "gen"\ntitle = "General"\n')
    (said,) = _refused(hcl, "plan")
    assert 'No folder can be given the title "General"' in said
    project.destroy()


_DEFAULT = '[resource.grafana_data_source.{0}]\nname = "Excl {0}"\ntype = "loki"\nis_default = true\n'
_IN_MODULE = '[module.m]\nsource = "./m"\n'
_TWO = (
    '[resource.grafana_data_source.d]\nfor_each = ["x", "y"]\nname = "${each.key}"\ntype = "loki"\nis_default = true\n'
)
_LATER = _DEFAULT.format("b").replace("true", '"${grafana_folder.f.version < 99}"')
_FOLDER = '[resource.grafana_folder.f]\nuid = "excl"\ntitle = "F"\n'


def test_an_organisation_has_one_default_data_source(
    hcl: Hcl, project: Project, server: Server, tmp_path: Path
) -> None:
    """Found by validate, in modules and instances too; by the plan where two providers are of one organisation, or the
    server tells the value."""
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.toml").write_text(_DEFAULT.format("b"))
    for text in (_DEFAULT.format("a") + _DEFAULT.format("b"), _DEFAULT.format("a") + _IN_MODULE, _TWO):
        project.write(text)
        for said in _refused(hcl, "validate", "plan"):
            assert "both have is_default = true" in said
            assert "The other is at " in said
    other = server.provider.replace("[provider.grafana]", '[provider.two]\ntype = "grafana"')
    second = _DEFAULT.format("b").replace("is_default", 'provider = "two"\nis_default')
    project.write(other + _DEFAULT.format("a") + second)
    project.run("validate")
    (said,) = _refused(hcl, "plan")
    assert "grafana_data_source.a and grafana_data_source.b both have is_default = true" in said
    project.apply(_FOLDER)
    project.write(_FOLDER + _DEFAULT.format("a") + _LATER)
    (said,) = _refused(hcl, "plan")
    assert "both have is_default = true" in said
    project.destroy()


_FORM = (
    '{{"apiVersion": "dashboard.grafana.app/{0}", "kind": "Dashboard", "metadata": {{"name": "form"}}, "spec": {1}}}'
)


def test_a_form_that_the_server_lacks_is_refused_by_the_plan(hcl: Hcl, project: Project, tmp_path: Path) -> None:
    """At the line that gives it, with the forms that there are."""
    (tmp_path / "d.json").write_text(_FORM.format("v2", '{"title": "D", "elements": {}, "layout": {}}'))
    project.write("[resource.grafana_dashboard.d]\nconfig_json = '${file(\"d.json\")}'\n")
    project.run("validate")
    (said,) = _refused(hcl, "plan")
    assert "has no dashboard.grafana.app/v2\n  at main.toml:5:1" in said
    assert "It has v0alpha1, v1beta1, v2alpha1, v2beta1." in said
    (tmp_path / "d.json").write_text(_FORM.format("v1beta1", '{"title": "D"}'))
    project.apply()
    project.destroy()


def test_what_no_update_takes_away_is_refused_by_the_plan(hcl: Hcl, project: Project) -> None:
    """12.4 keeps the url and the user of basic authentication of a data source where they are sent empty."""
    block = (
        '[resource.grafana_data_source.d]\nname = "D"\ntype = "grafana-testdata-datasource"\nuid = "d"\n'
        'url = "http://x.invalid"\nbasic_auth_enabled = true\nbasic_auth_username = "me"\nusername = "u"\n'
    )
    project.apply(block)
    project.apply(block.replace('username = "u"\n', ""))
    for taken, said in (('url = "http://x.invalid"\n', "url"), ('basic_auth_username = "me"\n', "basic_auth_username")):
        project.write(block.replace(taken, ""))
        (refused,) = _refused(hcl, "plan")
        assert f"keeps {said} when nothing is sent for it" in refused
        assert "--replace" in refused
    off = block.replace("true", "false").replace('basic_auth_username = "me"\n', "")
    project.apply(off)  # whose user does nothing
    project.write(off.replace('url = "http://x.invalid"\n', ""))
    project.run("apply", "--auto-approve", "--replace", "grafana_data_source.d")
    project.run("plan", "--detailed-exitcode")
    project.destroy()
