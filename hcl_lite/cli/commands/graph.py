"""hcl-lite graph: what depends on what."""

from __future__ import annotations

from pathlib import Path

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import variable_options
from hcl_lite.cli.views import view
from hcl_lite.operations.requests import Inputs

_FORMATS = ("dot", "svg", "html", "mermaid", "json")


@click.command(name="graph")
@click.option(
    "--format", "format_", type=click.Choice(_FORMATS), default="dot", show_default=True, help="Of the output."
)
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="All objects of this saved plan, in the colours of what it does to them.",
)
@click.option("--focus", metavar="ADDRESS", help="Only this, what it needs, and what needs it.")
@click.option("--full", is_flag=True, help="Variables, locals, outputs and providers too.")
@variable_options
def command(inputs: Inputs, format_: str, plan_file: Path | None, focus: str | None, full: bool) -> int:
    """Print the graph of dependencies, without a server.

    An arrow leads from what needs something to what it needs. Objects are in the folder and the module that they lie
    in. For a picture: hcl-lite graph --format=svg > graph.svg. To look around in: --format=html.
    """
    if plan_file is None:
        graph = operations.list_dependencies(here(), inputs, full=full, focus=focus)
    elif full:
        raise click.UsageError("A plan has objects only: leave out --full or --plan.")
    else:
        graph = operations.read_plan_graph(here(), plan_file, focus=focus)
    click.echo(view("graph", format_)(graph))
    return ExitCode.OK
