"""hcl-lite version."""

from __future__ import annotations

import json
import platform

import click

from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.version import __version__


@click.command(name="version")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(as_json: bool) -> int:
    """Print the version."""
    if as_json:
        click.echo(json.dumps({"hcl_lite": __version__, "python": platform.python_version()}))
    else:
        click.echo(f"hcl-lite {__version__} (Python {platform.python_version()})")
    return ExitCode.OK
