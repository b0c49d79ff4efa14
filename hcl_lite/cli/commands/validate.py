"""hcl-lite validate: everything that can be checked without a server."""

from __future__ import annotations

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import variable_options
from hcl_lite.cli.views import view
from hcl_lite.core.diags import HclError
from hcl_lite.operations.requests import Inputs


@click.command(name="validate")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for editors and CI.")
@variable_options
def command(inputs: Inputs, as_json: bool) -> int:
    """Check the configuration, without a server.

    Names, types, references, circles, the files that are named and the JSON in them. Variables may be left out.
    """
    try:
        found = operations.validate(here(), inputs)
    except HclError as error:
        if not as_json:
            raise
        click.echo(view("diagnostics", "json")(error.diagnostics))
        return ExitCode.ERROR
    if as_json:
        click.echo(view("diagnostics", "json")(found.warnings))
        return ExitCode.OK
    if found.warnings:
        click.echo(view("diagnostics")(found.warnings) + "\n", err=True)
    click.echo(view("validation")(found))
    return ExitCode.OK
