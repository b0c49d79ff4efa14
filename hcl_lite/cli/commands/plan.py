"""hcl-lite plan: what an apply would do. Reads only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import full_option, max_destroy_option, planning_options
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.files import write_private
from hcl_lite.engine.planning.options import Options
from hcl_lite.operations.requests import Inputs


@click.command(name="plan")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Save the plan for apply.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@click.option("--destroy", is_flag=True, help="Plan to delete everything that is managed here.")
@click.option("--parallelism", type=click.IntRange(1), metavar="N", help="Objects to look at side by side.")
@click.option(
    "--lock/--no-lock", "_lock", default=True, expose_value=False, help="Accepted as Terraform's: a plan takes no lock."
)
@click.option("--lock-timeout", "_timeout", default="", expose_value=False, metavar="SECONDS", help="Likewise.")
@full_option
@max_destroy_option
@planning_options
def command(
    out: Path | None,
    detailed_exitcode: bool,
    parallelism: int | None,
    options: Options,
    max_destroy: int | None,
    full: bool,
    inputs: Inputs,
) -> int:
    """Show what apply would change."""
    from hcl_lite.cli.views.diagnostics import render_diagnostics  # noqa: PLC0415
    from hcl_lite.cli.views.plan_text import render_plan, too_many_deletions  # noqa: PLC0415 - the engine is loaded where it is used
    from hcl_lite.engine.planning.plan_file import encode  # noqa: PLC0415
    from hcl_lite.operations.event_loop import run_async  # noqa: PLC0415
    from hcl_lite.operations.planning import make_plan  # noqa: PLC0415
    from hcl_lite.operations.project import load_project  # noqa: PLC0415
    from hcl_lite.operations.saved_plans import fit_to_save  # noqa: PLC0415

    project = load_project(here(), inputs)
    state = project.store.read()
    plan, _ = run_async(lambda: make_plan(project, state, replace(options, parallelism=parallelism or 0, full=full)))
    click.echo(render_plan(plan, full=full))
    if max_destroy is not None and len(plan.deleted) > max_destroy:
        click.echo("\n" + render_diagnostics([too_many_deletions(plan, max_destroy)]), err=True)
        return ExitCode.TOO_MANY
    if out is not None:
        try:
            write_private(out, project.store.cipher.seal(encode(fit_to_save(plan, project)), "plan"))
        except OSError as error:
            raise HclError(Diagnostic(f"Cannot save the plan to {out}", f"{error.strerror}.")) from error
        click.echo(f"\nSaved to {out}. Carry it out with: hcl-lite apply {out}")
    return ExitCode.CHANGES if detailed_exitcode and not plan.is_empty else ExitCode.OK
