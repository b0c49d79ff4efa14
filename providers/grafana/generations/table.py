"""Every generation of Grafana's API that hcl-lite speaks, and which of them a server is.

3, 5, 7, 10, 11 and 12 are by recordings of 3.2.1, 5.4.3, 7.5.5, 10.1.2, 11.0.0 and 12.4.0; 8 and 9 by
documentation and source.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from hcl_lite.core.schema import ValueProblem
from providers.grafana.client import GrafanaClient
from providers.grafana.generations.app_platform import PlatformDashboards
from providers.grafana.generations.generation import Generation
from providers.grafana.generations.numbered_sources import NumberedSources
from providers.grafana.generations.slug_dashboards import SlugDashboards
from providers.grafana.generations.uid_dashboards import UidDashboards
from providers.grafana.generations.uid_sources import UidSources
from providers.grafana.server import Server

_NESTED = "nestedFolders"
_KEPT = frozenset({"url", "basicAuthUser"})  # of a data source, sent empty: seen on 12.4, for 8 to 11 by its source

# The slug of its title is a dashboard's name; there are no uids, no folders, and no versions of data sources.
V3: Final = Generation(
    since=3,
    dashboards=SlugDashboards(),
    data_sources=NumberedSources(secrets=frozenset({"password", "basicAuthPassword"})),
)
# Uids of dashboards, folders of one level, versions and secrets of data sources.
V5: Final = replace(
    V3,
    since=5,
    dashboards=UidDashboards(placed_by="folderId"),
    data_sources=NumberedSources(),
    sources_deleted_by_name=True,
    dashboard_uids=True,
    folders=True,
    details_by="id",
    snapshots_deleted_by="key",
    query_path="/api/tsdb/query",
)
# Uids of data sources, which are changed by number all the same; snapshots with keys of one's own.
V7: Final = replace(
    V5,
    since=7,
    data_sources=UidSources(changed_by="id", never_emptied=frozenset({"url", "database", "basicAuthUser"})),
    snapshot_keys=True,
)
# Dashboards go into a folder by its uid; queries give frames.
V8: Final = replace(
    V7,
    since=8,
    dashboards=UidDashboards(placed_by="folderUid"),
    data_sources=UidSources(changed_by="id", never_emptied=_KEPT),
    slugs=False,
    query_path="/api/ds/query",
)
# Everything about data sources and dashboards goes by uid.
V9: Final = replace(
    V8,
    since=9,
    data_sources=UidSources(changed_by="uid", never_emptied=_KEPT),
    home_by="uid",
    details_by="uid",
    queried_by_uid=True,
)
V10: Final = replace(V9, since=10, counts_folders=True, tells_missing_snapshots=True)
V11: Final = replace(V10, since=11, nested_folders=True)
# The app platform; titles need not be unique any more.
V12: Final = replace(V11, since=12, dashboards=PlatformDashboards(), app_platform=True, tells_actions=True)

GENERATIONS: Final = (V3, V5, V7, V8, V9, V10, V11, V12)


def pick_generation(server: Server) -> Generation:
    """The generation of a server: the latest that is not after it. One that tells no version counts as the last."""
    if not server.version:
        return GENERATIONS[-1]
    found = [one for one in GENERATIONS if (one.since,) <= server.version]
    generation = found[-1] if found else GENERATIONS[0]
    # In 10 a folder in a folder is a matter of a feature toggle.
    return replace(generation, nested_folders=True) if generation is V10 and _NESTED in server.toggles else generation


async def generation_of(client: GrafanaClient) -> Generation:
    """The generation of the server at the other end. Raises ApiError."""
    return pick_generation(await client.server())


async def require(client: GrafanaClient, able: Callable[[Generation], bool], what: str, attribute: str = "") -> None:
    """Refuse `what` where the server is not `able`. Raises ValueProblem for `attribute`, or for the whole block."""
    server = await client.server()
    if not able(pick_generation(server)):
        least = next(one.since for one in GENERATIONS if able(one))
        raise ValueProblem(attribute, f"{what} needs Grafana ≥ {least}; this is {server}")
