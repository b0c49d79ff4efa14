"""grafana_annotation: what it cannot be, and all of many. Its life is in tests/providers/test_lifecycle.py."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from providers.grafana.annotation import ANNOTATION
from tests.conftest import Hcl, Server

_AT = 'time = "2026-01-31T09:00:00Z"\n'


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ('time = "tomorrow"', 'Expected a time (RFC 3339) such as "2026-01-31T09:00:00Z", found "tomorrow".'),
        ('time_end = "2026-01-31T09:00:00Z"', "There is an end without a time"),
        (f'{_AT}time_end = "2026-01-31T09:59:59.999+01:00"', "It ends before it begins"),
        ('time = "1970-01-01T01:00:00+01:00"', "The server takes this time for now"),
        ('tags = ["env: test"]', 'The server keeps no tag "env: test"'),
        ('tags = [""]', 'The server keeps no tag ""'),
        ("annotation_id = 1", "annotation_id"),
    ],
)
def test_what_an_annotation_cannot_be_is_said(hcl: Hcl, server: Server, tmp_path: Path, wrong: str, says: str) -> None:
    """What the server would make something else of is refused at its place."""
    (tmp_path / "main.toml").write_text(f'{server.provider}[resource.grafana_annotation.n]\ntext = "N"\n{wrong}\n')
    outcome = hcl("plan")
    assert (outcome.code, says in outcome.err, "main.toml:" in outcome.err) == (1, True, True), outcome.err


def test_all_of_many_are_taken_over(hcl: Hcl, tmp_path: Path) -> None:
    """More than the server lists where nobody asks for more; with what they are on, and what they end at."""
    server = Server.embedded(tmp_path)
    many = f"{_AT}dashboard_uid = '${{grafana_dashboard.d.uid}}'\ntext = 'N ${{count.index}}'\ncount = 120\n"
    board = "[resource.grafana_dashboard.d]\nconfig = { uid = 'board', title = 'Board' }\n"
    (tmp_path / "main.toml").write_text(f"{server.provider}{board}[resource.grafana_annotation.n]\n{many}")
    hcl("apply", "--auto-approve")
    other = tmp_path / "other"
    other.mkdir()
    (other / "main.toml").write_text(server.provider)
    assert hcl("-C", str(other), "import", "--all").code == 0
    taken = tomllib.loads((other / "annotations.toml").read_text())["resource"]["grafana_annotation"]
    assert sorted(one["text"] for one in taken.values()) == sorted(f"N {number}" for number in range(120))
    assert {one["dashboard_uid"] for one in taken.values()} == {"${grafana_dashboard.board.uid}"}
    assert hcl("-C", str(other), "plan", "--detailed-exitcode").code == 0


def test_an_older_grafana_is_told_of(hcl: Hcl, tmp_path: Path) -> None:
    """By the plan, before anything is made."""
    provider = Server.embedded(tmp_path, "3.2").provider
    (tmp_path / "main.toml").write_text(f'{provider}[resource.grafana_annotation.n]\ntext = "N"\n')
    assert "An annotation needs Grafana ≥ 9; this is 3.2.1" in hcl("plan").err


def test_what_alerting_has_noted_is_nobodys_to_change() -> None:
    """It is in no list of those that are managed here; who imports one is told why it stays as it is."""
    wire = {"id": 7, "text": "x", "time": 1, "timeEnd": 1, "dashboardUID": "", "newState": "Alerting", "alertId": 3}
    assert ANNOTATION.live(wire).fixed == "alerting has made it, of a change of an alert's state"
    assert ANNOTATION.live({**wire, "alertId": 0}).fixed == ""
