"""The data blocks of Grafana: objects that are there already, found by name or uid. A module for each kind."""

from __future__ import annotations

from providers.grafana.client import GrafanaClient
from providers.grafana.lookups import (
    alerting,
    dashboards,
    data_sources,
    folders,
    library_panels,
    people,
    server,
    snapshots,
)
from providers.kit.open_provider import Lookup

LOOKUPS: tuple[Lookup[GrafanaClient], ...] = (
    *data_sources.LOOKUPS,
    *folders.LOOKUPS,
    *dashboards.LOOKUPS,
    *library_panels.LOOKUPS,
    *alerting.LOOKUPS,
    *people.LOOKUPS,
    *snapshots.LOOKUPS,
    *server.LOOKUPS,
)
