"""hcl-lite snapshot: list, show and delete snapshots of a Grafana, whoever made them. The state is left as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.grafana_server import server_options
from hcl_lite.cli.views import view
from hcl_lite.cli.views.escaping import in_line
from hcl_lite.core.redaction import remember_secret
from hcl_lite.operations.requests import Server


@click.group(name="snapshot")
def command() -> None:
    """List, show and delete snapshots of a Grafana, whoever made them."""


@command.command(name="list")
@click.option("--query", default="", metavar="TEXT", help="Only those whose name has this in it.")
@click.option("--limit", default=1000, type=click.IntRange(min=1), help="No more than this.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@server_options
def list_(server: Server, query: str, limit: int, as_json: bool) -> int:
    """The snapshots that there are: an admin is told of all, others of their own."""
    if as_json:
        click.echo(view("value", "json")(operations.read_snapshots(here(), server, query, limit)))
    elif listed := operations.describe_snapshots(here(), server, query, limit):
        click.echo("\n".join(map(_line_of, listed)))
    return ExitCode.OK


@command.command()
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="As JSON: all of it, with its data.")
@server_options
def show(server: Server, key: str, as_json: bool) -> int:
    """What the snapshot KEY shows."""
    if as_json:
        click.echo(view("value", "json")(operations.read_snapshot(here(), server, key)))
        return ExitCode.OK
    found = operations.describe_snapshot(here(), server, key)
    head = f"{found['title']}  (made {found['created']}, expires {found['expires']})"
    click.echo("\n".join(map(in_line, (head, *map(_panel_line, found["panels"])))))
    return ExitCode.OK


@command.command()
@click.argument("key", required=False)
@click.option("--delete-key", metavar="KEY", help="By its delete key: without signing in, where the server allows it.")
@server_options
def delete(server: Server, key: str | None, delete_key: str | None) -> int:
    """Delete the snapshot KEY, or the one whose delete key is known.

    One that is managed here is deleted by taking its block away; whose a delete key is, only the server knows.
    """
    remember_secret(delete_key)
    if (key is None) == (delete_key is None):
        raise click.UsageError("Give either KEY or --delete-key.")
    if key is not None:
        operations.remove_snapshot(here(), server, key)
    else:
        operations.remove_snapshot_by_delete_key(here(), server, str(delete_key))
    click.echo("Snapshot deleted.")
    return ExitCode.OK


def _line_of(item: Mapping[str, Any]) -> str:
    return in_line(f"{item['key']}  {item['name']}  (made {item['created']}, expires {item['expires']})")


def _panel_line(panel: Mapping[str, Any]) -> str:
    data = f"{panel['frames']} series or tables" if panel["frames"] else "no data in it"
    return f'  {panel["type"]} "{panel["title"]}": {data}'
