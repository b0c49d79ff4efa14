"""Grafana 12.4.0: the classic API beside the app platform. What it answers is in the modules of the parent package."""

from typing import Final

from providers.embedded import (
    access_control,
    admin,
    annotations,
    auth,
    contact_points,
    correlations,
    dashboards,
    datasources,
    folders,
    library,
    organisations,
    permissions,
    platform,
    playlists,
    policies,
    preferences,
    public_dashboards,
    queries,
    rule_listing,
    rules,
    search,
    snapshots,
    sso_settings,
    stars,
    teams,
    templates,
    timings,
    upstream,
    users,
    versions,
    wire,
)
from providers.embedded.generations.generation import Generation


def _unknown_route(signed_in: bool) -> wire.Refused:
    """Which routes there are is told to nobody who has not signed in (12.4.0)."""
    return wire.refuse(404, "Not found", wire.CHARSET) if signed_in else auth.WORDING.login("auth.unauthorized")


# All but the app platform.
CLASSIC: Final = (
    *admin.ROUTES,
    *dashboards.ROUTES,
    *versions.ROUTES,
    *search.ROUTES,
    *folders.ROUTES,
    *queries.ROUTES,
    *upstream.ROUTES,
    *correlations.ROUTES,
    *stars.ROUTES,
    *datasources.ROUTES,
    *snapshots.ROUTES,
    *permissions.ROUTES,
    *access_control.ROUTES,
    *preferences.ROUTES,
    *public_dashboards.ROUTES,
    *playlists.ROUTES,
    *teams.ROUTES,
    *users.ROUTES,
    *organisations.ROUTES,
    *sso_settings.ROUTES,
    *contact_points.ROUTES,
    *templates.ROUTES,
    *timings.ROUTES,
    *policies.ROUTES,
    *rule_listing.ROUTES,
    *rules.ROUTES,
    *annotations.ROUTES,
    *library.ROUTES,
)

GENERATION: Final = Generation(
    "12.4.0",
    (*CLASSIC, *platform.ROUTES),
    auth.WORDING,
    _unknown_route,
    snapshots.PUBLIC_ROUTES,
)
