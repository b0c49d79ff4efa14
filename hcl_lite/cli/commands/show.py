"""hcl-lite show: the state, or a saved plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import detail_option, page_options
from hcl_lite.cli.pages import Page
from hcl_lite.cli.views import view
from hcl_lite.cli.views.look import Detail


@click.command(name="show")
@click.argument("plan_file", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON: --format=json.")
@page_options("text", "json", "markdown", "html")
@detail_option
def command(plan_file: Path | None, as_json: bool, page: Page, detail: Detail) -> int:
    """Show the state, or the plan in PLAN_FILE."""
    page = replace(page, form="json") if as_json else page
    if plan_file is None:
        if page.form not in ("text", "json"):
            raise click.UsageError(f"The state has no {page.form}: name a saved plan.")
        click.echo(view("state", page.form)(operations.read_state(here())))
        return ExitCode.OK
    plan = operations.read_plan(here(), plan_file)
    click.echo(page.render(plan, detail))
    return ExitCode.OK
