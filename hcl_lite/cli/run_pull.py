"""A pull, with the questions that it has, and what came of it."""

from __future__ import annotations

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.locking import CALLER
from hcl_lite.cli.prompts import is_terminal
from hcl_lite.cli.views import view
from hcl_lite.operations.pulling.merge import Side
from hcl_lite.operations.pulling.model import Ask, Contested, PullRequest, ask_nobody

_ANSWERS = {"ours": Side.OURS, "theirs": Side.THEIRS}


def run_pull(request: PullRequest, *, is_check: bool) -> int:
    """Pull, and say what came of it; the exit code."""
    may_ask: Ask = _ask if is_terminal() and not request.is_dry_run and request.side is None else ask_nobody
    report = operations.pull_changes(here(), request, CALLER, may_ask)
    click.echo(view("pulled")(report))
    if report.problems:
        click.echo("\n" + view("diagnostics")(report.problems), err=True)
    elif report.plan is not None:
        click.echo("\n" + view("plan")(report.plan))
    if is_check:
        return ExitCode.CHANGES if report.has_changes else ExitCode.OK
    return ExitCode.OK if report.is_whole else ExitCode.ERROR


def _ask(conflict: Contested) -> Side | None:
    """The person at the terminal decides, or leaves it."""
    click.echo(view("contested")(conflict))
    choice = click.Choice([*_ANSWERS, "skip"])
    answer: str = click.prompt("  What stays", type=choice, default="skip")
    return _ANSWERS.get(answer)
