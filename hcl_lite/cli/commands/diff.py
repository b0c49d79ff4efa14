"""hcl-lite diff: what two providers have, beside each other."""

from __future__ import annotations

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import full_option, variable_options
from hcl_lite.cli.promotion_options import promotion_options
from hcl_lite.cli.run_bulk_import import telling
from hcl_lite.cli.terminal import look_of
from hcl_lite.cli.views import form, view
from hcl_lite.operations.bulk_import.model import Selection
from hcl_lite.operations.promotion.model import Promotion
from hcl_lite.operations.requests import Inputs


@click.command(name="diff")
@click.argument("source", metavar="PROVIDER")
@click.argument("target", metavar="PROVIDER")
@click.option("--json", "as_json", is_flag=True, help="For programs: see docs/promotion.md.")
@promotion_options
@full_option
@variable_options
def command(
    source: str,
    target: str,
    as_json: bool,
    selection: Selection,
    named: dict[str, str],
    full: bool,
    inputs: Inputs,
) -> int:
    """Show what would have to change for the second provider to have what the first has.

    Objects are found again by their uids, or by their titles and folders; what they name counts as the same where it is
    the counterpart. Nothing is written. Exit code 0 where nothing differs, 2 where something does.
    """
    asked = Promotion(source, target, selection, named)
    with telling() as caller:
        found = operations.compare(here(), inputs, asked, caller)
    shown = view("comparison", form(as_json))
    click.echo(shown(found) if as_json else shown(found, look_of(full)))
    return ExitCode.OK if found.is_equal else ExitCode.CHANGES
