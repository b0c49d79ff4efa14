"""Tests of the profile of a run as tables, and as a message."""

from __future__ import annotations

import click

from hcl_lite.cli.views.messages import render_profile as render_message
from hcl_lite.cli.views.profile_text import render_profile
from hcl_lite.operations.profiling import ObjectProfile, Profile, RouteProfile, StageProfile
from tests.cli.views.test_messages import parsed

_PROFILE = Profile(
    8.0,
    2.0,
    70 * 2**20,
    (StageProfile("plan", 6.0, 2.25, 0.75, 3.0, 0.5, 2), StageProfile("the rest", 2.0, 0.0, 0.0, 2.0, 1.5, 0)),
    (
        RouteProfile("GET /api/folders/:uid", 2000, 1, 0, 5 * 2**20, 4.0, 2.0, 3.0, 1.0),
        RouteProfile("POST /api/x\x1b[2J", 1, 0, 700, 3, 0.5, 0.5, 0.25, 0.25),
    ),
    (ObjectProfile("grafana_folder.f", 2, 4.0),),
)
_TABLES = """\
Profile: 8.00 s, 62 % of it without a call under way; CPU 2.00 s, 70.0 MiB of memory at the most.

stage     seconds  server  network    us   CPU  requests
plan         6.00    2.25     0.75  3.00  0.50         2
the rest     2.00    0.00     0.00  2.00  1.50         0

route, times in ms     requests  failed    total   mean  longest  first byte  transfer   sent  received
GET /api/folders/:uid     2,000       1  4,000.0    2.0  2,000.0         1.5       0.5    0 B   5.0 MiB
POST /api/x\\u001b[2J          1            500.0  500.0    500.0       250.0     250.0  700 B       3 B

object, times in ms  requests    total
grafana_folder.f            2  4,000.0"""


def test_a_profile_is_tables() -> None:
    """By stage, by route, by object; whatever a path says steers no terminal."""
    assert click.unstyle(render_profile(_PROFILE)) == _TABLES


def test_a_profile_is_a_message() -> None:
    """With all that the tables have."""
    (message,) = parsed(render_message(_PROFILE, "2026-11-27T10:00:00.000000Z"))
    profile = message["profile"]
    assert (profile["us"], profile["memory"], message["@message"]) == (5.0, 70 * 2**20, "8.00 s, 2001 requests")
    assert profile["stages"][0] == {
        "name": "plan",
        "seconds": 6.0,
        "server": 2.25,
        "network": 0.75,
        "us": 3.0,
        "cpu": 0.5,
        "requests": 2,
    }
    assert profile["routes"][0]["mean"] == 0.002
    assert profile["objects"] == [{"address": "grafana_folder.f", "requests": 2, "seconds": 4.0}]
