"""hcl-lite show: the state, or a saved plan."""

from __future__ import annotations

from pathlib import Path

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import detail_option
from hcl_lite.cli.terminal import look_at
from hcl_lite.cli.views import form, view
from hcl_lite.cli.views.look import Detail


@click.command(name="show")
@click.argument("plan_file", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@detail_option
def command(plan_file: Path | None, as_json: bool, detail: Detail) -> int:
    """Show the state, or the plan in PLAN_FILE."""
    if plan_file is None:
        click.echo(view("state", form(as_json))(operations.read_state(here())))
        return ExitCode.OK
    plan = operations.read_plan(here(), plan_file)
    click.echo(view("plan", "json")(plan) if as_json else view("plan")(plan, look_at(detail)))
    return ExitCode.OK
