"""The common part of 5.4.3 and 7.5.5: dashboards with uids in folders of one level."""

from collections.abc import Mapping
from typing import Final

from providers.embedded import admin, organisations, preferences
from providers.embedded.generations import (
    dashboards,
    datasources,
    folders,
    permissions,
    search,
    server,
    snapshots,
    versions,
)
from providers.embedded.generations.traits import Refusal, Traits, Why
from providers.embedded.routing import Route

SOURCES: Final = "/api/datasources"
_DASHBOARD: Final = "/api/dashboards/id/{id:int}"
_STALE: Final = "The dashboard has been changed by someone else"
_SAME_NAME: Final = "A dashboard with the same name in the folder already exists"
_SAME_SLUG: Final = "Multiple dashboards with the same slug exists"
# What somebody is told who may not; the routes without such words say "Permission denied".
_NO_SAVE, _NO_DELETE, _NO_FOLDER = "Access denied to save dashboard", "Access denied to this dashboard", "Access denied"

REFUSALS: Final[Mapping[Why, Refusal]] = {
    "dashboard-missing": Refusal(404, "Dashboard not found"),
    "dashboard-id-unknown": Refusal(404, "Dashboard not found", "not-found"),
    "dashboard-title-empty": Refusal(400, "Dashboard title cannot be empty"),
    "dashboard-uid-illegal": Refusal(400, "uid contains illegal characters"),
    "dashboard-uid-taken": Refusal(400, "A dashboard with the same uid already exists"),
    "dashboard-name-taken": Refusal(412, _SAME_NAME, "name-exists"),
    "dashboard-named-like-folder": Refusal(400, "Dashboard name cannot be the same as folder"),
    "dashboard-is-folder": Refusal(400, "Dashboard cannot be changed to a folder"),
    "dashboard-stale": Refusal(412, _STALE, "version-mismatch"),
    "dashboard-slug-ambiguous": Refusal(412, _SAME_SLUG, "multiple-slugs-exists"),
    "source-missing": Refusal(404, "Data source not found"),
    "source-update-name-taken": Refusal(500, "Failed to update datasource"),
    "query-failed": Refusal(500, "Metric request error"),
    "snapshot-not-deletable": Refusal(500, "Failed to get dashboard snapshot"),
}


def make_routes(traits: Traits) -> tuple[Route, ...]:
    """The routes of both; of two that fit, the one before wins."""
    of = traits.bind
    return (
        Route("GET", "/api/health", admin.get_health, anonymous=True),
        Route("GET", "/api/org", organisations.get_current, "Viewer"),
        Route("GET", "/api/login/ping", admin.ping, "None"),
        Route("GET", "/api/frontend/settings", of(server.get_settings), "None"),
        Route("POST", "/api/dashboards/db", of(dashboards.save), "Editor", _NO_SAVE, writes=True),
        Route("GET", "/api/dashboards/db/{slug}", of(dashboards.get_by_slug)),
        Route("DELETE", "/api/dashboards/db/{slug}", of(dashboards.delete_by_slug), "Editor", _NO_DELETE, writes=True),
        Route("GET", f"{_DASHBOARD}/versions", of(versions.list_versions), "Editor"),
        Route("POST", f"{_DASHBOARD}/restore", of(versions.restore_version), "Editor", writes=True),
        Route("GET", f"{_DASHBOARD}/permissions", of(permissions.get_of_dashboard), "Admin"),
        Route("POST", f"{_DASHBOARD}/permissions", of(permissions.replace_of_dashboard), "Admin", writes=True),
        Route("GET", "/api/dashboards/uid/{uid}", of(dashboards.get_by_uid)),
        Route("DELETE", "/api/dashboards/uid/{uid}", of(dashboards.delete_by_uid), "Editor", _NO_DELETE, writes=True),
        *preferences.ROUTES_BY_NUMBER,
        Route("GET", "/api/dashboards/home", of(dashboards.get_home), "None"),
        Route("GET", "/api/dashboards/tags", of(dashboards.list_tags)),
        Route("GET", "/api/search", of(search.search)),
        Route("GET", "/api/folders", of(folders.list_all)),
        Route("POST", "/api/folders", of(folders.create), "Editor", _NO_FOLDER, writes=True),
        Route("GET", "/api/folders/id/{id:int}", of(folders.get_by_id)),
        Route("GET", "/api/folders/{uid}", of(folders.get_by_uid)),
        Route("PUT", "/api/folders/{uid}", of(folders.update), "Editor", _NO_FOLDER, writes=True),
        Route("DELETE", "/api/folders/{uid}", of(folders.delete), "Editor", _NO_FOLDER, writes=True),
        Route("GET", "/api/folders/{uid}/permissions", of(permissions.get_of_folder), "Admin"),
        Route("POST", "/api/folders/{uid}/permissions", of(permissions.replace_of_folder), "Admin", writes=True),
        Route("GET", SOURCES, of(datasources.list_all), "Admin"),
        Route("POST", SOURCES, of(datasources.create), "Admin", writes=True),
        Route("GET", f"{SOURCES}/name/{{name:path}}", of(datasources.get_by_name), "Admin"),
        Route("DELETE", f"{SOURCES}/name/{{name:path}}", of(datasources.delete_by_name), "Admin", writes=True),
        Route("GET", f"{SOURCES}/id/{{name:path}}", of(datasources.get_id_by_name)),
        Route("*", f"{SOURCES}/proxy/{{id:int}}/{{path:path}}", server.make_proxy(traits)),
        Route("GET", f"{SOURCES}/{{id}}", of(datasources.get_by_id), "Admin"),
        Route("PUT", f"{SOURCES}/{{id}}", of(datasources.update), "Admin", writes=True),
        Route("DELETE", f"{SOURCES}/{{id}}", of(datasources.delete_by_id), "Admin", writes=True),
        Route("POST", "/api/tsdb/query", server.make_query(traits)),
        Route("POST", "/api/snapshots", of(snapshots.create), writes=True),
        Route("GET", "/api/snapshots/{key}", of(snapshots.get), anonymous=True),
        Route("DELETE", "/api/snapshots/{key}", of(snapshots.delete), "Editor", writes=True),
        Route("GET", "/api/dashboard/snapshots", of(snapshots.list_all), writes=True),
    )
