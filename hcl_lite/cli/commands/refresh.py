"""hcl-lite refresh: bring the state up to date with the servers, and nothing else."""

from __future__ import annotations

import click

from hcl_lite.cli.options import (
    detail_option,
    json_option,
    lock_options,
    profile_option,
    unreachable_option,
    variable_options,
)
from hcl_lite.cli.run_apply import carry_out
from hcl_lite.cli.views.look import Detail
from hcl_lite.engine.planning.options import OnUnreachable, Options
from hcl_lite.operations.requests import ApplyRequest, Inputs, LockOptions


@click.command(name="refresh")
@profile_option
@variable_options
@json_option
@lock_options
@detail_option
@unreachable_option
def command(inputs: Inputs, lock: LockOptions, detail: Detail, as_json: bool, on_unreachable: OnUnreachable) -> int:
    """Bring the state up to date with the servers.

    What was changed outside shows up in the next plan, as what that plan would undo.
    """
    options = Options(refresh_only=True, on_unreachable=on_unreachable)
    request = ApplyRequest(inputs, options, lock=lock, command="refresh")
    return carry_out(request, auto_approve=True, detail=detail, as_json=as_json)
