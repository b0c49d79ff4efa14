"""A Grafana: which version it is, how its app platform lists things, and how a provider block opens it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from hcl_lite.core.run_context import RunContext
from hcl_lite.core.schema import Attr, Live, OnFound, ValueProblem, Version
from hcl_lite.core.values import Value, reveal
from providers.grafana.directory import Directory
from providers.grafana.fixed import fixed_by_annotations
from providers.grafana.organisation import ORGANISATION, asked_organisation, check_organisation
from providers.grafana.places import Places
from providers.grafana.revisions import revision_of_metadata
from providers.grafana.server import Server, ask_server
from providers.kit.app_platform import AppPlatform, PlatformClient
from providers.transport.connection import EMBEDDED, Connection, split_embedded
from providers.transport.errors import Denied
from providers.transport.http import EmbeddedServer
from providers.transport.misread import read
from providers.transport.settings import http_settings
from providers.transport.settings import make_connection as connection_for
from providers.versions import LATEST, PLAYED, played_version

# What reads although it is a POST: the queries that data sources are asked through Grafana.
_READ_BY_POST = frozenset({"/api/ds/query", "/api/tsdb/query"})
# What writes although it is a GET: whoever has a snapshot's delete key deletes it so.
_WRITE_BY_GET = ("/api/snapshots-delete/",)
DRY_RUNS = ("dashboard.grafana.app", "folder.grafana.app", "playlist.grafana.app")
"""Groups whose objects are not stored by a write with dryRun=All; those that an older API keeps pass that over, and
are (12.4.0)."""
_READ_BY_DRY_RUN = tuple(f"/apis/{group}/" for group in DRY_RUNS)
# For 5 seconds 12.4 asks a data source as it was before the last change, unless a call says that it wants it fresh.
FRESH: Mapping[str, str] = {"X-Grafana-NoCache": "true"}

SETTINGS: Mapping[str, Attr] = {
    "url": Attr(
        doc="Root URL of Grafana, or embedded:PATH for the embedded server (embedded:PATH?version=7: as Grafana 7)."
        " Default: GRAFANA_URL.",
        example="https://grafana.example.org",
    ),
    "auth": Attr(secret=True, doc="Service account token, API key, or user:password. Default: GRAFANA_AUTH."),
    "org_id": Attr(
        "number",
        doc="The organisation to work in; an account of another is refused."
        " Default: GRAFANA_ORG_ID, else that of the account.",
    ),
    **http_settings("GRAFANA"),
}


class GrafanaClient(PlatformClient):
    """Calls to one organisation of one Grafana."""

    def __init__(self, connection: Connection, *more: Any, **named: Any) -> None:
        super().__init__(connection, *more, **named)
        self.places = Places()
        self.directory = Directory()
        self.renamed: dict[str, str] = {}
        """Names that contact points were given, each with the one before: the server changes it wherever it stands."""
        self.told: dict[str, str] = {}
        """Keys of new tokens, each by the token's uid: no other answer tells them."""
        self._server: asyncio.Future[Server] | None = None
        self._organisation: asyncio.Future[None] | None = None
        self._forms: asyncio.Future[frozenset[str]] | None = None
        self._own: asyncio.Future[str] | None = None
        self._discovered: dict[str, asyncio.Future[Any]] = {}

    def make_app(self, path: str, version: str) -> EmbeddedServer:
        """The embedded Grafana on the file `path`, as that `version`; the latest where it is empty."""
        from providers.embedded import Options, create_app  # noqa: PLC0415 - no other server needs it

        return create_app(path, options=Options(version=version or LATEST))

    async def call(self, method: str, path: str, **more: Any) -> Any:
        """Calls as HttpClient.call does, once the account is known to work in the organisation that is asked for."""
        await self.check_organisation()
        return await super().call(method, path, **more)

    async def check_organisation(self) -> None:
        """Whether calls go to the organisation that is asked for; asked once, and never where none is.

        Raises WrongOrganisation, and ApiError.
        """
        if ORGANISATION not in self.connection.headers:
            return
        if self._organisation is None:
            self._organisation = asyncio.ensure_future(read(check_organisation(self.connection, super().call)))
        await asyncio.shield(self._organisation)

    async def organisation(self) -> str:
        """Returns the number of the organisation that calls work in, by GET /api/org (3.2 to 12.4), asked once; empty
        where the account may not see it. Raises ApiError."""
        asked = self.connection.headers.get(ORGANISATION, "")
        if asked:
            return asked
        if self._own is None:
            self._own = asyncio.ensure_future(read(self._ask_organisation()))
        return await asyncio.shield(self._own)

    async def _ask_organisation(self) -> str:
        try:
            return str((await self.get("/api/org"))["id"])
        except Denied:
            return ""

    async def server(self) -> Server:
        """Returns the version and the features of the server; asked once. Raises ApiError."""
        if self._server is None:
            self._server = asyncio.ensure_future(read(ask_server(self)))
        return await asyncio.shield(self._server)

    async def dashboard_forms(self) -> frozenset[str]:
        """The versions of dashboard.grafana.app that the server has, such as v1beta1; asked once. Raises ApiError.

        GET /apis/dashboard.grafana.app (12.4).
        """

        async def ask() -> frozenset[str]:
            group = await self.get("/apis/dashboard.grafana.app")
            return frozenset(str(one["version"]) for one in group["versions"])

        if self._forms is None:
            self._forms = asyncio.ensure_future(read(ask()))
        return await asyncio.shield(self._forms)

    async def discover(self, group: str) -> Any:
        """Returns what the server tells of its app platform, of a group, or of one version of it; asked once. Raises
        ApiError.

        GET /apis, /apis/{group}, /apis/{group}/{version} (12.4).
        """
        if group not in self._discovered:
            path = "/".join(("/apis", *(quote(step, safe="") for step in group.split("/") if step)))
            self._discovered[group] = asyncio.ensure_future(read(self.get(path)))
        return await asyncio.shield(self._discovered[group])

    async def platform_path(self, group_version: str, resource: str) -> str:
        server = await self.server()
        return f"/apis/{group_version}/namespaces/{quote(server.namespace, safe='')}/{resource}"

    async def survey_metadata(
        self, group_version: str, resource: str, known: Mapping[str, Version], on_found: OnFound
    ) -> dict[str, Live | None]:
        """Returns the metadata of those of `known`, objects of a resource by name, that exist. `on_found`: see
        Reader.survey. Raises ApiError.

        GET /apis/…, metadata only; what was there (it has a version) and is not in the list is asked for by itself.
        """
        seen = {name for name, version in known.items() if version}
        return await _resources(group_version, resource).survey_metadata(self, known, seen, live_of, on_found)

    async def find_metadata(self, group_version: str, resource: str, name: str) -> Live | None:
        """One of these objects, surveyed; None where there is none (GET /apis/…/:name, 12.4). Raises ApiError."""
        metadata = await _resources(group_version, resource).find_metadata(self, name)
        return None if metadata is None else live_of(metadata)


def _resources(group_version: str, resource: str) -> AppPlatform:
    group, _, version = group_version.rpartition("/")
    return AppPlatform(group, version, resource, "")


def live_of(metadata: Mapping[str, Any]) -> Live:
    """App-platform metadata as a surveyed object."""
    fixed, revision = fixed_by_annotations(metadata), revision_of_metadata(metadata)
    return Live(metadata["name"], version_of(metadata), fixed=fixed, revision=revision)


def version_of(metadata: Mapping[str, Any]) -> Version:
    """The label is what the classic API calls id, the generation what it calls version (12.4)."""
    label = metadata.get("labels", {}).get("grafana.app/deprecatedInternalID", "0")
    return {"id": int(label), "version": metadata.get("generation", 0)}


def make_client(settings: Mapping[str, Value], read_only: bool, context: RunContext) -> GrafanaClient:
    """A client for a provider block's settings, with the environment's where it has none. Raises ValueProblem."""
    return GrafanaClient(make_connection(settings, read_only, context))


def make_connection(settings: Mapping[str, Value], read_only: bool, context: RunContext) -> Connection:
    """Returns the connection of a provider block. Raises ValueProblem."""
    connection = connection_for("Grafana", settings, context, read_only)
    _check_version(connection.url)
    auth, headers = connection.auth, dict(connection.headers)
    if not auth and connection.url.startswith(EMBEDDED):
        auth = "admin:admin"  # what the embedded server starts with
    organisation = asked_organisation(reveal(settings.get("org_id")), context.environment)
    if organisation is not None:
        headers[ORGANISATION] = str(organisation)
    return replace(
        connection,
        auth=auth,
        headers=headers,
        read_by_post=_READ_BY_POST,
        write_by_get=_WRITE_BY_GET,
        read_by_dry_run=_READ_BY_DRY_RUN,
    )


def _check_version(url: str) -> None:
    """Which Grafana the embedded server is asked to be."""
    _, version = split_embedded(url)
    if url.startswith(EMBEDDED) and "?version=" in url and played_version(version) is None:
        played = f"It plays {', '.join(PLAYED)}; their beginnings will do, such as 7."
        raise ValueProblem("url", f'The embedded server does not play Grafana "{version}"', played)
