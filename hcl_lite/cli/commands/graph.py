"""hcl-lite graph: what depends on what."""

from __future__ import annotations

from dataclasses import replace

import click

from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import variable_options
from hcl_lite.core.values import UNKNOWN
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
    from hcl_lite.cli.views.graph_text import GRAPH_VIEWS  # noqa: PLC0415 - the engine is loaded where it is used
    from hcl_lite.engine.graph import objects_only  # noqa: PLC0415
    from hcl_lite.operations.project import load_project  # noqa: PLC0415
    from state.model import State  # noqa: PLC0415

    project = load_project(here(), replace(inputs, missing=lambda *_: UNKNOWN))
    graph = project.build(State("")).graph
    shown = graph if full else objects_only(graph)
    nodes = sorted(shown, key=lambda address: address.order)
    edges = sorted(((user, needed) for needed, user in shown.edges), key=lambda edge: (edge[0].order, edge[1].order))
    click.echo(GRAPH_VIEWS[format_](nodes, edges))
    return ExitCode.OK
