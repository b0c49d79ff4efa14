"""The blocks with which several tests begin: one of each kind, and a second folder to move things to."""

from __future__ import annotations

DATA_SOURCE = """
[resource.grafana_data_source.prom]
name = "Prom"
type = "prometheus"
uid = "prom"
url = "http://x:1"
"""
FOLDERS = """
[resource.grafana_folder.team]
title = "Team"
uid = "team"

[resource.grafana_folder.other]
title = "Other"
uid = "other"
"""
IN_TEAM = 'folder = "${grafana_folder.team.uid}"\n'
DASHBOARD = f"""
[resource.grafana_dashboard.web]
{IN_TEAM}config_json = '{{"uid": "web", "title": "Web", "panels": []}}'
"""
