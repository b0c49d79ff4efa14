"""hcl-lite schema: the language as a JSON Schema, for editors."""

from __future__ import annotations

import click

from hcl_lite import operations
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.views import view
from hcl_lite.review.schema import read_schema as read_plan_schema


@click.command(name="schema")
@click.option("--plan", "of_plan", is_flag=True, help="That of a plan as JSON: of plan --json and show --json.")
def command(of_plan: bool) -> int:
    """Print the JSON Schema of a configuration, for editors.

    hcl-lite schema > hcl-lite.schema.json, and in the first line of a file: #:schema ./hcl-lite.schema.json
    """
    click.echo(view("value", "json")(read_plan_schema() if of_plan else operations.read_schema()))
    return ExitCode.OK
