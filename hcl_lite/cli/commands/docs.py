"""hcl-lite docs: the reference of what the providers have."""

from __future__ import annotations

import click

from hcl_lite import operations
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.views import view
from hcl_lite.core.diags import Diagnostic, HclError, did_you_mean


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in operations.read_reference() if name.startswith(incomplete)]


@click.command(name="docs")
@click.argument("type_", metavar="[TYPE]", required=False, shell_complete=_complete)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--markdown", is_flag=True, help="As Markdown; without TYPE, all pages.")
def command(type_: str | None, as_json: bool, markdown: bool) -> int:
    """List all types, or show what there is to know of one.

    TYPE is written as in an address: grafana_dashboard, data.grafana_folder, provider.grafana.
    """
    if as_json and markdown:
        raise click.UsageError("--json and --markdown are two forms of one thing: give one of them.")
    pages, form = operations.read_reference(), "json" if as_json else "markdown" if markdown else "text"
    if type_ is None:
        click.echo(view("reference", form)(pages.values()))
        return ExitCode.OK
    if type_ not in pages:
        hint = "hcl-lite docs lists all types."
        raise HclError(Diagnostic(f'There is no type "{type_}"', did_you_mean(type_, pages), hint=hint))
    click.echo(view("type", form)(pages[type_]))
    return ExitCode.OK
