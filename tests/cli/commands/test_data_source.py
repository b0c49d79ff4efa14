"""hcl-lite data-source: what is there, by uid, name or number."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Hcl, Server

_SOURCES = (
    {"uid": "t", "name": "Test data", "type": "testdata", "access": "proxy", "secureJsonData": {"key": "s3cret"}},
    {"uid": "p", "name": "Prometheus", "type": "prometheus", "access": "proxy", "url": "http://127.0.0.1:9"},
)


@pytest.fixture(params=["7", "12"])
def sourced(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server with two data sources, which the environment names."""
    server = Server.embedded(tmp_path, request.param)
    for source in _SOURCES:
        server.call("POST", "/api/datasources", source)
    monkeypatch.setenv("GRAFANA_URL", server.url)
    return server


def _names(server: Server) -> list[str]:
    return sorted(item["name"] for item in server.call("GET", "/api/datasources"))


def _run(hcl: Hcl, *args: str) -> str:
    outcome = hcl("data-source", *args)
    assert outcome.code == 0, outcome.err
    return outcome.out


@pytest.mark.usefixtures("sourced")
def test_data_sources_are_listed(hcl: Hcl) -> None:
    """As a table, or as JSON; by type, also by its older name."""
    assert [line.split()[0] for line in _run(hcl, "list").splitlines()] == ["uid", "p", "t"]
    assert [one["uid"] for one in json.loads(_run(hcl, "list", "--json"))] == ["p", "t"]
    assert [one["uid"] for one in json.loads(_run(hcl, "list", "--json", "--type", "testdata"))] == ["t"]
    assert _run(hcl, "list", "--type", "loki") == "There are none.\n"


@pytest.mark.parametrize("name", ["t", "uid:t", "name:Test data", "id:{id}"])
def test_one_is_shown_by_each_of_its_names(hcl: Hcl, sourced: Server, name: str) -> None:
    """With the names of its secrets, and no secret."""
    number = sourced.call("GET", "/api/datasources/uid/t")["id"]
    shown = _run(hcl, "get", name.format(id=number))
    assert ('uid = "t"' in shown, 'secure_json_fields = ["key"]' in shown, "s3cret" in shown) == (True, True, False)
    found = json.loads(_run(hcl, "get", name.format(id=number), "--json"))
    assert (found["uid"], found["name"], found["id"]) == ("t", "Test data", number)


@pytest.mark.parametrize("name", ["p", "name:Prometheus", "id:{id}"])
def test_one_is_deleted_by_each_of_its_names(hcl: Hcl, sourced: Server, name: str) -> None:
    """Once; and only that one."""
    name = name.format(id=sourced.call("GET", "/api/datasources/uid/p")["id"])
    assert _run(hcl, "delete", name, "--auto-approve") == 'Data source "Prometheus" (prometheus) deleted.\n'
    assert _names(sourced) == ["Test data"]
    again = hcl("data-source", "delete", name, "--auto-approve")
    assert (again.code, "There is no data source with" in again.err) == (1, True)


def test_nothing_is_deleted_where_nobody_says_yes(hcl: Hcl, sourced: Server) -> None:
    """Without a terminal and without --auto-approve."""
    outcome = hcl("data-source", "delete", "p")
    assert (outcome.code, "nobody is there to answer" in outcome.err) == (1, True)
    assert _names(sourced) == ["Prometheus", "Test data"]


@pytest.mark.parametrize("by", ["configuration", "url"])
def test_what_is_managed_here_is_not_deleted_by_hand(hcl: Hcl, sourced: Server, tmp_path: Path, by: str) -> None:
    """A data source, a snapshot: by whichever name, and wherever the server's address comes from."""
    block = '[resource.grafana_data_source.m]\nname = "Prometheus"\ntype = "prometheus"\nurl = "http://127.0.0.1:9"\n'
    snapshot = '[resource.grafana_snapshot.s.dashboard]\nuid = "d"\ntitle = "D"\n'
    sourced.call("POST", "/api/dashboards/db", {"dashboard": {"uid": "d", "title": "D"}})
    (tmp_path / "main.toml").write_text(sourced.provider + block + snapshot)
    assert hcl("import", "grafana_data_source.m", "name:Prometheus").out.startswith(
        "grafana_data_source.m now stands for p."
    )
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    (key,) = [item["key"] for item in sourced.call("GET", "/api/dashboard/snapshots")]
    where = ("--url", sourced.url, "--auth", sourced.auth) if by == "url" else ()
    for refused in (
        hcl("data-source", "delete", "name:Prometheus", "--auto-approve", *where),
        hcl("data-source", "delete", "p", "--auto-approve", *where),
        hcl("snapshot", "delete", key, *where),
    ):
        assert (refused.code, "is managed here, by grafana_" in refused.err) == (1, True), refused.err
    assert _names(sourced) == ["Prometheus", "Test data"]
    assert hcl("state", "rm", "grafana_data_source.m").code == 0
    assert _run(hcl, "delete", "p", "--auto-approve", *where).startswith("Data source")


_VALUES = ["--query", '{"scenarioId": "csv_metric_values", "stringInput": "1,null,2.5"}']
_SPAN = ["--from", "1420066800000", "--to", "1420066860000"]


@pytest.mark.parametrize("name", ["t", "name:Test data"])
@pytest.mark.usefixtures("sourced")
def test_a_query_is_a_table(hcl: Hcl, name: str) -> None:
    """By /api/ds/query or, before 8, by /api/tsdb/query: the same table, but for the frame's name."""
    lines = _run(hcl, "query", name, *_VALUES, *_SPAN).splitlines()
    assert lines[-4:] == [
        "time                  A-series",
        "2014-12-31T23:00:00Z  1.0",
        "2014-12-31T23:00:30Z",
        "2014-12-31T23:01:00Z  2.5",
    ]
    (frame,) = json.loads(_run(hcl, "query", name, *_VALUES, *_SPAN, "--json"))
    assert [field["values"] for field in frame["fields"]] == [
        [1420066800000, 1420066830000, 1420066860000],
        [1, None, 2.5],
    ]


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["get", "none"], 1, 'There is no data source with uid "none"'),
        (["get", "name:none"], 1, 'There is no data source with name "none"'),
        (["get", "id:987654"], 1, 'There is no data source with id "987654"'),
        (["query", "t"], 3, "Give either EXPR or --query."),
        (["query", "t", "up", "--query", "{}"], 3, "Give either EXPR or --query."),
        (["query", "t", "--query", "{"], 3, "--query is not JSON"),
        (["query", "t", "--query", "3"], 3, "--query must be a JSON object."),
        (["query", "none", "up"], 1, 'There is no data source with uid "none"'),
        (["proxy", "p", "../../admin"], 1, '"../../admin" is not a path'),
        (["proxy", "p", "x?y=1"], 1, "Parameters go to params."),
        (["proxy", "p", "x", "--param", "x"], 3, '--param "x" is not KEY=VALUE.'),
        (["proxy", "p", "x", "--data", "{"], 3, "--data is not JSON"),
        (["proxy", "p", "api/v1/query"], 1, "answered 502"),
        (["list", "--url", "ftp://x"], 1, '"ftp://x" is not a URL'),
    ],
)
def test_what_cannot_be_done_is_said(
    hcl: Hcl, sourced: Server, tmp_path: Path, args: list[str], code: int, says: str
) -> None:
    """Usage, what is not there, what the data source does not answer."""
    (tmp_path / "main.toml").write_text(sourced.provider + "retries = 0\n")
    outcome = hcl("data-source", *args)
    assert (outcome.code, says in outcome.err) == (code, True), outcome.err


@pytest.mark.parametrize(
    ("name", "uid"), [("name:Prometheus", "p"), ("id:{id}", "p"), ("p", "p"), ("name:None", ""), ("id:987654", "")]
)
def test_an_import_block_takes_the_same_names(hcl: Hcl, sourced: Server, tmp_path: Path, name: str, uid: str) -> None:
    """What is not there is said at the id."""
    name = name.format(id=sourced.call("GET", "/api/datasources/uid/p")["id"])
    block = '[resource.grafana_data_source.m]\nname = "Prometheus"\ntype = "prometheus"\nurl = "http://127.0.0.1:9"\n'
    statement = f'[[import]]\nto = "grafana_data_source.m"\nid = "{name}"\n'
    (tmp_path / "main.toml").write_text(sourced.provider + block + statement)
    outcome = hcl("apply", "--auto-approve")
    if not uid:
        assert (outcome.code, f'There is no grafana_data_source "{name}" to import' in outcome.err) == (1, True)
        return
    assert outcome.code == 0, outcome.err
    assert '    uid: "p"\n' in hcl("state", "show", "grafana_data_source.m").out
    assert _names(sourced) == ["Prometheus", "Test data"]
    assert hcl("plan", "--detailed-exitcode").code == 0
