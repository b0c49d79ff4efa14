"""An apply as a person reads it."""

from __future__ import annotations

import click
import pytest

from hcl_lite.cli.views.apply_text import DESTROY, render_event, render_outputs, render_result, render_skipped
from hcl_lite.core.addrs import Address
from hcl_lite.core.diags import Diagnostic
from hcl_lite.core.values import Secret
from hcl_lite.engine.applying.progress import ApplyResult, Event
from hcl_lite.engine.plan import Action

_ADDRESS = Address.resource("grafana_folder", "f")


@pytest.mark.parametrize(
    ("phase", "action", "line"),
    [
        ("begin", Action.CREATE, ""),
        ("done", Action.CREATE, "✓ grafana_folder.f: created (1.2 s)"),
        ("done", Action.DELETE, "✓ grafana_folder.f: deleted (1.2 s)"),
        ("fail", Action.UPDATE, "✗ grafana_folder.f: updating failed"),
        ("skip", Action.REPLACE, "- grafana_folder.f: skipped"),
        ("stay", Action.REPLACE, ""),
    ],
)
def test_each_object_has_a_line(phase: str, action: Action, line: str) -> None:
    """When something has come of it."""
    assert click.unstyle(render_event(Event(phase, _ADDRESS, action, seconds=1.23))) == line


_FAILED = Diagnostic("no")
_RESULTS = [
    (ApplyResult({Action.CREATE: 2, Action.DELETE: 1}), "Apply complete: 2 created, 0 updated, 1 deleted, in 3.0 s."),
    (ApplyResult({Action.REPLACE: 1}), "Apply complete: 0 created, 0 updated, 1 replaced, 0 deleted, in 3.0 s."),
    (
        ApplyResult({}, (_FAILED,), (_ADDRESS,)),
        "Apply incomplete: 0 created, 0 updated, 0 deleted, 1 failed, 1 skipped, in 3.0 s.",
    ),
    (ApplyResult({}, stopped=True), "Apply stopped: 0 created, 0 updated, 0 deleted, in 3.0 s."),
]


@pytest.mark.parametrize(("result", "line"), _RESULTS, ids=["good", "replaced", "failed", "stopped"])
def test_the_last_line_says_what_came_of_it(result: ApplyResult, line: str) -> None:
    """All counts, and how long it took."""
    assert click.unstyle(render_result(result, 3.0)) == line


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ({Action.DELETE: 2}, "Destroy complete: 2 deleted, in 3.0 s."),
        ({Action.UPDATE: 1}, "Destroy complete: 1 updated, 0 deleted, in 3.0 s."),
    ],
)
def test_a_destroy_is_called_that(counts: dict[Action, int], line: str) -> None:
    """It makes nothing, so nothing of that is counted unless it did."""
    assert click.unstyle(render_result(ApplyResult(counts), 3.0, DESTROY)) == line


def test_outputs_are_json_but_sensitive_ones() -> None:
    """In the order of their names."""
    assert render_outputs({"b": Secret("x"), "a": ["ä", None]}) == 'Outputs:\n\na = ["ä", null]\nb = (sensitive)'


def test_many_skipped_objects_are_cut_short() -> None:
    """Ten are named."""
    many = tuple(Address.resource("t", f"n{index}") for index in range(11))
    assert render_skipped(many).endswith("t.n8, t.n9 …")
