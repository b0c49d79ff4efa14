"""hcl-lite dashboard: the deleted dashboards of a server and the versions of its dashboards, listed and restored."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.grafana_server import server_options
from hcl_lite.cli.prompts import is_agreed
from hcl_lite.cli.views import view
from hcl_lite.operations.requests import Server
from providers.grafana.client import GrafanaClient
from providers.grafana.trash import Deleted, open_trash
from providers.grafana.versions import DashboardVersion, list_versions, restore_version

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

    async def work(client: GrafanaClient) -> list[Deleted]:
        return await (await open_trash(client)).list()

    _print(operations.call_grafana(here(), server, work), as_json, "The trash is empty.")
    return ExitCode.OK


@command.command()
@click.argument("uid")
@_json_option
@server_options
def versions(server: Server, uid: str, as_json: bool) -> int:
    """The versions of the dashboard UID, newest first."""

    async def work(client: GrafanaClient) -> list[DashboardVersion]:
        return await list_versions(client, uid)

    _print(operations.call_grafana(here(), server, work), as_json, "There are none.")
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

    async def work(client: GrafanaClient) -> str:
        if version is not None:
            newest = await restore_version(client, uid, version)
            return f"{uid} is as it was in version {version}; this is version {newest}."
        await (await open_trash(client)).restore(uid, folder)
        return f"{uid} is restored."

    click.echo(operations.call_grafana(here(), server, work, read_only=False))
    return ExitCode.OK


@command.command()
@click.argument("uid")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@server_options
def purge(server: Server, uid: str, auto_approve: bool) -> int:
    """Delete the deleted dashboard UID for good."""
    if not is_agreed(f"Delete {uid} for good?", "dashboard purge", auto_approve):
        return ExitCode.ERROR

    async def work(client: GrafanaClient) -> None:
        await (await open_trash(client)).purge(uid)

    operations.call_grafana(here(), server, work, read_only=False)
    click.echo(f"{uid} is gone for good.")
    return ExitCode.OK


def _print(found: Sequence[Deleted] | Sequence[DashboardVersion], as_json: bool, none: str) -> None:
    rows = [asdict(one) for one in found]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        click.echo(view("table")(rows) if rows else none)
