"""The data blocks of Grafana: what is there already, found by name or uid."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote

from hcl_lite.core.schema import Attr, ValueProblem
from hcl_lite.core.values import JsonValue, Value
from providers.grafana.client import GrafanaClient
from providers.opened import Lookup

Values = Mapping[str, Value]


async def _find_data_source(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/datasources/uid/:uid, /name/:name or /:id."""
    key = _one_of(values, "uid", "name", "id")
    prefix = {"uid": "uid/", "name": "name/", "id": ""}[key]
    wire = await client.find(f"/api/datasources/{prefix}{quote(str(values[key]), safe='')}")
    if wire is None:
        known = [item["name"] for item in await client.get("/api/datasources")]
        raise _nothing(key, values[key], "data source", known)
    names = {"uid": "uid", "name": "name", "id": "id", "type": "type", "url": "url", "is_default": "isDefault"}
    return {**{ours: wire[theirs] for ours, theirs in names.items()}, "json_data": wire.get("jsonData") or {}}


async def _find_folder(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/folders/:uid, or the one folder of /api/search that has the title."""
    key = _one_of(values, "uid", "title")
    uid = values.get("uid")
    if key == "title":
        params = {"type": "dash-folder", "query": str(values["title"]), "limit": "1000"}
        found = await client.get("/api/search", params)
        uids = [item["uid"] for item in found if item["title"] == values["title"]]
        if len(uids) > 1:
            raise ValueProblem(
                "title", f'There are {len(uids)} folders "{values["title"]}"', "uids: " + ", ".join(uids)
            )
        uid = uids[0] if uids else None
    wire = await client.find(f"/api/folders/{quote(str(uid), safe='')}") if uid else None
    if wire is None:
        known = [item["title"] for item in await client.get("/api/search", {"type": "dash-folder", "limit": "1000"})]
        raise _nothing(key, values[key], "folder", known)
    return {
        "uid": wire["uid"],
        "title": wire["title"],
        "id": wire["id"],
        "url": wire["url"],
        "parent_folder_uid": wire.get("parentUid", ""),
    }


async def _find_dashboard(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/dashboards/uid/:uid."""
    wire = await client.find(f"/api/dashboards/uid/{quote(str(values['uid']), safe='')}")
    if wire is None:
        raise _nothing("uid", values["uid"], "dashboard", [])
    meta, spec = wire["meta"], wire["dashboard"]
    return {
        "uid": spec["uid"],
        "title": spec["title"],
        "dashboard_id": spec["id"],
        "version": meta["version"],
        "url": meta["url"],
        "folder": meta.get("folderUid") or "",
        "config_json": json.dumps({key: value for key, value in spec.items() if key not in ("id", "version")}),
    }


async def _find_server(client: GrafanaClient, _: Values) -> Mapping[str, JsonValue]:
    """GET /api/health, and GET /api/org for the account's organisation."""
    health = await client.get("/api/health")
    organisation = await client.get("/api/org")
    return {
        "version": health["version"],
        "url": client.connection.url,
        "org_id": organisation["id"],
        "org_name": organisation["name"],
    }


def _one_of(values: Values, *keys: str) -> str:
    given = [key for key in keys if values.get(key) is not None]
    if len(given) == 1:
        return given[0]
    found = f"{' and '.join(given)} are given." if given else "Found none of them."
    raise ValueProblem(given[1] if given else "", "Give one of " + ", ".join(keys), found)


def _nothing(key: str, value: Value, what: str, known: list[str]) -> ValueProblem:
    there = ("There are: " + ", ".join(sorted(known)[:12]) + ("…" if len(known) > 12 else ".")) if known else ""
    return ValueProblem(key, f'There is no {what} with {key} "{value}"', there)


LOOKUPS: tuple[Lookup[GrafanaClient], ...] = (
    Lookup(
        "grafana_data_source",
        "A data source that is there already.",
        {
            "uid": Attr(computed=True, optional=True, doc="Find it by this,"),
            "name": Attr(computed=True, optional=True, doc="or by this,"),
            "id": Attr("number", computed=True, optional=True, doc="or by this."),
            "type": Attr(computed=True),
            "url": Attr(computed=True),
            "is_default": Attr("bool", computed=True),
            "json_data": Attr("any", computed=True),
        },
        _find_data_source,
    ),
    Lookup(
        "grafana_folder",
        "A folder that is there already.",
        {
            "uid": Attr(computed=True, optional=True, doc="Find it by this,"),
            "title": Attr(computed=True, optional=True, doc="or by this."),
            "id": Attr("number", computed=True),
            "url": Attr(computed=True),
            "parent_folder_uid": Attr(computed=True),
        },
        _find_folder,
    ),
    Lookup(
        "grafana_dashboard",
        "A dashboard that is there already.",
        {
            "uid": Attr(required=True, doc="Find it by this."),
            "title": Attr(computed=True),
            "dashboard_id": Attr("number", computed=True),
            "version": Attr("number", computed=True),
            "url": Attr(computed=True),
            "folder": Attr(computed=True),
            "config_json": Attr(computed=True, body=True),
        },
        _find_dashboard,
    ),
    Lookup(
        "grafana_server",
        "The Grafana itself: its version, and the account's organisation.",
        {
            "version": Attr(computed=True),
            "url": Attr(computed=True),
            "org_id": Attr("number", computed=True),
            "org_name": Attr(computed=True),
        },
        _find_server,
    ),
)
