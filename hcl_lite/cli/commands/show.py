"""hcl-lite show: the state, or a saved plan."""

from __future__ import annotations

from pathlib import Path

import click

from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import full_option


@click.command(name="show")
@click.argument("plan_file", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@full_option
def command(plan_file: Path | None, as_json: bool, full: bool) -> int:
    """Show the state, or the plan in PLAN_FILE."""
    from hcl_lite.cli.views.plan_text import render_plan  # noqa: PLC0415 - the engine is loaded where it is used
    from hcl_lite.cli.views.state_text import render_state  # noqa: PLC0415
    from hcl_lite.engine.planning.plan_file import encode  # noqa: PLC0415
    from hcl_lite.operations.project import load_store  # noqa: PLC0415
    from hcl_lite.operations.saved_plans import load_plan  # noqa: PLC0415
    from state.file import encode as encode_state  # noqa: PLC0415

    if plan_file is None:
        state = load_store(here()).read()
        click.echo(encode_state(state).decode().rstrip() if as_json else render_state(state))
        return ExitCode.OK
    plan = load_plan(here(), plan_file)
    click.echo(encode(plan).decode().rstrip() if as_json else render_plan(plan, full=full))
    return ExitCode.OK
