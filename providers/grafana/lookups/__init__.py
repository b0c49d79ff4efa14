"""The data blocks of Grafana: objects that are there already, found by name or uid. A module for each kind."""

from __future__ import annotations

from hcl_lite.core.lazy_table import LazyTable
from providers.grafana.client import GrafanaClient
from providers.kit.lookup import Lookup

# One line here makes a lookup known.
LOOKUPS: LazyTable[Lookup[GrafanaClient]] = LazyTable(
    "providers.grafana",
    {
        "grafana_data_source": "lookups.data_sources:DATA_SOURCE",
        "grafana_data_sources": "lookups.data_sources:DATA_SOURCES",
        "grafana_data_source_id": "lookups.data_sources:DATA_SOURCE_ID",
        "grafana_folder": "lookups.folders:FOLDER",
        "grafana_folders": "lookups.folders:FOLDERS",
        "grafana_dashboard": "lookups.dashboards:DASHBOARD",
        "grafana_dashboards": "lookups.dashboards:DASHBOARDS",
        "grafana_home_dashboard": "lookups.dashboards:HOME_DASHBOARD",
        "grafana_dashboard_tags": "lookups.dashboards:DASHBOARD_TAGS",
        "grafana_dashboard_versions": "lookups.dashboards:DASHBOARD_VERSIONS",
        "grafana_library_panel": "lookups.library_panels:LIBRARY_PANEL",
        "grafana_library_panels": "lookups.library_panels:LIBRARY_PANELS",
        "grafana_contact_points": "lookups.alerting:CONTACT_POINTS",
        "grafana_rule_groups": "lookups.alerting:RULE_GROUPS",
        "grafana_team": "lookups.people:TEAM",
        "grafana_teams": "lookups.people:TEAMS",
        "grafana_user": "lookups.people:USER",
        "grafana_users": "lookups.people:USERS",
        "grafana_organization_user": "lookups.people:ORGANIZATION_USER",
        "grafana_organization_users": "lookups.people:ORGANIZATION_USERS",
        "grafana_organization": "lookups.people:ORGANIZATION",
        "grafana_organizations": "lookups.people:ORGANIZATIONS",
        "grafana_service_account": "lookups.people:SERVICE_ACCOUNT",
        "grafana_service_accounts": "lookups.people:SERVICE_ACCOUNTS",
        "grafana_snapshot": "lookups.snapshots:SNAPSHOT",
        "grafana_snapshots": "lookups.snapshots:SNAPSHOTS",
        "grafana_server": "lookups.server:SERVER",
        "grafana_organization_preferences": "lookups.server:ORGANIZATION_PREFERENCES",
        "grafana_query": "queries:QUERY",
        "grafana_data_source_proxy": "queries:DATA_SOURCE_PROXY",
    },
)
