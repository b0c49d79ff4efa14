"""Queries and proxy calls at plan: what a data source holds can be built on, and asking it changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Hcl, Server

_SOURCE = {"uid": "h6-q", "name": "h6-q", "type": "grafana-testdata-datasource", "access": "proxy"}
_QUERY = """
[data.grafana_query.q]
data_source = "h6-q"
query = { scenarioId = "csv_metric_values", stringInput = "1,null,2.5" }
from = "1420066800000"
to = "1420066860000"

[output.frames]
value = "${data.grafana_query.q.frames}"
"""
_FIELDS = [
    {"name": "time", "type": "time", "labels": {}, "values": [1420066800000, 1420066830000, 1420066860000]},
    {"name": "A-series", "type": "number", "labels": {}, "values": [1, None, 2.5]},
]


@pytest.fixture
def furnished(server: Server) -> Iterator[Server]:
    """A server with a data source that nobody here manages."""
    server.call("POST", "/api/datasources", _SOURCE)
    yield server
    server.call("DELETE", "/api/datasources/uid/h6-q")


def _frames(hcl: Hcl) -> object:
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    return json.loads(hcl("output", "--json").out)["frames"]


def test_a_query_is_read_at_plan(hcl: Hcl, furnished: Server, tmp_path: Path) -> None:
    """As plain lists, the same on both servers."""
    (tmp_path / "main.toml").write_text(furnished.provider + _QUERY)
    assert "+ frames:" in hcl("plan").out
    assert _frames(hcl) == [{"name": "", "fields": _FIELDS}]
    assert hcl("plan", "--detailed-exitcode").code == 0


def test_data_sources_are_listed_and_known_by_number(hcl: Hcl, furnished: Server, tmp_path: Path) -> None:
    """By type; the number is the one that the server tells."""
    text = (
        '[data.grafana_data_sources.all]\ntype = "testdata"\n'
        '[data.grafana_data_source_id.q]\nname = "h6-q"\n'
        "[output.frames]\n"
        "value = [\"${data.grafana_data_sources.all.data_sources | map(attribute='uid') | list}\", "
        '"${data.grafana_data_source_id.q.id}"]\n'
    )
    (tmp_path / "main.toml").write_text(furnished.provider + text)
    uids, number = _frames(hcl)  # type: ignore[misc]
    assert ("h6-q" in uids, number) == (True, furnished.call("GET", "/api/datasources/uid/h6-q")["id"])


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ('[data.grafana_query.q]\ndata_source = "h6-none"\nexpr = "up"\n', "Data source not found"),
        ('[data.grafana_query.q]\ndata_source = "h6-q"\n', "Give expr or query"),
        ('[data.grafana_data_source_proxy.p]\ndata_source = "h6-q"\npath = "../x"\n', '"../x" is not a path'),
    ],
)
def test_a_query_that_cannot_be_made_says_why(
    hcl: Hcl, furnished: Server, tmp_path: Path, block: str, says: str
) -> None:
    """At plan."""
    (tmp_path / "main.toml").write_text(furnished.provider + block)
    planned = hcl("plan")
    assert (planned.code, says in planned.err) == (1, True), planned.err
