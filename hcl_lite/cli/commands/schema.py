"""hcl-lite schema: the language as a JSON Schema, for editors."""

from __future__ import annotations

import click

from hcl_lite import operations
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.views import view


@click.command(name="schema")
def command() -> int:
    """Print the JSON Schema of a configuration, for editors.

    hcl-lite schema > hcl-lite.schema.json, and in the first line of a file: #:schema ./hcl-lite.schema.json
    """
    click.echo(view("value", "json")(operations.read_schema()))
    return ExitCode.OK
