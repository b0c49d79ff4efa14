"""hcl-lite graph: what depends on what."""

from __future__ import annotations

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import variable_options
from hcl_lite.cli.views import view
from hcl_lite.operations.requests import Inputs

_FORMATS = ("dot", "mermaid", "json")


@click.command(name="graph")
@click.option(
    "--format", "format_", type=click.Choice(_FORMATS), default="dot", show_default=True, help="Of the output."
)
@click.option("--full", is_flag=True, help="Variables, locals, outputs and providers too.")
@variable_options
def command(inputs: Inputs, format_: str, full: bool) -> int:
    """Print the graph of dependencies, without a server.

    An arrow leads from what needs something to what it needs. For a picture: hcl-lite graph | dot -Tsvg > graph.svg
    """
    found = operations.list_dependencies(here(), inputs, full=full)
    click.echo(view("graph", format_)(found.nodes, found.edges))
    return ExitCode.OK
