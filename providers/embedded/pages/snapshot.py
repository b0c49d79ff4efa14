"""The snapshots, and one with the data that was kept in it, drawn in the places of its panels."""

import re
import sqlite3
from collections.abc import Mapping
from typing import Any, Final

import orjson

from hcl_lite.sketch import Tile, sketch_of
from hcl_lite.sketch.values import at, dicts, text
from providers.embedded.pages.panels import draw_panel
from providers.embedded.pages.queries import description_of
from providers.embedded.pages.rendering import Missing, Page
from providers.embedded.routing import Call

_VARIABLE: Final = re.compile(r"\$(\w+)|\$\{(\w+)(?::\w+)?\}|\[\[(\w+)\]\]")


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
    chosen = {
        text(one.get("name")): at(one, "current").get("text") for one in dicts(at(body, "templating").get("list"))
    }
    panels = [(tile, _title(tile, chosen), draw_panel(tile), description_of(tile.model)) for tile in sketch.tiles]
    return Page("snapshot.html", row["name"], "snapshots", {"row": row, "sketch": sketch, "panels": panels})


def _title(tile: Tile, chosen: Mapping[str, object]) -> str:
    """A title with the values of its variables: those of the panel, where it is one of several, or of the dashboard."""
    own = {name: at(one).get("text") for name, one in at(tile.model, "scopedVars").items()}

    def value(found: re.Match[str]) -> str:
        said = own.get(name := found[1] or found[2] or found[3], chosen.get(name))
        return " + ".join(map(text, said)) if isinstance(said, list) else text(said) or found[0]

    return _VARIABLE.sub(value, tile.title)
