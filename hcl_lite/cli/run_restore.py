"""The common part of undo and restore: show the plan from the backups, ask, carry it out, report."""

from __future__ import annotations

from dataclasses import replace

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.locking import terminated
from hcl_lite.cli.progress import Shown
from hcl_lite.cli.prompts import agrees, check_somebody_is_there
from hcl_lite.cli.run_apply import by_signals, exit_code
from hcl_lite.cli.terminal import look_of
from hcl_lite.cli.views import view
from hcl_lite.engine.plan import Plan
from hcl_lite.operations.caller import Caller, Planned
from hcl_lite.operations.requests import RestoreRequest


def carry_out(request: RestoreRequest, *, auto_approve: bool) -> int:
    """Take back a run, or put back objects, from beginning to end; the exit code."""

    def show_plan(planned: Planned) -> None:
        run, plan = planned.run, planned.plan
        assert run is not None
        click.echo(f"Run {run.name}: {run.command}, {run.started:%Y-%m-%d %H:%M:%S} UTC.\n")
        told = plan.changes or plan.warnings
        click.echo(view("plan")(plan, look_of(request.full)) if told else "There is nothing to do.")

    def check() -> None:
        check_somebody_is_there(request.command)

    def approve(plan: Plan) -> bool:
        return agrees(view("question")(plan, "Do this?"))

    with Shown(show_plan) as shown:
        caller = Caller(shown, stopping=by_signals, locking=terminated)
        asking = caller if auto_approve else replace(caller, approve=approve, check=check)
        restored = operations.restore(here(), request, asking)
        if restored.is_declined:
            click.echo("Nothing was changed.")
            return ExitCode.ERROR
        left = ExitCode.ERROR if restored.restoration.refused else ExitCode.OK
        if not restored.restoration.steps or restored.result is None:
            return left
        shown.finished(restored.restoration.plan, restored.result, restored.seconds, request.command.capitalize())
        return exit_code(restored.result) or left
