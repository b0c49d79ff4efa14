"""Data blocks of snapshots."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hcl_lite.core.schema import Attr, ValueProblem
from hcl_lite.core.values import JsonValue
from providers.grafana.client import GrafanaClient
from providers.grafana.lookups.finding import Values, nothing
from providers.grafana.snapshot_api import LISTED, find_snapshot, list_snapshots, snapshot_url
from providers.kit.lookup import Lookup


async def _find_snapshot(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/snapshots/:key, which nobody needs to sign in for."""
    key = str(values["key"])
    wire = await find_snapshot(client, key)
    if wire is None:
        known = [f"{item['name']} ({item['key']})" for item in await list_snapshots(client)]
        raise nothing("key", key, "snapshot", known)
    meta, dashboard = wire["meta"], wire["dashboard"]
    return {
        "key": key,
        "title": dashboard.get("title", ""),
        "url": snapshot_url(client, key),
        "created_at": meta["created"],
        "expires_at": meta["expires"],
        "config_json": json.dumps(dashboard),
    }


async def _find_snapshots(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/dashboard/snapshots: none is an answer, too."""
    limit = values.get("limit")
    if limit is not None and int(limit) < 1:
        raise ValueProblem("limit", f"limit cannot be {limit}", "Expected at least 1.")
    listed = await list_snapshots(client, str(values.get("query") or ""), LISTED if limit is None else int(limit))
    return {
        "keys": [item["key"] for item in listed],
        "snapshots": [
            {
                "name": item["name"],
                "key": item["key"],
                "url": item.get("externalUrl") or snapshot_url(client, item["key"]),
                "external": item["external"],
                "created_at": item["created"],
                "expires_at": item["expires"],
            }
            for item in listed
        ],
    }


SNAPSHOT = Lookup(
    "grafana_snapshot",
    "A snapshot that is there already.",
    {
        "key": Attr(required=True, doc="Find it by this."),
        "title": Attr(computed=True, doc="Its dashboard's."),
        "url": Attr(computed=True),
        "created_at": Attr(computed=True),
        "expires_at": Attr(computed=True),
        "config_json": Attr(computed=True, body=True, doc="Its dashboard, with the data that is in it."),
    },
    _find_snapshot,
)
SNAPSHOTS = Lookup(
    "grafana_snapshots",
    "The snapshots that the account may see.",
    {
        "query": Attr(doc="Only those whose name has this in it."),
        "limit": Attr("number", doc="No more than this. Default: 1000."),
        "keys": Attr("list(string)", computed=True),
        "snapshots": Attr("any", computed=True, doc="A list of name, key, url, external, created_at, expires_at."),
    },
    _find_snapshots,
)
