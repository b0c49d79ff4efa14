"""hcl-lite copy: blocks for one provider, for what another has."""

from __future__ import annotations

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.options import lock_options, variable_options
from hcl_lite.cli.promotion_options import promotion_options
from hcl_lite.cli.run_bulk_import import show_report, telling
from hcl_lite.operations.bulk_import.model import Selection
from hcl_lite.operations.promotion.model import Promotion
from hcl_lite.operations.requests import Inputs, LockOptions


@click.command(name="copy")
@click.option("--from", "source", metavar="PROVIDER", required=True, help="The provider that has the objects.")
@click.option("--to", "target", metavar="PROVIDER", required=True, help="The provider that is to have them.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Say what would be written, and write nothing.")
@promotion_options
@variable_options
@lock_options
def command(
    source: str,
    target: str,
    is_dry_run: bool,
    selection: Selection,
    named: dict[str, str],
    inputs: Inputs,
    lock: LockOptions,
) -> int:
    """Write blocks that ask one provider for what another has; the next apply brings it there.

    What the objects name is what the target has in its place: data sources and folders are found by their names. What
    is there already is taken over, and brought up to date by the apply. No server is written to.
    """
    asked = Promotion(source, target, selection, named)
    with telling() as caller:
        report = operations.copy(here(), inputs, asked, lock, caller, is_dry_run=is_dry_run)
    return show_report(report)
