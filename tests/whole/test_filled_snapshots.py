"""Snapshots with data, of a real Prometheus behind the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import Hcl, Server
from tests.prometheus import START, known_values, run_prometheus

_HOUR = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-01T01:00:00Z"}
_DS = {"type": "prometheus", "uid": "filled-prom"}


def _panel(id_: int, expr: str, **target: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "type": "timeseries",
        "title": f"P{id_}",
        "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
        "datasource": _DS,
        "targets": [{"refId": "A", "expr": expr, **target}],
    }


def _dashboard(*panels: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"uid": "filled", "title": "Filled", "panels": list(panels), "time": _HOUR, **more}


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One for all tests: nothing changes it."""
    with run_prometheus(tmp_path_factory.mktemp("prometheus")) as url:
        yield url


def _write(root: Path, server: Server, url: str, dashboard: dict[str, Any], more: str = "") -> None:
    (root / "filled.json").write_text(json.dumps(dashboard))
    (root / "main.toml").write_text(
        server.provider
        + '[resource.grafana_data_source.prom]\nname = "Filled Prometheus"\nuid = "filled-prom"\ntype = "prometheus"\n'
        + f'url = "{url}"\naccess_mode = "proxy"\n'
        + "[resource.grafana_dashboard.filled]\nconfig_json = '${file(\"filled.json\")}'\n"
        + 'depends_on = ["grafana_data_source.prom"]\n'
        + '[resource.grafana_snapshot.filled]\ndashboard = "${grafana_dashboard.filled.config_json}"\n'
        + f'key = "filled-key"\nfill = true\n{more}'
    )


def _frames(panel: dict[str, Any]) -> list[Any]:
    frames: list[Any] = panel["targets"][0]["snapshot"]
    return frames


def test_a_filled_snapshot_has_the_points_that_prometheus_has(
    hcl: Hcl, server: Server, prometheus: str, tmp_path: Path
) -> None:
    """Without its data source; they are in no file here, and the plan is empty afterwards."""
    variable = {"name": "job", "type": "query", "multi": True, "current": {"value": ["a.b"], "text": ["a.b"]}}
    row = {"id": 9, "type": "row", "title": "R", "collapsed": True, "panels": [_panel(2, "sum(test_total)")]}
    dashboard = _dashboard(_panel(1, 'test_total{job=~"$job"}'), row, templating={"list": [variable]})
    _write(tmp_path, server, prometheus, dashboard)

    applied = hcl("apply", "--auto-approve")

    assert applied.code == 0, applied.err
    shown = server.call("GET", "/api/snapshots/filled-key")["dashboard"]
    (frame,), (total,) = _frames(shown["panels"][0]), _frames(shown["panels"][1]["panels"][0])
    asked = {"query": 'test_total{job="a.b"}', "start": START, "end": START + 3600, "step": 15}
    answer = httpx.get(f"{prometheus}/api/v1/query_range", params=asked, trust_env=False).json()
    points = [(when, float(value)) for when, value in answer["data"]["result"][0]["values"]]
    assert points == known_values()
    assert frame["data"]["values"] == [[when * 1000 for when, _ in points], [value for _, value in points]]
    assert frame["schema"]["fields"][1]["labels"] == {"__name__": "test_total", "job": "a.b"}
    assert total["data"]["values"][1] == [value * 3 for _, value in points]
    assert shown["time"] == {"from": "2026-01-01T00:00:00.000Z", "to": "2026-01-01T01:00:00.000Z"}
    assert "test_total" not in json.dumps([shown["templating"], shown["panels"][1]["panels"][0]["targets"][0]["refId"]])
    assert hcl("plan", "--detailed-exitcode").code == 0
    state = (tmp_path / "hcl-lite.state.json").read_text()
    assert not any(text in state for text in ("snapshotData", "1767225600000", "values"))
    assert hcl("destroy", "--auto-approve").code == 0


def test_fill_range_says_when(hcl: Hcl, embedded: Server, prometheus: str, tmp_path: Path) -> None:
    """Another one makes another snapshot."""
    ten = 'fill_range = { from = "2026-01-01T00:10:00Z", to = "2026-01-01T00:20:00Z" }\n'
    _write(tmp_path, embedded, prometheus, _dashboard(_panel(1, "test_total")), ten)
    assert hcl("apply", "--auto-approve").code == 0
    shown = embedded.call("GET", "/api/snapshots/filled-key")["dashboard"]
    times = _frames(shown["panels"][0])[0]["data"]["values"][0]
    assert (times[0], times[-1]) == ((START + 600) * 1000, (START + 1200) * 1000)
    assert shown["time"]["from"] == "2026-01-01T00:10:00.000Z"
    _write(tmp_path, embedded, prometheus, _dashboard(_panel(1, "test_total")))
    assert "grafana_snapshot.filled will be replaced" in hcl("plan").out


def test_a_query_that_fails_makes_no_snapshot(hcl: Hcl, embedded: Server, prometheus: str, tmp_path: Path) -> None:
    """All that fail are named; nothing is left behind, and the next apply makes it."""
    _write(tmp_path, embedded, prometheus, _dashboard(_panel(1, "sum("), _panel(2, "test_total"), _panel(3, "(")))
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 1
    assert 'panel 1 "P1": A: bad_data: 1:5: parse error: unclosed left parenthesis' in applied.err
    assert 'panel 3 "P3": A: bad_data' in applied.err
    assert 'on_fill_error = "warn"' in applied.err
    assert embedded.call("GET", "/api/dashboard/snapshots") == []
    _write(tmp_path, embedded, prometheus, _dashboard(_panel(2, "test_total")))
    assert hcl("apply", "--auto-approve").code == 0
    assert hcl("plan", "--detailed-exitcode").code == 0


def test_a_query_that_fails_is_a_warning_where_asked(
    hcl: Hcl, embedded: Server, prometheus: str, tmp_path: Path
) -> None:
    """The panel is empty, the others are filled; the next plan has nothing to say."""
    dashboard = _dashboard(_panel(1, "sum("), _panel(2, "test_odd"))
    _write(tmp_path, embedded, prometheus, dashboard, 'on_fill_error = "warn"\n')
    applied = hcl("apply", "--auto-approve")
    assert applied.code == 0, applied.err
    assert "Warning: grafana_snapshot.filled was made, but not all of it" in applied.err
    assert 'panel 1 "P1": A: bad_data' in applied.err
    first, second = embedded.call("GET", "/api/snapshots/filled-key")["dashboard"]["panels"]
    assert _frames(first) == []
    assert _frames(second)[0]["data"]["entities"] == [None, {"NaN": list(range(241))}]
    assert hcl("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('fill_range = { from = "now" , to = "now-1h" }\n', '"now" is not before "now-1h"'),
        ('fill_range = { from = "yesterday" }\n', "fill_range is not a time range"),
        ('fill_range = { since = "now-1h" }\n', 'fill_range has no "since"'),
        ('on_fill_error = "ignore"\n', "on_fill_error"),
    ],
)
def test_a_wrong_way_to_fill_is_found_by_validate(
    hcl: Hcl, embedded: Server, tmp_path: Path, more: str, said: str
) -> None:
    """Without a server."""
    _write(tmp_path, embedded, "http://127.0.0.1:9", _dashboard(), more)
    planned = hcl("plan")
    assert (planned.code, said in planned.err) == (1, True), planned.err
