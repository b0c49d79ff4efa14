"""Objects imported by whichever id people hold."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Hcl, Server
from tests.whole.project import Project

_ALL = """
[resource.grafana_folder.team]
uid = "ids-team"
title = "Ids Team"
[resource.grafana_dashboard.api]
config = { title = "API & Überblick", uid = "ids-api" }
[resource.grafana_dashboard.twins]
for_each = { a = "", b = "${grafana_folder.team.uid}" }
config = { title = "Ids Twin", uid = "ids-${each.key}" }
folder = "${each.value}"
[resource.grafana_team.sre]
name = "Ids SRE"
[resource.grafana_playlist.wall]
name = "Ids wall"
interval = "5m"
item = [{ type = "dashboard_by_uid", value = "ids-api" }]
[resource.grafana_contact_point.mail]
uid = "ids-mail"
name = "Ids on call"
type = "email"
settings = { addresses = "a@b.invalid" }
[resource.grafana_organization_preferences.all]
theme = "dark"
[resource.grafana_folder_permission.team]
folder_uid = "${grafana_folder.team.uid}"
permissions = { Viewer = "View" }
"""


def _forms(project: Project) -> list[tuple[str, str]]:
    """Ids of each type, with the numbers that the server chose."""
    records = {one["address"]: one for one in project.state()["records"]}
    number = records["grafana_dashboard.api"]["attributes"]["dashboard_id"]
    playlist = records["grafana_playlist.wall"]["uid"]
    return [
        *(("grafana_dashboard.api", id_) for id_ in (str(number), "API & Überblick", "api-and-uberblick", "1:ids-api")),
        ("grafana_dashboard.api", "/d/ids-api/api?viewPanel=2&orgId=1"),
        ('grafana_dashboard.twins["b"]', "uid:ids-b"),
        ("grafana_folder.team", "/dashboards/f/ids-team/ids-team/permissions"),
        ("grafana_team.sre", "Ids SRE"),
        ("grafana_team.sre", f"1:{records['grafana_team.sre']['uid']}"),
        ("grafana_playlist.wall", f"/playlists/edit/{playlist}"),
        ("grafana_contact_point.mail", "/alerting/notifications/receivers/SWRzIG9uIGNhbGw/edit"),
        ("grafana_organization_preferences.all", "1"),
        ("grafana_folder_permission.team", "Ids Team"),
    ]


def test_an_object_is_imported_by_any_id(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """By the command for each, and the plan stays empty; what has no answer is told with what there is."""
    project = Project(hcl, server, tmp_path)
    project.apply(_ALL)
    records = project.state()["records"]
    for address, id_ in _forms(project):
        project.run("state", "rm", address)
        project.run("import", address, id_)
    assert [one["uid"] for one in sorted(project.state()["records"], key=lambda one: one["address"])] == [
        one["uid"] for one in sorted(records, key=lambda one: one["address"])
    ]
    project.run("plan", "--detailed-exitcode")

    project.run("state", "rm", "grafana_dashboard.api")
    for id_, says in (
        ("Ids Twin", 'There are ids-a "Ids Twin", ids-b "Ids Twin" in folder ids-team.'),
        ("ids-ap", "uid, number, name, title and slug on"),
        ("ids-ap", 'Similar: ids-api "API & Überblick"'),
        ("77:ids-api", "77:ids-api is of organisation 77"),
        ("https://elsewhere.invalid/d/ids-api", "is of another server"),
        ("/dashboards/f/ids-team", "Its pages are /d/UID"),
    ):
        refused = hcl("import", "grafana_dashboard.api", id_)
        assert (refused.code, says in refused.err) == (1, True), refused.err
    project.run("import", "grafana_dashboard.api", "ids-api")
    project.destroy()


def test_import_blocks_take_them_too(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """With for_each; each is read once, and what is imported stays quiet afterwards."""
    project = Project(hcl, server, tmp_path)
    project.apply(_ALL)
    twins = ['grafana_dashboard.twins["a"]', 'grafana_dashboard.twins["b"]']
    project.run("state", "rm", "grafana_dashboard.api", "grafana_team.sre", *twins)
    imports = """
[[import]]
for_each = { a = "ids-a", b = "/d/ids-b/twin" }
to = "grafana_dashboard.twins[\\"${each.key}\\"]"
id = "${each.value}"
[[import]]
to = "grafana_dashboard.api"
id = "API & Überblick"
[[import]]
to = "grafana_team.sre"
id = "Ids SRE"
"""
    project.write(_ALL + imports)
    shown = project.run("plan")
    assert "will be" not in shown, shown
    project.apply()
    assert "not imported" not in project.run("plan")
    project.write(_ALL)
    project.destroy()


def test_a_block_is_written_for_one_object(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """With a name of its title, or the one that is asked for; the plan is empty, and nothing is written twice."""
    project = Project(hcl, server, tmp_path)
    server.call("POST", "/api/folders", {"uid": "ids-f", "title": "Ids folder"})
    model = {"uid": "ids-w", "title": "Ids written", "panels": []}
    server.call("POST", "/api/dashboards/db", {"dashboard": model, "folderUid": "ids-f"})
    project.write("")
    said = project.run("import", "grafana_dashboard", "/d/ids-w", "--write", "--dry-run")
    assert ("Nothing was written." in said, [*tmp_path.glob("dashboards*")]) == (True, [])
    project.run("import", "grafana_folder.mine", "Ids folder", "--write")
    project.run("import", "grafana_dashboard", "ids written", "--write")
    assert 'folder      = "${grafana_folder.mine.uid}"' in (tmp_path / "dashboards.toml").read_text()
    assert "[resource.grafana_dashboard.ids_written]" in (tmp_path / "dashboards.toml").read_text()
    project.run("plan", "--detailed-exitcode")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.toml")}
    for args, says in (
        (("grafana_dashboard", "ids-w"), "ids-w is managed already, by grafana_dashboard.ids_written"),
        (("grafana_folder.mine", "ids-w"), "grafana_folder.mine is declared already"),
        (("grafana_dashbord", "ids-w"), 'Did you mean "grafana_dashboard"?'),
        (("grafana_dashboard", "nothing"), 'There is no grafana_dashboard "nothing"'),
        (("module.m.grafana_dashboard.x", "ids-w"), "No block can be written for"),
        (("grafana_dashboard.x[0]", "ids-w"), "No block can be written for"),
    ):
        refused = hcl("import", *args, "--write")
        assert (refused.code, says in refused.err) == (1, True), refused.err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.toml")} == before
    project.destroy()


def test_blocks_are_generated_for_imports_without_one(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """To a new file; the plan is of them, and the state has them after the apply."""
    project = Project(hcl, server, tmp_path)
    server.call("POST", "/api/folders", {"uid": "ids-g", "title": "Ids generated"})
    server.call(
        "POST", "/api/dashboards/db", {"dashboard": {"uid": "ids-h", "title": "Ids here"}, "folderUid": "ids-g"}
    )
    imports = """[[import]]
to = "grafana_folder.made"
id = "Ids generated"
[[import]]
to = "grafana_dashboard.here"
id = "/d/ids-h"
"""
    project.write(imports.replace("Ids generated", "Ids nowhere"))
    for args, says in (
        (("--generate-config-out", "new.toml"), 'There is no grafana_folder "Ids nowhere"'),
        (("--generate-config-out", "main.toml"), "main.toml is there already"),
        (("--generate-config-out", "sub/new.toml"), "would be no file of the configuration"),
        ((), "grafana_folder.made is not declared"),
    ):
        refused = hcl("plan", *args)
        assert (refused.code, says in refused.err) == (1, True), refused.err
    assert not (tmp_path / "new.toml").exists()
    project.write(imports)
    project.run("plan", "--generate-config-out", "new.toml")
    text = (tmp_path / "new.toml").read_text()
    assert "[resource.grafana_folder.made]" in text
    assert "${grafana_folder.made.uid}" in text
    assert project.plan() == []
    project.apply()
    assert {one["address"] for one in project.state()["records"]} == {"grafana_folder.made", "grafana_dashboard.here"}
    project.destroy()
