"""The snapshots, and one with the data that was kept in it, drawn in the places of its panels."""

import sqlite3
from collections.abc import Mapping
from typing import Any

import orjson

from hcl_lite.sketch import sketch_of
from providers.embedded.pages.panels import draw_panel
from providers.embedded.pages.queries import description_of
from providers.embedded.pages.rendering import Missing, Page
from providers.embedded.routing import Call


def live_snapshots(call: Call) -> list[sqlite3.Row]:
    """The snapshots of an organisation that have not expired, the newest first, without their bodies."""
    columns = "id, org, name, key, external, expires, created, length(body) as size"
    sql = f"select {columns} from snapshot where org = ? and expires >= ? order by id desc"
    return call.store.rows(sql, call.identity.org, call.store.now())


def list_snapshots(call: Call) -> Page:
    """GET /dashboard/snapshots."""
    return Page("snapshots.html", "Snapshots", "snapshots", {"snapshots": live_snapshots(call)})


def show_snapshot(call: Call) -> Page:
    """GET /dashboard/snapshot/:key."""
    sql = "select * from snapshot where key = ? and expires >= ?"
    row = call.store.row(sql, call.params["key"], call.store.now())
    if row is None:
        raise Missing("There is no snapshot with this key, or it has expired.")
    body: Mapping[str, Any] = orjson.loads(row["body"])
    sketch = sketch_of(body)
    panels = [(tile, draw_panel(tile), description_of(tile.model)) for tile in sketch.tiles]
    return Page("snapshot.html", row["name"], "snapshots", {"row": row, "sketch": sketch, "panels": panels})
