"""Grafana 5.4.3: uids for dashboards, folders of one level; data sources still by id and name."""

from typing import Final

from providers.embedded import wire
from providers.embedded.generations import homes, since_5, slugs, snapshots, v3_2
from providers.embedded.generations.common import LOGIN_MESSAGES, make_wording, unknown_route
from providers.embedded.generations.generation import Generation
from providers.embedded.generations.traits import Refusal, Traits
from providers.embedded.routing import Route

_META = "canAdmin url hasAcl isFolder folderId folderTitle folderUrl provisioned"
_LISTED_SOURCE = (
    "id orgId name type typeLogoUrl access url password user database basicAuth isDefault jsonData readOnly"
)

TRAITS: Final = Traits(
    version="5.4.3",
    keys={
        "meta": v3_2.TRAITS.keys["meta"] | frozenset(_META.split()),
        "saved": v3_2.TRAITS.keys["saved"] | {"id", "uid", "url"},
        "deleted": frozenset(("title", "message")),
        "source": v3_2.TRAITS.keys["source"] | {"secureJsonFields", "version", "readOnly"},
        "listed-source": frozenset(_LISTED_SOURCE.split()),
        "hit": v3_2.TRAITS.keys["hit"] | {"uid", "url", "folderId", "folderUid", "folderTitle", "folderUrl"},
        "snapshot-links": v3_2.TRAITS.keys["snapshot-links"],
        "listed-snapshot": v3_2.TRAITS.keys["listed-snapshot"] - {"deleteKey"},
    },
    refusals={
        **since_5.REFUSALS,
        "dashboard-uid-long": Refusal(400, "uid to long. max 40 characters"),
        "dashboard-folder-unknown": Refusal(500, "Failed to save dashboard"),
        "folder-missing": Refusal(404, "Folder not found", "not-found"),
        "folder-title-empty": Refusal(400, "Folder title cannot be empty"),
        "folder-name-taken": Refusal(
            400, "A folder or dashboard in the general folder with the same name already exists"
        ),
        "folder-named-like-dashboard": Refusal(500, "Folder API error"),
        "folder-stale": Refusal(412, "The folder has been changed by someone else", "version-mismatch"),
        "source-name-taken": Refusal(409, "Data source with same name already exists"),
        "source-update-stale": Refusal(500, "Failed to update datasource. Reload new version and try again"),
        "source-delete-missing": Refusal(400, "Failed to delete datasource"),
        "source-unreachable": Refusal(
            500,
            "Internal Server Error - Check the Grafana server logs for the detailed error message.",
            content_type=wire.CHARSET,
            error="Server Error",
        ),
        "snapshot-external": Refusal(
            400, "Missing key and delete key for external snapshot", content_type=wire.CHARSET
        ),
        "snapshot-missing": Refusal(500, "Failed to get dashboard snapshot", content_type=wire.CHARSET),
        "snapshot-expired": Refusal(404, "Dashboard snapshot not found", content_type=wire.CHARSET),
    },
    charset_areas=frozenset(("search", "snapshot")),
    make_slug=slugs.make_slug,
    home=homes.HOME_5_4,
    built_in={
        **v3_2.TRAITS.built_in,
        "mssql": ("Microsoft SQL Server", "sql_server_logo.svg"),
        "mysql": ("MySQL", "mysql_logo.svg"),
        "postgres": ("PostgreSQL", "postgresql_logo.svg"),
        "stackdriver": ("Stackdriver", "stackdriver_logo.svg"),
        "testdata": ("TestData DB", "testdata.svg"),
    },
    emptied_stay=v3_2.TRAITS.emptied_stay,
    tagged_cut_by_id=True,
    source_answered="as sent",
    sources_by_name_read_only=True,
)

_of = TRAITS.bind

GENERATION: Final = Generation(
    TRAITS.version,
    (
        Route("GET", "/api/snapshots-delete/{key}", _of(snapshots.delete_by_delete_key), writes=True, anonymous=True),
        *since_5.make_routes(TRAITS),
    ),
    make_wording(LOGIN_MESSAGES),
    unknown_route,
)
