"""hcl-lite plan: what an apply would do. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.locking import CALLER
from hcl_lite.cli.options import (
    detail_option,
    json_option,
    max_destroy_option,
    page_options,
    planning_options,
    profile_option,
)
from hcl_lite.cli.pages import Page
from hcl_lite.cli.progress import Shown
from hcl_lite.cli.stream import Stream, streaming
from hcl_lite.cli.views.look import Detail
from hcl_lite.core.diags import Diagnostic, HclError, TooManyDeletions
from hcl_lite.engine.planning.options import MANY_OUTLINED, Options
from hcl_lite.operations.caller import Caller, Notice, Planned
from hcl_lite.operations.requests import Inputs

if TYPE_CHECKING:
    from hcl_lite.engine.plan import Plan


@click.command(name="plan")
@profile_option
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Save the plan for apply.")
@click.option(
    "--generate-config-out",
    "generated",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a block to this new file for each [[import]] without one.",
)
@click.option(
    "--detailed-exitcode",
    is_flag=True,
    help="Exit with 2 when there are changes, else with 5 when it is partial.",
)
@click.option("--destroy", is_flag=True, help="Plan to delete everything that is managed here.")
@click.option("--parallelism", type=click.IntRange(1), metavar="N", help="Objects to look at side by side.")
@click.option(
    "--lock/--no-lock", "_lock", default=True, expose_value=False, help="Accepted as Terraform's: a plan takes no lock."
)
@click.option("--lock-timeout", "_timeout", default="", expose_value=False, metavar="SECONDS", help="Likewise.")
@page_options("text", "markdown", "html")
@detail_option
@max_destroy_option
@planning_options
@json_option
def command(
    out: Path | None,
    generated: Path | None,
    detailed_exitcode: bool,
    parallelism: int | None,
    options: Options,
    max_destroy: int | None,
    page: Page,
    detail: Detail,
    as_json: bool,
    inputs: Inputs,
) -> int:
    """Show what apply would change."""
    if as_json and page.form != "text":
        raise click.UsageError("--json and --format exclude each other.")
    asked = replace(options, parallelism=parallelism or 0, full=detail is Detail.FULL)
    if out is not None or as_json or page.form == "html":  # to be seen side by side
        asked = replace(asked, outlined=MANY_OUTLINED)

    def show_plan(planned: Planned) -> None:
        click.echo(page.render(planned.plan, detail, _refused(planned.plan, max_destroy)))

    def run(told: Shown | Stream) -> int:
        if generated is not None:
            written = operations.generate_config(here(), inputs, generated, replace(CALLER, told=told))
            if written:
                told(Notice(f"Written to {generated}: {', '.join(map(str, written))}\n"))
        result = operations.plan(here(), inputs, asked, Caller(told))
        told(Planned(result.plan))
        if refused := _refused(result.plan, max_destroy):
            told.problems(refused)
            return ExitCode.TOO_MANY
        if out is not None:
            operations.save_plan(result, out)
            saved = f"Saved to {out}. Carry it out with: hcl-lite apply {out}"
            told.say(saved) if page.form == "text" else told(Notice(saved))
        if any(one.refuses for one in result.plan.policies):
            return ExitCode.ERROR
        return _detailed(result.plan) if detailed_exitcode else ExitCode.OK

    with streaming("plan") if as_json else Shown(show_plan) as told:
        try:
            return run(told)
        except HclError as error:
            if failure := page.render_failure(error.diagnostics):
                click.echo(failure)
            raise


def _detailed(plan: Plan) -> ExitCode:
    if not plan.is_empty:
        return ExitCode.CHANGES
    return ExitCode.PARTIAL if plan.is_partial else ExitCode.OK


def _refused(plan: Plan, max_destroy: int | None) -> Sequence[Diagnostic]:
    """Returns what is to say of a plan that deletes too much."""
    try:
        operations.check_deletions(plan, max_destroy)
    except TooManyDeletions as error:
        return error.diagnostics
    return ()
