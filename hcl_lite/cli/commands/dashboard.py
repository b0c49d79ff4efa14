"""hcl-lite dashboard: the deleted dashboards of a server and the versions of its dashboards, listed and restored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.grafana_server import server_options
from hcl_lite.cli.prompts import is_agreed
from hcl_lite.cli.views import form, view
from hcl_lite.operations.requests import Server

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group(name="dashboard")
def command() -> None:
    """Deleted dashboards and earlier versions: list, restore, purge. The state is left as it is."""


def _json_option(function: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="As JSON.")(function)


@command.command()
@_json_option
@server_options
def trash(server: Server, as_json: bool) -> int:
    """The deleted dashboards that the server still has: all for an admin, your own for others."""

    _print(operations.list_trash(here(), server), as_json, "The trash is empty.")
    return ExitCode.OK


@command.command()
@click.argument("uid")
@_json_option
@server_options
def versions(server: Server, uid: str, as_json: bool) -> int:
    """The versions of the dashboard UID, newest first."""

    _print(operations.list_dashboard_versions(here(), server, uid), as_json, "There are none.")
    return ExitCode.OK


@command.command()
@click.argument("uid")
@click.option("--version", type=click.IntRange(min=1), help="Make this version the newest one.")
@click.option("--folder", help="uid of the folder to restore into. Default: the one that it was in.")
@server_options
def restore(server: Server, uid: str, version: int | None, folder: str | None) -> int:
    """Bring the deleted dashboard UID back; with --version, bring one that is there back to that version."""
    if version is not None and folder is not None:
        raise click.UsageError("--version is of a dashboard that is there, --folder for one that is not: give one.")
    if version is not None:
        newest = operations.restore_dashboard_version(here(), server, uid, version)
        click.echo(f"{uid} is as it was in version {version}; this is version {newest}.")
        return ExitCode.OK
    operations.restore_deleted_dashboard(here(), server, uid, folder)
    click.echo(f"{uid} is restored.")
    return ExitCode.OK


@command.command()
@click.argument("uid")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@server_options
def purge(server: Server, uid: str, auto_approve: bool) -> int:
    """Delete the deleted dashboard UID for good."""
    if not is_agreed(f"Delete {uid} for good?", "dashboard purge", auto_approve):
        return ExitCode.ERROR
    operations.purge_dashboard(here(), server, uid)
    click.echo(f"{uid} is gone for good.")
    return ExitCode.OK


def _print(rows: Sequence[Mapping[str, Any]], as_json: bool, none: str) -> None:
    click.echo(view("table", form(as_json))(rows) if rows or as_json else none)
