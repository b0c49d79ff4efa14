"""hcl-lite apply: carry out a plan."""

from __future__ import annotations

from pathlib import Path

import click

from hcl_lite.cli.options import (
    detail_option,
    json_option,
    lock_options,
    max_destroy_option,
    planning_options,
    profile_option,
)
from hcl_lite.cli.run_apply import carry_out
from hcl_lite.cli.views.look import Detail
from hcl_lite.engine.planning.options import Options
from hcl_lite.operations.requests import ApplyRequest, Inputs, LockOptions


@click.command(name="apply")
@profile_option
@click.argument("plan_file", required=False, type=click.Path(path_type=Path))
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--parallelism", default=10, type=click.IntRange(1), show_default=True, help="Objects at a time.")
@click.option("--destroy", is_flag=True, help="Delete everything that is managed here.")
@detail_option
@max_destroy_option
@planning_options
@json_option
@lock_options
def command(
    plan_file: Path | None,
    auto_approve: bool,
    parallelism: int,
    options: Options,
    max_destroy: int | None,
    detail: Detail,
    as_json: bool,
    inputs: Inputs,
    lock: LockOptions,
) -> int:
    """Change Grafana to be as the configuration says.

    With PLAN_FILE, carry out a saved plan, without asking; without it, plan, ask, and carry out.
    """
    if plan_file is not None and options != Options():
        raise click.UsageError("A saved plan is carried out as it is: it takes no planning options.")
    request = ApplyRequest(inputs, options, plan_file, parallelism, lock, "apply", max_destroy)
    return carry_out(request, auto_approve=auto_approve, detail=detail, as_json=as_json)
