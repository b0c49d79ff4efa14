"""hcl-lite export: what is managed, as files of another tool."""

from __future__ import annotations

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.options import variable_options
from hcl_lite.cli.run_bulk_import import telling
from hcl_lite.cli.views import view
from hcl_lite.operations.export.model import Export
from hcl_lite.operations.requests import Inputs


@click.group(name="export")
def command() -> None:
    """Write what is managed, as its server has it, into the files of another tool: for those who need both."""


def _run(asked: Export, provider: str, inputs: Inputs) -> int:
    with telling() as caller:
        report = operations.export_files(here(), inputs, asked, caller, provider=provider)
    click.echo(view("exported")(report))
    return ExitCode.OK


@command.command()
@click.argument("directory", metavar="DIR")
@click.option(
    "--place",
    metavar="PATH",
    default="/etc/grafana/provisioning",
    show_default=True,
    help="Where DIR will lie on the server.",
)
@click.option("--provider", metavar="NAME", default="", help="What is managed on the server of this provider block.")
@variable_options
def provisioning(directory: str, place: str, provider: str, inputs: Inputs) -> int:
    """As Grafana's own provisioning: data sources, dashboards and alerting in YAML. Secrets are $VARIABLES."""
    return _run(Export("provisioning", directory, place=place), provider, inputs)


@command.command()
@click.argument("directory", metavar="DIR")
@click.option(
    "--selector", metavar="LABEL=VALUE", multiple=True, help="Label of the Grafana. Default: dashboards=grafana."
)
@click.option(
    "--secret", metavar="NAME", default="grafana-secrets", show_default=True, help="The Secret with the secrets."
)
@click.option("--provider", metavar="NAME", default="", help="What is managed on the server of this provider block.")
@variable_options
def operator(directory: str, selector: tuple[str, ...], secret: str, provider: str, inputs: Inputs) -> int:
    """As resources of the Grafana operator for Kubernetes. Secrets are those of a Secret, by secretKeyRef."""
    labels = dict(one.split("=", 1) for one in selector if "=" in one)
    if len(labels) != len(selector):
        raise click.UsageError("Expected --selector LABEL=VALUE, such as dashboards=grafana.")
    asked = Export("operator", directory, secret=secret)
    return _run(Export("operator", directory, asked.place, labels or asked.selector, secret), provider, inputs)
