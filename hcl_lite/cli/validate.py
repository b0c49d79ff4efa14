"""hcl-lite validate: everything that can be checked without a server."""

from __future__ import annotations

from dataclasses import replace

import click

from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import Inputs, variable_options
from hcl_lite.core.addrs import Kind
from hcl_lite.core.values import UNKNOWN


@click.command(name="validate")
@variable_options
def command(inputs: Inputs) -> int:
    """Check the configuration, without a server.

    Names, types, references, circles, the files that are named and the JSON in them.
    """
    from hcl_lite.cli.workspace import load_workspace  # noqa: PLC0415 - the engine is loaded where it is used
    from hcl_lite.engine.validate import check_values  # noqa: PLC0415
    from providers.registry import PROVIDER_TYPES  # noqa: PLC0415
    from state.model import State  # noqa: PLC0415

    workspace = load_workspace(replace(inputs, ask=False, missing=lambda *_: UNKNOWN))
    check_values(workspace.build(State("")), PROVIDER_TYPES)
    resources = len(list(workspace.config.of_kind(Kind.RESOURCE)))
    noun = "resource" if resources == 1 else "resources"
    files = len(workspace.config.sources)
    where = "1 file" if files == 1 else f"{files} files"
    click.echo(click.style("Valid:", fg="green", bold=True) + f" {resources} {noun} in {where}.")
    return ExitCode.OK
