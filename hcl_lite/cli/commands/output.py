"""hcl-lite output: the outputs of the last apply, from the state."""

from __future__ import annotations

import json

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.views import form, view
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean


@click.command(name="output")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--raw", is_flag=True, help="NAME's value alone, without quotes.")
def command(name: str | None, as_json: bool, raw: bool) -> int:
    """Print all outputs, or the one called NAME.

    Sensitive outputs are shown by apply only as such, and are never stored.
    """
    outputs = operations.read_outputs(here())
    if name is None:
        if raw:
            raise click.UsageError("--raw prints one output: give its NAME.")
        if outputs or as_json:
            click.echo(view("outputs", form(as_json))(outputs))
        return ExitCode.OK
    if name not in outputs:
        hint = "Sensitive outputs are not stored; others are there after an apply."
        raise HclError(Diagnostic(f'The state has no output "{name}"', did_you_mean(name, outputs), hint=hint))
    value = outputs[name]
    click.echo(value if raw and isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return ExitCode.OK
