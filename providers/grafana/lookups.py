"""The data blocks of Grafana: what is there already, found by name or uid."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import quote, unquote

from hcl_lite.core.schema import Attr, ValueProblem
from hcl_lite.core.values import JsonValue, Value
from providers.grafana.client import GrafanaClient
from providers.grafana.data_source import current_type
from providers.grafana.data_source_api import (
    Name,
    describe,
    describe_whole,
    find_data_source,
    find_id,
    list_data_sources,
)
from providers.grafana.generations.table import generation_of, require
from providers.grafana.generations.uid_dashboards import folder_of
from providers.grafana.paths import folder_path
from providers.grafana.snapshot_api import LISTED, find_snapshot, list_snapshots, snapshot_url
from providers.grafana.versions import list_versions
from providers.kit.open_provider import Lookup
from providers.transport.errors import NotFound

_REDIRECT = re.compile(r"(^|/)(d/(?P<uid>[^/?]+)|db/(?P<slug>[^/?]+))")

Values = Mapping[str, Value]


async def _find_data_source(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """Looks a data source up by uid, name or id."""
    key = _one_of(values, "uid", "name", "id")
    wire = await find_data_source(client, Name(key, str(values[key])))
    if wire is None:
        known = [item["name"] for item in await list_data_sources(client)]
        raise _nothing(key, values[key], "data source", known)
    return describe_whole(wire)


async def _list_data_sources(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """All, or those of a type."""
    type_ = values.get("type")
    listed = [describe(wire) for wire in await list_data_sources(client)]
    return {"data_sources": [one for one in listed if type_ is None or one["type"] == current_type(type_)]}


async def _find_data_source_id(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """Looks the id of a data source up by its name."""
    number = await find_id(client, str(values["name"]))
    if number is None:
        raise _nothing("name", values["name"], "data source", [])
    return {"id": number}


async def _find_folder(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/folders/:uid, or the one folder of /api/search that has the title."""
    await require(client, lambda generation: generation.folders, "A folder")
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
    wire = await client.find(folder_path(str(uid))) if uid else None
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
    """Looks a dashboard up by uid as the generation does it, or by GET /api/dashboards/db/:slug (3.2 to 7.5; 404 on
    12.4)."""
    key = _one_of(values, "uid", "slug")
    generation = await generation_of(client)
    wire = await _read_dashboard(client, key, str(values[key]))
    if wire is None:
        gone = key == "slug" and not generation.slugs
        hint = f"Grafana {await client.server()} knows dashboards by uid." if gone else ""
        raise _nothing(key, values[key], "dashboard", [], hint)
    meta, spec = wire["meta"], wire["dashboard"]
    return {
        "uid": spec.get("uid") or "",
        "slug": meta["slug"],
        "title": spec["title"],
        "dashboard_id": spec["id"],
        "version": meta["version"],
        "url": meta.get("url") or "",
        "folder": folder_of(meta),
        "config_json": _config_json(spec),
    }


async def _find_home(client: GrafanaClient, _: Values) -> Mapping[str, JsonValue]:
    """GET /api/dashboards/home: a dashboard of the server's own, or `redirectUri` to the one that was chosen."""
    wire = await client.get("/api/dashboards/home")
    redirect = str(wire.get("redirectUri") or "")
    if redirect:
        key, name = _named_by(redirect)
        wire = await _read_dashboard(client, key, name)
        if wire is None:
            raise ValueProblem("", "The home dashboard that was chosen is not there", f'It redirects to "{redirect}".')
    spec = wire["dashboard"]
    return {
        "uid": spec.get("uid") or "",
        "title": spec["title"],
        "redirect_uri": redirect,
        "config_json": _config_json(spec),
    }


async def _find_tags(client: GrafanaClient, _: Values) -> Mapping[str, JsonValue]:
    """GET /api/dashboards/tags."""
    counts = {item["term"]: item["count"] for item in await client.get("/api/dashboards/tags")}
    return {"terms": sorted(counts), "counts": counts}


async def _find_versions(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    try:
        found = await list_versions(client, str(values["uid"]))
    except NotFound as error:
        raise _nothing("uid", values["uid"], "dashboard", []) from error
    return {"versions": [asdict(version) for version in found]}


async def _read_dashboard(client: GrafanaClient, key: str, name: str) -> Any:
    """{meta, dashboard} of the dashboard with the uid, or the slug; None where there is none."""
    if key == "uid":
        return await (await generation_of(client)).dashboards.find(client, name)
    return await client.find(f"/api/dashboards/db/{quote(name, safe='')}")


def _named_by(redirect: str) -> tuple[str, str]:
    """The dashboard of a redirectUri: /d/UID/slug, or db/SLUG of servers without uids (source); behind any root."""
    found = _REDIRECT.search(redirect)
    if found is None:
        raise ValueProblem("", f'The home dashboard is not one of Grafana\'s own: it redirects to "{redirect}"')
    return ("uid", unquote(found["uid"])) if found["uid"] else ("slug", unquote(found["slug"]))


def _config_json(spec: Mapping[str, JsonValue]) -> str:
    return json.dumps({key: value for key, value in spec.items() if key not in ("id", "version")})


async def _find_snapshot(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/snapshots/:key, which nobody needs to sign in for."""
    key = str(values["key"])
    wire = await find_snapshot(client, key)
    if wire is None:
        known = [f"{item['name']} ({item['key']})" for item in await list_snapshots(client)]
        raise _nothing("key", key, "snapshot", known)
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


async def _find_server(client: GrafanaClient, _: Values) -> Mapping[str, JsonValue]:
    """GET /api/health for the whole version, which 3.2 has not; GET /api/org for the account's organisation."""
    health = await client.find("/api/health") or {}
    organisation = await client.get("/api/org")
    return {
        "version": health.get("version") or str(await client.server()),
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


def _nothing(key: str, value: Value, what: str, known: list[str], hint: str = "") -> ValueProblem:
    there = ("There are: " + ", ".join(sorted(known)[:12]) + ("…" if len(known) > 12 else ".")) if known else ""
    return ValueProblem(key, f'There is no {what} with {key} "{value}"', there, hint)


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
            "access_mode": Attr(computed=True),
            "database_name": Attr(computed=True),
            "username": Attr(computed=True),
            "basic_auth_enabled": Attr("bool", computed=True),
            "basic_auth_username": Attr(computed=True),
            "with_credentials": Attr("bool", computed=True),
            "is_default": Attr("bool", computed=True),
            "read_only": Attr("bool", computed=True, doc="Whether it comes from a file of the server's."),
            "json_data": Attr("any", computed=True),
            "secure_json_fields": Attr("list(string)", computed=True, doc="The names of its secrets."),
            "version": Attr("number", computed=True),
        },
        _find_data_source,
    ),
    Lookup(
        "grafana_data_sources",
        "The data sources that are there, or those of a type.",
        {
            "type": Attr(doc="Plugin id.", example="prometheus"),
            "data_sources": Attr(
                "list(any)", computed=True, doc="By name; each as data.grafana_data_source, less secrets and version."
            ),
        },
        _list_data_sources,
    ),
    Lookup(
        "grafana_data_source_id",
        "The number of a data source, by its name.",
        {"name": Attr(required=True, doc="Find it by this."), "id": Attr("number", computed=True)},
        _find_data_source_id,
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
            "uid": Attr(computed=True, optional=True, doc="Find it by this,"),
            "slug": Attr(computed=True, optional=True, doc="or, before Grafana 8, by this."),
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
        "grafana_home_dashboard",
        "The account's home dashboard: a chosen one, or Grafana's own.",
        {
            "uid": Attr(computed=True, doc="Empty for Grafana's own."),
            "title": Attr(computed=True),
            "redirect_uri": Attr(computed=True, doc="Path of the one that was chosen; empty for Grafana's own."),
            "config_json": Attr(computed=True, body=True),
        },
        _find_home,
    ),
    Lookup(
        "grafana_dashboard_tags",
        "The tags of all dashboards.",
        {
            "terms": Attr("list(string)", computed=True, doc="The tags, by name."),
            "counts": Attr("map(number)", computed=True, doc="On how many dashboards each of them is."),
        },
        _find_tags,
    ),
    Lookup(
        "grafana_dashboard_versions",
        "The history of a dashboard.",
        {
            "uid": Attr(required=True, doc="The dashboard's."),
            "versions": Attr(
                "list(any)",
                computed=True,
                doc="Newest first, each with version, created, created_by, message and restored_from.",
            ),
        },
        _find_versions,
    ),
    Lookup(
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
    ),
    Lookup(
        "grafana_snapshots",
        "The snapshots that the account may see.",
        {
            "query": Attr(doc="Only those whose name has this in it."),
            "limit": Attr("number", doc="No more than this. Default: 1000."),
            "keys": Attr("list(string)", computed=True),
            "snapshots": Attr("any", computed=True, doc="A list of name, key, url, external, created_at, expires_at."),
        },
        _find_snapshots,
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
