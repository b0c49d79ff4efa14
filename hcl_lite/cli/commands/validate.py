"""hcl-lite validate: everything that can be checked without a server."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import variable_options
from hcl_lite.cli.views.diagnostics import diagnostics_json, render_diagnostics
from hcl_lite.core.addrs import Kind
from hcl_lite.core.diags import HclError
from hcl_lite.core.values import UNKNOWN
from hcl_lite.lang.evaluation.secret_references import UnreadSecrets
from hcl_lite.operations.requests import Inputs

if TYPE_CHECKING:
    from hcl_lite.operations.project import Project


@click.command(name="validate")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for editors and CI.")
@variable_options
def command(inputs: Inputs, as_json: bool) -> int:
    """Check the configuration, without a server.

    Names, types, references, circles, the files that are named and the JSON in them. Variables may be left out.
    """
    try:
        project = _validate(inputs)
    except HclError as error:
        if not as_json:
            raise
        click.echo(json.dumps(diagnostics_json(error.diagnostics), ensure_ascii=False, indent=2))
        return ExitCode.ERROR
    if as_json:
        click.echo(json.dumps(diagnostics_json(project.warnings), ensure_ascii=False, indent=2))
        return ExitCode.OK
    if project.warnings:
        click.echo(render_diagnostics(project.warnings) + "\n", err=True)
    config = project.config
    resources = len(list(config.of_kind(Kind.RESOURCE)))
    noun = "resource" if resources == 1 else "resources"
    files = f"{len(config.sources)} file{'' if len(config.sources) == 1 else 's'}"
    click.echo(click.style("Valid:", fg="green", bold=True) + f" {resources} {noun} in {files}.")
    return ExitCode.OK


def _validate(inputs: Inputs) -> Project:
    """The project with its configuration expanded as far as that is known. Raises HclError with all that is wrong."""
    from hcl_lite.engine.planning.validate import check_values  # noqa: PLC0415
    from hcl_lite.operations.backend import unopened_workspace  # noqa: PLC0415 - the engine is loaded where it is used
    from hcl_lite.operations.project import load_project  # noqa: PLC0415
    from state.model import State  # noqa: PLC0415

    project = load_project(here(), replace(inputs, missing=lambda *_: UNKNOWN), unopened_workspace)
    project = replace(project, secrets=UnreadSecrets())
    with project.warning_of_errors():
        build = project.build(State(""))
        check_values(build, project.providers)
    return replace(project, config=build.config)
