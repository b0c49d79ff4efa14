"""hcl-lite validate: everything that can be checked without a server."""

from __future__ import annotations

from pathlib import Path

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import variable_options
from hcl_lite.cli.reports import junit_option, sarif_option, write_validation
from hcl_lite.cli.views import view
from hcl_lite.core.diags import HclError
from hcl_lite.operations.requests import Inputs


@click.command(name="validate")
@click.option("--lint", is_flag=True, help="Hold dashboards and alert rules against the lint rules too.")
@click.option("--online", is_flag=True, help="With --lint: ask the servers which data sources they have.")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for editors and CI.")
@junit_option
@sarif_option
@variable_options
def command(
    inputs: Inputs, lint: bool, online: bool, strict: bool, as_json: bool, junit_xml: Path | None, sarif: Path | None
) -> int:
    """Check the configuration, without a server but for --online.

    Names, types, references, circles, the files that are named and the JSON in them. Variables may be left out.
    """
    if online and not lint:
        raise click.UsageError("--online goes with --lint.")
    try:
        found = operations.validate(here(), inputs, lint, online)
    except HclError as error:
        write_validation(junit_xml, sarif, error.diagnostics, strict)
        if not as_json:
            raise
        click.echo(view("diagnostics", "json")(error.diagnostics))
        return ExitCode.ERROR
    write_validation(junit_xml, sarif, found.warnings, strict)
    code = ExitCode.ERROR if strict and found.warnings else ExitCode.OK
    if as_json:
        click.echo(view("diagnostics", "json")(found.warnings))
        return code
    if found.warnings:
        click.echo(view("diagnostics")(found.warnings) + "\n", err=True)
    click.echo(view("validation")(found))
    return code
