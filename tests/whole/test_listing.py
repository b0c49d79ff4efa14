"""What every type can tell: which objects there are, each with its identity, its title and its folder."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path

from hcl_lite.core.schema import Listed
from providers.registry import PROVIDER_TYPES
from tests.conftest import Hcl, Server
from tests.contexts import BARE
from tests.whole.project import Project

_ALL = """
[resource.grafana_folder.f]
uid = "listed-folder"
title = "Listed folder"
[resource.grafana_dashboard.d]
folder = "${grafana_folder.f.uid}"
config = { uid = "listed-board", title = "Listed board" }
[resource.grafana_folder_permission.p]
folder_uid = "${grafana_folder.f.uid}"
permissions = { Viewer = "View" }
[resource.grafana_dashboard_permission_item.i]
dashboard_uid = "${grafana_dashboard.d.uid}"
role = "Viewer"
permission = "View"
[resource.grafana_data_source.s]
uid = "listed-source"
name = "Listed source"
type = "prometheus"
[resource.grafana_snapshot.n]
name = "Listed snapshot"
key = "listed-snapshot"
dashboard = "${grafana_dashboard.d.config_json}"
[resource.grafana_dashboard_public.p]
dashboard_uid = "${grafana_dashboard.d.uid}"
[resource.grafana_correlation.x]
source_uid = "${grafana_data_source.s.uid}"
target_uid = "${grafana_data_source.s.uid}"
label = "Listed correlation"
type = "query"
config = { field = "line", target = { expr = "up" } }
[resource.grafana_playlist.l]
name = "Listed playlist"
interval = "5m"
item = []
[resource.grafana_star.s]
dashboard_uid = "${grafana_dashboard.d.uid}"
[resource.grafana_user.u]
email = "listed@example.org"
password = "quick"
[resource.grafana_organization.o]
name = "Listed organization"
[resource.grafana_sso_settings.s]
provider_name = "gitlab"
oauth2_settings = { client_id = "Listed" }
[resource.grafana_team.t]
name = "Listed team"
[resource.grafana_service_account.s]
name = "Listed account"
[resource.grafana_service_account_token.k]
name = "Listed token"
service_account_id = "${grafana_service_account.s.service_account_id}"
[resource.grafana_service_account_permission_item.i]
service_account_id = "${grafana_service_account.s.service_account_id}"
team = "${grafana_team.t.team_id}"
permission = "Edit"
[resource.grafana_library_panel.b]
uid = "listed-panel"
name = "Listed panel"
folder_uid = "${grafana_folder.f.uid}"
model_json = '{"type": "text"}'
[resource.grafana_annotation.a]
text = "Listed annotation"
[resource.grafana_contact_point.c]
uid = "listed-point"
name = "Listed point"
type = "email"
settings = { addresses = "a@example.org" }
[resource.grafana_mute_timing.m]
name = "Listed timing"
[resource.grafana_message_template.t]
name = "Listed template"
template = "Hello"
[resource.grafana_rule_group.g]
name = "Listed group"
folder_uid = "${grafana_folder.f.uid}"
interval_seconds = 60
[[resource.grafana_rule_group.g.rule]]
name = "Listed rule"
uid = "listed-rule"
condition = "A"
data = [{ ref_id = "A", datasource_uid = "__expr__", model = { type = "math", expression = "1" } }]
"""


def _listed(server: Server) -> Mapping[str, list[tuple[str, str, str]]]:
    """Lists of ours by type, each in one order; the title stands for a uid that the server chose."""

    async def ask() -> Mapping[str, list[Listed]]:
        settings = {"url": server.url, "auth": server.auth}
        writer = PROVIDER_TYPES["grafana"].open("grafana", settings, True, BARE)
        try:
            return {name: [*await writer.list(name)] for name in PROVIDER_TYPES["grafana"].resources}
        finally:
            await writer.close()

    def ours(one: Listed) -> bool:
        return "listed" in f"{one.uid} {one.title}".lower()

    return {
        name: sorted((one.uid if "listed" in one.uid else "", one.title, one.folder) for one in listed if ours(one))
        for name, listed in asyncio.run(ask()).items()
    }


def test_every_type_lists_what_there_is(hcl: Hcl, server: Server, tmp_path: Path) -> None:
    """Also those whose uid the server chooses, and permissions, which are there for whom somebody has chosen them."""
    project = Project(hcl, server, tmp_path)
    project.apply(_ALL)
    assert _listed(server) == {
        "grafana_data_source": [("listed-source", "Listed source", "")],
        "grafana_folder": [("listed-folder", "Listed folder", "")],
        "grafana_dashboard": [("listed-board", "Listed board", "listed-folder")],
        "grafana_snapshot": [("listed-snapshot", "Listed snapshot", "")],
        "grafana_organization_preferences": [],
        "grafana_folder_permission": [("listed-folder", "Listed folder", "")],
        "grafana_folder_permission_item": [],
        "grafana_dashboard_permission": [("listed-board", "Listed board", "listed-folder")],
        "grafana_dashboard_permission_item": [("listed-board:role:Viewer", "Listed board", "listed-folder")],
        "grafana_dashboard_public": [("listed-board", "Listed board", "")],
        "grafana_correlation": [("", "Listed correlation", "")],
        "grafana_playlist": [("", "Listed playlist", "")],
        "grafana_contact_point": [("listed-point", "Listed point", "")],
        "grafana_message_template": [("", "Listed template", "")],
        "grafana_mute_timing": [("", "Listed timing", "")],
        "grafana_notification_policy": [],
        "grafana_rule_group": [("listed-folder:Listed group", "Listed group", "listed-folder")],
        "grafana_alert_rule": [("listed-rule", "Listed rule", "listed-folder")],
        "grafana_data_source_config": [],
        "grafana_star": [("listed-board", "listed-board", "")],
        "grafana_user": [("", "listed@example.org", "")],
        "grafana_organization": [("", "Listed organization", "")],
        "grafana_sso_settings": [],
        "grafana_team": [("", "Listed team", "")],
        "grafana_service_account": [("", "Listed account", "")],
        "grafana_service_account_token": [("", "Listed token", "")],
        "grafana_service_account_permission": [("", "Listed account", "")],
        "grafana_service_account_permission_item": [("", "Listed account", "")],
        "grafana_annotation": [("", "Listed annotation", "")],
        "grafana_library_panel": [("listed-panel", "Listed panel", "listed-folder")],
        "grafana_app_resource": [
            ("", "Listed playlist", ""),
            ("", "Listed point", ""),
            ("", "Listed template", ""),
            ("", "Listed timing", ""),
            ("dashboard.grafana.app:Dashboard:listed-board", "listed-board", "listed-folder"),
            ("folder.grafana.app:Folder:listed-folder", "Listed folder", ""),
        ],
    }
    project.destroy()


def test_what_the_run_itself_goes_by_is_listed_and_not_taken_over(hcl: Hcl, embedded: Server, tmp_path: Path) -> None:
    """The account that it signs in by, and the organisation that it works in: a take-over of the server says why not,
    and each is taken over where it is asked for."""
    project = Project(hcl, embedded, tmp_path)
    project.write("")
    assert re.search(r"^1 +admin@localhost", project.run("get", "users"), re.MULTILINE)
    assert re.search(r"^1 +Main Org\.", project.run("get", "organizations"), re.MULTILINE)
    assert 'grafana_user "admin@localhost" (1)' in hcl("drift", "--all").out
    taken_over = hcl("import", "--all").out
    assert "0 objects taken over" in taken_over
    assert re.findall(r"this run itself (.+):\n +(.+)", taken_over) == [
        ("signs in as this user", 'grafana_user 1 "admin@localhost"'),
        ("works in this organization", 'grafana_organization 1 "Main Org."'),
    ]
    project.apply('[resource.grafana_user.me]\nemail = "admin@localhost"\nis_admin = true\non_exists = "adopt"\n')
    assert project.plan() == []
