"""Data blocks of library panels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from hcl_lite.core.schema import Attr, ValueProblem
from hcl_lite.core.values import JsonValue
from providers.grafana.client import GrafanaClient
from providers.grafana.library_panel_api import connected, list_panels
from providers.grafana.limits import ROOT
from providers.grafana.lookups.finding import Values, nothing, one_of, row, rows
from providers.grafana.since import require_version
from providers.kit.lookup import Lookup

_KEYS: Final = {
    **{"uid": "uid", "name": "name", "folder_uid": "folderUid", "type": "type", "description": "description"},
    "version": "version",
}
_TOLD: Final = {**_KEYS, "panel_id": "id", "folder_name": "folderName", "created": "created", "updated": "updated"}


async def _find_panel(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/library-elements, by pages (9 to 12.4): names are of a folder."""
    await require_version(client, "A library panel", "", 9)
    key = one_of(values, "uid", "name")
    panels = await list_panels(client)
    folder = values.get("folder_uid")
    wanted = "" if folder == ROOT else folder
    found = [one for one in panels if one[key] == values[key] and wanted in (None, one["folderUid"])]
    if not found:
        raise nothing(key, values[key], "library panel", [one["name"] for one in panels])
    if len(found) > 1:
        places = ", ".join(f"{one['uid']} in {one['folderUid'] or ROOT}" for one in found)
        hint = "Give folder_uid too, or the uid."
        raise ValueProblem(key, f'There are {len(found)} library panels "{values[key]}"', f"They are {places}.", hint)
    users = await connected(client, str(found[0]["uid"]))
    return {**row(found[0], _TOLD), "model_json": json.dumps(found[0]["model"]), "dashboard_uids": sorted(users)}


async def _find_panels(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    await require_version(client, "A library panel", "", 9)
    folders = values.get("folder_uids")
    wanted = None if folders is None else {"" if uid == ROOT else uid for uid in folders}
    panels = rows(await list_panels(client), _KEYS, "name", "uid")
    return {"panels": [one for one in panels if wanted is None or one["folder_uid"] in wanted]}


LIBRARY_PANEL = Lookup(
    "grafana_library_panel",
    "A library panel that is there already.",
    {
        "uid": Attr(computed=True, optional=True, doc="Find it by this,"),
        "name": Attr(computed=True, optional=True, doc="or by this,"),
        "folder_uid": Attr(computed=True, optional=True, doc="in this folder, where several have the name."),
        "type": Attr(computed=True, doc="Such as timeseries."),
        "description": Attr(computed=True),
        "version": Attr("number", computed=True),
        "panel_id": Attr("number", computed=True, doc="Its number on the server."),
        "folder_name": Attr(computed=True),
        "created": Attr(computed=True),
        "updated": Attr(computed=True),
        "model_json": Attr(computed=True, body=True),
        "dashboard_uids": Attr("list(string)", computed=True, doc="The dashboards that show it."),
    },
    _find_panel,
)
LIBRARY_PANELS = Lookup(
    "grafana_library_panels",
    "The library panels that the account may see, or those in folders.",
    {
        "folder_uids": Attr("list(string)", doc="Only those right in these folders; general is none."),
        "panels": Attr(
            "list(any)", computed=True, doc="By name; each with uid, name, folder_uid, type, description, version."
        ),
    },
    _find_panels,
)
