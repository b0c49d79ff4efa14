"""Objects of a server as a table, as JSON, as blocks."""

from __future__ import annotations

import json

from hcl_lite.cli.views.get_text import render_got, render_got_json, render_got_table, render_got_toml
from hcl_lite.cli.views.plain import unstyled
from hcl_lite.operations.getting.model import Content, Got, Item

_BLOCK = '[resource.grafana_team.a]\nname = "A"\n'
_READ = Item("grafana_team", "1", "A", content=Content({"name": "A"}, {"team_id": 1}, _BLOCK))
_LISTED = Item("grafana_team", "2", "B\n", ("F", "G"), "grafana_team.b", {"name": "B\n", "email": "b" * 70})


def test_a_table_has_a_column_for_what_says_something() -> None:
    """A column that repeats another is left out, a long text cut, and nothing breaks a line."""
    lines = unstyled(render_got(Got([_LISTED, Item("grafana_team", "3", "C", told={"name": "C"})]))).splitlines()
    assert [line.split() for line in lines] == [
        ["uid", "title", "folder", "email", "managed", "by"],
        ["2", "B\\n", "F/G", "b" * 59 + "…", "grafana_team.b"],
        ["3", "C"],
    ]


def test_one_object_is_a_block_and_a_lookup_a_table() -> None:
    """Unless a form is asked for."""
    assert render_got(Got([_READ], is_one=True)) == _BLOCK.rstrip()
    rows = Content({}, {"users": [{"login": "ada", "is_admin": True}, {"login": "bob", "is_admin": False}]}, "")
    lookup = Got([Item("grafana_users", "", content=rows)], is_one=True, is_lookup=True)
    assert unstyled(render_got(lookup)).splitlines() == ["login  is admin", "ada    yes", "bob"]
    assert unstyled(render_got_table(Got([_READ], is_one=True))).splitlines() == [
        "attribute  value",
        "name       A",
        "team_id    1",
    ]


def test_an_overview_counts_by_type() -> None:
    """A type that cannot be listed says why."""
    got = Got([_READ, _LISTED], {"grafana_user": "403: not allowed"}, is_overview=True)
    assert [line.split(maxsplit=3) for line in unstyled(render_got(got)).splitlines()] == [
        ["type", "objects", "managed", "here"],
        ["grafana_team", "2", "1"],
        ["grafana_user", "?", "403:", "not allowed"],
    ]


def test_json_tells_what_was_read_and_what_was_listed() -> None:
    """The one that was asked for is no list."""
    read = {"type": "grafana_team", "uid": "1", "title": "A", "path": [], "address": None}
    read |= {"arguments": {"name": "A"}, "attributes": {"team_id": 1}}
    assert json.loads(render_got_json(Got([_READ], is_one=True))) == read
    listed = json.loads(render_got_json(Got([_LISTED])))
    assert listed[0]["listed"] == {"name": "B\n", "email": "b" * 70}


def test_what_cannot_be_read_is_a_comment_among_blocks() -> None:
    """With the reason."""
    gone = Item("grafana_team", "9", reason="It has gone meanwhile.")
    assert render_got_toml(Got([_READ, gone])) == f"{_BLOCK}\n# grafana_team 9: It has gone meanwhile."
    assert render_got_toml(Got()) == "# There are none."
