"""Wrong input of every kind: a clear error, an exit code that is not zero, and a state that stays as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import AfterTheLastLook, Hcl, Server

_GOOD = """
[resource.grafana_folder.team]
title = "Team"

[resource.grafana_dashboard.api]
folder = "${grafana_folder.team.uid}"
config_json = '${file("api.json")}'
"""

_DASHBOARD = {"uid": "api", "title": "API", "panels": [{"id": 1, "type": "text", "title": "Hello"}]}

# id, what is added to a good configuration, the place of the error, and what its text must say
_MISTAKES = [
    ("bad TOML", '[resource.grafana_folder.x]\ntitle = "no end\n', "more.toml:2:", ["This is not TOML"]),
    (
        "unknown attribute",
        '[resource.grafana_folder.x]\ntitel = "X"\n',
        "more.toml:2:1",
        ['no argument "titel"', 'Did you mean "title"?'],
    ),
    (
        "wrong type",
        "[resource.grafana_folder.x]\ntitle = 7\n",
        "more.toml:2:9",
        ['"title" has the wrong type', "Expected a string, found a number."],
    ),
    (
        "wrong type after evaluation",
        '[variable.list]\ndefault = [1]\n[resource.grafana_folder.x]\ntitle = "${var.list}"\n',
        "more.toml:4:9",
        ['"title" has the wrong type', "found a list"],
    ),
    (
        "unknown reference",
        '[resource.grafana_folder.x]\ntitle = "X"\nparent_folder_uid = "${grafana_folder.taem.uid}"\n',
        "more.toml:3:24",
        ["grafana_folder.taem is not declared", 'Did you mean "team"?'],
    ),
    (
        "unknown attribute of a reference",
        '[output.x]\nvalue = "${grafana_folder.team.udi}"\n',
        "more.toml:2:12",
        ['no attribute "udi"', 'Did you mean "uid"?'],
    ),
    (
        "unknown type",
        '[resource.grafana_foldr.x]\ntitle = "X"\n',
        "more.toml:1:",
        ['no resource type "grafana_foldr"', 'Did you mean "grafana_folder"?'],
    ),
    (
        "cycle",
        '[locals]\na = "${local.b}"\nb = "${local.a}"\n',
        "more.toml:",
        ["These blocks need each other", "local.a needs local.b (more.toml:2:", "local.b needs local.a (more.toml:3:"],
    ),
    (
        "missing file",
        "[resource.grafana_dashboard.x]\nconfig_json = '${file(\"apo.json\")}'\n",
        "more.toml:2:",
        ['Cannot read "apo.json"', 'Did you mean "api.json"?'],
    ),
    (
        "invalid JSON",
        "[resource.grafana_dashboard.x]\nconfig_json = '${file(\"broken.json\")}'\n",
        "broken.json:2:",
        ["broken.json is not JSON"],
    ),
    (
        "a dashboard without a title",
        "[resource.grafana_dashboard.x]\nconfig_json = '{\"panels\": []}'\n",
        "more.toml:2:1",
        ["The dashboard has no title"],
    ),
    (
        "duplicate uid",
        "[resource.grafana_dashboard.x]\nconfig_json = '${file(\"api.json\")}'\n",
        "more.toml:1:",
        ['both ask for uid "api"'],
    ),
    (
        "declared twice",
        '[resource.grafana_folder.team]\ntitle = "Again"\n',
        "more.toml:1:",
        ["grafana_folder.team is declared twice", "First at main.toml:"],
    ),
    (
        "variable without a value",
        '[variable.token]\ntype = "string"\n',
        "more.toml:1:11",
        ["Variable token has no value", "HCL_LITE_VAR_token"],
    ),
    (
        "unknown table",
        '[resources.grafana_folder.x]\ntitle = "X"\n',
        "more.toml:1:",
        ['There is no table "resources"', 'Did you mean "resource"?'],
    ),
]


@pytest.fixture
def applied(hcl: Hcl, embedded: Server, tmp_path: Path) -> bytes:
    """A good configuration that has been applied; the bytes of its state."""
    (tmp_path / "main.toml").write_text(embedded.provider + _GOOD)
    (tmp_path / "api.json").write_text(json.dumps(_DASHBOARD))
    (tmp_path / "broken.json").write_text('{\n  "title": oops\n}\n')
    assert hcl("apply", "--auto-approve").code == 0
    return (tmp_path / "hcl-lite.state.json").read_bytes()


@pytest.mark.parametrize("command", [["plan"], ["apply", "--auto-approve"]], ids=["plan", "apply"])
@pytest.mark.parametrize(("text", "place", "says"), [m[1:] for m in _MISTAKES], ids=[m[0] for m in _MISTAKES])
def test_a_mistake_is_shown_with_its_place_and_changes_nothing(
    hcl: Hcl, applied: bytes, tmp_path: Path, text: str, place: str, says: list[str], command: list[str]
) -> None:
    """What is wrong, where, and what to do; never a traceback, and never a changed state."""
    (tmp_path / "more.toml").write_text(text)
    outcome = hcl(*command)
    assert outcome.code == 1
    assert place in outcome.err
    assert [phrase for phrase in says if phrase not in outcome.err] == []
    assert "Traceback" not in outcome.err
    assert (tmp_path / "hcl-lite.state.json").read_bytes() == applied


def test_all_mistakes_of_a_run_are_shown_at_once(hcl: Hcl, applied: bytes, tmp_path: Path) -> None:
    """Three mistakes in two files: three diagnostics, in the order of their places."""
    (tmp_path / "a.toml").write_text(
        '[resource.grafana_folder.a]\ntitle = 1\n[resource.grafana_folder.b]\ntitel = "B"\n'
    )
    (tmp_path / "b.toml").write_text('[output.x]\nvalue = "${var.nowhere}"\n')
    outcome = hcl("validate")
    lines = [line.split()[1].rstrip(",") for line in outcome.err.splitlines() if line.startswith("  at ")]
    assert lines == ["a.toml:2:9", "a.toml:4:1", "b.toml:2:12"]
    assert outcome.err.rstrip().endswith("3 errors.")


@pytest.mark.parametrize("auth", ["wrong-token", "admin:wrong"], ids=["token", "password"])
def test_a_refused_account_is_named_as_such_without_the_secret(
    hcl: Hcl, applied: bytes, embedded: Server, tmp_path: Path, auth: str
) -> None:
    """401: method, URL and the server's message, and where the account comes from; not the token."""
    (tmp_path / "main.toml").write_text(Server(embedded.url, auth).provider + _GOOD)
    outcome = hcl("plan")
    assert outcome.code == 1
    assert "answered 401: Invalid" in outcome.err
    assert "GRAFANA_AUTH" in outcome.err
    assert auth not in outcome.err
    assert (tmp_path / "hcl-lite.state.json").read_bytes() == applied


def test_a_server_that_is_down_is_reported_once(
    hcl: Hcl, applied: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One diagnostic however many objects it concerns, with the URL and what to check."""
    provider = '[provider.grafana]\nurl = "http://127.0.0.1:9"\nauth = "t"\nretries = 0\n'
    (tmp_path / "main.toml").write_text(provider + _GOOD)
    outcome = hcl("plan")
    assert outcome.code == 1
    assert outcome.err.count("Error:") == 1
    assert "GET http://127.0.0.1:9/api/frontend/settings" in outcome.err
    assert "Check the provider's url" in outcome.err
    assert (tmp_path / "hcl-lite.state.json").read_bytes() == applied


def test_a_change_between_plan_and_apply_is_not_overwritten(
    hcl: Hcl, applied: bytes, embedded: Server, tmp_path: Path, after_the_last_look: AfterTheLastLook
) -> None:
    """412: the server's message, and what is there against what is wanted; the colleague's change stays.

    He is in time to come after the look at what was planned, and before the write.
    """
    (tmp_path / "api.json").write_text(json.dumps({**_DASHBOARD, "title": "Ours"}))
    assert hcl("plan", "--out", "saved.plan").code == 0
    live = embedded.call("GET", "/api/dashboards/uid/api")
    theirs = {**live["dashboard"], "title": "Theirs"}
    save = {"dashboard": theirs, "folderUid": live["meta"]["folderUid"]}
    after_the_last_look(lambda: embedded.call("POST", "/api/dashboards/db", save))

    outcome = hcl("apply", "saved.plan")

    assert outcome.code == 1
    assert "grafana_dashboard.api is not as the plan saw it" in outcome.err
    assert "answered 412: The dashboard has been changed by someone else" in outcome.err
    assert "Version applied last: 1; seen by the plan: 1; live now: 2." in outcome.err
    assert 'dashboard.title: live "Theirs", wanted "Ours"' in outcome.err
    assert embedded.call("GET", "/api/dashboards/uid/api")["dashboard"]["title"] == "Theirs"
    assert json.loads((tmp_path / "hcl-lite.state.json").read_text())["records"] == json.loads(applied)["records"]


def test_an_object_that_exists_already_is_refused_until_it_is_adopted(
    hcl: Hcl, embedded: Server, tmp_path: Path
) -> None:
    """on_exists = "fail" stops the plan and names the ways on; "adopt" takes the object over and repairs it."""
    embedded.call("POST", "/api/dashboards/db", {"dashboard": {**_DASHBOARD, "title": "By hand"}})
    block = f"[resource.grafana_dashboard.api]\nconfig_json = '''{json.dumps(_DASHBOARD)}'''\n"
    (tmp_path / "main.toml").write_text(embedded.provider + block)
    refused = hcl("plan")
    assert refused.code == 1
    assert 'grafana_dashboard "api" exists already' in refused.err
    assert "hcl-lite import grafana_dashboard.api api" in refused.err
    (tmp_path / "main.toml").write_text(embedded.provider + block + 'on_exists = "adopt"\n')
    assert "1 to update" in hcl("plan").out
    assert hcl("apply", "--auto-approve").code == 0
    assert embedded.call("GET", "/api/dashboards/uid/api")["dashboard"]["title"] == "API"
    assert hcl("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize("args", [["plan", "--nonsense"], ["nonsense"], ["import", "x"], ["plan", "-target=//"]])
def test_wrong_usage_has_an_exit_code_of_its_own(hcl: Hcl, args: list[str]) -> None:
    """3, so that nobody takes it for "there are changes"."""
    assert hcl(*args).code == 3


def test_nobody_to_ask_is_an_error_and_no_silent_yes(hcl: Hcl, applied: bytes, tmp_path: Path) -> None:
    """Without a terminal and without --auto-approve nothing is applied."""
    outcome = hcl("destroy")
    assert outcome.code == 1
    assert "nobody is there to answer" in outcome.err
    assert (tmp_path / "hcl-lite.state.json").read_bytes() == applied


def test_a_folder_with_something_else_in_it_is_not_deleted(
    hcl: Hcl, applied: bytes, embedded: Server, tmp_path: Path
) -> None:
    """What is not managed here would go with the folder: refused, with its name, until force_destroy says so."""
    records = json.loads(hcl("show", "--json").out)["records"]
    uid = next(r["uid"] for r in records if r["address"] == "grafana_folder.team")
    stranger = {"uid": "stranger", "title": "A colleague's", "panels": []}
    embedded.call("POST", "/api/dashboards/db", {"dashboard": stranger, "folderUid": uid})

    refused = hcl("destroy", "--auto-approve")
    assert refused.code == 1
    assert "grafana_folder.team was not deleted" in refused.err
    assert 'dashboard "A colleague\'s"' in refused.err
    assert embedded.call("GET", "/api/dashboards/uid/stranger")["dashboard"]["title"] == "A colleague's"
    assert hcl("state", "list").out == "grafana_folder.team\n"

    main = tmp_path / "main.toml"
    main.write_text(main.read_text().replace('title = "Team"', 'title = "Team"\nforce_destroy = true'))
    assert hcl("apply", "--auto-approve").code == 0
    assert hcl("destroy", "--auto-approve").code == 0
    assert embedded.inventory()["folders"] == []


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("embedded:no/such/folder/g.db", "unable to open database file"),
        ("embedded:main.toml", "file is not a database"),
        ("http://127.0.0.1:99999", "The url is not one"),
    ],
)
def test_a_server_that_cannot_be_is_a_diagnostic(hcl: Hcl, tmp_path: Path, url: str, says: str) -> None:
    """Not a traceback."""
    (tmp_path / "main.toml").write_text(Server(url, "t").provider + _GOOD)
    (tmp_path / "api.json").write_text(json.dumps(_DASHBOARD))
    outcome = hcl("plan")
    assert outcome.code == 1
    assert says in outcome.err
    assert "Traceback" not in outcome.err


def test_an_import_with_settings_that_cannot_be_is_a_diagnostic(hcl: Hcl, tmp_path: Path) -> None:
    """As for plan and apply, at the place of the setting."""
    (tmp_path / "main.toml").write_text(Server("ftp://x", "t").provider + _GOOD)
    (tmp_path / "api.json").write_text(json.dumps(_DASHBOARD))
    outcome = hcl("import", "grafana_dashboard.api", "api")
    assert outcome.code == 1
    assert '"ftp://x" is not a URL' in outcome.err
    assert "at main.toml:2:1" in outcome.err
    assert "Traceback" not in outcome.err
