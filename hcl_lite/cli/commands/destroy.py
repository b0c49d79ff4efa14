"""hcl-lite destroy: delete everything that is managed here."""

from __future__ import annotations

import click

from hcl_lite.cli.options import (
    ADDRESS,
    check_exclusive,
    detail_option,
    json_option,
    lock_options,
    max_destroy_option,
    policy_options,
    profile_option,
    unreachable_option,
    variable_options,
)
from hcl_lite.cli.run_apply import carry_out
from hcl_lite.cli.views.look import Detail
from hcl_lite.core.addrs import Address
from hcl_lite.engine.planning.options import OnUnreachable, Options
from hcl_lite.operations.requests import ApplyRequest, Inputs, LockOptions


@click.command(name="destroy")
@profile_option
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--parallelism", default=10, type=click.IntRange(1), show_default=True, help="Objects at a time.")
@click.option("--target", "targets", multiple=True, type=ADDRESS, help="Only this, and what needs it.")
@click.option("--exclude", "excluded", multiple=True, type=ADDRESS, help="Not this, nor what it needs.")
@unreachable_option
@detail_option
@max_destroy_option
@variable_options
@policy_options
@json_option
@lock_options
def command(
    auto_approve: bool,
    parallelism: int,
    targets: tuple[Address, ...],
    excluded: tuple[Address, ...],
    on_unreachable: OnUnreachable,
    max_destroy: int | None,
    detail: Detail,
    as_json: bool,
    inputs: Inputs,
    lock: LockOptions,
) -> int:
    """Delete everything that is managed here."""
    check_exclusive(targets, excluded)
    options = Options(destroy=True, targets=targets, excluded=excluded, on_unreachable=on_unreachable)
    request = ApplyRequest(inputs, options, None, parallelism, lock, "destroy", max_destroy)
    return carry_out(request, auto_approve=auto_approve, detail=detail, as_json=as_json, question="Delete all of this?")
