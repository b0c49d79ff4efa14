"""What every run keeps of the objects that it changes: what is in the files, what it costs, and hcl-lite restore."""

from __future__ import annotations

import json
import re
import stat
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from hcl_lite.cli.exit_codes import ExitCode
from providers.embedded import Fault
from state.backup_store import RunLog
from tests.conftest import AfterTheLastLook, Hcl, Server
from tests.whole.processes import kill_after, served

_ALPHA = "/apis/dashboard.grafana.app/v0alpha1/namespaces/default/dashboards"
_SURVEYED = _ALPHA.replace("v0alpha1", "v1beta1")
_DIRECTORY = Path(".hcl-lite") / "backups"
_DASHBOARD = '[resource.grafana_dashboard.d{n}]\nconfig_json = \'{{"uid": "d{n}", "title": "{title}"}}\'\n'


def _dashboards(title: str, count: int = 3) -> str:
    return "".join(_DASHBOARD.format(n=number, title=f"{title} {number}") for number in range(count))


def _apply(hcl: Hcl, text: str, code: int = 0) -> None:
    Path("main.toml").write_text(text)
    outcome = hcl("apply", "--auto-approve")
    assert outcome.code == code, outcome.err


def _runs() -> list[Path]:
    return sorted(path for path in _DIRECTORY.iterdir() if path.is_dir())


def _backups(run: Path) -> list[Any]:
    return [json.loads(path.read_bytes()) for path in sorted(run.glob("0*.json"))]


def _titles(server: Server) -> list[str]:
    return sorted(item["title"] for item in server.call("GET", "/api/search"))


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_a_backup_says_which_object_it_is_of_and_what_that_was(hcl: Hcl, embedded: Server) -> None:
    """Its type, address, uid, provider, server and organisation, version, and the content as the server gave it."""
    provider = f'[provider.main]\ntype = "grafana"\nurl = "{embedded.url}"\nauth = "admin:admin"\norg_id = 1\n'
    block = '[resource.grafana_dashboard.d]\nprovider = "main"\nconfig_json = \'{"uid": "d", "title": "Old"}\'\n'
    text = provider + block
    _apply(hcl, text)
    given = embedded.call("GET", "/api/dashboards/uid/d")
    _apply(hcl, text.replace("Old", "New"))
    (backup,) = _backups(_runs()[-1])
    for made_of_titles in ("slug", "url", "folderTitle", "folderUrl"):
        given["meta"].pop(made_of_titles, None)
    assert backup["document"] == given
    assert {key: backup[key] for key in ("type", "address", "uid", "provider", "url", "organisation", "version")} == {
        "type": "grafana_dashboard",
        "address": "grafana_dashboard.d",
        "uid": "d",
        "provider": "main",
        "url": embedded.url,
        "organisation": "1",
        "version": {"id": given["dashboard"]["id"], "version": 1},
    }


def test_backups_are_for_the_user_alone_and_not_for_git(hcl: Hcl, embedded: Server) -> None:
    """Files 0600 in directories 0700, below a .gitignore of all."""
    _apply(hcl, embedded.provider + _dashboards("Old"))
    _apply(hcl, embedded.provider + _dashboards("New"))
    files = [path for path in _DIRECTORY.rglob("*") if path.is_file()]
    assert len(files) == 2 * 2 + 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(run.stat().st_mode) for run in _runs()} == {0o700}
    assert (_DIRECTORY.parent / ".gitignore").read_text() == "*\n"


def test_only_the_newest_runs_are_kept(hcl: Hcl, embedded: Server) -> None:
    """As many as [hcl_lite] backups says; a directory that is not a backup stays."""
    _apply(hcl, f"[hcl_lite]\nbackups = 2\n{embedded.provider}")
    (_DIRECTORY / "mine").mkdir(parents=True)
    names = []
    for title in ("A", "B", "C", "D"):
        _apply(hcl, f"[hcl_lite]\nbackups = 2\n{embedded.provider}{_dashboards(title)}")
        names.append(_runs()[-2].name if title != "A" else "")
    left = [run.name for run in _runs()]
    assert (len(left), left[-1]) == (3, "mine")


def test_a_run_that_changes_nothing_keeps_nothing(hcl: Hcl, embedded: Server) -> None:
    """Nor does a plan."""
    _apply(hcl, embedded.provider + _dashboards("Old"))
    before = _runs()
    _apply(hcl, embedded.provider + _dashboards("Old"))
    Path("main.toml").write_text(embedded.provider)
    assert hcl("plan").code == 0
    assert _runs() == before


def test_no_secret_is_in_a_backup(hcl: Hcl, embedded: Server) -> None:
    """Neither one that the server has in an open field, nor one of an argument that is gone from the configuration."""
    secret = "planted-0123456789"
    variable = f'[variable.p]\nsensitive = true\ndefault = "{secret}"\n'
    blocks = """
[resource.grafana_data_source.a]
name = "A"
type = "prometheus"
uid = "a"
url = "http://u:${var.p}@one"
json_data = { header = "x ${var.p}", list = ["${var.p}", "plain"], timeInterval = "15s" }
secure_json_data = { basicAuthPassword = "${var.p}" }

[resource.grafana_dashboard.d]
config_json = '{"uid": "d", "title": "D", "x": "${var.p}", "tags": ["t"]}'
"""
    _apply(hcl, embedded.provider + variable + blocks)
    assert secret in embedded.call("GET", "/api/datasources/uid/a")["url"]
    _apply(hcl, embedded.provider + variable + blocks.replace("@one", "@two").replace('"D"', '"E"'))
    _apply(hcl, embedded.provider + variable)
    updated, deleted = ({backup["uid"]: backup for backup in _backups(run)} for run in _runs()[-2:])
    for backups in (updated, deleted):
        assert backups["a"]["left_out"] == [["url"], ["jsonData", "header"], ["jsonData", "list", 0]]
        assert backups["a"]["document"]["jsonData"] == {"list": [None, "plain"], "timeInterval": "15s"}
        assert [path[-1] for path in backups["d"]["left_out"]] == ["x"]
    for path in (path for path in _DIRECTORY.rglob("*") if path.is_file()):
        assert secret not in path.read_text()


def test_a_secret_in_the_url_of_a_data_source_stays_out_when_its_variable_is_gone(hcl: Hcl, embedded: Server) -> None:
    """The state says that there was a secret in it, though not which."""
    text = '[resource.grafana_data_source.a]\nname = "A"\ntype = "loki"\nuid = "a"\nurl = "http://u:${var.p}@one"\n'
    variable = '[variable.p]\nsensitive = true\ndefault = "planted-0123456789"\n'
    _apply(hcl, embedded.provider + variable + text)
    _apply(hcl, embedded.provider)
    (backup,) = _backups(_runs()[-1])
    assert "url" not in backup["document"]
    assert "planted" not in json.dumps(backup)


# --- what it costs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("saved", [False, True], ids=["in one run", "saved"])
def test_a_backup_costs_no_call_where_the_run_has_read_the_object(hcl: Hcl, tmp_path: Path, saved: bool) -> None:
    """One GET of each dashboard to be updated in plan and apply together, one more after a saved plan."""
    with served(tmp_path / "served.db") as (server, app):
        _apply(hcl, server.provider + _dashboards("Old"))
        Path("main.toml").write_text(server.provider + _dashboards("New"))
        app.access_log.clear()
        if saved:
            assert hcl("plan", "--out", "p").code == 0
            app.access_log.clear()
            assert hcl("apply", "p").code == 0
        else:
            assert hcl("apply", "--auto-approve").code == 0
        reads = [path for method, path, _ in app.access_log if method == "GET" and path.rpartition("/")[2][0] == "d"]
        assert len([path for path in reads if "/dashboards/" in path and path[-1] in "012"]) == 3


def test_a_deletion_costs_one_call(hcl: Hcl, tmp_path: Path) -> None:
    """Right before it."""
    with served(tmp_path / "served.db") as (server, app):
        _apply(hcl, server.provider + _dashboards("Old"))
        app.access_log.clear()
        assert hcl("destroy", "--auto-approve", "--parallelism", "1").code == 0
        calls = [
            (method, path.rpartition("/")[2]) for method, path, _ in app.access_log if path[-2:] in ("d0", "d1", "d2")
        ]
        assert calls == [
            ("GET", "d0"),
            ("DELETE", "d0"),
            ("GET", "d1"),
            ("DELETE", "d1"),
            ("GET", "d2"),
            ("DELETE", "d2"),
        ]


def test_copies_for_many_deletions_come_from_the_pages_of_a_list(hcl: Hcl, tmp_path: Path) -> None:
    """Each deletion says which state of the dashboard it is of. One with library panels is read and deleted by the
    classic API, which also takes its name from these; one in another form, of which there are few, is read in that."""
    library = '[{"id": 1, "libraryPanel": {"uid": "l", "name": "L"}}]'
    odd = f'[resource.grafana_dashboard.l]\nconfig_json = \'{{"uid": "l", "title": "L", "panels": {library}}}\'\n'
    v2 = {"apiVersion": "dashboard.grafana.app/v2beta1", "kind": "Dashboard", "metadata": {"name": "v2"}}
    v2["spec"] = {"title": "V2", "elements": {}, "layout": {"kind": "GridLayout", "spec": {"items": []}}}  # type: ignore[assignment]
    odd += f"[resource.grafana_dashboard.v2]\nconfig_json = '{json.dumps(v2)}'\n"
    with served(tmp_path / "served.db", page_bytes=150) as (server, app):
        _apply(hcl, server.provider + _dashboards("Old", 30) + odd)
        given = {uid: server.call("GET", f"{_ALPHA}/{uid}") for uid in ("d7", "l")}
        given["v2"] = server.call("GET", f"{_ALPHA.replace('v0alpha1', 'v2beta1')}/v2")
        app.access_log.clear()
        assert hcl("destroy", "--auto-approve", "--parallelism", "1").code == 0
        calls = Counter((method, re.sub(r"/d\d+$", "/:d", path)) for method, path, _ in app.access_log)
        last = _ALPHA.replace("v0alpha1", "v2beta1")
        assert {key: count for key, count in calls.items() if "/dashboards" in key[1] and key[1] != _SURVEYED} == {
            ("GET", _ALPHA): 4,
            ("DELETE", f"{_ALPHA}/:d"): 30,
            ("GET", f"{_ALPHA}/l"): 1,
            ("DELETE", "/api/dashboards/uid/l"): 1,
            ("GET", f"{_ALPHA}/v2"): 1,
            ("GET", f"{last}/v2"): 1,
            ("DELETE", f"{_ALPHA}/v2"): 1,
        }
    kept = {backup["uid"]: backup["document"] for backup in _backups(_runs()[-1])}
    assert len(kept) == 32
    assert {uid: kept[uid] for uid in given} == given


# --- what it protects from --------------------------------------------------------------------------------------------


def test_what_was_changed_after_the_plan_is_not_deleted(
    hcl: Hcl, embedded: Server, after_the_last_look: AfterTheLastLook
) -> None:
    """The plan saw something else: refused, as an update would be; the next plan says what is there."""
    _apply(hcl, embedded.provider + _dashboards("Old"))
    Path("main.toml").write_text(embedded.provider)

    def change() -> None:
        live = embedded.call("GET", "/api/dashboards/uid/d1")["dashboard"]
        embedded.call("POST", "/api/dashboards/db", {"dashboard": {**live, "title": "Hers"}})

    assert hcl("plan", "--out", "p").code == 0
    after_the_last_look(change)
    outcome = hcl("apply", "p")
    assert outcome.code == 1
    assert "Cannot delete grafana_dashboard.d1\n\n  It was changed by someone else since the plan" in outcome.err
    assert _titles(embedded) == ["Hers"]
    assert hcl("apply", "--auto-approve").code == 0
    assert _titles(embedded) == []


def test_what_was_changed_after_its_copy_came_with_a_list_is_not_deleted(
    hcl: Hcl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A colleague saves two dashboards, one of them with no change but a message, once the first of many is about to be
    deleted: the server refuses both deletions. The other is told, the one is copied again as it is then."""
    begin = RunLog.begin
    with served(tmp_path / "served.db") as (server, _):
        _apply(hcl, server.provider + _dashboards("Old", 30))

        def change() -> None:
            for uid, title in (("d8", "Hers"), ("d9", "Old 9")):
                live = server.call("GET", f"/api/dashboards/uid/{uid}")["dashboard"]
                server.call("POST", "/api/dashboards/db", {"dashboard": {**live, "title": title}, "message": "Mine"})

        async def begin_late(log: RunLog, *given: Any) -> int:
            monkeypatch.setattr(RunLog, "begin", begin)
            with ThreadPoolExecutor(1) as other:  # in the loop of the run; what acts has one of its own
                other.submit(change).result()
            return await begin(log, *given)

        monkeypatch.setattr(RunLog, "begin", begin_late)
        outcome = hcl("destroy", "--auto-approve", "--parallelism", "1")
        assert outcome.code == 1
        assert "Cannot delete grafana_dashboard.d8\n" in outcome.err
        assert "It was changed by someone else since the plan" in outcome.err
        assert _titles(server) == ["Hers"]
    copied = [
        backup["document"]["metadata"]["annotations"] for backup in _backups(_runs()[-1]) if backup["uid"] == "d9"
    ]
    assert [one.get("grafana.app/message") for one in copied] == [None, "Mine"]


def test_without_a_backup_nothing_is_changed(hcl: Hcl, embedded: Server) -> None:
    """The disk refuses: the object stays as it is, and the message says how to do without."""
    _apply(hcl, embedded.provider + _dashboards("Old"))
    for run in _runs():
        for path in run.iterdir():
            path.unlink()
        run.rmdir()
    _DIRECTORY.rmdir()
    _DIRECTORY.write_text("in the way")
    Path("main.toml").write_text(embedded.provider + _dashboards("New", 1))
    outcome = hcl("apply", "--auto-approve")
    assert outcome.code == 1
    assert "Cannot write the backup .hcl-lite/backups/" in outcome.err
    assert "[hcl_lite] backups = 0 does without" in outcome.err
    assert _titles(embedded) == ["Old 0", "Old 1", "Old 2"]


def test_a_killed_run_leaves_the_backups_of_what_it_had_changed(hcl: Hcl, tmp_path: Path) -> None:
    """kill -9 in the middle of updates; undo takes back those that were made, with what the journal knows of them."""
    with served(tmp_path / "served.db") as (server, app):
        _apply(hcl, server.provider + _dashboards("Old", 12))
        Path("main.toml").write_text(server.provider + _dashboards("New", 12))
        app.faults.add(Fault("POST", "/api/dashboards/db", "latency", seconds=0.1, times=None))
        kill_after(5, tmp_path, "apply", "--auto-approve", "--parallelism", "3")
        app.faults.clear()
        assert 5 <= sum(title.startswith("New") for title in _titles(server)) < 12

        outcome = hcl("undo", "--auto-approve", "--overwrite")

        assert outcome.code == 0, outcome.err
        assert _titles(server) == sorted(f"Old {number}" for number in range(12))
        assert hcl("apply", "--auto-approve").code == 0
        assert hcl("plan", "--detailed-exitcode").code == 0


# --- restore ----------------------------------------------------------------------------------------------------------


def test_restore_lists_the_runs(hcl: Hcl, embedded: Server) -> None:
    """Newest first, with what they did; as JSON too."""
    assert hcl("restore").code == ExitCode.ERROR  # no configuration
    _apply(hcl, embedded.provider + _dashboards("Old"))
    _apply(hcl, embedded.provider + _dashboards("New", 2))
    assert hcl("undo", "--auto-approve").code == 0
    rows = json.loads(hcl("restore", "--json").out)
    names = [run.name for run in reversed(_runs())]
    assert [row["run"] for row in rows] == names
    assert [(row["command"], row["created"], row["updated"], row["deleted"], row["undone"]) for row in rows] == [
        ("undo", 1, 2, 0, ""),
        ("apply", 0, 2, 1, "yes"),
        ("apply", 3, 0, 0, ""),
    ]
    assert [line.split()[0] for line in hcl("restore").out.splitlines()] == ["run", *names]


def test_an_object_is_put_back_as_it_was_before_any_run(hcl: Hcl, embedded: Server) -> None:
    """Two runs later, by its address; what later runs of ours did to it is no change of somebody else's."""
    for title in ("One", "Two", "Three"):
        _apply(hcl, embedded.provider + _dashboards(title))
    second = _runs()[1].name
    outcome = hcl("restore", second, "grafana_dashboard.d1", "--auto-approve")
    assert outcome.code == 0, outcome.err
    assert '~ dashboard.title: "Three 1" → "One 1"' in outcome.out
    assert _titles(embedded) == ["One 1", "Three 0", "Three 2"]
    assert "1 to update" in hcl("plan").out
    assert hcl("undo", "--auto-approve").code == 0  # of the restore
    assert _titles(embedded) == ["Three 0", "Three 1", "Three 2"]


def test_what_was_deleted_is_made_again_from_any_run(hcl: Hcl, embedded: Server) -> None:
    """With its uid and its place in the state: the plan says that it is not declared."""
    _apply(hcl, embedded.provider + _dashboards("Old"))
    _apply(hcl, embedded.provider + _dashboards("Old", 2))
    deleted = _runs()[-1].name
    _apply(hcl, embedded.provider + _dashboards("New", 2))
    assert hcl("restore", deleted, "--auto-approve").code == 0
    assert _titles(embedded) == ["New 0", "New 1", "Old 2"]
    assert "- grafana_dashboard.d2 will be deleted" in hcl("plan").out


def test_a_colleagues_change_is_not_restored_over(hcl: Hcl, embedded: Server) -> None:
    """Unless it is asked for; and not if it is made while the question waits."""
    _apply(hcl, embedded.provider + _dashboards("Old"))
    _apply(hcl, embedded.provider + _dashboards("New"))
    live = embedded.call("GET", "/api/dashboards/uid/d1")["dashboard"]
    embedded.call("POST", "/api/dashboards/db", {"dashboard": {**live, "title": "Hers"}})
    outcome = hcl("restore", _runs()[-1].name, "--auto-approve")
    assert outcome.code == 1
    assert "grafana_dashboard.d1 stays as it is" in outcome.out
    assert _titles(embedded) == ["Hers", "Old 0", "Old 2"]
    assert hcl("restore", _runs()[1].name, "--auto-approve", "--overwrite").code == 0
    assert _titles(embedded) == ["Old 0", "Old 1", "Old 2"]


def test_a_dashboard_in_a_resource_form_comes_back_in_its_form(hcl: Hcl, embedded: Server) -> None:
    """It is stored as v2beta1: the classic API would give another dashboard."""
    spec = {"title": "V2", "elements": {}, "layout": {"kind": "GridLayout", "spec": {"items": []}}}
    document = {
        "apiVersion": "dashboard.grafana.app/v2beta1",
        "kind": "Dashboard",
        "metadata": {"name": "v2"},
        "spec": spec,
    }
    _apply(hcl, f"{embedded.provider}[resource.grafana_dashboard.v]\nconfig_json = '{json.dumps(document)}'\n")
    path = "/apis/dashboard.grafana.app/v2beta1/namespaces/default/dashboards/v2"
    before = embedded.call("GET", path)
    _apply(hcl, embedded.provider)
    outcome = hcl("undo", "--auto-approve")
    assert outcome.code == 0, outcome.err
    after = embedded.call("GET", path)
    assert after["spec"] == before["spec"]
    assert "conversion" not in after["status"]


_WRONG = [
    ("an unknown run", ["nowhere"], 'There is no run "nowhere"'),
    ("the beginning of two", ["2"], '"2" is the beginning of several runs'),
    ("an unknown object", ["LAST", "grafana_dashboard.dd"], "has no backup of grafana_dashboard.dd"),
    (
        "an object that the run made",
        ["FIRST", "grafana_dashboard.d1"],
        "The run made it: there is nothing",
    ),
]


@pytest.mark.parametrize(("args", "says"), [case[1:] for case in _WRONG], ids=[case[0] for case in _WRONG])
def test_what_cannot_be_restored_is_said(hcl: Hcl, embedded: Server, args: list[str], says: str) -> None:
    """With what there is instead."""
    _apply(hcl, embedded.provider + _dashboards("Old"))
    _apply(hcl, embedded.provider + _dashboards("New"))
    names = {"FIRST": _runs()[0].name, "LAST": _runs()[-1].name}
    outcome = hcl("restore", *(names.get(arg, arg) for arg in args), "--auto-approve")
    assert outcome.code == 1
    assert says in outcome.err
    assert _titles(embedded) == ["New 0", "New 1", "New 2"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda run: (run / "run.json").write_text("{"),
        lambda run: next(run.glob("0*.json")).write_text("[]"),
        lambda run: next(run.glob("0*.json")).unlink(),
    ],
    ids=["the run", "a backup", "no backup"],
)
def test_a_damaged_backup_is_said_to_be_one(hcl: Hcl, embedded: Server, damage: Any) -> None:
    """No traceback, nothing changed; and runs go on all the same."""
    _apply(hcl, embedded.provider + _dashboards("Old"))
    _apply(hcl, embedded.provider + _dashboards("New"))
    damage(_runs()[-1])
    outcome = hcl("undo", "--auto-approve")
    assert outcome.code == 1
    assert "backup" in outcome.err
    assert "Traceback" not in outcome.err
    assert _titles(embedded) == ["New 0", "New 1", "New 2"]
    _apply(hcl, embedded.provider + _dashboards("Newer"))
