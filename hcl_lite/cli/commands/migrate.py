"""hcl-lite migrate: what the files of another tool tell of, taken over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.options import lock_options, variable_options
from hcl_lite.cli.run_bulk_import import show_report, telling
from hcl_lite.operations.migrate.run import Migration
from hcl_lite.operations.requests import Inputs, LockOptions

Command = Callable[..., Any]


@click.group(name="migrate")
def command() -> None:
    """Take over what the files of another tool tell of: nothing is made anew, and nothing on the server changes."""


def migration_options(function: Command) -> Command:
    """What every migration of a format of files takes."""
    options = (
        click.argument("path", metavar="PATH"),
        click.option("--provider", metavar="NAME", default="", help="Onto the server of this provider block."),
        click.option("--dry-run", "is_dry_run", is_flag=True, help="Say what would be written, and write nothing."),
        variable_options,
        lock_options,
    )
    for option in reversed(options):
        function = option(function)
    return function


def _run(asked: Migration, inputs: Inputs, lock: LockOptions, is_dry_run: bool) -> int:
    with telling() as caller:
        report = operations.migrate_files(here(), inputs, asked, lock, caller, is_dry_run=is_dry_run)
    return show_report(report)


@command.command()
@migration_options
def grizzly(path: str, provider: str, is_dry_run: bool, inputs: Inputs, lock: LockOptions) -> int:
    """Of Grizzly: YAML and JSON with a kind, such as Dashboard and DashboardFolder."""
    return _run(Migration("grizzly", path, provider), inputs, lock, is_dry_run)


@command.command()
@migration_options
def gdg(path: str, provider: str, is_dry_run: bool, inputs: Inputs, lock: LockOptions) -> int:
    """Of gdg: the directory of its backup, org_NAME."""
    return _run(Migration("gdg", path, provider), inputs, lock, is_dry_run)


@command.command()
@click.option(
    "--path",
    "paths",
    multiple=True,
    metavar="SERVER_PATH=DIR",
    help="Where the dashboards are here that lie at a path of the server.",
)
@migration_options
def provisioning(
    path: str, paths: tuple[str, ...], provider: str, is_dry_run: bool, inputs: Inputs, lock: LockOptions
) -> int:
    """Of Grafana's own provisioning: data sources, dashboards and alerting in YAML."""
    pairs = [one.partition("=") for one in paths]
    if not all(start and here_ for start, _, here_ in pairs):
        raise click.UsageError("Expected --path SERVER_PATH=DIR, such as /var/lib/grafana/dashboards=dashboards.")
    asked = Migration("provisioning", path, provider, {start: here_ for start, _, here_ in pairs})
    return _run(asked, inputs, lock, is_dry_run)


@command.command()
@migration_options
def operator(path: str, provider: str, is_dry_run: bool, inputs: Inputs, lock: LockOptions) -> int:
    """Of the Grafana operator for Kubernetes: GrafanaDashboard, GrafanaFolder, GrafanaDatasource and others."""
    return _run(Migration("operator", path, provider), inputs, lock, is_dry_run)


@command.command()
@click.argument("path", metavar="PATH")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Say what would be written, and write nothing.")
@variable_options
@lock_options
def terraform(path: str, is_dry_run: bool, inputs: Inputs, lock: LockOptions) -> int:
    """Of Terraform or OpenTofu: a state, or a directory with terraform.tfstate and its .tf files.

    A state is what `terraform state pull` or `terraform show -json` prints. Names, for_each and expressions are those
    of the .tf files; what cannot be carried over is listed with its place.
    """
    with telling() as caller:
        report = operations.migrate_terraform(here(), inputs, path, lock, caller, is_dry_run=is_dry_run)
    return show_report(report)
