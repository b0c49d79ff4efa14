"""Whole runs with --profile."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.views.test_messages import parsed
from tests.conftest import Hcl
from tests.whole.processes import served

_TEXT = """
[resource.grafana_folder.f]
title = "F"
[resource.grafana_dashboard.d]
for_each = ["a", "b"]
folder = "${grafana_folder.f.uid}"
config = { title = "${each.key}" }
"""


def _profile(lines: str) -> dict[str, Any]:
    """The last message."""
    message = parsed(lines)[-1]
    assert message["type"] == "profile"
    profile: dict[str, Any] = message["profile"]
    return profile


def test_an_apply_says_where_its_time_went(tmp_path: Path, hcl: Hcl) -> None:
    """Each stage, each route with its bytes and the time on the wire, the objects; on a table the same, on stderr."""
    with served(tmp_path / "g.db") as (server, app):
        (tmp_path / "main.toml").write_text(server.provider + _TEXT)
        profile = _profile(hcl("apply", "--auto-approve", "--json", "--profile").out)
        log = [(method, path.partition("?")[0]) for method, path, _ in app.access_log]
        shown = hcl("plan", "--profile")
    assert [one["name"] for one in profile["stages"]] == ["load", "plan", "ask", "apply", "the rest"]
    assert sum(one["requests"] for one in profile["routes"]) == len(log)
    assert sum(one["requests"] for one in profile["stages"]) == len(log)
    routes = {one["route"]: one for one in profile["routes"]}
    writes = routes["POST /api/dashboards/db"]
    assert (writes["requests"], writes["failed"]) == (2, 0)
    assert min(writes["sent"], writes["received"]) > 100
    assert writes["total"] >= writes["server"] + writes["network"] > 0
    assert {one["address"] for one in profile["objects"]} >= {"grafana_folder.f", 'grafana_dashboard.d["a"]'}
    assert sum(one["seconds"] for one in profile["stages"]) == pytest.approx(profile["seconds"], abs=0.01)
    assert shown.out.startswith("No changes.")
    assert re.search(r"^Profile: [\d.]+ s, \d+ % of it without a call under way", shown.err, re.MULTILINE)
    assert re.search(r"^plan +[\d.]+", shown.err, re.MULTILINE)


def test_a_run_that_fails_has_a_profile(tmp_path: Path, hcl: Hcl) -> None:
    """With the calls that were not answered; the exit code stays."""
    (tmp_path / "main.toml").write_text('[provider.grafana]\nurl = "http://127.0.0.1:1"\nretries = 0\n' + _TEXT)
    outcome = hcl("plan", "--json", "--profile")
    assert outcome.code == 1
    assert [one["failed"] for one in _profile(outcome.out)["routes"]] == [1]


@pytest.mark.parametrize(
    "words", [["drift"], ["import", "--all", "--dry-run"], ["refresh"], ["destroy", "--auto-approve"]]
)
def test_other_commands_have_a_profile(tmp_path: Path, hcl: Hcl, embedded: Any, words: list[str]) -> None:
    """After what they say; not as one of the values of the command."""
    (tmp_path / "main.toml").write_text(embedded.provider + _TEXT)
    assert hcl("apply", "--auto-approve").code == 0
    outcome = hcl(*words, "--profile")
    assert outcome.code == 0, outcome.err
    assert "\nProfile: " in outcome.err
    assert "Profile" not in outcome.out


def test_a_run_without_it_measures_nothing(tmp_path: Path, hcl: Hcl, embedded: Any) -> None:
    """No table, and no message."""
    (tmp_path / "main.toml").write_text(embedded.provider + _TEXT)
    outcome = hcl("plan", "--json")
    assert (outcome.err, json.loads(outcome.out.splitlines()[-1])["type"]) == ("", "change_summary")
