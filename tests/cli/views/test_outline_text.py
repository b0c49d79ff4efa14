"""What lies in an object that is to be made, as a person reads it."""

from __future__ import annotations

from typing import Any

import click

from hcl_lite.cli.views.look import FULL, SHORT
from hcl_lite.cli.views.plan_text import render_plan
from hcl_lite.core.addrs import Address
from hcl_lite.engine.plan import Action, Change, Plan

_PANEL = {
    "type": "timeseries",
    "title": "CPU\u202e",
    "gridPos": {"w": 12, "h": 8, "x": 0, "y": 4},
    "datasource": "prometheus abc",
    "queries": [
        {"refId": "A", "datasource": "prometheus abc", "query": "up\n+ 1"},
        {"refId": "B", "datasource": "loki", "query": "x" * 200},
        {"refId": "", "datasource": "", "query": ""},
    ],
}


def _text(outline: Any, *, full: bool = False, body: str = "") -> list[str]:
    """The lines below the head of a change."""
    change = Change(Address.resource("grafana_dashboard", "d"), Action.CREATE, outline=outline, body=body)
    return (
        click.unstyle(render_plan(Plan((change,)), FULL if full else SHORT))
        .partition("created\n")[2]
        .split("\n\n")[0]
        .splitlines()
    )


def test_a_part_has_a_line_and_each_query_one_below_it() -> None:
    """What nobody sees is written out, what is long is cut; the data source of a query where it is another one."""
    assert _text({'panels["CPU"]': _PANEL, 'links["L"]': {"type": "link", "text": "https://x"}, "x": {}}) == [
        '    + panels["CPU"]: timeseries, "CPU\\u202e", 12×8 at 0,4, prometheus abc',
        "          A: up\\n+ 1",
        f"          B (loki): {'x' * 99}…",
        '    + links["L"]: link: https://x',
        "    + x: {}",
    ]


def test_nothing_is_cut_with_full() -> None:
    """Every key, where the plan was made for that; a saved one has the parts."""
    assert _text({'panels["CPU"]': _PANEL}, full=True)[2:] == [
        f"          B (loki): {'x' * 200}",
        "    … every key is shown by: hcl-lite plan --full",
    ]
    assert _text({}, full=True, body='{"dashboard": {"title": "T", "tags": ["a"]}}') == [
        '    + dashboard: {"title": "T", "tags": ["a"]}',
    ]


def test_many_parts_and_many_objects_are_counted() -> None:
    """The hint says where the rest is."""
    assert _text({f"panels[{i}]": {"type": "text"} for i in range(63)})[-1] == "    … and 3 more: --full shows them"
    plan = Plan((Change(Address.resource("grafana_dashboard", "d"), Action.CREATE, outline=None),))
    hint = "What is in so many new objects is shown by --full."
    assert (hint in render_plan(plan), hint in render_plan(plan, FULL)) == (True, False)
