"""Texts of files that every configuration begins with."""

from __future__ import annotations

from collections.abc import Mapping

GITIGNORE = """\
# The state has no secrets, but belongs to one place: keep it there, or share it with a backend.
*.state.json
*.state.json.*
grafana.db*
*.plan
.hcl-lite/
"""

_MAIN = """\
# A configuration of hcl-lite: every *.toml here belongs to it, in any order.
#
#   hcl-lite plan      shows what would change
#   hcl-lite apply     changes it
#   hcl-lite destroy   deletes what is managed here
#
# ${ … } in a string is an expression; a literal ${ is written $${.

[hcl_lite]
required_version = ">=0.1"

[variable.grafana_url]
type        = "string"
description = "Where Grafana is; override it with --var grafana_url=https://…"
default     = "embedded:grafana.db"  # a Grafana in a file, for trying things out

[provider.grafana]
url = "${var.grafana_url}"
# auth = "${var.token}"              # or GRAFANA_AUTH in the environment, which is better

[resource.grafana_folder.example]
title = "Example"

[resource.grafana_data_source.prometheus]
name = "Prometheus"
type = "prometheus"
uid  = "prometheus"  # the dashboard's panels speak of it by this
url  = "http://localhost:9090"

[resource.grafana_data_source.prometheus.json_data]
timeInterval = "15s"

[resource.grafana_dashboard.example]
folder      = "${grafana_folder.example.uid}"
config_json = '${file("dashboards/example.json")}'  # never interpolated: $x and ${x} are Grafana's there

[output.example_url]
value = "${grafana_dashboard.example.url}"
"""

_DASHBOARD = """\
{
  "title": "Example",
  "tags": ["hcl-lite"],
  "schemaVersion": 42,
  "time": { "from": "now-1h", "to": "now" },
  "panels": [
    {
      "id": 1,
      "type": "timeseries",
      "title": "Targets that are up",
      "gridPos": { "x": 0, "y": 0, "w": 24, "h": 9 },
      "datasource": { "type": "prometheus", "uid": "prometheus" },
      "targets": [{ "refId": "A", "expr": "sum(up) by (job)" }]
    }
  ]
}
"""

STARTER_FILES: Mapping[str, str] = {"main.toml": _MAIN, "dashboards/example.json": _DASHBOARD, ".gitignore": GITIGNORE}
