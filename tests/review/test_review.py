"""Tests of the review that is made of a plan: rows, folders, risks, counts, and the same of a saved plan."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from hcl_lite.cli.views.json_text import render_plan
from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic, Place, Severity
from hcl_lite.core.schema import Revision
from hcl_lite.engine.diff import ABSENT, Difference
from hcl_lite.engine.plan import Access, Action, Change, Fate, OutputChange, Outside, Plan
from hcl_lite.engine.planning.plan_file import decode, encode
from hcl_lite.review.build import review
from hcl_lite.review.model import Folder, Review, Risk, RiskKind
from hcl_lite.review.schema import read_schema
from state.model import Record


def _change(type_: str, name: str, action: Action, **more: Any) -> Change:
    return Change(Address.resource(f"grafana_{type_}", name), action, "grafana", name, **more)


def _record(type_: str, name: str, **attributes: Any) -> Record:
    return Record(Address.resource(f"grafana_{type_}", name), "grafana", name, {}, "", "", attributes, {}, ())


_UP = _change("folder", "up", Action.NOOP, record=_record("folder", "up", title="Team"))
_FOLDER = _change("folder", "svc", Action.CREATE, title="Services", folder="up")
_OUTSIDE = Outside(Revision("anna", "2026-11-26T10:12:05Z", "more room"), 4, 5)
PLAN = Plan(
    (
        _UP,
        _FOLDER,
        _change("dashboard", "new", Action.CREATE, title="New", folder="svc", outline={"panels[0]": {"type": "text"}}),
        _change(
            "dashboard",
            "old",
            Action.UPDATE,
            title="Old",
            folder="gone",
            differences=(Difference("title", "old", "Old"), Difference("tags", ABSENT, ["a"])),
            drifted=True,
            outside=_OUTSIDE,
            reason="it was changed outside of hcl-lite",
            place=Place("main.toml", 3, 1),
            outline=None,
            outline_before=None,
        ),
        _change(
            "data_source", "db", Action.REPLACE, record=_record("data_source", "db"), secrets={"key": Fate.ROTATED}
        ),
        _change("team", "ops", Action.UPDATE, access=Access.OPENS),
        _change("dashboard", "bye", Action.DELETE, record=_record("dashboard", "bye"), folder="up", takes=("panel P",)),
        _change("dashboard", "same", Action.NOOP),
    ),
    (OutputChange("url", ABSENT, "https://x.org"),),
    warnings=(
        Diagnostic("odd", severity=Severity.WARNING),
        Diagnostic("no", "not so", Place("main.toml", 1, 2, "x = 1", 3), "Do it.", "grafana_team.ops"),
    ),
    id="p",
    version="1",
    time="2026-11-27T00:00:00+00:00",
)
_MADE = review(PLAN)


def _saved(plan: Plan) -> Plan:
    return decode(encode(plan), "p")


def test_a_row_for_each_object_that_there_is_something_to_say_of() -> None:
    """In the order of the plan; what stays as it is is counted."""
    assert [(row.address, row.title, row.folder) for row in _MADE.rows] == [
        ("grafana_folder.svc", "Services", Folder("up", "Team")),
        ("grafana_dashboard.new", "New", Folder("svc", "Team/Services")),
        ("grafana_dashboard.old", "Old", Folder("gone", "gone")),
        ("grafana_data_source.db", "db", Folder()),
        ("grafana_team.ops", "ops", Folder()),
        ("grafana_dashboard.bye", "bye", Folder("up", "Team")),
    ]
    assert _MADE.unnamed == {Action.NOOP: 2}


def test_a_part_goes_by_the_title_of_the_whole() -> None:
    """Such as the permissions of a folder, which has the same uid."""
    made = review(Plan((_UP, _change("folder_permission", "up", Action.UPDATE))))
    assert [row.title for row in made.rows] == ["Team"]


def test_risks_come_the_worst_first() -> None:
    """Each with what happens, by row and over all."""
    assert [(row.address, row.risks) for row in _MADE.risky] == [
        (
            "grafana_dashboard.bye",
            (Risk(RiskKind.DELETION, "deleted, and with it, not managed here: panel P"),),
        ),
        (
            "grafana_data_source.db",
            (Risk(RiskKind.REPLACEMENT, "deleted and made anew"), Risk(RiskKind.SECRET, "rotates key")),
        ),
        (
            "grafana_dashboard.old",
            (
                Risk(
                    RiskKind.OVERWRITE,
                    'overwrites what was changed by anna, 2026-11-26 10:12:05 UTC, version 4 → 5: "more room"',
                ),
            ),
        ),
        ("grafana_team.ops", (Risk(RiskKind.ACCESS, "more is allowed"),)),
    ]


def test_objects_are_counted_by_action_and_by_folder() -> None:
    """Deletions with what goes along, and with what is replaced."""
    assert _MADE.counts == {Action.CREATE: 2, Action.UPDATE: 2, Action.REPLACE: 1, Action.DELETE: 1}
    assert _MADE.deleted == 3
    assert _MADE.folders == {
        Folder("up", "Team"): {Action.CREATE: 1, Action.DELETE: 1},
        Folder("svc", "Team/Services"): {Action.CREATE: 1},
        Folder("gone", "gone"): {Action.UPDATE: 1},
    }


def test_folders_that_lie_in_each_other_end_somewhere() -> None:
    """Whatever a server says."""
    changes = (_change("folder", "a", Action.UPDATE, folder="b"), _change("folder", "b", Action.UPDATE, folder="a"))
    assert [row.folder for row in review(Plan(changes)).rows] == [Folder("b", "a/b"), Folder("a", "b/a")]


def test_a_saved_plan_is_reviewed_as_a_fresh_one() -> None:
    """All of it."""
    assert review(_saved(PLAN)) == _MADE


@pytest.mark.parametrize("plan", [PLAN, Plan(()), Plan(PLAN.changes, refresh_only=True)])
def test_the_document_is_as_its_schema_says(plan: Plan) -> None:
    """Fresh or saved, and no key that the schema does not explain."""
    schema = read_schema()
    told = json.loads(render_plan(plan))
    jsonschema.validate(told, schema)
    assert told == json.loads(render_plan(_saved(plan)))
    assert set(told) == set(schema["$defs"]["plan"]["properties"])
    for change in told["changes"]:
        assert set(change) == set(schema["$defs"]["change"]["properties"])


def test_a_row_without_a_title_goes_by_what_there_is() -> None:
    """Its uid, or the end of its address."""
    new = Change(Address.resource("grafana_team", "ops"), Action.CREATE)
    made = review(Plan((new, _change("team", "x", Action.UPDATE))))
    assert [row.title for row in made.rows] == ["ops", "x"]
    assert Review(()).counts == {}
