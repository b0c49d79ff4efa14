"""Grafana 7.5.5: as 5.4.3, with uids for data sources too, keys of one's own for snapshots, pages in search."""

from typing import Final

from providers.embedded import wire
from providers.embedded.generations import datasources, homes, server, since_5, slugs, snapshots, v5_4
from providers.embedded.generations.common import LOGIN_MESSAGES, make_wording, unknown_route
from providers.embedded.generations.generation import Generation
from providers.embedded.generations.traits import Refusal, Traits
from providers.embedded.routing import Route

TRAITS: Final = Traits(
    version="7.5.5",
    keys={
        "meta": v5_4.TRAITS.keys["meta"] | {"provisionedExternalId"},
        "saved": v5_4.TRAITS.keys["saved"],
        "deleted": v5_4.TRAITS.keys["deleted"] | {"id"},
        "source": v5_4.TRAITS.keys["source"] | {"uid"},
        "listed-source": v5_4.TRAITS.keys["listed-source"] | {"uid", "typeName"},
        "hit": v5_4.TRAITS.keys["hit"] | {"slug", "sortMeta"},
        "snapshot-links": v5_4.TRAITS.keys["snapshot-links"] | {"id"},
        "listed-snapshot": v5_4.TRAITS.keys["listed-snapshot"],
    },
    refusals={
        **since_5.REFUSALS,
        "dashboard-uid-long": Refusal(400, "uid too long, max 40 characters"),
        "dashboard-folder-unknown": Refusal(404, "Folder not found"),
        "folder-missing": Refusal(404, "folder not found", "not-found"),
        "folder-title-empty": Refusal(400, "folder title cannot be empty"),
        "folder-name-taken": Refusal(
            400, "a folder or dashboard in the general folder with the same name already exists"
        ),
        "folder-named-like-dashboard": Refusal(400, "Folder name cannot be the same as one of its dashboards"),
        "folder-stale": Refusal(412, "the folder has been changed by someone else", "version-mismatch"),
        "search-limit": Refusal(
            422, "Limit is above maximum allowed (5000), use page parameter to access hits beyond limit"
        ),
        "source-name-taken": Refusal(409, "data source with the same name already exists"),
        "source-uid-taken": Refusal(409, "data source with the same uid already exists"),
        "source-url-bad": Refusal(400, "Validation error, invalid URL: {url}"),
        "source-update-stale": Refusal(
            409, "Datasource has already been updated by someone else. Please reload and try again"
        ),
        "source-delete-missing": Refusal(404, "Data source not found"),
        "query-without-source": Refusal(400, "Query missing data source ID"),
        "snapshot-external": Refusal(403, "External dashboard creation is disabled", content_type=wire.CHARSET),
        "snapshot-missing": Refusal(500, "Failed to get dashboard snapshot"),
        "snapshot-expired": Refusal(404, "Dashboard snapshot not found"),
        "snapshot-key-taken": Refusal(500, "Failed to create snapshot", content_type=wire.CHARSET),
    },
    charset_areas=frozenset(),
    make_slug=slugs.make_slug_or_code,
    home=homes.HOME_7_5,
    built_in={
        **v5_4.TRAITS.built_in,
        "alertmanager": ("Alertmanager", "logo.svg"),
        "grafana-azure-monitor-datasource": ("Azure Monitor", "logo.jpg"),
        "jaeger": ("Jaeger", "jaeger_logo.svg"),
        "loki": ("Loki", "loki_icon.svg"),
        "stackdriver": ("Google Cloud Monitoring", "cloud_monitoring_logo.svg"),
        "tempo": ("Tempo", "tempo_logo.svg"),
        "zipkin": ("Zipkin", "zipkin-logo.svg"),
    },
    emptied_stay=frozenset(("url", "database", "basic_auth_user")),
    search_has_pages=True,
    sources_have_uids=True,
    source_answered="as stored",
    snapshot_keys_taken=True,
)

_of = TRAITS.bind

GENERATION: Final = Generation(
    TRAITS.version,
    (
        Route("GET", f"{since_5.SOURCES}/uid/{{uid}}", _of(datasources.get_by_uid), "Admin"),
        Route("DELETE", f"{since_5.SOURCES}/uid/{{uid}}", _of(datasources.delete_by_uid), "Admin", writes=True),
        Route("POST", "/api/ds/query", _of(server.query_by_uid)),
        Route("GET", "/api/snapshots-delete/{key}", _of(snapshots.delete_by_delete_key), "None", writes=True),
        *since_5.make_routes(TRAITS),
    ),
    make_wording(
        {
            **LOGIN_MESSAGES,
            "password-auth.failed": "invalid username or password",
            "api-key.invalid": "invalid API key",
        }
    ),
    unknown_route,
)
