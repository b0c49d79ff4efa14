"""The state and saved plans, shown."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Hcl


def test_an_empty_state_says_so(hcl: Hcl) -> None:
    """Also where there is no configuration."""
    assert hcl("show").out == "The state is empty: nothing is managed here yet.\n"


def test_a_saved_plan_is_shown_as_it_was_planned(hcl: Hcl, tmp_path: Path) -> None:
    """The same text, or JSON of one format."""
    (tmp_path / "main.toml").write_text('[output.x]\nvalue = "1"\n')
    planned = hcl("plan", "--out", "p").out
    assert planned == hcl("show", "p").out + "\nSaved to p. Carry it out with: hcl-lite apply p\n"
    document = json.loads(hcl("show", "--json", "p").out)
    assert (document["kind"], document["format_version"]) == ("plan", "1.0")
    assert document["outputs"] == [{"path": "x", "after": "1"}]


def test_what_is_no_plan_is_refused(hcl: Hcl, tmp_path: Path) -> None:
    """A file of something else, and one that is not there; by show and by apply."""
    (tmp_path / "main.toml").write_text("")
    (tmp_path / "x").write_text("{}")
    assert "x is not a saved plan" in hcl("show", "x").err
    assert "Cannot read the plan nowhere" in hcl("show", "nowhere").err
    assert "x is not a saved plan" in hcl("apply", "x").err
    assert "Cannot read the plan nowhere" in hcl("apply", "nowhere").err


def test_a_saved_plan_with_nothing_to_do_says_so(hcl: Hcl, tmp_path: Path) -> None:
    """apply PLAN, once; destroy in words of its own."""
    (tmp_path / "main.toml").write_text('[locals]\nx = "1"\n')
    assert hcl("plan", "--out", "p").code == 0
    nothing = "No changes. Grafana is as the configuration says.\n"
    assert hcl("apply", "p").out == nothing
    assert hcl("apply", "--auto-approve").out == nothing
    assert hcl("destroy", "--auto-approve").out == "No objects to delete. Nothing is managed here.\n"
