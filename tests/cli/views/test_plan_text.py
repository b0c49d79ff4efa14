"""A plan as a person reads it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click
import pytest

from hcl_lite.cli.views.look import Detail, Look
from hcl_lite.cli.views.plan_text import render_plan, render_question, render_summary
from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, Place, Severity
from hcl_lite.engine.diff import ABSENT, Difference
from hcl_lite.engine.plan import Access, Action, Change, OutputChange, Plan
from state.model import Record

_ADDRESS = Address.resource("grafana_dashboard", "api")
_RECORD = Record(_ADDRESS, "grafana", "api", {})


def _change(action: Action, **more: Any) -> Change:
    return Change(_ADDRESS, action, "grafana", "api", **more)


def _text(*changes: Change, **more: Any) -> str:
    return click.unstyle(render_plan(Plan(changes, **more)))


def test_every_kind_of_change_has_its_words() -> None:
    """Address, place, reason, differences, secrets; what is left alone is not shown."""
    text = _text(
        _change(Action.NOOP),
        _change(Action.REFRESH),
        _change(Action.CREATE, place=Place("main.toml", 3, 1), differences=(Difference("title", ABSENT, "API"),)),
        _change(
            Action.UPDATE,
            reason="it was changed outside of hcl-lite",
            drifted=True,
            differences=(Difference("folder", "team", "other"), Difference("refresh", "5s", ABSENT)),
            secrets={"token": "rotated"},
        ),
        _change(Action.REPLACE, reason="uid changes from a to api"),
        _change(Action.DELETE, record=_RECORD, reason="it is no longer declared"),
        _change(Action.DELETE, record=_RECORD, deposed=True),
        _change(Action.READ),
        _change(Action.NOOP, note="It has expired."),
        outputs=(OutputChange("url", ABSENT, "(known after apply)"),),
        warnings=(Diagnostic("Careful", "Really.", severity=Severity.WARNING),),
    )
    assert (
        text
        == """\
hcl-lite will do this:

Look twice at:
  - grafana_dashboard.api: deleted
  - grafana_dashboard.api: deleted
  ± grafana_dashboard.api: deleted and made anew
  ! grafana_dashboard.api: overwrites what was changed outside; rotates token

All of it:

+ grafana_dashboard.api will be created  (main.toml:3)
    + title: "API"

~ grafana_dashboard.api will be updated
    because it was changed outside of hcl-lite
    ~ folder: "team" → "other"
    - refresh: "5s"
    ~ token: (sensitive, rotated)

± grafana_dashboard.api will be replaced
    because uid changes from a to api

- grafana_dashboard.api will be deleted
    because it is no longer declared
    uid: "api"

- grafana_dashboard.api (replaced before) will be deleted
    uid: "api"

≤ grafana_dashboard.api will be read during apply

· grafana_dashboard.api stays as it is
    It has expired.

Outputs:
  + url: (known after apply)

Warning: Careful

  Really.

Plan: 1 to create, 1 to update, 1 to replace, 2 to delete."""
    )


_LONG = 'sum(rate(http_requests_total{job=~"api|web", code!~"5.."}[5m])) by (job, code, handler)'
_LINES = [
    ("numbers", 1, 1.5, "~ x: 1 → 1.5"),
    ("null", None, [], "~ x: null → []"),
    ("not seen", "(sensitive)", "(sensitive)", "~ x: (sensitive) → (sensitive)"),
    ("a short object", ABSENT, {"title": "CPU", "a": 1}, '+ x: {"title": "CPU", "a": 1}'),
    ("a long list", ABSENT, list(range(60)), f"+ x: {list(range(60))}"),
    (
        "a longer list",
        ABSENT,
        list(range(200)),
        f"+ x: {str(list(range(200)))[:239]}… and 651 more characters: --full shows them",
    ),
    ("white space at the end of a line", "up\n+ 1", "up \n+ 1", '~ x:\n    - "up\\n"\n    + "up \\n"'),
    ("the last line end", "up\n+ 1\n", "up\n+ 1", '~ x:\n    - "+ 1\\n"\n    + "+ 1"'),
    ("other line ends", "up\n", "up\r\n", '~ x:\n    - "up\\n"\n    + "up\\r\\n"'),
    ("a space that is none", "a b", "a\u00a0b", '~ x: "a b" → "a\\u00a0b"'),
    ("a letter that looks like another one", "cpu", "\u0441pu", '~ x: "cpu" → "\\u0441pu"'),
    ("a letter in two parts", "\u00e9", "e\u0301", '~ x: "\\u00e9" → "e\\u0301"'),
    ("a number and its text", 1, "1", '~ x: 1 → "1"'),
    (
        "long texts, around what differs",
        _LONG,
        _LONG.replace("[5m]", "[1m]"),
        "~ x:\n"
        '    - "…{job=~"api|web", code!~"5.."}[5m])) by (job, code, handler)"\n'
        '    + "…{job=~"api|web", code!~"5.."}[1m])) by (job, code, handler)"',
    ),
    ("a tab where spaces were", "up\n    + 1", "up\n\t+ 1", '~ x:\n    - "    + 1"\n    + "\\t+ 1"'),
    ("texts of several lines", "a\nb\nc", "a\nB\nc", "~ x:\n    - b\n    + B"),
]


@pytest.mark.parametrize(("before", "after", "shown"), [line[1:] for line in _LINES], ids=[line[0] for line in _LINES])
def test_a_difference_is_as_short_as_can_be(before: Any, after: Any, shown: str) -> None:
    """And on one line where it fits."""
    text = _text(_change(Action.UPDATE, differences=(Difference("x", before, after),)))
    block = text.split("\n\n")[1].split("\n", 1)[1]
    assert "\n".join(line[4:] for line in block.splitlines()) == shown


def test_an_output_is_shown_by_what_of_it_differs() -> None:
    """Not as two long values that are cut where they are still equal."""
    before, after = ({"a": [*range(60), {"name": "q", "v": v}]} for v in (1, 2))
    text = _text(outputs=(OutputChange("x", before, after), OutputChange("y", "a", ABSENT)))
    assert text.splitlines()[2:5] == ["Outputs:", '  ~ x.a["q"].v: 1 → 2', '  - y: "a"']


def test_a_deletion_says_what_the_state_knows_of_the_object() -> None:
    """Its title or name, its type, its folder and where it is."""
    record = Record(_ADDRESS, "grafana", "api", {}, attributes={"folder": "team", "url": "/d/api/api", "version": 3})
    assert _text(_change(Action.DELETE, record=record)).splitlines()[3:6] == [
        '    uid: "api"',
        '    folder: "team"',
        '    url: "/d/api/api"',
    ]


def test_many_differences_are_counted() -> None:
    """Fifty of them are enough to see."""
    text = _text(_change(Action.UPDATE, differences=tuple(Difference(f"x{i}", 1, 2) for i in range(53))))
    assert text.splitlines()[-3:] == [
        "    … and 3 more differences: --full shows them",
        "",
        "Plan: 0 to create, 1 to update, 0 to delete.",
    ]


@pytest.mark.parametrize(
    ("plan", "summary"),
    [
        (Plan(()), "No changes. Grafana is as the configuration says."),
        (Plan((_change(Action.REFRESH),)), "No changes. Grafana is as the configuration says."),
        (Plan((), destroy=True), "No objects to delete. Nothing is managed here."),
        (Plan((), refresh_only=True), "No changes. The state is up to date."),
        (Plan((_change(Action.FORGET),), refresh_only=True), "Refresh: 1 to bring up to date."),
        (Plan((_change(Action.CREATE),)), "Plan: 1 to create, 0 to update, 0 to delete."),
    ],
    ids=["nothing", "only the state", "nothing to destroy", "nothing to refresh", "a refresh", "a create"],
)
def test_the_summary_is_one_line(plan: Plan, summary: str) -> None:
    """In the words of what was asked for."""
    assert click.unstyle(render_summary(plan)) == summary


@pytest.mark.parametrize(
    ("changes", "question"),
    [
        ((), "Do it?"),
        ((_change(Action.CREATE), _change(Action.UPDATE)), "Do it?"),
        ((_change(Action.DELETE),), "1 object is deleted. Do it?"),
        ((_change(Action.DELETE), _change(Action.REPLACE), _change(Action.CREATE)), "2 objects are deleted. Do it?"),
        ((_change(Action.DELETE, takes=("a", "b")),), "3 objects are deleted. Do it?"),
    ],
)
def test_a_question_says_how_much_is_deleted(changes: tuple[Change, ...], question: str) -> None:
    """Before it is asked; what goes along counts too."""
    assert click.unstyle(render_question(Plan(changes), "Do it?")) == question


def test_a_deletion_says_what_goes_and_where_it_lay() -> None:
    """By the title of the folder too, where that is managed here."""
    folder = Address.resource("grafana_folder", "f")
    infra = Change(
        folder, Action.NOOP, "grafana", "f", Record(folder, "grafana", "f", {}, attributes={"title": "Infra"})
    )
    known = {"title": "API", "folder": "f", "url": "/d/api"}
    text = _text(infra, _change(Action.DELETE, folder="f", record=replace(_RECORD, attributes=known)))
    assert text.splitlines()[3:7] == [
        '    uid: "api"',
        '    title: "API"',
        '    folder: "f" (Infra)',
        '    url: "/d/api"',
    ]


_TEAM = Address.resource("grafana_folder", "team")


def _dashboards(*names: str, **more: Any) -> list[Change]:
    return [
        Change(Address.resource("grafana_dashboard", name), Action.CREATE, "grafana", name, folder="team", **more)
        for name in names
    ]


def test_a_plan_of_many_objects_begins_with_folders_and_risks() -> None:
    """Of few objects it does not: they are seen at a glance."""
    folders = [
        Change(_TEAM, Action.CREATE, "grafana", "team", title="Team"),
        Change(Address.resource("grafana_folder", "svc"), Action.CREATE, "grafana", "svc", title="Svc", folder="team"),
        _change(Action.UPDATE, folder="svc", title="API", access=Access.OPENS),
    ]
    few, many = (_text(*folders, *_dashboards(*names)) for names in ("abc", "abcd"))
    assert "Look twice" not in few
    assert many.split("\n\n")[1:4] == [
        "By folder:\n  Team      5 to create\n  Team/Svc  1 to update",
        'Look twice at:\n  ! grafana_dashboard.api "API" in Team/Svc: more is allowed',
        "All of it:",
    ]


def test_counts_and_risks_alone_are_shown_where_that_is_asked_for() -> None:
    """With the outputs counted, and warnings as ever."""
    changes = (_change(Action.DELETE, record=_RECORD, folder="team", title="API"), *_dashboards("a"))
    plan = Plan(
        changes, (OutputChange("url", ABSENT, "x"),), warnings=(Diagnostic("Careful", severity=Severity.WARNING),)
    )
    assert click.unstyle(render_plan(plan, Look(Detail.NONE))) == (
        "hcl-lite will do this:\n\n"
        "By folder:\n  team  1 to create, 1 to delete\n\n"
        'Look twice at:\n  - grafana_dashboard.api "API" in team: deleted\n\n'
        "Outputs:\n  1 changed\n\n"
        "Warning: Careful\n\n"
        "Plan: 1 to create, 0 to update, 1 to delete."
    )


def test_a_long_value_is_cut_where_the_page_ends() -> None:
    """Piped output is the same everywhere."""
    plan = Plan((_change(Action.UPDATE, differences=(Difference("x", 1, "y" * 200),)),))
    shown = [click.unstyle(render_plan(plan, Look(width=width))).splitlines()[3] for width in (60, 100)]
    assert [line.index("…") for line in shown] == [13 + 59, 13 + 99]
