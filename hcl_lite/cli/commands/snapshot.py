"""hcl-lite snapshot: list, show and delete snapshots of a Grafana, whoever made them. The state is left as it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import click

from hcl_lite import operations
from hcl_lite.cli.context import here
from hcl_lite.cli.exit_codes import ExitCode
from hcl_lite.cli.grafana_server import server_options
from hcl_lite.cli.views.escaping import in_line
from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.redaction import remember_secret
from hcl_lite.operations.requests import Server
from providers.grafana.client import GrafanaClient
from providers.grafana.filling.panels import list_panels
from providers.grafana.snapshot_api import delete_by_delete_key, delete_snapshot, find_snapshot, list_snapshots
from providers.transport.errors import Unauthorized


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

    async def work(client: GrafanaClient) -> str:
        listed = await list_snapshots(client, query, limit)
        return json.dumps(listed, ensure_ascii=False, indent=2) if as_json else "\n".join(map(_line_of, listed))

    shown = operations.call_grafana(here(), server, work)
    if shown:
        click.echo(shown)
    return ExitCode.OK


@command.command()
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="As JSON: all of it, with its data.")
@server_options
def show(server: Server, key: str, as_json: bool) -> int:
    """What the snapshot KEY shows."""

    async def work(client: GrafanaClient) -> str:
        found = await find_snapshot(client, key)
        if found is None or as_json:
            return "" if found is None else json.dumps(found, ensure_ascii=False, indent=2)
        meta, dashboard = found["meta"], found["dashboard"]
        head = f"{dashboard.get('title', '')}  (made {meta['created']}, expires {meta['expires']})"
        return "\n".join(map(in_line, (head, *_panel_lines(list_panels(dashboard)))))

    shown = operations.call_grafana(here(), server, work)
    if not shown:
        raise HclError(Diagnostic(f'There is no snapshot with key "{key}"', hint="hcl-lite snapshot list shows them."))
    click.echo(shown)
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
    change = partial(operations.call_grafana, here(), server, read_only=False)
    try:
        if key is not None:
            operations.check_unmanaged(here(), server, "grafana_snapshot", key)
            there = change(lambda client: delete_snapshot(client, key))
        else:
            there = change(lambda client: delete_by_delete_key(client, str(delete_key)))
    except Unauthorized as error:
        hint = "Without --auth, only a Grafana with [snapshots] public_mode = true deletes, and only by the delete key."
        raise HclError(Diagnostic(str(error), hint=hint, request_id=error.request_id)) from error
    if not there:
        raise HclError(Diagnostic("There is no such snapshot", hint="It may have expired, or be deleted already."))
    click.echo("Snapshot deleted.")
    return ExitCode.OK


def _line_of(item: Mapping[str, Any]) -> str:
    return in_line(f"{item['key']}  {item['name']}  (made {item['created']}, expires {item['expires']})")


def _panel_lines(panels: Iterable[Mapping[str, Any]]) -> list[str]:
    return [f'  {panel.get("type")} "{panel.get("title", "")}": {_data_of(panel)}' for panel in panels]


def _data_of(panel: Mapping[str, Any]) -> str:
    """How much data is in a panel, in either of the forms that Grafanas write."""
    held = [frame for target in panel.get("targets") or () for frame in target.get("snapshot") or ()]
    frames = len(held) + len(panel.get("snapshotData") or ())
    return f"{frames} series or tables" if frames else "no data in it"
