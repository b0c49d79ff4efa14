"""Grafana 3.2.1: dashboards by slug, no folders, no uids, data sources by id and name, much of it unchecked."""

from typing import Final

from providers.embedded import admin, organisations, preferences, wire
from providers.embedded.generations import by_slug, dashboards, datasources, homes, search, server, slugs, snapshots
from providers.embedded.generations.common import LOGIN_MESSAGES, make_wording, unknown_route_in_text
from providers.embedded.generations.generation import Generation
from providers.embedded.generations.traits import Refusal, Traits
from providers.embedded.routing import Route

_META = "type isHome isSnapshot canSave canEdit canStar slug expires created updated updatedBy createdBy version"
_SOURCE = (
    "id orgId name type typeLogoUrl access url password user database basicAuth basicAuthUser basicAuthPassword"
    " withCredentials isDefault"
)
_SNAPSHOT = "id name key deleteKey orgId userId external externalUrl expires created updated"

TRAITS: Final = Traits(
    version="3.2.1",
    keys={
        "meta": frozenset(_META.split()),
        "saved": frozenset(("slug", "status", "version")),
        "deleted": frozenset(("title",)),
        "source": frozenset((*_SOURCE.split(), "jsonData")),
        "listed-source": frozenset(_SOURCE.split()),
        "hit": frozenset(("id", "title", "uri", "type", "tags", "isStarred")),
        "snapshot-links": frozenset(("key", "deleteKey", "url", "deleteUrl")),
        "listed-snapshot": frozenset(_SNAPSHOT.split()),
    },
    refusals={
        "dashboard-missing": Refusal(404, "Dashboard not found", content_type=wire.CHARSET),
        "dashboard-id-unknown": Refusal(404, "Dashboard not found", "not-found"),
        "dashboard-name-taken": Refusal(412, "A dashboard with the same name already exists", "name-exists"),
        "dashboard-stale": Refusal(412, "The dashboard has been changed by someone else", "version-mismatch"),
        "source-missing": Refusal(404, "Data source not found"),
        "source-name-taken": Refusal(500, "Failed to add datasource", content_type=wire.CHARSET),
        "source-update-name-taken": Refusal(500, "Failed to update datasource", content_type=wire.CHARSET),
        "snapshot-external": Refusal(
            400, "Missing key and delete key for external snapshot", content_type=wire.CHARSET
        ),
        "snapshot-missing": Refusal(500, "Failed to get dashboard snapshot", content_type=wire.CHARSET),
        "snapshot-expired": Refusal(404, "Dashboard snapshot not found", content_type=wire.CHARSET),
    },
    charset_areas=frozenset(("dashboard", "search", "source", "snapshot", "snapshot-deletion")),
    make_slug=slugs.make_slug,
    home=homes.HOME_3_2,
    built_in={
        "cloudwatch": ("CloudWatch", "amazon-web-services.png"),
        "elasticsearch": ("Elasticsearch", "elasticsearch.svg"),
        "graphite": ("Graphite", "graphite_logo.png"),
        "influxdb": ("InfluxDB", "influxdb_logo.svg"),
        "opentsdb": ("OpenTSDB", "opentsdb_logo.png"),
        "prometheus": ("Prometheus", "prometheus_logo.svg"),
    },
    emptied_stay=frozenset(
        ("url", "user", "database", "basic_auth_user", "json_data", "password", "basicAuthPassword")
    ),
    first_version=0,
    source_answered="never",
    snapshots_searched=False,
)

_of = TRAITS.bind
_SOURCES = "/api/datasources"

GENERATION: Final = Generation(
    TRAITS.version,
    (
        Route("GET", "/api/org", organisations.get_current, "Viewer"),
        Route("GET", "/api/login/ping", admin.ping, "None"),
        Route("GET", "/api/frontend/settings", _of(server.get_settings), "None"),
        Route("POST", "/api/dashboards/db", _of(by_slug.save), "Editor", writes=True),
        Route("GET", "/api/dashboards/db/{slug}", _of(dashboards.get_by_slug)),
        # Anybody who is signed in may delete any dashboard: there is no check of roles on this route.
        Route("DELETE", "/api/dashboards/db/{slug}", _of(dashboards.delete_by_slug), writes=True),
        *preferences.ROUTES_BY_NUMBER,
        Route("GET", "/api/dashboards/home", _of(dashboards.get_home), "None"),
        Route("GET", "/api/dashboards/tags", _of(dashboards.list_tags)),
        Route("GET", "/api/search", _of(search.search)),
        Route("GET", _SOURCES, _of(datasources.list_all), "Admin"),
        Route("POST", _SOURCES, _of(datasources.create), "Admin", writes=True),
        Route("GET", f"{_SOURCES}/name/{{name:path}}", _of(datasources.get_by_name), "Admin"),
        Route("GET", f"{_SOURCES}/id/{{name:path}}", _of(datasources.get_id_by_name)),
        Route("*", f"{_SOURCES}/proxy/{{id:int}}/{{path:path}}", server.make_proxy(TRAITS)),
        Route("GET", f"{_SOURCES}/{{id}}", _of(datasources.get_by_id), "Admin"),
        Route("PUT", f"{_SOURCES}/{{id}}", _of(datasources.update), "Admin", writes=True),
        Route("DELETE", f"{_SOURCES}/{{id}}", _of(datasources.delete_by_id), "Admin", writes=True),
        Route("POST", "/api/snapshots", _of(snapshots.create), writes=True),
        Route("GET", "/api/snapshots/{key}", _of(snapshots.get), anonymous=True),
        Route(
            "GET",
            "/api/snapshots-delete/{key}",
            _of(snapshots.delete_by_delete_key),
            "Editor",
            writes=True,
            denies_anonymous=True,
        ),
        Route("GET", "/api/dashboard/snapshots", _of(snapshots.list_all), writes=True),
    ),
    make_wording(LOGIN_MESSAGES),
    unknown_route_in_text,
)
