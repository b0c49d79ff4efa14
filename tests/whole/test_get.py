"""get: one command for looking around a Grafana, whoever manages what is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_MINE = """
[resource.grafana_folder.team]
uid = "got-team"
title = "Got team"
[resource.grafana_folder.inner]
uid = "got-inner"
title = "Got inner"
parent_folder_uid = "${grafana_folder.team.uid}"
[resource.grafana_dashboard.d]
folder = "${grafana_folder.inner.uid}"
config_json = '{"uid": "got-d", "title": "Got ${"$"}{x}", "tags": ["got"], "panels": []}'
[resource.grafana_contact_point.c]
uid = "got-hook"
name = "Got hook"
type = "webhook"
settings = { url = "http://hook.example.org", password = "s3cr3t-of-hook" }
"""


def test_it_lists_objects_by_type_and_reads_single_ones(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """With the block that manages each here; what is there beside has none. What it prints as a block is one: an
    import by it has nothing to do. Secrets are in nothing of it."""
    project = Project(hcl, server, tmp_path)
    project.apply(_MINE)
    server.call("POST", "/api/folders", {"uid": "got-there", "title": "Got there", "parentUid": "got-team"})
    try:
        listed = json.loads(hcl("get", "folders", "--folder", "Got team", "--format", "json").out)
        shown = [(one["uid"], one["title"], one["path"], one["address"]) for one in listed]
        assert shown == [
            ("got-team", "Got team", [], "grafana_folder.team"),
            ("got-inner", "Got inner", ["Got team"], "grafana_folder.inner"),
            ("got-there", "Got there", ["Got team"], None),
        ]
        assert "Got team/Got inner" in hcl("get", "dashboards", "--tag", "got").out
        found = hcl("get", "folders", "--query", "GOT IN", "--format", "json")
        assert [one["uid"] for one in json.loads(found.out)] == ["got-inner"]
        assert "got-hook" in hcl("get", "contact-points", "--query", "WEBHOOK").out
        overview = hcl("get").out.splitlines()
        assert overview[0].split() == ["type", "objects", "managed", "here"]
        assert [line.split()[1:] for line in overview if line.startswith("grafana_dashboard ")] == [["1", "1"]]

        hook = hcl("get", "contact-point", "Got hook", "--format", "json")
        assert json.loads(hook.out)["arguments"]["settings"]["url"] == "http://hook.example.org"
        assert "s3cr3t-of-hook" not in hook.out + hcl("get", "contact-points", "--format", "toml").out

        block = hcl("get", "dashboard", "Got ${x}").out
        assert "$${x}" in block
        project.run("state", "rm", "grafana_dashboard.d")
        project.write(_MINE.partition("[resource.grafana_dashboard.d]")[0] + block)
        name = block.partition("]")[0].rpartition(".")[2]
        project.run("import", f"grafana_dashboard.{name}", "got-d")
        assert hcl("plan", "--detailed-exitcode", "--target", f"grafana_dashboard.{name}").code == 0
    finally:
        project.write(_MINE)
        hcl("import", "grafana_dashboard.d", "got-d")
        server.call("DELETE", "/api/folders/got-there")
        project.destroy()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("foldres",), 'Did you mean "folders"?'),
        (("folder", "nowhere"), 'There is no grafana_folder "nowhere"'),
        (("folders", "--folder", "nowhere"), 'There is no folder "nowhere"'),
        (("dashboard_versions",), "grafana_dashboard_versions needs its uid"),
        (("teams", "--tag", "x"), "Objects of grafana_team have no tags"),
        (("server", "x"), "takes no name"),
        (("headspin_dashboards",), "is nothing of provider.grafana"),
    ],
)
def test_what_is_not_there_is_said(
    hcl: Hcl, embedded: Server, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    """Exit code 1, and what to do."""
    (tmp_path / "main.toml").write_text(embedded.provider)
    outcome = hcl("get", *arguments)
    assert (outcome.code, outcome.out) == (1, "")
    assert says in outcome.err


def test_a_grafana_is_looked_at_without_a_configuration(hcl: Hcl, embedded: Server) -> None:
    """By --url; a lookup's attributes are shown as they are."""
    url = ("--url", embedded.url, "--auth", embedded.auth)
    assert hcl("get", "folders", *url).out == "There are none.\n"
    assert "12.4.0" in hcl("get", "server", *url).out
    assert json.loads(hcl("get", "server", "--format", "json", *url).out)["attributes"]["org_name"] == "Main Org."


def test_no_secret_of_the_configuration_is_in_what_it_shows(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """A server repeats what was made of it: in titles, in the name of a block, in settings, in a URL."""
    (tmp_path / "main.toml").write_text(
        f"""{embedded.provider}
[variable.token]
sensitive = true
default = "tok-1234567"
[resource.grafana_folder.f]
uid = "f"
title = "F ${{var.token}}"
[resource.grafana_data_source.d]
uid = "d"
name = "D"
type = "prometheus"
url = "http://u:pw-1234567@host"
json_data = {{ header = "${{var.token}}" }}
"""
    )
    assert hcl("apply", "--auto-approve").code == 0
    asked = (("folders",), ("folder", "f"), ("data-sources",), ("data-source", "D"), ("folders", "--format", "toml"))
    shown = "".join(hcl("get", *words, *form).out for words in asked for form in ((), ("--format", "json")))
    assert "(sensitive)" in shown
    assert [text for text in ("tok-1234567", "tok_1234567", "pw-1234567") if text in shown] == []


def test_no_secret_that_a_lookup_finds_is_shown(hcl: Hcl, tmp_path: Path) -> None:
    """The password of HeadSpin's editor: data blocks have it, nothing shows it."""
    (tmp_path / "main.toml").write_text(
        '[provider.headspin]\nurl = "embedded:h.db"\n[resource.headspin_grafana.org]\non_exists = "adopt"\n'
    )
    assert hcl("apply", "--auto-approve").code == 0
    assert json.loads(hcl("get", "grafana-editor", "--format", "json").out)["attributes"].keys() == {
        *("username", "grafana_url", "grafana_role")
    }


def test_what_an_old_grafana_cannot_have_is_said_so(hcl: Hcl, tmp_path: Path) -> None:
    """Where it has no such list, the version that has."""
    (tmp_path / "main.toml").write_text('[provider.grafana]\nurl = "embedded:old.db?version=7"\n')
    said = "A team needs Grafana ≥ 9; this is 7.5.5"
    assert said in hcl("get").out
    listed = hcl("get", "--format", "json")
    assert (json.loads(listed.out), f"There is no list of grafana_team: {said}" in listed.err) == ([], True)
    assert said in hcl("get", "teams").err
    assert said in hcl("import", "--all").out
