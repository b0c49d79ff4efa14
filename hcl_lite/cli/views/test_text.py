"""Outcomes of tests for people."""

from __future__ import annotations

import textwrap

import click

from hcl_lite.cli.views.diagnostics import render_diagnostics
from hcl_lite.cli.views.escaping import in_line
from hcl_lite.cli.views.look import FULL, SHORT
from hcl_lite.cli.views.plan_text import render_plan
from hcl_lite.operations.outcomes import Outcome


def render_outcome(outcome: Outcome, verbose: bool, full: bool = False) -> str:
    """A line for a run, with what went wrong below it; with `verbose` the plan too, with `full` all of it."""
    good = not outcome.problems
    sign = click.style("✓", fg="green") if good else click.style("✗", fg="red")
    lines = [f"  {sign} {in_line(outcome.run)}"]
    if verbose and outcome.plan is not None:
        lines.append(textwrap.indent(render_plan(outcome.plan, FULL if full else SHORT), "      "))
    if not good:
        lines.append(textwrap.indent(render_diagnostics(outcome.problems), "      "))
    return "\n".join(lines)


def render_totals(passed: int, failed: int) -> str:
    """Renders the totals of a test run."""
    word = click.style("Failure:", bold=True, fg="red") if failed else click.style("Success:", bold=True, fg="green")
    return f"{word} {passed} passed, {failed} failed."
