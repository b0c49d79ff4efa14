"""hcl-lite drift: what has been changed outside since the last apply. Reads only."""

from __future__ import annotations

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import full_option, max_size_option, profile_option, variable_options
from hcl_lite.cli.run_bulk_import import telling
from hcl_lite.cli.terminal import look_of
from hcl_lite.cli.views import view
from hcl_lite.operations.requests import Inputs


@click.command(name="drift")
@profile_option
@click.option("--all", "takes_all", is_flag=True, help="What nobody manages in any folder, or in none, too.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="JSON for programs, Markdown for a ticket or a message: see docs/drift.md.",
)
@max_size_option
@full_option
@variable_options
def command(takes_all: bool, format_: str, max_size: int, full: bool, inputs: Inputs) -> int:
    """Show what has been changed outside since the last apply, and by whom; what is gone; and what nobody manages in
    folders that are managed.

    Nothing is written, neither to a server nor to the state, and no lock is taken. Exit code 0 where all is in step, 2
    where it is not, 1 where something could not be looked at.
    """
    with telling() as caller:
        found = operations.find_drift(here(), inputs, caller, takes_all=takes_all)
    shown = view("drift", format_)
    limits = {"max_size": max_size} if format_ == "markdown" else {}
    click.echo(shown(found) if format_ == "json" else shown(found, look_of(full), **limits))
    if found.unseen:
        problems = [problem for one in found.unseen for problem in one.problems]
        click.echo("\n" + view("diagnostics")(problems), err=True)
        return ExitCode.ERROR
    return ExitCode.OK if found.is_empty else ExitCode.CHANGES
