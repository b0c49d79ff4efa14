"""The same configuration on every Grafana that was recorded, from its creation to its end."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from providers.embedded import Fault
from providers.embedded.faults import FaultKind
from tests.conftest import AfterTheLastLook, Hcl
from tests.whole.blocks import DASHBOARD, DATA_SOURCE, FOLDERS, IN_TEAM
from tests.whole.generations import EVERY, GENERATIONS, GenerationProject
from tests.whole.processes import served, start, wait_until_met

_PASSWORD = 'secure_json_data = { basicAuthPassword = "s3cr3t" }'
_SOURCE = f"""{DATA_SOURCE.rstrip()}
json_data = {{ httpMethod = "POST" }}
basic_auth_enabled = true
basic_auth_username = "u"
{_PASSWORD}
"""
_DASHBOARD = DASHBOARD.replace('"web"', '"web-1"')  # another word than the slug of its title
_SNAPSHOT = """
[resource.grafana_snapshot.then]
dashboard = '{"uid": "web-1", "title": "Web"}'
depends_on = ["grafana_dashboard.web"]
"""
_WEB = "grafana_dashboard.web"


def _main(generation: str) -> str:
    """What there can be on a generation."""
    if generation == "3":
        return _SOURCE + _DASHBOARD.replace(IN_TEAM, "") + _SNAPSHOT
    return _SOURCE + FOLDERS + _DASHBOARD + _SNAPSHOT


@pytest.fixture(params=GENERATIONS)
def project(
    request: pytest.FixtureRequest, hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> GenerationProject:
    """Everything that the generation can have, applied."""
    monkeypatch.setenv("HCL_LITE_FINGERPRINT_KEY", "k" * 32)
    made = GenerationProject(hcl, tmp_path, request.param)
    made.write(_main(request.param))
    made.apply()
    return made


@pytest.mark.parametrize("project", EVERY, indirect=True)
def test_everything_lives_and_goes(project: GenerationProject) -> None:
    """Applied, changed, renamed on the server and in the configuration, destroyed: the server is as before."""
    colleague = project.colleague
    assert colleague.inventory() == {
        "dashboards": ["Web"],
        "folders": ["Other", "Team"] if colleague.has_folders else [],
        "data sources": ["Prom"],
        "snapshots": ["Web"],
    }
    number = colleague.dashboard("Web")["dashboard"]["id"]
    project.replace('"title": "Web", "panels": []', '"title": "Site", "panels": [], "tags": ["x"]')
    assert project.plan() == [(_WEB, "update", ["dashboard.title", "dashboard.tags"])]
    project.apply()
    assert colleague.dashboard("Site")["dashboard"]["id"] == number
    project.replace(f"{_WEB}]", "grafana_dashboard.site]")
    project.replace(f'"{_WEB}"', '"grafana_dashboard.site"')
    assert project.plan() == []
    project.apply()
    project.destroy()
    assert colleague.inventory() == {"dashboards": [], "folders": [], "data sources": [], "snapshots": []}
    assert "s3cr3t" not in (project.root / "hcl-lite.state.json").read_text()


def test_a_dashboard_moves_to_another_folder(project: GenerationProject) -> None:
    """It keeps its number; a folder that is renamed keeps its dashboards."""
    if not project.colleague.has_folders:
        pytest.skip("there are no folders")
    number = project.colleague.dashboard("Web")["dashboard"]["id"]
    project.replace("grafana_folder.team.uid", "grafana_folder.other.uid")
    assert project.plan() == [(_WEB, "update", ["folder"])]
    project.apply()
    project.replace('title = "Other"', 'title = "Crew"')
    assert project.plan() == [("grafana_folder.other", "update", ["title"])]
    project.apply()
    live = project.colleague.dashboard("Web")
    assert live["dashboard"]["id"] == number
    place = live["meta"].get("folderUrl") or live["meta"]["folderUid"]
    assert "other" in place


def test_what_a_colleague_changes_is_shown_and_repaired(project: GenerationProject) -> None:
    """As exactly that, also where the title changes by which the server knows the dashboard."""
    colleague = project.colleague
    number = colleague.dashboard("Web")["dashboard"]["id"]
    colleague.edit("Web", tags=["mine"])
    assert project.plan() == [(_WEB, "update", ["dashboard.tags"])]
    shown = project.run("show", "p")
    assert re.search(r"changed outside of hcl-lite by admin, [\d-]+ [\d:]+ UTC, version \d → \d", shown)
    project.apply()
    colleague.edit("Web", title="Edited by a colleague")
    assert project.plan() == [(_WEB, "update", ["dashboard.title"])]
    project.apply()
    assert colleague.dashboard("Web")["dashboard"]["id"] == number
    colleague.edit_source("Prom", url="http://z:3")
    assert project.plan() == [("grafana_data_source.prom", "update", ["url"])]
    project.apply()
    assert colleague.data_source("Prom")["url"] == "http://x:1"


def test_what_a_colleague_deletes_is_made_again(project: GenerationProject) -> None:
    """Dashboard, data source and snapshot."""
    colleague = project.colleague
    colleague.delete("Web")
    colleague.server.call("DELETE", f"/api/datasources/{colleague.data_source('Prom')['id']}")
    (snapshot,) = colleague.snapshots()
    colleague.delete_snapshot(snapshot)
    addresses = ["grafana_data_source.prom", _WEB, "grafana_snapshot.then"]
    assert sorted(project.plan()) == sorted((address, "create", []) for address in addresses)
    project.apply()


def test_what_changed_since_the_plan_is_not_overwritten(
    project: GenerationProject, after_the_last_look: AfterTheLastLook
) -> None:
    """412, or our own look where the server does not care; both sides are shown, and the next plan knows."""
    project.replace('"panels": []', '"panels": [], "tags": ["ours"]')
    project.replace("http://x:1", "http://y:2")
    assert len(project.plan()) == 2

    def edit() -> None:
        project.colleague.edit("Web", tags=["theirs"])
        project.colleague.edit_source("Prom", url="http://z:3")

    after_the_last_look(edit)
    outcome = project.hcl("apply", "p")
    assert outcome.code == 1
    assert f"{_WEB} is not as the plan saw it" in outcome.err
    assert "grafana_data_source.prom is not as the plan saw it" in outcome.err
    assert project.colleague.dashboard("Web")["dashboard"]["tags"] == ["theirs"]
    assert project.colleague.data_source("Prom")["url"] == "http://z:3"
    project.apply()
    assert project.colleague.dashboard("Web")["dashboard"]["tags"] == ["ours"]


def test_what_is_left_to_others_stays_as_a_colleague_has_it(project: GenerationProject) -> None:
    """ignore_changes, in an apply that changes something else."""
    project.replace(
        '"panels": []}\'', '"panels": [], "tags": ["ours"]}\'\nlifecycle = { ignore_changes = ["refresh"] }'
    )
    project.plan()
    project.colleague.edit("Web", refresh="5m")
    project.apply()
    document = project.colleague.dashboard("Web")["dashboard"]
    assert (document["refresh"], document["tags"]) == ("5m", ["ours"])


def test_overwrite_passes_over_the_version(project: GenerationProject, after_the_last_look: AfterTheLastLook) -> None:
    """And over nothing else."""
    project.replace('"panels": []}\'', '"panels": [], "tags": ["ours"]}\'\noverwrite = true')
    project.plan()
    after_the_last_look(lambda: project.colleague.edit("Web", tags=["theirs"]))
    assert project.hcl("apply", "p").code == 0
    assert project.colleague.dashboard("Web")["dashboard"]["tags"] == ["ours"]


def test_a_dashboard_with_the_title_of_another_does_not_replace_it(project: GenerationProject) -> None:
    """412 name-exists up to 7, whatever `overwrite` says; 12 takes a second one."""
    project.colleague.make("By hand", folder="team" if project.colleague.has_folders else "")
    block = _DASHBOARD.replace(".web]", ".hand]").replace("web-1", "hand-1").replace('"Web"', '"By hand"')
    block = block.replace("[]}'", '[], "tags": ["ours"]}\'\noverwrite = true')
    project.write(project.text + (block if project.colleague.has_folders else block.replace(IN_TEAM, "")))
    outcome = project.hcl("apply", "--auto-approve")
    if project.generation == "12":
        assert outcome.code == 0, outcome.err
        return
    assert outcome.code == 1
    where = ' in folder "team"' if project.colleague.has_folders else ""
    assert f'grafana_dashboard with title "By hand"{where} exists already' in outcome.err
    assert project.colleague.dashboard("By hand")["dashboard"].get("tags") is None


def test_what_was_made_by_hand_is_imported(project: GenerationProject) -> None:
    """By uid, or by what the server knows it by; then it is ours, wherever a colleague moves it."""
    colleague = project.colleague
    made = {} if project.generation == "3" else {"uid": "by-hand"}
    colleague.make("By hand", tags=["x"], panels=[], **made)
    source = {"name": "hand", "type": "loki", "access": "proxy", "url": "http://l:1", "uid": "hand"}
    colleague.server.call("POST", "/api/datasources", source)
    project.write(
        project.text
        + "[resource.grafana_dashboard.hand]\n"
        + 'config_json = \'{"title": "By hand", "tags": ["x"], "panels": []}\'\n'
        + '[resource.grafana_data_source.hand]\nname = "hand"\ntype = "loki"\nurl = "http://l:1"\n'
    )
    for address, uid in (("grafana_dashboard.hand", "by-hand"), ("grafana_data_source.hand", "hand")):
        imported = project.hcl("import", address, uid)
        assert imported.code == 0, imported.err
    assert project.plan() == []
    before = (colleague.dashboard("By hand")["dashboard"]["id"], colleague.data_source("hand")["id"])
    colleague.edit("By hand", title="Renamed")
    colleague.edit_source("hand", name="renamed")
    assert project.plan() == [
        ("grafana_dashboard.hand", "update", ["dashboard.title"]),
        ("grafana_data_source.hand", "update", ["name"]),
    ]
    project.apply()
    assert (colleague.dashboard("By hand")["dashboard"]["id"], colleague.data_source("hand")["id"]) == before


def test_earlier_versions_are_listed_and_restored(project: GenerationProject) -> None:
    """By the dashboard's number up to 8, by its uid later; 3 is refused."""
    project.replace('"title": "Web"', '"title": "Web two"')
    project.apply()
    if project.generation == "3":
        refused = project.hcl("dashboard", "versions", "web-1")
        assert "The history of a dashboard needs Grafana ≥ 5; this is 3.2.1" in refused.err
        return
    before = json.loads(project.hcl("dashboard", "versions", "web-1", "--json").out)
    assert [one["version"] for one in before] == [2, 1]
    restored = project.hcl("dashboard", "restore", "web-1", "--version", "1")
    assert restored.out == "web-1 is as it was in version 1; this is version 3.\n", restored.err
    newest = json.loads(project.hcl("dashboard", "versions", "web-1", "--json").out)[0]
    assert (newest["version"], newest["restored_from"], newest["created_by"]) == (3, 1, "admin")
    assert project.colleague.dashboard("Web")["dashboard"]["version"] == 3
    assert project.plan() == [(_WEB, "update", ["dashboard.title"])]


def test_a_data_source_keeps_its_number_and_its_secrets(project: GenerationProject) -> None:
    """Through another name, another url and another password."""
    before = project.colleague.data_source("Prom")
    project.replace('name = "Prom"', 'name = "Prom two"')
    project.replace("http://x:1", "http://y:2")
    assert project.plan() == [("grafana_data_source.prom", "update", ["name", "url"])]
    project.apply()
    project.replace("s3cr3t", "an0ther")
    assert project.plan() == [("grafana_data_source.prom", "update", [])]
    project.apply()
    records = {one["address"]: one["version"] for one in project.state()["records"]}
    kept = records["grafana_data_source.prom"]["version"]
    assert isinstance(kept, int) or kept.startswith("hmac$")  # a digest would let anybody try out what is in a URL
    after = project.colleague.data_source("Prom two")
    assert (after["id"], after["url"]) == (before["id"], "http://y:2")
    if project.generation == "3":
        assert after["basicAuthPassword"] == "an0ther"
    else:
        assert after["secureJsonFields"] == {"basicAuthPassword": True}


def test_the_name_of_another_data_source_is_not_to_be_had(project: GenerationProject) -> None:
    """Neither for a new one nor by a change: planning again would not help, and is not what is said."""
    project.colleague.server.call(
        "POST", "/api/datasources", {"name": "Theirs", "uid": "theirs", "type": "loki", "access": "proxy"}
    )
    said = 'grafana_data_source with name "Theirs" exists already, and is not in the state'
    text = project.text
    project.write(text + '[resource.grafana_data_source.new]\nname = "Theirs"\ntype = "loki"\n')
    created = project.hcl("apply", "--auto-approve")
    project.write(text.replace('name = "Prom"', 'name = "Theirs"'))
    changed = project.hcl("apply", "--auto-approve")
    for outcome in (created, changed):
        assert (outcome.code, said in outcome.err, "Plan again" in outcome.err) == (1, True, False), outcome.err


def test_what_a_server_keeps_when_it_is_left_out_is_said_in_the_plan(project: GenerationProject) -> None:
    """Nothing takes away a url: there would always be something left to do."""
    project.replace('url = "http://x:1"\n', "")
    outcome = project.hcl("plan")
    assert outcome.code == 1
    assert "keeps url when nothing is sent for it" in outcome.err
    assert project.plan("--replace", "grafana_data_source.prom")[0][1] == "replace"
    project.write(_main(project.generation).replace(_PASSWORD, ""))
    outcome = project.hcl("plan")
    assert ("keeps basicAuthPassword when nothing is sent for it" in outcome.err) == (project.generation == "3")
    assert outcome.code == (project.generation == "3")


def test_another_uid_is_another_dashboard(project: GenerationProject) -> None:
    """Up to 7 the old one has to go first, since both have the title."""
    first = "" if project.generation == "12" else "lifecycle = { create_before_destroy = false }\n"
    project.replace('config_json = \'{"uid": "web-1"', first + 'config_json = \'{"uid": "web-2"')
    assert (_WEB, "replace", []) in project.plan()
    project.apply()
    assert project.colleague.inventory()["dashboards"] == ["Web"]


def test_what_has_the_name_of_what_is_gone_is_not_taken_for_it(hcl: Hcl, tmp_path: Path) -> None:
    """A colleague deletes ours, and makes another whose slug is the uid that ours had: 3 cannot tell by the uid."""
    project = GenerationProject(hcl, tmp_path, "3")
    project.write('[resource.grafana_dashboard.x]\nconfig = { uid = "theirs", title = "Ours" }\n')
    project.apply()
    project.colleague.delete("Ours")
    project.colleague.make("Theirs", tags=["theirs"])
    assert project.plan() == [("grafana_dashboard.x", "create", [])]
    project.apply()
    assert project.colleague.inventory()["dashboards"] == ["Ours", "Theirs"]
    assert project.colleague.dashboard("Theirs")["dashboard"]["tags"] == ["theirs"]


def test_a_folder_with_something_in_it_is_not_deleted(project: GenerationProject) -> None:
    """What nobody manages would go with it."""
    if not project.colleague.has_folders:
        pytest.skip("there are no folders")
    project.colleague.make("By hand", folder="other")
    outcome = project.hcl("destroy", "--auto-approve")
    assert outcome.code == 1
    assert 'dashboard "By hand"' in outcome.err
    assert project.colleague.inventory()["dashboards"] == ["By hand"]


def test_a_snapshot_that_changes_is_made_anew(project: GenerationProject) -> None:
    """By the key that the block has, or that the server chose; nothing is left over, and nothing pending."""
    project.replace('"title": "Web"}\'\ndepends', '"title": "Web", "tags": ["x"]}\'\ndepends')
    assert project.plan() == [("grafana_snapshot.then", "replace", [])]
    project.apply()
    (after,) = project.colleague.snapshots()
    assert project.state()["pending"] == []
    kept = {record["address"]: record["uid"] for record in project.state()["records"]}
    assert kept["grafana_snapshot.then"] == after["key"]


# --- runs that end early ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("kind", ["drop", "drop-after"])
def test_a_lost_answer_leads_to_one_object_not_two(hcl: Hcl, tmp_path: Path, generation: str, kind: FaultKind) -> None:
    """Also of snapshots whose key the server chooses. One probe is enough for a run."""
    with served(tmp_path / "served.db", generation) as (server, app):
        project = GenerationProject(hcl, tmp_path, generation, server)
        project.write(_main(generation))
        for path in ("/api/dashboards/db", "/api/folders$", "/api/datasources$", "/api/snapshots$"):
            app.faults.add(Fault("POST", path, kind))
        outcome = hcl("apply", "--auto-approve")
        assert outcome.code == 0, outcome.err
        probes = [path for _, path, _ in app.access_log if path in ("/api/frontend/settings", "/api/health")]
        assert probes == ["/api/frontend/settings"] * 2  # of the plan, and of the apply
        project.apply()
        assert project.colleague.inventory() == {
            "dashboards": ["Web"],
            "folders": ["Other", "Team"] if project.colleague.has_folders else [],
            "data sources": ["Prom"],
            "snapshots": ["Web"],
        }
        assert project.state()["pending"] == []


_KILLED = GENERATIONS if os.environ.get("HCL_LITE_TEST_KILLS") else (GENERATIONS[0], GENERATIONS[-1])


@pytest.mark.parametrize("generation", _KILLED)
def test_what_a_killed_run_has_made_is_found_again(hcl: Hcl, tmp_path: Path, generation: str) -> None:
    """kill -9 after the server has made the snapshot, and before we know: none is there twice, none is left."""
    with served(tmp_path / "served.db", generation) as (server, app):
        project = GenerationProject(hcl, tmp_path, generation, server)
        project.write(_main(generation).replace(_PASSWORD, ""))  # of which nobody could say whether it was set
        app.faults.add(Fault("POST", "/api/snapshots$", "drop-after"))
        app.faults.add(Fault("GET", "/snapshots", "hang", seconds=20))
        process = start(tmp_path, "apply", "--auto-approve")
        wait_until_met(process, app.faults)
        process.kill()
        process.communicate()
        assert len(project.colleague.snapshots()) == 1
        assert project.plan() == []
        project.apply()
        assert len(project.colleague.snapshots()) == 1
        assert project.state()["pending"] == []
        project.destroy()
        assert project.colleague.inventory() == {"dashboards": [], "folders": [], "data sources": [], "snapshots": []}


# --- what there cannot be ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("generation", "block", "says", "place"),
    [
        ("3", 'grafana_folder.x]\ntitle = "X"', "A folder needs Grafana ≥ 5; this is 3.2.1", "4:"),
        ("3", "grafana_dashboard.x]\nfolder = 'f'\nconfig_json = '{\"title\": \"X\"}'", "≥ 5; this is 3.2.1", "5:1"),
        ("3", 'grafana_dashboard.x]\nconfig_json = \'{"title": "!"}\'', "≥ 5; this is 3.2.1", "5:1"),
        (
            "3",
            'grafana_data_source.x]\ntype = "x"\nname = "X"\nsecure_json_data = { token = "t" }',
            'The secret "token" of a data source needs Grafana ≥ 5; this is 3.2.1',
            "7:1",
        ),
        (
            "3",
            'grafana_data_source.x]\ntype = "x"\nname = "X"\nhttp_headers = { A = "t" }',
            "≥ 5; this is 3.2.1",
            "7:1",
        ),
        ("5", 'grafana_snapshot.x]\ndashboard = \'{"title": "X"}\'\nkey = "k"', "≥ 7; this is 5.4.3", "6:1"),
        ("3", 'grafana_snapshot.x]\ndashboard = \'{"title": "X"}\'\ndelete_key = "k"', "≥ 7; this is 3.2.1", "6:1"),
        ("5", 'grafana_snapshot.x]\ndashboard = \'{"title": "X"}\'\nexternal = true', "≥ 7; this is 5.4.3", "6:1"),
        ("7", 'grafana_snapshot.x]\ndashboard = \'{"title": "X"}\'\nfill = true', "≥ 8; this is 7.5.5", "6:1"),
        (
            "7",
            'grafana_folder.x]\ntitle = "X"\nparent_folder_uid = "y"',
            "A folder in a folder needs Grafana ≥ 11; this is 7.5.5",
            "6:1",
        ),
        (
            "7",
            'grafana_dashboard.x]\nconfig_json = \'{"title": "X", "elements": {}, "layout": {}}\'',
            "A dashboard in the form v2beta1 needs Grafana ≥ 12; this is 7.5.5",
            "5:1",
        ),
        (
            "7",
            "grafana_dashboard.x]\nconfig = { title = 'X', elements = {}, layout = {} }",
            "≥ 12; this is 7.5.5",
            "5:1",
        ),
    ],
)
def test_what_a_server_cannot_have_is_refused_in_the_plan(
    hcl: Hcl, tmp_path: Path, generation: str, block: str, says: str, place: str
) -> None:
    """With the least version, what is there, and the place of the argument, or else of the block."""
    project = GenerationProject(hcl, tmp_path, generation)
    project.write(f"[resource.{block}\n")
    outcome = hcl("plan")
    assert outcome.code == 1
    assert says in outcome.err
    assert f"main.toml:{place}" in outcome.err


# --- lookups ----------------------------------------------------------------------------------------------------------

_LOOKUPS = [
    ('grafana_data_source.a]\nname = "Prom"', "url", "http://x:1"),
    ('grafana_data_source.b]\nname = "Prom"', "uid", "prom"),
    ('grafana_data_source.c]\nuid = "prom"', "name", "Prom"),
    ("grafana_data_sources.d]", "data_sources[0].uid", "prom"),
    ('grafana_data_source_id.e]\nname = "Prom"', "id", 1),
    ('grafana_dashboard.f]\nuid = "web-1"', "title", "Web"),
    ("grafana_dashboard_tags.g]", "terms", []),
    ("grafana_home_dashboard.h]", "redirect_uri", ""),
    ("grafana_organization_preferences.h]", "theme", ""),
    ("grafana_snapshots.i]", "snapshots[0].name", "Web"),
]
_OF_SLUGS = [('grafana_dashboard.k]\nslug = "web"', "uid", "web-1")]
_OF_FOLDERS = [
    ('grafana_folder.l]\ntitle = "Team"', "uid", "team"),
    ('grafana_folder.m]\nuid = "team"', "title", "Team"),
    ("grafana_folders.o]", "folders[1].uid", "team"),
    ('grafana_dashboards.p]\nquery = "Web"', "dashboards[0].uid", "web-1"),
]
_OF_PEOPLE = [
    ("grafana_users.q]", "users[0].login", "admin"),
    ("grafana_user.q]\nuser_id = 1", "login", "admin"),
    ("grafana_organizations.q]", "organizations[0].name", "Main Org."),
    ('grafana_organization.q]\nname = "Main Org."', "org_id", 1),
    ('grafana_organization_user.q]\nlogin = "admin"', "role", "Admin"),
    ("grafana_teams.q]", "teams", []),
    ("grafana_service_accounts.q]", "service_accounts", []),
    ("grafana_library_panels.q]", "panels", []),
    ("grafana_rule_groups.q]", "rule_groups", []),
    ("grafana_contact_points.q]", "contact_points | map(attribute='type') | list", ["email"]),
]
_OF_EACH = {
    "3": [*_LOOKUPS, *_OF_SLUGS, ("grafana_server.n]", "version", "3.2.1")],
    "5": [*_LOOKUPS, *_OF_SLUGS, *_OF_FOLDERS, ("grafana_server.n]", "version", "5.4.3")],
    "7": [*_LOOKUPS, *_OF_SLUGS, *_OF_FOLDERS, ("grafana_server.n]", "version", "7.5.5")],
    "10": [*_LOOKUPS, *_OF_FOLDERS, *_OF_PEOPLE, ("grafana_server.n]", "version", "10.1.2")],
    "11": [*_LOOKUPS, *_OF_FOLDERS, *_OF_PEOPLE, ("grafana_server.n]", "version", "11.0.0")],
    "12": [*_LOOKUPS[:4], *_LOOKUPS[5:], *_OF_FOLDERS, *_OF_PEOPLE[:-1], ("grafana_server.n]", "version", "12.4.0")],
}


def test_lookups_find_what_is_there(project: GenerationProject) -> None:
    """All that the generation has, with the uids that we gave."""
    blocks = []
    for number, (block, attribute, _) in enumerate(_OF_EACH[project.generation]):
        address = block.partition("]")[0]
        blocks.append(f'[data.{block}\n[output.o{number}]\nvalue = "${{data.{address}.{attribute}}}"\n')
    project.write(project.text + "".join(blocks))
    project.apply()
    found = json.loads(project.hcl("output", "--json").out)
    assert [found[f"o{number}"] for number in range(len(found))] == [
        value for *_, value in _OF_EACH[project.generation]
    ]


@pytest.mark.parametrize(
    ("generation", "block", "says"),
    [
        ("3", 'grafana_folder.x]\nuid = "f"', "A folder needs Grafana ≥ 5; this is 3.2.1"),
        (
            "3",
            'grafana_dashboard_versions.x]\nuid = "d"',
            "The history of a dashboard needs Grafana ≥ 5; this is 3.2.1",
        ),
        ("3", "grafana_dashboards.x]", "A search for dashboards by uid needs Grafana ≥ 5; this is 3.2.1"),
        ("7", "grafana_teams.x]", "A list of teams needs Grafana ≥ 9; this is 7.5.5"),
        ("3", 'grafana_query.x]\ndata_source = "d"\nexpr = "up"', "A query needs Grafana ≥ 5; this is 3.2.1"),
        ("12", 'grafana_dashboard.x]\nslug = "d"', "Grafana 12.4.0 knows dashboards by uid"),
    ],
)
def test_a_lookup_that_a_server_cannot_answer_is_refused(
    hcl: Hcl, tmp_path: Path, generation: str, block: str, says: str
) -> None:
    """With the place."""
    project = GenerationProject(hcl, tmp_path, generation)
    project.write(f"[data.{block}\n")
    outcome = hcl("plan")
    assert outcome.code == 1
    assert says in outcome.err
    assert "main.toml:" in outcome.err


# --- people, alerting and content on 10 and 11 ------------------------------------------------------------------------

_TEAM_AND_RULES = """
[resource.grafana_folder.rules]
uid = "rules"
title = "Rules"

[resource.grafana_team.crew]
name = "Crew"
members = ["anna@example.org"]

[resource.grafana_dashboard.board]
config = { uid = "board", title = "Board" }

[resource.grafana_annotation.note]
text = "Note"
dashboard_uid = "${grafana_dashboard.board.uid}"

[resource.grafana_rule_group.group]
name = "Group"
folder_uid = "${grafana_folder.rules.uid}"
interval_seconds = 120
rule = [
    { name = "Up", uid = "up", condition = "A", data = [{ ref_id = "A", datasource_uid = "__expr__", model = {} }] },
    { name = "Down", condition = "A", data = [{ ref_id = "A", datasource_uid = "__expr__", model = {} }] },
]
"""


@pytest.mark.parametrize("generation", EVERY[3:] if os.environ.get("HCL_LITE_TEST_GENERATIONS") else ["10"])
def test_what_takes_several_calls_before_12_is_done_all_the_same(hcl: Hcl, tmp_path: Path, generation: str) -> None:
    """Members of a team come and go one by one; a rule of a new uid is made by itself, and its group deleted rule by
    rule; the dashboard of an annotation is told by a list alone."""
    project = GenerationProject(hcl, tmp_path, generation)
    server = project.server
    for login in ("anna", "ben"):
        user = {"login": login, "email": f"{login}@example.org", "password": "s3cr3t-enough"}
        server.call("POST", "/api/admin/users", user)
    project.write(_TEAM_AND_RULES)
    project.apply()
    assert project.plan() == []
    group = "/api/v1/provisioning/folder/rules/rule-groups/Group"
    assert [rule["title"] for rule in server.call("GET", group)["rules"]] == ["Up", "Down"]
    project.replace("anna@example.org", "ben@example.org")
    project.replace('uid = "up"', 'uid = "up-again"')
    changes = {address: (action, paths) for address, action, paths in project.plan()}
    assert changes == {
        "grafana_team.crew": ("update", ["members[0]"]),
        "grafana_rule_group.group": ("update", ['rule["Up"].uid']),
    }
    project.apply()
    assert project.plan() == []
    number = server.call("GET", "/api/teams/search")["teams"][0]["id"]
    assert [one["login"] for one in server.call("GET", f"/api/teams/{number}/members")] == ["ben"]
    there = server.call("GET", group)
    assert (there["interval"], [rule["title"] for rule in there["rules"]]) == (120, ["Up", "Down"])
    project.destroy()
    assert server.call("GET", "/api/v1/provisioning/alert-rules") == []
