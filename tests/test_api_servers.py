"""Whole servers by Python: taken over, compared, copied from; several at once, in threads and in a loop."""

from __future__ import annotations

import asyncio
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import hcl_lite
from tests.conftest import Server

_PANEL = {"id": 1, "type": "text", "title": "T", "gridPos": {"x": 0, "y": 0, "w": 12, "h": 4}}
_TWO = """\
[provider.one]
type = "grafana"
url  = "embedded:grafana.db"
auth = "admin:admin"

[provider.two]
type = "grafana"
url  = "embedded:two.db"
auth = "admin:admin"
"""


@pytest.fixture
def filled(tmp_path: Path) -> Server:
    """A Grafana with a folder, a dashboard in it, and a data source with a secret."""
    server = Server.embedded(tmp_path)
    server.call("POST", "/api/folders", {"uid": "team", "title": "Team"})
    board = {"uid": "board", "title": "Board", "panels": [_PANEL], "tags": ["kept"]}
    server.call("POST", "/api/dashboards/db", {"dashboard": board, "folderUid": "team"})
    source = {"uid": "prom", "name": "Prom", "type": "prometheus", "url": "http://p:9090", "access": "proxy"}
    server.call("POST", "/api/datasources", {**source, "secureJsonData": {"basicAuthPassword": "t0p-s3cr3t"}})
    return server


def test_a_grafana_is_taken_over(filled: Server, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """From a URL to a configuration whose plan is empty; silent, with progress, and again with nothing to do."""
    events: list[hcl_lite.Event] = []
    home, environment = tmp_path / "home", {"GRAFANA_AUTH": filled.auth}
    report = hcl_lite.import_all(
        home, url=filled.url, auth="env:GRAFANA_AUTH", environment=environment, events=events.append
    )
    assert report.taken == (
        "grafana_data_source.prom",
        "grafana_folder.team",
        "grafana_dashboard.board",
    )
    assert report.plan is not None
    assert (report.plan.is_empty, report.problems, report.is_dry_run) == (True, (), False)
    assert report.secrets == {"grafana_data_source.prom": ("basicAuthPassword",)}
    assert str(report).startswith("3 objects taken over: ")
    assert sorted(path for path in report.files if path.endswith(".json")) == ["dashboards/team/board.json"]
    assert any(isinstance(event, hcl_lite.Reached) and event.done == event.total > 0 for event in events)
    assert pickle.loads(pickle.dumps(report.left_out)) == report.left_out
    again = hcl_lite.import_all(home, environment=environment)
    assert (again.taken, again.managed) == ((), 3)
    with pytest.raises(hcl_lite.HclError, match="There is a configuration here already"):
        hcl_lite.import_all(home, url=filled.url, environment=environment)
    assert "t0p-s3cr3t" not in "".join(path.read_text() for path in home.rglob("*") if path.is_file())
    assert capfd.readouterr() == ("", "")


def test_what_is_taken_over_is_chosen(filled: Server, tmp_path: Path) -> None:
    """By type, folder, tag and pattern, one or several; a dry run writes nothing."""
    (tmp_path / "main.toml").write_text(filled.provider)

    def taken(**chosen: object) -> tuple[str, ...]:
        return hcl_lite.import_all(tmp_path, dry_run=True, **chosen).taken  # type: ignore[arg-type]

    assert taken(types="folder") == ("grafana_folder.team",)
    assert taken(types=["folder", "data_source"], exclude="prom") == ("grafana_folder.team",)
    assert taken(tags="kept", types="dashboard") == ("grafana_dashboard.board",)
    assert taken(tags="nobody-has-it", types="dashboard") == ()
    assert [path.name for path in tmp_path.rglob("*") if path.suffix in (".toml", ".json")] == ["main.toml"]
    with pytest.raises(hcl_lite.HclError, match="is no layout"):
        taken(layouts="../{slug}.json")


def test_two_servers_are_compared_and_one_is_copied_to_the_other(filled: Server, tmp_path: Path) -> None:
    """What the first has alone is in the comparison, then in blocks, and after an apply on both."""
    (tmp_path / "main.toml").write_text(_TWO)
    found = hcl_lite.diff(tmp_path, "one", "two", types=["folder", "dashboard"])
    board = hcl_lite.ServerObject("grafana_dashboard", "board", "Board", ("Team",))
    assert (board in found.missing, found.is_equal, found.extra, found.differing) == (True, False, (), ())
    assert "Team/Board (board) is on one alone" in str(found)
    report = hcl_lite.copy(tmp_path, "one", "two", types=["folder", "dashboard"])
    assert (len(report.waiting), report.plan is not None) == (2, True)
    assert hcl_lite.apply(tmp_path).counts == {"create": 2}
    assert hcl_lite.diff(tmp_path, "one", "two", types=["folder", "dashboard"]).is_equal


def test_several_at_once_by_threads_and_by_a_loop(filled: Server, tmp_path: Path) -> None:
    """Take-overs, comparisons and plans side by side: each has its own directory, events and secrets."""
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "main.toml").write_text(_TWO.replace("embedded:grafana.db", filled.url))
    heard: dict[str, list[hcl_lite.Event]] = {"a": [], "b": [], "c": []}

    def take(name: str) -> hcl_lite.Report:
        return hcl_lite.import_all(
            tmp_path / name, url=filled.url, environment={"GRAFANA_AUTH": filled.auth}, events=heard[name].append
        )

    async def look() -> tuple[hcl_lite.Comparison, hcl_lite.Plan]:
        return await asyncio.gather(
            hcl_lite.aio.diff(tmp_path / "two", "one", "two", types="folder"), hcl_lite.aio.plan(tmp_path / "two")
        )

    with ThreadPoolExecutor(3) as pool:
        taken = [pool.submit(take, name) for name in heard]
        comparison, plan = asyncio.run(look())
        assert [len(one.result(60).taken) for one in taken] == [3, 3, 3]
    assert (comparison.is_equal, plan.is_empty) == (False, True)
    assert all(heard.values())


def test_a_saved_plan_is_looked_at(filled: Server, tmp_path: Path) -> None:
    """By its file, relative to the directory; a file that is none is named."""
    (tmp_path / "main.toml").write_text(f'{filled.provider}\n[resource.grafana_folder.more]\ntitle = "More"\n')
    made = hcl_lite.plan(tmp_path, out="p.plan")
    loaded = hcl_lite.load_plan(tmp_path, "p.plan")
    assert (loaded.summary, loaded.counts, str(loaded)) == (made.summary, made.counts, str(made))
    with pytest.raises(hcl_lite.HclError, match="Cannot read the plan absent"):
        hcl_lite.load_plan(tmp_path, "absent")
    with pytest.raises(hcl_lite.HclError):
        hcl_lite.load_plan(tmp_path, "main.toml")


def test_what_a_server_has_is_got(tmp_path: Path) -> None:
    """Listed by type, with the address of what is managed here; one object with its arguments and its block."""
    (tmp_path / "main.toml").write_text(
        '[provider.grafana]\nurl = "embedded:grafana.db"\n[resource.grafana_folder.f]\nuid = "f"\ntitle = "F"\n'
    )
    hcl_lite.apply(tmp_path)
    (listed,) = hcl_lite.get(tmp_path, "folders")
    assert (listed.type, listed.uid, listed.title, listed.address) == ("grafana_folder", "f", "F", "grafana_folder.f")
    (read,) = hcl_lite.get(tmp_path, "folder", "F")
    assert read.arguments == {"uid": "f", "title": "F"}
    assert read.block == '[resource.grafana_folder.f]\nuid   = "f"\ntitle = "F"\n'
    with pytest.raises(hcl_lite.HclError, match='There is no grafana_folder "G"'):
        hcl_lite.get(tmp_path, "folder", "G")
