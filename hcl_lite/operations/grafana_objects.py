"""Objects on a Grafana, managed or not: deleted dashboards, versions, data sources and snapshots.

The state stays as it is. Each raises HclError, and ProviderError, also for an answer that makes no sense.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from hcl_lite.core.diags import Diagnostic, HclError
from hcl_lite.core.run_context import RunContext
from hcl_lite.operations.asking import call_grafana, check_unmanaged
from hcl_lite.operations.operation import operation
from hcl_lite.operations.requests import Server
from providers.grafana.client import GrafanaClient
from providers.grafana.data_source import current_type
from providers.grafana.data_source_api import (
    Name,
    delete_data_source,
    describe,
    describe_whole,
    find_data_source,
    list_data_sources,
)
from providers.grafana.filling.panels import list_panels
from providers.grafana.queries import call_by_proxy, reference_to, run_query
from providers.grafana.snapshot_api import delete_by_delete_key, delete_snapshot, find_snapshot, list_snapshots
from providers.grafana.trash import open_trash
from providers.grafana.versions import list_versions, restore_version
from providers.transport.errors import Unauthorized

Row = Mapping[str, Any]


# --- dashboards -------------------------------------------------------------------------------------------------------


@operation
def list_trash(context: RunContext, server: Server) -> Sequence[Row]:
    """The deleted dashboards that the server still has: all for an admin, their own for others."""

    async def work(client: GrafanaClient) -> list[Row]:
        return [asdict(one) for one in await (await open_trash(client)).list()]

    return call_grafana(context, server, work)


@operation
def list_dashboard_versions(context: RunContext, server: Server, uid: str) -> Sequence[Row]:
    """The versions of a dashboard, newest first."""

    async def work(client: GrafanaClient) -> list[Row]:
        return [asdict(one) for one in await list_versions(client, uid)]

    return call_grafana(context, server, work)


@operation
def restore_dashboard_version(context: RunContext, server: Server, uid: str, version: int) -> int:
    """Bring a dashboard that is there back to a version; the number of the version that this makes."""
    return call_grafana(context, server, lambda client: restore_version(client, uid, version), read_only=False)


@operation
def restore_deleted_dashboard(context: RunContext, server: Server, uid: str, folder: str | None) -> None:
    """Bring a deleted dashboard back, into the folder with that uid, or into its own."""

    async def work(client: GrafanaClient) -> None:
        await (await open_trash(client)).restore(uid, folder)

    call_grafana(context, server, work, read_only=False)


@operation
def purge_dashboard(context: RunContext, server: Server, uid: str) -> None:
    """Delete a deleted dashboard for good."""

    async def work(client: GrafanaClient) -> None:
        await (await open_trash(client)).purge(uid)

    call_grafana(context, server, work, read_only=False)


# --- data sources: `name` is a uid, name:NAME or id:NUMBER ------------------------------------------------------------


@operation
def list_sources(context: RunContext, server: Server, type_: str | None) -> Sequence[Row]:
    """The data sources that the account may see; with `type_` those of that plugin."""

    async def work(client: GrafanaClient) -> list[Row]:
        return [describe(wire) for wire in await list_data_sources(client)]

    found = call_grafana(context, server, work)
    return [one for one in found if type_ is None or current_type(str(one["type"])) == current_type(type_)]


@operation
def describe_source(context: RunContext, server: Server, name: str) -> Row:
    """The settings of a data source, with the names of its secrets."""

    async def work(client: GrafanaClient) -> Row:
        return describe_whole(await _look(client, Name.parse(name)))

    return call_grafana(context, server, work)


@operation
def find_unmanaged_source(context: RunContext, server: Server, name: str) -> Row:
    """A data source as the server has it. Raises HclError also for one that the state here has."""
    wire = call_grafana(context, server, lambda client: _look(client, Name.parse(name)))
    # By what a state may know it: its uid, or on servers without such, its name or number.
    known = [wire["uid"]] if wire.get("uid") else [wire["name"], wire["id"]]
    check_unmanaged(context, server, "grafana_data_source", *known)
    return wire


@operation
def delete_source(context: RunContext, server: Server, name: str) -> None:
    """Delete a data source."""
    named = Name.parse(name)
    if not call_grafana(context, server, lambda client: delete_data_source(client, named), read_only=False):
        raise _nothing(named)


@operation
def query_source(context: RunContext, server: Server, name: str, wanted: Row) -> Sequence[Row]:
    """The frames that a data source answers to a query: from, to, max_data_points, and expr or query."""

    async def work(client: GrafanaClient) -> list[dict[str, Any]]:
        return await run_query(client, reference_to(await _look(client, Name.parse(name))), wanted)

    return call_grafana(context, server, work)


@operation
def call_source(
    context: RunContext, server: Server, name: str, path: str, params: Mapping[str, str], method: str, body: Any
) -> Any:
    """Returns the answer of a data source at `path`, below its own url, through Grafana's proxy: JSON, or text."""

    async def work(client: GrafanaClient) -> Any:
        return await call_by_proxy(client, await _look(client, Name.parse(name)), path, params, method, body)

    return call_grafana(context, server, work, read_only=method == "GET")


async def _look(client: GrafanaClient, name: Name) -> Row:
    found = await find_data_source(client, name)
    if found is None:
        raise _nothing(name)
    return found


def _nothing(name: Name) -> HclError:
    hint = "hcl-lite data-source list shows them; NAME is a uid, name:NAME or id:NUMBER."
    return HclError(Diagnostic(f"There is no data source with {name}", hint=hint))


# --- snapshots --------------------------------------------------------------------------------------------------------


@operation
def read_snapshots(context: RunContext, server: Server, query: str, limit: int) -> Sequence[Row]:
    """The snapshots that there are, as listed: an admin is told of all, others of their own; with `query` in their
    names."""
    return call_grafana(context, server, lambda client: list_snapshots(client, query, limit))


@operation
def describe_snapshots(context: RunContext, server: Server, query: str, limit: int) -> Sequence[Row]:
    """The same: key, name, created and expires of each."""

    async def work(client: GrafanaClient) -> list[Row]:
        listed = await list_snapshots(client, query, limit)
        return [{key: item[key] for key in ("key", "name", "created", "expires")} for item in listed]

    return call_grafana(context, server, work)


@operation
def read_snapshot(context: RunContext, server: Server, key: str) -> Row:
    """A snapshot as the server has it, with its data."""
    found = call_grafana(context, server, lambda client: find_snapshot(client, key))
    return _there(found, key)


@operation
def describe_snapshot(context: RunContext, server: Server, key: str) -> Row:
    """Returns the contents of a snapshot: title, created, expires, and of each panel type, title and number of
    frames."""

    async def work(client: GrafanaClient) -> Row | None:
        found = await find_snapshot(client, key)
        if found is None:
            return None
        meta, dashboard = found["meta"], found["dashboard"]
        panels = [
            {"type": panel.get("type"), "title": panel.get("title", ""), "frames": _count_frames(panel)}
            for panel in list_panels(dashboard)
        ]
        told = {"created": meta["created"], "expires": meta["expires"]}
        return {"title": dashboard.get("title", ""), **told, "panels": panels}

    return _there(call_grafana(context, server, work), key)


def _count_frames(panel: Row) -> int:
    """Returns the number of data frames in a panel, in either of the forms that Grafanas write."""
    held = [frame for target in panel.get("targets") or () for frame in target.get("snapshot") or ()]
    return len(held) + len(panel.get("snapshotData") or ())


def _there(found: Row | None, key: str) -> Row:
    if found is None:
        raise HclError(Diagnostic(f'There is no snapshot with key "{key}"', hint="hcl-lite snapshot list shows them."))
    return found


@operation
def remove_snapshot(context: RunContext, server: Server, key: str) -> None:
    """Delete a snapshot. Raises HclError also for one that the state here has."""
    check_unmanaged(context, server, "grafana_snapshot", key)
    _delete(context, server, key, by_delete_key=False)


@operation
def remove_snapshot_by_delete_key(context: RunContext, server: Server, delete_key: str) -> None:
    """Delete the snapshot with a delete key, without signing in where the server allows it. Whose it is, only the
    server knows."""
    _delete(context, server, delete_key, by_delete_key=True)


def _delete(context: RunContext, server: Server, key: str, *, by_delete_key: bool) -> None:
    delete = delete_by_delete_key if by_delete_key else delete_snapshot
    try:
        there = call_grafana(context, server, lambda client: delete(client, key), read_only=False)
    except Unauthorized as error:
        hint = "Without --auth, only a Grafana with [snapshots] public_mode = true deletes, and only by the delete key."
        raise HclError(Diagnostic(str(error), hint=hint, request_id=error.request_id)) from error
    if not there:
        raise HclError(Diagnostic("There is no such snapshot", hint="It may have expired, or be deleted already."))
