"""Generations of Grafana's API: what each can do, and the protocols of its adapters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from hcl_lite.core.schema import Live, OnFound, Version
from providers.grafana.client import GrafanaClient

Json = dict[str, Any]
Known = Mapping[str, Version]
"""Uids with the versions that are remembered of them."""


@dataclass(frozen=True, slots=True)
class Save:
    """A classic dashboard to be saved. `dashboard` has its uid, and neither id nor version.

    `expected_version` is the version to be changed, None for a new dashboard; with `overwrite` any that is there is
    changed.
    """

    dashboard: Json
    folder: str = ""
    message: str = ""
    overwrite: bool = False
    expected_version: Version | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """The result of a Save: `url` is the path of the dashboard's page."""

    version: Version
    url: str


class Dashboards(Protocol):
    """The adapter of a generation to classic dashboards."""

    async def survey(self, client: GrafanaClient, known: Known, on_found: OnFound) -> Mapping[str, Live | None] | None:
        """Returns those of `known` that a list tells of, without contents; None where no list tells versions.
        `on_found`: see Reader.survey."""

    async def find(
        self, client: GrafanaClient, uid: str, title: str = "", expected_version: Version | None = None
    ) -> Json | None:
        """{meta, dashboard}, with the uid in the dashboard; None where there is none.

        Where uids are not the server's, `title`, which it should have, and `expected_version`, a version of it, help to
        find it.
        """

    def flat(self, wire: Json) -> Json:
        """Returns the answer of `find` with all keys at one level: uid, id, version and what else tells a version, url,
        folder, title, form, spec, fixed."""

    async def save(self, client: GrafanaClient, save: Save) -> Saved:
        """Raises Conflict where another version is there, or another dashboard has the title."""

    async def stored(self, client: GrafanaClient, dashboard: Mapping[str, Any]) -> Mapping[str, Any]:
        """Returns the model that the server makes of one that it is sent."""

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        """Gone after this; `attributes` are what is remembered of it."""


class DataSources(Protocol):
    """The adapter of a generation to data sources. Its JSON has uid, version and secureJsonFields, whatever the server
    answers.

    `never_emptied` are the keys that stay as they are when they are sent empty; `secrets` the only ones that it keeps,
    None for any.
    """

    @property
    def never_emptied(self) -> frozenset[str]: ...
    @property
    def secrets(self) -> frozenset[str] | None: ...

    async def find(
        self, client: GrafanaClient, uid: str, name: str = "", expected_version: Version | None = None
    ) -> Json | None:
        """The data source, None where there is none. `name` and `expected_version` help as with Dashboards.find."""

    async def read_all(self, client: GrafanaClient) -> list[Json]:
        """All that the account may see."""

    def shown(self, wire: Json) -> Json:
        """An answer of the server, with the keys that it lacks."""

    async def create(self, client: GrafanaClient, wire: Json) -> Json:
        """The data source as it was stored."""

    async def update(self, client: GrafanaClient, current: Json, wire: Json) -> None:
        """Bring `current`, which `find` gave, to `wire`."""

    async def delete(self, client: GrafanaClient, uid: str, attributes: Mapping[str, Any]) -> None:
        """Gone after this; `attributes` are what is remembered of it."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation: its adapters, and what else there is in it.

    | field                   | what it says                                                                       |
    |-------------------------|------------------------------------------------------------------------------------|
    | since                   | first version of it                                                                |
    | app_platform            | /apis lists folders and dashboards with their generation, and knows resource forms |
    | dashboard_uids          | dashboards have uids; before, the slug of its title is the name of one             |
    | folders                 | there are folders                                                                  |
    | nested_folders          | one can be in another                                                              |
    | counts_folders          | GET /api/folders/:uid/counts, and folderUIDs in /api/search                        |
    | sources_deleted_by_name | DELETE /api/datasources/name/:name                                                   |
    | slugs                   | GET /api/dashboards/db/:slug                                                       |
    | home_by                 | what names the home dashboard among the organisation's preferences                 |
    | details_by              | what leads to a dashboard's versions and permissions; empty where nothing does     |
    | snapshot_keys           | a snapshot gets the keys that are sent                                             |
    | snapshots_deleted_by    | key: DELETE /api/snapshots/:key; delete key: that of its delete key alone          |
    | tells_missing_snapshots | an unknown key is a 404, not a 500                                                 |
    | query_path              | the route that asks data sources; empty where there is none                        |
    | queried_by_uid          | queries and the proxy take the uid of a data source                                |
    | tells_actions           | GET /api/access-control/user/actions: what the account may do                      |
    """

    since: int
    dashboards: Dashboards
    data_sources: DataSources
    app_platform: bool = False
    dashboard_uids: bool = False
    folders: bool = False
    nested_folders: bool = False
    counts_folders: bool = False
    sources_deleted_by_name: bool = False
    slugs: bool = True
    home_by: Literal["id", "uid"] = "id"
    details_by: Literal["", "id", "uid"] = ""
    snapshot_keys: bool = False
    snapshots_deleted_by: Literal["key", "delete key"] = "delete key"
    tells_missing_snapshots: bool = False
    query_path: Literal["", "/api/tsdb/query", "/api/ds/query"] = ""
    queried_by_uid: bool = False
    tells_actions: bool = False
