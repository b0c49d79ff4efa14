"""import --all: a Grafana that people have filled becomes a configuration that its plan has nothing to do for."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.operations.bulk_import.staging import Staging
from providers.registry import PROVIDER_TYPES
from tests.conftest import Hcl, Server
from tests.whole.populated import BOARDS, SECRET_SOURCE, SOURCES, Json, Populated
from tests.whole.processes import served
from tests.whole.project import plan_changes
from tests.whole.real_data import form_of, loading

_NOT_OURS = ("--exclude", "grafana-default-email", "--exclude", "email receiver")


def _import(hcl: Hcl, *options: str) -> str:
    outcome = hcl("import", "--all", *_NOT_OURS, *options)
    assert outcome.code == 0, outcome.out + outcome.err
    return outcome.out


def _start(server: Server, root: Path) -> None:
    (root / "main.toml").write_text(server.provider)


def _files(root: Path) -> dict[str, str]:
    """All files of the configuration."""
    paths = [path for path in root.rglob("*") if path.suffix in (".toml", ".json")]
    named = {str(path.relative_to(root)): path for path in paths}
    return {
        name: path.read_bytes().decode()
        for name, path in named.items()
        if not name.startswith((".hcl-lite", "hcl-lite."))
    }


@contextmanager
def _filled(populated: Populated) -> Iterator[None]:
    """The server with all of it, and as it was before afterwards."""
    before = populated.server.inventory()
    populated.fill()
    try:
        yield
    finally:
        if populated.server.inventory() != before:
            populated.empty()


def _lives(hcl: Hcl, populated: Populated, root: Path) -> None:
    """Taken over, planned empty, deleted on the server, applied: all as it was."""
    server = populated.server
    with _filled(populated):
        told = populated.told()
        _start(server, root)
        printed = _import(hcl)
        assert "No changes. Grafana is as the configuration says." in printed, printed
        assert populated.told() == told, "an import changes nothing"
        assert plan_changes(hcl) == []
        written = [name for name in _files(root) if name.endswith(".toml") and name != "main.toml"]
        assert hcl("fmt", "--check", *written).code == 0
        populated.empty()
        applied = hcl("apply", "--auto-approve")
        assert applied.code == 0, applied.err
        assert populated.told() == told
        assert plan_changes(hcl) == []
        destroyed = hcl("destroy", "--auto-approve")
        assert destroyed.code == 0, destroyed.err


def test_what_is_taken_over_is_made_again_as_it_was(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Folders of three levels, dashboards of both forms, data sources that name each other, a team, permissions, a
    playlist, contact points, rules with all that they lead to, a library panel: equal key by key but for what the
    server numbers."""
    _lives(hcl, Populated(server, BOARDS, SOURCES, is_whole=True), tmp_path)
    assert (
        (tmp_path / "notification_policies.toml").read_text()
        == """\
[resource.grafana_notification_policy.policy]
contact_point = "${grafana_contact_point.ops_mail.name}"
group_by      = ["grafana_folder", "alertname"]

[[resource.grafana_notification_policy.policy.policy]]
contact_point = "${grafana_contact_point.ops_mail.name}"
continue      = true
mute_timings  = ["${grafana_mute_timing.hl_nights.name}"]

[[resource.grafana_notification_policy.policy.policy.matcher]]
label = "team"
match = "="
value = "a"
"""
    )
    assert sorted(_files(tmp_path)) == [
        "contact_points.toml",
        "dashboard_permissions.toml",
        "dashboards.toml",
        "dashboards/team-0/nodes.json",
        "dashboards/team-0/services/offentlich-0/overview.json",
        "dashboards/team-0/services/overview.json",
        "dashboards/team-1/4-golden-signals.json",
        "dashboards/team-1/services/new-form.json",
        "data_sources.toml",
        "folder_permissions.toml",
        "folders.toml",
        "library_panels.toml",
        "library_panels/team-0/services/shared.json",
        "main.toml",
        "message_templates.toml",
        "mute_timings.toml",
        "notification_policies.toml",
        "playlists.toml",
        "rule_groups.toml",
        "teams.toml",
    ]


def _board(path: Path, index: int) -> Json:
    """A file as the body of a POST, under a uid and a title of its own."""
    document, form = json.loads(path.read_text()), form_of(path)
    uid = f"hl-{index}"
    if not form:
        rest = {key: value for key, value in document.items() if key != "id"}
        return {**rest, "uid": uid, "title": f"{document['title']} {index}"}
    spec = document.get("spec", document)
    resource = {"apiVersion": f"dashboard.grafana.app/{form}", "kind": "Dashboard", "metadata": {"name": uid}}
    return {**resource, "spec": {**spec, "title": f"{spec['title']} {index}"}}


def test_all_real_dashboards_and_data_sources_are_taken_over(
    hcl: Hcl, server: Server, shared: Path, tmp_path: Path
) -> None:
    """In 21 folders of three levels: each seventh, or with HCL_LITE_TEST_TAKEOVER=1 all of them."""
    step = 1 if os.environ.get("HCL_LITE_TEST_TAKEOVER") else 7
    boards = [_board(path, index) for index, path in enumerate([*loading(shared)][::step])]
    payloads: Sequence[Json] = json.loads((shared / "data" / "datasources.json").read_text())
    numbered = [*enumerate(payloads)][:: min(step, 4)]
    sources = [{**payload, "secureJsonData": {}, "uid": f"hl-{index}"} for index, payload in numbered]
    _lives(hcl, Populated(server, boards, sources, tops=7), tmp_path)


def _text(root: Path) -> str:
    return "\n".join(_files(root).values())


def test_blocks_are_what_a_person_would_write(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """References in place of uids, teams by reference also in permissions; what is a default is left out."""
    populated = Populated(server, BOARDS[:1], SOURCES[:2], tops=1)
    populated.fill()
    _start(server, tmp_path)
    _import(hcl)
    files = _files(tmp_path)
    assert (
        files["folders.toml"]
        == """\
[resource.grafana_folder.team_0]
uid   = "hl-0"
title = "Team 0"

[resource.grafana_folder.services]
uid               = "hl-0-a"
title             = "Services"
parent_folder_uid = "${grafana_folder.team_0.uid}"

[resource.grafana_folder.offentlich_0]
uid               = "hl-0-a-x"
title             = "Öffentlich / 0"
parent_folder_uid = "${grafana_folder.services.uid}"
"""
    )
    assert (
        files["dashboards.toml"]
        == """\
[resource.grafana_dashboard.nodes]
config_json = '${file("dashboards/team-0/nodes.json")}'
folder      = "${grafana_folder.team_0.uid}"
"""
    )
    assert (
        files["folder_permissions.toml"]
        == """\
[resource.grafana_folder_permission.team_0]
folder_uid  = "${grafana_folder.team_0.uid}"
permissions = "${{ 'Viewer': 'View', 'team:' ~ grafana_team.on_call.team_id: 'Edit' }}"
"""
    )
    assert (
        files["playlists.toml"]
        == """\
[resource.grafana_playlist.lobby]
name     = "Lobby"
interval = "5m"

[[resource.grafana_playlist.lobby.item]]
type  = "dashboard_by_uid"
value = "${grafana_dashboard.nodes.uid}"

[[resource.grafana_playlist.lobby.item]]
type  = "dashboard_by_tag"
value = "tv"
"""
    )
    assert 'datasourceUid = "${grafana_data_source.tempo.uid}"' in files["data_sources.toml"]
    assert 'datasourceUid = "hl-prom"' in files["data_sources.toml"], "a reference back would close a circle"
    assert json.loads(files["dashboards/team-0/nodes.json"]) == BOARDS[0]
    assert hcl("destroy", "--auto-approve").code == 0


def test_a_second_run_adds_only_what_is_new(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """What is in the files stays byte by byte, what people have put there as well; names are those of the first run."""
    populated = Populated(embedded, BOARDS[:2], SOURCES[:1], tops=1)
    populated.fill()
    _start(embedded, tmp_path)
    (tmp_path / "folders.toml").write_text("# Ours, and no line end at its end: \r\n[locals]\r\na   = 1")
    _import(hcl)
    before = _files(tmp_path)
    assert "0 objects taken over" in _import(hcl)
    assert _files(tmp_path) == before
    embedded.call("POST", "/api/folders", {"uid": "late", "title": "Team 0", "parentUid": "hl-0"})
    embedded.call("POST", "/api/dashboards/db", {"dashboard": {"uid": "late", "title": "Nodes"}, "folderUid": "hl-0"})
    printed = _import(hcl)
    assert "2 objects taken over: 1 grafana_folder, 1 grafana_dashboard." in printed
    assert "No changes." in printed
    after = _files(tmp_path)
    added = {name: text.removeprefix(before.get(name, "")) for name, text in after.items()}
    assert all(after[name].startswith(text) for name, text in before.items())
    assert {name: text for name, text in added.items() if name.endswith(".toml") and text} == {
        "folders.toml": '\r\n[resource.grafana_folder.team_0_team_0]\r\nuid               = "late"\r\n'
        'title             = "Team 0"\r\nparent_folder_uid = "${grafana_folder.team_0.uid}"\r\n',
        "dashboards.toml": "\n[resource.grafana_dashboard.team_0_nodes]\n"
        "config_json = '${file(\"dashboards/team-0/nodes-late.json\")}'\n"
        'folder      = "${grafana_folder.team_0.uid}"\n',
    }


def test_many_dashboards_are_read_in_the_pages_of_a_list(hcl: Hcl, tmp_path: Path) -> None:
    """Each in the form in which it is stored, by a list for each form; those few in another one by themselves."""
    specs: dict[str, Json] = {
        "v1beta1": {"title": "T", "panels": [], "schemaVersion": 42},
        "v2beta1": {"title": "T", "elements": {}, "layout": {"kind": "GridLayout", "spec": {"items": []}}},
    }
    with served(tmp_path / "served.db", page_bytes=600) as (server, app):
        for number in range(25):
            server.call("POST", "/api/dashboards/db", {"dashboard": {"uid": f"c{number}", "title": f"C {number}"}})
        for form, count in (("v1beta1", 25), ("v2beta1", 2)):
            for number in range(count):
                path = f"/apis/dashboard.grafana.app/{form}/namespaces/default/dashboards"
                name, title = f"{form}-{number}", f"{form} {number}"
                api = f"dashboard.grafana.app/{form}"
                body = {"apiVersion": api, "kind": "Dashboard", "metadata": {"name": name}}
                server.call("POST", path, {**body, "spec": {**specs[form], "title": title}})
        _start(server, tmp_path)
        app.access_log.clear()
        assert "No changes." in _import(hcl)
        singly = re.compile(r".*/(v\w+)/namespaces/default/dashboards/(\w+).*")
        read = Counter(found.groups() for _, path, _ in app.access_log if (found := singly.fullmatch(path)))
        classic = [path for _, path, _ in app.access_log if re.fullmatch(r"/api/dashboards/uid/c\d+", path)]
    assert read == {
        ("v0alpha1", "v2beta1"): 2,  # which tells the form
        ("v2beta1", "v2beta1"): 2,
        ("v1beta1", "v1beta1"): 25,  # by the plan
    }
    assert len(classic) <= 1  # of all that one account has made
    written = {path.stem: json.loads(path.read_text()) for path in (tmp_path / "dashboards").rglob("*.json")}
    forms = Counter(one.get("apiVersion", "").rpartition("/")[2] for one in written.values())
    assert forms == {"": 25, "v1beta1": 25, "v2beta1": 2}


def test_dashboards_of_a_folder_are_the_files_of_a_directory(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """One block for all of them, which a second run, in whatever style, gives more files; state addresses have their
    names."""
    populated = Populated(server, [*BOARDS[:4], {**BOARDS[0], "uid": "hl-9", "title": "Nodes"}], SOURCES[:2], tops=1)
    with _filled(populated):
        told = populated.told()
        _start(server, tmp_path)
        assert "No changes." in _import(hcl, "--style", "fileset", "--reference-data-sources")
        files = _files(tmp_path)
        assert (
            files["dashboards.toml"]
            == """\
[resource.grafana_dashboard.team_0]
for_each     = '${fileset("dashboards/team-0", "*.json")}'
config_json  = '${file("dashboards/team-0/" ~ each.key)}'
data_sources = { hl-prom = "${grafana_data_source.prometheus.uid}" }
folder       = "${grafana_folder.team_0.uid}"

[resource.grafana_dashboard.services]
for_each     = '${fileset("dashboards/team-0/services", "*.json")}'
config_json  = '${file("dashboards/team-0/services/" ~ each.key)}'
data_sources = { hl-prom = "${grafana_data_source.prometheus.uid}" }
folder       = "${grafana_folder.services.uid}"

[resource.grafana_dashboard.offentlich_0]
for_each    = '${fileset("dashboards/team-0/services/offentlich-0", "*.json")}'
config_json = '${file("dashboards/team-0/services/offentlich-0/" ~ each.key)}'
folder      = "${grafana_folder.offentlich_0.uid}"
"""
        )
        assert 'grafana_dashboard.team_0["nodes.json"].uid' in files["playlists.toml"]
        late = {"dashboard": {"uid": "hl-late", "title": "Nodes"}, "folderUid": "hl-0"}
        server.call("POST", "/api/dashboards/db", late)
        printed = _import(hcl)
        assert "1 object taken over: 1 grafana_dashboard." in printed
        assert "No changes." in printed
        after = _files(tmp_path)
        assert {name for name in after if after[name] != files.get(name)} == {"dashboards/team-0/nodes-hl-late.json"}
        server.call("DELETE", "/api/dashboards/uid/hl-late")
        (tmp_path / "dashboards/team-0/nodes-hl-late.json").unlink()
        populated.empty()
        assert hcl("apply", "--auto-approve").code == 0
        assert populated.told() == told
        assert plan_changes(hcl) == []
        assert hcl("destroy", "--auto-approve").code == 0


def test_what_has_changed_since_is_brought_where_the_user_has_not_changed_it(
    hcl: Hcl, server: Server, tmp_path: Path
) -> None:
    """Files and blocks as they were written get what is there now; what people have changed is left to them, named."""
    boards = [*BOARDS[:4], {**BOARDS[1], "uid": "hl-5", "title": "Written anew"}]
    populated = Populated(server, boards, SOURCES[:2], tops=1)
    with _filled(populated):
        _start(server, tmp_path)
        _import(hcl)
        tidy = tmp_path / "dashboards/team-0/services/written-anew.json"
        tidy.write_text(json.dumps(json.loads(tidy.read_text())))
        assert hcl("apply", "--auto-approve").code == 0
        (tmp_path / "data_sources.toml").write_text((tmp_path / "data_sources.toml").read_text() + "# ours\n")
        files = _files(tmp_path)
        for index, board in enumerate(boards):
            changed = {**board, "tags": ["changed"], "title": f"{board['title']} now"}
            folder = populated.folders[(index + (index == 1)) % 3][0]
            server.call("POST", "/api/dashboards/db", {"dashboard": changed, "folderUid": folder, "overwrite": True})
        source = server.call("GET", "/api/datasources/uid/hl-prom")
        settings = {**source["jsonData"], "timeInterval": "30s", "manageAlerts": False}
        server.call("PUT", "/api/datasources/uid/hl-prom", {**source, "url": "http://other:9090", "jsonData": settings})
        mine = tmp_path / "dashboards/team-0/4-golden-signals.json"
        mine.write_text(mine.read_text().replace('"30s"', '"1m"'))
        printed = _import(hcl, "--update")
        assert "grafana_data_source.prometheus" in printed.partition("Changed on the server")[2].splitlines()[0], (
            printed
        )
        assert printed.count("hcl-lite pull") == 2
        assert (
            "has been changed here too; take it over with: hcl-lite pull:\n    grafana_dashboard.dashboard_4" in printed
        )
        assert "written-anew.json is not as this command writes it" in printed
        after = _files(tmp_path)
        assert {name for name in files if after[name] != files[name]} == {
            *("dashboards/team-0/nodes.json", "dashboards/team-0/services/overview.json", "dashboards.toml"),
            *("dashboards/team-0/services/offentlich-0/overview.json", "dashboards/team-0/4-golden-signals.json"),
            "data_sources.toml",
        }
        assert '"title": "Nodes now"' in after["dashboards/team-0/nodes.json"]
        assert 'overview.json")}\'\nfolder      = "${grafana_folder.offentlich_0.uid}"' in after["dashboards.toml"], (
            after["dashboards.toml"]
        )
        assert 'url                 = "http://other:9090"' in after["data_sources.toml"]
        assert 'timeInterval = "30s"' in after["data_sources.toml"]
        assert after["data_sources.toml"].endswith("# ours\n")
        left = {change["address"] for change in plan_changes(hcl)}
        assert left == {"grafana_dashboard.dashboard_4_golden_signals", "grafana_dashboard.written_anew"}
        assert hcl("destroy", "--auto-approve").code == 0


def test_a_layout_of_the_users_own(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """For the files of dashboards and for those of blocks."""
    Populated(embedded, BOARDS[:2], SOURCES[:1], tops=1).fill()
    _start(embedded, tmp_path)
    printed = _import(hcl, "--layout", "{folder}/{slug}.{uid}.json", "--layout", "grafana.toml")
    assert "No changes." in printed
    assert sorted(_files(tmp_path)) == [
        *("grafana.toml", "main.toml", "team-0/nodes.hl-nodes.json", "team-0/services/overview.hl-1.json")
    ]


def test_the_map_of_data_sources_makes_a_file_fit_another_grafana(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """The uid in the JSON stays that of the server it comes from; the block waits for what it is here."""
    (tmp_path / "d.json").write_text(json.dumps(BOARDS[0]))
    (tmp_path / "main.toml").write_text(
        embedded.provider
        + """
[resource.grafana_dashboard.nodes]
config_json  = '${file("d.json")}'
data_sources = { hl-prom = "${grafana_data_source.own.uid}", unused = "x" }
[resource.grafana_data_source.own]
name = "Own"
type = "prometheus"
"""
    )
    assert hcl("apply", "--auto-approve").code == 0
    assert plan_changes(hcl) == []
    uid = embedded.call("GET", "/api/datasources/name/Own")["uid"]
    panels = embedded.call("GET", "/api/dashboards/uid/hl-nodes")["dashboard"]["panels"]
    assert panels[0]["datasource"] == {"type": "prometheus", "uid": uid}
    assert hcl("destroy", "--auto-approve").code == 0


def test_names_are_the_same_at_every_run(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """From nothing, twice: the same files."""
    Populated(embedded, BOARDS, SOURCES).fill()
    _start(embedded, tmp_path)
    _import(hcl)
    first = _files(tmp_path)
    for path in tmp_path.glob("hcl-lite.state*"):
        if path.is_file():
            path.unlink()
    for name in first:
        (tmp_path / name).unlink()
    _start(embedded, tmp_path)
    _import(hcl)
    assert _files(tmp_path) == first


def test_a_dry_run_writes_nothing(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """It says what would be written."""
    Populated(embedded, BOARDS[:1], SOURCES[:1], tops=1).fill()
    _start(embedded, tmp_path)
    printed = _import(hcl, "--dry-run")
    assert "would be taken over" in printed
    assert "dashboards/team-0/nodes.json" in printed
    assert "Nothing was written." in printed
    assert list(_files(tmp_path)) == ["main.toml"]
    assert not (tmp_path / "hcl-lite.state.json").exists()
    assert not (tmp_path / ".hcl-lite" / "import").exists()


@pytest.mark.parametrize(
    ("options", "taken"),
    [
        (("--type", "folders"), {"grafana_folder": 3}),
        (("--type", "grafana_data_source"), {"grafana_data_source": 2}),
        (("--folder", "Team 0/Services"), {"grafana_folder": 2, "grafana_dashboard": 1}),
        (("--folder", "hl-0-a-x", "--type", "dashboard"), {}),
        (("--exclude", "grafana_*", "--exclude", "x"), {}),
        (("--type", "dashboard", "--exclude", "Team 0/Nodes"), {"grafana_dashboard": 1}),
        (("--provider", "grafana", "--type", "team"), {"grafana_team": 1}),
        (("--tag", "tv"), {"grafana_dashboard": 1, "grafana_dashboard_permission": 1}),
        (("--tag", "tv", "--tag", "nodes", "--type", "dashboard"), {"grafana_dashboard": 1}),
        (("--tag", "tv", "--tag", "other"), {}),
        (("--query", "over"), {"grafana_dashboard": 1}),
        (("--query", "over", "--folder", "Team 0"), {"grafana_dashboard": 1}),
        (("--query", "over", "--tag", "tv"), {}),
    ],
)
def test_what_is_asked_for_is_taken(
    hcl: Hcl, embedded: Server, tmp_path: Path, options: tuple[str, ...], taken: dict[str, int]
) -> None:
    """By type, by folder with all below it, but for what a pattern names."""
    Populated(embedded, BOARDS[:2], SOURCES[:2], tops=1).fill()
    _start(embedded, tmp_path)
    _import(hcl, *options)
    records = json.loads(hcl("show", "--json").out)["records"]
    types = [record["address"].partition(".")[0] for record in records]
    assert {name: types.count(name) for name in types} == taken


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--type", "nothing"), 'There is no resource type "nothing"'),
        (("--folder", "nowhere"), 'There is no folder "nowhere"'),
        (("--provider", "other"), 'There is no provider "other"'),
    ],
)
def test_what_is_not_there_is_refused(
    hcl: Hcl, embedded: Server, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    """A slip takes over nothing."""
    _start(embedded, tmp_path)
    outcome = hcl("import", "--all", *options)
    assert outcome.code == 1
    assert said in outcome.err
    assert list(_files(tmp_path)) == ["main.toml"]


def test_a_server_that_answers_nothing_is_no_empty_one(
    hcl: Hcl, embedded: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one that does not know the account: it is asked once, the run has failed, and nothing was written."""
    monkeypatch.setenv("HCL_LITE_LOG", "debug")
    (tmp_path / "main.toml").write_text(embedded.provider.replace("admin:admin", "admin:wrong"))
    outcome = hcl("import", "--all")
    assert outcome.code == 1
    assert outcome.err.count("Error: ") == 1
    assert outcome.err.count("status=401") == 1
    assert list(_files(tmp_path)) == ["main.toml"]


@pytest.mark.parametrize(
    "words",
    [(), ("grafana_folder.a",), ("--all", "grafana_folder.a"), ("grafana_folder.a", "a", "--dry-run")],
)
def test_a_wrong_line_is_a_usage_error(hcl: Hcl, embedded: Server, tmp_path: Path, words: tuple[str, ...]) -> None:
    """One object or all, and never both."""
    _start(embedded, tmp_path)
    assert hcl("import", *words).code == ExitCode.USAGE


def test_secrets_stay_on_their_server(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """They are told by name, with the lines that would manage them; these lines work."""
    server.call("POST", "/api/datasources", SECRET_SOURCE)
    settings = {"url": "https://hooks.example.org/hl-geheim-3", "recipient": "#ops"}
    point = {"uid": "hl-slack", "name": "Ops slack", "type": "slack", "settings": settings}
    server.call("POST", "/api/v1/provisioning/contact-points", point)
    _start(server, tmp_path)
    printed = _import(hcl)
    assert "grafana_data_source.secretive: httpHeaderValue1, password" in printed
    assert "grafana_contact_point.ops_slack: settings.url" in printed
    assert "hl-geheim" not in _text(tmp_path) + printed + (tmp_path / "hcl-lite.state.json").read_text()
    files = _files(tmp_path)
    assert '# secure_json_data.password = "env:SECRETIVE_PASSWORD"\n' in files["data_sources.toml"]
    assert "[resource.grafana_contact_point.ops_slack.settings]\n" in files["contact_points.toml"]
    assert '# url = "env:OPS_SLACK_URL"\n' in files["contact_points.toml"]
    fields = server.call("GET", "/api/datasources/uid/hl-secret")["secureJsonFields"]
    assert fields == {"password": True, "httpHeaderValue1": True}
    for name in ("data_sources.toml", "contact_points.toml"):
        text = (tmp_path / name).read_text()
        (tmp_path / name).write_text(text.replace("# secure", "secure").replace("# url", "url"))
    for variable in ("SECRETIVE_PASSWORD", "SECRETIVE_HTTPHEADERVALUE1", "OPS_SLACK_URL"):
        os.environ[variable] = "https://hooks.example.org/hl-geheim-4"
    try:
        assert {change["address"] for change in plan_changes(hcl)} == {
            "grafana_data_source.secretive",
            "grafana_contact_point.ops_slack",
        }
        assert hcl("apply", "--auto-approve").code == 0
        assert plan_changes(hcl) == []
        assert hcl("destroy", "--auto-approve").code == 0
    finally:
        for variable in ("SECRETIVE_PASSWORD", "SECRETIVE_HTTPHEADERVALUE1", "OPS_SLACK_URL"):
            del os.environ[variable]


def test_what_no_block_can_be_for_is_left_out_with_its_reason(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """A dashboard from a file, a data source with a password in its URL, snapshots; the rest is taken."""
    annotations = {"grafana.app/managedBy": "classic-file-provisioning", "grafana.app/managerId": "files"}
    metadata = {"name": "from-file", "annotations": {**annotations, "grafana.app/sourcePath": "/etc/d.json"}}
    resource = {"apiVersion": "dashboard.grafana.app/v1beta1", "kind": "Dashboard", "metadata": metadata}
    path = "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards"
    embedded.call("POST", path, {**resource, "spec": {"title": "File", "schemaVersion": 41}})
    owned = {"name": "of-plugin", "annotations": {"grafana.app/managedBy": "plugin", "grafana.app/managerId": "app"}}
    embedded.call("POST", path, {**resource, "metadata": owned, "spec": {"title": "App", "schemaVersion": 41}})
    source = {"name": "Open", "type": "loki", "access": "proxy", "url": "http://me:hl-geheim@loki:3100"}
    embedded.call("POST", "/api/datasources", source)
    embedded.call("POST", "/api/snapshots", {"dashboard": {"title": "Then", "uid": "from-file"}, "key": "hl-shot"})
    embedded.call("POST", "/api/folders", {"uid": "hl-f", "title": "F"})
    _start(embedded, tmp_path)
    printed = _import(hcl)
    assert "1 object taken over: 1 grafana_folder." in printed
    assert "it comes from a file of the server's own (provisioning):\n    grafana_dashboard from-file" in printed
    assert (
        "it belongs to a plugin, which writes it (grafana.app/managedBy: plugin):\n    grafana_dashboard of-pl"
        in printed
    )
    assert "has a password in it" in printed
    assert "1 of grafana_snapshot" in printed
    assert "hl-geheim" not in printed + _text(tmp_path)


def test_blocks_that_are_there_are_adopted(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """A block that asks for what is there as it is gets it; one that asks for something else is left to the user."""
    for uid in ("same", "other", "third"):
        embedded.call("POST", "/api/folders", {"uid": uid, "title": f"Folder {uid}"})
    _start(embedded, tmp_path)
    mine = """
[resource.grafana_folder.mine]
for_each = ["same"]
uid      = "${each.key}"
title    = "Folder ${each.key}"
[resource.grafana_folder.not_so]
uid   = "other"
title = "Another title"
"""
    with (tmp_path / "main.toml").open("a") as file:
        file.write(mine)
    outcome = hcl("import", "--all", *_NOT_OURS)
    assert "2 objects taken over: 2 grafana_folder." in outcome.out
    assert 'For 1 of them there were blocks: grafana_folder.mine["same"].' in outcome.out
    assert "grafana_folder.not_so asks for it, and a plan would update it: title." in outcome.out
    assert "hcl-lite import grafana_folder.not_so other" in outcome.out
    assert outcome.code == 1, "which every plan refuses, as before"
    assert (tmp_path / "folders.toml").read_text() == (
        '[resource.grafana_folder.folder_third]\nuid   = "third"\ntitle = "Folder third"\n'
    )


@pytest.mark.parametrize("moves", [2])
def test_a_killed_run_is_gone_on_with(
    hcl: Hcl, embedded: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    """Wherever it ends: nothing is there twice, nothing is lost, and the plan is empty in the end."""
    Populated(embedded, BOARDS[:2], SOURCES[:1], tops=1).fill()
    _start(embedded, tmp_path)
    _import(hcl, "--dry-run")
    left = moves
    move = Staging._move

    def until_killed(self: Staging, name: str, before: str) -> None:
        nonlocal left
        if left == 0:
            raise KeyboardInterrupt
        left -= 1
        move(self, name, before)

    with monkeypatch.context() as patch:
        patch.setattr(Staging, "_move", until_killed)
        assert hcl("import", "--all", *_NOT_OURS).code != 0
    printed = _import(hcl)
    assert "No changes." in printed
    assert len(json.loads(hcl("show", "--json").out)["records"]) == 11
    assert not (tmp_path / ".hcl-lite" / "import").exists()
    assert "0 objects taken over" in _import(hcl)


def test_a_run_that_ends_before_the_state_is_gone_on_with(
    hcl: Hcl, embedded: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its blocks are there, and are adopted: also those of objects whose uid the server has chosen."""
    Populated(embedded, BOARDS[:1], SOURCES[:1], tops=1).fill()
    _start(embedded, tmp_path)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("hcl_lite.operations.bulk_import.takeover.keep", killed)
        assert hcl("import", "--all", *_NOT_OURS).code != 0
    before = _files(tmp_path)
    printed = _import(hcl)
    assert "10 objects taken over" in printed
    assert "For 10 of them there were blocks" in printed
    assert "No changes." in printed
    assert _files(tmp_path) == before


def test_what_a_block_cannot_say_is_left_out(
    hcl: Hcl, embedded: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan that would change it says so; what refers to it has its uid."""
    populated = Populated(embedded, BOARDS[:1], (), tops=1)
    populated.fill()
    folder = PROVIDER_TYPES["grafana"].resources["grafana_folder"]
    values_of = type(folder).values_of

    def misread(self: Any, uid: str, document: Any) -> Any:
        values = values_of(self, uid, document)
        return {**values, "title": "Misread"} if uid == "hl-0" else values

    monkeypatch.setattr(type(folder), "values_of", misread)
    _start(embedded, tmp_path)
    printed = _import(hcl)
    assert "a block made of what its server tells would update it: title:\n    grafana_folder hl-0" in printed
    assert "No changes." in printed
    assert 'folder      = "hl-0"\n' in _files(tmp_path)["dashboards.toml"]


def test_each_provider_has_its_own(hcl: Hcl, tmp_path: Path) -> None:
    """Blocks of the second name it, and have files of their own; references stay on their server."""
    servers = [Server.embedded(tmp_path / name) for name in ("one", "two")]
    text = ""
    for server, name in zip(servers, ("grafana", "second"), strict=True):
        Path(server.url.removeprefix("embedded:")).parent.mkdir()
        Populated(server, BOARDS[:1], SOURCES[:1], tops=1).fill()
        text += server.provider.replace("provider.grafana", f"provider.{name}") + 'type = "grafana"\n'
    (tmp_path / "main.toml").write_text(text)
    printed = _import(hcl)
    assert "20 objects taken over" in printed
    assert "No changes." in printed
    assert (
        _files(tmp_path)["second_dashboards.toml"]
        == """\
[resource.grafana_dashboard.second_nodes]
provider    = "second"
config_json = '${file("second/dashboards/team-0/nodes.json")}'
folder      = "${grafana_folder.second_team_0.uid}"
"""
    )


def test_a_configuration_is_made_where_there_is_none(
    hcl: Hcl, embedded: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--into a directory, with the server that the environment names."""
    Populated(embedded, BOARDS[:1], (), tops=1).fill()
    monkeypatch.setenv("GRAFANA_URL", embedded.url)
    monkeypatch.setenv("GRAFANA_AUTH", embedded.auth)
    printed = _import(hcl, "--into", "ours/grafana")
    assert "No changes." in printed
    assert (tmp_path / "ours" / "grafana" / "main.toml").read_text().startswith("# What is on a Grafana")
    assert hcl("-C", "ours/grafana", "plan").out.startswith("No changes.")


def test_a_configuration_begins_with_a_grafana(
    hcl: Hcl, embedded: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """init --from: the provider block has a reference to the token, and the token is nowhere."""
    Populated(embedded, BOARDS[:1], (), tops=1).fill()
    monkeypatch.setenv("OUR_TOKEN", "admin:admin")
    outcome = hcl("init", "--from", embedded.url, "--auth", "env:OUR_TOKEN")
    assert "No changes." in outcome.out, outcome.err
    assert (
        (tmp_path / "main.toml").read_text()
        == f"""\
# What is on a Grafana, taken over by hcl-lite.

[provider.grafana]
url  = "{embedded.url}"
auth = "env:OUR_TOKEN"
"""
    )
    assert ".hcl-lite/" in (tmp_path / ".gitignore").read_text()
    assert hcl("plan").out.startswith("No changes.")
    assert "There is a configuration here already" in hcl("init", "--from", embedded.url).err


def test_the_token_is_asked_for_and_kept_nowhere(hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a terminal; elsewhere the run ends before anything is written."""
    with served(tmp_path / "grafana.db") as (server, _):
        url = server.url
        monkeypatch.delenv("GRAFANA_AUTH", raising=False)
        outcome = hcl("init", "--from", url)
        assert (outcome.code, [*_files(tmp_path)]) == (1, [])
        assert "nobody to ask for one" in outcome.err
        monkeypatch.setattr("hcl_lite.cli.run_init.is_terminal", lambda: True)
        monkeypatch.setattr("click.prompt", lambda *_, hide_input, **__: "admin:geheim-7" if hide_input else "")
        outcome = hcl("init", "--from", url)
        assert (outcome.code, [*tmp_path.glob("*.toml")]) == (1, []), "the account is wrong: nothing is left"
        monkeypatch.setattr("click.prompt", lambda *_, hide_input, **__: "admin:admin" if hide_input else "")
        outcome = hcl("init", "--from", url)
        assert outcome.code == 0, outcome.err
        assert "later commands take it from GRAFANA_AUTH" in outcome.out
        assert "admin:admin" not in _text(tmp_path) + outcome.out + outcome.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("https://me:secret@grafana.example.org",), "The URL has a password in it"),
        (("grafana.example.org",), "That is no server"),
        (("https://grafana.example.org", "--auth", "glsa_geheim"), "A token is never written into a file"),
        (("https://grafana.example.org", "--no-backend"), "--from begins a configuration"),
    ],
)
def test_no_configuration_begins_with_what_is_wrong(
    hcl: Hcl, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    """No secret in the open, and no server that is none."""
    outcome = hcl("init", "--from", *options)
    assert outcome.code != 0
    assert said in outcome.err
    assert "geheim" not in outcome.err
    assert [*_files(tmp_path)] == []


@pytest.mark.parametrize("version", ["3", "5", "7", "11"])
def test_an_older_grafana_is_taken_over(hcl: Hcl, tmp_path: Path, version: str) -> None:
    """What it has of folders, dashboards and data sources; what it has no route for is left out, and said so."""
    server = Server.embedded(tmp_path, version)
    for source in SOURCES[:2]:
        server.call("POST", "/api/datasources", {**source, "jsonData": {}})
    if version != "3":
        server.call("POST", "/api/folders", {"uid": "hl-f", "title": "Team"})
    for index, board in enumerate(BOARDS[:3]):
        rest = {key: value for key, value in board.items() if key != "uid" or version != "3"}
        folder = {} if version == "3" or index else {"folderId": server.call("GET", "/api/folders/hl-f")["id"]}
        dashboard = {**rest, "title": f"{board['title']} {index}"}
        server.call("POST", "/api/dashboards/db", {"dashboard": dashboard, **folder})
    _start(server, tmp_path)
    printed = _import(hcl, "--style", "fileset", "--reference-data-sources")
    number = 5 if version == "3" else 6
    assert f"{number} objects taken over: 2 grafana_data_source, " in printed
    assert "No changes." in printed
    assert ("all of grafana_team" in printed) == (version != "11")
    assert hcl("destroy", "--auto-approve").code == 0
    assert "0 objects taken over." in _import(hcl)
