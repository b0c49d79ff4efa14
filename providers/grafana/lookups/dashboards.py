"""Data blocks of dashboards."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import quote, unquote

from hcl_lite.core.schema import Attr, ValueProblem
from hcl_lite.core.values import JsonValue
from providers.grafana.client import GrafanaClient
from providers.grafana.generations.table import generation_of, require
from providers.grafana.generations.uid_dashboards import folder_of
from providers.grafana.limits import ROOT
from providers.grafana.lookups.finding import Values, nothing, one_of, rows
from providers.grafana.paging import search_pages
from providers.grafana.versions import list_versions
from providers.kit.lookup import Lookup
from providers.transport.errors import NotFound

_PLACE: Final = {"folder_uid": "folderUid", "folder_title": "folderTitle"}
_LISTED: Final = {"uid": "uid", "title": "title", "url": "url", "tags": "tags", **_PLACE}
_REDIRECT = re.compile(r"(^|/)(d/(?P<uid>[^/?]+)|db/(?P<slug>[^/?]+))")


async def _find_dashboard(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """Looks a dashboard up by uid as the generation does it, or by GET /api/dashboards/db/:slug (3.2 to 7.5; 404 on
    12.4)."""
    key = one_of(values, "uid", "slug")
    generation = await generation_of(client)
    wire = await _read_dashboard(client, key, str(values[key]))
    if wire is None:
        gone = key == "slug" and not generation.slugs
        hint = f"Grafana {await client.server()} knows dashboards by uid." if gone else ""
        raise nothing(key, values[key], "dashboard", [], hint)
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


async def _find_dashboards(client: GrafanaClient, values: Values) -> Mapping[str, JsonValue]:
    """GET /api/search by pages, with a query and a tag (5 to 12.4); the other tags and the folders are looked for in
    what it finds."""
    await require(client, lambda generation: generation.dashboard_uids, "A search for dashboards by uid")
    tags, folders = values.get("tags") or (), values.get("folder_uids")
    asked = {"type": "dash-db", "query": str(values.get("query") or ""), "tag": next(iter(tags), "")}
    pages = search_pages(client, "the dashboards", {key: value for key, value in asked.items() if value})
    hits = [hit async for page in pages for hit in page if set(tags) <= set(hit["tags"])]
    found = [{**one, **{key: one[key] or "" for key in _PLACE}} for one in rows(hits, _LISTED, "title", "uid")]
    wanted = None if folders is None else {"" if uid == ROOT else uid for uid in folders}
    chosen = [one for one in found if wanted is None or one["folder_uid"] in wanted]
    return {"dashboards": chosen[: _limit(values)]}


def _limit(values: Values) -> int | None:
    limit = values.get("limit")
    if limit is not None and int(limit) < 1:
        raise ValueProblem("limit", f"limit cannot be {limit}", "Expected at least 1.")
    return None if limit is None else int(limit)


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
        raise nothing("uid", values["uid"], "dashboard", []) from error
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


DASHBOARD = Lookup(
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
)
DASHBOARDS = Lookup(
    "grafana_dashboards",
    "The dashboards that the account may see, or those in folders, with tags, by a text.",
    {
        "folder_uids": Attr("list(string)", doc="Only those right in these folders; general is none."),
        "tags": Attr("list(string)", doc="Only those that have all of these."),
        "query": Attr(doc="Only those that the server finds by it: words of the title."),
        "limit": Attr("number", doc="No more than this."),
        "dashboards": Attr(
            "list(any)", computed=True, doc="By title; each with uid, title, url, tags, folder_uid, folder_title."
        ),
    },
    _find_dashboards,
)
HOME_DASHBOARD = Lookup(
    "grafana_home_dashboard",
    "The account's home dashboard: a chosen one, or Grafana's own.",
    {
        "uid": Attr(computed=True, doc="Empty for Grafana's own."),
        "title": Attr(computed=True),
        "redirect_uri": Attr(computed=True, doc="Path of the one that was chosen; empty for Grafana's own."),
        "config_json": Attr(computed=True, body=True),
    },
    _find_home,
)
DASHBOARD_TAGS = Lookup(
    "grafana_dashboard_tags",
    "The tags of all dashboards.",
    {
        "terms": Attr("list(string)", computed=True, doc="The tags, by name."),
        "counts": Attr("map(number)", computed=True, doc="On how many dashboards each of them is."),
    },
    _find_tags,
)
DASHBOARD_VERSIONS = Lookup(
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
)
