"""hcl-lite providers: which providers the configuration uses, and for what."""

from __future__ import annotations

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.views import view


@click.command(name="providers")
def command() -> int:
    """Show which providers the configuration uses, and all types that there are."""
    click.echo(view("providers")(operations.list_providers(here())))
    return ExitCode.OK
