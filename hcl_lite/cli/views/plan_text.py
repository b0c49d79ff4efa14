"""A plan for people: what will be done to what, each difference on a line."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import click

from hcl_lite.cli.views.change_text import has_many_new, render_output, render_rows
from hcl_lite.cli.views.diagnostics import render_diagnostics
from hcl_lite.cli.views.escaping import in_line
from hcl_lite.cli.views.look import SHORT, Look
from hcl_lite.cli.views.overview_text import render_overview
from hcl_lite.cli.views.policy_text import render_policies
from hcl_lite.core.diags import Severity
from hcl_lite.engine.plan import Action, Plan
from hcl_lite.review.build import review

_MANY = 4  # deletions that a summary tells by type
_MOST_SERVERS = 5  # that a line names


def render_plan(plan: Plan, look: Look = SHORT) -> str:
    """The whole plan: what there is to look at twice first, then each object, as far as `look` says."""
    made = review(plan)
    blocks = [*render_overview(made, look)]
    if blocks and not look.is_short:
        blocks.append(click.style("All of it:", bold=True))
    if not look.is_short:
        blocks += render_rows(made, look)
        if not look.full and has_many_new(made):
            blocks.append("What is in so many new objects is shown by --full.")
    if made.outputs:
        shown = [] if look.is_short else [render_output(output, look) for output in made.outputs]
        blocks.append("\n".join(["Outputs:", *(shown or [f"  {len(made.outputs)} changed"])]))
    if made.diagnostics:
        # What an apply would be refused for stands in no plan's way.
        blocks.append(render_diagnostics([replace(one, severity=Severity.WARNING) for one in made.diagnostics]))
    if made.policies:
        blocks.append(render_policies(made.policies))
    head = ""
    if not plan.is_empty:
        head = "The state will change:\n\n" if plan.refresh_only else "hcl-lite will do this:\n\n"
    return head + "\n\n".join([*blocks, render_summary(plan)])


def render_summary(plan: Plan) -> str:
    """One line: how much of what. Of a partial plan one more, on what it did not look at."""
    return "\n".join(filter(None, (_summary(plan), render_partial(plan))))


def render_partial(plan: Plan) -> str:
    """Returns a line on what a partial plan leaves out; empty for a whole one."""
    if not plan.is_partial:
        return ""
    told = "; ".join(in_line(server.summary) for server in plan.skipped[:_MOST_SERVERS])
    more = f"; and {len(plan.skipped) - _MOST_SERVERS} more servers" if len(plan.skipped) > _MOST_SERVERS else ""
    return f"{click.style('This plan is partial:', bold=True, fg='yellow')} {told}{more}."


def _summary(plan: Plan) -> str:
    if plan.is_partial and plan.is_empty:
        return f"{click.style('Nothing to do', bold=True)} for what could be looked at."
    if plan.refresh_only:
        changed = plan.count(Action.REFRESH, Action.FORGET)
        return f"Refresh: {changed} to bring up to date." if changed else "No changes. The state is up to date."
    released = plan.count(Action.RELEASE)
    if plan.destroy and not plan.writes and not released:
        return click.style("No objects to delete.", bold=True, fg="green") + " Nothing is managed here."
    if not plan.writes and not plan.outputs and not released:
        kept = any(change.drifted for change in plan.changes)
        told = "What was changed outside of hcl-lite stays." if kept else "Grafana is as the configuration says."
        return f"{click.style('No changes.', bold=True, fg='green')} {told}"
    replaced = plan.count(Action.REPLACE)
    gone = f"{plan.count(Action.DELETE)} to delete"
    summary = (
        click.style("Plan:", bold=True)
        + f" {plan.count(Action.CREATE)} to create, {plan.count(Action.UPDATE)} to update, "
        + (f"{replaced} to replace, " if replaced else "")
        + (click.style(gone, bold=True, fg="red") if plan.count(Action.DELETE) else gone)
        + (f", {released} to forget." if released else ".")
    )
    return f"{summary}\n{_render_deletions(plan)}" if len(plan.deleted) >= _MANY else summary


def render_question(plan: Plan, question: str) -> str:
    """`question`, after how much is deleted if the answer is yes."""
    number = len(plan.deleted)
    gone = "1 object is deleted." if number == 1 else f"{number} objects are deleted."
    return f"{click.style(gone, bold=True, fg='red')} {question}" if number else question


def _render_deletions(plan: Plan) -> str:
    """Renders the number of deletions by type."""
    counts = Counter(change.address.type for change in plan.deletions)
    number = len(plan.deleted)
    if number > counts.total():
        counts["not managed here"] = number - counts.total()
    types = ", ".join(f"{count} {type_}" for type_, count in counts.most_common())
    replaced = plan.count(Action.REPLACE)
    again = f", {replaced} of them to be made anew" if replaced else ""
    return click.style(f"{number} objects are deleted{again}: {types}.", bold=True, fg="red")
