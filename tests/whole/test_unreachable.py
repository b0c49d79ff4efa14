"""Servers that cannot be reached: an error, or with --on-unreachable=skip left out, and nothing there is touched."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hcl_lite
from hcl_lite.core.diags import HclError
from providers.embedded.faults import Fault
from tests.conftest import Hcl, Server
from tests.faulty import Failing, Gate, gate_to
from tests.whole.processes import served

_SKIP = "--on-unreachable=skip"
_PROVIDERS = """
[variable.urls]
type = "map(string)"
[provider.grafana]
for_each = "${var.urls}"
url = "${each.value}"
auth = "admin:admin"
retries = 0
"""
_OBJECTS = """
[resource.grafana_folder.team]
for_each = "${var.urls}"
provider = 'grafana["${each.key}"]'
uid = "team"
title = "Team"
[resource.grafana_dashboard.team]
for_each = "${var.urls}"
provider = 'grafana["${each.key}"]'
folder = "${grafana_folder.team[each.key].uid}"
config = { uid = "d", title = "One of ${each.key}" }
[output.folders]
value = "${length(grafana_folder.team)}"
[output.of_a]
value = "${grafana_folder.team[\\"a\\"].title}"
"""
_LATE = """
[resource.grafana_dashboard.late]
provider = 'grafana["a"]'
config = { uid = "late", title = "Beside ${grafana_folder.team[\\"b\\"].title}" }
"""


class Fleet:
    """Three servers, a, b and c, of which b stands behind a gate; with a configuration for all of them."""

    def __init__(self, hcl: Hcl, root: Path, gate: Gate, app: Any) -> None:
        self.hcl, self.root, self.gate, self.faults = hcl, root, gate, app.faults
        self.retries = 0
        self.urls = {"a": "embedded:a.db", "b": gate.url, "c": "embedded:c.db"}
        self.write()

    def write(self, objects: str = _OBJECTS) -> None:
        urls = ", ".join(f'{name} = "{url}"' for name, url in self.urls.items())
        providers = _PROVIDERS.replace('type = "map(string)"', f"default = {{ {urls} }}")
        (self.root / "main.toml").write_text(providers.replace("retries = 0", f"retries = {self.retries}") + objects)

    def run(self, *args: str, code: int = 0) -> str:
        """What a command prints."""
        outcome = self.hcl(*args)
        assert outcome.code == code, outcome.out + outcome.err
        return outcome.out

    def apply(self, *args: str) -> str:
        return self.run("apply", "--auto-approve", *args)

    def planned(self, *args: str) -> dict[str, Any]:
        """A fresh plan that leaves b out, as `show --json` has it."""
        self.run("plan", "--out", "p", _SKIP, *args)
        told: dict[str, Any] = json.loads(self.run("show", "--json", "p"))
        return told

    def records(self) -> dict[str, Any]:
        """The records of the state by address."""
        found = json.loads((self.root / "hcl-lite.state.json").read_text())["records"]
        return {one["address"]: one for one in found}

    def titles(self, name: str) -> list[str]:
        """The titles of the dashboards on a server."""
        url = self.urls[name].replace("embedded:", f"embedded:{self.root}/")
        return sorted(one["title"] for one in Server(url, "admin:admin").call("GET", "/api/search?type=dash-db"))


@pytest.fixture
def fleet(hcl: Hcl, tmp_path: Path) -> Iterator[Fleet]:
    """Three empty servers that are up."""
    with served(tmp_path / "b.db") as (server, app), gate_to(server.url) as gate:
        yield Fleet(hcl, tmp_path, gate, app)


def _actions(plan: dict[str, Any]) -> dict[str, str]:
    return {one["address"]: one["action"] for one in plan["changes"]}


def test_a_server_that_is_down_is_an_error_and_told_of_once(fleet: Fleet) -> None:
    """At its provider, whatever the number of its objects; nothing is planned."""
    fleet.gate.shut()
    outcome = fleet.hcl("plan")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.count("Error: ") == 1
    assert f"GET {fleet.gate.url}/api/" in outcome.err
    assert 'at main.toml:6:7, in provider.grafana["b"]' in outcome.err


def test_what_a_plan_leaves_out_is_told_in_every_form(fleet: Fleet) -> None:
    """One warning with the place, the url, the reason and the number; nowhere that there are no changes."""
    fleet.apply()
    fleet.gate.shut()
    url = fleet.gate.url
    left = f"{url} cannot be reached: 2 objects are left out"
    text = fleet.hcl("plan", _SKIP, "--detailed-exitcode")
    assert text.code == 5
    assert text.out.count("Warning: ") == 1
    for part in (f'Warning: {left}\n  at main.toml:4:11, in provider.grafana["b"]', "All connection attempts failed"):
        assert part in text.out
    assert text.out.endswith(f"Nothing to do for what could be looked at.\nThis plan is partial: {left}.\n")
    told = [json.loads(line) for line in fleet.run("plan", _SKIP, "--json").splitlines()]
    [warning] = [one["diagnostic"] for one in told if one["type"] == "diagnostic"]
    server = {"providers": ['grafana["b"]'], "url": url, "objects": 2}
    assert (warning["summary"], warning["address"]) == (left, 'provider.grafana["b"]')
    summary = told[-1]
    reason = summary["skipped_servers"][0].pop("reason")
    assert re.fullmatch(rf"GET {url}/api/\S+: All connection attempts failed", reason)
    assert (summary["is_empty"], summary["is_partial"], summary["skipped_servers"]) == (True, True, [server])
    assert summary["@message"] == "Nothing to do for what could be looked at."
    markdown = fleet.run("plan", _SKIP, "--format", "markdown")
    assert "### hcl-lite: Nothing to do for what could be looked at. (partial)" in markdown
    assert left in html.unescape(markdown)
    page = fleet.run("plan", _SKIP, "--format", "html")
    assert left in page
    assert "No changes" not in text.out + markdown + page
    plan = hcl_lite.plan(fleet.root, on_unreachable="skip")
    assert (plan.is_empty, plan.is_partial, [one.objects for one in plan.skipped_servers]) == (True, True, [2])
    assert left in str(plan)


def test_nothing_of_a_server_that_is_left_out_is_touched(fleet: Fleet) -> None:
    """Neither what is to be changed, nor what depends on it elsewhere; the next whole plan has all of it."""
    fleet.write(_OBJECTS + _LATE)
    fleet.apply()
    before = fleet.records()
    fleet.write(_OBJECTS.replace("One of", "Another of") + _LATE.replace("Beside", "By"))
    fleet.gate.shut()
    told = fleet.apply(_SKIP)
    assert "Apply complete: 0 created, 2 updated, 0 deleted" in told
    assert f"This plan is partial: {fleet.gate.url} cannot be reached: 3 objects are left out.\n" in told
    after = fleet.records()
    assert {address for address, record in after.items() if record != before[address]} == {
        'grafana_dashboard.team["a"]',
        'grafana_dashboard.team["c"]',
    }
    assert json.loads(fleet.run("output", "--json")) == {"folders": 3, "of_a": "Team"}  # the former as it was stored
    fleet.gate.open()
    fleet.apply()
    assert fleet.titles("b") == ["Another of b"]
    assert fleet.titles("a") == ["Another of a", "By Team"]


def test_orphans_of_a_server_that_is_left_out_stay(fleet: Fleet) -> None:
    """No block stands for anything of it any more; elsewhere the same is deleted."""
    fleet.apply()
    before = fleet.records()
    fleet.write(_OBJECTS.partition("[resource.grafana_dashboard")[0])
    fleet.gate.shut()
    plan = fleet.planned()
    gone = [f'grafana_dashboard.team["{name}"]' for name in "ac"]
    assert _actions(plan) == dict.fromkeys(gone, "delete")
    assert [one["objects"] for one in plan["skipped_servers"]] == [2]
    fleet.run("apply", "p")
    assert fleet.records() == {address: one for address, one in before.items() if address not in gone}
    fleet.write("")
    assert _actions(fleet.planned()) == dict.fromkeys([f'grafana_folder.team["{name}"]' for name in "ac"], "delete")
    fleet.gate.open()
    fleet.apply()
    assert fleet.records() == {}


def test_a_saved_plan_needs_no_look_at_the_server_that_it_leaves_out(fleet: Fleet) -> None:
    """Whether that is up again or not; it leaves out the same, and says so."""
    fleet.gate.shut()
    plan = fleet.planned()
    assert _actions(plan) == {
        f'grafana_{what}.team["{name}"]': "create" for name in "ac" for what in ("folder", "dashboard")
    }
    fleet.gate.open()
    fleet.gate.calls.clear()
    told = fleet.run("apply", "p")
    assert fleet.gate.calls == []
    assert "2 objects are left out" in told
    assert fleet.titles("a") == ["One of a"]
    assert fleet.titles("b") == []
    again = fleet.run("plan", _SKIP, "--detailed-exitcode", code=2)
    assert "partial" not in again
    assert 'grafana_folder.team["b"] will be created' in again


def test_another_server_that_is_down_is_an_error_of_a_saved_plan(fleet: Fleet) -> None:
    """It leaves out what it left out, and nothing else."""
    fleet.urls["c"] = "http://127.0.0.1:9"
    fleet.write()
    plan = fleet.planned()
    assert [one["url"] for one in plan["skipped_servers"]] == ["http://127.0.0.1:9"]
    fleet.gate.shut()
    outcome = fleet.hcl("apply", "p")
    assert (outcome.code, f"GET {fleet.gate.url}/api/" in outcome.err) == (1, True)


def test_destroy_and_refresh_leave_out_the_same(fleet: Fleet) -> None:
    """What the objects of b need elsewhere stays with them."""
    needed = '[resource.grafana_folder.base]\nprovider = \'grafana["a"]\'\nuid = "base"\ntitle = "Base"\n'
    objects = _OBJECTS.replace('title = "Team"\n', 'title = "Team of ${grafana_folder.base.title}"\n')
    fleet.write(needed + objects)
    fleet.apply()
    before = fleet.records()
    url = fleet.urls["a"].replace("embedded:", f"embedded:{fleet.root}/")
    there = Server(url, "admin:admin")
    there.call("PUT", "/api/folders/team", {"title": "Renamed", "overwrite": True})
    fleet.gate.shut()
    assert "2 objects are left out" in fleet.run("refresh", _SKIP)
    assert [address for address, one in fleet.records().items() if one != before[address]] == [
        'grafana_folder.team["a"]'
    ]
    told = fleet.run("destroy", "--auto-approve", _SKIP)
    assert "4 deleted" in told
    assert sorted(fleet.records()) == [
        'grafana_dashboard.team["b"]',
        "grafana_folder.base",
        'grafana_folder.team["b"]',
    ]
    fleet.gate.open()
    assert "3 deleted" in fleet.run("destroy", "--auto-approve", _SKIP)


@pytest.mark.parametrize(
    ("faults", "is_left_out"),
    [
        ([Fault(status=503, times=None)], True),
        ([Fault(status=502, times=None)], True),
        ([Fault(kind="drop", times=None)], True),
        ([Fault(path="/api/search|dashboard", status=504, times=None)], False),
        ([Fault(status=401, times=None)], False),
        ([Fault(status=403, times=None)], False),
        ([Fault(status=500, times=None)], False),
    ],
    ids=["503", "502", "cut", "one route", "401", "403", "500"],
)
def test_a_server_that_says_no_is_not_left_out(fleet: Fleet, faults: list[Fault], is_left_out: bool) -> None:
    """Only what does not answer, or a proxy before it."""
    fleet.apply()
    for fault in faults:
        fleet.faults.add(fault)
    outcome = fleet.hcl("plan", _SKIP)
    assert (outcome.code, "This plan is partial" in outcome.out) == ((0, True) if is_left_out else (1, False))
    assert outcome.err.count("Error: ") == (0 if is_left_out else 1)


def test_a_server_that_goes_down_while_it_is_looked_at_is_left_out_whole(fleet: Fleet) -> None:
    """After the first object was planned, and after all blocks were. What was under way is answered yet: a second try
    is not."""
    fleet.apply()
    fleet.retries = 1
    fleet.write(_OBJECTS.replace("One of", "Another of").replace('"Team"', '"Crew"'))
    down = Failing(503)
    fleet.gate.calls.clear()
    fleet.hcl("plan")
    *calls, account = fleet.gate.calls
    assert (len(calls) > 3, account) == (True, "GET /api/access-control/user/actions?reloadcache=true")
    for number in range(0, len(calls), 2):  # what the account may do may stay unknown
        fleet.gate.calls.clear()
        fleet.gate.choose = lambda method, path, number=number: down if len(fleet.gate.calls) > number else None
        plan = fleet.planned()
        assert sorted(_actions(plan)) == [
            f'grafana_{what}.team["{name}"]' for what in ("dashboard", "folder") for name in "ac"
        ], number
        assert [one["objects"] for one in plan["skipped_servers"]] == [2]


def test_where_nothing_is_left_there_is_no_plan(fleet: Fleet) -> None:
    """An error for each server, as without the option."""
    fleet.gate.shut()
    fleet.urls = {"a": "http://127.0.0.1:9", "b": fleet.gate.url}
    fleet.write()
    outcome = fleet.hcl("plan", _SKIP, "--detailed-exitcode")
    assert (outcome.code, outcome.err.count("Error: ")) == (1, 2)
    assert fleet.hcl("plan", _SKIP, "--target", 'grafana_folder.team["b"]').code == 1


def test_what_is_no_consequence_is_refused(fleet: Fleet) -> None:
    """On the command line, beside a saved plan, and in Python."""
    wrong = fleet.hcl("plan", "--on-unreachable=ignore")
    assert (wrong.code, "'fail', 'skip'" in wrong.err) == (3, True)
    fleet.run("plan", "--out", "p")
    assert fleet.hcl("apply", "p", _SKIP).code == 3
    with pytest.raises(HclError, match="on_unreachable is wrong"):
        hcl_lite.plan(fleet.root, on_unreachable="ignore")
