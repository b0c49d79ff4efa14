"""A Grafana: which version it is, how its app platform lists things, and how a provider block opens it."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from hcl_lite.core.schema import Attr, Live, ValueProblem, Version
from hcl_lite.core.values import Value, reveal
from providers.http import EMBEDDED, Connection, HttpClient, split_embedded, split_url, tls_of
from providers.versions import RECORDED, recorded_version

# What reads although it is a POST: the queries that data sources are asked through Grafana.
_READ_BY_POST = frozenset({"/api/ds/query", "/api/tsdb/query"})
# For 5 seconds 12.4 asks a data source as it was before the last change, unless a call says that it wants it fresh.
FRESH: Mapping[str, str] = {"X-Grafana-NoCache": "true"}
METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

SETTINGS: Mapping[str, Attr] = {
    "url": Attr(
        doc="Root URL of Grafana, or embedded:PATH for the embedded server (embedded:PATH?version=7: as Grafana 7)."
        " Default: GRAFANA_URL.",
        example="https://grafana.example.org",
    ),
    "auth": Attr(secret=True, doc="Service account token, API key, or user:password. Default: GRAFANA_AUTH."),
    "org_id": Attr("number", doc="The organisation to work in. Default: GRAFANA_ORG_ID, else that of the account."),
    "http_headers": Attr(
        "map(string)", secret=True, doc="Headers for every call. Default: GRAFANA_HTTP_HEADERS (JSON)."
    ),
    "ca_cert": Attr(doc="File of CA certificates to trust. Default: GRAFANA_CA_CERT."),
    "tls_cert": Attr(doc="File of the client certificate. Default: GRAFANA_TLS_CERT."),
    "tls_key": Attr(doc="File of the client certificate's key. Default: GRAFANA_TLS_KEY."),
    "insecure_skip_verify": Attr(
        "bool", doc="Do not check the server's certificate. Default: GRAFANA_INSECURE_SKIP_VERIFY."
    ),
    "timeout": Attr("number", doc="Seconds until a call is given up.", default=60),
    "retries": Attr("number", doc="How often a call that can be repeated is.", default=5),
    "parallelism": Attr("number", doc="Calls under way at once.", default=16),
}


@dataclass(frozen=True, slots=True)
class Server:
    """What a Grafana said of itself: `version` such as (12, 4, 0), `namespace` of its app platform, feature toggles."""

    version: tuple[int, ...]
    namespace: str
    toggles: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return ".".join(map(str, self.version))

    @property
    def has_app_platform(self) -> bool:
        """Whether folders and dashboards can be listed with their generation: seen on 12.4."""
        return self.version >= (12,)


class GrafanaClient(HttpClient):
    """Calls to one organisation of one Grafana."""

    _server: asyncio.Future[Server] | None = None

    async def server(self) -> Server:
        """What is at the other end; asked once. Raises ApiError.

        GET /api/frontend/settings (seen on 5.4 to 12.4): it also tells at once whether the account is accepted.
        """
        if self._server is None:
            self._server = asyncio.ensure_future(self._ask())
        return await asyncio.shield(self._server)

    async def _ask(self) -> Server:
        settings = await self.get("/api/frontend/settings")
        text = str(settings.get("buildInfo", {}).get("version", "0")) if isinstance(settings, dict) else "0"
        numbers = re.match(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?", text)
        version = tuple(int(number or 0) for number in numbers.groups()) if numbers else (0,)
        toggles = frozenset(key for key, on in (settings.get("featureToggles") or {}).items() if on)
        return Server(version, str(settings.get("namespace") or "default"), toggles)

    async def platform_path(self, group_version: str, resource: str) -> str:
        server = await self.server()
        return f"/apis/{group_version}/namespaces/{server.namespace}/{resource}"

    async def list_metadata(self, group_version: str, resource: str) -> Mapping[str, Live]:
        """Every object of a resource by name, surveyed. Raises ApiError.

        GET /apis/…, metadata only, all pages (12.4 ends a page by size, whatever `limit` says).
        """
        path = await self.platform_path(group_version, resource)
        found: dict[str, Live] = {}
        params = {"limit": "1000"}
        while True:
            page = await self.get(path, params, METADATA_ONLY)
            for item in page["items"] or ():
                found[item["metadata"]["name"]] = live_of(item["metadata"])
            token = page["metadata"].get("continue")
            if not token:
                return found
            params = {"limit": "1000", "continue": token}


def live_of(metadata: Mapping[str, Any]) -> Live:
    """App-platform metadata as a surveyed object."""
    return Live(metadata["name"], version_of(metadata))


def version_of(metadata: Mapping[str, Any]) -> Version:
    """The label is what the classic API calls id, the generation what it calls version (12.4)."""
    label = metadata.get("labels", {}).get("grafana.app/deprecatedInternalID", "0")
    return {"id": int(label), "version": metadata.get("generation", 0)}


def make_client(
    settings: Mapping[str, Value], read_only: bool, environment: Mapping[str, str] | None = None
) -> GrafanaClient:
    """A client for a provider block's settings, with the environment's where it has none. Raises ValueProblem."""
    return GrafanaClient(make_connection(settings, read_only, environment))


def make_connection(
    settings: Mapping[str, Value], read_only: bool, environment: Mapping[str, str] | None = None
) -> Connection:
    """How to reach the server of a provider block. Raises ValueProblem."""
    env = os.environ if environment is None else environment
    given = {key: reveal(value) for key, value in settings.items() if value is not None}
    url = str(given.get("url") or env.get("GRAFANA_URL", ""))
    _check_url(url)
    for key in ("timeout", "retries", "parallelism"):
        if given.get(key, 1) < (0 if key == "retries" else 1):
            raise ValueProblem(key, f"{key} cannot be {given[key]}", "Expected at least 1, for retries at least 0.")
    for key in ("ca_cert", "tls_cert", "tls_key"):
        path = given.get(key) or env.get(f"GRAFANA_{key.upper()}", "")
        if path and not os.path.isfile(path):
            raise ValueProblem(key, f'There is no file "{path}"', "Relative paths start at the working directory.")
    url, auth_in_url = (url, "") if url.startswith(EMBEDDED) else split_url(url)
    auth = given.get("auth") or auth_in_url or env.get("GRAFANA_AUTH", "")
    if not auth and url.startswith(EMBEDDED):
        auth = "admin:admin"  # what the embedded server starts with
    headers = dict(given.get("http_headers") or _headers_from(env))
    organisation = given.get("org_id") or env.get("GRAFANA_ORG_ID")
    if organisation:
        headers["X-Grafana-Org-Id"] = str(organisation)
    insecure = given.get("insecure_skip_verify")
    if insecure is None:
        insecure = env.get("GRAFANA_INSECURE_SKIP_VERIFY", "").lower() in ("1", "true")
    connection = Connection(
        url=url,
        auth=str(auth),
        headers=headers,
        ca_cert=str(given.get("ca_cert") or env.get("GRAFANA_CA_CERT", "")),
        tls_cert=str(given.get("tls_cert") or env.get("GRAFANA_TLS_CERT", "")),
        tls_key=str(given.get("tls_key") or env.get("GRAFANA_TLS_KEY", "")),
        insecure=insecure,
        timeout=float(given.get("timeout", 60)),
        retries=int(given.get("retries", 5)),
        parallelism=int(given.get("parallelism", 16)),
        read_only=read_only,
        read_by_post=_READ_BY_POST,
    )
    if not url.startswith(EMBEDDED):
        tls_of(connection)  # what is wrong with the files is said now, and not by the first call
    return connection


def _check_url(url: str) -> None:
    expected = "Expected http://…, https://… or embedded:PATH."
    if not url:
        raise ValueProblem("url", "Grafana's url is not known", "", "Set url in the provider block, or GRAFANA_URL.")
    if url.startswith(EMBEDDED):
        path, version = split_embedded(url)
        if not path:
            raise ValueProblem("url", "The embedded server needs a file", 'Such as "embedded:grafana.db".')
        if "?version=" in url and recorded_version(version) is None:
            played = f"It plays {', '.join(RECORDED)}; their beginnings will do, such as 7."
            raise ValueProblem("url", f'The embedded server does not play Grafana "{version}"', played)
        return
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError as error:
        raise ValueProblem("url", "The url is not one", f"{error}. {expected}") from error
    if not good:
        raise ValueProblem("url", f'"{split_url(url)[0]}" is not a URL', expected)


def _headers_from(environment: Mapping[str, str]) -> Mapping[str, str]:
    text = environment.get("GRAFANA_HTTP_HEADERS", "")
    if not text:
        return {}
    try:
        headers = json.loads(text)
    except ValueError as error:
        raise ValueProblem("http_headers", "GRAFANA_HTTP_HEADERS is not JSON", str(error)) from error
    if not isinstance(headers, dict):
        raise ValueProblem("http_headers", "GRAFANA_HTTP_HEADERS is not a JSON object")
    return {str(key): str(value) for key, value in headers.items()}
